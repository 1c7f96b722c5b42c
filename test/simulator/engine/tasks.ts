import { hex, uuid } from '../ids.ts';
import type { Json } from '../world.ts';
import { containers } from './definition.ts';
import { end, targetGroups } from './ends.ts';
import { taskList, tell, tellOnce } from './events.ts';
import { settle } from './fate.ts';
import { openLogs } from './logs.ts';
import type { Deployment, Service, State, Task, TaskStep } from './state.ts';
import { forAttempt, found, schedule, serviceOf } from './state.ts';

/** Launches tasks of a deployment; returns how many could not even be made. */
export function launchTasks(
  state: State,
  service: Service,
  deployment: Deployment,
  count: number,
  at: number,
): number {
  const started: Task[] = [];
  let refused = 0;
  for (let index = 0; index < count; index += 1) {
    const id = hex(state.ids);
    const launch = settle(state, deployment, id);
    const attempt = attemptOf(service, deployment.launched);
    deployment.launched += 1;
    deployment.lastLaunch = at;
    if ('noTask' in launch) {
      refused += 1;
      tellOnce(state, service, at, launch.noTask);
      continue;
    }
    const task = makeTask(state, service, deployment, id, at);
    task.fate = launch.task;
    task.log = launch.log;
    plan(state, task, deployment, attempt, at);
    started.push(task);
  }
  if (started.length > 0) {
    tell(state, service, at, `has started ${started.length} tasks: ${taskList(started)}.`);
  }
  return refused;
}

/** Which attempt a task is: each launches as many tasks as are desired. */
export function attemptOf(service: Service, launchedBefore: number): number {
  return Math.floor(launchedBefore / Math.max(1, service.desiredCount));
}

/** A task as it is in its first moment. */
export function makeTask(
  state: State,
  service: Service,
  deployment: Deployment,
  id: string,
  at: number,
): Task {
  const { account, region, partition = 'aws' } = state.world;
  const arn = `arn:${partition}:ecs:${region}:${account}:task/${service.cluster}/${id}`;
  const definition = found(
    state.taskDefinitions.find((known) => known.arn === deployment.parameters.taskDefinition),
  );
  const task: Task = {
    arn,
    id,
    service: service.arn,
    deployment: deployment.id,
    taskDefinition: definition.arn,
    group: `service:${service.name}`,
    launchType: deployment.parameters.launchType,
    platformVersion: '1.4.0',
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    health: 'UNKNOWN',
    healthy: false,
    fate: { kind: 'healthy' },
    version: 1,
    createdAt: at,
    connectivityAt: undefined,
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    startedAt: undefined,
    stoppingAt: undefined,
    executionStoppedAt: undefined,
    stoppedAt: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
    failed: false,
    log: { lines: {}, bytes: 0 },
    containers: taskContainers(state, definition.body, arn),
  };
  state.tasks.push(task);
  return task;
}

function plan(state: State, task: Task, deployment: Deployment, attempt: number, at: number): void {
  const { timings } = deployment;
  const due = (seconds: number, step: TaskStep) =>
    schedule(state, at + seconds * 1000, { kind: 'task', task: task.arn, step });
  due(timings.pending, 'PENDING');
  const { fate } = task;
  const end = endOf(fate, timings, attempt);
  planPull(task, timings, end, at);
  if (end !== undefined) due(end, 'END');
  if (fate.kind === 'start-failure' || fate.kind === 'hang') return;
  if (fate.kind === 'custom' && fate.failure.stopCode === 'TaskFailedToStart') return;
  due(timings.activating, 'ACTIVATING');
  due(timings.running, 'RUNNING');
  const healthy = timings.running + timings.healthy;
  const checked = fate.kind === 'elb-unhealthy' || fate.kind === 'container-unhealthy';
  if (!checked && (end === undefined || end > healthy)) due(healthy, 'HEALTHY');
}

/**
 * A task pulls while it is PENDING, after its network interface is there and its secrets are read.
 * One whose secrets cannot be read never pulls, and one that hangs never ends to: both are guesses.
 */
