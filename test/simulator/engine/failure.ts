import { tell, tellOnce } from './events.ts';
import { finish, requestStop } from './service-deployment.ts';
import type { Deployment, Service, ServiceDeployment, State, Task } from './state.ts';
import { forAttempt, schedule, serviceDeploymentOf, serviceOf } from './state.ts';
import { attemptOf } from './tasks.ts';

const seconds = 1000;
const maximumThrottle = 27 * 60 * seconds;

/** A task of the service's was found healthy. */
export function countHealthy(state: State, service: Service, task: Task): void {
  const deployment = service.deployments.find(({ id }) => id === task.deployment);
  if (deployment === undefined) return;
  deployment.failedTasks = 0;
  deployment.neverRan = 0;
  const reset = service.configuration.deploymentCircuitBreaker?.resetOnHealthyTask ?? true;
  if (!reset || !isMonitored(state, deployment)) return;
  serviceDeploymentOf(state, deployment.serviceDeployment).failureCount = 0;
}

/** A task begins to stop, or could not even be made: when the next one is launched. */
export function paceLaunches(
  state: State,
  service: Service,
  deployment: Deployment,
  ran: 'ran' | 'never',
  at: number,
): void {
  deployment.neverRan = ran === 'never' ? deployment.neverRan + 1 : 0;
  // After a few tasks that never ran in a row, the scheduler waits longer and longer.
  const tooMany = Math.max(0, deployment.neverRan - 10);
  const attempt = attemptOf(service, deployment.launched - 1);
  const retry = forAttempt(deployment.timings.retry, attempt);
  const wait = Math.min(maximumThrottle, retry * seconds * 2 ** tooMany);
  deployment.nextLaunch = Math.max(at + seconds, deployment.lastLaunch + wait);
  if (tooMany > 0) {
    const text = 'is unable to consistently start tasks successfully.';
    const more = ' For more information, see the Troubleshooting section.';
    tellOnce(state, service, at, text + more);
  }
}

/** A task that failed has stopped, or could not even be made. */
export function countFailure(
  state: State,
  service: Service,
  deployment: Deployment,
  at: number,
): void {
  deployment.failedTasks += 1;
  deployment.failures += 1;
  deployment.updatedAt = at;
  const { breaker } = deployment.timings;
  const reset = service.configuration.deploymentCircuitBreaker?.resetOnHealthyTask ?? true;
  const count = reset ? deployment.failedTasks : deployment.failures;
  if (!isMonitored(state, deployment)) return;
  serviceDeploymentOf(state, deployment.serviceDeployment).failureCount = count;
  if (count < threshold(service)) return;
  schedule(state, at + breaker * seconds, {
    kind: 'breaker',
    service: service.arn,
    deployment: deployment.id,
  });
}

/** The number of failures at which the breaker trips, with the latest desired count. */
export function threshold(service: Service): number {
  const { thresholdConfiguration } = service.configuration.deploymentCircuitBreaker ?? {};
  const { type = 'BOUNDED_PERCENT', value = 50 } = thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((service.desiredCount * value) / 100);
  return type === 'BOUNDED_PERCENT' ? Math.min(200, Math.max(3, share)) : share;
}

function isMonitored(state: State, deployment: Deployment): boolean {
  const { status, breaker } = serviceDeploymentOf(state, deployment.serviceDeployment);
  return breaker === 'MONITORING' && status === 'IN_PROGRESS';
}

/** The breaker trips, if its deployment is still the one that is going on. */
export function trip(state: State, serviceArn: string, deploymentId: string, at: number): void {
  const service = serviceOf(state, serviceArn);
  const deployment = service.deployments.find(({ id }) => id === deploymentId);
  if (service.status !== 'ACTIVE' || deployment?.status !== 'PRIMARY') return;
  if (!isMonitored(state, deployment)) return;
  serviceDeploymentOf(state, deployment.serviceDeployment).breaker = 'TRIGGERED';
  fail(state, service, deployment, at, {
    state: 'ECS deployment circuit breaker: tasks failed to start.',
    event: 'tasks failed to start.',
    status: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    rollback: service.configuration.deploymentCircuitBreaker?.rollback === true,
  });
}

