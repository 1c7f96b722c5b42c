import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  arns,
  createCluster,
  createService,
  deploy,
  describeRevision,
  describeService,
  register,
  taskDefinition,
} from './aws.ts';
import { createImage, createLogGroup, createParameter, createRole } from './surroundings.ts';

const cluster = 'prod';
const image = 'public.ecr.aws/docker/library/nginx:1.30';

/** Moto starts a deployment only where one is forced; see the last block. */
const forced = { cluster, 'force-new-deployment': 'true' };

let workspace: string;

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'ecs-rollout-moto-'));
  await createCluster(cluster);
  // What the tasks of all these services need: the preflight asks moto for each.
  const roles = ['web-execution', 'web-task', 'scorekeep-execution', 'scorekeep-task'];
  const parameters = ['/web/prod/password', 'token', '/web/prod/key', '/web/prod/full'];
  await Promise.all([
    ...roles.map((name) => createRole(name)),
    ...[...parameters, '/web/prod/log-level'].map((name) => createParameter(name)),
    ...['/ecs/web', '/ecs/scorekeep'].map((name) => createLogGroup(name)),
    createImage('web', '9d04e11'),
  ]);
});

afterAll(() => rmSync(workspace, { recursive: true, force: true }));

/** A service of its own for one test, which runs the first revision of a family of the same name. */
async function seed(name: string, tags: { key: string; value: string }[] = []): Promise<string> {
  const revision = await register(taskDefinition(name, tags.length > 0 ? { tags } : {}));
  await createService(cluster, name, revision);
  return revision;
}

describe('the source of the task definition', () => {
  test('a JSON file, as the source of the service’s next revision', async () => {
    await seed('json');
    const definition = taskDefinition('json', { cpu: '512', memory: '1024' });
    writeFileSync(join(workspace, 'json.json'), JSON.stringify(definition));

    const step = await deploy(
      { ...forced, service: 'json', 'task-definition': 'json.json', image },
      { workspace },
    );

    expect(step.outputs.status, step.stdout).toBe('succeeded');
    expect(step.exitCode).toBe(0);
    expect(step.outputs['task-definition-arn']).toBe(`${arns.ecs}:task-definition/json:2`);
    expect(step.outputs['previous-task-definition-arn']).toBe(`${arns.ecs}:task-definition/json:1`);
    const { definition: registered } = await describeRevision('json:2');
    expect(registered).toMatchObject({ cpu: '512', memory: '1024' });
    expect(registered.containerDefinitions?.[0]).toMatchObject({
      image,
      environment: [{ name: 'LOG_LEVEL', value: 'info' }],
      portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
    });
    expect((await describeService(cluster, 'json')).taskDefinition).toContain('json:2');
  });

  test('a YAML file, wrapped as describe-task-definition prints it, with tags', async () => {
    await seed('yaml');
    const file = `
taskDefinition:
  taskDefinitionArn: ${arns.ecs}:task-definition/yaml:1
  revision: 1
  status: ACTIVE
  family: yaml
  networkMode: awsvpc
  requiresCompatibilities: [FARGATE]
  cpu: "256"
  memory: "512"
  containerDefinitions:
    - name: app
      image: ${image}
      essential: true
      environment:
        - { name: EMPTY, value: "" }
tags:
  - { key: team, value: shop }
`;
    writeFileSync(join(workspace, 'yaml.yml'), file);

    const step = await deploy(
      { ...forced, service: 'yaml', 'task-definition': 'yaml.yml', tags: 'commit=9d04e11' },
      { workspace },
    );

    expect(step.outputs.status, step.stdout).toBe('succeeded');
    const { definition, tags } = await describeRevision('yaml:2');
    expect(definition.containerDefinitions?.[0]).toMatchObject({
      image,
      environment: [{ name: 'EMPTY', value: '' }],
    });
    expect(tags).toEqual({ team: 'shop', commit: '9d04e11' });
  });

  test('a family means its newest revision, which is not registered again', async () => {
    await seed('family');
    await register(taskDefinition('family', { memory: '1024' }));

    const step = await deploy({ ...forced, service: 'family', 'task-definition': 'family' });

    expect(step.outputs.status, step.stdout).toBe('succeeded');
    expect(step.outputs['task-definition-arn']).toBe(`${arns.ecs}:task-definition/family:2`);
    await expect(describeRevision('family:3')).rejects.toThrow();
  });

  test('family:revision, changed, becomes a new revision made from that one', async () => {
    const older = await register(taskDefinition('revision', { memory: '1024' }));
    await seed('revision');

    const step = await deploy({
      ...forced,
      service: 'revision',
      'task-definition': 'revision:1',
      image,
    });

    expect(older).toMatch(/revision:1$/);
    expect(step.outputs.status, step.stdout).toBe('succeeded');
    expect(step.outputs['task-definition-arn']).toBe(`${arns.ecs}:task-definition/revision:3`);
    const { definition } = await describeRevision('revision:3');
    expect(definition.memory).toBe('1024');
    expect(definition.containerDefinitions?.[0]?.image).toBe(image);
  });

  test('an ARN', async () => {
    await seed('arn');
    const revision = await register(taskDefinition('arn', { memory: '1024' }));

    const step = await deploy({ ...forced, service: 'arn', 'task-definition': revision });

    expect(step.outputs.status, step.stdout).toBe('succeeded');
    expect(step.outputs['task-definition-arn']).toBe(revision);
  });

  test('without the input, the revision that the service runs', async () => {
    await seed('running');
    await register(taskDefinition('running', { memory: '1024' }));

    const step = await deploy({ ...forced, service: 'running', image });

    expect(step.outputs.status, step.stdout).toBe('succeeded');
    const { definition } = await describeRevision('running:3');
    expect(definition.memory).toBe('512');
    expect(definition.containerDefinitions?.[0]?.image).toBe(image);
  });
});

