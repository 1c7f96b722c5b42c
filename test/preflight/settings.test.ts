import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { beforeEach, describe, expect, it } from 'vitest';
import { circuitBreaker } from '../../src/preflight/checks/circuit-breaker.ts';
import { logGroups } from '../../src/preflight/checks/log-group.ts';
import { service as serviceCheck } from '../../src/preflight/checks/service.ts';
import { targetGroups } from '../../src/preflight/checks/target-group.ts';
import { hasBreaker, type ServiceChanges } from '../../src/rollout/start.ts';
import { service } from '../support/rollout.ts';
import {
  awsError,
  definition,
  denied,
  findings,
  healthyAccount,
  mocks,
  REGION,
  reasons,
  runInSilence,
  silent,
  subjectOf,
  targetGroupArn,
  throttled,
  told,
  unsupported,
} from './support.ts';

beforeEach(healthyAccount);

it('a service that was looked up is active and deployed by ECS', async () => {
  expect(told(await serviceCheck.run(subjectOf()))).toEqual([
    'passed: service web of cluster prod is active, deployed by ECS',
  ]);
});

describe('the circuit breaker', () => {
  const on = { enable: true, rollback: true };
  const stops = { enable: true, rollback: false };
  const off = { enable: false, rollback: false };
  const alarms = { enable: true, rollback: true, alarmNames: ['errors'] };

  it.each<[string, Parameters<typeof service>[0], ServiceChanges, string]>([
    ['on', { breaker: on }, {}, 'passed: circuit breaker is on with rollback'],
    ['off', { breaker: off }, {}, 'advice: circuit breaker is off'],
    ['without rollback', { breaker: stops }, {}, 'advice: circuit breaker does not roll back'],
    [
      'without rollback, as this step asks for',
      { breaker: off },
      { deploymentConfiguration: { deploymentCircuitBreaker: stops } },
      'passed: circuit breaker is on, without rollback as asked',
    ],
    [
      'off, with alarms',
      { breaker: off, alarmRollback: true },
      {},
      'advice: circuit breaker is off',
    ],
    [
      'switched on by this step',
      { breaker: off },
      { deploymentConfiguration: { deploymentCircuitBreaker: on } },
      'passed: circuit breaker is on with rollback',
    ],
    [
      'switched off by this step',
      { breaker: on },
      { deploymentConfiguration: { deploymentCircuitBreaker: off } },
      'advice: circuit breaker is off',
    ],
    [
      'on, and other settings changed',
      { breaker: on },
      { deploymentConfiguration: { maximumPercent: 150 } },
      'passed: circuit breaker is on with rollback',
    ],
  ])('%s', async (_, overrides, changes, line) => {
    const of = service(overrides);
    const subject = subjectOf({ service: of, changes, hasBreaker: hasBreaker(of, changes) });
    expect(told(await circuitBreaker.run(subject))).toEqual([line]);
  });

  it('off is told with what happens then and how to switch it on', async () => {
    const of = service({ breaker: off });
    const subject = subjectOf({ service: of, hasBreaker: false });
    expect(findings(await circuitBreaker.run(subject))).toMatchObject([
      {
        class: 'bad-service-settings',
        summary: expect.stringContaining('a bad deployment never ends'),
        fix: expect.stringContaining('`circuit-breaker: rollback`'),
      },
    ]);
  });

  it('off with alarms that this step sets is told with what they do not see', async () => {
    const of = service({ breaker: off });
    const changes = { deploymentConfiguration: { alarms } };
    const subject = subjectOf({ service: of, changes, hasBreaker: false });
    expect(findings(await circuitBreaker.run(subject))[0]?.summary).toContain('only an alarm');
  });
});

