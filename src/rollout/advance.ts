import { ownDeployment, primaryOf } from './deployments.ts';
import { hasEnded, judgeDeployments } from './judge.ts';
import type { RolloutState } from './state.ts';
import type { Observation, Service, ServiceEvent } from './types.ts';

/** The state after one more observation: a pure reducer. */
export function advance(state: RolloutState, observation: Observation): RolloutState {
  const now = observation.at;
  if (observation.kind === 'tick' || observation.kind === 'notice') return { ...state, now };
  if (observation.kind === 'lost') return { ...state, now, lost: observation.message };

  const service = observation.service ?? state.service;
  const { serviceDeployment } = observation;
  const own = ownDeployment(state.attempt, service);
  const isFailed = own?.rolloutState === 'FAILED';
  const next: RolloutState = {
    ...state,
    now,
    seenAt: now,
    service,
    missingSince: observation.service ? undefined : (state.missingSince ?? now),
    serviceDeployment,
    events: mergeEvents(state, service),
    stoppedTasks: [...state.stoppedTasks, ...observation.stoppedTasks],
    mostFailed: Math.max(state.mostFailed, own?.failed ?? 0),
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

/** AWS's clock may stamp an event a moment before the deployment that it belongs to. */
const eventSlack = 1_000;

function mergeEvents({ attempt, events }: RolloutState, service: Service): ServiceEvent[] {
  const known = new Set([...attempt.knownEventIds, ...events.map(({ id }) => id)]);
  const since = attempt.origin === 'started' ? attempt.createdAt - eventSlack : 0;
  const fresh = service.events.filter(({ id, at }) => at >= since && !known.has(id));
  return [...events, ...fresh.toReversed()];
}
