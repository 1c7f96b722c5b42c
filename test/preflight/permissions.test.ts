import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetRepositoryPolicyCommand } from '@aws-sdk/client-ecr';
import {
  GetRoleCommand,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { DescribeSecretCommand, GetResourcePolicyCommand } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import { deployer } from '../../src/preflight/checks/deployer.ts';
import { executionRole } from '../../src/preflight/checks/execution-role.ts';
import { judgeResourcePolicy } from '../../src/preflight/resource-policy.ts';
import { decisionsOf } from '../../src/preflight/simulate.ts';
import { judgeDecision } from '../../src/preflight/verdict.ts';
import { service } from '../support/rollout.ts';
import {
  ACCOUNT,
  awsError,
  definition,
  denied,
  explicitDeny,
  findings,
  healthyAccount,
  implicitDeny,
  keyArn,
  logArn,
  mocks,
  OTHER_ACCOUNT,
  parameterArn,
  policies,
  REGION,
  reasons,
  roleArn,
  runInSilence,
  secretArn,
  silent,
  simulation,
  subjectOf,
  throttled,
  told,
  unsupported,
} from './support.ts';

beforeEach(healthyAccount);

const questions = () =>
  mocks.iam.commandCalls(SimulatePrincipalPolicyCommand).map(({ args }) => args[0].input);
const questionOf = (action: string) =>
  questions().find(({ ActionNames }) => ActionNames?.includes(action));
const contextOf = (action: string) =>
  Object.fromEntries(
    (questionOf(action)?.ContextEntries ?? []).map((entry) => [
      entry.ContextKeyName,
      entry.ContextKeyValues?.[0],
    ]),
  );
const unclear = { MissingContextValues: ['aws:SourceVpce'] };
const allowPolicy = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: '*', Resource: '*' }],
});
const grantPolicy = JSON.stringify({
  Statement: [
    { Effect: 'Allow', Principal: { AWS: [roleArn('web-execution')] }, Action: ['*'] },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});
const denyPolicy = JSON.stringify({ Statement: { Effect: 'Deny' } });

describe('the execution role', () => {
  const repositoryArn = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/web`;

  it.each([
    ['ssm:GetParameters', 'secret-access-denied', parameterArn('/web/prod/password')],
    ['secretsmanager:GetSecretValue', 'secretsmanager-access-denied', secretArn],
    ['ecr:GetAuthorizationToken', 'registry-auth-denied', '*'],
    ['ecr:BatchGetImage', 'image-access-denied', repositoryArn],
    ['ecr:GetDownloadUrlForLayer', 'image-access-denied', repositoryArn],
    ['logs:CreateLogStream', 'log-access-denied', `${logArn}:*`],
  ])('without %s fails as %s', async (action, name, resource) => {
    policies({ [action]: implicitDeny });
    expect(findings(await executionRole.run(subjectOf()))).toMatchObject([
      {
        mark: 'fails',
        class: name,
        principal: 'web-execution',
        principalKind: 'execution-role',
        action,
        resource,
        fixableInRole: true,
      },
    ]);
  });

  it.each([
    ['logs:PutLogEvents', 'whose lines are only lost'],
    ['ecr:BatchCheckLayerAvailability', 'which not every client asks for'],
  ])('without %s, %s, may fail', async (action) => {
    policies({ [action]: implicitDeny });
    expect(findings(await executionRole.run(subjectOf()))).toMatchObject([
      { mark: 'may-fail', action },
    ]);
  });

  it('is told the action that fails for certain before one that may not', async () => {
    policies({ 'logs:PutLogEvents': implicitDeny, 'logs:CreateLogStream': implicitDeny });
    expect(findings(await executionRole.run(subjectOf()))).toMatchObject([
      { mark: 'fails', action: 'logs:CreateLogStream' },
    ]);
  });

  it.each([
    ['an explicit denial', explicitDeny, 'fails', true],
    [
      'an explicit denial that depends on unknown conditions',
      { ...explicitDeny, ...unclear },
      'may-fail',
      true,
    ],
    [
      'a missing allowance that depends on unknown conditions',
      { ...implicitDeny, ...unclear },
      'may-fail',
      true,
    ],
    [
      'a permissions boundary',
      {
        ...implicitDeny,
        PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
      },
      'fails',
      false,
    ],
    [
      'a service control policy, whose conditions are not told',
      { ...implicitDeny, OrganizationsDecisionDetail: { AllowedByOrganizations: false } },
      'may-fail',
      false,
    ],
  ])('judges %s', async (_, answer, mark, fixableInRole) => {
    policies({ 'ssm:GetParameters': answer });
    expect(findings(await executionRole.run(subjectOf()))).toMatchObject([{ mark, fixableInRole }]);
  });

  it.each<[string, () => unknown, string]>([
    ['is none', () => ({}), 'fails'],
    ['only denies', () => ({ ResourcePolicy: denyPolicy }), 'fails'],
    ['allows something to the account', () => ({ ResourcePolicy: allowPolicy }), 'may-fail'],
    ['cannot be read', () => ({ ResourcePolicy: 'no JSON' }), 'may-fail'],
    ['may not be read', () => Promise.reject(denied()), 'may-fail'],
    ['is unknown to the endpoint', () => Promise.reject(unsupported()), 'fails'],
  ])(
    'without secretsmanager:GetSecretValue, when the policy of the secret %s',
    async (_, answer, mark) => {
      policies({ 'secretsmanager:GetSecretValue': implicitDeny });
      mocks.secrets.on(GetResourcePolicyCommand).callsFake(answer);
      expect(findings(await executionRole.run(subjectOf()))).toMatchObject([{ mark }]);
    },
  );

  it.each<[string, () => unknown, string]>([
    ['is none', () => Promise.reject(awsError('RepositoryPolicyNotFoundException')), 'fails'],
    ['allows something to the account', () => ({ policyText: allowPolicy }), 'may-fail'],
    ['may not be read', () => Promise.reject(denied()), 'may-fail'],
  ])('without ecr:BatchGetImage, when the policy of the repository %s', async (_, answer, mark) => {
    policies({ 'ecr:BatchGetImage': implicitDeny });
    mocks.ecr.on(GetRepositoryPolicyCommand).callsFake(answer);
    expect(findings(await executionRole.run(subjectOf()))).toMatchObject([{ mark }]);
  });

  it('needs no policy of its own for what the policy of a resource grants it', async () => {
    mocks.ssm.on(DescribeParametersCommand).resolves({
      Parameters: [{ Name: '/web/prod/password', Type: 'SecureString', KeyId: keyArn }],
    });
    policies({
      'secretsmanager:GetSecretValue': implicitDeny,
      'ecr:BatchGetImage': implicitDeny,
      'kms:Decrypt': implicitDeny,
    });
    mocks.secrets.on(GetResourcePolicyCommand).resolves({ ResourcePolicy: grantPolicy });
    mocks.ecr.on(GetRepositoryPolicyCommand).resolves({ policyText: grantPolicy });
    mocks.kms.on(GetKeyPolicyCommand).resolves({ Policy: grantPolicy });
    expect(findings(await executionRole.run(subjectOf()))).toEqual([]);
  });

  it('is told why what may fail may yet succeed', async () => {
    policies({ 'secretsmanager:GetSecretValue': implicitDeny, 'logs:PutLogEvents': implicitDeny });
    mocks.secrets.on(GetResourcePolicyCommand).resolves({ ResourcePolicy: allowPolicy });
    const summaries = findings(await executionRole.run(subjectOf())).map(({ summary }) => summary);
    expect(summaries).toEqual([
      expect.stringMatching(/ A policy of the resource may yet allow it\.$/),
      expect.stringMatching(/ The task may get along without it\.$/),
    ]);
  });

  it('asks no resource policy of what is allowed, nor after an explicit denial', async () => {
    policies({ 'secretsmanager:GetSecretValue': explicitDeny });
    await executionRole.run(subjectOf());
    expect(mocks.secrets.commandCalls(GetResourcePolicyCommand)).toHaveLength(0);
    expect(mocks.ecr.commandCalls(GetRepositoryPolicyCommand)).toHaveLength(0);
  });

  it('may read what is in another account only as that account says', async () => {
    policies({ 'ssm:GetParameters': implicitDeny });
    const valueFrom = parameterArn('/shared').replace(ACCOUNT, OTHER_ACCOUNT);
    const subject = subjectOf({
      definition: definition({}, { secrets: [{ name: 'SHARED', valueFrom }] }),
    });
    expect(findings(await executionRole.run(subject))).toMatchObject([{ mark: 'may-fail' }]);
  });

  it('is asked with its own ARN and the Region, each kind of resource apart', async () => {
    await executionRole.run(subjectOf());
    expect(new Set(questions().map(({ PolicySourceArn }) => PolicySourceArn))).toEqual(
      new Set([roleArn('web-execution')]),
    );
    expect(contextOf('ssm:GetParameters')).toMatchObject({ 'aws:RequestedRegion': REGION });
    expect(
      questions()
        .map(({ ActionNames, ResourceArns }) => `${ActionNames} ${ResourceArns}`)
        .toSorted(),
    ).toEqual([
      `ecr:BatchGetImage,ecr:GetDownloadUrlForLayer,ecr:BatchCheckLayerAvailability ${repositoryArn}`,
      'ecr:GetAuthorizationToken *',
      `logs:CreateLogStream,logs:PutLogEvents ${logArn}:*,${logArn}:log-stream:web/app/task`,
      `secretsmanager:GetSecretValue ${secretArn}`,
      `ssm:GetParameters ${parameterArn('/web/prod/password')}`,
    ]);
  });

  it('may have policies for the log streams alone', async () => {
    mocks.iam.on(SimulatePrincipalPolicyCommand).callsFake((input) => {
      const answer = simulation(input);
      return {
        EvaluationResults: answer.EvaluationResults?.map((result) =>
          result.EvalResourceName?.endsWith('/ecs/web:*') ? { ...result, ...implicitDeny } : result,
        ),
      };
    });
    expect(findings(await executionRole.run(subjectOf()))).toEqual([]);
  });

  it('is asked for the parameter itself where a version is named', async () => {
    const valueFrom = `${parameterArn('/web/prod/password')}:3`;
    await executionRole.run(
      subjectOf({ definition: definition({}, { secrets: [{ name: 'P', valueFrom }] }) }),
    );
    expect(questionOf('ssm:GetParameters')?.ResourceArns).toEqual([
      parameterArn('/web/prod/password'),
    ]);
  });

  it('is asked for the whole ARN of a secret that is named without its six characters', async () => {
    const partial = secretArn.replace('-AbCdEf', '');
    const subject = () =>
      subjectOf({
        definition: definition({}, { secrets: [{ name: 'P', valueFrom: partial }] }),
      });
    await executionRole.run(subject());
    expect(questionOf('secretsmanager:GetSecretValue')?.ResourceArns).toEqual([secretArn]);
    mocks.secrets.on(DescribeSecretCommand).rejects(denied());
    expect(reasons(await executionRole.run(subject()))).toContain(
      'needs `secretsmanager:DescribeSecret`',
    );
  });

  describe('and customer managed keys', () => {
    const withKey = (KeyId: string) =>
      mocks.ssm.on(DescribeParametersCommand).resolves({
        Parameters: [{ Name: '/web/prod/password', Type: 'SecureString', KeyId }],
      });

    it('may fail without an allowance, for the key policy may have one', async () => {
      withKey(keyArn);
      policies({ 'kms:Decrypt': implicitDeny });
      expect(findings(await executionRole.run(subjectOf()))).toMatchObject([
        { mark: 'may-fail', class: 'kms-denied', action: 'kms:Decrypt', resource: keyArn },
      ]);
      expect(contextOf('kms:Decrypt')).toMatchObject({
        'kms:ViaService': `ssm.${REGION}.amazonaws.com`,
        'kms:EncryptionContext:PARAMETER_ARN': parameterArn('/web/prod/password'),
      });
    });

    describe('of several parameters', () => {
      const names = ['one', 'two', 'three'];
      const valueFrom = (name: string) => parameterArn(`/${name}`);
      const encrypted = () => {
        mocks.ssm.on(DescribeParametersCommand).resolves({
          Parameters: names.map((name) => ({ Name: `/${name}`, KeyId: keyArn })),
        });
        const secrets = names.map((name) => ({ name, valueFrom: valueFrom(name) }));
        return subjectOf({ definition: definition({}, { secrets }) });
      };
      const decrypts = () =>
        questions().filter(({ ActionNames }) => ActionNames?.includes('kms:Decrypt'));

      it('is asked for once where policies allow it', async () => {
        const results = await executionRole.run(encrypted());
        expect(findings(results)).toEqual([]);
        expect(told(results).filter((line) => line.includes('use the key'))).toHaveLength(3);
        expect(decrypts()).toHaveLength(1);
      });

      it('is asked for with each parameter where they do not, as conditions may', async () => {
        mocks.iam
          .on(SimulatePrincipalPolicyCommand)
          .callsFake((input: SimulatePrincipalPolicyCommandInput) => {
            const parameter = input.ContextEntries?.find(({ ContextKeyName }) =>
              ContextKeyName?.endsWith('PARAMETER_ARN'),
            )?.ContextKeyValues?.[0];
            const isMeant = parameter === valueFrom('one') || parameter === valueFrom('three');
            return simulation(input, isMeant ? {} : { 'kms:Decrypt': implicitDeny });
          });
        expect(findings(await executionRole.run(encrypted()))).toMatchObject([
          { class: 'kms-denied', secret: 'two' },
        ]);
        expect(decrypts()).toHaveLength(4);
      });
    });

    it('is told with the secret that the key encrypts', async () => {
      withKey(keyArn);
      policies({ 'kms:Decrypt': implicitDeny });
      const found = (await executionRole.run(subjectOf())).flatMap((one) =>
        one.mark === 'may-fail' ? [one.finding] : [],
      );
      expect(found).toMatchObject([{ class: 'kms-denied', container: 'app', secret: 'PASSWORD' }]);
    });

    it('fails with an explicit denial', async () => {
      withKey(keyArn);
      policies({ 'kms:Decrypt': explicitDeny });
      expect(findings(await executionRole.run(subjectOf()))).toMatchObject([{ mark: 'fails' }]);
    });

    it('is asked for the key of a secret under its own conditions', async () => {
      mocks.secrets.on(DescribeSecretCommand).resolves({ ARN: secretArn, KmsKeyId: 'alias/web' });
      await executionRole.run(subjectOf());
      expect(questionOf('kms:Decrypt')?.ResourceArns).toEqual([keyArn]);
      expect(contextOf('kms:Decrypt')).toMatchObject({
        'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com`,
        'kms:EncryptionContext:SecretARN': secretArn,
      });
    });

    it.each([
      ['alias/aws/ssm', 0],
      [`arn:aws:kms:${REGION}:${ACCOUNT}:alias/aws/ssm`, 0],
    ])('asks nothing of %s', async (id, calls) => {
      withKey(id);
      await executionRole.run(subjectOf());
      expect(mocks.kms.commandCalls(DescribeKeyCommand)).toHaveLength(calls);
      expect(questionOf('kms:Decrypt')).toBeUndefined();
    });

    it('needs nothing for a key that AWS manages, however it is named', async () => {
      withKey(keyArn);
      mocks.kms.on(DescribeKeyCommand).resolves({
        KeyMetadata: { KeyId: keyArn, Arn: keyArn, KeyManager: 'AWS' },
      });
      await executionRole.run(subjectOf());
      expect(questionOf('kms:Decrypt')).toBeUndefined();
    });

    it.each([
      [keyArn, 'as it is'],
      [keyArn.slice(keyArn.indexOf('/') + 1), 'made an ARN'],
    ])('takes %s %s where the key may not be described', async (id) => {
      withKey(id);
      mocks.kms.on(DescribeKeyCommand).rejects(denied());
      await executionRole.run(subjectOf());
      expect(questionOf('kms:Decrypt')?.ResourceArns).toEqual([keyArn]);
    });

    it('is not checked for an alias that may not be looked up', async () => {
      withKey('alias/web');
      mocks.kms.on(DescribeKeyCommand).rejects(denied());
      expect(reasons(await executionRole.run(subjectOf()))).toEqual(['needs `kms:DescribeKey`']);
    });
  });

  describe('and log groups that the driver makes', () => {
    const options = {
      'awslogs-group': '/ecs/web',
      'awslogs-region': REGION,
      'awslogs-create-group': 'true',
    };
    const logConfiguration = { logDriver: 'awslogs' as const, options };
    const creating = () => subjectOf({ definition: definition({}, { logConfiguration }) });

    it('is not asked where the group exists', async () => {
      await executionRole.run(creating());
      expect(questionOf('logs:CreateLogGroup')).toBeUndefined();
    });

    it.each<[string, () => unknown, string]>([
      ['fails where it is missing', () => ({ logGroups: [] }), 'fails'],
      ['may fail where nobody knows', () => Promise.reject(denied()), 'may-fail'],
    ])('without logs:CreateLogGroup %s', async (_, answer, mark) => {
      mocks.logs.on(DescribeLogGroupsCommand).callsFake(answer);
      policies({ 'logs:CreateLogGroup': implicitDeny });
      expect(findings(await executionRole.run(creating()))).toMatchObject([
        { mark, class: 'log-access-denied', action: 'logs:CreateLogGroup' },
      ]);
    });
  });

  it('may read environment files by the policy of their bucket', async () => {
    policies({ 's3:GetObject': implicitDeny });
    const environmentFiles = [{ type: 's3' as const, value: 'arn:aws:s3:::config/web/prod.env' }];
    const subject = subjectOf({ definition: definition({}, { environmentFiles }) });
    expect(findings(await executionRole.run(subject))).toMatchObject([
      {
        mark: 'may-fail',
        class: 'env-file',
        action: 's3:GetObject',
        resource: 'arn:aws:s3:::config/web/prod.env',
      },
    ]);
    expect(questionOf('s3:GetBucketLocation')?.ResourceArns).toEqual(['arn:aws:s3:::config']);
  });

  it('is not judged for image and log on EC2, where the instance’s role may do it', async () => {
    policies({ 'ecr:BatchGetImage': implicitDeny, 'logs:CreateLogStream': implicitDeny });
    const results = await executionRole.run(
      subjectOf({
        service: service({ launchesOnFargate: false }),
        definition: definition({ requiresCompatibilities: ['EC2'] }),
      }),
    );
    expect(findings(results)).toEqual([]);
    expect(reasons(results)).toEqual([
      "on EC2 it may be the container instance's role that does it",
    ]);
  });

  it('of another account is not asked for', async () => {
    const subject = subjectOf({
      definition: definition({ executionRoleArn: roleArn('web', OTHER_ACCOUNT) }),
    });
    expect(reasons(await executionRole.run(subject))).toEqual(['it belongs to another account']);
  });

  it('that does not exist is left to the check of the roles', async () => {
    mocks.iam.on(SimulatePrincipalPolicyCommand).rejects(awsError('NoSuchEntityException', 404));
    expect(told(await executionRole.run(subjectOf()))).toEqual([
      'not-checked: permissions of the execution role web-execution',
    ]);
  });

  it.each([
    ['denied', denied(), 'needs `iam:SimulatePrincipalPolicy`'],
    ['unsupported', unsupported(), 'there is no iam:SimulatePrincipalPolicy here'],
    ['throttled', throttled(), 'AWS throttles iam:SimulatePrincipalPolicy'],
  ])('is told in one line when the simulation is %s', async (_, error, why) => {
    mocks.iam.on(SimulatePrincipalPolicyCommand).rejects(error);
    const results = await executionRole.run(subjectOf());
    expect(results).toEqual([
      {
        mark: 'not-checked',
        what: 'permissions of the execution role web-execution',
        why,
      },
    ]);
  });
});

