import {
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  type Deployment as EcsDeployment,
  type Service as EcsService,
  type ServiceDeployment as EcsServiceDeployment,
  type Task as EcsTask,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  type ServiceDeploymentBrief,
} from '@aws-sdk/client-ecs';
import type { Attempt, Deployment, Service, ServiceDeployment, StoppedTask } from './types.ts';

/** DescribeServices takes at most this many. */
const servicesPerCall = 10;

/** Looks up services of one cluster, in the order asked; undefined for one that does not exist. */
export async function describeServices(
  ecs: ECSClient,
  cluster: string,
  names: readonly string[],
  abortSignal?: AbortSignal,
): Promise<(Service | undefined)[]> {
  const found: Service[] = [];
  for (let start = 0; start < names.length; start += servicesPerCall) {
    const answer = await ecs.send(
      new DescribeServicesCommand({
        cluster,
        services: names.slice(start, start + servicesPerCall),
      }),
      abortSignal && { abortSignal },
    );
    found.push(...(answer.services ?? []).map(toService));
  }
  return names.map((name) =>
    found.find((service) => service.arn === name || service.name === name),
  );
}

/** One service as the rollout sees it. Missing counts read as 0. */
export function toService(service: EcsService): Service {
  const configuration = service.deploymentConfiguration;
  const breaker = configuration?.deploymentCircuitBreaker;
  const providers = service.capacityProviderStrategy ?? [];
  return {
    name: service.serviceName ?? '',
    arn: service.serviceArn ?? '',
    clusterArn: service.clusterArn ?? '',
    status: service.status ?? '',
    taskDefinition: service.taskDefinition ?? '',
    controller: service.deploymentController?.type ?? 'ECS',
    breaker: { enable: breaker?.enable ?? false, rollback: breaker?.rollback ?? false },
    alarmRollback: Boolean(configuration?.alarms?.enable && configuration.alarms.rollback),
    launchesOnFargate:
      service.launchType === 'FARGATE' ||
      providers.some(({ capacityProvider }) => /^FARGATE(_SPOT)?$/.test(capacityProvider ?? '')),
    loadBalancers: (service.loadBalancers ?? []).flatMap(({ containerName, containerPort }) =>
      containerName === undefined ? [] : [{ containerName, containerPort }],
    ),
    deployments: (service.deployments ?? []).map(toDeployment),
    events: (service.events ?? []).map(({ id, createdAt, message }) => ({
      id: id ?? `${createdAt?.getTime()} ${message}`,
      at: createdAt?.getTime() ?? 0,
      message: message ?? '',
    })),
    serviceDeploymentArn: service.currentServiceDeployment,
    settings: service as Readonly<Record<string, unknown>>,
  };
}

function toDeployment(deployment: EcsDeployment): Deployment {
  return {
    id: deployment.id ?? '',
    status: deployment.status ?? '',
    taskDefinition: deployment.taskDefinition ?? '',
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    desired: deployment.desiredCount ?? 0,
    pending: deployment.pendingCount ?? 0,
    running: deployment.runningCount ?? 0,
    failed: deployment.failedTasks ?? 0,
    createdAt: deployment.createdAt?.getTime() ?? 0,
  };
}

/** The ServiceDeployment behind an ARN; undefined where ECS does not know it (any more). */
export async function describeServiceDeployment(
  ecs: ECSClient,
  arn: string,
  abortSignal: AbortSignal,
): Promise<ServiceDeployment | undefined> {
  const answer = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }),
    { abortSignal },
  );
  const [first] = answer.serviceDeployments ?? [];
  return first && toServiceDeployment(arn, first);
}

