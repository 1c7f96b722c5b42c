import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribePullThroughCacheRulesCommand,
  ECRClient,
  GetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  GetRoleCommand,
  IAMClient,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
  type SimulatePrincipalPolicyCommandOutput,
} from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import type { Aws } from '../../src/aws.ts';
import type { ServicePlan } from '../../src/plan.ts';
import type { Check, CheckResult, Subject } from '../../src/preflight/types.ts';
import type { Place, TaskDefinition } from '../../src/task-definition/types.ts';
import { waitingClock } from '../support/fake-clock.ts';
import { service } from '../support/rollout.ts';

export const ACCOUNT = '123456789012';
export const OTHER_ACCOUNT = '210987654321';
export const REGION = 'eu-west-1';
export const place: Place = { partition: 'aws', region: REGION, account: ACCOUNT };

export const roleArn = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
export const parameterArn = (name: string, region = REGION) =>
  `arn:aws:ssm:${region}:${ACCOUNT}:parameter${name}`;
export const secretArn = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:web/db-AbCdEf`;
export const keyArn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/11112222-3333-4444-5555-666677778888`;
export const image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/web:v7`;
export const logArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/ecs/web`;
export const targetGroupArn = `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/web/0123456789abcdef`;

type Container = NonNullable<TaskDefinition['containerDefinitions']>[number];

/** A definition that uses everything that is checked. */
export function definition(
  overrides: Partial<TaskDefinition> = {},
  container: Partial<Container> = {},
): TaskDefinition {
  return {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    executionRoleArn: roleArn('web-execution'),
    taskRoleArn: roleArn('web-task'),
    containerDefinitions: [
      {
        name: 'app',
        image,
        environment: [{ name: 'LOG_LEVEL', value: 'info' }],
        secrets: [
          { name: 'PASSWORD', valueFrom: parameterArn('/web/prod/password') },
          { name: 'DB', valueFrom: `${secretArn}:password::` },
        ],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/ecs/web',
            'awslogs-region': REGION,
            'awslogs-stream-prefix': 'web',
          },
        },
        ...container,
      },
    ],
    ...overrides,
  };
}

/** An error as the SDK throws it. */
export const awsError = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error(`${name} says no`), { name, $metadata: { httpStatusCode } });

export const denied = () => awsError('AccessDeniedException');
export const unsupported = () => awsError('UnknownOperationException', 404);
export const throttled = () => awsError('ThrottlingException');
/** For `callsFake`: an endpoint that never answers. */
export const silent = () => new Promise<never>(() => {});

export const mocks = {
  iam: mockClient(IAMClient),
  sts: mockClient(STSClient),
  ssm: mockClient(SSMClient),
  secrets: mockClient(SecretsManagerClient),
  kms: mockClient(KMSClient),
  ecr: mockClient(ECRClient),
  logs: mockClient(CloudWatchLogsClient),
  elb: mockClient(ElasticLoadBalancingV2Client),
};

/** Every call of every client answers the same way. */
export function everyCall(answer: () => Promise<never>): void {
  for (const mock of Object.values(mocks)) mock.reset();
  const { iam, sts, ssm, secrets, kms, ecr, logs, elb } = mocks;
  iam.onAnyCommand().callsFake(answer);
  sts.onAnyCommand().callsFake(answer);
  ssm.onAnyCommand().callsFake(answer);
  secrets.onAnyCommand().callsFake(answer);
  kms.onAnyCommand().callsFake(answer);
  ecr.onAnyCommand().callsFake(answer);
  logs.onAnyCommand().callsFake(answer);
  elb.onAnyCommand().callsFake(answer);
}

export const trustPolicy = (statement: object) =>
  encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));

export const ecsTasksTrust = {
  Effect: 'Allow',
  Principal: { Service: 'ecs-tasks.amazonaws.com' },
  Action: 'sts:AssumeRole',
};

type Result = NonNullable<SimulatePrincipalPolicyCommandOutput['EvaluationResults']>[number];

/** An answer that allows all but what `exceptions` names: each changes a result of its action. */
export function simulation(
  { ActionNames = [], ResourceArns = ['*'] }: SimulatePrincipalPolicyCommandInput,
  exceptions: Readonly<Record<string, Partial<Result>>> = {},
): Pick<SimulatePrincipalPolicyCommandOutput, 'EvaluationResults' | 'IsTruncated'> {
  return {
    IsTruncated: false,
    EvaluationResults: ActionNames.flatMap((action) =>
      ResourceArns.map((resource) => ({
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: 'allowed' as const,
        ...exceptions[action],
      })),
    ),
  };
}

/** Sets the policies: all is allowed but for `exceptions`, by action. */
export function policies(exceptions: Readonly<Record<string, Partial<Result>>> = {}): void {
  mocks.iam
    .on(SimulatePrincipalPolicyCommand)
    .callsFake((input: SimulatePrincipalPolicyCommandInput) => simulation(input, exceptions));
}

export const implicitDeny = { EvalDecision: 'implicitDeny' } as const;
export const explicitDeny = { EvalDecision: 'explicitDeny' } as const;

