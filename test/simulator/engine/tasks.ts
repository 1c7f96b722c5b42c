import { hex } from '../ids.ts';
import type { Json } from '../world.ts';
import { taskList, tell, tellOnce } from './events.ts';
import { settle, taskContainers } from './fate.ts';
import type { Deployment, Service, State, Task, TaskStep } from './state.ts';
import { found, schedule, serviceOf } from './state.ts';

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
    deployment.launched += 1;
    deployment.lastLaunch = at;
    if ('noTask' in launch) {
      refused += 1;
      tellOnce(state, service, at, launch.noTask);
      continue;
    }
    const task = makeTask(state, service, deployment, id, at);
    task.fate = launch.task;
    plan(state, task, deployment, at);
    started.push(task);
  }
  if (started.length > 0) {
    tell(state, service, at, `has started ${started.length} tasks: ${taskList(started)}.`);
  }
  return refused;
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
    startedAt: undefined,
    stoppingAt: undefined,
    stoppedAt: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
    containers: taskContainers(state, definition.body, arn),
  };
  state.tasks.push(task);
  return task;
}

function plan(state: State, task: Task, deployment: Deployment, at: number): void {
  const { timings } = deployment;
  const due = (seconds: number, step: TaskStep) =>
    schedule(state, at + seconds * 1000, { kind: 'task', task: task.arn, step });
  due(timings.pending, 'PENDING');
  const { fate } = task;
  const end = endOf(fate, timings);
  if (end !== undefined) due(end, 'END');
  if (fate.kind === 'start-failure' || fate.kind === 'hang') return;
  if (fate.kind === 'custom' && fate.failure.stopCode === 'TaskFailedToStart') return;
  due(timings.activating, 'ACTIVATING');
  due(timings.running, 'RUNNING');
  const healthy = timings.running + timings.healthy;
  const checked = fate.kind === 'elb-unhealthy' || fate.kind === 'container-unhealthy';
  if (!checked && (end === undefined || end > healthy)) due(healthy, 'HEALTHY');
}

function endOf(fate: Task['fate'], timings: Deployment['timings']): number | undefined {
  switch (fate.kind) {
    case 'healthy':
    case 'hang':
      return undefined;
    case 'start-failure':
      return timings.startFailure;
    case 'exit':
      return timings.running + timings.exit;
    case 'elb-unhealthy':
    case 'container-unhealthy':
      return timings.running + timings.unhealthy;
    case 'custom':
      return fate.failure.afterSeconds ?? timings.startFailure;
  }
}

/** Takes a task one step further; true when it failed just now. */
export function stepTask(state: State, task: Task, step: TaskStep, at: number): boolean {
  const onItsWayDown = task.desiredStatus === 'STOPPED';
  task.version += 1;
  switch (step) {
    case 'PENDING':
    case 'ACTIVATING':
    case 'RUNNING':
      if (onItsWayDown) return false;
      task.lastStatus = step;
      if (step === 'RUNNING') begin(state, task, at);
      return false;
    case 'HEALTHY':
      if (onItsWayDown) return false;
      becomeHealthy(state, task);
      return false;
    case 'END':
      if (onItsWayDown) return false;
      end(state, task, at);
      return true;
    case 'STOPPING':
    case 'DEPROVISIONING':
      task.lastStatus = step;
      return false;
    case 'STOPPED':
      task.lastStatus = step;
      task.stoppedAt = at;
      for (const container of task.containers) container.lastStatus = 'STOPPED';
      return false;
  }
}

function begin(state: State, task: Task, at: number): void {
  task.startedAt = at;
  for (const container of task.containers) container.lastStatus = 'RUNNING';
  const service = serviceOf(state, task.service);
  for (const targetGroup of targetGroups(service)) {
    tell(state, service, at, `registered 1 targets in (target-group ${targetGroup})`);
  }
}

/** Brings a task to the state of a healthy one. */
export function becomeHealthy(state: State, task: Task): void {
  task.healthy = true;
  const definition = state.taskDefinitions.find((known) => known.arn === task.taskDefinition);
  const checked = (definition?.body.containerDefinitions as Json[] | undefined)?.filter(
    (container) => container.healthCheck !== undefined,
  );
  for (const { name } of checked ?? []) {
    const container = task.containers.find((candidate) => candidate.name === name);
    if (container !== undefined) container.healthStatus = 'HEALTHY';
  }
  if ((checked?.length ?? 0) > 0) task.health = 'HEALTHY';
}

