import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { failedContainers, logTailsSource } from '../../src/rollout/log-tails.ts';
import type { StoppedTask } from '../../src/rollout/types.ts';
import type { TaskDefinition } from '../../src/task-definition/types.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { start, stoppedTask } from '../support/rollout.ts';

const logs = mockClient(CloudWatchLogsClient);
beforeEach(() => void logs.reset());

const awslogs = (options: Record<string, string> = {}) => ({
  logDriver: 'awslogs' as const,
  options: {
    'awslogs-group': '/ecs/web',
    'awslogs-region': 'eu-west-1',
    'awslogs-stream-prefix': 'web',
    ...options,
  },
});

const definition: TaskDefinition = {
  family: 'web',
  containerDefinitions: [
    { name: 'app', logConfiguration: awslogs() },
    { name: 'proxy', logConfiguration: { logDriver: 'awsfirelens' as const } },
  ],
};

function open({ lines = 3, of = definition } = {}) {
  const clock = fakeClock(start);
  const notes: string[] = [];
  const regions: (string | undefined)[] = [];
  const source = logTailsSource(
    {
      client: async (region) => {
        regions.push(region);
        return new CloudWatchLogsClient({ region: 'eu-west-1' });
      },
      definition: of,
      lines,
    },
    clock,
    new AbortController().signal,
    (message) => void notes.push(message),
  );
  return { source, clock, notes, regions };
}

const container = (name: string, exitCode?: number, reason?: string) => ({
  name,
  exitCode,
  reason,
  runtimeId: `${name}-id`,
});
const exited = (overrides: Partial<StoppedTask> = {}) =>
  stoppedTask({
    arn: 'arn:aws:ecs:eu-west-1:123456789012:task/prod/4f2e',
    stopCode: 'EssentialContainerExited',
    reason: 'Essential container in task exited',
    containers: [container('app', 1)],
    ...overrides,
  });
const events = (...messages: string[]) => ({ events: messages.map((message) => ({ message })) });

describe('the end of a failed container’s log', () => {
  it('is read from its group, stream and region, no more than the lines asked for', async () => {
    logs.on(GetLogEventsCommand).resolves(events('1', '2', '3', '4\n'));
    const { source, regions } = open();
    expect(await source.read([exited()])).toEqual([
      {
        taskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/prod/4f2e',
        container: 'app',
        group: '/ecs/web',
        stream: 'web/app/4f2e',
        lines: ['2', '3', '4'],
      },
    ]);
    expect(regions).toEqual(['eu-west-1']);
    expect(logs.call(0).args[0].input).toEqual({
      logGroupName: '/ecs/web',
      logStreamName: 'web/app/4f2e',
      limit: 3,
      startFromHead: false,
    });
  });

  it('is looked for behind pages that are empty, until AWS has no more', async () => {
    const empty = (nextBackwardToken: string) => ({ events: [], nextBackwardToken });
    logs
      .on(GetLogEventsCommand)
      .resolvesOnce(empty('b/1'))
      .resolvesOnce(empty('b/2'))
      .resolves(events('found'));
    expect(await open().source.read([exited()])).toMatchObject([{ lines: ['found'] }]);
    expect(
      logs.calls().map(({ args }) => (args[0].input as { nextToken?: string }).nextToken),
    ).toEqual([undefined, 'b/1', 'b/2']);

    logs.reset();
    logs.on(GetLogEventsCommand).resolves(empty('b/1'));
    expect(await open().source.read([exited()])).toEqual([]);
    expect(logs.calls()).toHaveLength(2);
  });

  it('is cut where a line is endless', async () => {
    logs.on(GetLogEventsCommand).resolves(events('x'.repeat(10_000_000)));
    const [tail] = await open().source.read([exited()]);
    expect(tail?.lines[0]).toHaveLength(2_001);
  });

  it('is read once for tasks that failed alike, and again for one that failed otherwise', async () => {
    logs.on(GetLogEventsCommand).resolves(events('boom'));
    const { source } = open();
    const alike = Array.from({ length: 40 }, (_, index) => exited({ arn: `task/${index}` }));
    expect(await source.read(alike)).toHaveLength(1);
    expect(await source.read([exited({ containers: [container('app', 2)] })])).toHaveLength(1);
    expect(logs.calls()).toHaveLength(2);
  });

  it('is asked for again while it is empty, and given up after twenty seconds with a note', async () => {
    logs
      .on(GetLogEventsCommand)
      .rejectsOnce(
        Object.assign(new Error('The specified log stream does not exist.'), {
          name: 'ResourceNotFoundException',
        }),
      )
      .resolvesOnce(events())
      .resolves(events('late'));
    const { source } = open();
    expect(await source.read([exited()])).toEqual([]);
    expect(await source.read([])).toEqual([]);
    expect(await source.read([])).toMatchObject([{ lines: ['late'] }]);

    logs.reset();
    logs.on(GetLogEventsCommand).resolves(events());
    const other = open();
    expect(await other.source.read([exited()])).toEqual([]);
    other.clock.advance(20_000);
    expect(await other.source.read([])).toEqual([]);
    expect(await other.source.read([])).toEqual([]);
    expect(logs.calls()).toHaveLength(2);
    expect(other.notes).toEqual([
      'no log of container app: /ecs/web has no line of it (web/app/4f2e)',
    ]);
  });

  it('waits until the task has stopped', async () => {
    logs.on(GetLogEventsCommand).resolves(events('boom'));
    const { source } = open();
    expect(await source.read([exited({ lastStatus: 'STOPPING' })])).toEqual([]);
    expect(await source.read([exited()])).toHaveLength(1);
  });

  it('bears the container’s own id where there is no stream prefix', async () => {
    logs.on(GetLogEventsCommand).resolves(events('boom'));
    const { 'awslogs-stream-prefix': _, ...options } = awslogs().options;
    const bare = { name: 'app', logConfiguration: { logDriver: 'awslogs' as const, options } };
    const { source } = open({ of: { family: 'web', containerDefinitions: [bare] } });
    expect(await source.read([exited()])).toMatchObject([{ stream: 'app-id' }]);
  });

  it('is not read at all with log-lines: 0', async () => {
    expect(await open({ lines: 0 }).source.read([exited()])).toEqual([]);
    expect(logs.calls()).toHaveLength(0);
  });
});

