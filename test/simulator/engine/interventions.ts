import type { Intervention } from '../world.ts';
import { retireTasks, stopTask } from './ends.ts';
import { startDeployment } from './rollout.ts';
import { reconcile } from './scheduler.ts';
import type { Service, ServiceDeployment, State } from './state.ts';
import { found, schedule, serviceDeploymentOf } from './state.ts';

/** What others do to a service meanwhile. */
export function intervene(state: State, what: Intervention, at: number): void {
  const service = found(
    state.services.findLast(
      ({ name, cluster }) =>
        name === (what.service ?? name) && cluster === (what.cluster ?? cluster),
    ),
  );
  switch (what.do) {
    case 'supersede': {
      const definition = state.taskDefinitions.find(
        ({ family, revision }) => `${family}:${revision}` === what.taskDefinition,
      );
      if (definition !== undefined) service.parameters.taskDefinition = definition.arn;
      startDeployment(state, service, at);
      return;
    }
    case 'stop': {
      const arn = service.currentServiceDeployment;
      if (arn !== undefined) requestRollback(state, serviceDeploymentOf(state, arn), at);
      return;
    }
    case 'delete-service':
      deleteService(state, service, at);
      return;
    case 'scale':
      service.desiredCount = what.desiredCount ?? service.desiredCount;
      reconcile(state, service, at);
      return;
    case 'stop-task': {
      const task = state.tasks.findLast(
        (candidate) => candidate.service === service.arn && candidate.desiredStatus === 'RUNNING',
      );
      if (task === undefined) return;
      stopTask(state, task, at, {
        stopCode: 'UserInitiated',
        stoppedReason: 'Task stopped by user',
      });
      reconcile(state, service, at);
      return;
    }
  }
}

/** Asks for the rollback of a service deployment; false when that is no longer possible. */
export function requestRollback(state: State, ending: ServiceDeployment, at: number): boolean {
  if (ending.finishedAt !== undefined) return false;
  // It is already stopping or rolling back, and goes on with it.
  if (ending.status === 'STOP_REQUESTED' || ending.status.startsWith('ROLLBACK_')) return true;
  ending.status = 'ROLLBACK_REQUESTED';
  ending.updatedAt = at;
  schedule(state, at + 2000, { kind: 'service-deployment', arn: ending.arn, to: 'ROLLBACK' });
  return true;
}

/** Deletes a service: it drains, then it is INACTIVE for a while. */
export function deleteService(state: State, service: Service, at: number): void {
  const tasks = state.tasks.filter(
    (task) => task.service === service.arn && task.desiredStatus === 'RUNNING',
  );
  service.desiredCount = 0;
  service.status = 'DRAINING';
  service.deletedAt = at;
  retireTasks(state, service, service.deployments[0]?.id ?? '', tasks, at);
  const drained = at + (tasks.length > 0 ? 40_000 : 1000);
  schedule(state, drained, { kind: 'inactive', service: service.arn });
}
