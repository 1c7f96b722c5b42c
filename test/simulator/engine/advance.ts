import type { Intervention } from '../world.ts';
import {
  countFailure,
  countHealthy,
  paceLaunches,
  raiseAlarm,
  rollBackForUser,
  rollbackFailed,
  trip,
} from './failure.ts';
import { intervene } from './interventions.ts';
import { reconcile } from './scheduler.ts';
import { finish } from './service-deployment.ts';
import type { Happening, Service, State } from './state.ts';
import { found, schedule, serviceDeploymentOf, serviceOf } from './state.ts';
import { stepTask } from './tasks.ts';

const visibleWhenStopped = 3600 * 1000;

/** Lets everything happen that is due until then. Depends on nothing but its arguments. */
export function advance(state: State, until: number): void {
  const changed = new Set<Service>();
  for (let next = state.agenda[0]; next !== undefined && next.at <= until; next = state.agenda[0]) {
    state.agenda.shift();
    state.now = next.at;
    happen(state, next.what, next.at, changed);
    if (state.agenda[0]?.at === next.at) continue;
    // The scheduler looks once at all that happens to a service's tasks in the same moment.
    for (const service of changed) reconcile(state, service, next.at);
    changed.clear();
  }
  state.now = until;
  const kept = state.tasks.filter(
    ({ stoppedAt }) => stoppedAt === undefined || until - stoppedAt < visibleWhenStopped,
  );
  state.tasks.splice(0, state.tasks.length, ...kept);
}

/** Enters the world's interventions once the first UpdateService has come. */
export function startStory(state: State, at: number): void {
  if (state.firstUpdate !== undefined) return;
  state.firstUpdate = at;
  for (const what of state.world.interventions ?? []) {
    schedule(state, at + what.atSeconds * 1000, { kind: 'intervention', what });
  }
}

/** Lets others do something at once. */
export function interveneNow(state: State, what: Omit<Intervention, 'atSeconds'>): void {
  intervene(state, { ...what, atSeconds: 0 }, state.now);
}

function happen(state: State, what: Happening, at: number, changed: Set<Service>): void {
  switch (what.kind) {
    case 'task':
      changed.add(taskHappens(state, what, at));
      return;
    case 'reconcile':
      reconcile(state, serviceOf(state, what.service), at);
      return;
    case 'service-deployment':
      serviceDeploymentHappens(state, what, at);
      return;
    case 'breaker':
      trip(state, what.service, what.deployment, at);
      return;
    case 'alarm':
      raiseAlarm(state, what.service, what.deployment, at);
      return;
    case 'inactive': {
      const service = serviceOf(state, what.service);
      service.status = 'INACTIVE';
      service.deployments = [];
      return;
    }
    case 'intervention':
      intervene(state, what.what, at);
      return;
  }
}

/** Takes a task a step further; returns its service. */
function taskHappens(state: State, what: Happening & { kind: 'task' }, at: number): Service {
  const task = found(state.tasks.find(({ arn }) => arn === what.task));
  const news = stepTask(state, task, what.step, at);
  const service = serviceOf(state, task.service);
  if (task.healthy && what.step === 'HEALTHY') countHealthy(state, service, task);
  const deployment = service.deployments.find(({ id }) => id === task.deployment);
  if (deployment !== undefined) {
    const ran = task.startedAt === undefined ? 'never' : 'ran';
    if (news === 'failing') paceLaunches(state, service, deployment, ran, at);
    if (news === 'failed') countFailure(state, service, deployment, at);
  }
  return service;
}

function serviceDeploymentHappens(
  state: State,
  { arn, to }: Happening & { kind: 'service-deployment' },
  at: number,
): void {
  const subject = serviceDeploymentOf(state, arn);
  switch (to) {
    case 'IN_PROGRESS':
      if (subject.status !== 'PENDING') return;
      subject.status = to;
      subject.startedAt = at;
      subject.updatedAt = at;
      return;
    case 'STOPPED':
      if (subject.status === 'STOP_REQUESTED') finish(subject, 'STOPPED', at);
      return;
    case 'ROLLBACK':
      rollBackForUser(state, subject, at);
      return;
    case 'ROLLBACK_FAILED':
      rollbackFailed(subject, at);
      return;
  }
}
