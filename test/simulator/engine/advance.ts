import type { Intervention } from '../world.ts';
import { countFailure, countHealthy, raiseAlarm, rollBackForUser, trip } from './failure.ts';
import { intervene } from './interventions.ts';
import { reconcile } from './scheduler.ts';
import { finish } from './service-deployment.ts';
import type { Happening, State } from './state.ts';
import { found, schedule, serviceDeploymentOf, serviceOf } from './state.ts';
import { stepTask } from './tasks.ts';

const visibleWhenStopped = 3600 * 1000;

/** Lets everything happen that is due until then. Depends on nothing but its arguments. */
export function advance(state: State, until: number): void {
  for (let next = state.agenda[0]; next !== undefined && next.at <= until; next = state.agenda[0]) {
    state.agenda.shift();
    state.now = next.at;
    happen(state, next.what, next.at);
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

function happen(state: State, what: Happening, at: number): void {
  switch (what.kind) {
    case 'task':
      taskHappens(state, what, at);
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

function taskHappens(state: State, what: Happening & { kind: 'task' }, at: number): void {
  const task = found(state.tasks.find(({ arn }) => arn === what.task));
  const failed = stepTask(state, task, what.step, at);
  const service = serviceOf(state, task.service);
  if (task.healthy && what.step === 'HEALTHY') countHealthy(state, service, task);
  const deployment = service.deployments.find(({ id }) => id === task.deployment);
  if (failed && deployment !== undefined) {
    countFailure(state, service, deployment, task.startedAt === undefined, at);
  }
  reconcile(state, service, at);
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
  }
}
