import { describe, expect, it } from 'vitest';
import type { World } from '../simulator/world.ts';
import { type WebOverrides, webWorld } from '../simulator/worlds.ts';
import { changesIn, simulate, step, workspace } from './harness.ts';

const secret = { secrets: 'PASSWORD=/web/prod/password' };
const image = { image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11' };
const deployer = 'arn:aws:sts::123456789012:assumed-role/deployer/github';
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const managed = ['AmazonECSTaskExecutionRolePolicy'];
const parameter = 'arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password';
const mayRead = [{ action: 'ssm:GetParameters', resource: parameter }];
const usual = webWorld().roles ?? {};

const findingsOf = (outputs: Readonly<Record<string, string>>) =>
  JSON.parse(outputs.diagnosis ?? 'null') as Record<string, unknown>[];

interface Trouble {
  readonly name: string;
  readonly world: WebOverrides;
  readonly finding: Readonly<Record<string, unknown>>;
  readonly says: string;
}

const troubles: readonly Trouble[] = [
  {
    name: 'a parameter that does not exist',
    world: { world: { parameters: [] } },
    finding: { class: 'secret-not-found', resource: '/web/prod/password', secret: 'PASSWORD' },
    says: 'aws ssm put-parameter',
  },
  {
    name: 'a secret that the execution role may not read',
    world: { roleMayReadParameter: false },
    finding: {
      class: 'secret-access-denied',
      principal: 'web-execution',
      principalKind: 'execution-role',
      action: 'ssm:GetParameters',
      resource: parameter,
      container: 'app',
      secret: 'PASSWORD',
    },
    says: '"Action": "ssm:GetParameters"',
  },
  {
    name: 'a role that trusts the wrong service',
    world: {
      world: {
        roles: {
          ...usual,
          'web-execution': { managed, allow: mayRead, trust: 'ecs.amazonaws.com' },
        },
      },
    },
    finding: { class: 'role-not-assumable', principal: role('web-execution') },
    says: 'ecs-tasks.amazonaws.com',
  },
  {
    name: 'an image tag that was not pushed',
    world: { world: { repositories: { web: { tags: ['3f1c2ab'] } } } },
    finding: { class: 'image-not-found', resource: image.image, container: 'app' },
    says: '3f1c2ab',
  },
  {
    name: 'an image for another platform',
    world: {
      world: {
        repositories: {
          web: { tags: ['3f1c2ab', { tag: '9d04e11', platforms: ['linux/arm64'] }] },
        },
      },
    },
    finding: { class: 'image-platform-mismatch', container: 'app' },
    says: '--platform linux/amd64',
  },
  {
    name: 'an image index without the platform',
    world: {
      world: {
        repositories: {
          web: {
            tags: [
              '3f1c2ab',
              { tag: '9d04e11', platforms: ['linux/arm64', 'linux/arm/v7'], manifest: 'index' },
            ],
          },
        },
      },
    },
    finding: { class: 'image-platform-mismatch', container: 'app' },
    says: '--platform linux/amd64',
  },
  {
    name: 'a log group that does not exist',
    world: { world: { logGroups: [] } },
    finding: { class: 'log-group-missing', resource: '/ecs/web', container: 'app' },
    says: 'aws logs create-log-group',
  },
  {
    name: 'a deployer that may not pass the roles',
    world: {
      world: { callers: { '*': { arn: deployer, deny: [{ action: 'iam:PassRole' }] } } },
    },
    finding: {
      class: 'pass-role-denied',
      principal: 'deployer',
      principalKind: 'deployer',
      action: 'iam:PassRole',
      resource: role('web-execution'),
    },
    says: 'iam:PassRole',
  },
  {
    name: 'a target group for instances',
    world: {
      world: {
        targetGroups: [
          {
            arn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/73e2d6bc24d8a067',
            targetType: 'instance',
          },
        ],
      },
    },
    finding: { class: 'bad-service-settings' },
    says: 'ip',
  },
];

describe.each([['per-action' as const], ['per-resource' as const]])(
  'the preflight, with IAM’s answers %s, refuses before anything is changed',
  (simulateShape) => {
    it.each(troubles)('$name', async ({ world, finding, says }) => {
      const simulator = await simulate(
        webWorld({ ...world, world: { ...world.world, simulateShape } }),
      );
      const { exitCode, outputs, stdout } = await step(simulator, {
        inputs: { ...secret, ...image },
      });
      expect(findingsOf(outputs)).toContainEqual(expect.objectContaining(finding));
      expect(exitCode).toBe(1);
      expect(outputs.status).toBe('rejected');
      expect(stdout).toContain(says);
      expect(changesIn(simulator)).toEqual([]);
    });
  },
);

it('reports everything that it finds at once, with the line of the file', async () => {
  const simulator = await simulate(
    webWorld({
      roleMayReadParameter: false,
      world: { logGroups: [], repositories: { web: { tags: ['3f1c2ab'] } } },
    }),
  );
  const definition = JSON.stringify(
    {
      ...webWorld().taskDefinitions[0],
      revision: undefined,
      containerDefinitions: [
        {
          name: 'app',
          image: image.image,
          portMappings: [{ containerPort: 8080 }],
          secrets: [{ name: 'PASSWORD', valueFrom: '/web/prod/password' }],
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': '/ecs/web',
              'awslogs-region': 'eu-west-1',
              'awslogs-stream-prefix': 'app',
            },
          },
        },
      ],
    },
    null,
    2,
  );
  const folder = workspace({ 'task-definition.json': definition });
  const { outputs, stdout } = await step(simulator, {
    inputs: { 'task-definition': 'task-definition.json' },
    workspace: folder,
  });
  const lineOf = (text: string) =>
    definition.split('\n').findIndex((line) => line.includes(text)) + 1;
  const found = findingsOf(outputs);
  expect(found).toHaveLength(3);
  for (const [name, text] of [
    ['secret-access-denied', '"valueFrom"'],
    ['image-not-found', '"image"'],
    ['log-group-missing', '"awslogs-group"'],
  ] as const) {
    const line = lineOf(text);
    expect(found).toContainEqual(
      expect.objectContaining({ class: name, file: 'task-definition.json', line }),
    );
    expect(stdout).toMatch(
      new RegExp(`^::error title=ECS Rollout,file=task-definition.json,line=${line}::`, 'm'),
    );
  }
});

