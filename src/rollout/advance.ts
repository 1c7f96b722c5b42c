import { hasEnded, judgeDeployments } from './judge.ts';
import { ownDeployment, type RolloutState } from './state.ts';
import type { Observation, Service, ServiceEvent } from './types.ts';

/** The state after one more observation: a pure reducer. */
export function advance(state: RolloutState, observation: Observation): RolloutState {
  const now = observation.at;
  if (observation.kind === 'notice') return { ...state, now };
  if (observation.kind === 'lost') return { ...state, now, lost: observation.message };

  const service = observation.service ?? state.service;
  const { serviceDeployment } = observation;
  const own = ownDeployment(state.attempt, service);
  const isFailed = own?.rolloutState === 'FAILED';
  const next: RolloutState = {
    ...state,
    now,
    service,
    gone: observation.service === undefined || /^(INACTIVE|DRAINING)$/.test(service.status),
    serviceDeployment,
    events: mergeEvents(state, service),
    stoppedTasks: [...state.stoppedTasks, ...observation.stoppedTasks],
    mostFailed: Math.max(state.mostFailed, own?.failed ?? 0),
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

/** AWS's clock may stamp an event a moment before the deployment that it belongs to. */
const eventSlack = 1_000;

function mergeEvents({ attempt, events }: RolloutState, service: Service): ServiceEvent[] {
  const known = new Set(events.map(({ id }) => id));
  const fresh = service.events.filter(
    (event) => event.at >= attempt.createdAt - eventSlack && !known.has(event.id),
  );
  return [...events, ...fresh.toReversed()];
}
