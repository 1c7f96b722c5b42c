import type { KnownPlace } from './finding-names.ts';
import { environmentFileTrouble, storeIn } from './finding-words.ts';
import { isOfEcr, type TiedCause } from './tie.ts';

/** In China these endpoints are named in reverse of `amazonaws.com.cn`; the others are not. */
const CHINESE_PREFIX: ReadonlySet<string> = new Set(['ecr.api', 'ecr.dkr', 'elasticfilesystem']);

/**
 * Names of VPC endpoint services, e.g. `com.amazonaws.eu-west-1.ssm`; `for ssm` where the region is
 * not known, or of a partition that names them in another way.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export function endpointNames(services: readonly string[], { region }: KnownPlace): string {
  if (region === null || /-iso|^eusc-/.test(region)) return `for ${services.join(' and ')}`;
  const isChina = region.startsWith('cn-');
  return services
    .map(
      (name) =>
        `${isChina && CHINESE_PREFIX.has(name) ? 'cn.' : ''}com.amazonaws.${region}.${name}`,
    )
    .join(' and ');
}

/**
 * How a task gets a route to AWS's services, of which it needs these interface endpoints where it
 * has no other way out; `gateway` is one for S3 in the subnet's route table.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
 */
function route(
  { place }: TiedCause,
  to: string,
  services: readonly string[],
  gateway?: string,
): string {
  const endpoints = [
    services.length > 0
      ? `the interface VPC endpoint${services.length > 1 ? 's' : ''} ${endpointNames(services, place)}, with private DNS on and a security group that lets in port 443 from the tasks`
      : '',
    gateway
      ? `the gateway VPC endpoint ${endpointNames([gateway], place)} in the subnet's route table`
      : '',
  ].filter(Boolean);
  return [
    `Give the tasks a route to ${to}, by one of these:`,
    "- in a private subnet: a route 0.0.0.0/0 to a NAT gateway in the subnet's route table;",
    `- in a private subnet without one: ${endpoints.join('; and ')};`,
    "- in a public subnet: assignPublicIp ENABLED in the service's network configuration.",
    'The security group of the tasks must let out port 443, and the VPC must resolve DNS names.',
  ].join('\n');
}

/** A route to SSM, to Secrets Manager, or where the text does not say to both. */
export function routeToSecrets(tied: TiedCause): string {
  switch (storeIn(tied.evidence)) {
    case 'ssm':
      return route(tied, 'AWS Systems Manager', ['ssm']);
    case 'secretsmanager':
      return route(tied, 'AWS Secrets Manager', ['secretsmanager']);
    case null:
      return route(tied, 'the store of the secrets', ['ssm', 'secretsmanager']);
  }
}

/** ECR keeps the layers of its images in S3; other registries have no endpoint in a VPC. */
export function routeToRegistry(tied: TiedCause): string {
  const { evidence, resource } = tied;
  if (/\.s3[.-][\w.-]*amazonaws\.com/i.test(evidence)) {
    return route(tied, 'Amazon S3, where ECR keeps the layers of images', [], 's3');
  }
  const isEcr = resource?.includes('.')
    ? isOfEcr(resource) || /(?:\.dkr[.-]|\bapi\.)ecr[.-]/.test(resource)
    : /\becr\b/i.test(evidence);
  if (isEcr) return route(tied, 'Amazon ECR', ['ecr.api', 'ecr.dkr'], 's3');
  return [
    'Give the tasks a route to the registry on the internet: no VPC endpoint leads there.',
    "- in a private subnet: a route 0.0.0.0/0 to a NAT gateway in the subnet's route table;",
    "- in a public subnet: assignPublicIp ENABLED in the service's network configuration;",
    '- or keep the image in Amazon ECR, copied or by a pull through cache rule.',
    'The security group of the tasks must let out port 443.',
  ].join('\n');
}

export const routeToLogs = (tied: TiedCause) => route(tied, 'Amazon CloudWatch Logs', ['logs']);

export const routeToFiles = (tied: TiedCause) =>
  environmentFileTrouble(tied.evidence) === 'network' ? route(tied, 'Amazon S3', [], 's3') : null;

/** https://docs.aws.amazon.com/efs/latest/ug/troubleshooting-efs-mounting.html */
export function routeToFileSystem({ evidence }: TiedCause): string {
  const isDns = /failed to resolve|no such host|name resolution/i.test(evidence);
  const first = isDns
    ? 'The name of the file system does not resolve in the VPC of the tasks:'
    : 'Open the way from the tasks to the file system:';
  return [
    first,
    '- the file system needs a mount target in each availability zone that the tasks run in;',
    '- the security group of the mount targets must let in TCP port 2049 from that of the tasks, which must let it out;',
    '- DNS resolution and DNS hostnames must be on in the VPC, and the file system must be in this VPC and region.',
  ].join('\n');
}
