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
} from '@aws-sdk/client-ecs';
import { shortName } from '../arn.ts';
import { taskTimes } from './running-tasks.ts';
import type {
  Attempt,
  Deployment,
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  StoppedTask,
} from './types.ts';

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
  // ARNs come in two forms, with and without the cluster: they are compared by the name.
  return names.map((name) => found.find((service) => service.name === shortName(name)));
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
    targetGroups: targetGroupsOf(service),
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

/** A blue/green deployment moves between the two target groups of a pair. */
function targetGroupsOf({ loadBalancers = [] }: EcsService): string[] {
  const arns = loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) => [
    targetGroupArn,
    advancedConfiguration?.alternateTargetGroupArn,
  ]);
  return [...new Set(arns.filter((arn) => arn !== undefined))];
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
    createdAt: from.createdAt?.getTime() ?? 0,
    revisionNumber: lastPart(from.targetServiceRevision?.arn),
    isCertain: false,
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

/** The ServiceDeployments of the service since `attempt` began. */
export async function listServiceDeployments(
  ecs: ECSClient,
  attempt: Attempt,
  abortSignal: AbortSignal,
): Promise<ServiceDeploymentBrief[]> {
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
  return (answer.serviceDeployments ?? []).map((brief) => ({
    arn: brief.serviceDeploymentArn ?? '',
    createdAt: brief.createdAt?.getTime() ?? 0,
    revisionNumber: lastPart(brief.targetServiceRevisionArn),
  }));
}

const lastPart = (arn: string | undefined) => arn && shortName(arn);

/** ListTasks and DescribeTasks take at most this many. */
const tasksPerCall = 100;

/**
 * The tasks of one deployment that have stopped or are about to. ListTasks cannot join `startedBy`
 * with STOPPED, so it lists the service's and keeps those that the deployment started; they stay
 * visible for an hour. A task shows why it stops before its last status is STOPPED.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
 *
 * @returns the deployment's tasks, and the ARNs of tasks of other deployments
 */
export async function describeStoppedTasks(
  ecs: ECSClient,
  attempt: Attempt,
  { isSettled, enough, mostPages, onCall, abortSignal }: StoppedTasksQuery,
): Promise<{ own: StoppedTask[]; foreign: string[] }> {
  const own: StoppedTask[] = [];
  const foreign: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    onCall();
    const listed = await ecs.send(
      new ListTasksCommand({
        cluster: attempt.clusterArn,
        serviceName: attempt.service,
        desiredStatus: 'STOPPED',
        maxResults: tasksPerCall,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
      { abortSignal },
    );
    const tasks = (listed.taskArns ?? []).filter((arn) => !isSettled(arn));
    if (tasks.length > 0) {
      onCall();
      const answer = await ecs.send(
        new DescribeTasksCommand({ cluster: attempt.clusterArn, tasks }),
        { abortSignal },
      );
      for (const task of answer.tasks ?? []) {
        if (task.startedBy !== attempt.deploymentId) foreign.push(task.taskArn ?? '');
        else if (task.lastStatus === 'STOPPED' || task.stoppedReason || task.stopCode)
          own.push(toStoppedTask(task));
      }
    }
    nextToken = listed.nextToken;
    if (nextToken === undefined || own.length >= enough) break;
  }
  return { own, foreign };
}

interface StoppedTasksQuery {
  /** Whether a task's ARN needs not be described again. */
  isSettled(arn: string): boolean;
  /** How many tasks are looked for: later pages are not read once they are found. */
  readonly enough: number;
  readonly mostPages: number;
  /** Called before each call. */
  onCall(): void;
  readonly abortSignal: AbortSignal;
}

function toStoppedTask(task: EcsTask): StoppedTask {
  return {
    arn: task.taskArn ?? '',
    lastStatus: task.lastStatus ?? '',
    ...taskTimes(task),
    stopCode: task.stopCode,
    reason: task.stoppedReason,
    containers: (task.containers ?? []).map(({ name, exitCode, reason, runtimeId }) => ({
      name: name ?? '',
      exitCode,
      reason,
      runtimeId,
    })),
  };
}
