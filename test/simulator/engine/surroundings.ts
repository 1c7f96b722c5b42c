import { consult } from '../documents.ts';
import { uuid } from '../ids.ts';
import { accessDenied, covers, evaluate, policiesOf, reasonOf } from '../permissions.ts';
import type { PolicyDocument, RoleSpec, Statement } from '../resources.ts';
import type { Json } from '../world.ts';
import type { State } from './state.ts';

/** What a task is told by the world: its role, its secrets, its image, its logs. */
export interface Surroundings {
  state: State;
  body: Json;
  /** The execution role, where the definition has one. */
  role: { spec: RoleSpec; arn: string } | undefined;
  /** Who the task is when it reads its secrets: the session name is the task id. */
  user: string;
}

/** What surrounds a task of this definition. */
export function surroundings(state: State, body: Json, taskId: string): Surroundings {
  const { account, partition = 'aws', roles = {} } = state.world;
  const arn = body.executionRoleArn;
  const name = roleName(arn) ?? '';
  const spec = roles[name];
  return {
    state,
    body,
    role: spec === undefined ? undefined : { spec, arn: String(arn) },
    user: `arn:${partition}:sts::${account}:assumed-role/${name}/${taskId}`,
  };
}

/** An ARN in the world's account and region. */
export function arnIn({ world }: State, service: string, resource: string): string {
  const { account, region, partition = 'aws' } = world;
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

export function roleName(arn: unknown): string | undefined {
  return typeof arn === 'string' ? arn.slice(arn.lastIndexOf('/') + 1) : undefined;
}

/** What a task asks for at its start. */
export interface Access {
  action: string;
  resource: string;
  context?: Record<string, string>;
  /** The policy of the resource itself. */
  policy?: PolicyDocument | undefined;
}

/**
 * AWS's sentence when the execution role may not do this; undefined when it may. A task without an
 * execution role asks for nothing.
 */
export function refusal(task: Surroundings, access: Access): string | undefined {
  const { state, role, user } = task;
  if (role === undefined) return undefined;
  const { action, resource, context = {}, policy } = access;
  const { endpointPolicy } = state.world;
  const question = { action, resource, context };
  if (endpointPolicy?.some((statement) => covers(statement, question)) === false) {
    const reason = reasonOf({ decision: 'implicitDeny', by: 'VPC endpoint policy' }, action);
    return accessDenied(user, action, resource, reason);
  }
  const policies = policiesOf({
    ...role.spec,
    allow: (role.spec.allow ?? []).filter((statement) => hasArrived(state, statement)),
  });
  const principals = [role.arn, user];
  const verdict = evaluate(policies, question, consult(policy, { action, principals, context }));
  if (verdict.decision === 'allowed') return undefined;
  return accessDenied(user, action, resource, reasonOf(verdict, action));
}

/** IAM is eventually consistent: a new policy takes a while to be seen everywhere. */
function hasArrived({ firstUpdate, now }: State, { propagationSeconds }: Statement): boolean {
  if (propagationSeconds === undefined) return true;
  return firstUpdate !== undefined && now >= firstUpdate + propagationSeconds * 1000;
}

/** Whether ECS tasks may assume a role: it exists and its trust policy lets them. */
export function isAssumable({ world }: State, roleArn: string): boolean {
  const role = world.roles?.[roleName(roleArn) ?? ''];
  if (role === undefined) return false;
  const { trust = 'ecs-tasks.amazonaws.com' } = role;
  if (typeof trust === 'string') return trust === 'ecs-tasks.amazonaws.com';
  const { account, region, partition = 'aws' } = world;
  return (
    consult(trust, {
      action: 'sts:AssumeRole',
      principals: ['ecs-tasks.amazonaws.com'],
      context: {
        'aws:SourceAccount': account,
        'aws:SourceArn': `arn:${partition}:ecs:${region}:${account}:*`,
      },
    }) === 'allows'
  );
}

/** The middle of the SDK's words about an answer with an error. */
export function answered({ state }: Surroundings, status = 400): string {
  return `https response error StatusCode: ${status}, RequestID: ${uuid(state.ids)}, `;
}