it.each([
  ['explicitDeny', undefined],
  ['implicitDeny', 'permissions-boundary'],
] as const)('no policy of a resource undoes %s with %s above', (decision, above) => {
  const denial = { action: 'a', resource: 'r', decision, hasUnknownConditions: false, above };
  expect(judgeDecision(denial, 'possible')).toMatchObject({ kind: 'denied', doubt: undefined });
});

describe('the policy of a resource', () => {
  const access = {
    principal: roleArn('team/web-execution'),
    action: 'kms:Decrypt',
    resource: keyArn,
    context: { 'kms:ViaService': `ssm.${REGION}.amazonaws.com` },
  };
  const judge = (...statements: object[]) =>
    judgeResourcePolicy(
      JSON.stringify({
        Statement: statements.map((statement) => ({
          Effect: 'Allow',
          Principal: { AWS: access.principal },
          Action: 'kms:Decrypt',
          Resource: '*',
          ...statement,
        })),
      }),
      access,
    );

  it.each<[string, object]>([
    ['the role by its ARN', {}],
    ['everyone', { Principal: '*' }],
    ['the role among others', { Principal: { AWS: [roleArn('other'), access.principal] } }],
    ['the action by a pattern', { Action: ['kms:describe*', 'KMS:De*'] }],
    ['the resource by its ARN', { Resource: [keyArn] }],
    [
      'the service through which it comes',
      {
        Principal: { AWS: '*' },
        Condition: {
          StringEquals: {
            'kms:CallerAccount': ACCOUNT,
            'kms:viaservice': ['secretsmanager.x', `ssm.${REGION}.amazonaws.com`],
          },
        },
      },
    ],
  ])('grants by %s', (_, statement) => {
    expect(judge(statement)).toBe('granted');
  });

  it.each<[string, object]>([
    ['its account', { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }],
    ['an id', { Principal: { AWS: 'AROAEXAMPLE' } }],
    ['a condition on what is not known', { Condition: { StringEquals: { 'aws:SourceVpc': 'v' } } }],
    ['an operator that excludes', { Condition: { StringNotEquals: { 'aws:PrincipalArn': 'x' } } }],
    ['all but some', { NotPrincipal: { AWS: 'x' } }],
  ])('may grant by %s', (_, statement) => {
    expect(judge(statement)).toBe('possible');
  });

  it.each<[string, object]>([
    ['another role', { Principal: { AWS: roleArn('web-execution') } }],
    ['a service', { Principal: { Service: 'ecs-tasks.amazonaws.com' } }],
    ['another action', { Action: 'kms:Encrypt' }],
    ['another resource', { Resource: `${keyArn}x` }],
    [
      'another account',
      { Principal: '*', Condition: { StringEquals: { 'kms:CallerAccount': OTHER_ACCOUNT } } },
    ],
  ])('grants nothing by %s', (_, statement) => {
    expect(judge(statement)).toBe('none');
  });

  it('may deny what it grants', () => {
    expect(judge({}, { Effect: 'Deny', Principal: '*' })).toBe('possible');
  });
});

