import { ApiError, invalidParameter } from '../../errors.ts';
import { authorize } from '../../permissions.ts';
import type { Operation } from '../room.ts';
import { arnOf, clusterName, enterCluster, findService, lastPart, page, strings } from './find.ts';
import { taskView } from './task-view.ts';

const filters = ['serviceName', 'family', 'containerInstance', 'launchType'];

const list: Operation = (input, context) => {
  const { state, at } = context;
  const cluster = enterCluster(
    input,
    context,
    'ListTasks',
    `container-instance/${clusterName(input)}/*`,
  );
  const { startedBy, serviceName, family, launchType } = input;
  const others = [...filters, 'desiredStatus'].some((filter) => input[filter] !== undefined);
  if (startedBy !== undefined && others) {
    // No capture of this text is known.
    throw invalidParameter('startedBy cannot be combined with other filters.');
  }
  const service =
    serviceName === undefined ? undefined : findService(state, cluster, String(serviceName), at);
  if (serviceName !== undefined && (service === undefined || service.status === 'INACTIVE')) {
    throw new ApiError('ServiceNotFoundException', 'Service not found.');
  }
  const desired = input.desiredStatus ?? 'RUNNING';
  const inCluster = arnOf(state, `task/${cluster}/`);
  const arns = state.tasks
    .filter((task) => task.arn.startsWith(inCluster) && task.desiredStatus === desired)
    .filter((task) => startedBy === undefined || task.deployment === startedBy)
    .filter((task) => service === undefined || task.service === service.arn)
    .filter((task) => launchType === undefined || task.launchType === launchType)
    .filter((task) => family === undefined || task.taskDefinition.includes(`/${family}:`))
    .map(({ arn }) => arn)
    // The order is nobody's promise; task ids are random and so it is.
    .toSorted();
  const { items, next } = page(arns, input, 100);
  return { taskArns: items, ...next };
};

const describe: Operation = (input, context) => {
  const { state, caller } = context;
  const ids = strings(input.tasks);
  const cluster = clusterName(input);
  const arnFor = (id: string) => arnOf(state, `task/${cluster}/${lastPart(id)}`);
  for (const id of ids) authorize(caller, 'ecs:DescribeTasks', arnFor(id));
  enterCluster(input, context, 'DescribeTasks', `task/${cluster}/${lastPart(ids[0] ?? '*')}`);
  if (ids.length === 0) throw invalidParameter('Tasks cannot be empty.');
  // No capture of this text is known.
  if (ids.length > 100) throw invalidParameter('Tasks cannot be more than 100.');
  const arns = ids.map(arnFor);
  const found = arns.flatMap((arn) => state.tasks.find((task) => task.arn === arn) ?? []);
  const missing = arns.filter((arn) => !state.tasks.some((task) => task.arn === arn));
  return {
    tasks: found.map((task) => taskView(state, task)),
    failures: missing.map((arn) => ({ arn, reason: 'MISSING' })),
  };
};

export const taskOperations = { ListTasks: list, DescribeTasks: describe };
