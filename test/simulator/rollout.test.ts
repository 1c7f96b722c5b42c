import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceSeen } from './story.ts';
import { Story } from './story.ts';
import type { WebOverrides } from './worlds.ts';
import { webWorld } from './worlds.ts';

const stories: Story[] = [];

afterEach(async () => {
  for (const story of stories.splice(0)) await story.simulator.close();
});

async function begin(overrides: WebOverrides = {}): Promise<Story> {
  const story = await Story.of(webWorld(overrides));
  stories.push(story);
  return story;
}

const breaker = (rollback: boolean, enable = true) => ({
  deploymentCircuitBreaker: { enable, rollback },
});

function states({ deployments }: ServiceSeen): string[] {
  return deployments.map(({ status, rolloutState }) => `${status} ${rolloutState}`);
}

describe('a rollout that succeeds', () => {
  it('answers the update with the new deployment as the primary one', async () => {
    const story = await begin();
    const before = await story.service();
    const { deployments, taskDefinition } = await story.deploy();
    expect(deployments[0]).toMatchObject({
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      rolloutStateReason: `ECS deployment ${deployments[0]?.id} in progress.`,
    });
    expect(deployments[0]?.id).toMatch(/^ecs-svc\/\d{19}$/);
    expect(deployments[1]).toMatchObject({ status: 'ACTIVE', id: before.deployments[0]?.id });
    expect(taskDefinition).toMatch(/:task-definition\/web:8$/);
  });

  it('replaces the tasks and completes after about a minute and a half', async () => {
    const story = await begin();
    const { currentServiceDeployment: arn } = await story.deploy();
    expect(arn).toMatch(/:service-deployment\/prod\/web\/[\w-]{21}$/);
    expect(await story.serviceDeployment(arn)).toMatchObject({ status: 'PENDING' });
    story.pass(40);
    expect(await story.serviceDeployment(arn)).toMatchObject({
      status: 'IN_PROGRESS',
      lifecycleStage: 'SCALE_UP',
      deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 0, threshold: 3 },
    });
    expect((await story.service()).runningCount).toBe(4);
    story.pass(55);
    const service = await story.service();
    expect(states(service)).toEqual(['PRIMARY COMPLETED']);
    const id = service.deployments[0]?.id;
    expect(service.deployments[0]?.rolloutStateReason).toBe(`ECS deployment ${id} completed.`);
    expect(await story.serviceDeployment(arn)).toMatchObject({
      status: 'SUCCESSFUL',
      deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE' },
    });
    expect((await story.told()).slice(-2)).toEqual([
      `(deployment ${id}) deployment completed.`,
      'has reached a steady state.',
    ]);
  });

  it('never runs fewer tasks than the minimum nor more than the maximum', async () => {
    const story = await begin({
      service: {
        desiredCount: 4,
        deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 },
      },
    });
    await story.deploy();
    for (let waited = 0; waited < 300; waited += 5) {
      const running = story.simulator.state.tasks.filter(
        (task) => task.desiredStatus === 'RUNNING',
      );
      expect(running.length).toBeLessThanOrEqual(4);
      expect(running.filter((task) => task.healthy).length).toBeGreaterThanOrEqual(2);
      story.pass(5);
    }
    expect(states(await story.service())).toEqual(['PRIMARY COMPLETED']);
  });

  it('says so when the percentages leave no room to move', async () => {
    const story = await begin({
      service: { desiredCount: 1, deploymentConfiguration: { maximumPercent: 100 } },
    });
    await story.deploy();
    story.pass(600);
    expect(states(await story.service())).toEqual(['PRIMARY IN_PROGRESS', 'ACTIVE COMPLETED']);
    expect(await story.told()).toContainEqual(
      expect.stringContaining('because of the service deployment configuration'),
    );
  });

  it('completes without any task when nothing is desired', async () => {
    const story = await begin({ service: { desiredCount: 0 } });
    await story.deploy();
    expect(states(await story.service())).toEqual(['PRIMARY IN_PROGRESS', 'ACTIVE COMPLETED']);
    story.pass(15);
    expect(states(await story.service())).toEqual(['PRIMARY COMPLETED']);
  });

  it('scales without a deployment when only the desired count changes', async () => {
    const story = await begin();
    const [before] = (await story.service()).deployments;
    const after = await story.update({ desiredCount: 3 });
    expect(after.deployments.map(({ id }) => id)).toEqual([before?.id]);
    story.pass(60);
    expect(await story.service()).toMatchObject({ desiredCount: 3, runningCount: 3 });
  });

  it('starts no deployment when nothing changes, unless it is forced', async () => {
    const story = await begin();
    const same = await story.update({ taskDefinition: 'web:7', deploymentConfiguration: {} });
    expect(same.deployments).toHaveLength(1);
    const forced = await story.update({ forceNewDeployment: true });
    expect(forced.deployments).toHaveLength(2);
  });
});

