import {
  GetRoleCommand,
  IAMClient,
  paginateSimulatePrincipalPolicy,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { account, clientOptions, deployer, tell, without } from './sdk.ts';
import type { RoleSpec, World } from './world.ts';
import { webWorld } from './worlds.ts';

const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const parameter = (name: string) => `arn:aws:ssm:eu-west-1:${account}:parameter/${name}`;

async function begin(world: Partial<World> = {}) {
  const story = await tell(webWorld({ world }));
  return { story, iam: new IAMClient(clientOptions(story.simulator)) };
}

async function simulate(
  world: Partial<World>,
  input: Omit<SimulatePrincipalPolicyRequest, 'PolicySourceArn'>,
  source = roleArn('web-execution'),
) {
  const { iam } = await begin(world);
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({ PolicySourceArn: source, ...input }),
  );
  return EvaluationResults;
}

const withRole = (role: RoleSpec): Partial<World> => ({ roles: { 'web-execution': role } });
const getParameters = { ActionNames: ['ssm:GetParameters'] };

describe('GetRole', () => {
  it('tells the ARN with its path and the trust policy, encoded as a URL is', async () => {
    const { iam } = await begin(
      withRole({ path: '/service-role/', trust: 'ecs.amazonaws.com', boundary: [] }),
    );
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'web-execution' }));
    expect(Role).toMatchObject({
      Arn: `arn:aws:iam::${account}:role/service-role/web-execution`,
      Path: '/service-role/',
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy' },
    });
    expect(Role?.AssumeRolePolicyDocument).not.toContain('{');
    expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    });
  });

  it('does not know a role that does not exist', async () => {
    const { iam } = await begin();
    await expect(iam.send(new GetRoleCommand({ RoleName: 'nobody' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name nobody cannot be found.',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('writes the role as IAM does when the caller may not read it', async () => {
    const { iam } = await begin({ callers: without('iam:GetRole') });
    await expect(iam.send(new GetRoleCommand({ RoleName: 'web-task' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: ${deployer} is not authorized to perform: iam:GetRole on resource: role web-task because no identity-based policy allows the iam:GetRole action`,
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('knows the role that the caller has assumed', async () => {
    const { story, iam } = await begin();
    const sts = new STSClient(clientOptions(story.simulator));
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(deployer);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'deployer' }));
    expect(Role?.Arn).toBe(roleArn('deployer'));
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain('oidc-provider');
  });
});

describe('SimulatePrincipalPolicy', () => {
  const resources = [parameter('web/prod/password'), parameter('other')];

  it('answers once for each action, most restrictive first of all, and for each resource', async () => {
    const results = await simulate({}, { ...getParameters, ResourceArns: resources });
    expect(results).toMatchObject([
      {
        EvalActionName: 'ssm:GetParameters',
        EvalDecision: 'implicitDeny',
        EvalResourceName: expect.stringContaining('parameter/$'),
        ResourceSpecificResults: [
          { EvalResourceName: resources[0], EvalResourceDecision: 'allowed' },
          { EvalResourceName: resources[1], EvalResourceDecision: 'implicitDeny' },
        ],
      },
    ]);
    expect(results[0]).not.toHaveProperty('OrganizationsDecisionDetail');
  });

  it('answers in its older shape once for each action and resource', async () => {
    const results = await simulate(
      { simulateShape: 'per-resource' },
      { ActionNames: ['ssm:GetParameters', 'kms:Decrypt'], ResourceArns: resources },
    );
    expect(
      results.map(({ EvalActionName, EvalResourceName, EvalDecision }) =>
        [EvalActionName, EvalResourceName, EvalDecision].join(' '),
      ),
    ).toEqual([
      `ssm:GetParameters ${resources[0]} allowed`,
      `ssm:GetParameters ${resources[1]} implicitDeny`,
      `kms:Decrypt ${resources[0]} implicitDeny`,
      `kms:Decrypt ${resources[1]} implicitDeny`,
    ]);
    expect(results[0]?.ResourceSpecificResults ?? []).toEqual([]);
  });

  it('asks about all resources where none is given', async () => {
    const [result] = await simulate({}, { ActionNames: ['ecr:GetAuthorizationToken'] });
    expect(result).toMatchObject({ EvalDecision: 'allowed', EvalResourceName: '*' });
    expect(result?.ResourceSpecificResults ?? []).toEqual([]);
  });

  it('tells an explicit deny, a boundary and a service control policy apart', async () => {
    const allow = [{ action: 'ssm:*' }];
    const one = { ...getParameters, ResourceArns: [parameter('a')] };
    const [denied] = await simulate(withRole({ allow, deny: [{ action: 'ssm:*' }] }), one);
    expect(denied).toMatchObject({ EvalDecision: 'explicitDeny' });
    const [bounded] = await simulate(withRole({ allow, boundary: [{ action: 'logs:*' }] }), one);
    expect(bounded).toMatchObject({
      EvalDecision: 'implicitDeny',
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    });
    const [controlled] = await simulate(withRole({ allow, scp: [{ action: 'ssm:*' }] }), one);
    expect(controlled).toMatchObject({
      EvalDecision: 'explicitDeny',
      OrganizationsDecisionDetail: { AllowedByOrganizations: false },
    });
  });

  it('names the context keys that it lacks, and takes them when they are given', async () => {
    const conditions = { 'kms:ViaService': 'ssm.eu-west-1.amazonaws.com' };
    const world = withRole({ allow: [{ action: 'kms:Decrypt', conditions }] });
    const key = `arn:aws:kms:eu-west-1:${account}:key/1234`;
    const request = { ActionNames: ['kms:Decrypt'], ResourceArns: [key] };
    const [missing] = await simulate(world, request);
    expect(missing).toMatchObject({
      EvalDecision: 'implicitDeny',
      ResourceSpecificResults: [{ MissingContextValues: ['kms:ViaService'] }],
    });
    const entry = (value: string) => ({
      ContextKeyName: 'kms:ViaService',
      ContextKeyType: 'string' as const,
      ContextKeyValues: [value],
    });
    const ContextEntries = [entry('ssm.eu-west-1.amazonaws.com')];
    const [given] = await simulate(world, { ...request, ContextEntries });
    expect(given).toMatchObject({ EvalDecision: 'allowed', MissingContextValues: [] });
    const other = [entry('secretsmanager.eu-west-1.amazonaws.com')];
    const [wrong] = await simulate(world, { ...request, ContextEntries: other });
    expect(wrong).toMatchObject({ EvalDecision: 'implicitDeny', MissingContextValues: [] });
  });

  it('decides for the deployer as the deployer’s own calls are decided', async () => {
    const pass = { ActionNames: ['iam:PassRole'], ResourceArns: [roleArn('web-task')] };
    const source = roleArn('deployer');
    const [usual] = await simulate({}, pass, source);
    expect(usual?.EvalDecision).toBe('allowed');
    const [lacking] = await simulate({ callers: without('iam:PassRole') }, pass, source);
    expect(lacking?.EvalDecision).toBe('implicitDeny');
    const reason = 'with an explicit deny in a service control policy';
    const callers = { '*': { arn: deployer, deny: [{ action: 'iam:PassRole', reason }] } };
    const [controlled] = await simulate({ callers }, pass, source);
    expect(controlled).toMatchObject({
      EvalDecision: 'explicitDeny',
      OrganizationsDecisionDetail: { AllowedByOrganizations: false },
    });
    const conditions = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
    const allow = [{ action: 'iam:PassRole', conditions }, { action: 'iam:Simulate*' }];
    const [unclear] = await simulate({ callers: { '*': { arn: deployer, allow } } }, pass, source);
    expect(unclear?.MissingContextValues).toEqual(['iam:PassedToService']);
  });

  it('knows users that call', async () => {
    const user = `arn:aws:iam::${account}:user/ci/deployer`;
    const callers = { '*': { arn: user, deny: [{ action: 'ecs:UpdateService' }] } };
    const request = { ActionNames: ['ecs:UpdateService', 'ecs:ListTasks'] };
    const results = await simulate({ callers }, request, user);
    expect(results.map(({ EvalDecision }) => EvalDecision)).toEqual(['implicitDeny', 'allowed']);
  });

  it.each([
    [deployer, 'InvalidInputException', `Invalid Entity Arn: ${deployer} does not clearly define`],
    [roleArn('nobody'), 'NoSuchEntityException', 'The role with name nobody cannot be found.'],
    [roleArn('wrong/web-execution'), 'NoSuchEntityException', 'cannot be found.'],
    [`arn:aws:iam::${account}:user/nobody`, 'NoSuchEntityException', 'The user with name nobody'],
  ])('refuses %s', async (source, name, message) => {
    await expect(simulate({}, getParameters, source)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  it('refuses resources that are no ARNs', async () => {
    const request = { ...getParameters, ResourceArns: ['14a050d4-021e-4efe-84bb'] };
    await expect(simulate({}, request)).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: 'ResourceNames are not in a valid ARN format: 14a050d4-021e-4efe-84bb.',
    });
  });

  it('gives its results page by page', async () => {
    const { story, iam } = await begin({ simulateShape: 'per-resource' });
    const pages = paginateSimulatePrincipalPolicy(
      { client: iam, pageSize: 2 },
      {
        PolicySourceArn: roleArn('web-execution'),
        ...getParameters,
        ResourceArns: ['*', ...resources],
      },
    );
    const sizes: number[] = [];
    for await (const { EvaluationResults = [] } of pages) sizes.push(EvaluationResults.length);
    expect(sizes).toEqual([2, 1]);
    expect(story.simulator.calls[0]?.input).toMatchObject({
      ActionNames: ['ssm:GetParameters'],
      ResourceArns: ['*', ...resources],
      MaxItems: '2',
    });
  });

  it('needs its own permission', async () => {
    const callers = without('iam:SimulatePrincipalPolicy');
    await expect(simulate({ callers }, getParameters)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        `iam:SimulatePrincipalPolicy on resource: ${roleArn('web-execution')} because`,
      ),
    });
  });
});

describe('iam:PassRole', () => {
  it('may be limited to the service that the role is passed to', async () => {
    const allow = (service: string) => [
      { action: 'ecs:*' },
      { action: 'iam:PassRole', conditions: { 'iam:PassedToService': service } },
    ];
    for (const [service, status] of [
      ['ecs-tasks.amazonaws.com', 200],
      ['ec2.amazonaws.com', 400],
    ] as const) {
      const { story } = await begin({ callers: { '*': { arn: deployer, allow: allow(service) } } });
      const { json } = await story.ecs('DescribeTaskDefinition', { taskDefinition: 'web' });
      const answer = await story.ecs('RegisterTaskDefinition', json.taskDefinition);
      expect(answer.status).toBe(status);
    }
  });
});
