import { threshold } from '../../engine/failure.ts';
import type {
  Deployment,
  Service,
  ServiceDeployment,
  ServiceParameters,
  State,
  Task,
  TaskDefinition,
} from '../../engine/state.ts';
import { liveTasks } from '../../engine/state.ts';
import type { DeploymentConfiguration, Json } from '../../world.ts';
import { arnOf } from './find.ts';

/** AwsJson has its times in seconds since the epoch. */
export function time(milliseconds: number): number {
  return milliseconds / 1000;
}

export function optional(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export function optionalTimes(times: Record<string, number | undefined>): Json {
  const entries = Object.entries(times);
  return Object.fromEntries(
    entries.flatMap(([name, at]) => (at === undefined ? [] : [[name, time(at)]])),
  );
}

/** A service as DescribeServices and UpdateService answer it. */
export function serviceView(state: State, service: Service): Json {
  const { account, partition = 'aws' } = state.world;
  const { taskDefinition, loadBalancers, serviceRegistries, ...parameters } = service.parameters;
  const tasks = state.tasks.filter((task) => task.service === service.arn);
  const rolling = service.controller === 'ECS';
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: arnOf(state, `cluster/${service.cluster}`),
    loadBalancers,
    serviceRegistries,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: tasks.filter(isRunning).length,
    pendingCount: tasks.filter(isPending).length,
    ...launch(parameters),
    taskDefinition,
    deploymentConfiguration: configurationView(service.configuration),
    deployments: rolling
      ? service.deployments.map((deployment) => deploymentView(state, service, deployment))
      : [],
    ...(rolling ? {} : { taskSets: [] }),
    roleArn: `arn:${partition}:iam::${account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events.map((event) => ({ ...event, createdAt: time(event.createdAt) })),
    createdAt: time(service.createdAt),
    ...optional({ currentServiceDeployment: service.currentServiceDeployment }),
    currentServiceRevisions: service.deployments.map(({ id, revision }) =>
      revisionCounts(state, id, revision),
    ),
    placementConstraints: [],
    placementStrategy: [],
    healthCheckGracePeriodSeconds: 0,
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: service.controller },
    enableECSManagedTags: false,
    propagateTags: 'NONE',
    enableExecuteCommand: false,
    availabilityZoneRebalancing: 'DISABLED',
    resourceManagementType: service.express === undefined ? 'CUSTOMER' : 'ECS',
    ...service.extra,
  };
}

/** With a capacity provider strategy there is no launch type. */
function launch({
  launchType,
  ...parameters
}: Omit<ServiceParameters, 'taskDefinition' | 'loadBalancers' | 'serviceRegistries'>): Json {
  const fixed = parameters.capacityProviderStrategy === undefined ? { launchType } : {};
  return { ...fixed, ...parameters, platformFamily: 'Linux' };
}

function deploymentView(state: State, service: Service, deployment: Deployment): Json {
  const tasks = state.tasks.filter((task) => task.deployment === deployment.id);
  const {
    taskDefinition,
    loadBalancers: _balancers,
    serviceRegistries: _registries,
    ...parameters
  } = deployment.parameters;
  const primary = deployment.status === 'PRIMARY';
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition,
    desiredCount: primary ? service.desiredCount : liveTasks(state, deployment).length,
    pendingCount: tasks.filter(isPending).length,
    runningCount: tasks.filter(isRunning).length,
    failedTasks: deployment.failedTasks,
    createdAt: time(deployment.createdAt),
    updatedAt: time(deployment.updatedAt),
    ...launch({ ...parameters, platformVersion: '1.4.0' }),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

function configurationView(configuration: DeploymentConfiguration): Json {
  return {
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
    ...configuration,
    deploymentCircuitBreaker: {
      enable: false,
      rollback: false,
      resetOnHealthyTask: true,
      thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
      ...configuration.deploymentCircuitBreaker,
    },
  };
}

function isRunning(task: Task): boolean {
  return task.lastStatus === 'RUNNING';
}

function isPending(task: Task): boolean {
  return ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(task.lastStatus);
}

function revisionCounts(state: State, deploymentId: string | undefined, arn: string): Json {
  const tasks = state.tasks.filter((task) => task.deployment === deploymentId);
  return {
    arn,
    requestedTaskCount: tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length,
    runningTaskCount: tasks.filter(isRunning).length,
    pendingTaskCount: tasks.filter(isPending).length,
  };
}

/** What ListServiceDeployments tells of one. */
export function briefView(state: State, deployment: ServiceDeployment): Json {
  const { cluster, service } = deployment;
  return {
    serviceDeploymentArn: deployment.arn,
    serviceArn: arnOf(state, `service/${cluster}/${service}`),
    clusterArn: arnOf(state, `cluster/${cluster}`),
    targetServiceRevisionArn: deployment.target,
    status: deployment.status,
    ...optional({ statusReason: deployment.statusReason }),
    createdAt: time(deployment.createdAt),
    ...optionalTimes({ startedAt: deployment.startedAt, finishedAt: deployment.finishedAt }),
  };
}

/** What DescribeServiceDeployments tells of one. */
export function serviceDeploymentView(state: State, one: ServiceDeployment): Json {
  const { targetServiceRevisionArn: _target, ...brief } = briefView(state, one);
  const service = state.services.findLast(
    ({ name, cluster }) => name === one.service && cluster === one.cluster,
  );
  const deployment = service?.deployments.find(({ id }) => id === one.deployment);
  const going = one.finishedAt === undefined && deployment?.status === 'PRIMARY';
  const target = revisionCounts(state, one.deployment, one.target);
  const { alarms } = one.configuration;
  return {
    ...brief,
    updatedAt: time(one.updatedAt),
    ...optionalTimes({ stoppedAt: one.stoppedAt }),
    sourceServiceRevisions: one.sources.map((arn) => {
      const source = service?.deployments.find(({ revision }) => revision === arn);
      return revisionCounts(state, source?.id, arn);
    }),
    targetServiceRevision: going
      ? { ...target, requestedTaskCount: service?.desiredCount ?? 0 }
      : target,
    lifecycleStage: one.lifecycleStage,
    lifecycleHookDetails: [],
    deploymentConfiguration: configurationView(one.configuration),
    ...(one.rollback === undefined
      ? {}
      : { rollback: { ...one.rollback, startedAt: time(one.rollback.startedAt) } }),
    deploymentCircuitBreaker: {
      status: one.breaker,
      failureCount: one.failureCount,
      threshold: service ? threshold(service) : 0,
    },
    ...(alarms === undefined
      ? {}
      : {
          alarms: {
            status: one.alarms,
            alarmNames: alarms.alarmNames,
            triggeredAlarmNames: one.alarms === 'TRIGGERED' ? alarms.alarmNames.slice(0, 1) : [],
          },
        }),
  };
}

export function taskDefinitionView(definition: TaskDefinition, caller: string): Json {
  return {
    taskDefinitionArn: definition.arn,
    ...definition.body,
    revision: definition.revision,
    status: definition.status,
    registeredAt: time(definition.registeredAt),
    registeredBy: caller,
  };
}
