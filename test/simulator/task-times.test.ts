import { describe, expect, it } from 'vitest';
import { tell } from './sdk.ts';
import type { Play } from './world.ts';
import { webWorld } from './worlds.ts';

interface Seen {
  lastStatus: string;
  healthStatus: string;
  connectivity?: string;
  attachments: { status: string; details: { name: string; value: string }[] }[];
  containers: { networkInterfaces: { attachmentId: string; privateIpv4Address: string }[] }[];
  [time: string]: unknown;
}

const moments = [
  ...['createdAt', 'connectivityAt', 'pullStartedAt', 'pullStoppedAt', 'startedAt'],
  ...['stoppingAt', 'executionStoppedAt', 'stoppedAt'],
];

/** A service with one task, and that task of its new deployment. */
async function deployed(play: Play) {
  const story = await tell(webWorld({ service: { desiredCount: 1, plays: [play] } }));
  const { deployments } = await story.deploy();
  story.pass(3);
  const arns = async (desiredStatus: string) => {
    const list = { cluster: 'prod', serviceName: 'web', desiredStatus };
    return (await story.ecs('ListTasks', list)).json.taskArns as string[];
  };
  const see = async (): Promise<Seen> => {
    const tasks = [...(await arns('RUNNING')), ...(await arns('STOPPED'))];
    const { json } = await story.ecs('DescribeTasks', { cluster: 'prod', tasks });
    const all = json.tasks as Seen[];
    const own = all.filter(({ startedBy }) => startedBy === deployments[0]?.id);
    return own.sort((one, other) => Number(one.createdAt) - Number(other.createdAt))[0] as Seen;
  };
  return { story, see };
}

const timesOf = (task: Seen) => moments.filter((moment) => task[moment] !== undefined);

describe('the times of a task', () => {
  it('come one after the other', async () => {
    const { story, see } = await deployed({ outcome: 'healthy' });
    expect(timesOf(await see())).toEqual(['createdAt']);
    story.pass(8);
    expect(timesOf(await see())).toEqual(['createdAt', 'connectivityAt']);
    story.pass(5);
    expect(timesOf(await see())).toEqual(moments.slice(0, 3));
    story.pass(60);
    const task = await see();
    expect(timesOf(task)).toEqual(moments.slice(0, 5));
    expect(task).toMatchObject({ lastStatus: 'RUNNING', connectivity: 'CONNECTED' });
  });

  it('end with the end of its containers, its stop code and its stop', async () => {
    const { story, see } = await deployed({ outcome: 'app-exit' });
    story.pass(70);
    const task = await see();
    expect(timesOf(task)).toEqual(moments);
    const times = moments.map((moment) => Number(task[moment]));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  it('tell a task that could not pull from one that could not read its secrets', async () => {
    const pull = await deployed({ outcome: 'image-missing' });
    pull.story.pass(60);
    expect(timesOf(await pull.see())).toEqual([
      ...['createdAt', 'connectivityAt', 'pullStartedAt', 'pullStoppedAt'],
      ...['stoppingAt', 'stoppedAt'],
    ]);
    const secrets = await deployed({ outcome: 'no-route' });
    secrets.story.pass(60);
    expect(timesOf(await secrets.see())).toEqual([
      ...['createdAt', 'connectivityAt', 'stoppingAt', 'stoppedAt'],
    ]);
  });

  it('do not make a pull end that hangs', async () => {
    const { story, see } = await deployed({ outcome: 'hang' });
    story.pass(600);
    expect(timesOf(await see())).toEqual(moments.slice(0, 3));
  });
});

it('a task has its address with its network interface', async () => {
  const { story, see } = await deployed({ outcome: 'healthy' });
  const before = await see();
  expect(before.attachments[0]?.details.map(({ name }) => name)).toEqual(['subnetId']);
  expect(before.containers[0]?.networkInterfaces).toEqual([]);
  story.pass(60);
  const { attachments, containers } = await see();
  const details = Object.fromEntries(
    (attachments[0]?.details ?? []).map(({ name, value }) => [name, value]),
  );
  expect(attachments[0]?.status).toBe('ATTACHED');
  expect(details.subnetId).toBe('subnet-0a1b2c3d4e5f60001');
  expect(details.privateIPv4Address).toMatch(/^10\.0\.\d+\.\d+$/);
  expect(containers[0]?.networkInterfaces[0]?.privateIpv4Address).toBe(details.privateIPv4Address);
});
