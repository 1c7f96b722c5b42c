import { describe, expect, it } from 'vitest';
import type { World } from '../simulator/world.ts';
import { webWorld } from '../simulator/worlds.ts';
import { changesIn, inputsOf, type StepOptions, simulate, step, workspace } from './harness.ts';

/** A Fargate task with two containers, as a file of the repository. */
const file = (overrides: object = {}) => ({
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/web-execution',
  containerDefinitions: [
    {
      name: 'app',
      image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11',
      essential: true,
      portMappings: [{ containerPort: 8080 }],
      command: ['sh', '-c', ''],
      environment: [{ name: 'EMPTY', value: '' }],
    },
  ],
  ...overrides,
});

async function rejectedStep(options: StepOptions, world: World = webWorld()) {
  const simulator = await simulate(world);
  const result = await step(simulator, options);
  expect(changesIn(simulator)).toEqual([]);
  expect(result.exitCode).toBe(1);
  expect(result.outputs.status).toBe('rejected');
  return result;
}

const errorsIn = (stdout: string) =>
  stdout.split('\n').filter((line) => line.startsWith('::error'));

describe('bad input changes nothing and gives one clear error', () => {
  it.each<[string, StepOptions, RegExp]>([
    ['an empty service', { inputs: { service: ' ' } }, /Input service: is empty/],
    ['an empty cluster', { inputs: { cluster: '' } }, /Input cluster: is empty/],
    ['an unknown container', { inputs: { image: 'nope=web:1' } }, /Input image: .*"nope".*app/],
    [
      'a malformed environment line',
      { inputs: { environment: 'A B' } },
      /Input environment: Line 1/,
    ],
    ['an unreadable file', { inputs: { 'task-definition': 'missing.json' } }, /missing\.json/],
    ['no region', { env: { AWS_REGION: undefined } }, /No AWS region is set/],
    [
      'no credentials',
      { env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined } },
      /No AWS credentials were found/,
    ],
    ['a missing service', { inputs: { service: 'wbe' } }, /Input service: .*"wbe".*There is: web/],
    [
      'a missing cluster',
      { inputs: { cluster: 'prdo' } },
      /Input cluster: .*"prdo".*There is: prod/,
    ],
    [
      'a cluster of another region',
      { inputs: { cluster: 'arn:aws:ecs:us-east-1:123456789012:cluster/prod' } },
      /Input cluster: .*us-east-1.*eu-west-1/,
    ],
    ['a missing family', { inputs: { 'task-definition': 'wbe' } }, /Input task-definition: .*wbe/],
    ['a missing revision', { inputs: { 'task-definition': 'web:99' } }, /web:99/],
  ])('%s', async (_, options, message) => {
    const { stdout } = await rejectedStep(options);
    expect(errorsIn(stdout)).toHaveLength(1);
    expect(stdout).toMatch(message);
  });

  it.each(['CODE_DEPLOY', 'EXTERNAL'] as const)(
    'a service with the controller %s',
    async (controller) => {
      const world = webWorld({ service: { deploymentController: controller } });
      const { stdout } = await rejectedStep({}, world);
      expect(errorsIn(stdout)).toHaveLength(1);
      expect(stdout).toMatch(new RegExp(`Input service: web .*${controller}`));
    },
  );

  it('an invalid file, with its line', async () => {
    const folder = workspace({ 'task.json': '{\n  "family": "web",\n  "cpu": \n}' });
    const inputs = { 'task-definition': 'task.json' };
    const { stdout } = await rejectedStep({ inputs, workspace: folder });
    expect(errorsIn(stdout)).toHaveLength(1);
    expect(stdout).toMatch(/file=task\.json,line=4/);
  });

  it('all problems of a definition at once, each at its line', async () => {
    const folder = workspace({
      'task.json': file({
        cpu: '256',
        memory: '8192',
        executionRoleArn: undefined,
        containerDefinitions: [
          {
            name: 'web',
            image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11',
            environment: [{ name: 'A', value: '1' }],
            secrets: [{ name: 'A', valueFrom: '/a' }],
          },
        ],
      }),
    });
    const inputs = { 'task-definition': 'task.json' };
    const { stdout } = await rejectedStep({ inputs, workspace: folder });
    const errors = errorsIn(stdout).join('\n');
    expect(errors).toMatch(/line=8::.*512, 1024 or 2048 MiB/);
    expect(errors).toMatch(/executionRoleArn/);
    expect(errors).toMatch(/A of container web is a variable and a secret/);
    expect(errors).toMatch(/load balancer/);
    for (const error of errorsIn(stdout)) expect(error).toMatch(/file=task\.json,line=\d+/);
  });
});

