import type { Deployment, Service, State } from '../../engine/state.ts';
import { ApiError, invalidParameter } from '../../errors.ts';
import { hashOf } from '../../ids.ts';
import { authorize } from '../../permissions.ts';
import type { ExpressSpec, Json } from '../../world.ts';
import type { Operation } from '../room.ts';
import { findService } from './find.ts';
import { optional, time } from './views.ts';

const describe: Operation = (input, { state, caller, at }) => {
  const arn = String(input.serviceArn);
  const [, cluster, name] = /:service\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
  // No capture of this text is known.
  if (cluster === undefined || name === undefined) throw invalidParameter('Invalid serviceArn.');
  authorize(caller, 'ecs:DescribeExpressGatewayService', arn);
  if (!Object.hasOwn(state.world.clusters, cluster)) {
    throw new ApiError('ClusterNotFoundException', 'Cluster not found.');
  }
  const service = findService(state, cluster, arn, at);
  if (service?.express === undefined) {
    // No capture of this text is known, nor what AWS says of a service that is not an Express one.
    throw new ApiError('ResourceNotFoundException', 'The specified service was not found.');
  }
  return { service: expressView(state, service, service.express) };
};

export const expressOperations = { DescribeExpressGatewayService: describe };

function expressView(state: State, service: Service, express: ExpressSpec): Json {
  const { account, partition = 'aws' } = state.world;
  return {
    cluster: service.cluster,
    serviceName: service.name,
    serviceArn: service.arn,
    infrastructureRoleArn: `arn:${partition}:iam::${account}:role/ecsInfrastructureRoleForExpressServices`,
    status: { statusCode: service.status },
    ...optional({ currentDeployment: service.currentServiceDeployment }),
    activeConfigurations: service.deployments.map((deployment) =>
      configurationView(state, service, deployment, express),
    ),
    tags: [],
    createdAt: time(service.createdAt),
    updatedAt: time(service.deployments[0]?.updatedAt ?? service.createdAt),
  };
}

/** One for each revision that has tasks; its main container stands for the task definition. */
function configurationView(
  state: State,
  service: Service,
  deployment: Deployment,
  express: ExpressSpec,
): Json {
  const { taskDefinition, networkConfiguration } = deployment.parameters;
  const definition = state.taskDefinitions.find(({ arn }) => arn === taskDefinition);
  const body = definition?.body ?? {};
  const containers = (body.containerDefinitions ?? []) as Json[];
  const main = containers.find(({ name }) => name === 'Main') ?? containers[0] ?? {};
  const [port] = (main.portMappings ?? []) as Json[];
  const { options = {} } = (main.logConfiguration ?? {}) as { options?: Json };
  const awsvpc = (networkConfiguration?.awsvpcConfiguration ?? {}) as Json;
  return optional({
    serviceRevisionArn: deployment.revision,
    executionRoleArn: body.executionRoleArn,
    taskRoleArn: body.taskRoleArn,
    taskDefinitionArn: taskDefinition,
    cpu: body.cpu,
    memory: body.memory,
    networkConfiguration: { securityGroups: awsvpc.securityGroups, subnets: awsvpc.subnets },
    healthCheckPath: express.healthCheckPath ?? '/ping',
    primaryContainer: optional({
      image: main.image,
      containerPort: port?.containerPort ?? 80,
      awsLogsConfiguration: {
        logGroup: options['awslogs-group'],
        logStreamPrefix: options['awslogs-stream-prefix'],
      },
      command: main.command,
      environment: main.environment,
      secrets: main.secrets,
    }),
    scalingTarget: {
      minTaskCount: service.desiredCount,
      maxTaskCount: 20,
      autoScalingMetric: 'AVERAGE_CPU',
      autoScalingTargetValue: 60,
    },
    ingressPaths: ingressPaths(state, service, express),
    createdAt: time(deployment.createdAt),
  });
}

/** Endpoints are host names; they are reached over HTTPS. */
function ingressPaths({ world }: State, { name, arn }: Service, { ingressPaths }: ExpressSpec) {
  const endpoint = `${name.slice(0, 2)}-${hashOf(arn).slice(0, 32)}.ecs.${world.region}.on.aws`;
  return ingressPaths ?? [{ accessType: 'PUBLIC' as const, endpoint }];
}

/** The same with all that ECS made for them, for the service's revision. */
export function managedIngressPaths(state: State, service: Service, express: ExpressSpec): Json[] {
  const { account, region, partition = 'aws' } = state.world;
  const elb = `arn:${partition}:elasticloadbalancing:${region}:${account}`;
  const hash = hashOf(service.arn);
  const path = `app/ecs-express-gateway-alb-${hash.slice(0, 8)}/${hash.slice(0, 16)}`;
  const resource = (arn: string) => ({
    arn,
    status: express.resources ?? 'ACTIVE',
    ...optional({ statusReason: express.resourcesReason }),
    updatedAt: time(service.createdAt),
  });
  const groups = service.parameters.loadBalancers.flatMap((one) => [
    ...(one.targetGroupArn === undefined ? [] : [one.targetGroupArn]),
    ...[one.advancedConfiguration?.alternateTargetGroupArn ?? []].flat(),
  ]);
  const port = service.parameters.loadBalancers[0]?.containerPort ?? 80;
  return ingressPaths(state, service, express).map(({ accessType, endpoint }) => ({
    accessType,
    endpoint,
    loadBalancer: {
      ...resource(`${elb}:loadbalancer/${path}`),
      scheme: accessType === 'PUBLIC' ? 'internet-facing' : 'internal',
    },
    loadBalancerSecurityGroups: [],
    certificate: {
      ...resource(`arn:${partition}:acm:${region}:${account}:certificate/${hash.slice(0, 32)}`),
      domainName: endpoint,
    },
    listener: resource(`${elb}:listener/${path}/${hash.slice(16, 32)}`),
    rule: resource(`${elb}:listener-rule/${path}/${hash.slice(16, 32)}/${hash.slice(32, 48)}`),
    targetGroups: groups.map((arn) => ({
      ...resource(arn),
      healthCheckPath: express.healthCheckPath ?? '/ping',
      healthCheckPort: port,
      port,
    })),
  }));
}