function toServiceDeployment(arn: string, from: EcsServiceDeployment): ServiceDeployment {
  const { deploymentCircuitBreaker: breaker, alarms } = from;
  return {
    arn,
    status: from.status ?? '',
    statusReason: from.statusReason,
    lifecycleStage: from.lifecycleStage,
    strategy: from.deploymentConfiguration?.strategy,
    breaker: breaker && {
      status: breaker.status ?? '',
      failures: breaker.failureCount ?? 0,
      threshold: breaker.threshold ?? 0,
    },
    alarms: alarms && {
      status: alarms.status ?? '',
      triggered: alarms.triggeredAlarmNames ?? [],
    },
  };
}

/** A minute before the deployment: enough for the clocks of AWS's parts to differ. */
const lookBack = 60_000;

/** Finds the ARN of the ServiceDeployment that belongs to `attempt`, or undefined if not listed yet. */
export async function findServiceDeployment(
  ecs: ECSClient,
  attempt: Attempt,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const answer = await ecs.send(
    new ListServiceDeploymentsCommand({
      cluster: attempt.clusterArn,
      service: attempt.serviceArn,
      ...(attempt.createdAt > 0
        ? { createdAt: { after: new Date(attempt.createdAt - lookBack) } }
        : {}),
    }),
    { abortSignal },
  );
  return matchServiceDeployment(answer.serviceDeployments ?? [], attempt);
}

/** A ServiceDeployment and its deployment are made by one call; this is how far apart they may be. */
const sameCall = 10_000;

/**
 * UpdateService does not name the ServiceDeployment that it made (aws/containers-roadmap#2709). It
 * is the one whose target service revision ends in the deployment's own number, where AWS numbers
 * them alike, else the one that was made at the same moment and was not there before.
 */
export function matchServiceDeployment(
  listed: readonly ServiceDeploymentBrief[],
  attempt: Attempt,
): string | undefined {
  const number = attempt.deploymentId.replace('ecs-svc/', '');
  const revisionNumber = (brief: ServiceDeploymentBrief) =>
    brief.targetServiceRevisionArn?.split('/').at(-1);
  const exact = listed.find((brief) => revisionNumber(brief) === number);
  if (exact) return exact.serviceDeploymentArn;
  const distance = (brief: ServiceDeploymentBrief) =>
    Math.abs((brief.createdAt?.getTime() ?? 0) - attempt.createdAt);
  const [nearest] = listed
    .filter(
      (brief) =>
        distance(brief) <= sameCall &&
        (!attempt.isNew || brief.serviceDeploymentArn !== attempt.knownServiceDeployment),
    )
    .toSorted((one, other) => distance(one) - distance(other));
  return nearest?.serviceDeploymentArn;
}

/**
 * The stopped tasks of one deployment. ListTasks cannot join `startedBy` with STOPPED, so it lists
 * the service's and keeps those that the deployment started; they stay visible for an hour.
 *
 * @param known ARNs that need not be described again
 */
export async function describeStoppedTasks(
  ecs: ECSClient,
  attempt: Attempt,
  known: ReadonlySet<string>,
  abortSignal: AbortSignal,
): Promise<StoppedTask[]> {
  const listed = await ecs.send(
    new ListTasksCommand({
      cluster: attempt.clusterArn,
      serviceName: attempt.service,
      desiredStatus: 'STOPPED',
      maxResults: 100,
    }),
    { abortSignal },
  );
  const tasks = (listed.taskArns ?? []).filter((arn) => !known.has(arn));
  if (tasks.length === 0) return [];
  const answer = await ecs.send(new DescribeTasksCommand({ cluster: attempt.clusterArn, tasks }), {
    abortSignal,
  });
  return (answer.tasks ?? [])
    .filter((task) => task.startedBy === attempt.deploymentId && task.lastStatus === 'STOPPED')
    .map(toStoppedTask);
}

function toStoppedTask(task: EcsTask): StoppedTask {
  return {
    arn: task.taskArn ?? '',
    stoppedAt: task.stoppedAt?.getTime(),
    stopCode: task.stopCode,
    reason: task.stoppedReason,
    containers: (task.containers ?? []).map(({ name, exitCode, reason }) => ({
      name: name ?? '',
      exitCode,
      reason,
    })),
  };
}
