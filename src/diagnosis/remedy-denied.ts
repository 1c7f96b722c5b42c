import { parseArn } from '../arn.ts';
import {
  imageTitle,
  logGroupName,
  parseEcrHost,
  parseImage,
  parseSecretName,
  plain,
  resourceTitle,
} from './finding-names.ts';
import { environmentFileTrouble, storeIn } from './finding-words.ts';
import { routeToFiles } from './remedy-network.ts';
import {
  actionOf,
  allowing,
  arnAt,
  arnOrAll,
  json,
  permit,
  type Statement,
} from './remedy-policy.ts';
import { isOfEcr, type TiedCause } from './tie.ts';
import { containersOf } from './tie-uses.ts';

const MANAGED = 'service-role/AmazonECSTaskExecutionRolePolicy';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html */
export function permitParameter(tied: TiedCause): string {
  return permit(tied, [
    { Action: actionOf(tied) ?? 'ssm:GetParameters', Resource: secretArn(tied, 'parameter') },
  ]);
}

export function permitSecret(tied: TiedCause): string {
  return permit(tied, [
    {
      Action: actionOf(tied) ?? 'secretsmanager:GetSecretValue',
      Resource: secretArn(tied, 'secret'),
    },
  ]);
}

/** A policy wants the ARN without the JSON key and the version that a reference may have. */
function secretArn(
  { resource, reference, place }: TiedCause,
  type: 'parameter' | 'secret',
): string {
  if (resource === '*') return resource;
  const names = [resource, reference].flatMap((name) => (name ? [parseSecretName(name)] : []));
  const arn = names.find((name) => name.arn !== null)?.arn;
  if (arn) return arn;
  const name = names[0]?.name;
  return type === 'parameter' && name
    ? arnAt(place, 'ssm', `parameter/${name}`, `ARN of the parameter ${plain(name)}`)
    : `<ARN of the ${type}${name ? ` ${plain(name)}` : ''}>`;
}

/**
 * Only a key of the customer's own asks for this; the condition keeps the role from using it for
 * anything but secrets.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function permitKey(tied: TiedCause): string {
  const { resource } = tied;
  const key = /^arn:[^:]+:kms:.*:key\//.test(resource ?? '') ? resource : null;
  const services = viaServices(tied);
  const statement: Statement = {
    Action: actionOf(tied) ?? 'kms:Decrypt',
    Resource: key ?? '<ARN of the KMS key>',
    ...(services && { Condition: { StringEquals: { 'kms:ViaService': services } } }),
  };
  return permit(tied, [statement]);
}

function viaServices({ evidence, reference, place: { region } }: TiedCause) {
  if (region === null || /-iso|^eusc-/.test(region)) return undefined;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const service = (reference && parseSecretName(reference).service) || storeIn(evidence);
  const names = service ? [service] : ['ssm', 'secretsmanager'];
  const hosts = names.map((name) => `${name}.${region}.${suffix}`);
  return hosts.length === 1 ? hosts[0] : hosts;
}

const token: Statement = { Action: 'ecr:GetAuthorizationToken', Resource: '*' };

export const permitToken = (tied: TiedCause) => permit(tied, [token], MANAGED);

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html */
export function permitPull(tied: TiedCause): string {
  const { resource, container } = tied;
  if (resource !== null && !isOfEcr(resource)) {
    const of = container ? ` of container ${plain(container)}` : '';
    return [
      `Give ECS the credentials of the registry for ${imageTitle(resource)}, unless the name is wrong:`,
      'store them in Secrets Manager as JSON with username and password, let the execution role read',
      `that secret, and name its ARN in the task definition as repositoryCredentials.credentialsParameter${of}.`,
    ].join('\n');
  }
  const repository = repositoryArn(tied);
  const pull: Statement = {
    Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
    Resource: repository,
  };
  const fix = permit(tied, [pull, token], MANAGED);
  if (tied.policy !== null || tied.explicit !== null) return fix;
  const owner = parseArn(repository)?.account;
  if (owner !== undefined && owner === parseArn(tied.roleArn ?? '')?.account) return fix;
  return `${fix}\nA repository of another account needs a repository policy as well that lets this one pull.`;
}