describe('log groups', () => {
  const listing = (...names: string[]) =>
    mocks.logs
      .on(DescribeLogGroupsCommand)
      .resolves({ logGroups: names.map((logGroupName) => ({ logGroupName })) });
  const logging = (options: Record<string, string>) =>
    subjectOf({
      definition: definition({}, { logConfiguration: { logDriver: 'awslogs', options } }),
    });

  it('that exist pass', async () => {
    expect(told(await logGroups.run(subjectOf()))).toEqual(['passed: log group /ecs/web exists']);
  });

  it('that are missing fail, also where longer names exist', async () => {
    listing('/ecs/web-2', '/ecs/web/worker');
    expect(findings(await logGroups.run(subjectOf()))).toMatchObject([
      { mark: 'fails', class: 'log-group-missing', resource: '/ecs/web' },
    ]);
  });

  it('that are missing pass where the log driver makes them', async () => {
    listing();
    const subject = logging({ 'awslogs-group': '/ecs/web', 'awslogs-create-group': 'true' });
    expect(told(await logGroups.run(subject))).toEqual([
      'passed: log group /ecs/web will be created',
    ]);
  });

  it('are looked for in their own Region, on all pages', async () => {
    mocks.logs
      .on(DescribeLogGroupsCommand)
      .resolvesOnce({ logGroups: [{ logGroupName: '/ecs/web-2' }], nextToken: 'two' })
      .resolvesOnce({ logGroups: [{ logGroupName: '/ecs/web' }] });
    const subject = logging({ 'awslogs-group': '/ecs/web', 'awslogs-region': 'us-east-1' });
    expect(told(await logGroups.run(subject))).toEqual(['passed: log group /ecs/web exists']);
    expect(subject.regions).toContain('us-east-1');
    const [first, second] = mocks.logs.commandCalls(DescribeLogGroupsCommand);
    expect(first?.args[0].input).toEqual({ logGroupNamePrefix: '/ecs/web' });
    expect(second?.args[0].input.nextToken).toBe('two');
  });

  it('are not checked where the pages come to no end', async () => {
    mocks.logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [], nextToken: 'more' });
    expect(reasons(await logGroups.run(subjectOf()))).toEqual([
      'logs:DescribeLogGroups comes to no end',
    ]);
  });

  it.each(['splunk', 'awsfirelens'] as const)(
    'of the driver %s are no matter',
    async (logDriver) => {
      const subject = subjectOf({
        definition: definition({}, { logConfiguration: { logDriver } }),
      });
      expect(await logGroups.run(subject)).toEqual([]);
    },
  );

  it.each([
    ['denied', denied(), 'needs `logs:DescribeLogGroups`'],
    ['unsupported', unsupported(), 'there is no logs:DescribeLogGroups here'],
    ['throttled', throttled(), 'AWS throttles logs:DescribeLogGroups'],
  ])('are not checked when %s', async (_, error, why) => {
    mocks.logs.on(DescribeLogGroupsCommand).rejects(error);
    expect(reasons(await logGroups.run(subjectOf()))).toEqual([why]);
  });

  it('are not checked when nothing answers', async () => {
    mocks.logs.on(DescribeLogGroupsCommand).callsFake(silent);
    expect(reasons(await runInSilence(logGroups, subjectOf()))).toEqual([
      'no answer from logs:DescribeLogGroups in time',
    ]);
  });
});

describe('target groups', () => {
  it('of type ip pass', async () => {
    expect(told(await targetGroups.run(subjectOf()))).toEqual([
      'passed: target group web is of type ip',
    ]);
  });

  it.each(['instance', 'lambda', 'alb'] as const)('of type %s fail', async (TargetType) => {
    mocks.elb.on(DescribeTargetGroupsCommand).resolves({ TargetGroups: [{ TargetType }] });
    expect(findings(await targetGroups.run(subjectOf()))).toMatchObject([
      {
        mark: 'fails',
        class: 'bad-service-settings',
        resource: targetGroupArn,
        summary: expect.stringContaining(TargetType),
      },
    ]);
  });

  it('that do not exist fail', async () => {
    mocks.elb.on(DescribeTargetGroupsCommand).rejects(awsError('TargetGroupNotFoundException'));
    expect(findings(await targetGroups.run(subjectOf()))).toMatchObject([
      { mark: 'fails', class: 'bad-service-settings', resource: targetGroupArn },
    ]);
  });

  it('are those that this step sets', async () => {
    const other = `arn:aws:elasticloadbalancing:${REGION}:123456789012:targetgroup/other/fedcba`;
    const changes = { loadBalancers: [{ targetGroupArn: other }] };
    await targetGroups.run(subjectOf({ changes }));
    const [call] = mocks.elb.commandCalls(DescribeTargetGroupsCommand);
    expect(call?.args[0].input).toEqual({ TargetGroupArns: [other] });
  });

  it.each([
    ['in another network mode', { definition: definition({ networkMode: 'bridge' }) }],
    ['of a service without a load balancer', { service: service() }],
  ])('%s are no matter', async (_, plan) => {
    expect(await targetGroups.run(subjectOf(plan))).toEqual([]);
  });

  it.each([
    ['denied', awsError('AccessDenied', 403), 'needs `elasticloadbalancing:DescribeTargetGroups`'],
    [
      'unsupported',
      awsError('InvalidAction'),
      'there is no elasticloadbalancing:DescribeTargetGroups here',
    ],
    [
      'throttled',
      awsError('Throttling'),
      'AWS throttles elasticloadbalancing:DescribeTargetGroups',
    ],
  ])('are not checked when %s', async (_, error, why) => {
    mocks.elb.on(DescribeTargetGroupsCommand).rejects(error);
    expect(reasons(await targetGroups.run(subjectOf()))).toEqual([why]);
  });

  it('are not checked when nothing answers', async () => {
    mocks.elb.on(DescribeTargetGroupsCommand).callsFake(silent);
    expect(reasons(await runInSilence(targetGroups, subjectOf()))).toHaveLength(1);
  });
});
