import type { Service, State, TaskDefinition } from '../../engine/state.ts';
import { ApiError, invalidParameter } from '../../errors.ts';
import { authorize } from '../../permissions.ts';
import type { Json } from '../../world.ts';
import type { Context } from '../room.ts';

const inactiveFor = 3600 * 1000;

export function arnOf({ world }: State, resource: string): string {
  return `arn:${world.partition ?? 'aws'}:ecs:${world.region}:${world.account}:${resource}`;
}

/** The name in a name or an ARN; a call without a cluster means the one called `default`. */
export function clusterName(input: Json): string {
  return lastPart(typeof input.cluster === 'string' ? input.cluster : 'default');
}

export function lastPart(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}

/** Checks the permission, then that the cluster is there. */
export function enterCluster(input: Json, context: Context, action: string, resource: string) {
  const cluster = clusterName(input);
  authorize(
    context.caller,
    `ecs:${action}`,
    resource === '*' ? '*' : arnOf(context.state, resource),
    { context: { 'ecs:cluster': arnOf(context.state, `cluster/${cluster}`) } },
  );
  if (!Object.hasOwn(context.state.world.clusters, cluster)) {
    throw new ApiError('ClusterNotFoundException', 'Cluster not found.');
  }
  return cluster;
}

/** The service of that name or ARN, unless it was deleted long ago. */
export function findService(
  state: State,
  cluster: string,
  nameOrArn: string,
  at: number,
): Service | undefined {
  const [, inArn] = /:service\/([^/]+)\/[^/]+$/.exec(nameOrArn) ?? [];
  if (inArn !== undefined && inArn !== cluster) {
    throw invalidParameter(`Identifier is for ${inArn}. Your cluster is ${cluster}`);
  }
  const name = lastPart(nameOrArn);
  return state.services.findLast(
    (service) =>
      service.cluster === cluster &&
      service.name === name &&
      at - (service.deletedAt ?? at) < inactiveFor,
  );
}

/** A family's newest active revision, `family:revision`, or an ARN. */
export function findTaskDefinition(state: State, id: string): TaskDefinition | undefined {
  const prefix = arnOf(state, 'task-definition/');
  if (id.startsWith('arn:') && !id.startsWith(prefix)) return undefined;
  const [family, revision] = id.replace(prefix, '').split(':');
  if (revision !== undefined) {
    return state.taskDefinitions.find(
      (known) => known.family === family && String(known.revision) === revision,
    );
  }
  return state.taskDefinitions.findLast(
    (known) => known.family === family && known.status === 'ACTIVE',
  );
}

/** One page of a list, and the token for the next one. */
export function page<T>(items: T[], input: Json, size: number): { items: T[]; next: Json } {
  const limit = typeof input.maxResults === 'number' ? input.maxResults : size;
  if (limit < 1 || limit > 100) {
    throw invalidParameter('maxResults must be between 1 and 100.');
  }
  const token = typeof input.nextToken === 'string' ? input.nextToken : '';
  const from = token === '' ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(from)) throw invalidParameter('Invalid token.');
  const end = from + limit;
  const next =
    end < items.length ? { nextToken: Buffer.from(String(end)).toString('base64url') } : {};
  return { items: items.slice(from, end), next };
}

/** A list of strings from a request. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
