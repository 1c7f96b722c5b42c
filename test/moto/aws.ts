import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { runAction, type Step, type StepResult } from '../e2e/run-action.ts';

/** Where moto's server listens; test/moto/run.ts says it. */
const endpoint = process.env.MOTO_URL ?? '';
const region = 'eu-west-1';

/** What every ARN of moto's starts with. */
export const arns = {
  ecs: `arn:aws:ecs:${region}:123456789012`,
  ssm: `arn:aws:ssm:${region}:123456789012`,
};

/** How clients reach moto. */
export const connection = {
  region,
  endpoint,
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' },
};

const ecs = new ECSClient(connection);

/** A task definition of one container; `changes` replace its fields. */
export function taskDefinition(
  family: string,
  changes: Partial<RegisterTaskDefinitionCommandInput> = {},
): RegisterTaskDefinitionCommandInput {
  return {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: 'arn:aws:iam::123456789012:role/web-execution',
    containerDefinitions: [
      {
        name: 'app',
        image: 'public.ecr.aws/docker/library/nginx:1.29',
        essential: true,
        portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
        environment: [{ name: 'LOG_LEVEL', value: 'info' }],
      },
    ],
    ...changes,
  };
}

export async function createCluster(name: string): Promise<void> {
  await ecs.send(new CreateClusterCommand({ clusterName: name }));
}

/** Registers a revision and returns its ARN. */
export async function register(definition: RegisterTaskDefinitionCommandInput): Promise<string> {
  const answer = await ecs.send(new RegisterTaskDefinitionCommand(definition));
  return answer.taskDefinition?.taskDefinitionArn ?? '';
}

/** Makes a service that runs the revision (moto wants no subnets). */
export async function createService(
  cluster: string,
  name: string,
  revision: string,
): Promise<void> {
  await ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: name,
      taskDefinition: revision,
      desiredCount: 1,
      launchType: 'FARGATE',
    }),
  );
}

export async function describeService(cluster: string, name: string): Promise<Service> {
  const answer = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
  const [service] = answer.services ?? [];
  if (!service) throw new Error(`moto knows no service ${name}.`);
  return service;
}

/** A registered revision, and its tags as an object. */
export async function describeRevision(
  revision: string,
): Promise<{ definition: TaskDefinition; tags: Record<string, string> }> {
  const answer = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: revision, include: ['TAGS'] }),
  );
  const tags = (answer.tags ?? []).map(({ key = '', value = '' }) => [key, value] as const);
  return { definition: answer.taskDefinition ?? {}, tags: Object.fromEntries(tags) };
}

/** Runs the packaged action against moto. */
export function deploy(
  inputs: Step['inputs'],
  step: Omit<Step, 'inputs'> = {},
): Promise<StepResult> {
  return runAction({
    ...step,
    inputs: { 'poll-interval': '0.5', timeout: '30s', ...inputs },
    env: { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint, ...step.env },
  });
}
