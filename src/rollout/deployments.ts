import type { Attempt, Deployment, Service } from './types.ts';

/** The followed deployment as DescribeServices lists it now. */
export function ownDeployment(attempt: Attempt, service: Service): Deployment | undefined {
  return service.deployments.find(({ id }) => id === attempt.deploymentId);
}

/** The newest deployment, which the service is set to run. */
export function primaryOf({ deployments }: Service): Deployment | undefined {
  return deployments.find(({ status }) => status === 'PRIMARY');
}

/**
 * ARN of the oldest revision that has running tasks: until a rollout has completed, the old tasks
 * are what can be relied on. Undefined when nothing runs.
 */
export function oldestRunning({ deployments }: Service): string | undefined {
  return deployments
    .filter(({ running }) => running > 0)
    .toSorted((one, other) => one.createdAt - other.createdAt)[0]?.taskDefinition;
}

/** ARN of the revision that served last: of the completed deployment, else of the oldest tasks. */
export function servedBefore(service: Service): string {
  const completed = service.deployments
    .filter(({ rolloutState }) => rolloutState === 'COMPLETED')
    .toSorted((one, other) => other.createdAt - one.createdAt)[0];
  return completed?.taskDefinition ?? oldestRunning(service) ?? service.taskDefinition;
}
