import type { LoadBalancerSpec, RepositorySpec } from './resources.ts';
import type { ServiceSpec, TaskDefinitionSpec, Timings, World } from './world.ts';

const account = '123456789012';
const region = 'eu-west-1';
const targetGroupArn = `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/web/73e2d6bc24d8a067`;

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
    repositories: repositories(),
    logGroups: ['/ecs/web', '/ecs/scorekeep'],
    targetGroups: [{ arn: targetGroupArn, targetType: 'ip', port: 8080 }],
    loadBalancers: [webBalancer()],
    ...overrides.world,
  };
}

/** The images that the examples and the tests deploy; the first one is the newest. */
function repositories(): Record<string, RepositorySpec> {
  const pushed = (tags: string[]) => ({
    tags: tags.map((tag, index) => ({ tag, pushedSecondsAgo: 600 + index * 86_400 })),
  });
  const commit = '9d04e11c0ffee0123456789abcdef0123456789a';
  return {
    web: pushed(['9d04e11', commit, '9d2e4c1', '3f1c2ab']),
    'scorekeep-frontend': pushed(['4c1f0ab-next', '4c1f0ab']),
    'scorekeep-api': pushed(['4c1f0ab-next', '4c1f0ab']),
  };
}

/** In front of `web`: HTTPS by host name, and HTTP that redirects to it. */
function webBalancer(): LoadBalancerSpec {
  const toHttps = {
    Protocol: 'HTTPS',
    Port: '443',
    Host: '#{host}',
    Path: '/#{path}',
    Query: '#{query}',
    StatusCode: 'HTTP_301',
  };
  const nothing = { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'Not found' };
  const host = { Field: 'host-header', HostHeaderConfig: { Values: ['app.example.com'] } };
  return {
    name: 'web',
    listeners: [
      {
        port: 443,
        protocol: 'HTTPS',
        defaultActions: [{ Type: 'fixed-response', Order: 1, FixedResponseConfig: nothing }],
        rules: [
          {
            priority: 10,
            conditions: [host],
            actions: [{ Type: 'forward', Order: 1, TargetGroupArn: targetGroupArn }],
          },
        ],
      },
      {
        port: 80,
        protocol: 'HTTP',
        defaultActions: [{ Type: 'redirect', Order: 1, RedirectConfig: toHttps }],
      },
    ],
  };
}

/**
 * Timings that were seen in real accounts, for services with one desired task. The times in the
 * comments count from UpdateService.
 */
export const realTimings = {
  /** Failures counted at 2m34, 4m46 and 11m00, the breaker trips at 11m44. */
  imagePull: { startFailure: 131, retry: [132, 375], breaker: 44, rollback: 79 },
  /**
   * A secret is refused sooner than a pull is given up, but the scheduler's pauses are the same:
   * failures counted at 52 s, 4m46 and 11m00, the breaker trips at 11m44. Only the pauses and the
   * trip are from the capture of the image pull; of this class none is known.
   */
  secretDenied: { startFailure: 30, retry: [234, 374], breaker: 44, rollback: 79 },
  /** Four starts 50 seconds apart, the breaker trips at 2m55, the rollback completes at 4m14. */
  appExit: { retry: 50, breaker: 4, rollback: 79 },
} satisfies Record<string, Partial<Timings>>;

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
        targetGroupArn,
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
