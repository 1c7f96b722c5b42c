import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Story } from './story.ts';
import type { Json } from './world.ts';
import { webWorld } from './worlds.ts';

let story: Story;

beforeEach(async () => {
  story = await Story.of(webWorld());
});

afterEach(() => story.simulator.close());

const roles = { executionRoleArn: 'arn:aws:iam::123456789012:role/web-execution' };
const app = { name: 'app', image: 'nginx:1' };
const fargate = {
  family: 'job',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [app],
};

describe('registering', () => {
  it('fills in the defaults and drops what it does not know', async () => {
    const { json } = await story.ecs('RegisterTaskDefinition', {
      ...fargate,
      cpu: '1 vCPU',
      memory: '2 GB',
      invented: true,
      revision: 99,
      tags: [{ key: 'team', value: 'web' }],
      containerDefinitions: [
        {
          ...app,
          invented: true,
          portMappings: [{ containerPort: 80 }],
          environment: [
            { name: 'A', value: '1' },
            { name: 'B', value: '2' },
          ],
          healthCheck: { command: ['CMD', 'true'] },
        },
      ],
    });
    const definition = json.taskDefinition as Json;
    expect(json.tags).toEqual([{ key: 'team', value: 'web' }]);
    expect(definition).toMatchObject({
      taskDefinitionArn: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/job:1',
      revision: 1,
      status: 'ACTIVE',
      cpu: '1024',
      memory: '2048',
      volumes: [],
      placementConstraints: [],
      compatibilities: ['EC2', 'FARGATE'],
    });
    expect(definition).not.toHaveProperty('invented');
    expect(definition).not.toHaveProperty('tags');
    expect(definition.containerDefinitions).toEqual([
      {
        ...app,
        cpu: 0,
        portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
        essential: true,
        environment: [
          { name: 'B', value: '2' },
          { name: 'A', value: '1' },
        ],
        mountPoints: [],
        volumesFrom: [],
        systemControls: [],
        healthCheck: { command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 3 },
      },
    ]);
  });

  const container = (more: Json) => ({ containerDefinitions: [{ ...app, ...more }] });
  it.each<[string, Json, string]>([
    ['no containers', { containerDefinitions: [] }, 'Container list cannot be empty.'],
    ['no image', container({ image: '' }), 'Container.image should not be null or empty.'],
    ['no cpu', { cpu: null }, "Fargate requires that 'cpu' be defined at the task level."],
    [
      'a size that Fargate does not have',
      { memory: '4096' },
      'No Fargate configuration exists for given values: 256 CPU, 4096 memory. See the Amazon ECS documentation for the valid values.',
    ],
    [
      'another network mode',
      { networkMode: 'bridge' },
      'Fargate only supports network mode ‘awsvpc’.',
    ],
    [
      'an ECR image without a role',
      container({ image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1' }),
      'Fargate requires task definition to have execution role ARN to support ECR images.',
    ],
    [
      'secrets without a role',
      container({ secrets: [{ name: 'A', valueFrom: '/a' }] }),
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    ],
    [
      'a name that is both',
      {
        ...roles,
        ...container({
          environment: [{ name: 'A', value: '1' }],
          secrets: [{ name: 'A', valueFrom: '/a' }],
        }),
      },
      "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'.",
    ],
    [
      'ports that differ',
      container({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    ],
    ['a role that is none', { taskRoleArn: 'arn:nonsense' }, 'Role is not valid'],
    ['no tags', { tags: [] }, 'Tags can not be empty.'],
  ])('is refused for %s', async (_what, change, message) => {
    const answer = await story.ecs('RegisterTaskDefinition', { ...fargate, ...change });
    expect(answer).toMatchObject({ status: 400, json: { __type: 'ClientException', message } });
  });

  it('is refused for a value of the wrong type', async () => {
    const environment = [{ name: 'PORT', value: 8080 }];
    const { json } = await story.ecs('RegisterTaskDefinition', {
      ...fargate,
      ...container({ environment }),
    });
    expect(json).toEqual({
      __type: 'SerializationException',
      message: 'NUMBER_VALUE cannot be converted to String',
    });
  });

  it('is refused beyond 64 KiB', async () => {
    const environment = [{ name: 'LONG', value: 'x'.repeat(70_000) }];
    const { json } = await story.ecs('RegisterTaskDefinition', {
      ...fargate,
      ...container({ environment }),
    });
    expect(json.message).toMatch(/^Actual length: '\d+'\. Max allowed length is '65536' bytes\.$/);
  });
});

describe('describing', () => {
  it('finds by family, revision and ARN, and shows tags only when asked', async () => {
    const arn = await story.register();
    for (const id of ['web', 'web:8', arn]) {
      const { json } = await story.ecs('DescribeTaskDefinition', { taskDefinition: id });
      expect(json).toMatchObject({ taskDefinition: { revision: 8 } });
      expect(json).not.toHaveProperty('tags');
    }
    const input = { taskDefinition: 'web', include: ['TAGS'] };
    expect((await story.ecs('DescribeTaskDefinition', input)).json.tags).toEqual([]);
  });

  it('finds no family by an inactive revision, but finds the revision', async () => {
    await story.ecs('DeregisterTaskDefinition', { taskDefinition: 'web:7' });
    const family = await story.ecs('DescribeTaskDefinition', { taskDefinition: 'web' });
    expect(family.json).toEqual({
      __type: 'ClientException',
      message: 'Unable to describe task definition.',
    });
    const revision = await story.ecs('DescribeTaskDefinition', { taskDefinition: 'web:7' });
    expect(revision.json).toMatchObject({ taskDefinition: { status: 'INACTIVE' } });
  });
});

describe('what UpdateService refuses', () => {
  const update = async (input: Json) =>
    (await story.ecs('UpdateService', { cluster: 'prod', service: 'web', ...input })).json;

  it('a task definition that is not there, or not active', async () => {
    expect(await update({ taskDefinition: 'web:70' })).toEqual({
      __type: 'ClientException',
      message: 'TaskDefinition not found.',
    });
    await story.ecs('DeregisterTaskDefinition', { taskDefinition: 'web:7' });
    expect(await update({ taskDefinition: 'web:7' })).toEqual({
      __type: 'ClientException',
      message: 'TaskDefinition is inactive',
    });
  });

  it('a task definition without the container or the port of the load balancer', async () => {
    const renamed = await story.registerWith((container) => ({ ...container, name: 'main' }));
    expect(await update({ taskDefinition: renamed })).toEqual({
      __type: 'InvalidParameterException',
      message: 'The container app does not exist in the task definition.',
    });
    const moved = await story.registerWith((container) => ({
      ...container,
      name: 'app',
      portMappings: [{ containerPort: 3000 }],
    }));
    expect(await update({ taskDefinition: moved })).toEqual({
      __type: 'InvalidParameterException',
      message: 'The container app did not have a container port 8080 defined.',
    });
  });

  it('a service or a cluster that is not there', async () => {
    expect(await update({ service: 'wep' })).toEqual({
      __type: 'ServiceNotFoundException',
      message: '',
    });
    expect(await update({ cluster: 'prd' })).toEqual({
      __type: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    });
  });
});

it('refuses to deploy what CodeDeploy deploys', async () => {
  const theirs = await Story.of(webWorld({ service: { deploymentController: 'CODE_DEPLOY' } }));
  const { json } = await theirs.ecs('UpdateService', {
    cluster: 'prod',
    service: 'web',
    taskDefinition: 'web:7',
  });
  await theirs.simulator.close();
  expect(json).toEqual({
    __type: 'InvalidParameterException',
    message:
      'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
  });
});
