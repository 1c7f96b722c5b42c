import {
  type ECSClient,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { awsErrorKind } from '../aws.ts';
import type { Inputs } from '../inputs.ts';
import { describeServices, toService } from './describe.ts';
import { sameRevision } from './judge.ts';
import type { Attempt, Service } from './types.ts';

/** The settings of the service that the inputs ask for, besides the task definition. */
export type ServiceChanges = Omit<
  UpdateServiceCommandInput,
  'cluster' | 'service' | 'taskDefinition'
>;

type StartInputs = Pick<
  Inputs,
  'serviceOverrides' | 'desiredCount' | 'forceNewDeployment' | 'circuitBreaker'
>;

/**
 * Only what the user set: a field that is not sent keeps its value, and autoscaling keeps the
 * count. A circuit breaker that is already as wanted is not sent either.
 */
export function serviceChanges(inputs: StartInputs, service: Service): ServiceChanges {
  const changes: Record<string, unknown> = { ...inputs.serviceOverrides };
  if (inputs.desiredCount !== undefined) changes.desiredCount = inputs.desiredCount;
  if (inputs.forceNewDeployment) changes.forceNewDeployment = true;
  const breaker = wantedBreaker(inputs.circuitBreaker, service);
  if (breaker) {
    const configuration = changes.deploymentConfiguration as object | undefined;
    changes.deploymentConfiguration = { ...configuration, deploymentCircuitBreaker: breaker };
  }
  return changes as ServiceChanges;
}

/** The breaker to send, with the thresholds that the service has, or undefined to leave it. */
function wantedBreaker(choice: Inputs['circuitBreaker'], service: Service): object | undefined {
  if (choice === 'keep') return undefined;
  const wanted = { enable: true, rollback: choice === 'rollback' };
  if (holds(service.breaker, wanted)) return undefined;
  const configuration = service.settings.deploymentConfiguration as
    | { deploymentCircuitBreaker?: object }
    | undefined;
  return { ...configuration?.deploymentCircuitBreaker, ...wanted };
}

/** Whether `actual` already has everything that `wanted` says. */
function holds(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return Object.is(actual, wanted);
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(wanted) && (!Array.isArray(actual) || actual.length !== wanted.length)) {
    return false;
  }
  return Object.entries(wanted).every(([name, value]) =>
    holds((actual as Record<string, unknown>)[name], value),
  );
}

/** What has to be done so that the service runs `taskDefinition` with `changes`. */
export type Start =
  /** It does already: nothing is sent. */
  | { readonly kind: 'unchanged' }
  /** A deployment of it is under way already: only followed. */
  | { readonly kind: 'join'; readonly deploymentId: string }
  | { readonly kind: 'update'; readonly request: UpdateServiceCommandInput };

/**
 * Decides without calling anything. A primary deployment of the very revision that FAILED starts no
 * task any more, and sending the same revision again changes nothing: then, and only then, a new
 * deployment is forced without having been asked for.
 */
export function planStart(
  service: Service,
  taskDefinition: string,
  changes: ServiceChanges,
): Start {
  const request = { cluster: service.clusterArn, service: service.arn, taskDefinition, ...changes };
  const primary = primaryOf(service);
  const runs =
    sameRevision(service.taskDefinition, taskDefinition) &&
    primary !== undefined &&
    sameRevision(primary.taskDefinition, taskDefinition);
  if (!runs || changes.forceNewDeployment) return { kind: 'update', request };
  if (primary.rolloutState === 'FAILED') {
    return { kind: 'update', request: { ...request, forceNewDeployment: true } };
  }
  if (!holds(service.settings, changes)) return { kind: 'update', request };
  return primary.rolloutState === 'IN_PROGRESS'
    ? { kind: 'join', deploymentId: primary.id }
    : { kind: 'unchanged' };
}

/**
 * Sends the one UpdateService call and takes the deployment's id from its answer, where the new
 * deployment is PRIMARY already. When no answer comes, the service itself tells whether the call
 * was carried out all the same.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 *
 * @throws AWS's error; the service is then unchanged, as far as it can be seen
 */
export async function startRollout(
  ecs: ECSClient,
  before: Service,
  request: UpdateServiceCommandInput,
): Promise<{ attempt: Attempt; service: Service }> {
  const taskDefinition = request.taskDefinition ?? '';
  const service = await ecs.send(new UpdateServiceCommand(request)).then(
    (answer) => (answer.service ? toService(answer.service) : before),
    async (error: unknown) => {
      if (awsErrorKind(error) !== 'transient') throw error;
      const [now] = await describeServices(ecs, before.clusterArn, [before.arn]).catch(() => []);
      if (!now || !startedSince(before, now, taskDefinition)) throw error;
      return now;
    },
  );
  const primary = primaryOf(service);
  return {
    service,
    attempt: followed(before, taskDefinition, primary?.id ?? '', primary?.createdAt),
  };
}

function startedSince(before: Service, now: Service, taskDefinition: string): boolean {
  const primary = primaryOf(now);
  return (
    primary !== undefined &&
    sameRevision(primary.taskDefinition, taskDefinition) &&
    before.deployments.every(({ id }) => id !== primary.id)
  );
}

function primaryOf({ deployments }: Service) {
  return deployments.find(({ status }) => status === 'PRIMARY');
}

/** The attempt that follows `deploymentId` of a service as it was `before`. */
export function followed(
  before: Service,
  taskDefinition: string,
  deploymentId: string,
  createdAt: number | undefined,
): Attempt {
  const knownDeploymentIds = before.deployments.map(({ id }) => id);
  return {
    service: before.name,
    serviceArn: before.arn,
    clusterArn: before.clusterArn,
    deploymentId,
    isNew: !knownDeploymentIds.includes(deploymentId),
    taskDefinition,
    previousTaskDefinition: before.taskDefinition,
    knownDeploymentIds,
    knownServiceDeployment: before.serviceDeploymentArn,
    createdAt: createdAt ?? 0,
  };
}