/** An alarm goes off, if anyone watches it. */
export function raiseAlarm(state: State, serviceArn: string, id: string, at: number): void {
  const service = serviceOf(state, serviceArn);
  const deployment = service.deployments.find((candidate) => candidate.id === id);
  if (service.status !== 'ACTIVE' || deployment?.status !== 'PRIMARY') return;
  const watched = serviceDeploymentOf(state, deployment.serviceDeployment);
  if (watched.alarms !== 'MONITORING' || watched.status !== 'IN_PROGRESS') return;
  watched.alarms = 'TRIGGERED';
  fail(state, service, deployment, at, {
    // No capture of this text is known.
    state: 'ECS deployment failed: alarm detected.',
    event: 'alarm detected.',
    status: 'Service deployment rolled back because of one or more active alarms.',
    rollback: service.configuration.alarms?.rollback === true,
  });
}

/** A user asked to stop the deployment: it rolls back, whatever the service is configured to. */
export function rollBackForUser(state: State, ending: ServiceDeployment, at: number): void {
  if (ending.status !== 'ROLLBACK_REQUESTED') return;
  const service = state.services.find(({ deployments }) =>
    deployments.some(({ id }) => id === ending.deployment),
  );
  const deployment = service?.deployments.find(({ id }) => id === ending.deployment);
  if (service === undefined || deployment === undefined) {
    finish(ending, 'STOPPED', at);
    return;
  }
  const status = 'Service deployment rolled back by user.';
  fail(state, service, deployment, at, {
    // No capture of these two is known; hooks and alarms append the status reason like this.
    state: `ECS deployment failed: ${status}`,
    event: status,
    status,
    rollback: true,
  });
}

/** A rollback finds nothing to go back to. */
export function rollbackFailed(ending: ServiceDeployment, at: number): void {
  if (ending.status !== 'ROLLBACK_IN_PROGRESS') return;
  finish(ending, 'ROLLBACK_FAILED', at);
  ending.statusReason = 'No rollback candidate was found to run the rollback.';
}

interface Reasons {
  state: string;
  event: string;
  status: string;
  rollback: boolean;
}

function fail(
  state: State,
  service: Service,
  deployment: Deployment,
  at: number,
  reasons: Reasons,
): void {
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = reasons.state;
  deployment.updatedAt = at;
  tell(state, service, at, `(deployment ${deployment.id}) deployment failed: ${reasons.event}`);
  const ending = serviceDeploymentOf(state, deployment.serviceDeployment);
  const target = service.deployments
    .filter(({ rolloutState }) => rolloutState === 'COMPLETED')
    .toSorted((one, other) => other.createdAt - one.createdAt)[0];
  if (!reasons.rollback) {
    requestStop(state, ending, at);
    return;
  }
  if (target === undefined) {
    ending.status = 'ROLLBACK_IN_PROGRESS';
    ending.updatedAt = at;
    const { arn } = ending;
    schedule(state, at + seconds, { kind: 'service-deployment', arn, to: 'ROLLBACK_FAILED' });
    return;
  }
  const restored = at + 1;
  deployment.status = 'ACTIVE';
  target.status = 'PRIMARY';
  target.rolloutState = 'IN_PROGRESS';
  target.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${target.id}.`;
  target.updatedAt = restored;
  target.notBefore = at + deployment.timings.rollback * seconds;
  target.bake = 'none';
  target.restores = ending.arn;
  service.parameters = structuredClone(target.parameters);
  service.deployments = [target, ...service.deployments.filter((other) => other !== target)];
  ending.status = 'ROLLBACK_IN_PROGRESS';
  ending.statusReason = reasons.status;
  ending.updatedAt = restored;
  ending.rollback = {
    reason: reasons.status,
    startedAt: restored,
    serviceRevisionArn: target.revision,
  };
  tell(state, service, restored, `rolling back to deployment ${target.id}.`);
  schedule(state, restored, { kind: 'reconcile', service: service.arn });
}
