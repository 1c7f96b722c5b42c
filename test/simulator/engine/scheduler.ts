import { retireTasks } from './ends.ts';
import { tell, tellOnce } from './events.ts';
import { countFailure, paceLaunches } from './failure.ts';
import { finish, stage } from './service-deployment.ts';
import type { Deployment, Service, State } from './state.ts';
import { liveTasks, primaryOf, schedule, serviceDeploymentOf } from './state.ts';
import { launchTasks } from './tasks.ts';

const seconds = 1000;

/** What the scheduler does each time that something about its service has changed. */
export function reconcile(state: State, service: Service, at: number): void {
  if (service.status !== 'ACTIVE') return;
  const primary = primaryOf(service);
  const older = service.deployments.filter((deployment) => deployment !== primary);
  const halted = primary.rolloutState === 'FAILED';
  for (const deployment of older) {
    // What never completed is not waited for; its healthy tasks still serve until replaced.
    if (halted || deployment.rolloutState === 'COMPLETED') continue;
    const idle = liveTasks(state, deployment).filter((task) => !task.healthy);
    retireTasks(state, service, primary.id, idle, at);
  }
  const surplus = liveTasks(state, primary).slice(service.desiredCount);
  retireTasks(state, service, primary.id, surplus, at);
  if (halted) return;
  retireReplaced(state, service, primary, older, at);
  launchMissing(state, service, primary, at);
  forgetEmpty(state, service, older);
  completeWhenSteady(state, service, primary, at);
}

function retireReplaced(
  state: State,
  service: Service,
  primary: Deployment,
  older: Deployment[],
  at: number,
): void {
  const old = older.flatMap((deployment) => liveTasks(state, deployment));
  const fresh = liveTasks(state, primary);
  const healthy = [...old, ...fresh].filter((task) => task.healthy).length;
  const minimum = Math.ceil((service.desiredCount * minimumPercent(service)) / 100);
  const replaced = fresh.filter((task) => task.healthy).length + old.length - service.desiredCount;
  const missing = service.desiredCount - fresh.length;
  const inTheWay = missing - roomFor(state, service);
  const wanted = Math.min(old.length, Math.max(replaced, inTheWay, 0));
  const allowed = Math.max(0, healthy - minimum);
  const stopped = old.slice(0, Math.min(wanted, allowed));
  retireTasks(state, service, primary.id, stopped, at);
  if (stopped.length > 0) stage(state, primary, 'CLEAN_UP', at);
  if (inTheWay >= missing && missing > 0 && allowed === 0 && fresh.length === 0) {
    tellOnce(
      state,
      service,
      at,
      'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
    );
  }
}

function launchMissing(state: State, service: Service, primary: Deployment, at: number): void {
  const missing = service.desiredCount - liveTasks(state, primary).length;
  const count = Math.min(missing, roomFor(state, service));
  if (count <= 0) return;
  if (primary.nextLaunch > at) {
    schedule(state, primary.nextLaunch, { kind: 'reconcile', service: service.arn });
    return;
  }
  stage(state, primary, 'SCALE_UP', at);
  const refused = launchTasks(state, service, primary, count, at);
  for (let index = 0; index < refused; index += 1) {
    countFailure(state, service, primary, at);
    paceLaunches(state, service, primary, 'never', at);
  }
  if (refused > 0) schedule(state, primary.nextLaunch, { kind: 'reconcile', service: service.arn });
}

/** How many more tasks maximumPercent lets live. */
function roomFor(state: State, service: Service): number {
  const maximum = Math.floor(
    (service.desiredCount * (service.configuration.maximumPercent ?? 200)) / 100,
  );
  const live = service.deployments.flatMap((deployment) => liveTasks(state, deployment));
  return Math.max(0, maximum - live.length);
}

function minimumPercent(service: Service): number {
  return service.configuration.minimumHealthyPercent ?? 100;
}

/** An older deployment goes when its last task has stopped, unless it may be rolled back to. */
function forgetEmpty(state: State, service: Service, older: Deployment[]): void {
  const gone = older.filter(
    (deployment) => deployment.rolloutState === 'IN_PROGRESS' && !hasTasksLeft(state, deployment),
  );
  service.deployments = service.deployments.filter((deployment) => !gone.includes(deployment));
}

function hasTasksLeft(state: State, deployment: Deployment): boolean {
  return state.tasks.some(
    (task) => task.deployment === deployment.id && task.lastStatus !== 'STOPPED',
  );
}

function completeWhenSteady(state: State, service: Service, primary: Deployment, at: number): void {
  const healthy = liveTasks(state, primary).filter((task) => task.healthy).length;
  const older = service.deployments.filter((deployment) => deployment !== primary);
  const steady =
    healthy === service.desiredCount &&
    !older.some((deployment) => hasTasksLeft(state, deployment));
  if (primary.rolloutState !== 'IN_PROGRESS' || !steady) return;
  if (primary.notBefore > at) {
    schedule(state, primary.notBefore, { kind: 'reconcile', service: service.arn });
    return;
  }
  if (primary.bake === 'due') {
    primary.bake = 'baking';
    primary.notBefore = at + primary.timings.bake * seconds;
    stage(state, primary, 'BAKE_TIME', at);
    schedule(state, primary.notBefore, { kind: 'reconcile', service: service.arn });
    return;
  }
  complete(state, service, primary, at);
}

function complete(state: State, service: Service, primary: Deployment, at: number): void {
  primary.rolloutState = 'COMPLETED';
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = at;
  service.deployments = [primary];
  tell(state, service, at, `(deployment ${primary.id}) deployment completed.`);
  tell(state, service, at, 'has reached a steady state.');
  if (primary.restores !== undefined) {
    finish(serviceDeploymentOf(state, primary.restores), 'ROLLBACK_SUCCESSFUL', at);
    primary.restores = undefined;
    return;
  }
  const ending = serviceDeploymentOf(state, primary.serviceDeployment);
  finish(ending, 'SUCCESSFUL', at);
  if (ending.breaker === 'MONITORING') ending.breaker = 'MONITORING_COMPLETE';
  if (ending.alarms === 'MONITORING') ending.alarms = 'MONITORING_COMPLETE';
}
