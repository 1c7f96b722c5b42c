import type { Cause, Context } from '../../src/diagnosis/types.ts';
import { formatPath } from '../../src/task-definition/json.ts';
import type { TaskDefinition } from '../../src/task-definition/types.ts';

export const password = 'arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password';
export const database = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:web/db-AbC123';
export const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11';
export const executionRole = 'arn:aws:iam::123456789012:role/service/web-execution';

/** A cause of which the text says nothing but its class. */
export const cause = (overrides: Partial<Cause> & Pick<Cause, 'class'>): Cause => ({
  principal: null,
  principalKind: null,
  action: null,
  resource: null,
  fixableInRole: null,
  policy: null,
  explicit: null,
  policyArn: null,
  container: null,
  exitCode: null,
  platform: null,
  evidence: 'what AWS says',
  ...overrides,
});

/** A denial of the execution role's own policies, as AWS words it today. */
export const denial = (overrides: Partial<Cause> & Pick<Cause, 'class'>): Cause =>
  cause({
    principal: 'web-execution',
    principalKind: 'execution-role',
    fixableInRole: true,
    policy: 'identity',
    explicit: false,
    ...overrides,
  });

export const definition: TaskDefinition = {
  family: 'web',
  cpu: '256',
  memory: '512',
  executionRoleArn: executionRole,
  taskRoleArn: 'arn:aws:iam::123456789012:role/web-task',
  containerDefinitions: [
    {
      name: 'app',
      image,
      portMappings: [{ containerPort: 8080 }],
      secrets: [
        { name: 'PASSWORD', valueFrom: password },
        { name: 'DATABASE_URL', valueFrom: `${database}:url::` },
      ],
      environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::web-config/prod.env' }],
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
      healthCheck: { command: ['CMD', 'curl', 'localhost'], startPeriod: 10 },
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': '/ecs/web',
          'awslogs-region': 'eu-central-1',
          'awslogs-stream-prefix': 'ecs',
        },
      },
    },
    {
      name: 'proxy',
      image: 'nginx:1.27',
      secrets: [
        { name: 'CERTIFICATE', valueFrom: 'arn:aws:ssm:eu-west-1:123456789012:parameter/cert' },
      ],
    },
  ],
  volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-0123456789abcdef0' } }],
};

/** A deployment of `definition`; the file of a location is the path that was asked for. */
export const context = (overrides: Partial<TaskDefinition> = {}): Context => ({
  place: { partition: 'aws', region: 'eu-west-1', account: '123456789012' },
  definition: { ...definition, ...overrides },
  locate: (path) => ({ file: formatPath(path), line: 24 }),
});
