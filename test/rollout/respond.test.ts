import { ECSClient, StopServiceDeploymentCommand } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type OnFailure, respond } from '../../src/rollout/respond.ts';
import type { Attempt, Service, ServiceDeployment } from '../../src/rollout/types.ts';
import { attempt, serviceDeployment, stateAfter } from '../support/rollout.ts';

const ecs = mockClient(ECSClient);
beforeEach(() => void ecs.reset());

const awsError = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error('no'), { name, $metadata: { httpStatusCode } });

function answer(
  onFailure: OnFailure,
  {
    of = {},
    seen = {},
    record = {},
  }: { of?: Partial<Attempt>; seen?: Partial<Service>; record?: Partial<ServiceDeployment> | null },
) {
  const poll = { seconds: 40, service: seen, ...(record === null ? {} : { record }) };
  const state = stateAfter([poll], attempt(of));
  return respond(new ECSClient({ region: 'eu-west-1' }), state, onFailure);
}

const stops = () => ecs.commandCalls(StopServiceDeploymentCommand).map(({ args }) => args[0].input);
const withoutBreaker = { breaker: { enable: false, rollback: false } };

describe('on-failure: rollback', () => {
  it('asks ECS to roll its own ServiceDeployment back', async () => {
    ecs.on(StopServiceDeploymentCommand).resolves({});
    expect(await answer('rollback', {})).toEqual({ kind: 'rollback-asked' });
    expect(stops()).toEqual([
      { serviceDeploymentArn: serviceDeployment().arn, stopType: 'ROLLBACK' },
    ]);
  });

  it('takes the ServiceDeployment that the service names, unless it is the one from before', async () => {
    ecs.on(StopServiceDeploymentCommand).resolves({});
    const seen = { serviceDeploymentArn: 'arn:new' };
    await answer('rollback', { record: null, seen, of: { knownServiceDeployment: 'arn:old' } });
    expect(stops()[0]?.serviceDeploymentArn).toBe('arn:new');
    const stale = await answer('rollback', {
      record: null,
      seen,
      of: { knownServiceDeployment: 'arn:new' },
    });
    expect(stale).toMatchObject({ kind: 'breaker-awaited' });
    expect(stops()).toHaveLength(1);
  });

  it('leaves it where no earlier deployment had completed', async () => {
    const response = await answer('rollback', { of: { canRollBack: false } });
    expect(response).toMatchObject({ kind: 'left', why: expect.stringContaining('No earlier') });
    expect(stops()).toEqual([]);
  });

  it('waits for the circuit breaker where it may not ask, and names the permission', async () => {
    ecs.on(StopServiceDeploymentCommand).rejects(awsError('AccessDeniedException'));
    expect(await answer('rollback', {})).toEqual({
      kind: 'breaker-awaited',
      why: 'ECS could not be asked to roll back (needs ecs:StopServiceDeployment: AccessDeniedException: no).',
    });
  });

  it.each(['AccessDeniedException', 'UnsupportedFeatureException', 'InvalidParameterException'])(
    'ends the step where ECS refuses with %s and nothing else would end the rollout',
    async (name) => {
      ecs.on(StopServiceDeploymentCommand).rejects(awsError(name));
      const response = await answer('rollback', { seen: withoutBreaker });
      expect(response).toMatchObject({ kind: 'left', why: expect.stringContaining(name) });
    },
  );

  it.each([
    ['throttled', awsError('ThrottlingException')],
    ['a fault of AWS', awsError('ServerException', 500)],
    ['another change under way', awsError('ConflictException')],
    ['a record that is not known everywhere yet', awsError('ServiceDeploymentNotFoundException')],
  ])('asks again with the next poll after %s', async (_, error) => {
    ecs.on(StopServiceDeploymentCommand).rejects(error);
    expect(await answer('rollback', {})).toBeUndefined();
  });

  it('does not ask again for a record that cannot be read either', async () => {
    ecs.on(StopServiceDeploymentCommand).rejects(awsError('ServiceDeploymentNotFoundException'));
    const seen = { serviceDeploymentArn: 'arn:new' };
    expect(await answer('rollback', { record: null, seen })).toMatchObject({
      kind: 'breaker-awaited',
    });
  });

  it('stops nothing while it follows a deployment that had ended before', async () => {
    expect(await answer('rollback', { of: { origin: 'standing' } })).toBeUndefined();
    expect(stops()).toEqual([]);
  });
});

it('on-failure: report leaves the rollout to ECS at once', async () => {
  expect(await answer('report', {})).toEqual({ kind: 'left', why: undefined });
  expect(stops()).toEqual([]);
});

it('on-failure: wait does nothing', async () => {
  expect(await answer('wait', {})).toBeUndefined();
  expect(stops()).toEqual([]);
});
