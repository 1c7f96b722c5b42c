import type { FailureClass } from './classes.ts';
import {
  imageTitle,
  logGroupName,
  plain,
  principalKinds,
  principalTitle,
  resourceTitle,
  secretTitle,
  who,
} from './finding-names.ts';
import { environmentFileTrouble, jsonKey, storeIn } from './finding-words.ts';
import { healthCheckFailure } from './health-check.ts';
import type { TiedCause } from './tie.ts';
import type { PolicyKind } from './types.ts';

/**
 * What a cause says, in one sentence of plain text: who may not do what to which resource, or what
 * went wrong with what. Names in it come from AWS and are untrusted, but have no control characters.
 */
export function summarize(tied: TiedCause): string {
  return sentences[tied.class](tied);
}

type Sentence = (tied: TiedCause) => string;

const sentences: Readonly<Record<FailureClass, Sentence>> = {
  'secret-access-denied': (tied) =>
    `${who(tied)} may not read ${parameter(tied)}${use(tied)}${denier(tied)}.`,
  'secret-not-found': (tied) => `${upper(parameter(tied))}${use(tied)} does not exist.`,
  'secret-network': (tied) =>
    `The task does not reach ${secretStore(tied)} over the network, so it cannot read its secrets.`,
  'secretsmanager-access-denied': (tied) =>
    `${who(tied)} may not read ${secret(tied)}${use(tied)}${denier(tied)}.`,
  'secretsmanager-not-found': (tied) =>
    `${upper(secret(tied))}${use(tied)} ${pick(tied, missingSecrets, 'does not exist')}.`,
  'secret-key-missing': (tied) =>
    `${upper(secret(tied))}${use(tied)} ${pick(tied, missingKeys, `has no JSON key${named(jsonKey(tied))}`)}.`,
  'kms-denied': (tied) =>
    tied.action === null || tied.action === 'kms:Decrypt'
      ? `${who(tied)} may not decrypt with ${kmsKey(tied)}${denier(tied)}.`
      : `${deniedCall(tied)}${denier(tied)}.`,
  'registry-auth-denied': (tied) =>
    `${who(tied)} may not get a token for Amazon ECR${denier(tied)}.`,
  'registry-network': (tied) =>
    `The task does not reach the image registry${named(tied.resource && resourceTitle(tied.resource))} over the network.`,
  'image-not-found': (tied) => `${imageMissing(tied)}.`,
  'image-access-denied': (tied) =>
    tied.principalKind === null && tied.principal === null
      ? `The registry refuses to give out ${image(tied)}${of(tied)}${denier(tied)}.`
      : `${who(tied)} may not pull ${image(tied)}${of(tied)}${denier(tied)}.`,
  'image-platform-mismatch': (tied) =>
    `${upper(image(tied))}${of(tied)} is not built for the platform that the task runs on${tied.platform ? ` (${plain(tied.platform)})` : ''}.`,
  'image-rate-limited': (tied) =>
    `The registry has refused to give out ${image(tied)}${of(tied)} for now: too many pulls.`,
  'image-pull-other': (tied) => `${upper(image(tied))}${of(tied)} could not be pulled.`,
  'log-group-missing': (tied) => `${upper(logGroup(tied))}${of(tied)} does not exist.`,
  'log-access-denied': (tied) =>
    `${who(tied)} may not ${tied.action === 'logs:CreateLogGroup' ? 'create' : 'write to'} ${logGroup(tied)}${of(tied)}${denier(tied)}.`,
  'log-network': () => 'The task does not reach Amazon CloudWatch Logs over the network.',
  'log-config': (tied) => `The log driver${of(tied)} is not set up right.`,
  'env-file': environmentFile,
  'role-not-assumable': (tied) =>
    `${tied.principalKind === 'deployer' ? 'The workflow' : 'ECS'} may not assume ${assumedRole(tied)}.`,
  'pass-role-denied': (tied) =>
    `${who(tied)} may not pass the role${named(tied.resource && principalTitle(tied.resource))}${tied.principalKind === 'infrastructure-role' ? '' : ' to ECS'}${denier(tied)}.`,
  'deployer-access-denied': (tied) => `${deniedCall(tied)}${denier(tied)}.`,
  'efs-access-denied': (tied) => `The task may not mount ${fileSystem(tied)}${denier(tied)}.`,
  'efs-network': (tied) => `The task does not reach ${fileSystem(tied)} over the network.`,
  'efs-path-missing': (tied) => `The directory to mount does not exist on ${fileSystem(tied)}.`,
  'out-of-memory': (tied) => `${container(tied)} was killed for using more memory than its limit.`,
  'app-exit': (tied) =>
    tied.action === null
      ? `${container(tied)} exited${exitCode(tied)}.`
      : `${container(tied)} exited${exitCode(tied)}, and its log says: ${lower(deniedCall(tied))}${denier(tied)}.`,
  'app-exit-zero': (tied) => `${container(tied)} ended with exit code 0, which stops its task.`,
  'exec-format': (tied) =>
    `${container(tied)} could not run its program: it is built for another CPU architecture or is no program.`,
  'container-start-failed': (tied) => `${container(tied)} could not be started.`,
  'elb-health-check': (tied) => `The tasks failed the health check${healthCheckFailure(tied)}.`,
  'container-health-check': (tied) =>
    tied.container === null
      ? 'A container failed the health check of its own.'
      : `${container(tied)} failed its own health check.`,
  'capacity-unavailable': () => 'AWS has no capacity for the tasks right now.',
  'quota-exceeded': () => 'A quota of the AWS account is used up.',
  'placement-failed': (tied) => `No container instance can take the task${placement(tied)}.`,
  'eni-timeout': () => 'The network interface of the task was not ready in time.',
  'subnet-addresses-exhausted': (tied) =>
    `The subnet${named(tied.resource && resourceTitle(tied.resource))} has no free addresses for tasks.`,
  'spot-interruption': () => 'AWS took the Spot capacity back that the task ran on.',
  'host-maintenance': () => 'AWS stopped the host that the task ran on.',
  'bad-task-definition': (tied) => `ECS refuses the task definition: ${said(tied)}`,
  'bad-service-settings': (tied) => `ECS refuses the settings of the service: ${said(tied)}`,
  'service-not-found': (tied) => `The service${title(tied)} does not exist in this cluster.`,
  'cluster-not-found': (tied) =>
    `The cluster${title(tied)} does not exist in this account and region.`,
  'service-not-active': (tied) => `The service${title(tied)} is not active: it was deleted.`,
  throttled: () => 'AWS refused calls because too many came in a short time.',
  'aws-error': () => 'AWS failed to answer because of an error of its own.',
  'breaker-tripped': () => 'ECS gave the deployment up because too many tasks failed.',
  'alarm-rollback': () => 'ECS gave the deployment up because a CloudWatch alarm went off.',
  'lifecycle-hook-failed': (tied) =>
    tied.action === null
      ? `A lifecycle hook of the deployment failed${stage(tied)}.`
      : tied.action === 'sts:AssumeRole'
        ? `A lifecycle hook of the deployment failed${stage(tied)}: ECS may not assume ${assumedRole(tied)}.`
        : `A lifecycle hook of the deployment failed${stage(tied)}: ${lower(deniedCall(tied))}${denier(tied)}.`,
  other: (tied) => `AWS says: ${said(tied)}`,
};