function repositoryArn({ resource, reference }: TiedCause): string {
  const image = resource ?? reference;
  if (image && parseArn(image)) return image;
  const { registry, repository } = parseImage(image ?? '');
  const place = parseEcrHost(registry);
  return place
    ? arnAt(place, 'ecr', `repository/${repository}`, '')
    : '<ARN of the ECR repository>';
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html */
export function permitLogs(tied: TiedCause): string {
  const create = tied.action === 'logs:CreateLogGroup' ? ['logs:CreateLogGroup'] : [];
  return permit(
    tied,
    [
      {
        Action: [...create, 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: logGroupArn(tied),
      },
    ],
    create.length === 0 ? MANAGED : undefined,
  );
}

/** The ARN of a log group as policies want it, with `:*` for its streams. */
export function logGroupArn({
  resource,
  reference,
  place,
  definition,
  container,
}: TiedCause): string {
  const name = resource ?? reference;
  if (name === null || name === '*') return '<ARN of the log group>:*';
  const arn = parseArn(name);
  const group = `log-group:${logGroupName(name)}:*`;
  if (arn) return `arn:${arn.partition}:logs:${arn.region}:${arn.account}:${group}`;
  const region = logRegion(definition, container) ?? place.region;
  return arnAt({ ...place, region }, 'logs', group, `ARN of the log group ${plain(name)}`);
}

/** The region that a container's logs go to, which may be another than the task's. */
export function logRegion(
  definition: TiedCause['definition'],
  container: string | null,
): string | null {
  const regions = new Set(
    containersOf(definition)
      .filter(([, { name }]) => container === null || name === container)
      .flatMap(([, { logConfiguration }]) => logConfiguration?.options?.['awslogs-region'] ?? []),
  );
  return regions.size === 1 ? ([...regions][0] ?? null) : null;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html */
export function permitEnvironmentFile(tied: TiedCause): string | null {
  const file = [tied.resource, tied.reference].find(
    (name) => parseArn(name ?? '')?.service === 's3',
  );
  const title = file ? resourceTitle(file) : 'the environment file';
  switch (environmentFileTrouble(tied.evidence)) {
    case 'network':
      return routeToFiles(tied);
    case 'missing':
      return `Upload ${title}, or correct its ARN in environmentFiles of the task definition; the bucket must be in the region of the task.`;
    case 'unknown':
    case 'denied': {
      const fix = permit(tied, [
        { Action: 's3:GetObject', Resource: file ?? '<ARN of the environment file>' },
        {
          Action: 's3:GetBucketLocation',
          Resource: file?.replace(/^(arn:[^:]+:s3:::[^/]+).*$/, '$1') ?? '<ARN of its bucket>',
        },
      ]);
      return `${fix}\nS3 answers the same for a file that does not exist, to a role without s3:ListBucket: see that ${title} is there.`;
    }
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_service-with-iam.html */
export function permitPassing(tied: TiedCause): string {
  if (/cross-account pass role/i.test(tied.evidence)) {
    return 'Name roles of the account of the cluster in executionRoleArn and taskRoleArn: no policy lets a role of another account be passed.';
  }
  return permit(tied, [
    {
      Action: 'iam:PassRole',
      Resource: arnOrAll(tied.resource) ?? '<ARN of the execution role or task role>',
      Condition: {
        StringEquals: {
          'iam:PassedToService':
            tied.principalKind === 'infrastructure-role'
              ? 'ec2.amazonaws.com'
              : 'ecs-tasks.amazonaws.com',
        },
      },
    },
  ]);
}

/** AWS knows no narrower resource for these. */
const UNBOUND: ReadonlySet<string> = new Set([
  'ecs:RegisterTaskDefinition',
  'ecs:DescribeTaskDefinition',
  'ecr:GetAuthorizationToken',
]);

/** A call that AWS denied to the workflow, to the code in a task, or to ECS's own role. */
export function permitCall(tied: TiedCause): string | null {
  const action = actionOf(tied);
  if (action === null) {
    return tied.principalKind === 'deployer'
      ? 'Compare the policies of the deployer role with the table of docs/permissions.md: AWS does not say which action it denied.'
      : null;
  }
  const Resource = arnOrAll(tied.resource) ?? (UNBOUND.has(action) ? '*' : '<ARN of the resource>');
  return permit(tied, [{ Action: action, Resource }]);
}

/** https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html */
export function permitMount(tied: TiedCause): string {
  const { resource, reference, place, principalKind } = tied;
  const name = resource ?? reference;
  const id = /fs-[0-9a-f]+/.exec(name ?? '')?.[0];
  const arn = parseArn(name ?? '')
    ? (name ?? '')
    : arnAt(place, 'elasticfilesystem', `file-system/${id}`, 'ARN of the EFS file system');
  const statement: Statement = {
    Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
    Resource: id || parseArn(name ?? '') ? arn : '<ARN of the EFS file system>',
  };
  if (principalKind !== null) return permit(tied, [statement]);
  return [
    'Set transitEncryption and authorizationConfig.iam of the volume to ENABLED and let the task role mount it; a file system policy or an access point must allow it as well:',
    allowing([statement]),
  ].join('\n');
}

/**
 * Both roles of a task trust the same service, in every partition. The infrastructure role trusts
 * ECS itself, and the deployer role whoever assumes it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export function trustService(tied: TiedCause): string {
  const named = tied.resource ?? tied.principal;
  const name = named ? ` ${resourceTitle(named).replace(/^role\//, '')}` : '';
  switch (tied.principalKind) {
    case 'deployer':
      return `Let the workflow assume the role${name}: its trust policy must name the identity provider of GitHub and exactly the subject (sub) that GitHub sends. The section on the deployer role in docs/permissions.md shows it.`;
    case 'service-linked-role':
      return 'Create the role that ECS works with, unless it exists already:\naws iam create-service-linked-role --aws-service-name ecs.amazonaws.com';
    case 'infrastructure-role':
      return `Let ECS assume the infrastructure role${name}, which must exist: its trust policy must be, or contain,\n${trusting('ecs.amazonaws.com')}`;
    case 'execution-role':
    case 'task-role':
    case null:
      return [
        `Let ECS assume the role${name}, which must exist: its trust policy must be, or contain,`,
        trusting('ecs-tasks.amazonaws.com'),
        'The service ecs.amazonaws.com in its place is the usual mistake. A role that was made less than a minute ago may only need another try.',
      ].join('\n');
  }
}

/** A trust policy that lets a service of AWS assume the role. */
export function trusting(service: string): string {
  return json({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
}