export function planPull(
  task: Task,
  { pending, activating }: Pick<Deployment['timings'], 'pending' | 'activating'>,
  end: number | undefined,
  at: number,
): void {
  const { fate } = task;
  const seconds = (after: number) => at + Math.round(after * 1000);
  task.connectivityAt = seconds(pending);
  const reason = fate.kind === 'custom' ? fate.failure.stoppedReason : '';
  const refused = fate.kind === 'start-failure' ? fate.stoppedReason : reason;
  if (/^ResourceInitializationError/.test(refused)) return;
  const until = /^CannotPull/.test(refused) ? Math.max(pending, end ?? activating) : activating;
  task.pullStartedAt = seconds(pending + (until - pending) * 0.3);
  if (fate.kind !== 'hang') task.pullStoppedAt = seconds(pending + (until - pending) * 0.9);
}

function endOf(
  fate: Task['fate'],
  timings: Deployment['timings'],
  attempt: number,
): number | undefined {
  switch (fate.kind) {
    case 'healthy':
    case 'hang':
      return undefined;
    case 'start-failure':
      return forAttempt(timings.startFailure, attempt);
    case 'exit':
    case 'spot':
      return timings.running + forAttempt(timings.exit, attempt);
    case 'elb-unhealthy':
    case 'container-unhealthy':
      return timings.running + forAttempt(timings.unhealthy, attempt);
    case 'custom':
      return fate.failure.afterSeconds ?? forAttempt(timings.startFailure, attempt);
  }
}

/** What a step of a task means to its service. */
export type StepNews = 'failing' | 'failed' | 'nothing';

/** Takes a task one step further. It is failing when it begins to stop, and failed when stopped. */
export function stepTask(state: State, task: Task, step: TaskStep, at: number): StepNews {
  const onItsWayDown = task.desiredStatus === 'STOPPED';
  task.version += 1;
  switch (step) {
    case 'PENDING':
    case 'ACTIVATING':
    case 'RUNNING':
      if (onItsWayDown) return 'nothing';
      task.lastStatus = step;
      if (step === 'RUNNING') begin(state, task, at);
      return 'nothing';
    case 'HEALTHY':
      if (onItsWayDown) return 'nothing';
      becomeHealthy(state, task);
      return 'nothing';
    case 'END':
      if (onItsWayDown) return 'nothing';
      end(state, task, at);
      return task.failed ? 'failing' : 'nothing';
    case 'STOPPING':
    case 'DEPROVISIONING':
      task.lastStatus = step;
      return 'nothing';
    case 'STOPPED':
      task.lastStatus = step;
      task.stoppedAt = at;
      for (const container of task.containers) {
        container.lastStatus = 'STOPPED';
        // What was not the cause was ended by SIGTERM.
        if (task.startedAt !== undefined) container.exitCode ??= 143;
      }
      return task.failed ? 'failed' : 'nothing';
  }
}

function begin(state: State, task: Task, at: number): void {
  task.startedAt = at;
  for (const container of task.containers) container.lastStatus = 'RUNNING';
  const service = serviceOf(state, task.service);
  const { timings } = service.deployments.find(({ id }) => id === task.deployment) ?? {};
  openLogs(state, task, bodyOf(state, task), timings?.logDelay ?? 0, at);
  for (const targetGroup of targetGroups(service)) {
    tell(state, service, at, `registered 1 targets in (target-group ${targetGroup})`);
  }
}

/** Brings a task to the state of a healthy one. */
export function becomeHealthy(state: State, task: Task): void {
  task.healthy = true;
  const checked = containers(bodyOf(state, task)).filter(
    (container) => container.healthCheck !== undefined,
  );
  for (const { name } of checked) {
    const container = task.containers.find((candidate) => candidate.name === name);
    if (container !== undefined) container.healthStatus = 'HEALTHY';
  }
  if (checked.length > 0) task.health = 'HEALTHY';
}

function bodyOf(state: State, task: Task): Json {
  return state.taskDefinitions.find(({ arn }) => arn === task.taskDefinition)?.body ?? {};
}

/** The containers of a task that has just been made. */
function taskContainers(state: State, body: Json, taskArn: string): Json[] {
  const path = taskArn.slice(taskArn.indexOf(':task/') + ':task/'.length);
  const prefix = taskArn.slice(0, taskArn.indexOf(':task/'));
  return containers(body).map((container) => ({
    containerArn: `${prefix}:container/${path}/${uuid(state.ids)}`,
    taskArn,
    name: container.name,
    image: container.image,
    lastStatus: 'PENDING',
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: String(container.cpu ?? 0),
    runtimeId: hex(state.ids),
  }));
}