describe('the examples', () => {
  const repository = join(import.meta.dirname, '../..');

  test('web: its secret becomes a full ARN', async () => {
    await seed('web');

    const step = await deploy(
      { ...forced, service: 'web', 'task-definition': 'examples/web/task-definition.json' },
      { workspace: repository },
    );

    expect(step.outputs.status, step.stdout).toBe('succeeded');
    const { definition } = await describeRevision('web:2');
    expect(definition.containerDefinitions?.[0]?.secrets).toEqual([
      { name: 'PASSWORD', valueFrom: `${arns.ssm}:parameter/web/prod/password` },
    ]);
  });

  test('scorekeep: two containers, each with its image', async () => {
    await seed('scorekeep');

    const step = await deploy(
      {
        ...forced,
        service: 'scorekeep',
        'task-definition': 'examples/scorekeep/task-definition.json',
        image: `scorekeep-frontend=${image}\nscorekeep-api=${image}-perl`,
        environment: 'scorekeep-api/LOG_LEVEL=info',
      },
      { workspace: repository },
    );

    expect(step.outputs.status, step.stdout).toBe('succeeded');
    const { definition } = await describeRevision('scorekeep:2');
    expect(definition.containerDefinitions).toMatchObject([
      { name: 'scorekeep-frontend', image, cpu: 256, memoryReservation: 512 },
      { name: 'scorekeep-api', image: `${image}-perl`, cpu: 768, memoryReservation: 512 },
    ]);
  });
});

test('several services, and ARNs instead of names', async () => {
  await seed('first');
  await seed('second');
  const { clusterArn = '', serviceArn = '' } = await describeService(cluster, 'second');

  const step = await deploy({
    ...forced,
    cluster: clusterArn,
    service: `first\n${serviceArn}`,
    image,
  });

  expect(step.outputs.status, step.stdout).toBe('succeeded');
  const results = JSON.parse(step.outputs.results ?? '[]') as Record<string, unknown>[];
  expect(results.map((result) => result['task-definition-arn'])).toEqual([
    `${arns.ecs}:task-definition/first:2`,
    `${arns.ecs}:task-definition/second:2`,
  ]);
});

