import type { ServicePlan } from '../plan.ts';

/**
 * Whether the tasks run on Fargate, as the definition or the changes of this step decide it. There
 * the execution role pulls the image and writes the log; on EC2 the container instance's role may.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function runsOnFargate({ definition, service, changes }: ServicePlan): boolean {
  const providers = changes.capacityProviderStrategy ?? [];
  if (providers.length > 0) {
    return providers.every(({ capacityProvider }) => /^FARGATE/.test(capacityProvider ?? ''));
  }
  const compatibilities: unknown = definition.requiresCompatibilities;
  const onlyFargate =
    Array.isArray(compatibilities) &&
    compatibilities.length > 0 &&
    compatibilities.every((one) => one === 'FARGATE');
  return service.launchesOnFargate || onlyFargate;
}
