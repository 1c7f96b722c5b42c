import type { Json } from '../world.ts';
import { taskList, tell, tellOnce } from './events.ts';
import { describeHealth } from './health-reasons.ts';
import type { Service, State, Task, TaskStep } from './state.ts';
import { schedule, serviceOf } from './state.ts';
import { liveGroup } from './traffic.ts';

/** Lets a task meet the end that its fate has for it. */
export function end(state: State, task: Task, at: number): void {
  const service = serviceOf(state, task.service);
  const { fate } = task;
  switch (fate.kind) {
    case 'healthy':
    case 'hang':
      return;
    case 'start-failure':
      failTask(state, task, at, fate);
      tellOnce(state, service, at, `was unable to place a task. Reason: ${fate.stoppedReason}.`);
      return;
    case 'exit': {
      failTask(state, task, at, {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
      });
      const { container: name, exitCode, reason } = fate;
      endContainers(task, [{ name, exitCode, ...(reason !== undefined && { reason }) }]);
      return;
    }
    case 'spot':
      // Taken away, not failed: the breaker does not count it.
      stopTask(state, task, at, {
        stopCode: 'SpotInterruption',
        stoppedReason: 'Your Spot Task was interrupted.',
      });
      endContainers(
        task,
        task.containers.map(() => ({ exitCode: 137 })),
      );
      return;
    case 'elb-unhealthy':
      failTargets(state, service, task, at, describeHealth(fate.reason));
      return;
    case 'container-unhealthy':
      task.health = 'UNHEALTHY';
      tell(state, service, at, `(task ${task.id}) failed container health checks.`);
      failTask(state, task, at, {
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: 'Task failed container health checks',
      });
      endContainers(task, [{ exitCode: 137, healthStatus: 'UNHEALTHY' }]);
      return;
    case 'custom': {
      const { stopCode, stoppedReason, containers = [] } = fate.failure;
      const stop = isFailure(stopCode) ? failTask : stopTask;
      stop(state, task, at, { stopCode, stoppedReason });
      endContainers(task, containers);
      if (stopCode === 'TaskFailedToStart') {
        tellOnce(state, service, at, `was unable to place a task. Reason: ${stoppedReason}.`);
      }
      return;
    }
  }
}

/** The breaker counts what a task did, not what was done to it. */
function isFailure(stopCode: string): boolean {
  return ['TaskFailedToStart', 'EssentialContainerExited', 'ServiceSchedulerInitiated'].includes(
    stopCode,
  );
}

function failTask(
  state: State,
  task: Task,
  at: number,
  why: { stopCode: string; stoppedReason: string },
): void {
  task.failed = true;
  stopTask(state, task, at, { stopCode: why.stopCode, stoppedReason: why.stoppedReason });
}

function failTargets(state: State, service: Service, task: Task, at: number, why: string): void {
  const [balancer] = service.parameters.loadBalancers;
  const [targetGroup] = targetGroups(service);
  tell(
    state,
    service,
    at,
    `(task ${task.id}) (port ${balancer?.containerPort}) is unhealthy in (target-group ${targetGroup}) due to (reason ${why}).`,
  );
  failTask(state, task, at, {
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
  for (const moment of ['connectivityAt', 'pullStartedAt', 'pullStoppedAt'] as const) {
    // What was still to come never does.
    if ((task[moment] ?? 0) > at) task[moment] = undefined;
  }
  task.lastStatus = wasRunning ? 'DEACTIVATING' : 'DEPROVISIONING';
  const due = (seconds: number, step: TaskStep) =>
    schedule(state, at + seconds * 1000, { kind: 'task', task: task.arn, step });
  // A container that ends by itself is why the task stops; else it is told to, once drained.
  const byItself = why.stopCode === 'EssentialContainerExited';
  if (task.startedAt !== undefined) {
    task.executionStoppedAt = at + (byItself ? 0 : Math.round((drain + stop / 2) * 1000));
  }
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

export function targetGroups(service: Service): string[] {
  return service.parameters.loadBalancers.flatMap((one) => liveGroup(service, one) ?? []);
}