it('leads to the line of the workflow that gives the secret, where no file of the task definition does', async () => {
  const simulator = await simulate(webWorld({ roleMayReadParameter: false }));
  const file = '.github/workflows/deploy.yml';
  const workflow = [
    'jobs:',
    '  deploy:',
    '    steps:',
    '      - uses: ecs-rollout/ecs-rollout@v1',
    '        with:',
    '          secrets: |',
    '            PASSWORD=/web/prod/password',
  ].join('\n');
  const { outputs, stdout } = await step(simulator, {
    inputs: secret,
    workspace: workspace({ [file]: workflow }),
    env: { GITHUB_WORKFLOW_REF: `example/shop/${file}@refs/heads/main`, GITHUB_JOB: 'deploy' },
  });
  expect(outputs.status).toBe('rejected');
  expect(findingsOf(outputs)).toMatchObject([{ class: 'secret-access-denied', file, line: 7 }]);
  expect(stdout).toMatch(
    /^::error title=ECS Rollout,file=\.github\/workflows\/deploy\.yml,line=7::/m,
  );
});

describe('a healthy setup', () => {
  it('passes without one false alarm', async () => {
    const simulator = await simulate(webWorld());
    const { outputs, stdout } = await step(simulator, { inputs: { ...secret, ...image } });
    expect(outputs).toMatchObject({ status: 'succeeded', diagnosis: '[]' });
    expect(stdout).toMatch(/^::group::Preflight of web · prod: \d+ passed$/m);
    expect(stdout).not.toMatch(/^::(error|warning)/m);
  });

  it('passes a deployer with the least permissions, and is told what was not checked', async () => {
    const needed = [
      'ecs:DescribeServices',
      'ecs:DescribeTaskDefinition',
      'ecs:RegisterTaskDefinition',
      'ecs:UpdateService',
      'iam:PassRole',
    ].map((action) => ({ action }));
    const simulator = await simulate(
      webWorld({ world: { callers: { '*': { arn: deployer, allow: needed } } } }),
    );
    const { outputs, stdout } = await step(simulator, { inputs: { ...secret, ...image } });
    expect(outputs).toMatchObject({ status: 'succeeded', diagnosis: '[]' });
    expect(stdout).not.toMatch(/^::(error|warning)/m);
    for (const permission of [
      'ssm:DescribeParameters',
      'iam:GetRole',
      'iam:SimulatePrincipalPolicy',
      'ecr:DescribeImages',
      'logs:DescribeLogGroups',
      'elasticloadbalancing:DescribeTargetGroups',
    ]) {
      expect(stdout).toMatch(new RegExp(`^not checked .*needs \`${permission}\``, 'm'));
    }
  });

  it('passes where the policy of the key, and none of the role, allows its use', async () => {
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/0f5a2c1e-7d3b-4a6f-9c8e-1b2d3c4e5f60';
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow' as const,
          Principal: { AWS: role('web-execution') },
          Action: ['kms:Decrypt', 'kms:DescribeKey'],
          Resource: '*',
          Condition: { StringEquals: { 'kms:ViaService': 'ssm.eu-west-1.amazonaws.com' } },
        },
      ],
    };
    const parameters = [{ name: '/web/prod/password', kmsKeyArn: key }];
    const simulator = await simulate(
      webWorld({ world: { parameters, keys: [{ arn: key, policy }] } }),
    );
    const { outputs, stdout } = await step(simulator, { inputs: { ...secret, ...image } });
    expect(outputs).toMatchObject({ status: 'succeeded', diagnosis: '[]' });
    expect(stdout).toContain(
      'policies allow the execution role web-execution to use the key of SSM parameter',
    );
    expect(stdout).not.toMatch(/^::(error|warning)/m);
  });

  it('passes where none of the other services is there', async () => {
    const operations = [
      'DescribeParameters',
      'GetRole',
      'SimulatePrincipalPolicy',
      'GetCallerIdentity',
      'DescribeImages',
      'DescribeLogGroups',
      'DescribeTargetGroups',
    ];
    const simulator = await simulate(webWorld({ world: { unsupported: operations } }));
    const { outputs } = await step(simulator, { inputs: { ...secret, ...image } });
    expect(outputs).toMatchObject({ status: 'succeeded', diagnosis: '[]' });
  });
});

