import {
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import type { Attempt, RunningTask, TaskTimes } from './types.ts';

/** Pages of 100 tasks: more than can be shown of them. */
const mostPages = 2;

/**
 * The tasks of one deployment that run or are starting. ListTasks by `startedBy` is not known to
 * take a deployment everywhere, so it lists the service's and keeps those that the deployment started.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html
 */
export async function describeRunningTasks(
  ecs: ECSClient,
  attempt: Attempt,
  abortSignal: AbortSignal,
): Promise<readonly RunningTask[]> {
  const found: RunningTask[] = [];
  const { clusterArn: cluster, service: serviceName } = attempt;
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { taskArns: tasks = [], nextToken: next } = await ecs.send(
      new ListTasksCommand({
        ...{ cluster, serviceName, desiredStatus: 'RUNNING', maxResults: 100 },
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
      { abortSignal },
    );
    if (tasks.length > 0) {
      const answer = await ecs.send(new DescribeTasksCommand({ cluster, tasks }), { abortSignal });
      const own = (answer.tasks ?? []).filter(
        ({ startedBy }) => startedBy === attempt.deploymentId,
      );
      found.push(...own.map(toRunningTask));
    }
    nextToken = next;
    if (nextToken === undefined) break;
  }
  return found;
}

function toRunningTask(task: Task): RunningTask {
  const interfaces = (task.containers ?? []).flatMap(
    ({ networkInterfaces = [] }) => networkInterfaces,
  );
  const details = (task.attachments ?? []).flatMap(({ details = [] }) => details);
  const addresses = [
    ...interfaces.flatMap(({ privateIpv4Address, ipv6Address }) => [
      privateIpv4Address,
      ipv6Address,
    ]),
    ...details.filter(({ name }) => name === 'privateIPv4Address').map(({ value }) => value),
  ];
  return {
    arn: task.taskArn ?? '',
    ...taskTimes(task),
    addresses: [...new Set(addresses.filter((address) => address !== undefined))],
  };
}

/** What AWS says of when a task came how far. */
export function taskTimes(task: Task): TaskTimes {
  return {
    createdAt: task.createdAt?.getTime(),
    pullStartedAt: task.pullStartedAt?.getTime(),
    pullStoppedAt: task.pullStoppedAt?.getTime(),
    startedAt: task.startedAt?.getTime(),
    stoppedAt: (task.stoppedAt ?? task.stoppingAt)?.getTime(),
  };
}
