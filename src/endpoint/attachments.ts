import type { Service as EcsService, LoadBalancer } from '@aws-sdk/client-ecs';
import type { Service } from '../rollout/types.ts';

/** How a service is reached, as its own settings tell. */
export interface Attachments {
  /** ARNs, both of a blue/green pair. */
  readonly targetGroups: readonly string[];
  /** ARNs of rules, of a Network Load Balancer listeners, that carry production and test traffic. */
  readonly productionRules: readonly string[];
  readonly testRules: readonly string[];
  /** Whether ECS itself makes what stands before it: an Express service. */
  readonly isExpress: boolean;
  /** ARNs of its current service revisions. */
  readonly revisions: readonly string[];
  /** What gives a service no URL of its own, for people. */
  readonly notes: readonly string[];
}

/** Reads them from what DescribeServices gave. */
export function attachmentsOf({ settings }: Service): Attachments {
  const service = settings as Partial<EcsService>;
  // Under another controller than ECS the task sets hold them.
  const all = [
    ...(service.loadBalancers ?? []),
    ...(service.taskSets ?? []).flatMap(({ loadBalancers }) => loadBalancers ?? []),
  ];
  const advanced = all.flatMap(({ advancedConfiguration }) => advancedConfiguration ?? []);
  return {
    targetGroups: unique([
      ...all.map(({ targetGroupArn }) => targetGroupArn),
      ...advanced.map(({ alternateTargetGroupArn }) => alternateTargetGroupArn),
    ]),
    productionRules: unique(advanced.map(({ productionListenerRule }) => productionListenerRule)),
    testRules: unique(advanced.map(({ testListenerRule }) => testListenerRule)),
    isExpress: service.resourceManagementType === 'ECS',
    revisions: unique((service.currentServiceRevisions ?? []).map(({ arn }) => arn)),
    notes: notesOf(service, all),
  };
}

function notesOf(service: Partial<EcsService>, all: readonly LoadBalancer[]): string[] {
  const deployments = service.deployments ?? [];
  const isClassic = all.some(
    ({ loadBalancerName, targetGroupArn }) => loadBalancerName && !targetGroupArn,
  );
  const isConnected = deployments.some(
    ({ serviceConnectConfiguration: connect }) =>
      connect?.enabled && connect.services?.some(({ clientAliases }) => clientAliases?.length),
  );
  const isInLattice = deployments.some(
    ({ vpcLatticeConfigurations }) => (vpcLatticeConfigurations ?? []).length > 0,
  );
  return [
    ...(isClassic ? ['a Classic Load Balancer is not looked into: set `url`'] : []),
    ...(isConnected ? ['Service Connect: it answers to other services of its namespace'] : []),
    ...(isInLattice ? ['VPC Lattice: it answers at the address of a Lattice service'] : []),
  ];
}

function unique(arns: readonly (string | undefined)[]): string[] {
  return [...new Set(arns.flatMap((arn) => arn || []))];
}
