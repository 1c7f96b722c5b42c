import type { Changes, Place, TaskDefinition } from '../../src/task-definition/types.ts';

export const ACCOUNT = '123456789012';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/execution`;
export const PLACE: Place = { partition: 'aws', region: 'eu-central-1', account: ACCOUNT };

type Fields = Record<string, unknown>;

/** A container that Fargate takes, with `fields` over it. */
export function container(fields: Fields = {}): Fields {
  return {
    name: 'app',
    image: `${ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com/web:a`,
    essential: true,
    portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }],
    ...fields,
  };
}

/** A task definition that Fargate takes, with `fields` over it. */
export function definition(fields: Fields = {}): TaskDefinition {
  return {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: ROLE,
    containerDefinitions: [container()],
    ...fields,
  } as unknown as TaskDefinition;
}

/** A definition whose only container has `fields`. */
export function withContainer(fields: Fields): TaskDefinition {
  return definition({ containerDefinitions: [container(fields)] });
}

/** No changes at all, with `changes` over it. */
export function changesOf(changes: Partial<Changes> = {}): Changes {
  return {
    images: [],
    environment: [],
    secrets: [],
    unset: [],
    overrides: {},
    tags: {},
    ...changes,
  };
}

/** What DescribeTaskDefinition answers for revision 7 of `registered`. */
export function described(
  registered: TaskDefinition,
  ...[status = 'ACTIVE']: ['ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS' | undefined] | []
) {
  const { tags, ...taskDefinition } = registered;
  return {
    taskDefinition: {
      ...taskDefinition,
      taskDefinitionArn: arnOf('web:7'),
      revision: 7,
      status,
      requiresAttributes: [{ name: 'ecs.capability.execution-role-ecr-pull' }],
      compatibilities: ['EC2' as const, 'FARGATE' as const],
      registeredAt: new Date(0),
      registeredBy: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/run`,
    },
    tags: tags ?? [],
  } as unknown as import('@aws-sdk/client-ecs').DescribeTaskDefinitionCommandOutput;
}

export function arnOf(id: string): string {
  return `arn:aws:ecs:eu-central-1:${ACCOUNT}:task-definition/${id}`;
}

/** An exception as the SDK throws it. */
export function exception(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}
