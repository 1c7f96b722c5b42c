import type { Service, ServiceRevision, State } from '../../engine/state.ts';
import { liveGroup } from '../../engine/traffic.ts';
import type { Json } from '../../world.ts';
import { managedIngressPaths } from './express.ts';
import { arnOf } from './find.ts';
import { time } from './views.ts';

/** A service revision as DescribeServiceRevisions answers it. */
export function revisionView(state: State, revision: ServiceRevision): Json {
  const { taskDefinition, ...parameters } = revision.parameters;
  const definition = state.taskDefinitions.find(({ arn }) => arn === taskDefinition);
  const containers = (definition?.body.containerDefinitions ?? []) as Json[];
  const service = state.services.findLast(
    ({ name, cluster }) => name === revision.service && cluster === revision.cluster,
  );
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: arnOf(state, `service/${revision.cluster}/${revision.service}`),
    clusterArn: arnOf(state, `cluster/${revision.cluster}`),
    taskDefinition,
    ...parameters,
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    containerImages: containers.map(({ name, image }) => ({ containerName: name, image })),
    guardDutyEnabled: false,
    ...(service !== undefined && resolved(state, service, revision)),
    createdAt: time(revision.createdAt),
  };
}

/**
 * Which target groups serve, and what ECS manages. That a service without blue/green has the first
 * one too is a guess, as is that a revision's own groups are those of its service now.
 */
function resolved(state: State, service: Service, revision: ServiceRevision): Json {
  const loadBalancers = revision.parameters.loadBalancers.flatMap((one) => {
    const targetGroupArn = liveGroup(service, one);
    const rule = one.advancedConfiguration?.productionListenerRule;
    if (targetGroupArn === undefined) return [];
    return [{ targetGroupArn, ...(rule !== undefined && { productionListenerRule: rule }) }];
  });
  const { express, gatewayConnections } = service;
  const managed = {
    ...(express && { ingressPaths: managedIngressPaths(state, service, express) }),
    ...(gatewayConnections && { gatewayConnections }),
  };
  return {
    ...(loadBalancers.length > 0 && { resolvedConfiguration: { loadBalancers } }),
    ...(Object.keys(managed).length > 0 && { ecsManagedResources: managed }),
  };
}
