import type { ServiceSpec, TaskDefinitionSpec, World } from './world.ts';

const account = '123456789012';
const region = 'eu-west-1';

/** What differs from the usual world. */
export interface WebOverrides {
  /** Fields of the service `web`. */
  service?: Partial<ServiceSpec>;
  /** Fields of the task definition `web:7`. */
  taskDefinition?: Partial<TaskDefinitionSpec>;
  /** Whether the execution role may read `/web/prod/password`; it may where absent. */
  roleMayReadParameter?: boolean;
  /** Fields of the world as a whole. */
  world?: Partial<World>;
}

/** The usual world: one steady service `web` on Fargate, behind a load balancer, in `prod`. */
export function webWorld(overrides: WebOverrides = {}): World {
  const mayRead = overrides.roleMayReadParameter ?? true;
  const parameter = `arn:aws:ssm:${region}:${account}:parameter/web/prod/password`;
  return {
    account,
    region,
    clusters: { prod: { services: { web: { ...webService(), ...overrides.service } } } },
    taskDefinitions: [{ ...webTaskDefinition(), ...overrides.taskDefinition }],
    parameters: [{ name: '/web/prod/password', type: 'SecureString' }],
    secrets: [],
    roles: {
      'web-execution': {
        managed: ['AmazonECSTaskExecutionRolePolicy'],
        allow: mayRead ? [{ action: 'ssm:GetParameters', resource: parameter }] : [],
      },
      'web-task': {},
    },
    ...overrides.world,
  };
}

function webService(): ServiceSpec {
  return {
    taskDefinition: 'web:7',
    desiredCount: 2,
    launchType: 'FARGATE',
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
    },
    loadBalancers: [
      {
        targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/web/73e2d6bc24d8a067`,
        containerName: 'app',
        containerPort: 8080,
      },
    ],
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: ['subnet-0a1b2c3d4e5f60001', 'subnet-0a1b2c3d4e5f60002'],
        securityGroups: ['sg-0a1b2c3d4e5f60003'],
        assignPublicIp: 'DISABLED',
      },
    },
    healthCheckGracePeriodSeconds: 30,
  };
}

function webTaskDefinition(): TaskDefinitionSpec {
  return {
    family: 'web',
    revision: 7,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: `arn:aws:iam::${account}:role/web-execution`,
    taskRoleArn: `arn:aws:iam::${account}:role/web-task`,
    containerDefinitions: [
      {
        name: 'app',
        image: `${account}.dkr.ecr.${region}.amazonaws.com/web:3f1c2ab`,
        portMappings: [{ containerPort: 8080 }],
        environment: [
          { name: 'PASSWORD', value: 'literal' },
          { name: 'LOG_LEVEL', value: 'info' },
        ],
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': '/ecs/web',
            'awslogs-region': region,
            'awslogs-stream-prefix': 'app',
          },
        },
      },
    ],
  };
}
