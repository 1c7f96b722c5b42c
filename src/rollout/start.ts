import {
  type ECSClient,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import { awsErrorKind } from '../aws.ts';
import type { Clock } from '../clock.ts';
import { primaryOf, servedBefore } from './deployments.ts';
import { describeServices, toService } from './describe.ts';
import { sameRevision } from './judge.ts';
import type { Attempt, Deployment, Origin, Service } from './types.ts';

/** The fields of UpdateService that the inputs ask for, besides the task definition. */
export type ServiceChanges = Omit<
  UpdateServiceCommandInput,
  'cluster' | 'service' | 'taskDefinition'
>;

/** What `circuit-breaker` asks for: leave it, on with rollback, on without. */
export type CircuitBreakerChoice = 'keep' | 'rollback' | 'stop';

/** What the user asks of the service besides its task definition. */
export interface ServiceSettings {
  /** Fields of UpdateService, as the user wrote them. */
  readonly serviceOverrides: Readonly<Record<string, unknown>>;
  readonly desiredCount: number | undefined;
  readonly forceNewDeployment: boolean;
  readonly circuitBreaker: CircuitBreakerChoice;
}

/**
 * Only what the user set: a field that is not sent keeps its value, and autoscaling keeps the
 * count. A circuit breaker that is already as wanted is not sent either.
 */
export function serviceChanges(settings: ServiceSettings, service: Service): ServiceChanges {
  const changes: Record<string, unknown> = { ...settings.serviceOverrides };
  if (settings.desiredCount !== undefined) changes.desiredCount = settings.desiredCount;
  if (settings.forceNewDeployment) changes.forceNewDeployment = true;
  const breaker = wantedBreaker(settings.circuitBreaker, service);
  if (breaker) {
    const configuration = changes.deploymentConfiguration as object | undefined;
    changes.deploymentConfiguration = { ...configuration, deploymentCircuitBreaker: breaker };
  }
  return changes as ServiceChanges;
}

/** Whether the circuit breaker is on once `changes` are made. */
export function hasBreaker(service: Service, changes: ServiceChanges): boolean {
  const breaker = changes.deploymentConfiguration?.deploymentCircuitBreaker ?? service.breaker;
  return breaker.enable ?? false;
}

/** The breaker to send, with the thresholds that the service has, or undefined to leave it. */
function wantedBreaker(choice: CircuitBreakerChoice, service: Service): object | undefined {
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
  | { readonly kind: 'join'; readonly deployment: Deployment; readonly origin: Origin }
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
  const { rolloutState, running, desired, pending } = primary;
  // Without a rollout state (Classic Load Balancer) the counts must say that nothing is under way.
  const alone = service.deployments.length === 1 && running === desired && pending === 0;
  if (rolloutState === 'COMPLETED' || (rolloutState === undefined && alone)) {
    return { kind: 'unchanged' };
  }
  const isRollback = /rolling back/i.test(primary.rolloutStateReason ?? '');
  return { kind: 'join', deployment: primary, origin: isRollback ? 'standing' : 'joined' };
}

/** What `startRollout` needs. */
export interface StartContext {
  /** A client that makes one request a call: a repeated update could start a second deployment. */
  readonly ecs: ECSClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const mostTries = 3;
/** Milliseconds, doubled with each try. */
const firstPause = 1_000;
/** How often, and how many milliseconds apart, the service is looked at for what should be there. */
const mostLooks = 4;
const lookPause = 1_500;

/**
 * Sends the one UpdateService call and takes the deployment's id from its answer, where the new
 * deployment is PRIMARY already. Throttled calls are repeated; after a call without an answer the
 * service itself tells first whether it was carried out all the same.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 *
 * @throws AWS's error; the service is then unchanged, as far as it can be seen
 */
export async function startRollout(
  context: StartContext,
  before: Service,
  request: UpdateServiceCommandInput,
): Promise<{ attempt: Attempt; service: Service }> {
  const taskDefinition = request.taskDefinition ?? '';
  const answer = await update(context, before, request);
  const hasNew = (service: Service) => startedSince(before, service, taskDefinition);
  const current = primaryOf(before);
  const mustBeNew =
    request.forceNewDeployment === true ||
    (current !== undefined && !sameRevision(current.taskDefinition, taskDefinition));
  // AWS answers with the new deployment; where it is not there yet it may show in a moment.
  const later = mustBeNew && !hasNew(answer) ? await look(context, before, hasNew) : undefined;
  const service = later === undefined || later === 'unseen' ? answer : later;
  const primary = primaryOf(service);
  const origin = hasNew(service)
    ? 'started'
    : mustBeNew
      ? 'not-started'
      : originOfKnown(before, primary);
  const attempt = attemptOf(before, taskDefinition, primary, origin);
  // Deployments that came between the look-up and the update are older than this one, too.
  const known = service.deployments.map(({ id }) => id).filter((id) => id !== primary?.id);
  const knownDeploymentIds = [...new Set([...attempt.knownDeploymentIds, ...known])];
  return { service, attempt: { ...attempt, knownDeploymentIds } };
}

/** UpdateService that changes only settings starts nothing, unless AWS thinks otherwise. */
function originOfKnown(before: Service, primary: Deployment | undefined): Origin {
  return before.deployments.some(({ id }) => id === primary?.id) ? 'standing' : 'started';
}

/**
 * Looks at the service for some seconds until it shows what is hoped for. Undefined when it could be
 * seen and does not, `unseen` when it could not be seen.
 */
async function look(
  { ecs, clock, signal }: StartContext,
  { clusterArn, arn }: Service,
  hopedFor: (service: Service) => boolean,
): Promise<Service | undefined | 'unseen'> {
  let seen = false;
  for (let looks = 0; looks < mostLooks && !signal.aborted; looks++) {
    await clock.sleep(lookPause, signal);
    const [now] = await describeServices(ecs, clusterArn, [arn], signal).catch(() => []);
    if (now && hopedFor(now)) return now;
    seen ||= now !== undefined;
  }
  return seen ? undefined : 'unseen';
}

async function update(
  context: StartContext,
  before: Service,
  request: UpdateServiceCommandInput,
): Promise<Service> {
  const { ecs, clock, signal } = context;
  for (let tries = 1; ; tries++) {
    try {
      const answer = await ecs.send(new UpdateServiceCommand(request));
      return answer.service ? toService(answer.service) : before;
    } catch (error) {
      const kind = awsErrorKind(error);
      if (kind === 'transient') {
        const wasDone = (now: Service) => startedSince(before, now, request.taskDefinition ?? '');
        const now = await look(context, before, wasDone);
        // Sent again unseen, it could start a second deployment.
        if (now === 'unseen') throw error;
        if (now) return now;
      } else if (kind === 'throttled') {
        await clock.sleep(firstPause * 2 ** (tries - 1) * (0.5 + clock.random() / 2), signal);
      } else throw error;
      if (tries >= mostTries || signal.aborted) throw error;
    }
  }
}

/** Whether `now` has a deployment of the revision that was not there `before`. */
function startedSince(before: Service, now: Service, taskDefinition: string): boolean {
  const primary = primaryOf(now);
  return (
    primary !== undefined &&
    // Some stand-ins for AWS name the new revision in the service only.
    [primary.taskDefinition, now.taskDefinition].some((one) => sameRevision(one, taskDefinition)) &&
    before.deployments.every(({ id }) => id !== primary.id)
  );
}

/** The attempt to follow `deployment` of a service that was `before` when the step began. */
export function attemptOf(
  before: Service,
  taskDefinition: string,
  deployment: Deployment | undefined,
  origin: Origin,
): Attempt {
  return {
    service: before.name,
    serviceArn: before.arn,
    clusterArn: before.clusterArn,
    deploymentId: deployment?.id ?? '',
    origin,
    taskDefinition,
    previousTaskDefinition: servedBefore(before),
    knownDeploymentIds: before.deployments
      .map(({ id }) => id)
      .filter((id) => id !== deployment?.id),
    canRollBack: before.deployments.some(
      ({ id, rolloutState }) => id !== deployment?.id && rolloutState === 'COMPLETED',
    ),
    knownServiceDeployment: before.serviceDeploymentArn,
    knownEventIds: before.events.map(({ id }) => id),
    createdAt: deployment?.createdAt ?? 0,
  };
}
