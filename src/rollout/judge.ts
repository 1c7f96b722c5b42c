import { shortName } from '../arn.ts';
import { oldestRunning, ownDeployment, primaryOf } from './deployments.ts';
import type { RolloutState } from './state.ts';
import type { Deployment, ServiceDeployment } from './types.ts';

/**
 * How a rollout stands. `reason` is in AWS's own words, untrusted, where AWS gave any.
 */
export type Verdict =
  | { readonly status: 'in-progress'; readonly phase: Phase }
  | { readonly status: 'succeeded' }
  /** Another revision, or the same under its old deployment, serves again. */
  | { readonly status: 'rolled-back'; readonly reason: string | undefined }
  | { readonly status: 'failed'; readonly why: FailureKind; readonly reason: string | undefined }
  /** `by` is the ARN of the revision that replaced this one. */
  | { readonly status: 'superseded'; readonly by: string | undefined }
  | { readonly status: 'stopped'; readonly reason: string | undefined }
  | { readonly status: 'timed-out'; readonly phase: Phase };

export type Phase = 'rolling-out' | 'failing' | 'rolling-back' | 'stopping';

export type FailureKind =
  /** ECS gave up and left it there: no rollback was configured, or there was nothing to go back to. */
  | 'no-rollback'
  | 'rollback-failed'
  | 'service-gone'
  /** UpdateService was accepted, yet no deployment of the revision exists. */
  | 'not-started'
  /** It was certain to fail, and the step left it to ECS before that was over. */
  | 'certain'
  /** The deployment could not be followed to its end. */
  | 'lost';

/** What one source of the two says; a time-out is nobody's word but the step's own. */
export type SourceVerdict = Exclude<Verdict, { status: 'timed-out' }>;

/**
 * How long, in milliseconds, contradicting or unclear answers get to settle: AWS's API is
 * eventually consistent, and the two sources do not change at the same instant.
 */
export const settle = {
  /** DescribeServices does not find the service. */
  missing: 15_000,
  /** A FAILED deployment that stays PRIMARY although a rollback is configured. */
  rollbackStart: 60_000,
  /** The deployment is missing and an old one PRIMARY, with no other trace of a rollback. */
  absence: 30_000,
  /** The counts of a standing deployment may be from before the update. */
  standing: 5_000,
  /** A ServiceDeployment STOPPED for no visible reason: a newer deployment may be about to show. */
  stopped: 15_000,
  /** `deployments[]` says that it ended, the ServiceDeployment does not. */
  contradiction: 60_000,
} as const;

/** The service and its rollout, judged over all that was observed. Pure. @param timeout milliseconds */
export function judge(state: RolloutState, timeout: number): Verdict {
  if (state.lost !== undefined) return { status: 'failed', why: 'lost', reason: state.lost };
  if (isGone(state)) return { status: 'failed', why: 'service-gone', reason: undefined };
  const isOver = state.now - state.startedAt >= timeout;
  const verdict = reconcile(state, judgeDeployments(state), isOver);
  if (verdict.status === 'in-progress' && state.response?.kind === 'left') {
    return { status: 'failed', why: 'certain', reason: state.response.why };
  }
  return verdict.status === 'in-progress' && isOver
    ? { status: 'timed-out', phase: verdict.phase }
    : verdict;
}

function isGone(state: RolloutState): boolean {
  return (
    /^(INACTIVE|DRAINING)$/.test(state.service.status) ||
    since(state, state.missingSince) >= settle.missing
  );
}

/**
 * The ServiceDeployment's word counts where there is one, with two exceptions: its success is not
 * believed against what `deployments[]` shows unless it is certainly this deployment's, and an end
 * seen there does not wait for it for ever.
 */
function reconcile(state: RolloutState, listed: SourceVerdict, isOver: boolean): SourceVerdict {
  const { serviceDeployment } = state;
  if (!serviceDeployment) return listed;
  const own = judgeServiceDeployment(state, serviceDeployment, listed);
  if (own.status === 'succeeded') {
    if (/^(failed|rolled-back|stopped)$/.test(listed.status)) return listed;
    const confirmed =
      serviceDeployment.isCertain || listed.status === 'succeeded' || allTasksRun(state);
    return confirmed ? own : listed;
  }
  if (own.status !== 'in-progress' || listed.status === 'in-progress') return own;
  if (listed.status === 'succeeded' && isStaged(serviceDeployment)) return own;
  const waited = since(state, state.deploymentsEndedSince) >= settle.contradiction;
  return waited || isOver ? listed : own;
}

/**
 * Whether traffic is shifted or baked after the tasks have started: `deployments[]` cannot tell when
 * such a deployment has ended.
 */
