import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it } from 'vitest';
import { account, clientOptions, deployer, tell, without } from './sdk.ts';
import type { Play, World } from './world.ts';
import { webWorld } from './worlds.ts';

const logGroupName = '/ecs/web';

/** Deploys `web`, whose tasks log as the play says; tells the log stream of a failed one. */
async function deploy(play: Play, world: Partial<World> = {}) {
  const story = await tell(webWorld({ service: { desiredCount: 1, plays: [play] }, world }));
  const logs = new CloudWatchLogsClient(clientOptions(story.simulator));
  await story.deploy();
  story.pass(36);
  const id = story.simulator.state.tasks.at(-1)?.id;
  const logStreamName = `app/app/${id}`;
  const read = (input: Partial<GetLogEventsCommandInput> = {}) =>
    logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, ...input }));
  return { story, logs, read, logStreamName };
}

const messages = ({ events = [] }: { events?: { message?: string | undefined }[] | undefined }) =>
  events.map(({ message }) => message);

describe('what a container logs', () => {
  const lines = ['booting', 'reading configuration', 'Error: no database', 'bye'];
  const play: Play = { outcome: 'app-exit', logs: { app: lines } };

  it('can be read from its stream, the latest lines first of all', async () => {
    const { read } = await deploy(play);
    expect(messages(await read({ limit: 2 }))).toEqual(['Error: no database', 'bye']);
    expect(messages(await read({ limit: 2, startFromHead: true }))).toEqual(lines.slice(0, 2));
  });

  it('appears some seconds after the container starts', async () => {
    const { story, read, logs } = await deploy({ ...play, timings: { logDelay: 20 } });
    expect(messages(await read())).toEqual([]);
    const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
    expect(logStreams).toHaveLength(1);
    story.pass(20);
    expect(messages(await read())).toEqual(lines);
  });

  it('can be read on in both directions until the token stays the same', async () => {
    const { read } = await deploy(play);
    const first = await read({ limit: 3, startFromHead: true });
    const nextToken = first.nextForwardToken;
    const second = await read({ limit: 3, startFromHead: true, nextToken });
    expect(messages(second)).toEqual(['bye']);
    const end = await read({ startFromHead: true, nextToken: second.nextForwardToken });
    expect(end.events).toEqual([]);
    expect(end.nextForwardToken).toBe(second.nextForwardToken);
    const back = await read({ limit: 2, nextToken: second.nextBackwardToken });
    expect(messages(back)).toEqual(['reading configuration', 'Error: no database']);
  });

  it('can be searched for words', async () => {
    const { logs, logStreamName } = await deploy(play);
    const search = (filterPattern: string) =>
      logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern }));
    const found = await search('"no database"');
    expect(found.events).toMatchObject([{ logStreamName, message: 'Error: no database' }]);
    expect(messages(await search('?bye ?booting'))).toEqual(['booting', 'bye']);
    expect(messages(await search('-Error -bye'))).toEqual(['booting', 'reading configuration']);
  });

  it('of 10 MB comes in pages of 1 MB', async () => {
    const { read } = await deploy({ ...play, logBytes: 10_000_000 });
    const last = await read();
    const size = (last.events ?? []).reduce((sum, { message = '' }) => sum + message.length, 0);
    expect(size).toBeGreaterThan(900_000);
    expect(size).toBeLessThanOrEqual(1_048_576);
    expect(messages(last).at(-1)).toBe('bye');
    let pages = 1;
    let oldest = last;
    while ((oldest.events ?? []).length > 0) {
      oldest = await read({ nextToken: oldest.nextBackwardToken });
      pages += 1;
    }
    expect(pages).toBe(11);
  });

  it('is nowhere for a task that did not start', async () => {
    const { read } = await deploy({ outcome: 'image-missing' });
    await expect(read()).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    });
  });
});

describe('log groups', () => {
  it('are found by the beginning of their names, page by page', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `/ecs/web-${index}`);
    const { logs } = await deploy(
      { outcome: 'healthy' },
      { logGroups: [...names, logGroupName, '/x'] },
    );
    const prefix = { logGroupNamePrefix: '/ecs/web' };
    const first = await logs.send(new DescribeLogGroupsCommand(prefix));
    expect(first.logGroups).toHaveLength(50);
    expect(first.logGroups?.[0]).toMatchObject({
      logGroupName,
      arn: `arn:aws:logs:eu-west-1:${account}:log-group:/ecs/web:*`,
    });
    const next = { ...prefix, nextToken: first.nextToken };
    const second = await logs.send(new DescribeLogGroupsCommand(next));
    expect(second.logGroups).toHaveLength(11);
    expect(second.nextToken).toBeUndefined();
  });

  it('that do not exist say so', async () => {
    const { read } = await deploy({ outcome: 'healthy' });
    await expect(read({ logGroupName: '/nowhere' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    });
  });

  it('may be named by ARN', async () => {
    const { read } = await deploy({ outcome: 'app-exit', logs: { app: ['hello'] } });
    const logGroupIdentifier = `arn:aws:logs:eu-west-1:${account}:log-group:/ecs/web`;
    const byArn = await read({ logGroupName: undefined, logGroupIdentifier });
    expect(messages(byArn)).toEqual(['hello']);
  });

  it('cannot be read without the permission', async () => {
    const world = { callers: without('logs:GetLogEvents') };
    const { read, logStreamName } = await deploy({ outcome: 'app-exit' }, world);
    await expect(read()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${deployer} is not authorized to perform: logs:GetLogEvents on resource: arn:aws:logs:eu-west-1:${account}:log-group:/ecs/web:log-stream:${logStreamName} because no identity-based policy allows the logs:GetLogEvents action`,
    });
  });
});