describe('what is changed in it', () => {
  test('SSM references become full ARNs, and no value is asked for', async () => {
    await seed('secrets');
    const full = `${arns.ssm}:parameter/web/prod/full`;

    const step = await deploy({
      ...forced,
      service: 'secrets',
      secrets: [
        'PASSWORD=/web/prod/password',
        'TOKEN=token',
        'KEY=ssm:/web/prod/key',
        `FULL=${full}`,
        'LOG_LEVEL=/web/prod/log-level',
      ].join('\n'),
    });

    expect(step.outputs.status, step.stdout).toBe('succeeded');
    const { definition } = await describeRevision('secrets:2');
    const [container] = definition.containerDefinitions ?? [];
    const references = (container?.secrets ?? []).map(({ name, valueFrom }) => [name, valueFrom]);
    expect(Object.fromEntries(references)).toEqual({
      PASSWORD: `${arns.ssm}:parameter/web/prod/password`,
      TOKEN: `${arns.ssm}:parameter/token`,
      KEY: `${arns.ssm}:parameter/web/prod/key`,
      FULL: full,
      LOG_LEVEL: `${arns.ssm}:parameter/web/prod/log-level`,
    });
    expect(container?.environment ?? []).toEqual([]);
  });

  test('tags of the source revision are kept, those of the input added', async () => {
    await seed('tags', [
      { key: 'team', value: 'shop' },
      { key: 'commit', value: 'old' },
    ]);

    const step = await deploy({ ...forced, service: 'tags', image, tags: 'commit=9d04e11\nby=ci' });

    expect(step.outputs.status, step.stdout).toBe('succeeded');
    const { tags } = await describeRevision('tags:2');
    expect(tags).toEqual({ team: 'shop', commit: '9d04e11', by: 'ci' });
  });

  test('a dry run registers and updates nothing', async () => {
    const revision = await seed('dry');

    const step = await deploy({ ...forced, service: 'dry', image, 'dry-run': 'true' });

    expect(step.outputs.status, step.stdout).toBe('planned');
    expect(step.exitCode).toBe(0);
    await expect(describeRevision('dry:2')).rejects.toThrow();
    expect((await describeService(cluster, 'dry')).taskDefinition).toBe(revision);
  });

  test('nothing to change leaves the service alone', async () => {
    await seed('same');
    const before = await describeService(cluster, 'same');

    const step = await deploy({ cluster, service: 'same' });

    expect(step.outputs.status, step.stdout).toBe('unchanged');
    expect(step.exitCode).toBe(0);
    const after = await describeService(cluster, 'same');
    expect(after.deployments?.[0]?.id).toBe(before.deployments?.[0]?.id);
  });
});

describe('what is missing is named, with what comes near it', () => {
  test('the cluster', async () => {
    await seed('no-cluster');

    const step = await deploy({ cluster: 'prd', service: 'no-cluster', image });

    expect(step.outputs.status, step.stdout).toBe('rejected');
    expect(step.exitCode).toBe(1);
    expect(step.stdout).toMatch(/::error.*\bcluster\b.*\bprd\b.*\bprod\b/s);
    await expect(describeRevision('no-cluster:2')).rejects.toThrow();
  });

  test('the service', async () => {
    await seed('checkout');

    const step = await deploy({ cluster, service: 'chekout', image });

    expect(step.outputs.status, step.stdout).toBe('rejected');
    expect(step.exitCode).toBe(1);
    expect(step.stdout).toMatch(/::error.*\bservice\b.*\bchekout\b.*\bcheckout\b/s);
    await expect(describeRevision('checkout:2')).rejects.toThrow();
  });

  test('the task definition', async () => {
    const revision = await seed('basket');

    const step = await deploy({ cluster, service: 'basket', 'task-definition': 'baskt' });

    expect(step.outputs.status, step.stdout).toBe('rejected');
    expect(step.exitCode).toBe(1);
    expect(step.stdout).toMatch(/::error.*\btask-definition\b.*\bbaskt\b.*\bbasket\b/s);
    expect((await describeService(cluster, 'basket')).taskDefinition).toBe(revision);
  });
});