function end(state: State, task: Task, at: number): void {
  const service = serviceOf(state, task.service);
  const { fate } = task;
  switch (fate.kind) {
    case 'healthy':
    case 'hang':
      return;
    case 'start-failure':
      stopTask(state, task, at, fate);
      tellOnce(state, service, at, `was unable to place a task. Reason: ${fate.stoppedReason}.`);
      return;
    case 'exit':
      stopTask(state, task, at, {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
      });
      endContainers(task, [{ exitCode: fate.exitCode }]);
      return;
    case 'elb-unhealthy':
      failTargets(state, service, task, at, fate.reason);
      return;
    case 'container-unhealthy':
      task.health = 'UNHEALTHY';
      tell(state, service, at, `(task ${task.id}) failed container health checks.`);
      stopTask(state, task, at, {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Task failed container health checks',
      });
      endContainers(task, [{ exitCode: 137, healthStatus: 'UNHEALTHY' }]);
      return;
    case 'custom': {
      const { stopCode, stoppedReason, containers = [] } = fate.failure;
      stopTask(state, task, at, { stopCode, stoppedReason });
      endContainers(task, containers);
      if (stopCode === 'TaskFailedToStart') {
        tellOnce(state, service, at, `was unable to place a task. Reason: ${stoppedReason}.`);
      }
      return;
    }
  }
}

function failTargets(state: State, service: Service, task: Task, at: number, why: string): void {
  const [balancer] = service.parameters.loadBalancers;
  const targetGroup = balancer?.targetGroupArn;
  tell(
    state,
    service,
    at,
    `(task ${task.id}) (port ${balancer?.containerPort}) is unhealthy in (target-group ${targetGroup}) due to (reason ${why}).`,
  );
  stopTask(state, task, at, {
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: `Task failed ELB health checks in (target-group ${targetGroup})`,
  });
  endContainers(task, [{ exitCode: 143 }]);
}

/** Writes the ends of the containers, matched by name, else in their order. */
function endContainers(task: Task, ends: Json[]): void {
  for (const [index, end] of ends.entries()) {
    const named = task.containers.find((container) => container.name === end.name);
    const container = end.name === undefined ? task.containers[index] : named;
    if (container !== undefined) Object.assign(container, end);
  }
}

/** Sends a task to its end. A running one drains first. */
export function stopTask(
  state: State,
  task: Task,
  at: number,
  why: { stopCode: string; stoppedReason: string },
): void {
  if (task.desiredStatus === 'STOPPED') return;
  const wasRunning = task.lastStatus === 'RUNNING';
  const service = serviceOf(state, task.service);
  const timings = service.deployments.find(({ id }) => id === task.deployment)?.timings;
  const drain = wasRunning ? (timings?.drain ?? 18) : 0;
  const stop = timings?.stop ?? 10;
  task.desiredStatus = 'STOPPED';
  task.healthy = false;
  task.stopCode = why.stopCode;
  task.stoppedReason = why.stoppedReason;
  task.stoppingAt = at;
  task.lastStatus = wasRunning ? 'DEACTIVATING' : 'DEPROVISIONING';
  const due = (seconds: number, step: TaskStep) =>
    schedule(state, at + seconds * 1000, { kind: 'task', task: task.arn, step });
  if (wasRunning) {
    due(drain, 'STOPPING');
    due(drain + stop, 'DEPROVISIONING');
  }
  due(drain + 2 * stop, 'STOPPED');
}

/** Stops tasks that the service no longer needs, with the events that go with it. */
export function retireTasks(
  state: State,
  service: Service,
  deploymentId: string,
  tasks: Task[],
  at: number,
): void {
  if (tasks.length === 0) return;
  const running = tasks.filter((task) => task.lastStatus === 'RUNNING');
  const pending = tasks.length - running.length;
  if (running.length > 0) {
    for (const targetGroup of targetGroups(service)) {
      const count = running.length;
      tell(state, service, at, `deregistered ${count} targets in (target-group ${targetGroup})`);
      tell(state, service, at, `has begun draining connections on ${count} tasks.`);
    }
    tell(state, service, at, `has stopped ${running.length} running tasks: ${taskList(running)}.`);
  }
  if (pending > 0) tell(state, service, at, `stopped ${pending} pending tasks.`);
  for (const task of tasks) {
    stopTask(state, task, at, {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Scaling activity initiated by (deployment ${deploymentId})`,
    });
  }
}

function targetGroups(service: Service): string[] {
  return service.parameters.loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
}
