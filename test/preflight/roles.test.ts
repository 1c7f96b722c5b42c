import { GetRoleCommand } from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import { roles } from '../../src/preflight/checks/roles.ts';
import { judgeTrust } from '../../src/preflight/trust-policy.ts';
import {
  ACCOUNT,
  awsError,
  definition,
  denied,
  ecsTasksTrust,
  findings,
  healthyAccount,
  mocks,
  OTHER_ACCOUNT,
  place,
  REGION,
  reasons,
  roleArn,
  runInSilence,
  silent,
  subjectOf,
  throttled,
  told,
  trustPolicy,
  unsupported,
} from './support.ts';

beforeEach(healthyAccount);

const allow = (part: object) => ({ ...ecsTasksTrust, ...part });
const deny = (part: object = {}) => allow({ Effect: 'Deny', ...part });
const encode = (policy: unknown) => encodeURIComponent(JSON.stringify(policy));
const withCondition = (Condition: object) => allow({ Condition });

describe('a trust policy', () => {
  it.each<[string, unknown, string]>([
    ['the service', [ecsTasksTrust], 'trusted'],
    ['a single statement that is no list', ecsTasksTrust, 'trusted'],
    [
      'the service among others',
      [allow({ Principal: { Service: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'] } })],
      'trusted',
    ],
    [
      'the service in a later statement',
      [allow({ Principal: { AWS: 'x' } }), ecsTasksTrust],
      'trusted',
    ],
    ['everyone', [allow({ Principal: '*' })], 'trusted'],
    ['every principal of AWS', [allow({ Principal: { AWS: '*' } })], 'trusted'],
    ['the action in a list', [allow({ Action: ['sts:TagSession', 'sts:AssumeRole'] })], 'trusted'],
    ['the action in other case', [allow({ Action: 'sts:assumerole' })], 'trusted'],
    ['all actions of STS', [allow({ Action: 'sts:*' })], 'trusted'],
    ['all actions', [allow({ Action: '*' })], 'trusted'],
    [
      'the other service principal',
      [allow({ Principal: { Service: 'ecs.amazonaws.com' } })],
      'untrusted',
    ],
    ['another action', [allow({ Action: 'sts:AssumeRoleWithWebIdentity' })], 'untrusted'],
    [
      'a longer name',
      [allow({ Principal: { Service: 'ecs-tasks.amazonaws.com.evil.example' } })],
      'untrusted',
    ],
    ['no statement', [], 'untrusted'],
    ['an explicit denial', [ecsTasksTrust, deny()], 'denied'],
    [
      'a denial of another service',
      [ecsTasksTrust, deny({ Principal: { Service: 'x' } })],
      'trusted',
    ],
    [
      'this account',
      [withCondition({ StringEquals: { 'aws:SourceAccount': ACCOUNT } })],
      'trusted',
    ],
    [
      'this account among others, with a key in other case',
      [withCondition({ StringEquals: { 'AWS:sourceaccount': [OTHER_ACCOUNT, ACCOUNT] } })],
      'trusted',
    ],
    [
      'another account',
      [withCondition({ StringEquals: { 'aws:SourceAccount': OTHER_ACCOUNT } })],
      'pinned',
    ],
    [
      'this Region',
      [withCondition({ ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${REGION}:${ACCOUNT}:*` } })],
      'trusted',
    ],
    [
      'every Region',
      [withCondition({ ArnLike: { 'aws:SourceArn': `arn:aws:ecs:*:${ACCOUNT}:*` } })],
      'trusted',
    ],
    [
      'another Region',
      [withCondition({ ArnLike: { 'aws:SourceArn': `arn:aws:ecs:us-east-1:${ACCOUNT}:*` } })],
      'pinned',
    ],
    [
      'another account, and this one in a second statement',
      [
        withCondition({ StringEquals: { 'aws:SourceAccount': OTHER_ACCOUNT } }),
        withCondition({ StringLike: { 'aws:SourceAccount': '1234*' } }),
      ],
      'trusted',
    ],
    [
      'a condition that cannot be judged',
      [withCondition({ StringEquals: { 'sts:ExternalId': 'x' } })],
      'unclear',
    ],
    [
      'an operator that cannot be judged',
      [withCondition({ StringNotEquals: { 'aws:SourceAccount': OTHER_ACCOUNT } })],
      'unclear',
    ],
    [
      'a denial under a condition that cannot be judged',
      [ecsTasksTrust, deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      'unclear',
    ],
    [
      'all but some',
      [{ Effect: 'Allow', NotPrincipal: { AWS: 'x' }, Action: 'sts:AssumeRole' }],
      'unclear',
    ],
  ])('with %s', (_, Statement, kind) => {
    expect(judgeTrust(encode({ Statement }), place).kind).toBe(kind);
  });

  it.each(['', 'no JSON', '%', encode([]), encode(null)])('that is %j is unclear', (document) => {
    expect(judgeTrust(document, place).kind).toBe('unclear');
  });
});

describe('the roles of a task definition', () => {
  const trusting = (statement: object) =>
    mocks.iam.on(GetRoleCommand).callsFake(({ RoleName }) => ({
      Role: { Arn: roleArn(RoleName), AssumeRolePolicyDocument: trustPolicy(statement) },
    }));

  it('pass when they exist and trust ECS tasks', async () => {
    expect(told(await roles.run(subjectOf()))).toEqual([
      'passed: execution role web-execution exists and trusts ecs-tasks.amazonaws.com',
      'passed: task role web-task exists and trusts ecs-tasks.amazonaws.com',
    ]);
  });

  it('are not asked for where there are none', async () => {
    const { executionRoleArn: _, taskRoleArn: __, ...without } = definition();
    expect(await roles.run(subjectOf({ definition: without }))).toEqual([]);
  });

  it('fail when they do not exist', async () => {
    mocks.iam.on(GetRoleCommand).rejects(awsError('NoSuchEntityException', 404));
    expect(findings(await roles.run(subjectOf()))).toMatchObject([
      {
        mark: 'fails',
        class: 'role-not-assumable',
        principal: roleArn('web-execution'),
        principalKind: 'execution-role',
        action: 'sts:AssumeRole',
        resource: roleArn('web-execution'),
        summary: `There is no execution role ${roleArn('web-execution')}.`,
      },
      { mark: 'fails', principal: roleArn('web-task'), principalKind: 'task-role' },
    ]);
  });

  it('fail when they trust another service, and say whom they trust', async () => {
    trusting(allow({ Principal: { Service: 'ecs.amazonaws.com' } }));
    const [finding] = findings(await roles.run(subjectOf()));
    expect(finding).toMatchObject({
      mark: 'fails',
      class: 'role-not-assumable',
      principal: roleArn('web-execution'),
      summary:
        'ECS tasks may not assume the execution role web-execution: its trust policy trusts ecs.amazonaws.com, not ecs-tasks.amazonaws.com.',
    });
    expect(finding?.fix).toMatch(
      /^Its trust policy trusts ecs\.amazonaws\.com, not ecs-tasks\.amazonaws\.com\./,
    );
  });

  it('fail when a statement denies ECS tasks', async () => {
    trusting(deny());
    expect(findings(await roles.run(subjectOf()))[0]).toMatchObject({ mark: 'fails' });
  });

  it.each([
    ['fails', { StringEquals: { 'aws:SourceAccount': OTHER_ACCOUNT } }],
    ['may-fail', { StringEqualsIfExists: { 'aws:SourceAccount': OTHER_ACCOUNT } }],
    ['may-fail', { ArnLike: { 'aws:SourceArn': `arn:aws:ecs:*:${OTHER_ACCOUNT}:*` } }],
  ])('%s when they trust another account only, by %j', async (mark, condition) => {
    trusting(withCondition(condition));
    const [finding] = findings(await roles.run(subjectOf()));
    expect(finding?.mark).toBe(mark);
    expect(finding?.summary).toContain(`trusts them only with`);
    expect(finding?.summary).toContain(OTHER_ACCOUNT);
  });

  it('are not judged by a condition that nobody can know', async () => {
    trusting(withCondition({ StringEquals: { 'sts:ExternalId': 'x' } }));
    expect(reasons(await roles.run(subjectOf()))).toEqual([
      'it depends on the condition sts:ExternalId',
      'it depends on the condition sts:ExternalId',
    ]);
  });

  it('are asked for by name, without their path', async () => {
    const subject = subjectOf({
      definition: definition({ executionRoleArn: roleArn('apps/web/web-execution') }),
    });
    mocks.iam.on(GetRoleCommand).callsFake(({ RoleName }) => ({
      Role: {
        Arn: roleArn(RoleName === 'web-execution' ? `apps/web/${RoleName}` : RoleName),
        AssumeRolePolicyDocument: trustPolicy(ecsTasksTrust),
      },
    }));
    expect(findings(await roles.run(subject))).toEqual([]);
    expect(mocks.iam.commandCalls(GetRoleCommand)[0]?.args[0].input.RoleName).toBe('web-execution');
  });

  it('fail when the path in the ARN is not theirs', async () => {
    const subject = subjectOf({ definition: definition({ taskRoleArn: roleArn('x/web-task') }) });
    expect(findings(await roles.run(subject))).toMatchObject([
      { mark: 'fails', principal: roleArn('x/web-task') },
    ]);
  });

  it('may be named without an ARN', async () => {
    const subject = subjectOf({ definition: definition({ taskRoleArn: 'web-task' }) });
    expect(findings(await roles.run(subject))).toEqual([]);
  });

  it('of another account are not asked for', async () => {
    const subject = subjectOf({
      definition: definition({ taskRoleArn: roleArn('web-task', OTHER_ACCOUNT) }),
    });
    expect(reasons(await roles.run(subject))).toEqual(['it belongs to another account']);
  });

  it.each([
    ['denied', denied(), 'needs `iam:GetRole`'],
    ['unsupported', unsupported(), 'there is no iam:GetRole here'],
    ['throttled', throttled(), 'AWS throttles iam:GetRole'],
  ])('are not checked when %s', async (_, error, why) => {
    mocks.iam.on(GetRoleCommand).rejects(error);
    expect(reasons(await roles.run(subjectOf()))).toEqual([why, why]);
  });

  it('are not checked when nothing answers', async () => {
    mocks.iam.on(GetRoleCommand).callsFake(silent);
    expect(reasons(await runInSilence(roles, subjectOf()))).toHaveLength(2);
  });
});