export function isStaged({ strategy, lifecycleStage }: ServiceDeployment): boolean {
  return (
    (strategy ?? 'ROLLING') !== 'ROLLING' || /TRAFFIC_SHIFT|BAKE_TIME/.test(lifecycleStage ?? '')
  );
}

/** Whether the followed deployment is PRIMARY and runs all of its tasks; by itself no success. */
function allTasksRun({ attempt, service }: RolloutState): boolean {
  const own = ownDeployment(attempt, service);
  return own?.status === 'PRIMARY' && own.running >= own.desired && own.pending === 0;
}

/** Whether a ServiceDeployment has reached one of its final states. */
export function hasEnded(serviceDeployment: ServiceDeployment | undefined): boolean {
  return /^(SUCCESSFUL|STOPPED|ROLLBACK_SUCCESSFUL|ROLLBACK_FAILED)$/.test(
    serviceDeployment?.status ?? '',
  );
}

/** Whether ECS's reason names a user that is not this step. */
function stoppedByOthers({ response }: RolloutState, reason: string | undefined): boolean {
  return response?.kind !== 'rollback-asked' && /\bby (a |the )?user\b/i.test(reason ?? '');
}

/**
 * By the state machine of ServiceDeployments.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
 */
function judgeServiceDeployment(
  state: RolloutState,
  { status, statusReason: reason, breaker, alarms }: ServiceDeployment,
  listed: SourceVerdict,
): SourceVerdict {
  switch (status) {
    case 'SUCCESSFUL':
      return { status: 'succeeded' };
    case 'ROLLBACK_SUCCESSFUL':
      return { status: stoppedByOthers(state, reason) ? 'stopped' : 'rolled-back', reason };
    case 'ROLLBACK_FAILED':
      return { status: 'failed', why: 'rollback-failed', reason };
    case 'STOPPED': {
      // STOPPED is the end of three stories: given up without rollback, superseded, and stopped.
      if (stoppedByOthers(state, reason)) return { status: 'stopped', reason };
      if (state.failed || breaker?.status === 'TRIGGERED' || alarms?.status === 'TRIGGERED') {
        return { status: 'failed', why: 'no-rollback', reason: reason ?? ownReason(state) };
      }
      if ('reason' in listed) return { ...listed, reason: reason ?? listed.reason };
      if (listed.status === 'superseded') return listed;
      return since(state, state.serviceDeploymentEndedSince) >= settle.stopped
        ? { status: 'stopped', reason }
        : { status: 'in-progress', phase: 'stopping' };
    }
    case 'STOP_REQUESTED':
      return { status: 'in-progress', phase: 'stopping' };
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return { status: 'in-progress', phase: 'rolling-back' };
    default:
      return listed.status === 'in-progress'
        ? listed
        : { status: 'in-progress', phase: 'rolling-out' };
  }
}

/**
 * By `deployments[]` and events alone, as it must be where the ServiceDeployments API cannot be
 * read. Identity is the deployment's id, never the revision: a rollback re-uses the old id, and a
 * forced redeploy has the same revision on both sides.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export function judgeDeployments(state: RolloutState): SourceVerdict {
  const { attempt, service } = state;
  const own = ownDeployment(attempt, service);
  const primary = primaryOf(service);
  if (own && own === primary) return judgePrimary(state, own);
  if (!primary) return { status: 'in-progress', phase: 'rolling-out' };
  if (hasEvent(state, /deployment completed/)) return { status: 'succeeded' };
  return isRollback(state, primary)
    ? judgeRollback(state, own, primary)
    : attempt.knownDeploymentIds.includes(primary.id)
      ? { status: 'in-progress', phase: 'rolling-out' }
      : { status: 'superseded', by: primary.taskDefinition };
}

function judgePrimary(state: RolloutState, own: Deployment): SourceVerdict {
  const { attempt, service } = state;
  // An id that the update brought is the update's, whatever the stand-ins that keep the old revision
  // in the deployment and the new one in the service say there; an id from before needs the revision.
  if (attempt.origin === 'not-started') {
    return { status: 'failed', why: 'not-started', reason: undefined };
  }
  const revisions = [own.taskDefinition];
  if (attempt.origin === 'started') revisions.push(service.taskDefinition);
  if (!revisions.some((one) => sameRevision(one, attempt.taskDefinition))) {
    return { status: 'failed', why: 'not-started', reason: undefined };
  }
  switch (own.rolloutState) {
    case 'COMPLETED': {
      // A new count on a standing deployment leaves it COMPLETED while tasks still start.
      const settled =
        attempt.origin !== 'standing' ||
        (own.running === own.desired &&
          own.pending === 0 &&
          state.seenAt - state.startedAt >= settle.standing);
      return settled ? { status: 'succeeded' } : { status: 'in-progress', phase: 'rolling-out' };
    }
    case 'FAILED': {
      const mayRollBack =
        (service.breaker.rollback || service.alarmRollback) && attempt.canRollBack;
      return mayRollBack && since(state, state.failedSince) < settle.rollbackStart
        ? { status: 'in-progress', phase: 'failing' }
        : { status: 'failed', why: 'no-rollback', reason: ownReason(state) };
    }
    case undefined: {
      // With a Classic Load Balancer ECS gives no rollout state: its own event must confirm the counts.
      const alone = service.deployments.length === 1;
      const complete = alone && own.running === own.desired && own.pending === 0;
      const confirmed =
        hasEvent(state, /deployment completed/) ||
        state.events.some(({ message }) => /has reached a steady state/.test(message));
      return complete && confirmed
        ? { status: 'succeeded' }
        : { status: 'in-progress', phase: 'rolling-out' };
    }
    default:
      return {
        status: 'in-progress',
        phase: hasEvent(state, /deployment failed/) ? 'failing' : 'rolling-out',
      };
  }
}

/**
 * Whether the PRIMARY that took this deployment's place is a rollback. An id known from before is
 * one, unless the answer may simply be older than the update; some emulators make a new one for it.
 */
