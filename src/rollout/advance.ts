import { ownDeployment, primaryOf } from './deployments.ts';
import { hasEnded, judgeDeployments } from './judge.ts';
import type { RolloutState } from './state.ts';
import type { Observation, Service, ServiceEvent, StoppedTask, Target } from './types.ts';

/** The state after one more observation: a pure reducer. */
export function advance(state: RolloutState, observation: Observation): RolloutState {
  const now = observation.at;
  switch (observation.kind) {
    case 'tick':
    case 'notice':
      return { ...state, now };
    case 'lost':
      return { ...state, now, lost: observation.message };
    case 'targets':
      return {
        ...state,
        now,
        runningTasks: observation.tasks ?? state.runningTasks,
        targets: observation.targets ? mergeTargets(state, observation.targets) : state.targets,
      };
    case 'logs':
      return observation.tails.length === 0
        ? { ...state, now }
        : { ...state, now, logTails: [...state.logTails, ...observation.tails] };
    case 'responded':
      return { ...state, now, response: observation.response, respondedAt: now };
    case 'seen':
      return advanceSeen(state, observation);
  }
}

type Seen = Extract<Observation, { kind: 'seen' }>;

function advanceSeen(state: RolloutState, observation: Seen): RolloutState {
  const now = observation.at;
  const service = observation.service ?? state.service;
  const { serviceDeployment } = observation;
  const own = ownDeployment(state.attempt, service);
  const isFailed = own?.rolloutState === 'FAILED';
  const allRunning = own !== undefined && own.running > 0 && own.running >= own.desired;
  const isAlone = service.deployments.every(({ id, running }) => id === own?.id || running === 0);
  const next: RolloutState = {
    ...state,
    now,
    seenAt: now,
    service,
    missingSince: observation.service ? undefined : (state.missingSince ?? now),
    serviceDeployment,
    events: mergeEvents(state, service),
    stoppedTasks: mergeTasks(state.stoppedTasks, observation.stoppedTasks),
    mostFailed: Math.max(state.mostFailed, own?.failed ?? 0),
    mostRunning: Math.max(state.mostRunning, own?.running ?? 0),
    allRunningSince: allRunning ? (state.allRunningSince ?? now) : undefined,
    aloneSince: allRunning && isAlone ? (state.aloneSince ?? now) : undefined,
    rollbackId: rollbackOf(service) ?? state.rollbackId,
    demoted: state.demoted || (own !== undefined && own.status !== 'PRIMARY'),
    failed: state.failed || isFailed,
    failedSince: isFailed ? (state.failedSince ?? now) : undefined,
    absentSince: own ? undefined : (state.absentSince ?? now),
    serviceDeploymentEndedSince: hasEnded(serviceDeployment)
      ? (state.serviceDeploymentEndedSince ?? now)
      : undefined,
  };
  const ended = judgeDeployments(next).status !== 'in-progress';
  return {
    ...next,
    deploymentsEndedSince: ended ? (state.deploymentsEndedSince ?? now) : undefined,
  };
}

/** Only while it runs does ECS call a rollback by its name. */
function rollbackOf(service: Service): string | undefined {
  const primary = primaryOf(service);
  return /rolling back/i.test(primary?.rolloutStateReason ?? '') ? primary?.id : undefined;
}

/** A task that was seen stopping before is replaced by what it has become. */
function mergeTasks(
  known: readonly StoppedTask[],
  found: readonly StoppedTask[],
): readonly StoppedTask[] {
  if (found.length === 0) return known;
  const tasks = new Map([...known, ...found].map((task) => [task.arn, task]));
  return [...tasks.values()];
}

/** The newest look at each target; what made an own one unhealthy is not forgotten once it is gone. */
function mergeTargets(state: RolloutState, seen: readonly Target[]): readonly Target[] {
  const keyOf = ({ group, id, port }: Target) => `${group} ${id} ${port}`;
  const healthOf = new Map(seen.map((target) => [keyOf(target), target]));
  const failed = state.targets.filter(({ isOwn, state }) => isOwn && state === 'unhealthy');
  for (const target of failed) {
    const now = healthOf.get(keyOf(target))?.state;
    if (now === undefined || /draining|unused/.test(now)) healthOf.set(keyOf(target), target);
  }
  return [...healthOf.values()];
}

/** AWS's clock may stamp an event a moment before the deployment that it belongs to. */
const eventSlack = 1_000;

function mergeEvents({ attempt, events }: RolloutState, service: Service): readonly ServiceEvent[] {
  const known = new Set([...attempt.knownEventIds, ...events.map(({ id }) => id)]);
  const since = attempt.origin === 'started' ? attempt.createdAt - eventSlack : 0;
  const fresh = service.events.filter(({ id, at }) => at >= since && !known.has(id));
  return fresh.length === 0 ? events : [...events, ...fresh.toReversed()];
}