describe('what keeps a log from being read is a note', () => {
  it.each([
    [
      'AccessDeniedException',
      'no to arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web:log-stream:web/app/4f2e',
      'no log of container app: /ecs/web cannot be read (needs logs:GetLogEvents): AccessDeniedException: no to arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web:log-stream:web/app/4f2e',
    ],
    [
      'ResourceNotFoundException',
      'The specified log group does not exist.',
      'no log of container app: /ecs/web cannot be read: ResourceNotFoundException: The specified log group does not exist.',
    ],
    [
      'AbortError',
      'Request aborted',
      'no log of container app: /ecs/web cannot be read: no answer within 3 s',
    ],
  ])('%s', async (name, message, note) => {
    const error = Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
    logs.on(GetLogEventsCommand).rejects(error);
    const { source, notes } = open();
    expect(await source.read([exited()])).toEqual([]);
    expect(await source.read([])).toEqual([]);
    expect(notes).toEqual([note]);
    expect(logs.calls()).toHaveLength(1);
  });

  it('a log driver that is not awslogs', async () => {
    const { source, notes } = open();
    await source.read([exited({ containers: [container('proxy', 1)] })]);
    expect(notes).toEqual([
      'no log of container proxy: it goes to awsfirelens, only awslogs can be read',
    ]);
  });
});

describe('the containers whose logs may tell why', () => {
  const names = (task: Partial<StoppedTask>) =>
    failedContainers(exited(task)).map(({ name }) => name);

  it('are those that ended with a failure, not the side-cars that ECS killed after them', () => {
    const containers = [container('app', 1), container('log', 137), container('proxy', 143)];
    expect(names({ containers })).toEqual(['app']);
  });

  it('are those that were killed for memory', () => {
    expect(names({ containers: [container('app', 137, 'OutOfMemoryError')] })).toEqual(['app']);
  });

  it('are all that ran where nothing else tells them apart', () => {
    expect(names({ containers: [container('app', 0), container('log', 0)] })).toEqual([
      'app',
      'log',
    ]);
    const unhealthy = {
      stopCode: 'ServiceSchedulerInitiated',
      reason: 'Task failed ELB health checks in (target-group x)',
    };
    expect(names({ ...unhealthy, containers: [container('app', 137)] })).toEqual(['app']);
  });

  it('are none of a task that never ran, that a user stopped, that was scaled in or interrupted', () => {
    const containers = [container('app', 143)];
    expect(names({ containers: [container('app')] })).toEqual([]);
    expect(names({ stopCode: 'UserInitiated', containers })).toEqual([]);
    expect(names({ stopCode: 'SpotInterruption', containers })).toEqual([]);
    const scaled = {
      stopCode: 'ServiceSchedulerInitiated',
      reason: 'Scaling activity initiated by (deployment ecs-svc/1)',
    };
    expect(names({ ...scaled, containers })).toEqual([]);
  });
});