describe('IAM’s answer', () => {
  const resources = ['arn:a', 'arn:b'];

  it('may be one result an action, with each resource inside', async () => {
    const decisions = decisionsOf(
      [
        {
          EvalActionName: 'ssm:GetParameters',
          EvalResourceName: 'arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME',
          EvalDecision: 'implicitDeny',
          MissingContextValues: ['aws:x'],
          OrganizationsDecisionDetail: { AllowedByOrganizations: true },
          ResourceSpecificResults: [
            { EvalResourceName: 'arn:a', EvalResourceDecision: 'allowed' },
            {
              EvalResourceName: 'arn:b',
              EvalResourceDecision: 'implicitDeny',
              MissingContextValues: [],
            },
          ],
        },
      ],
      resources,
    );
    expect(decisions).toMatchObject([
      { resource: 'arn:a', decision: 'allowed', above: undefined },
      { resource: 'arn:b', decision: 'implicitDeny', hasUnknownConditions: false },
    ]);
  });

  it('says of an action what it does not say of each resource', () => {
    const denied = (detail: object) =>
      decisionsOf(
        [
          {
            EvalActionName: 'ssm:GetParameters',
            EvalResourceName: 'arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME',
            EvalDecision: 'implicitDeny',
            ResourceSpecificResults: [
              { EvalResourceName: 'arn:a', EvalResourceDecision: 'implicitDeny' },
            ],
            ...detail,
          },
        ],
        ['arn:a'],
      );
    expect(denied({ MissingContextValues: ['aws:x'] })).toMatchObject([
      { hasUnknownConditions: true },
    ]);
    expect(
      denied({ PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } }),
    ).toMatchObject([{ above: 'permissions-boundary' }]);
  });

  it('may be one result for each action and resource', async () => {
    const result = (EvalResourceName: string, EvalDecision: 'allowed' | 'explicitDeny') => ({
      EvalActionName: 'ssm:GetParameters',
      EvalResourceName,
      EvalDecision,
    });
    expect(
      decisionsOf([result('arn:a', 'explicitDeny'), result('arn:b', 'allowed')], resources),
    ).toMatchObject([
      { resource: 'arn:a', decision: 'explicitDeny' },
      { resource: 'arn:b', decision: 'allowed' },
    ]);
  });

  it.each([
    ['allowed', ['arn:a', 'arn:b']],
    ['implicitDeny', []],
  ] as const)('%s for an ARN template is for %j', (EvalDecision, meant) => {
    const template = 'arn:PARTITION:ssm:REGION:ACCOUNT:parameter/NAME';
    const decisions = decisionsOf(
      [{ EvalActionName: 'a', EvalResourceName: template, EvalDecision }],
      resources,
    );
    expect(decisions.map(({ resource }) => resource)).toEqual(meant);
  });

  it('for one resource is about that one, whatever it is called', () => {
    const decisions = decisionsOf(
      [{ EvalActionName: 'a', EvalResourceName: '*', EvalDecision: 'implicitDeny' }],
      ['arn:a'],
    );
    expect(decisions).toMatchObject([{ resource: 'arn:a', decision: 'implicitDeny' }]);
  });

  it('in the newer shape leads to the same findings', async () => {
    mocks.iam.on(SimulatePrincipalPolicyCommand).callsFake(({ ActionNames, ResourceArns }) => ({
      EvaluationResults: ActionNames.map((EvalActionName: string) => ({
        EvalActionName,
        EvalResourceName: 'arn:template',
        EvalDecision: 'implicitDeny',
        ResourceSpecificResults: ResourceArns.map((EvalResourceName: string) => ({
          EvalResourceName,
          EvalResourceDecision:
            EvalActionName === 'ssm:GetParameters' && EvalResourceName.endsWith('/two')
              ? 'implicitDeny'
              : 'allowed',
        })),
      })),
    }));
    const parameter = (name: string) => ({ name, valueFrom: parameterArn(`/${name}`) });
    const secrets = [parameter('one'), parameter('two')];
    const subject = subjectOf({ definition: definition({}, { secrets }) });
    expect(findings(await executionRole.run(subject))).toMatchObject([
      { mark: 'fails', resource: parameterArn('/two') },
    ]);
  });

  it('is read to its last page', async () => {
    mocks.iam.on(SimulatePrincipalPolicyCommand).callsFake((input) => {
      const answer = simulation(input, { 'logs:CreateLogStream': implicitDeny });
      const all = answer.EvaluationResults ?? [];
      return input.Marker === 'more'
        ? { EvaluationResults: all.slice(1), IsTruncated: false }
        : { EvaluationResults: all.slice(0, 1), IsTruncated: true, Marker: 'more' };
    });
    expect(findings(await executionRole.run(subjectOf()))).toMatchObject([
      { mark: 'fails', action: 'logs:CreateLogStream' },
    ]);
  });

  it('that never ends is given up', async () => {
    mocks.iam
      .on(SimulatePrincipalPolicyCommand)
      .resolves({ EvaluationResults: [], IsTruncated: true, Marker: 'more' });
    expect(new Set(reasons(await executionRole.run(subjectOf())))).toEqual(
      new Set(['iam:SimulatePrincipalPolicy does not answer for it']),
    );
  });
});

