import { digits, token } from '../ids.ts';
import type { Play } from '../world.ts';
import { containers } from './definition.ts';
import { finish, requestStop } from './service-deployment.ts';
import type { Deployment, Service, ServiceDeployment, State } from './state.ts';
import { defaultTimings, liveTasks, schedule, serviceDeploymentOf } from './state.ts';

const seconds = 1000;

/** Makes a deployment of the service's present parameters its primary one. */
export function startDeployment(state: State, service: Service, at: number): Deployment {
  const before = service.deployments.find(({ status }) => status === 'PRIMARY');
  if (before !== undefined) supersede(state, service, before, at);
  const play: Play = service.plays.shift() ?? { outcome: 'healthy' };
  const deployment = makeDeployment(state, service, play, at);
  const breaker = service.configuration.deploymentCircuitBreaker;
  const alarms = service.configuration.alarms;
  const serviceDeployment: ServiceDeployment = {
    arn: deployment.serviceDeployment,
    service: service.name,
    cluster: service.cluster,
    deployment: deployment.id,
    status: 'PENDING',
    statusReason: undefined,
    lifecycleStage: 'RECONCILE_SERVICE',
    createdAt: at,
    updatedAt: at,
    startedAt: undefined,
    finishedAt: undefined,
    stoppedAt: undefined,
    sources: service.deployments.map(({ revision }) => revision),
    target: deployment.revision,
    configuration: structuredClone(service.configuration),
    rollback: undefined,
    failureCount: 0,
    breaker: breaker?.enable === true ? 'MONITORING' : 'DISABLED',
    alarms: alarms?.enable === true ? 'MONITORING' : 'DISABLED',
  };
  state.serviceDeployments.push(serviceDeployment);
  service.deployments.unshift(deployment);
  service.currentServiceDeployment = serviceDeployment.arn;
  const { arn } = serviceDeployment;
  schedule(state, at + seconds, { kind: 'service-deployment', arn, to: 'IN_PROGRESS' });
  schedule(state, at + 2 * seconds, { kind: 'reconcile', service: service.arn });
  if (play.outcome === 'alarm') {
    const due = at + (deployment.timings.running + deployment.timings.healthy) * seconds;
    schedule(state, due, { kind: 'alarm', service: service.arn, deployment: deployment.id });
  }
  return deployment;
}

/** A deployment and its service revision, not yet part of anything. */
export function makeDeployment(state: State, service: Service, play: Play, at: number): Deployment {
  const { account, region, partition = 'aws' } = state.world;
  const path = `${service.cluster}/${service.name}`;
  const arn = (kind: string, id: string) =>
    `arn:${partition}:ecs:${region}:${account}:${kind}/${path}/${id}`;
  const id = `ecs-svc/${digits(state.ids)}`;
  const parameters = structuredClone(service.parameters);
  const revision = arn('service-revision', digits(state.ids));
  state.serviceRevisions.push({
    arn: revision,
    service: service.name,
    cluster: service.cluster,
    parameters,
    createdAt: at,
  });
  return {
    id,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    parameters,
    failedTasks: 0,
    failures: 0,
    neverRan: 0,
    launched: 0,
    lastLaunch: at,
    nextLaunch: at,
    createdAt: at,
    updatedAt: at,
    notBefore: at + 10 * seconds,
    bake: service.configuration.alarms?.enable === true ? 'due' : 'none',
    play,
    timings: { ...defaultTimings, healthy: healthySeconds(state, service), ...play.timings },
    serviceDeployment: arn('service-deployment', token(state.ids)),
    revision,
    restores: undefined,
  };
}

/** Where nobody checks a task's health, it counts as healthy after 40 seconds. */
function healthySeconds(state: State, service: Service): number {
  const definition = state.taskDefinitions.find(
    ({ arn }) => arn === service.parameters.taskDefinition,
  );
  const checked = containers(definition?.body ?? {}).some(
    (container) => container.healthCheck !== undefined,
  );
  return checked || service.parameters.loadBalancers.length > 0 ? defaultTimings.healthy : 40;
}

function supersede(state: State, service: Service, before: Deployment, at: number): void {
  before.status = 'ACTIVE';
  before.updatedAt = at;
  const arn = before.restores ?? before.serviceDeployment;
  before.restores = undefined;
  const ending = serviceDeploymentOf(state, arn);
  if (ending.status === 'ROLLBACK_IN_PROGRESS') {
    finish(ending, 'ROLLBACK_FAILED', at);
  } else if (ending.finishedAt === undefined) {
    requestStop(state, ending, at);
  }
  // A predecessor that never completed and has no tasks is of no use to anyone any more.
  service.deployments = service.deployments.filter(
    (deployment) =>
      deployment.rolloutState === 'COMPLETED' || liveTasks(state, deployment).length > 0,
  );
}
