import { tell } from './engine/events.ts';
import { startDeployment } from './engine/rollout.ts';
import { reconcile } from './engine/scheduler.ts';
import { finish } from './engine/service-deployment.ts';
import type { Service, State } from './engine/state.ts';
import { found, serviceDeploymentOf } from './engine/state.ts';
import { becomeHealthy, makeTask, planPull } from './engine/tasks.ts';
import { digits, hex } from './ids.ts';
import { addTaskDefinition } from './services/ecs/task-definitions.ts';
import type { ServiceSpec, World } from './world.ts';

const day = 24 * 3600 * 1000;

/** The account as the world describes it: everything in place, nothing happening yet. */
export function openAccount(world: World, now: number): State {
  const state: State = {
    world: structuredClone(world),
    ids: { drawn: 0 },
    now,
    firstUpdate: undefined,
    taskDefinitions: [],
    services: [],
    tasks: [],
    serviceDeployments: [],
    serviceRevisions: [],
    logStreams: [],
    agenda: [],
  };
  for (const { revision, status = 'ACTIVE', ...request } of state.world.taskDefinitions) {
    addTaskDefinition(state, request, revision, now - day).status = status;
  }
  for (const [cluster, { services }] of Object.entries(state.world.clusters)) {
    for (const [name, spec] of Object.entries(services)) {
      openService(state, cluster, name, spec, now);
    }
  }
  return state;
}

function openService(
  state: State,
  cluster: string,
  name: string,
  spec: ServiceSpec,
  now: number,
): void {
  const { account, region, partition = 'aws' } = state.world;
  const definition = state.taskDefinitions.find(
    ({ family, revision }) => `${family}:${revision}` === spec.taskDefinition,
  );
  if (definition === undefined)
    throw new Error(`${name}: no ${spec.taskDefinition} in this world.`);
  const { rollout = 'COMPLETED', play } = spec.baseline ?? {};
  const service: Service = {
    arn: `arn:${partition}:ecs:${region}:${account}:service/${cluster}/${name}`,
    name,
    cluster,
    status: 'ACTIVE',
    desiredCount: spec.desiredCount,
    controller: spec.deploymentController ?? 'ECS',
    configuration: spec.deploymentConfiguration ?? {},
    parameters: {
      taskDefinition: definition.arn,
      loadBalancers: spec.loadBalancers ?? [],
      serviceRegistries: [],
      launchType: spec.launchType ?? 'FARGATE',
      platformVersion: 'LATEST',
      ...(spec.networkConfiguration && { networkConfiguration: spec.networkConfiguration }),
    },
    extra: { healthCheckGracePeriodSeconds: spec.healthCheckGracePeriodSeconds ?? 0 },
    deployments: [],
    events: [],
    currentServiceDeployment: undefined,
    plays: [...(play === undefined ? [{ outcome: 'healthy' as const }] : [play])],
    live: spec.live ?? 'primary',
    express: spec.express,
    gatewayConnections: spec.gatewayConnections,
    createdAt: now - day,
    deletedAt: undefined,
    stale: undefined,
  };
  state.services.push(service);
  const starts = rollout === 'IN_PROGRESS' ? now : now - day;
  startDeployment(state, service, starts);
  service.plays.push(...structuredClone(spec.plays ?? []));
  leaveStoppedTasks(state, service, spec, now);
  if (rollout === 'COMPLETED') settleAsSteady(state, service, starts, now);
  if (rollout === 'FAILED') settleAsFailed(state, service, starts);
}

/** All tasks are up since a day, and all has been said. */
function settleAsSteady(state: State, service: Service, starts: number, now: number): void {
  const deployment = found(service.deployments[0]);
  forgetAgenda(state, service);
  for (let count = 0; count < service.desiredCount; count += 1) {
    const task = makeTask(state, service, deployment, hex(state.ids), starts);
    task.lastStatus = 'RUNNING';
    planPull(task, deployment.timings, undefined, starts);
    task.startedAt = starts + 30_000;
    for (const container of task.containers) container.lastStatus = 'RUNNING';
    becomeHealthy(state, task);
  }
  deployment.launched = service.desiredCount;
  const done = starts + 90_000;
  serviceDeploymentOf(state, deployment.serviceDeployment).status = 'IN_PROGRESS';
  serviceDeploymentOf(state, deployment.serviceDeployment).startedAt = starts + 1000;
  deployment.bake = 'none';
  reconcile(state, service, done);
  // The scheduler repeats itself every few hours, and so must not be taken at its word.
  tell(state, service, now - 1800_000, 'has reached a steady state.');
}

/** Tasks of a deployment long gone, which stopped one after the other within half an hour. */
function leaveStoppedTasks(
  state: State,
  service: Service,
  { stoppedTasks }: ServiceSpec,
  now: number,
): void {
  if (stoppedTasks === undefined) return;
  const earlier = { ...found(service.deployments[0]), id: `ecs-svc/${digits(state.ids)}` };
  const {
    count,
    stopCode = 'ServiceSchedulerInitiated',
    stoppedReason = `Scaling activity initiated by (deployment ${earlier.id})`,
    containers,
  } = stoppedTasks;
  for (let index = 0; index < count; index += 1) {
    const stoppedAt = now - 60_000 - Math.round((index / count) * 1800_000);
    const task = makeTask(state, service, earlier, hex(state.ids), stoppedAt - 600_000);
    planPull(task, earlier.timings, undefined, task.createdAt);
    Object.assign(task, {
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      ...(stopCode === 'TaskFailedToStart'
        ? {}
        : { startedAt: stoppedAt - 560_000, executionStoppedAt: stoppedAt - 5000 }),
      stoppingAt: stoppedAt - 30_000,
      stoppedAt,
      stopCode,
      stoppedReason,
    });
    for (const [place, container] of task.containers.entries()) {
      const usual = stopCode === 'TaskFailedToStart' ? {} : { exitCode: 143 };
      Object.assign(container, { lastStatus: 'STOPPED', ...(containers?.[place] ?? usual) });
    }
  }
}

function settleAsFailed(state: State, service: Service, starts: number): void {
  const deployment = found(service.deployments[0]);
  forgetAgenda(state, service);
  const at = starts + 200_000;
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
  deployment.failedTasks = 3;
  deployment.updatedAt = at;
  tell(
    state,
    service,
    at,
    `(deployment ${deployment.id}) deployment failed: tasks failed to start.`,
  );
  const ending = serviceDeploymentOf(state, deployment.serviceDeployment);
  ending.startedAt = starts + 1000;
  ending.breaker = 'TRIGGERED';
  finish(ending, 'STOPPED', at);
}

/** What startDeployment has scheduled is long past. */
function forgetAgenda(state: State, service: Service): void {
  const arns = [service.arn, service.currentServiceDeployment];
  const others = state.agenda.filter(({ what }) => {
    if (what.kind === 'service-deployment') return !arns.includes(what.arn);
    return what.kind === 'reconcile' ? !arns.includes(what.service) : true;
  });
  state.agenda.splice(0, state.agenda.length, ...others);
}
