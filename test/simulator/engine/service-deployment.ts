import type { Deployment, ServiceDeployment, State } from './state.ts';
import { schedule, serviceDeploymentOf } from './state.ts';

/** Ends a service deployment. */
export function finish(
  ending: ServiceDeployment,
  status: ServiceDeployment['status'],
  at: number,
): void {
  ending.status = status;
  ending.finishedAt = at;
  ending.updatedAt = at;
  if (status === 'STOPPED') ending.stoppedAt = at;
}

export function requestStop(state: State, ending: ServiceDeployment, at: number): void {
  ending.status = 'STOP_REQUESTED';
  ending.updatedAt = at;
  schedule(state, at + 300, { kind: 'service-deployment', arn: ending.arn, to: 'STOPPED' });
}

export function stage(
  state: State,
  deployment: Deployment,
  lifecycleStage: string,
  at: number,
): void {
  const going = serviceDeploymentOf(state, deployment.serviceDeployment);
  if (going.status !== 'IN_PROGRESS' || going.lifecycleStage === lifecycleStage) return;
  going.lifecycleStage = lifecycleStage;
  going.updatedAt = at;
}
