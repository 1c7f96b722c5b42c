import type { FailureClass } from './classes.ts';
import { missingParameters, secretArn } from './names.ts';
import {
  denied,
  deniedAction,
  has,
  type Reading,
  readDenial,
  readingOf,
  type Signature,
  serverFault,
  throttled,
} from './signatures.ts';
import { deploymentSignatures } from './signatures-deployment.ts';
import { imageOf } from './signatures-image.ts';
import { placeSignatures, roleSignatures, targetGroup } from './signatures-place.ts';
import { actionSignatures, kmsSignatures } from './signatures-start.ts';
import type { Evidence } from './types.ts';

/** An error of an API call; `text` is the exception's name and its message. */
export interface ApiReading extends Reading {
  readonly operation: string;
  readonly name: string;
}

const LONGEST_NAME = 200;

/** Makes an API error ready for signatures. */
export function apiReading({
  operation,
  name,
  message,
}: Omit<Extract<Evidence, { kind: 'api-error' }>, 'kind'>): ApiReading {
  const reading = readingOf(message);
  const exception = `${name.slice(0, LONGEST_NAME)}: `;
  return {
    ...reading,
    raw: reading.text === '' ? name : message,
    text: exception + reading.text,
    nameless: exception + reading.nameless,
    operation,
    name,
  };
}

const PASS_ROLE = /^iam:PassRole$/i;

/** A role's session that ECS named after a task: not the caller of this API. */
const byTask = ({ denials }: Reading) =>
  denials.some(({ session }) => /^[0-9a-f]{32}$/i.test(session ?? ''));

const named = (pattern: RegExp) => (reading: ApiReading) => pattern.test(reading.name);
const during = (pattern: RegExp) => (reading: ApiReading) => pattern.test(reading.operation);

const refused = named(/AccessDenied|Unauthori[sz]ed|Forbidden|NotAuthori[sz]ed/i);

/** A parameter of the request is wrong. */
const WRONG_REQUEST = has(
  /(?:InvalidParameter\w*|Client|Validation|UnsupportedFeature|Serialization|InvalidInput|InvalidRequest|MissingParameter)(?:Exception|Error)?: |Platform\w+Exception: |NamespaceNotFoundException: /i,
);

const SAYS_DEFINITION = has(
  /task ?definition (?:\S+ )?(?:not found|is inactive|does not exist)|unable to describe task definition|executionRoleArn|requires? task definition to|error ECS: ?\w+TaskDefinition|fargate (?:requires that|only supports)|no fargate configuration|invalid (?:'\w+' )?setting for/i,
);

const aboutDefinition = (reading: ApiReading) =>
  during(/TaskDefinition/i)(reading) || SAYS_DEFINITION(reading);

/** Reasons that are the same from an API as from a task. */
const SHARED: ReadonlySet<FailureClass | null> = new Set([
  'subnet-addresses-exhausted',
  'quota-exceeded',
  'capacity-unavailable',
  'placement-failed',
]);

/** Answers of the other services that a task definition refers to: what it names is not there. */
const elsewhere: readonly Signature<ApiReading>[] = [
  {
    class: 'secretsmanager-not-found',
    when: has(/can't find the specified secret|marked for deletion|secret .{0,80}not found/i),
    read: (reading) => ({ resource: secretArn(reading) }),
  },
  {
    class: 'secret-not-found',
    when: has(/Parameter(?:Version)?NotFound|invalid ?parameters: /i),
    read: missingParameters,
  },
  { class: 'log-group-missing', when: has(/log group does not exist/i) },
  {
    class: 'image-not-found',
    when: has(/(?:Repository|Image)NotFound/i),
    read: (reading) => ({ resource: imageOf(reading) }),
  },
];

/**
 * What an API call answered, by exception and message.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html
 */
export const apiSignatures: readonly Signature<ApiReading>[] = [
  ...actionSignatures.map((signature) => ({
    ...signature,
    when: (reading: ApiReading) => byTask(reading) && signature.when(reading),
  })),
  {
    class: 'pass-role-denied',
    when: (reading) => deniedAction(PASS_ROLE)(reading),
    read: readDenial('deployer', undefined, PASS_ROLE),
  },
  {
    class: 'pass-role-denied',
    when: has(/cross-account pass role/i),
    read: () => ({ principalKind: 'deployer', action: 'iam:PassRole', fixableInRole: false }),
  },
  ...kmsSignatures.map((signature) => ({
    ...signature,
    when: (reading: ApiReading) => denied(reading) && signature.when(reading),
    read: (reading: ApiReading) =>
      reading.denials.length > 0
        ? readDenial('deployer', 'kms:Decrypt', /^kms:/i)(reading)
        : { action: 'kms:Decrypt' },
  })),
  {
    class: 'role-not-assumable',
    when: (reading) =>
      has(/sts:AssumeRole/i)(reading) &&
      (reading.denials.some(({ policy }) => policy === 'role-trust') ||
        has(/AssumeRoleWith(?:WebIdentity|SAML)/i)(reading)),
    read: readDenial('deployer', undefined, /^sts:/i),
  },
  {
    class: 'deployer-access-denied',
    when: ({ denials }) => denials.length > 0,
    read: readDenial('deployer'),
  },
  {
    class: 'other',
    when: has(
      /ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|InvalidAccessKeyId|NotAuthorizedYet|OptInRequired|RequestExpired|security token|Credentials?(?:Provider)?Error|could not load credentials|account is (?:currently )?blocked/i,
    ),
  },
  ...roleSignatures,
  { class: 'cluster-not-found', when: has(/ClusterNotFound|cluster not found/i) },
  {
    class: 'service-not-active',
    when: has(/ServiceNotActive|service was not active|^INACTIVE\b/i),
  },
  { class: 'service-not-found', when: has(/ServiceNotFound|service not found|^MISSING\b/i) },
  { class: 'throttled', when: throttled },
  {
    class: 'deployer-access-denied',
    when: (reading) => refused(reading) || denied(reading),
    // Inside another exception it may be a role that the call names.
    read: (reading) => (refused(reading) ? { principalKind: 'deployer' } : {}),
  },
  ...elsewhere,
  { class: 'aws-error', when: serverFault },
  { class: 'quota-exceeded', when: named(/LimitExceeded|QuotaExceeded/i) },
  {
    class: 'bad-task-definition',
    when: (reading) =>
      (WRONG_REQUEST(reading) && aboutDefinition(reading)) ||
      (reading.name === '' && SAYS_DEFINITION(reading)),
  },
  ...placeSignatures.filter((one) => SHARED.has(one.class)),
  ...deploymentSignatures.filter((one) => one.class === 'bad-service-settings'),
  {
    class: 'bad-service-settings',
    when: WRONG_REQUEST,
    read: (reading) => ({ resource: targetGroup(reading) }),
  },
];
