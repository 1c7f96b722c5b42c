import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { planStart, serviceChanges, startRollout } from '../../src/rollout/start.ts';
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
    expect(planStart(busy, arn('web:7'), {})).toEqual({ kind: 'join', deploymentId: before });
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
  const client = new ECSClient({ region: 'eu-west-1' });
  const request = { cluster: calm.clusterArn, service: calm.arn, taskDefinition: arn('web:8') };
  const answer = (id: string, revision: string) => ({
    serviceArn: calm.arn,
    serviceName: 'web',
    deployments: [{ id, status: 'PRIMARY', taskDefinition: arn(revision), createdAt: new Date(5) }],
  });
  const noAnswer = Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
  beforeEach(() => ecs.reset());

  it('follows the PRIMARY of the answer', async () => {
    ecs.on(UpdateServiceCommand).resolves({ service: answer(own, 'web:8') });
    const { attempt } = await startRollout(client, calm, request);
    expect(attempt).toMatchObject({ deploymentId: own, isNew: true, createdAt: 5 });
  });

  it('knows when the answer brought no new deployment', async () => {
    ecs.on(UpdateServiceCommand).resolves({ service: answer(before, 'web:7') });
    const { attempt } = await startRollout(client, calm, request);
    expect(attempt.isNew).toBe(false);
  });

  it('finds out whether an update without an answer was carried out', async () => {
    ecs.on(UpdateServiceCommand).rejects(noAnswer);
    ecs.on(DescribeServicesCommand).resolves({ services: [answer(newer, 'web:8')] });
    const { attempt } = await startRollout(client, calm, request);
    expect(attempt).toMatchObject({ deploymentId: newer, isNew: true });
  });

  it('passes the error on when it was not', async () => {
    ecs.on(UpdateServiceCommand).rejects(noAnswer);
    ecs.on(DescribeServicesCommand).resolves({ services: [answer(before, 'web:7')] });
    await expect(startRollout(client, calm, request)).rejects.toBe(noAnswer);
  });
});
