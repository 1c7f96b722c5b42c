import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { describeRunningTasks, taskTimes } from '../../src/rollout/running-tasks.ts';
import { attempt, before, own, start } from '../support/rollout.ts';

const ecs = mockClient(ECSClient);

/** What ECS lists, by ARN; at most a hundred on a page. */
let tasks: Map<string, Task>;

beforeEach(() => {
  tasks = new Map();
  ecs.reset();
  ecs.on(ListTasksCommand).callsFake(({ nextToken = '0' }) => {
    const from = Number(nextToken);
    const next = from + 100 < tasks.size ? { nextToken: String(from + 100) } : {};
    return { taskArns: [...tasks.keys()].slice(from, from + 100), ...next };
  });
  ecs.on(DescribeTasksCommand).callsFake(({ tasks: arns }) => ({
    tasks: arns.map((arn: string) => ({ taskArn: arn, ...tasks.get(arn) })),
  }));
});

const read = () =>
  describeRunningTasks(
    new ECSClient({ region: 'eu-west-1' }),
    attempt(),
    new AbortController().signal,
  );

it('reads the tasks that the deployment started, not those of the one before', async () => {
  tasks.set('a', { startedBy: own });
  tasks.set('b', { startedBy: before });
  tasks.set('c', {});
  expect((await read()).map(({ arn }) => arn)).toEqual(['a']);
  expect(ecs.commandCalls(ListTasksCommand)[0]?.args[0].input).toEqual({
    cluster: attempt().clusterArn,
    ...{ serviceName: 'web', desiredStatus: 'RUNNING', maxResults: 100 },
  });
});

it('describes nothing where nothing runs', async () => {
  expect(await read()).toEqual([]);
  expect(ecs.commandCalls(DescribeTasksCommand)).toHaveLength(0);
});

it('finds the addresses of a task in its containers and its attachment, each once', async () => {
  tasks.set('a', {
    startedBy: own,
    containers: [
      { networkInterfaces: [{ privateIpv4Address: '10.0.0.7', ipv6Address: '2001:db8::7' }] },
      { networkInterfaces: [{ privateIpv4Address: '10.0.0.7' }] },
      {},
    ],
    attachments: [
      {
        details: [
          { name: 'subnetId', value: 'subnet-0123' },
          { name: 'privateIPv4Address', value: '10.0.0.8' },
        ],
      },
      {},
    ],
  });
  tasks.set('b', { startedBy: own });
  expect(await read()).toMatchObject([
    { arn: 'a', addresses: ['10.0.0.7', '2001:db8::7', '10.0.0.8'] },
    { arn: 'b', addresses: [] },
  ]);
});

it('looks no further than two pages, however many tasks there are', async () => {
  for (let index = 0; index < 1000; index++) tasks.set(`task-${index}`, { startedBy: own });
  expect(await read()).toHaveLength(200);
  expect(ecs.calls()).toHaveLength(4);
});

it('tells when a task came how far; one that is stopping by when it began to', () => {
  const at = (seconds: number) => new Date(start + seconds * 1000);
  expect(
    taskTimes({
      ...{ createdAt: at(1), pullStartedAt: at(2), pullStoppedAt: at(3), startedAt: at(4) },
      stoppingAt: at(5),
    }),
  ).toEqual({
    ...{ createdAt: start + 1_000, pullStartedAt: start + 2_000, pullStoppedAt: start + 3_000 },
    ...{ startedAt: start + 4_000, stoppedAt: start + 5_000 },
  });
  expect(taskTimes({ stoppingAt: at(5), stoppedAt: at(9) }).stoppedAt).toBe(start + 9_000);
  expect(Object.values(taskTimes({}))).toEqual(Array(5).fill(undefined));
});

it('fails as ECS fails', async () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  ecs.on(ListTasksCommand).rejects(denied);
  await expect(read()).rejects.toBe(denied);
});