/** An account in which the definition runs, seen by a deployer with every permission. */
export function healthyAccount(): void {
  for (const mock of Object.values(mocks)) mock.reset();
  mocks.sts
    .on(GetCallerIdentityCommand)
    .resolves({ Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/session` });
  mocks.iam.on(GetRoleCommand).callsFake(({ RoleName }) => ({
    Role: {
      Arn: roleArn(RoleName === 'deployer' ? 'ci/deployer' : RoleName),
      AssumeRolePolicyDocument: trustPolicy(ecsTasksTrust),
    },
  }));
  policies();
  mocks.ssm.on(DescribeParametersCommand).resolves({
    Parameters: [
      { Name: '/web/prod/password', Type: 'SecureString', KeyId: 'alias/aws/ssm', Version: 3 },
    ],
  });
  mocks.secrets
    .on(DescribeSecretCommand)
    .resolves({ ARN: secretArn, VersionIdsToStages: { 'id-1': ['AWSCURRENT'] } })
    .on(GetResourcePolicyCommand)
    .resolves({});
  mocks.kms.on(DescribeKeyCommand).resolves({
    KeyMetadata: { KeyId: keyArn, Arn: keyArn, KeyManager: 'CUSTOMER' },
  });
  mocks.ecr
    .on(DescribeImagesCommand)
    .resolves({ imageDetails: [{ imageTags: ['v7'] }] })
    .on(BatchGetImageCommand)
    .resolves({
      images: [
        {
          imageManifest: JSON.stringify({
            manifests: [
              { platform: { os: 'linux', architecture: 'amd64' } },
              { platform: { os: 'unknown', architecture: 'unknown' } },
            ],
          }),
        },
      ],
    })
    .on(GetRepositoryPolicyCommand)
    .rejects(awsError('RepositoryPolicyNotFoundException'))
    .on(DescribePullThroughCacheRulesCommand)
    .resolves({ pullThroughCacheRules: [] });
  mocks.logs.on(DescribeLogGroupsCommand).resolves({ logGroups: [{ logGroupName: '/ecs/web' }] });
  mocks.elb
    .on(DescribeTargetGroupsCommand)
    .resolves({ TargetGroups: [{ TargetGroupArn: targetGroupArn, TargetType: 'ip' }] });
}

export interface TestSubject extends Subject {
  readonly clock: ReturnType<typeof waitingClock>;
  /** The Regions that clients were asked for, `undefined` for the step's own. */
  readonly regions: readonly (string | undefined)[];
}

/** What is checked in the tests: the service `web`, planned to get `definition`. */
export function subjectOf(plan: Partial<ServicePlan> = {}): TestSubject {
  const regions: (string | undefined)[] = [];
  const options = (region?: string) => {
    regions.push(region);
    return {
      region: region ?? REGION,
      credentials: { accessKeyId: 'id', secretAccessKey: 'key' },
      maxAttempts: 2,
    };
  };
  const ecs = new ECSClient(options());
  const aws: Aws = {
    region: REGION,
    ecs,
    poll: ecs,
    secretsManager: async (region) => new SecretsManagerClient(options(region)),
    ssm: async (region) => new SSMClient(options(region)),
    iam: async () => new IAMClient(options()),
    sts: async () => new STSClient(options()),
    ecr: async (region) => new ECRClient(options(region)),
    logs: async (region) => new CloudWatchLogsClient(options(region)),
    elb: async () => new ElasticLoadBalancingV2Client(options()),
    kms: async (region) => new KMSClient(options(region)),
  };
  const planned = plan.definition ?? definition();
  return {
    aws,
    clock: waitingClock(),
    signal: new AbortController().signal,
    regions,
    plan: {
      service: service({ settings: { loadBalancers: [{ targetGroupArn }] } }),
      definition: planned,
      context: {
        place,
        definition: planned,
        locate: () => ({ file: 'task-definition.json', line: 7 }),
      },
      revision: undefined,
      running: undefined,
      changes: {},
      hasBreaker: true,
      plan: { source: 'task-definition.json', register: true, taskDefinition: [], service: [] },
      ...plan,
    },
  };
}

/** Results as `mark: what`, short enough to compare. */
export const told = (results: readonly CheckResult[]): string[] =>
  results.map(({ mark, what }) => `${mark}: ${what}`);

/** The reasons of what was not checked. */
export const reasons = (results: readonly CheckResult[]): string[] =>
  results.flatMap((result) => (result.mark === 'not-checked' ? [result.why] : []));

/** The findings, with their marks. */
export const findings = (results: readonly CheckResult[]) =>
  results.flatMap((result) =>
    'finding' in result ? [{ mark: result.mark, ...result.finding }] : [],
  );

/** Lets everything go on that needs no clock. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
}

/** Runs one check in which some call never answers. */
export async function runInSilence(check: Check, subject: TestSubject): Promise<CheckResult[]> {
  const running = check.run(subject);
  await settle();
  subject.clock.pass(2_000);
  return [...(await running)];
}
