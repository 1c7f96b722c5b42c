import { DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeTargetHealth, targetsSource } from '../../src/rollout/targets.ts';
import { groupArn, settle } from '../endpoint/support.ts';
import { attempt, own, start } from '../support/rollout.ts';

const ecs = mockClient(ECSClient);
const elb = mockClient(ElasticLoadBalancingV2Client);
const client = new ElasticLoadBalancingV2Client({ region: 'eu-west-1' });
const denied = Object.assign(new Error('no'), { name: 'AccessDenied' });

const target = (Id: string, State: 'healthy' | 'unhealthy' | 'initial' | 'draining') => ({
  Target: { Id, Port: 8080 },
  TargetHealth: { State },
});
const targets = (...TargetHealthDescriptions: ReturnType<typeof target>[]) =>
  elb.on(DescribeTargetHealthCommand).resolves({ TargetHealthDescriptions });

/** ECS runs these tasks, by their addresses. */
function tasks(...addresses: string[]) {
  ecs.on(ListTasksCommand).resolves({ taskArns: addresses.map((ip) => `task/${ip}`) });
  ecs.on(DescribeTasksCommand).resolves({
    tasks: addresses.map((privateIpv4Address) => ({
      taskArn: `task/${privateIpv4Address}`,
      startedBy: own,
      containers: [{ networkInterfaces: [{ privateIpv4Address }] }],
    })),
  });
}

/** A clock that a test moves; what sleeps wakes when its time has come. */
function handClock() {
  let now = start;
  const sleepers = new Map<() => void, number>();
  return {
    now: () => now,
    random: () => 0.5,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) return resolve();
        sleepers.set(resolve, now + ms);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
    async advance(ms: number) {
      now += ms;
      for (const [wake, at] of sleepers) if (at <= now) wake();
      await settle();
    },
  };
}

beforeEach(() => {
  ecs.reset();
  elb.reset();
  targets();
  tasks();
});

function open({ groups = [groupArn('web')], elbClient = () => Promise.resolve(client) } = {}) {
  const clock = handClock();
  const cancellation = new AbortController();
  const told: string[] = [];
  const source = targetsSource(
    attempt(),
    { client: elbClient, groups },
    { ecs: new ECSClient({ region: 'eu-west-1' }), clock, signal: cancellation.signal },
    (message) => told.push(message),
  );
  const look = async () => {
    source.look();
    await settle();
    return source.take();
  };
  return { source, clock, told, look, cancel: () => cancellation.abort() };
}

const looks = () => elb.commandCalls(DescribeTargetHealthCommand).length;