describe('a rollout that fails', () => {
  it('is rolled back to the old deployment by its own id', async () => {
    const story = await begin({ service: { plays: [{ outcome: 'app-exit' }] } });
    const old = (await story.service()).deployments[0]?.id;
    const { deployments, currentServiceDeployment: arn } = await story.deploy();
    const own = deployments[0]?.id;
    story.pass(138);
    const during = await story.service();
    expect(during.deployments).toMatchObject([
      {
        id: old,
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${old}.`,
      },
      {
        id: own,
        status: 'ACTIVE',
        rolloutState: 'FAILED',
        rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      },
    ]);
    expect(during.taskDefinition).toMatch(/web:7$/);
    expect(await story.serviceDeployment(arn)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 4, threshold: 3 },
    });
    story.pass(60);
    const after = await story.service();
    expect(after.deployments.map(({ id }) => id)).toEqual([old]);
    expect(after.deployments[0]?.rolloutStateReason).toBe(`ECS deployment ${old} completed.`);
    expect(await story.serviceDeployment(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason:
        'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    });
    const failed = after.events.find(({ message }) => message.includes('deployment failed'));
    const back = after.events.find(({ message }) => message.includes('rolling back'));
    expect(failed?.message).toBe(
      `(service web) (deployment ${own}) deployment failed: tasks failed to start.`,
    );
    expect(back?.message).toBe(`(service web) rolling back to deployment ${old}.`);
    expect((back?.createdAt ?? 0) - (failed?.createdAt ?? 0)).toBeCloseTo(0.001, 5);
    const [task] = await story.stoppedTasks();
    expect(task).toMatchObject({
      startedBy: own,
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode: 1 }],
    });
  });

  it('stays the primary one without rollback, and the old tasks go on', async () => {
    const story = await begin({
      service: {
        plays: [{ outcome: 'image-missing' }],
        deploymentConfiguration: breaker(false),
      },
    });
    const { currentServiceDeployment: arn } = await story.deploy();
    story.pass(300);
    const service = await story.service();
    expect(states(service)).toEqual(['PRIMARY FAILED', 'ACTIVE COMPLETED']);
    expect(service.runningCount).toBe(2);
    const ended = await story.serviceDeployment(arn);
    expect(ended.status).toBe('STOPPED');
    expect(ended).not.toHaveProperty('statusReason');
  });

  it('has nowhere to go back to when nothing ever completed', async () => {
    const story = await begin({
      service: { baseline: { rollout: 'FAILED' }, plays: [{ outcome: 'app-exit' }] },
    });
    const { currentServiceDeployment: arn } = await story.deploy();
    story.pass(300);
    expect(states(await story.service())).toEqual(['PRIMARY FAILED']);
    expect(await story.serviceDeployment(arn)).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
  });

  it('is tried for ever without a breaker, more and more slowly', async () => {
    const story = await begin({
      service: {
        plays: [{ outcome: 'image-missing' }],
        deploymentConfiguration: breaker(false, false),
      },
    });
    await story.deploy();
    story.pass(3 * 3600);
    const service = await story.service();
    expect(states(service)).toEqual(['PRIMARY IN_PROGRESS', 'ACTIVE COMPLETED']);
    const failed = service.deployments[0]?.failedTasks ?? 0;
    expect(failed).toBeGreaterThan(15);
    expect(failed).toBeLessThan(60);
    expect(await story.told()).toContain(
      'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.',
    );
  });

  it('rolls back a forced redeploy of the same revision', async () => {
    const story = await begin({ service: { plays: [{ outcome: 'unhealthy' }] } });
    const old = (await story.service()).deployments[0]?.id;
    const forced = await story.update({ forceNewDeployment: true });
    const [own, other] = forced.deployments;
    expect(own?.taskDefinition).toBe(other?.taskDefinition);
    story.pass(400);
    expect((await story.service()).deployments.map(({ id }) => id)).toEqual([old]);
    const tasks = (await story.stoppedTasks()).filter(({ startedBy }) => startedBy === own?.id);
    expect(tasks).toContainEqual(
      expect.objectContaining({
        stopCode: 'ServiceSchedulerInitiated',
        stoppedReason: expect.stringContaining('Task failed ELB health checks in (target-group '),
      }),
    );
    expect(await story.told()).toContainEqual(
      expect.stringMatching(
        /^\(task \w+\) \(port 8080\) is unhealthy in \(target-group \S+\) due to \(reason Health checks failed with these codes: \[503\]\)\.$/,
      ),
    );
  });

  it('forgets its failures at one healthy task', async () => {
    const story = await begin({ service: { plays: [{ outcome: 'app-exit', onlyFirst: 2 }] } });
    await story.deploy();
    story.pass(75);
    expect((await story.service()).deployments[0]?.failedTasks).toBe(2);
    story.pass(60);
    expect((await story.service()).deployments[0]?.failedTasks).toBe(0);
    story.pass(60);
    expect(states(await story.service())).toEqual(['PRIMARY COMPLETED']);
  });

  it('rolls back at an alarm', async () => {
    const alarms = { alarmNames: ['web-5xx'], enable: true, rollback: true };
    const story = await begin({
      service: {
        plays: [{ outcome: 'alarm' }],
        deploymentConfiguration: { ...breaker(true), alarms },
      },
    });
    const { deployments, currentServiceDeployment: arn } = await story.deploy();
    story.pass(200);
    expect(await story.serviceDeployment(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because of one or more active alarms.',
      alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['web-5xx'] },
    });
    expect(await story.told()).toContain(
      `(deployment ${deployments[0]?.id}) deployment failed: alarm detected.`,
    );
  });

  it('hangs as long as its tasks hang', async () => {
    const story = await begin({ service: { plays: [{ outcome: 'hang' }] } });
    await story.deploy();
    story.pass(3600);
    const service = await story.service();
    expect(service.deployments[0]).toMatchObject({
      rolloutState: 'IN_PROGRESS',
      pendingCount: 2,
      runningCount: 0,
      failedTasks: 0,
    });
    expect(service.runningCount).toBe(2);
  });

  it('ends in the words that the play says', async () => {
    const fail = {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [
        {
          name: 'app',
          exitCode: 137,
          reason: 'OutOfMemoryError: Container killed due to memory usage',
        },
      ],
      afterSeconds: 33,
    };
    const story = await begin({ service: { plays: [{ outcome: 'fail', fail }] } });
    await story.deploy();
    story.pass(50);
    const [task] = await story.stoppedTasks();
    expect(task).toMatchObject({ stopCode: fail.stopCode, containers: fail.containers });
    expect(task?.startedAt).toBeDefined();
  });

  it('takes its threshold from the service', async () => {
    for (const [desiredCount, threshold] of [
      [1, 3],
      [25, 13],
      [400, 200],
      [800, 200],
    ] as const) {
      const story = await begin({ service: { desiredCount } });
      const { currentServiceDeployment: arn } = await story.deploy();
      const { deploymentCircuitBreaker } = await story.serviceDeployment(arn);
      expect(deploymentCircuitBreaker.threshold).toBe(threshold);
    }
  });
});

describe('others at work', () => {
  it('a newer deployment supersedes this one', async () => {
    const story = await begin({
      service: { plays: [{ outcome: 'hang' }] },
      world: { interventions: [{ atSeconds: 20, do: 'supersede' }] },
    });
    const { deployments, currentServiceDeployment: arn } = await story.deploy();
    const own = deployments[0]?.id;
    story.pass(20);
    expect(await story.serviceDeployment(arn)).toMatchObject({ status: 'STOP_REQUESTED' });
    const during = await story.service();
    expect(during.deployments[0]?.id).not.toBe(own);
    expect(during.deployments.find(({ id }) => id === own)?.status).toBe('ACTIVE');
    story.pass(1);
    const stopped = await story.serviceDeployment(arn);
    expect(stopped.status).toBe('STOPPED');
    expect(stopped).not.toHaveProperty('statusReason');
    const { json } = await story.ecs('ListServiceDeployments', { cluster: 'prod', service: 'web' });
    const [newest] = json.serviceDeployments as { createdAt: number }[];
    expect((stopped.finishedAt ?? 0) - (newest?.createdAt ?? 0)).toBeCloseTo(0.3, 3);
    story.pass(120);
    const after = await story.service();
    expect(states(after)).toEqual(['PRIMARY COMPLETED']);
    expect(after.deployments[0]?.id).not.toBe(own);
  });

  it('a failure after a superseded deployment goes back to the last one that completed', async () => {
    const story = await begin({
      service: { plays: [{ outcome: 'healthy' }, { outcome: 'app-exit' }] },
    });
    const old = (await story.service()).deployments[0]?.id;
    await story.deploy();
    story.pass(60);
    const { currentServiceDeployment: arn } = await story.deploy();
    expect(states(await story.service())).toEqual([
      'PRIMARY IN_PROGRESS',
      'ACTIVE IN_PROGRESS',
      'ACTIVE COMPLETED',
    ]);
    story.pass(300);
    const after = await story.service();
    expect(after.deployments.map(({ id }) => id)).toEqual([old]);
    expect(after).toMatchObject({ runningCount: 2 });
    expect((await story.serviceDeployment(arn)).status).toBe('ROLLBACK_SUCCESSFUL');
  });

  it('an update during a rollback ends the rollback, and has nowhere to go back to', async () => {
    const story = await begin({
      service: { plays: [{ outcome: 'app-exit' }, { outcome: 'app-exit' }] },
    });
    const first = await story.deploy();
    story.pass(138);
    const second = await story.deploy();
    const ended = await story.serviceDeployment(first.currentServiceDeployment);
    expect(ended.status).toBe('ROLLBACK_FAILED');
    story.pass(300);
    expect(await story.serviceDeployment(second.currentServiceDeployment)).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
    expect((await story.service()).runningCount).toBe(2);
  });

  it('a service may still be in its very first rollout', async () => {
    const play = { outcome: 'hang' } as const;
    const story = await begin({ service: { baseline: { rollout: 'IN_PROGRESS', play } } });
    expect(states(await story.service())).toEqual(['PRIMARY IN_PROGRESS']);
    story.pass(30);
    await story.deploy();
    story.pass(120);
    expect(states(await story.service())).toEqual(['PRIMARY COMPLETED']);
  });

  it('a user stops the deployment, and it rolls back', async () => {
    const story = await begin();
    const old = (await story.service()).deployments[0]?.id;
    const { currentServiceDeployment: arn } = await story.deploy();
    story.pass(20);
    const answer = await story.ecs('StopServiceDeployment', { serviceDeploymentArn: arn });
    expect(answer.json).toEqual({ serviceDeploymentArn: arn });
    expect(await story.serviceDeployment(arn)).toMatchObject({ status: 'ROLLBACK_REQUESTED' });
    story.pass(5);
    expect(await story.serviceDeployment(arn)).toMatchObject({ status: 'ROLLBACK_IN_PROGRESS' });
    story.pass(90);
    expect(await story.serviceDeployment(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back by user.',
    });
    expect((await story.service()).deployments.map(({ id }) => id)).toEqual([old]);
    const again = await story.ecs('StopServiceDeployment', { serviceDeploymentArn: arn });
    expect(again.json.__type).toBe('ConflictException');
  });

  it('the service is deleted: it drains, is inactive, and is gone', async () => {
    const story = await begin({
      world: { interventions: [{ atSeconds: 10, do: 'delete-service' }] },
    });
    await story.deploy();
    story.pass(11);
    expect((await story.service()).status).toBe('DRAINING');
    story.pass(60);
    expect(await story.service()).toMatchObject({ status: 'INACTIVE', runningCount: 0 });
    const refused = await story.ecs('UpdateService', { cluster: 'prod', service: 'web' });
    expect(refused.json).toEqual({
      __type: 'ServiceNotActiveException',
      message: 'Service was not ACTIVE.',
    });
    story.pass(3600);
    const gone = await story.ecs('DescribeServices', { cluster: 'prod', services: ['web'] });
    expect(gone.json).toEqual({
      services: [],
      failures: [{ arn: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/web', reason: 'MISSING' }],
    });
  });

  it('the service is described as it was, for a while, where reads are late', async () => {
    const story = await begin({ world: { eventuallyConsistentSeconds: 5 } });
    const answered = await story.deploy();
    expect(answered.deployments).toHaveLength(2);
    expect((await story.service()).deployments).toHaveLength(1);
    story.pass(6);
    expect((await story.service()).deployments).toHaveLength(2);
  });
});
