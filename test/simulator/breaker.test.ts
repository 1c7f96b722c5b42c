import { ECSClient, StopServiceDeploymentCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { clientOptions, deployer, tell, without } from './sdk.ts';
import type { Story } from './story.ts';
import type { Timings } from './world.ts';
import type { WebOverrides } from './worlds.ts';
import { realTimings, webWorld } from './worlds.ts';

const one = (play: object) => ({ service: { desiredCount: 1, plays: [play] } }) as WebOverrides;

/** The second of each change of what `see` returns, up to a limit; one value a second. */
async function changes<T>(story: Story, limit: number, see: () => Promise<T>) {
  const seen: [number, T][] = [];
  for (let second = 0; second <= limit; second += 1) {
    const value = await see();
    if (seen.at(-1)?.[1] !== value) seen.push([second, value]);
    story.pass(1);
  }
  return seen;
}

async function failureTimes(outcome: string, timings: Partial<Timings>, limit: number) {
  const story = await tell(webWorld(one({ outcome, timings })));
  const { deployments, currentServiceDeployment: arn } = await story.deploy();
  const own = deployments[0]?.id;
  const counts: [number, string][] = await changes(story, limit, async () => {
    const service = await story.service();
    const failed = service.deployments.find(({ id }) => id === own)?.failedTasks;
    return `${failed} ${(await story.serviceDeployment(arn)).status}`;
  });
  const at = (text: string) => counts.find(([, seen]) => seen.includes(text))?.[0] ?? Number.NaN;
  return {
    failures: ['1 ', '2 ', '3 '].map(at),
    tripped: at('ROLLBACK_IN_PROGRESS'),
    rolledBack: at('ROLLBACK_SUCCESSFUL'),
    starts: story.simulator.state.tasks.filter(({ deployment }) => deployment === own).length,
  };
}

function near(wanted: number[], seen: number[]): void {
  for (const [index, second] of wanted.entries()) {
    expect(Math.abs((seen[index] ?? 0) - second), `${seen} for ${wanted}`).toBeLessThanOrEqual(2);
  }
}

describe('the timings of real accounts', () => {
  it('of an image that cannot be pulled: 2m34, 4m46, 11m00, tripped at 11m44', async () => {
    const { failures, tripped } = await failureTimes('image-missing', realTimings.imagePull, 720);
    near([154, 286, 660, 704], [...failures, tripped]);
  });

  it('of a secret that is denied: the first failure soon, the trip as late', async () => {
    const { failures, tripped } = await failureTimes('no-route', realTimings.secretDenied, 720);
    near([52, 286, 660, 704], [...failures, tripped]);
  });

  it('of an application that exits: four starts, tripped at 2m55, rolled back at 4m14', async () => {
    const seen = await failureTimes('app-exit', realTimings.appExit, 270);
    near([175, 254], [seen.tripped, seen.rolledBack]);
    expect(seen.starts).toBe(4);
  });
});

describe('StopServiceDeployment', () => {
  const play = { outcome: 'image-missing', timings: realTimings.imagePull };

  async function stop(overrides: WebOverrides, afterSeconds: number) {
    const story = await tell(webWorld(overrides));
    const old = (await story.service()).deployments[0]?.id;
    const { currentServiceDeployment: arn } = await story.deploy();
    story.pass(afterSeconds);
    const ecs = new ECSClient(clientOptions(story.simulator));
    const ask = () =>
      ecs.send(
        new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }),
      );
    return { story, arn, old, ask };
  }

  it('goes back to the old deployment without a new task, in about a minute', async () => {
    const { story, arn, old, ask } = await stop(one({ outcome: 'image-missing' }), 25);
    expect(await ask()).toMatchObject({ serviceDeploymentArn: arn });
    const tasks = story.simulator.state.tasks.length;
    const states = await changes(
      story,
      90,
      async () => (await story.serviceDeployment(arn)).status,
    );
    expect(states.map(([, status]) => status)).toEqual([
      'ROLLBACK_REQUESTED',
      'ROLLBACK_IN_PROGRESS',
      'ROLLBACK_SUCCESSFUL',
    ]);
    expect(states[2]?.[0]).toBeGreaterThan(45);
    expect(states[2]?.[0]).toBeLessThan(80);
    expect(story.simulator.state.tasks).toHaveLength(tasks);
    expect(await story.serviceDeployment(arn)).toMatchObject({
      statusReason: 'Service deployment rolled back by user.',
      rollback: { reason: 'Service deployment rolled back by user.' },
    });
    expect(await story.service()).toMatchObject({
      deployments: [{ id: old, status: 'PRIMARY', rolloutState: 'COMPLETED' }],
    });
  });

  it('ends a failing deployment far sooner than the breaker', async () => {
    const { story, arn, ask } = await stop(one(play), 140);
    await ask();
    story.pass(110);
    expect((await story.serviceDeployment(arn)).status).toBe('ROLLBACK_SUCCESSFUL');
  });

  it('works without a breaker, and on a deployment that is still pending', async () => {
    const off = { deploymentCircuitBreaker: { enable: false, rollback: false } };
    const { story, arn, old, ask } = await stop(
      { service: { deploymentConfiguration: off, plays: [{ outcome: 'hang' }] } },
      0,
    );
    expect((await story.serviceDeployment(arn)).status).toBe('PENDING');
    await ask();
    await ask();
    story.pass(120);
    expect((await story.serviceDeployment(arn)).status).toBe('ROLLBACK_SUCCESSFUL');
    expect((await story.service()).deployments.map(({ id }) => id)).toEqual([old]);
  });

  it('has nowhere to go back to when nothing ever completed', async () => {
    const baseline = { rollout: 'FAILED' } as const;
    const { story, arn, ask } = await stop(
      { service: { baseline, plays: [{ outcome: 'hang' }] } },
      20,
    );
    await ask();
    const states = await changes(
      story,
      10,
      async () => (await story.serviceDeployment(arn)).status,
    );
    expect(states.map(([, status]) => status)).toEqual([
      'ROLLBACK_REQUESTED',
      'ROLLBACK_IN_PROGRESS',
      'ROLLBACK_FAILED',
    ]);
    expect(await story.serviceDeployment(arn)).toMatchObject({
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
  });

  it('lets one that is being superseded go on stopping', async () => {
    const { story, arn, ask } = await stop({ service: { plays: [{ outcome: 'hang' }] } }, 20);
    story.simulator.intervene({ do: 'supersede' });
    await ask();
    expect((await story.serviceDeployment(arn)).status).toBe('STOP_REQUESTED');
    story.pass(1);
    expect((await story.serviceDeployment(arn)).status).toBe('STOPPED');
  });

  it('refuses what has ended, what does not exist and who may not', async () => {
    const { story, ask } = await stop({}, 200);
    await expect(ask()).rejects.toMatchObject({ name: 'ConflictException' });
    const ecs = new ECSClient(clientOptions(story.simulator));
    const nothing = 'arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/NCWGC2ZR';
    await expect(
      ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: nothing })),
    ).rejects.toMatchObject({ name: 'ServiceDeploymentNotFoundException' });
    const denied = await stop({ world: { callers: without('ecs:StopServiceDeployment') } }, 20);
    await expect(denied.ask()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${deployer} is not authorized to perform: ecs:StopServiceDeployment on resource: ${denied.arn} because no identity-based policy allows the ecs:StopServiceDeployment action`,
    });
  });
});

describe('many stopped tasks', () => {
  it('of before are listed a hundred at a time, and described so too', async () => {
    const story = await tell(webWorld({ service: { stoppedTasks: { count: 1000 } } }));
    const list = { cluster: 'prod', serviceName: 'web', desiredStatus: 'STOPPED' };
    const arns: string[] = [];
    let nextToken: unknown;
    do {
      const { json } = await story.ecs('ListTasks', {
        ...list,
        ...(nextToken ? { nextToken } : {}),
      });
      const page = json.taskArns as string[];
      expect(page.length).toBeLessThanOrEqual(100);
      arns.push(...page);
      nextToken = json.nextToken;
    } while (nextToken !== undefined);
    expect(new Set(arns).size).toBe(1000);
    const tooMany = await story.ecs('DescribeTasks', {
      cluster: 'prod',
      tasks: arns.slice(0, 101),
    });
    expect(tooMany.json.__type).toBe('InvalidParameterException');
    const { json } = await story.ecs('DescribeTasks', {
      cluster: 'prod',
      tasks: arns.slice(0, 100),
    });
    const service = await story.service();
    const tasks = json.tasks as { stoppedReason: string; startedBy: string }[];
    expect(tasks).toHaveLength(100);
    for (const { stoppedReason, startedBy } of tasks) {
      expect(stoppedReason).toBe(`Scaling activity initiated by (deployment ${startedBy})`);
      expect(startedBy).not.toBe(service.deployments[0]?.id);
    }
  });

  it('of before may have failed in any way', async () => {
    const stoppedTasks = {
      count: 2,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 9 }],
    };
    const story = await tell(webWorld({ service: { stoppedTasks } }));
    expect((await story.stoppedTasks())[1]).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ name: 'app', exitCode: 9 }],
    });
  });

  it('of the deployment itself come from a large one', async () => {
    const story = await tell(
      webWorld({ service: { desiredCount: 1000, plays: [{ outcome: 'image-missing' }] } }),
    );
    const { currentServiceDeployment: arn } = await story.deploy();
    story.pass(45);
    const { deploymentCircuitBreaker } = await story.serviceDeployment(arn);
    expect(deploymentCircuitBreaker).toMatchObject({ failureCount: 1000, threshold: 200 });
    expect((await story.service()).events.length).toBeLessThanOrEqual(100);
  });
});