describe('what the tasks need is looked for before anything is changed', () => {
  test('a parameter, an image tag and a log group that are missing are named', async () => {
    const log = {
      logDriver: 'awslogs' as const,
      options: {
        'awslogs-group': '/ecs/forgotten',
        'awslogs-region': 'eu-west-1',
        'awslogs-stream-prefix': 'web',
      },
    };
    const [container] = taskDefinition('needy').containerDefinitions ?? [];
    const needy = { containerDefinitions: [{ ...container, logConfiguration: log }] };
    await createService(cluster, 'needy', await register(taskDefinition('needy', needy)));

    const step = await deploy({
      ...forced,
      service: 'needy',
      image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e12',
      secrets: 'PASSWORD=/web/prod/pasword',
    });

    expect(step.outputs.status, step.stdout).toBe('rejected');
    expect(step.exitCode).toBe(1);
    const findings = JSON.parse(step.outputs.diagnosis ?? '[]') as { class: string }[];
    expect(findings.map((finding) => finding.class).toSorted()).toEqual([
      'image-not-found',
      'log-group-missing',
      'secret-not-found',
    ]);
    await expect(describeRevision('needy:2')).rejects.toThrow();
  });

  test('a role that tasks may not assume, and one that does not exist', async () => {
    await createRole('confused', 'ecs.amazonaws.com');
    const roles = {
      executionRoleArn: 'arn:aws:iam::123456789012:role/confused',
      taskRoleArn: 'arn:aws:iam::123456789012:role/forgotten',
    };
    await createService(cluster, 'roles', await register(taskDefinition('roles', roles)));

    const step = await deploy({ ...forced, service: 'roles', image });

    expect(step.outputs.status, step.stdout).toBe('rejected');
    const findings = JSON.parse(step.outputs.diagnosis ?? '[]') as Record<string, unknown>[];
    expect(findings.map((finding) => [finding.class, finding.resource])).toEqual([
      ['role-not-assumable', roles.executionRoleArn],
      ['role-not-assumable', roles.taskRoleArn],
    ]);
  });
});

describe('what moto does otherwise than ECS', () => {
  // UpdateService without forceNewDeployment changes the service's task definition, but its
  // deployment stays the old one: nothing that the new revision runs.
  test('no deployment of the new revision is not a success', async () => {
    await seed('kept');

    const step = await deploy({ cluster, service: 'kept', image });

    expect(step.outputs.status, step.stdout).toBe('failed');
    expect(step.exitCode).toBe(1);
    expect(step.outputs.summary).toMatch(/\bno deployment\b/i);
    expect((await describeService(cluster, 'kept')).taskDefinition).toContain('kept:2');
  });

  // ListServiceDeployments and DescribeServiceDeployments answer HTTP 500 with a page of HTML.
  test('without the service deployments API, deployments[] tells the outcome', async () => {
    await seed('fallback');

    const step = await deploy({ ...forced, service: 'fallback', image });

    expect(step.outputs.status, step.stdout).toBe('succeeded');
    expect(step.outputs['service-deployment-arn']).toBe('');
    const { deployments } = await describeService(cluster, 'fallback');
    expect(step.outputs['deployment-id']).toBe(deployments?.[0]?.id);
    expect(step.outputs['running-task-definition-arn']).toBe(
      `${arns.ecs}:task-definition/fallback:2`,
    );
  });
});
