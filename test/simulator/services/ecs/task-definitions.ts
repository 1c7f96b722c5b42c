import type { State, TaskDefinition } from '../../engine/state.ts';
import { clientError } from '../../errors.ts';
import { authorize } from '../../permissions.ts';
import type { Json } from '../../world.ts';
import type { Operation } from '../room.ts';
import { arnOf, findTaskDefinition, page, strings } from './find.ts';
import { fillDefaults, readRequest } from './task-definition.ts';
import { validate } from './validate.ts';
import { taskDefinitionView } from './views.ts';

const register: Operation = (input, { state, caller, at }) => {
  const request = readRequest(input);
  authorize(caller, 'ecs:RegisterTaskDefinition', '*');
  validate(request);
  for (const role of [request.executionRoleArn, request.taskRoleArn]) {
    if (role === undefined) continue;
    const context = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
    authorize(caller, 'iam:PassRole', String(role), { context });
  }
  const family = String(request.family);
  if (Array.isArray(request.tags) && request.tags.length > 0) {
    authorize(caller, 'ecs:TagResource', arnOf(state, `task-definition/${family}:*`));
  }
  const known = state.taskDefinitions.filter((definition) => definition.family === family);
  const revision = Math.max(0, ...known.map((definition) => definition.revision)) + 1;
  const definition = addTaskDefinition(state, request, revision, at);
  return {
    taskDefinition: taskDefinitionView(definition, caller.arn),
    ...(definition.tags.length > 0 ? { tags: definition.tags } : {}),
  };
};

/** Keeps a request as a revision of its family. */
export function addTaskDefinition(
  state: State,
  request: Json,
  revision: number,
  at: number,
): TaskDefinition {
  const family = String(request.family);
  const definition: TaskDefinition = {
    arn: arnOf(state, `task-definition/${family}:${revision}`),
    family,
    revision,
    status: 'ACTIVE',
    body: fillDefaults(request),
    tags: (request.tags ?? []) as TaskDefinition['tags'],
    registeredAt: at,
  };
  state.taskDefinitions.push(definition);
  return definition;
}

const describe: Operation = (input, { state, caller }) => {
  authorize(caller, 'ecs:DescribeTaskDefinition', '*');
  const definition = findTaskDefinition(state, String(input.taskDefinition));
  if (definition === undefined) throw clientError('Unable to describe task definition.');
  return {
    taskDefinition: taskDefinitionView(definition, caller.arn),
    ...(strings(input.include).includes('TAGS') ? { tags: definition.tags } : {}),
  };
};

const deregister: Operation = (input, { state, caller }) => {
  authorize(caller, 'ecs:DeregisterTaskDefinition', '*');
  const definition = findTaskDefinition(state, String(input.taskDefinition));
  if (definition === undefined) throw clientError('Unable to describe task definition.');
  definition.status = 'INACTIVE';
  return { taskDefinition: taskDefinitionView(definition, caller.arn) };
};

const list: Operation = (input, { state, caller }) => {
  authorize(caller, 'ecs:ListTaskDefinitions', '*');
  const status = input.status ?? 'ACTIVE';
  const matching = state.taskDefinitions.filter(
    (definition) =>
      definition.status === status &&
      (input.familyPrefix === undefined || definition.family === input.familyPrefix),
  );
  const arns = matching.map(({ arn }) => arn);
  const { items, next } = page(input.sort === 'DESC' ? arns.toReversed() : arns, input, 100);
  return { taskDefinitionArns: items, ...next };
};

export const taskDefinitionOperations = {
  RegisterTaskDefinition: register,
  DescribeTaskDefinition: describe,
  DeregisterTaskDefinition: deregister,
  ListTaskDefinitions: list,
};