describe('task definitions from files', () => {
  it('a wrapped description loses what AWS only puts out and keeps the rest, empty strings too', async () => {
    const simulator = await simulate(webWorld());
    const folder = workspace({
      'task.json': {
        taskDefinition: {
          ...file(),
          taskDefinitionArn: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:3',
          revision: 3,
          status: 'ACTIVE',
          requiresAttributes: [],
          compatibilities: ['FARGATE'],
          registeredAt: 1,
          registeredBy: 'someone',
        },
        tags: [{ key: 'team', value: 'shop' }],
      },
    });
    const inputs = { 'task-definition': 'task.json', tags: 'commit=9d04e11' };
    const { outputs } = await step(simulator, { inputs, workspace: folder });
    expect(outputs.status).toBe('succeeded');
    expect(inputsOf(simulator, 'RegisterTaskDefinition')).toEqual([
      {
        ...file(),
        tags: [
          { key: 'team', value: 'shop' },
          { key: 'commit', value: '9d04e11' },
        ],
      },
    ]);
  });

  it('a field that AWS or the SDK drops is a warning with its path', async () => {
    const simulator = await simulate(webWorld());
    const container = { ...file().containerDefinitions[0], futureField: { a: 1 } };
    const folder = workspace({ 'task.json': file({ containerDefinitions: [container] }) });
    const inputs = { 'task-definition': 'task.json' };
    const { stdout } = await step(simulator, { inputs, workspace: folder });
    expect(stdout).toMatch(/::warning.*containerDefinitions\[0\]\.futureField was asked for/);
  });

  it('YAML is read like JSON', async () => {
    const simulator = await simulate(webWorld());
    const folder = workspace({
      'task.yml': [
        'family: web',
        'networkMode: awsvpc',
        'requiresCompatibilities: [FARGATE]',
        'cpu: 256',
        'memory: 512',
        'executionRoleArn: arn:aws:iam::123456789012:role/web-execution',
        'containerDefinitions:',
        '  - name: app',
        '    image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11',
        '    portMappings: [{ containerPort: 8080 }]',
      ].join('\n'),
    });
    const { outputs } = await step(simulator, {
      inputs: { 'task-definition': 'task.yml' },
      workspace: folder,
    });
    expect(outputs.status).toBe('succeeded');
  });
});

describe('UpdateService', () => {
  it('is called once, with the service, the revision and nothing else', async () => {
    const simulator = await simulate(webWorld());
    await step(simulator, { inputs: { image: 'web:2' } });
    expect(inputsOf(simulator, 'UpdateService')).toEqual([
      {
        cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/prod',
        service: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/web',
        taskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:8',
      },
    ]);
  });

  it('carries the settings that the user gives', async () => {
    const simulator = await simulate(webWorld());
    const { outputs } = await step(simulator, {
      inputs: {
        'desired-count': '3',
        'circuit-breaker': 'stop',
        'service-overrides': 'enableExecuteCommand: true',
        'force-new-deployment': 'true',
      },
    });
    expect(outputs.status).toBe('succeeded');
    expect(inputsOf(simulator, 'UpdateService')[0]).toMatchObject({
      desiredCount: 3,
      forceNewDeployment: true,
      enableExecuteCommand: true,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
  });
});

describe('several services', () => {
  const world = () => {
    const { web } = webWorld().clusters.prod?.services ?? {};
    if (!web) throw new Error('the usual world has a service web');
    const services = { web, worker: { ...web, loadBalancers: [] } };
    return webWorld({ world: { clusters: { prod: { services } } } });
  };

  it('share one revision and are followed side by side', async () => {
    const simulator = await simulate(world());
    const inputs = { service: 'web, worker', image: 'web:2' };
    const { exitCode, outputs, stdout } = await step(simulator, { inputs });
    expect(exitCode).toBe(0);
    expect(inputsOf(simulator, 'RegisterTaskDefinition')).toHaveLength(1);
    const results = JSON.parse(outputs.results ?? '') as Record<string, string>[];
    expect(results.map(({ service, status }) => [service, status])).toEqual([
      ['web', 'succeeded'],
      ['worker', 'succeeded'],
    ]);
    expect(stdout).toMatch(/^\[worker\] /m);
  });

  it('the outputs are those of the worst', async () => {
    const one = world();
    Object.assign(one.clusters.prod?.services.worker ?? {}, { plays: [{ outcome: 'app-exit' }] });
    const simulator = await simulate(one);
    const inputs = { service: 'web\nworker', image: 'web:2' };
    const { exitCode, outputs } = await step(simulator, { inputs });
    expect(exitCode).toBe(1);
    expect(outputs.status).toBe('rolled-back');
    expect(outputs.summary).toMatch(/^worker · prod/);
  });

  it('that fail are an error each, as many as are shown besides those of the causes', async () => {
    const services = Object.fromEntries(
      ['one', 'two', 'three', 'four'].map((name) => [
        name,
        { ...world().clusters.prod?.services.worker, plays: [{ outcome: 'app-exit' }] },
      ]),
    );
    const one = world();
    Object.assign(one.clusters.prod?.services ?? {}, services);
    const simulator = await simulate(one);
    const inputs = { service: 'one, two, three, four', image: 'web:2', 'on-failure': 'report' };
    const { exitCode, stdout } = await step(simulator, { inputs });
    expect(exitCode).toBe(1);
    expect(errorsIn(stdout)).toHaveLength(2);
    for (const name of Object.keys(services)) {
      expect(stdout).toMatch(new RegExp(`error.*${name} · prod: `));
    }
  });

  it('none is touched when one of them is refused', async () => {
    const { outputs } = await rejectedStep({ inputs: { service: 'web, nope' } }, world());
    expect(outputs.summary).toContain('nope');
  });
});

describe('task definitions from AWS', () => {
  it('a field that is newer than the SDK is seen, and told when the new revision loses it', async () => {
    const simulator = await simulate(webWorld());
    const [seven] = simulator.state.taskDefinitions;
    Object.assign(seven?.body ?? {}, { futureField: { a: 1 } });
    const { outputs, stdout } = await step(simulator, { inputs: { image: 'web:2' } });
    expect(outputs.status).toBe('succeeded');
    expect(stdout).toMatch(/::warning.*::futureField was asked for, but web:8 does not have it/);
  });

  it('a deregistered revision that still runs is registered again when it has to be deployed', async () => {
    const simulator = await simulate(webWorld({ taskDefinition: { status: 'INACTIVE' } }));
    const inputs = { 'force-new-deployment': 'true' };
    const { outputs } = await step(simulator, { inputs });
    expect(outputs).toMatchObject({
      status: 'succeeded',
      'running-task-definition-arn': 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:8',
    });
  });
});