describe('a look at the targets', () => {
  it('is due every ten seconds, however often it is asked for', async () => {
    const { look, clock } = open();
    await look();
    await look();
    await clock.advance(9_999);
    await look();
    expect(looks()).toBe(1);
    await clock.advance(1);
    await look();
    expect(looks()).toBe(2);
  });

  it('is never made where the service has no target group', async () => {
    const { look } = open({ groups: [] });
    expect(await look()).toBeUndefined();
    expect(looks()).toBe(0);
  });

  it('goes on beside the wait: what it brings is taken later, and once', async () => {
    targets(target('10.0.0.7', 'healthy'));
    const { source } = open();
    source.look();
    expect(source.take()).toBeUndefined();
    await settle();
    expect(source.take()).toMatchObject({ targets: [{ id: '10.0.0.7', state: 'healthy' }] });
    expect(source.take()).toBeUndefined();
  });

  it('is never made twice at once, not even where the first one hangs', async () => {
    let answer = (_: object) => {};
    elb.on(DescribeTargetHealthCommand).callsFake(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const { look, clock } = open();
    await look();
    await clock.advance(60_000);
    await look();
    expect(looks()).toBe(1);
    answer({});
    await settle();
    await look();
    expect(looks()).toBe(2);
  });

  it('asks each target group, both of a blue/green pair', async () => {
    const { look } = open({ groups: [groupArn('blue'), groupArn('green')] });
    elb.on(DescribeTargetHealthCommand, { TargetGroupArn: groupArn('green') }).resolves({
      TargetHealthDescriptions: [target('10.0.0.9', 'healthy')],
    });
    expect(await look()).toMatchObject({ targets: [{ group: groupArn('green') }] });
  });
});

describe('an unhealthy target', () => {
  it('is the deployment’s own where one of its tasks has the address', async () => {
    targets(target('10.0.0.7', 'unhealthy'), target('10.0.0.8', 'unhealthy'));
    tasks('10.0.0.7');
    const { look } = open();
    const sighting = await look();
    expect(sighting?.targets?.map(({ id, isOwn }) => [id, isOwn])).toEqual([
      ['10.0.0.7', true],
      ['10.0.0.8', false],
    ]);
    expect(sighting?.tasks).toMatchObject([{ arn: 'task/10.0.0.7', addresses: ['10.0.0.7'] }]);
  });

  it('has the tasks read once: who it is does not change', async () => {
    targets(target('10.0.0.7', 'unhealthy'), target('10.0.0.8', 'unhealthy'));
    tasks('10.0.0.7');
    const { look, clock } = open();
    await look();
    await clock.advance(10_000);
    expect((await look())?.targets).toMatchObject([{ isOwn: true }, { isOwn: false }]);
    expect(ecs.commandCalls(ListTasksCommand)).toHaveLength(1);
  });

  it('is looked up again where the tasks could not be read', async () => {
    targets(target('10.0.0.7', 'unhealthy'));
    ecs.on(ListTasksCommand).rejectsOnce(Object.assign(new Error('no'), { name: 'TimeoutError' }));
    const { look, clock, told } = open();
    expect((await look())?.targets).toMatchObject([{ isOwn: false }]);
    tasks('10.0.0.7');
    await clock.advance(10_000);
    expect((await look())?.targets).toMatchObject([{ isOwn: true }]);
    expect(told).toEqual([]);
  });

  it('is nobody’s, without a word, where tasks may not be listed', async () => {
    targets(target('10.0.0.7', 'unhealthy'));
    ecs.on(ListTasksCommand).rejects(denied);
    const { look, told } = open();
    expect((await look())?.targets).toMatchObject([{ isOwn: false }]);
    expect(told).toEqual([]);
  });

  it('alone has the tasks read: others cost no call', async () => {
    targets(target('10.0.0.7', 'healthy'), target('10.0.0.8', 'initial'));
    const { look } = open();
    await look();
    expect(ecs.calls()).toHaveLength(0);
  });
});

describe('targets that may not be read', () => {
  it('are told once, by the permission, and left alone', async () => {
    elb.on(DescribeTargetHealthCommand).rejects(denied);
    const { look, clock, told } = open({ groups: [groupArn('a'), groupArn('b')] });
    expect(await look()).toBeUndefined();
    const before = looks();
    await clock.advance(60_000);
    expect(await look()).toBeUndefined();
    expect(looks()).toBe(before);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('AccessDenied');
  });

  it('are asked for again after a failure of the network', async () => {
    elb.on(DescribeTargetHealthCommand).rejectsOnce(new Error('socket hang up'));
    const { look, clock, told } = open();
    expect(await look()).toBeUndefined();
    targets(target('10.0.0.7', 'healthy'));
    await clock.advance(10_000);
    expect(await look()).toMatchObject({ targets: [{ id: '10.0.0.7' }] });
    expect(told).toEqual([]);
  });

  it('are told where even the client cannot be loaded', async () => {
    const { look, clock, told } = open({ elbClient: () => Promise.reject(new Error('no chunk')) });
    for (let index = 0; index < 5; index++) {
      await look();
      await clock.advance(10_000);
    }
    expect(told).toEqual([
      'target health cannot be read (Error: no chunk); going by the service itself',
    ]);
  });
});

describe('the last look', () => {
  it('brings tasks and targets together, each target with whose it is', async () => {
    targets(target('10.0.0.7', 'healthy'), target('10.0.0.8', 'draining'));
    tasks('10.0.0.7');
    const { source } = open();
    expect(await source.last()).toMatchObject({
      tasks: [{ arn: 'task/10.0.0.7' }],
      targets: [
        { id: '10.0.0.7', isOwn: true },
        { id: '10.0.0.8', isOwn: false },
      ],
    });
  });

  it('brings the tasks alone where the service has no target group', async () => {
    tasks('10.0.0.7');
    const { source } = open({ groups: [] });
    expect(await source.last()).toMatchObject({ tasks: [{}], targets: undefined });
    expect(looks()).toBe(0);
  });

  it('is made although the one before is not ten seconds ago', async () => {
    const { look, source } = open();
    await look();
    await source.last();
    expect(looks()).toBe(2);
  });

  it('brings what has come within three seconds, and waits no longer for what hangs', async () => {
    elb.on(DescribeTargetHealthCommand).callsFake(() => new Promise(() => {}));
    tasks('10.0.0.7');
    const { source, clock } = open();
    const last = source.last();
    await settle();
    await clock.advance(3_000);
    expect(await last).toMatchObject({ tasks: [{ arn: 'task/10.0.0.7' }], targets: undefined });
  });

  it('ends one that hangs, which would keep the process alive', async () => {
    elb.on(DescribeTargetHealthCommand).callsFake(() => new Promise(() => {}));
    const { look, source } = open();
    await look();
    targets(target('10.0.0.7', 'healthy'));
    expect(await source.last()).toMatchObject({ targets: [{ id: '10.0.0.7' }] });
    const [hanging] = elb.commandCalls(DescribeTargetHealthCommand);
    const [, options] = (hanging?.args ?? []) as readonly unknown[];
    expect(options).toMatchObject({ abortSignal: { aborted: true } });
  });

  it('waits no longer for anything once the job is cancelled', async () => {
    elb.on(DescribeTargetHealthCommand).callsFake(() => new Promise(() => {}));
    ecs.on(ListTasksCommand).callsFake(() => new Promise(() => {}));
    const { source, cancel } = open();
    const last = source.last();
    await settle();
    cancel();
    expect(await last).toEqual({ tasks: undefined, targets: undefined });
  });

  it('does without what fails', async () => {
    elb.on(DescribeTargetHealthCommand).rejects(denied);
    ecs.on(ListTasksCommand).rejects(denied);
    const { source } = open();
    expect(await source.last()).toEqual({ tasks: undefined, targets: undefined });
  });
});

describe('describeTargetHealth', () => {
  it('tells how each target is', async () => {
    elb.on(DescribeTargetHealthCommand, { TargetGroupArn: groupArn('web') }).resolves({
      TargetHealthDescriptions: [
        { Target: { Id: '10.0.0.7', Port: 8080 }, TargetHealth: { State: 'healthy' } },
        {
          Target: { Id: '10.0.0.8', Port: 8080 },
          TargetHealth: {
            State: 'unhealthy',
            Reason: 'Target.ResponseCodeMismatch',
            Description: 'Health checks failed with these codes: [502]',
          },
        },
        {},
      ],
    });
    const group = groupArn('web');
    const signal = new AbortController().signal;
    expect(await describeTargetHealth(client, group, signal)).toEqual([
      {
        group,
        id: '10.0.0.7',
        port: 8080,
        state: 'healthy',
        reason: undefined,
        description: undefined,
      },
      {
        group,
        id: '10.0.0.8',
        port: 8080,
        state: 'unhealthy',
        reason: 'Target.ResponseCodeMismatch',
        description: 'Health checks failed with these codes: [502]',
      },
      { group, id: '', port: undefined, state: '', reason: undefined, description: undefined },
    ]);
  });

  it('rejects with the error of AWS', async () => {
    elb.on(DescribeTargetHealthCommand).rejects(denied);
    const signal = new AbortController().signal;
    await expect(describeTargetHealth(client, groupArn('web'), signal)).rejects.toBe(denied);
  });
});