const policies: Readonly<Record<PolicyKind, string>> = {
  identity: 'a policy of its own',
  resource: 'the policy of the resource',
  session: 'its session policy',
  'permissions-boundary': 'its permissions boundary',
  'service-control': 'a service control policy',
  'resource-control': 'a resource control policy',
  'vpc-endpoint': 'the policy of a VPC endpoint',
  'role-trust': 'the trust policy of the role',
};

/** What says no, where that is more than a statement missing in the principal's own policies. */
function denier({ policy, explicit }: TiedCause): string {
  if (explicit === true) return `: ${policy ? policies[policy] : 'a policy'} denies it`;
  return policy === null || policy === 'identity' ? '' : `: ${policies[policy]} does not allow it`;
}

/** ` (secret PASSWORD of container app)`, as far as it is known. */
function use({ secret: variable, container: name }: TiedCause): string {
  const parts = [variable && `secret ${plain(variable)}`, name && `container ${plain(name)}`];
  const known = parts.filter(Boolean);
  return known.length > 0 ? ` (${known.join(' of ')})` : '';
}

const of = ({ container: name }: TiedCause) =>
  name === null ? '' : ` of container ${plain(name)}`;
const named = (name: string | null) => (name ? ` ${plain(name)}` : '');
const title = ({ resource }: TiedCause) =>
  named(resource && resourceTitle(resource).replace(/^.*\//, ''));
const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

const parameter = ({ resource }: TiedCause) =>
  resource === null || resource === '*'
    ? 'an SSM parameter'
    : `the SSM parameter ${secretTitle(resource)}`;

function secret({ resource, reference, class: kind }: TiedCause): string {
  const name = kind === 'kms-denied' ? reference : (resource ?? reference);
  if (name === null || name === '*') return 'a secret of Secrets Manager';
  return `the secret ${secretTitle(name)} of Secrets Manager`;
}

type Wording = readonly (readonly [pattern: RegExp, words: string])[];

/** The words of the first pattern that AWS's words have in them. */
function pick({ evidence }: TiedCause, wording: Wording, otherwise: string): string {
  return wording.find(([pattern]) => pattern.test(evidence))?.[1] ?? otherwise;
}

const missingSecrets: Wording = [
  [/marked for deletion|marked deleted/i, 'is marked for deletion'],
  [/staging label|version/i, 'has no value of the version that is asked for'],
];

const missingKeys: Wording = [
  [/unexpected ARN format/i, 'is asked for by an ARN with the wrong number of fields'],
  [
    /invalid character|cannot unmarshal|unexpected end/i,
    'is not JSON, but a key of it is asked for',
  ],
];

function secretStore({ evidence }: TiedCause): string {
  const store = storeIn(evidence);
  return store === 'ssm'
    ? 'AWS Systems Manager (SSM)'
    : store === 'secretsmanager'
      ? 'AWS Secrets Manager'
      : 'the store of its secrets';
}

function kmsKey(tied: TiedCause): string {
  const { resource, reference, secret: variable } = tied;
  const key = /:(?:key|alias)\//.test(resource ?? '')
    ? `the KMS key ${resourceTitle(resource ?? '').replace(/^key\//, '')}`
    : 'the KMS key';
  if (reference === null) return resource === null ? `${key} of a secret` : key;
  const encrypts = ` that encrypts ${secretTitle(reference)}`;
  return `${key}${encrypts}${variable === null ? '' : use(tied)}`;
}

const image = ({ resource }: TiedCause) =>
  resource === null
    ? 'the image'
    : resource.startsWith('arn:')
      ? `the image ${resourceTitle(resource).replace(/^repository\//, '')}`
      : `the image ${imageTitle(resource)}`;

function imageMissing(tied: TiedCause): string {
  const title = tied.resource === null ? '' : imageTitle(tied.resource);
  const [, repository = '', tag = ''] = /^(.*?):([^:/@]+)$/.exec(title) ?? [];
  return tag === ''
    ? `${upper(image(tied))}${of(tied)} does not exist, or its registry does not show it`
    : `The image tag ${tag} is not in the repository ${repository}${use(tied)}`;
}

const logGroup = ({ resource }: TiedCause) =>
  resource === null || resource === '*'
    ? 'the log group'
    : `the log group ${plain(logGroupName(resource))}`;

function environmentFile(tied: TiedCause): string {
  const { resource, evidence } = tied;
  const file = `the environment file${named(resource && (resourceTitle(resource) || null))}${of(tied)}`;
  switch (environmentFileTrouble(evidence)) {
    case 'missing':
      return `${upper(file)} does not exist in Amazon S3.`;
    case 'network':
      return `The task does not reach Amazon S3 over the network, so it cannot read ${file}.`;
    case 'denied':
      return `${who(tied)} may not read ${file}${denier(tied)}.`;
    case 'unknown':
      return `${upper(file)} could not be read from Amazon S3.`;
  }
}

function assumedRole({ principal, resource, principalKind }: TiedCause): string {
  const name = named((resource ?? principal) && principalTitle(resource ?? principal ?? ''));
  return `${principalKind ? lower(principalKinds[principalKind]) : 'the role'}${name}`;
}

/** `The deployer role X may not call ecs:UpdateService on service/prod/web` */
function deniedCall(tied: TiedCause): string {
  const { action, resource } = tied;
  const on = resource === null || resource === '*' ? '' : ` on ${resourceTitle(resource)}`;
  return action === null
    ? `${who(tied)} may not make this call${on}`
    : `${who(tied)} may not call ${plain(action)}${on}`;
}

const fileSystem = ({ resource }: TiedCause) =>
  `the EFS file system${named(resource && resourceTitle(resource).replace(/^file-system\//, ''))}`;

const container = ({ container: name }: TiedCause) =>
  name === null ? 'A container' : `Container ${plain(name)}`;

/** Signals that end a process give it an exit code of 128 and their number. */
const signals: Readonly<Record<number, string>> = {
  132: 'illegal instruction',
  134: 'abort',
  135: 'bus error',
  137: 'killed, SIGKILL',
  139: 'segmentation fault',
  143: 'told to end, SIGTERM',
};

function exitCode({ exitCode: code }: TiedCause): string {
  if (code === null) return '';
  return ` with code ${code}${signals[code] ? ` (${signals[code]})` : ''}`;
}

const placements: Wording = [
  [/insufficient CPU|RESOURCE:CPU/i, ': too little CPU is free'],
  [/insufficient memory|RESOURCE:MEMORY/i, ': too little memory is free'],
  [/already using a port|RESOURCE:PORTS/i, ': the port it needs is taken'],
  [/"?AGENT"?/, ': the agent of the instance is not connected'],
  [/No Container Instances|NO ACTIVE INSTANCES|EMPTY CAPACITY PROVIDER/i, ': there is none'],
  [/missing an attribute|ATTRIBUTE/, ': none has an attribute that the task needs'],
];

const placement = (tied: TiedCause) => pick(tied, placements, '');

/** ` at PRE_SCALE_UP` */
function stage({ evidence }: TiedCause): string {
  const name = /because (?:the )?([A-Z_]{4,50}) (?:lifecycle|pause) hook/.exec(evidence)?.[1];
  return name ? ` at ${name}` : '';
}

/** AWS's own words as the end of a sentence. */
function said({ evidence }: TiedCause): string {
  const words = plain(evidence).replace(/^\(deployment [^)]*\) deployment failed: /, '');
  if (words === '') return 'nothing more.';
  return /[.!?…]$/.test(words) ? words : `${words}.`;
}