describe('the deployer', () => {
  const caller = (Arn: string) => mocks.sts.on(GetCallerIdentityCommand).resolves({ Arn });

  it.each([
    ['iam:PassRole', 'pass-role-denied', roleArn('web-execution'), 2],
    ['ecs:RegisterTaskDefinition', 'deployer-access-denied', '*', 1],
    ['ecs:UpdateService', 'deployer-access-denied', service().arn, 1],
  ])('without %s fails as %s', async (action, name, resource, count) => {
    policies({ [action]: implicitDeny });
    const found = findings(await deployer.run(subjectOf()));
    expect(found).toHaveLength(count);
    expect(found[0]).toMatchObject({
      mark: 'fails',
      class: name,
      principal: 'deployer',
      principalKind: 'deployer',
      action,
      resource,
    });
  });

  it('is asked by its true ARN, with what the calls carry', async () => {
    await deployer.run(subjectOf());
    expect(new Set(questions().map(({ PolicySourceArn }) => PolicySourceArn))).toEqual(
      new Set([roleArn('ci/deployer')]),
    );
    expect(questionOf('iam:PassRole')?.ResourceArns).toEqual([
      roleArn('web-execution'),
      roleArn('web-task'),
    ]);
    expect(contextOf('iam:PassRole')).toMatchObject({
      'iam:PassedToService': 'ecs-tasks.amazonaws.com',
    });
    expect(contextOf('ecs:UpdateService')).toMatchObject({ 'ecs:cluster': service().clusterArn });
  });

  it('is asked only to update where the revision is there', async () => {
    await deployer.run(subjectOf({ revision: 'arn:aws:ecs:r:a:task-definition/web:8' }));
    expect(questions().flatMap(({ ActionNames }) => ActionNames)).toEqual(['ecs:UpdateService']);
  });

  it('may have a policy for the revisions of the family alone', async () => {
    mocks.iam
      .on(SimulatePrincipalPolicyCommand)
      .callsFake((input) =>
        simulation(
          input,
          input.ResourceArns[0] === '*' ? { 'ecs:RegisterTaskDefinition': implicitDeny } : {},
        ),
      );
    expect(findings(await deployer.run(subjectOf()))).toEqual([]);
  });

  it('may fail where its policies have conditions that nobody told', async () => {
    policies({ 'iam:PassRole': { ...implicitDeny, ...unclear } });
    expect(findings(await deployer.run(subjectOf()))[0]).toMatchObject({ mark: 'may-fail' });
  });

  it('is taken to have no path where its role may not be read', async () => {
    mocks.iam.on(GetRoleCommand).rejects(denied());
    await deployer.run(subjectOf());
    expect(questions()[0]?.PolicySourceArn).toBe(roleArn('deployer'));
    mocks.iam.on(SimulatePrincipalPolicyCommand).rejects(awsError('NoSuchEntityException', 404));
    expect(reasons(await deployer.run(subjectOf()))).toEqual(['needs `iam:GetRole`']);
  });

  it('may be an IAM user, who is named by ARN', async () => {
    const user = `arn:aws:iam::${ACCOUNT}:user/ci/deploy`;
    caller(user);
    policies({ 'ecs:UpdateService': explicitDeny });
    expect(findings(await deployer.run(subjectOf()))).toMatchObject([{ principal: user }]);
    expect(questions()[0]?.PolicySourceArn).toBe(user);
  });

  it('may be the root user, whom nothing binds', async () => {
    caller(`arn:aws:iam::${ACCOUNT}:root`);
    expect(told(await deployer.run(subjectOf()))).toEqual([
      "passed: the deployer is the account's root user",
    ]);
  });

  it.each([`arn:aws:sts::${ACCOUNT}:federated-user/x`, `arn:aws:sts::${ACCOUNT}:user/moto`, ''])(
    'called %j is not checked',
    async (arn) => {
      caller(arn);
      expect(reasons(await deployer.run(subjectOf()))).toEqual([
        'IAM cannot evaluate the policies of this kind of caller',
      ]);
    },
  );

  it.each([
    ['denied', denied(), 'needs `iam:SimulatePrincipalPolicy`'],
    ['unsupported', unsupported(), 'there is no iam:SimulatePrincipalPolicy here'],
    ['throttled', throttled(), 'AWS throttles iam:SimulatePrincipalPolicy'],
  ])('is told in one line when the simulation is %s', async (_, error, why) => {
    mocks.iam.on(SimulatePrincipalPolicyCommand).rejects(error);
    expect(await deployer.run(subjectOf())).toEqual([
      { mark: 'not-checked', what: 'permissions of the deployer deployer', why },
    ]);
  });

  it('is not checked when nothing answers', async () => {
    mocks.sts.on(GetCallerIdentityCommand).callsFake(silent);
    expect(reasons(await runInSilence(deployer, subjectOf()))).toEqual([
      'no answer from sts:GetCallerIdentity in time',
    ]);
  });
});
