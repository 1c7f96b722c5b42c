import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { planStart, serviceChanges, startRollout } from '../../src/rollout/start.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { arn, before, newer, old, own, service } from '../support/rollout.ts';

const nothing = {
  serviceOverrides: {},
  desiredCount: undefined,
  forceNewDeployment: false,
  circuitBreaker: 'keep',
} as const;

/** A service that runs web:7 and nothing else. */
const calm = service({
  taskDefinition: arn('web:7'),
  deployments: [old({ status: 'PRIMARY' })],
  settings: {
    desiredCount: 2,
    enableExecuteCommand: false,
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true, resetOnHealthyTask: true },
      maximumPercent: 200,
    },
  },
});

describe('what UpdateService is sent', () => {
  const request = (changes: Parameters<typeof planStart>[2]) => {
    const start = planStart(calm, arn('web:8'), changes);
    return start.kind === 'update' ? start.request : start.kind;
  };

  it('is the revision alone when the user sets nothing else', () => {
    expect(request(serviceChanges(nothing, calm))).toEqual({
      cluster: calm.clusterArn,
      service: calm.arn,
      taskDefinition: arn('web:8'),
    });
  });

  it('holds the fields that the user set, and a count of 0 is one', () => {
    expect(
      request(
        serviceChanges(
          {
            ...nothing,
            desiredCount: 0,
            forceNewDeployment: true,
            serviceOverrides: { platformVersion: '1.4.0' },
          },
          calm,
        ),
      ),
    ).toMatchObject({ desiredCount: 0, forceNewDeployment: true, platformVersion: '1.4.0' });
  });

  it('leaves out a circuit breaker that is already as wanted', () => {
    expect(serviceChanges({ ...nothing, circuitBreaker: 'rollback' }, calm)).toEqual({});
  });

  it('turns the circuit breaker on beside other settings and keeps its thresholds', () => {
    const off = service({
      breaker: { enable: false, rollback: false },
      settings: {
        deploymentConfiguration: {
          deploymentCircuitBreaker: { enable: false, rollback: false, resetOnHealthyTask: false },
        },
      },
    });
    const inputs = {
      ...nothing,
      circuitBreaker: 'stop',
      serviceOverrides: { deploymentConfiguration: { maximumPercent: 150 } },
    } as const;
    expect(serviceChanges(inputs, off)).toEqual({
      deploymentConfiguration: {
        maximumPercent: 150,
        deploymentCircuitBreaker: { enable: true, rollback: false, resetOnHealthyTask: false },
      },
    });
  });
});

