import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { connection } from './aws.ts';

const ssm = new SSMClient(connection);
const iam = new IAMClient(connection);
const ecr = new ECRClient(connection);
const logs = new CloudWatchLogsClient(connection);

/** Makes a role that `service` may assume. */
export async function createRole(name: string, service = 'ecs-tasks.amazonaws.com'): Promise<void> {
  const statement = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  const policy = { Version: '2012-10-17', Statement: [statement] };
  await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(policy) }),
  );
}

export async function createParameter(name: string): Promise<void> {
  await ssm.send(new PutParameterCommand({ Name: name, Type: 'String', Value: 'never read' }));
}

export async function createLogGroup(name: string): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName: name })).catch((error: unknown) => {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  });
}

/** Makes a repository that holds one image, of which moto knows no platform. */
export async function createImage(repository: string, tag: string): Promise<void> {
  await ecr.send(new CreateRepositoryCommand({ repositoryName: repository }));
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: 2,
      digest: `sha256:${'0'.repeat(64)}`,
    },
    layers: [],
  });
  await ecr.send(new PutImageCommand({ repositoryName: repository, imageTag: tag, imageManifest }));
}
