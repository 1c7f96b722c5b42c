import { ownDeployment } from '../../rollout/deployments.ts';
import type { RolloutState } from '../../rollout/state.ts';
import type { Picture } from '../picture.ts';
import { count } from '../text.ts';

const cells = 8;

/** How far it is: a bar, tasks that run and are healthy, and how near the circuit breaker is. */
export function progressLine({ rollout }: Picture): string {
  if (!rollout) return '';
  const { state } = rollout;
  const own = ownDeployment(state.attempt, state.service);
  const desired = own?.desired ?? 0;
  const ready = readyTasks(state);
  const bar = desired === 0 ? '' : `\`${barOf(ready, desired)}\` `;
  const pending = own && own.pending > 0 ? [`${own.pending} starting`] : [];
  return [`${bar}${tasksWords(state)}`, ...pending, ...breakerWords(state)].join(' · ');
}

function barOf(ready: number, desired: number): string {
  // Neither full before all are there, nor empty once one is.
  const share = Math.min(1, ready / desired) * cells;
  const full = ready < desired ? Math.min(cells - 1, Math.ceil(share)) : cells;
  return '▰'.repeat(full) + '▱'.repeat(cells - full);
}

/** `2 of 4 tasks healthy`, or `running` where nobody checks their health. */
export function tasksWords(state: RolloutState): string {
  const own = ownDeployment(state.attempt, state.service);
  if (!own) return 'no longer listed';
  const word = healthOfOwn(state) === undefined ? 'running' : 'healthy';
  return `${readyTasks(state)} of ${count(own.desired, 'task')} ${word}`;
}

/** Tasks that serve: healthy targets where the load balancer tells, running tasks elsewhere. */
function readyTasks(state: RolloutState): number {
  const running = ownDeployment(state.attempt, state.service)?.running ?? 0;
  return Math.min(running, healthOfOwn(state) ?? running);
}

/** How many own tasks are healthy targets; undefined where it is not known of all that run. */
function healthOfOwn({ targets, attempt, service }: RolloutState): number | undefined {
  const own = targets.filter(({ isOwn }) => isOwn);
  const known = new Set(own.map(({ id }) => id));
  if (known.size === 0 || known.size < (ownDeployment(attempt, service)?.running ?? 0)) {
    return undefined;
  }
  for (const { id, state } of own) if (state !== 'healthy') known.delete(id);
  return known.size;
}

function breakerWords({ serviceDeployment, service, attempt }: RolloutState): string[] {
  const breaker = serviceDeployment?.breaker;
  if (breaker && breaker.threshold > 0) {
    return [`breaker ${breaker.failures} of ${breaker.threshold}`];
  }
  const failed = ownDeployment(attempt, service)?.failed ?? 0;
  return failed > 0 ? [`${failed} failed in a row`] : [];
}