function isRollback(state: RolloutState, primary: Deployment): boolean {
  const announced =
    state.rollbackId === primary.id ||
    state.events.some(({ message }) => rollbackTo(message) === primary.id);
  if (announced) return true;
  const gaveUp = state.failed || hasEvent(state, /deployment failed/);
  if (!state.attempt.knownDeploymentIds.includes(primary.id)) {
    return gaveUp && sameRevision(primary.taskDefinition, state.attempt.previousTaskDefinition);
  }
  return gaveUp || state.demoted || since(state, state.absentSince) >= settle.absence;
}

function judgeRollback(
  state: RolloutState,
  own: Deployment | undefined,
  primary: Deployment,
): SourceVerdict {
  if (primary.rolloutState === 'FAILED') {
    return { status: 'failed', why: 'rollback-failed', reason: primary.rolloutStateReason };
  }
  const ownTasks = own ? own.running + own.pending : 0;
  const complete = (primary.rolloutState ?? 'COMPLETED') === 'COMPLETED' && ownTasks === 0;
  if (!complete) return { status: 'in-progress', phase: 'rolling-back' };
  const reason = ownReason(state);
  // Breaker, alarm and hook each leave a trace of failure; a rollback without any was asked for.
  const failed =
    state.failed ||
    state.mostFailed > 0 ||
    state.stoppedTasks.length > 0 ||
    state.response !== undefined ||
    reason !== undefined;
  const isOthers = !failed || stoppedByOthers(state, reason);
  return { status: isOthers ? 'stopped' : 'rolled-back', reason };
}

const rollbackTo = (message: string) =>
  /rolling back to deployment(?:Id)? (ecs-svc\/\d+)/i.exec(message)?.[1];

/** Whether an event of this deployment, by its id, says `what`. */
function hasEvent(state: RolloutState, what: RegExp): boolean {
  return state.events.some(
    ({ message }) =>
      message.includes(`(deployment ${state.attempt.deploymentId})`) && what.test(message),
  );
}

/** Why ECS gave this deployment up, from its event or its rollout state. */
function ownReason(state: RolloutState): string | undefined {
  const id = state.attempt.deploymentId;
  for (const { message } of state.events) {
    const [, deployment, reason] =
      /\(deployment ([^)]+)\) deployment failed: (.+)/.exec(message) ?? [];
    if (deployment === id) return reason;
  }
  const own = ownDeployment(state.attempt, state.service);
  return own?.rolloutState === 'FAILED' ? own.rolloutStateReason : undefined;
}

function since(state: RolloutState, moment: number | undefined): number {
  return moment === undefined ? 0 : state.seenAt - moment;
}

/** Compares by family and revision: stand-ins mix ARNs and `family:revision`. */
export function sameRevision(one: string, other: string): boolean {
  return shortName(one) === shortName(other);
}

/** ARN of the revision that serves after a rollout that ended so; undefined when nothing runs. */
export function runningTaskDefinition(
  state: RolloutState,
  { status }: { readonly status: string },
): string | undefined {
  const { attempt, service } = state;
  if (isGone(state)) return undefined;
  // After a success the own deployment may be gone only because a newer one has replaced it since.
  if (status === 'succeeded' && ownDeployment(attempt, service)) return attempt.taskDefinition;
  return oldestRunning(service);
}