describe('preflight: warn and off', () => {
  const world = (): World => webWorld({ roleMayReadParameter: false });

  it('warn tells the same and deploys all the same; its denial is certain with the first task', async () => {
    const simulator = await simulate(world());
    const { outputs, stdout } = await step(simulator, {
      inputs: { ...secret, ...image, preflight: 'warn' },
    });
    expect(stdout).toMatch(/^::warning .*may not read the SSM parameter/m);
    expect(outputs.status).toBe('rolled-back');
  });

  it('off looks nothing up', async () => {
    const simulator = await simulate(world());
    const { outputs } = await step(simulator, {
      inputs: { ...secret, ...image, preflight: 'off' },
    });
    expect(outputs.status).toBe('rolled-back');
    const services = new Set(simulator.calls.map(({ service }) => service));
    // The address is looked for all the same.
    expect([...services]).toEqual(['ecs', 'elbv2']);
  });

  it('a dry run makes the preflight, and is refused by it', async () => {
    const simulator = await simulate(world());
    const inputs = { ...secret, ...image, 'dry-run': 'true' };
    expect((await step(simulator, { inputs })).outputs.status).toBe('rejected');
    const told = await step(simulator, { inputs: { ...inputs, preflight: 'warn' } });
    expect(told.outputs.status).toBe('planned');
    expect(findingsOf(told.outputs)).toMatchObject([{ class: 'secret-access-denied' }]);
  });
});
