import { DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { stoppedTasksSource } from '../../src/rollout/stopped-tasks.ts';
import type { Service } from '../../src/rollout/types.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { attempt, deployment, own, service, serviceDeployment, start } from '../support/rollout.ts';

const ecs = mockClient(ECSClient);

/** The tasks that ECS lists as stopped, by ARN: who started them and how far they are. */
let tasks: Map<string, { startedBy: string; lastStatus: string; reason?: string }>;

beforeEach(() => {
  tasks = new Map();
  ecs.reset();
  ecs.on(ListTasksCommand).callsFake(({ nextToken = '0', maxResults }) => {
    const from = Number(nextToken);
    const all = [...tasks.keys()];
    return {
      taskArns: all.slice(from, from + maxResults),
      ...(from + maxResults < all.length ? { nextToken: String(from + maxResults) } : {}),
    };
  });
  ecs.on(DescribeTasksCommand).callsFake(({ tasks: arns }) => {
    if (arns.length > 100) throw new Error('InvalidParameterException: at most 100 tasks');
    return {
      tasks: arns.map((taskArn: string) => {
        const { startedBy, lastStatus, reason } = tasks.get(taskArn) ?? {
          startedBy: '',
          lastStatus: '',
        };
        return { taskArn, startedBy, lastStatus, stoppedReason: reason };
      }),
    };
  });
});

const calls = () => ecs.calls().length;
const described = () =>
  ecs.commandCalls(DescribeTasksCommand).flatMap(({ args }) => args[0].input.tasks ?? []);

function open(everyPoll = false) {
  const clock = fakeClock(start);
  const notices: string[] = [];
  const context = {
    ecs: new ECSClient({ region: 'eu-west-1' }),
    clock,
    signal: new AbortController().signal,
  };
  const tell = (message: string) => void notices.push(message);
  let spent = 0;
  const spend = (number: number) => {
    spent += number;
  };
  const source = stoppedTasksSource(attempt(), context, everyPoll, spend, tell);
  const read = async (
    seen: Partial<Service>,
    record?: ReturnType<typeof serviceDeployment>,
    isServiceFresh = true,
  ) => (await source.read(service(seen), record, isServiceFresh)).map(({ arn }) => arn);
  return { read, clock, notices, spent: () => spent };
}

const failed = (count: number) => ({ deployments: [deployment({ failed: count })] });
const counts = (pending: number, running: number) => ({
  deployments: [deployment({ pending, running })],
});
const stopped = (id: string, startedBy = own) =>
  tasks.set(id, { startedBy, lastStatus: 'STOPPED', reason: 'no' });

describe('stopped tasks are looked for', () => {
  it.each<[string, Partial<Service>, Partial<Service>]>([
    ['a failure was counted', failed(0), failed(1)],
    ['fewer tasks are under way than before', counts(2, 0), counts(1, 0)],
    [
      'an event tells of one that could not be placed',
      {},
      { events: [{ id: 'e', at: start, message: '(service web) was unable to place a task.' }] },
    ],
  ])('in the same poll when %s', async (_, before, after) => {
    const { read } = open();
    await read(before);
    stopped('a');
    expect(await read(after)).toEqual(['a']);
  });

  it('not while nothing hints at one, but for a look every ten seconds', async () => {
    const { read, clock } = open();
    await read({});
    clock.advance(9_000);
    await read({});
    expect(calls()).toBe(0);
    clock.advance(1_000);
    stopped('a');
    expect(await read({})).toEqual(['a']);
  });

  it('in a poll that has read the record alone, after five seconds without a look', async () => {
    const { read, clock } = open();
    const record = serviceDeployment();
    await read({}, record);
    stopped('a');
    clock.advance(4_000);
    expect(await read({}, record, false)).toEqual([]);
    clock.advance(6_000);
    expect(await read({}, record)).toEqual([]);
    expect(await read({}, record, false)).toEqual(['a']);
  });

  it('at each poll when the user chose the interval', async () => {
    const { read } = open(true);
    await read({});
    stopped('a');
    expect(await read({})).toEqual(['a']);
  });

  it('again for a failure that was counted before it was listed', async () => {
    const { read } = open();
    expect(await read(failed(1))).toEqual([]);
    stopped('a');
    expect(await read(failed(1))).toEqual(['a']);
    const before = calls();
    await read(failed(1));
    expect(calls()).toBe(before);
  });
});

describe('a task that is about to stop', () => {
  it('is told with its reason at once, and again when its end is known', async () => {
    const { read } = open();
    tasks.set('a', { startedBy: own, lastStatus: 'DEPROVISIONING', reason: 'no' });
    expect(await read(failed(1))).toEqual(['a']);
    stopped('a');
    expect(await read(failed(1))).toEqual(['a']);
    expect(await read(failed(1))).toEqual([]);
  });

  it('is not told while ECS gives no reason', async () => {
    const { read } = open();
    tasks.set('a', { startedBy: own, lastStatus: 'RUNNING' });
    expect(await read(failed(1))).toEqual([]);
  });
});

describe('a thousand stopped tasks', () => {
  it('of other deployments are described once, a hundred at a time, and the own one is found', async () => {
    const { read, spent } = open();
    for (let index = 0; index < 999; index++) stopped(`other-${index}`, 'ecs-svc/9');
    stopped('a');
    expect(await read(failed(1))).toEqual(['a']);
    expect(described()).toHaveLength(1000);
    expect(spent()).toBe(20);
    stopped('b');
    expect(await read(failed(2))).toEqual(['b']);
    expect(described()).toHaveLength(1001);
  });

  it('of this deployment are all found', async () => {
    const { read } = open();
    for (let index = 0; index < 1000; index++) stopped(`own-${index}`);
    expect(await read(failed(1000))).toHaveLength(1000);
  });

  it('cost two pages at most when nothing hints at a failure', async () => {
    const { read, clock } = open();
    for (let index = 0; index < 1000; index++) stopped(`other-${index}`, 'ecs-svc/9');
    clock.advance(10_000);
    await read({});
    expect(calls()).toBe(4);
  });

  it('do not hide the own one, although nothing hints at it, when the user chose the interval', async () => {
    const { read } = open(true);
    for (let index = 0; index < 999; index++) stopped(`other-${index}`, 'ecs-svc/9');
    stopped('a');
    expect(await read({})).toEqual(['a']);
  });

  it('are not listed further once the counted failures are found', async () => {
    const { read } = open();
    stopped('a');
    for (let index = 0; index < 999; index++) stopped(`other-${index}`, 'ecs-svc/9');
    expect(await read(failed(1))).toEqual(['a']);
    expect(calls()).toBe(2);
  });
});

it('tasks that may not be listed are a notice and nothing more', async () => {
  ecs
    .on(ListTasksCommand)
    .rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  const { read, notices } = open();
  expect(await read(failed(1))).toEqual([]);
  expect(await read(failed(2))).toEqual([]);
  expect(notices).toHaveLength(1);
});