describe('a revision that the service has already', () => {
  it('is unchanged when its deployment is COMPLETED and every setting holds', () => {
    const changes = { deploymentConfiguration: { maximumPercent: 200 }, desiredCount: 2 };
    expect(planStart(calm, arn('web:7'), changes)).toEqual({ kind: 'unchanged' });
  });

  it('is updated for a setting that differs', () => {
    expect(planStart(calm, arn('web:7'), { desiredCount: 3 }).kind).toBe('update');
  });

  it('is updated when a new deployment is forced', () => {
    expect(planStart(calm, arn('web:7'), { forceNewDeployment: true }).kind).toBe('update');
  });

  it('is joined while its deployment is under way', () => {
    const busy = {
      ...calm,
      deployments: [old({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS' })],
    };
    expect(planStart(busy, arn('web:7'), {})).toMatchObject({
      kind: 'join',
      deployment: { id: before },
      origin: 'joined',
    });
  });

  it('is joined without its old record while ECS rolls back to it', () => {
    const rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${before}.`;
    const back = old({ status: 'PRIMARY', rolloutState: 'IN_PROGRESS', rolloutStateReason });
    expect(planStart({ ...calm, deployments: [back] }, arn('web:7'), {})).toMatchObject({
      kind: 'join',
      origin: 'standing',
    });
  });

  it('is forced when its deployment FAILED: anything less would start nothing', () => {
    const failed = { ...calm, deployments: [old({ status: 'PRIMARY', rolloutState: 'FAILED' })] };
    expect(planStart(failed, arn('web:7'), {})).toMatchObject({
      kind: 'update',
      request: { forceNewDeployment: true },
    });
  });

  it('is updated when only the service, not its deployment, names it', () => {
    const odd = { ...calm, taskDefinition: arn('web:8') };
    expect(planStart(odd, arn('web:8'), {}).kind).toBe('update');
  });
});

describe('starting', () => {
  const ecs = mockClient(ECSClient);
  const request = { cluster: calm.clusterArn, service: calm.arn, taskDefinition: arn('web:8') };
  const answer = (id: string, revision: string) => ({
    serviceArn: calm.arn,
    serviceName: 'web',
    deployments: [{ id, status: 'PRIMARY', taskDefinition: arn(revision), createdAt: new Date(5) }],
  });
  const noAnswer = Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
  const throttled = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
  const refused = Object.assign(new Error('no'), {
    name: 'InvalidParameterException',
    $metadata: { httpStatusCode: 400 },
  });
  const start = (changes: object = {}) =>
    startRollout(
      {
        ecs: new ECSClient({ region: 'eu-west-1' }),
        clock: fakeClock(),
        signal: new AbortController().signal,
      },
      calm,
      { ...request, ...changes },
    );
  const updates = () => ecs.commandCalls(UpdateServiceCommand).length;
  beforeEach(() => ecs.reset());

  it('follows the PRIMARY of the answer', async () => {
    ecs.on(UpdateServiceCommand).resolves({ service: answer(own, 'web:8') });
    const { attempt } = await start();
    expect(attempt).toMatchObject({ deploymentId: own, origin: 'started', createdAt: 5 });
  });

  it('waits a moment for a deployment that the answer does not show yet', async () => {
    ecs.on(UpdateServiceCommand).resolves({ service: answer(before, 'web:7') });
    ecs
      .on(DescribeServicesCommand)
      .resolvesOnce({ services: [answer(before, 'web:7')] })
      .resolves({ services: [answer(own, 'web:8')] });
    const { attempt } = await start();
    expect(attempt).toMatchObject({ deploymentId: own, origin: 'started' });
  });

  it('knows when none ever shows', async () => {
    ecs.on(UpdateServiceCommand).resolves({ service: answer(before, 'web:7') });
    ecs.on(DescribeServicesCommand).resolves({ services: [answer(before, 'web:7')] });
    expect((await start()).attempt.origin).toBe('not-started');
  });

  it('a change of settings alone leaves the deployment standing', async () => {
    ecs.on(UpdateServiceCommand).resolves({ service: answer(before, 'web:7') });
    const { attempt } = await start({ taskDefinition: arn('web:7'), desiredCount: 3 });
    expect(attempt).toMatchObject({ deploymentId: before, origin: 'standing' });
  });

  it('takes deployments that came since the look-up for older ones', async () => {
    const service = answer(own, 'web:8');
    service.deployments.push({ ...service.deployments[0], id: newer, status: 'ACTIVE' } as never);
    ecs.on(UpdateServiceCommand).resolves({ service });
    expect((await start()).attempt.knownDeploymentIds).toEqual([before, newer]);
  });

  it('does not repeat an update without an answer that was carried out all the same', async () => {
    ecs.on(UpdateServiceCommand).rejects(noAnswer);
    ecs.on(DescribeServicesCommand).resolves({ services: [answer(newer, 'web:8')] });
    const { attempt } = await start();
    expect(attempt).toMatchObject({ deploymentId: newer, origin: 'started' });
    expect(updates()).toBe(1);
  });

  it('repeats one that was not carried out, a few times', async () => {
    ecs.on(UpdateServiceCommand).rejects(noAnswer);
    ecs.on(DescribeServicesCommand).resolves({ services: [answer(before, 'web:7')] });
    await expect(start()).rejects.toBe(noAnswer);
    expect(updates()).toBe(3);
  });

  it('does not repeat one while the service cannot be seen', async () => {
    ecs.on(UpdateServiceCommand).rejects(noAnswer);
    ecs.on(DescribeServicesCommand).rejects(noAnswer);
    await expect(start()).rejects.toBe(noAnswer);
    expect(updates()).toBe(1);
  });

  it('repeats a throttled one without looking', async () => {
    ecs
      .on(UpdateServiceCommand)
      .rejectsOnce(throttled)
      .resolves({ service: answer(own, 'web:8') });
    expect((await start()).attempt.deploymentId).toBe(own);
    expect(ecs.commandCalls(DescribeServicesCommand)).toHaveLength(0);
  });

  it('passes a refusal on at once', async () => {
    ecs.on(UpdateServiceCommand).rejects(refused);
    await expect(start()).rejects.toBe(refused);
    expect(updates()).toBe(1);
  });
});
