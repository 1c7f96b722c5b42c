import { missingParameters, secretArn } from './names.ts';
import {
  always,
  cutShort,
  denied,
  deniedAction,
  has,
  network,
  type Reading,
  type Room,
  readDenial,
  type Signature,
  serverFault,
  throttled,
} from './signatures.ts';
import { find } from './text.ts';

/** What may be wrong with a call of any AWS service that ECS makes for a task. */
const SERVICE_FAULTS: readonly Signature[] = [
  { class: 'throttled', when: throttled },
  { class: 'aws-error', when: serverFault },
];

/** A key that encrypts a secret may not be used. */
export const kmsSignatures: readonly Signature[] = [
  {
    class: 'kms-denied',
    when: (reading) =>
      deniedAction(/^kms:/i)(reading) ||
      has(
        /access to kms is not allowed|ciphertext refers to a|\bkms\b.{0,60}(?:access ?denied|not allowed)|(?:decryptionfailure|kms ?key|customer master key)/i,
      )(reading),
    read: readDenial('execution-role', 'kms:Decrypt', /^kms:/i),
  },
];

/** Only what Secrets Manager keeps is read as JSON. */
const keyMissing: Signature = {
  class: 'secret-key-missing',
  when: has(
    /did not contain json key|invalid character|cannot unmarshal|unexpected end of json|unexpected arn format with parameters/i,
  ),
  read: (reading) => ({ resource: secretArn(reading) }),
};

/** Credentials of a private registry are read from Secrets Manager as well. */
const secretsManager: Room = {
  frame: has(/from asm\b|\basm\b.{0,40}secret|secrets manager\b|\bsecretsmanager:/i),
  signatures: [
    ...kmsSignatures,
    {
      class: 'secretsmanager-access-denied',
      when: denied,
      read: (reading) => {
        const facts = readDenial('execution-role', undefined, /^secretsmanager:/i)(reading);
        return reading.denials.length > 0
          ? facts
          : { ...facts, action: 'secretsmanager:GetSecretValue', resource: secretArn(reading) };
      },
    },
    keyMissing,
    {
      class: 'secretsmanager-not-found',
      when: has(
        /ResourceNotFound|ValidationException|invalid arn format|can't find the specified secret|marked for deletion|marked deleted|can't retrieve the secret|secret .{0,200}does ?n[o']t exist/i,
      ),
      read: (reading) => ({ resource: secretArn(reading) }),
    },
    { class: 'secret-network', when: network },
    ...SERVICE_FAULTS,
    { class: 'secret-network', when: cutShort },
    { class: 'other', when: always },
  ],
};

const parameterStore: Room = {
  frame: has(
    /(?:secrets?|parameters?) from ssm|ssm parameters?|parameter store|systems manager|operation error ssm|\bssm\b.{0,40}(?:parameter|secret)|ParameterNotFound|invalid parameters: /i,
  ),
  signatures: [
    {
      class: 'secret-not-found',
      when: has(/invalid (?:ssm )?parameters?: /i),
      read: missingParameters,
    },
    ...kmsSignatures,
    {
      class: 'secret-access-denied',
      when: denied,
      read: readDenial('execution-role', undefined, /^ssm:/i),
    },
    {
      class: 'secret-not-found',
      when: has(/Parameter(?:Version)?NotFound|ValidationException/i),
      read: missingParameters,
    },
    { class: 'secret-network', when: network },
    ...SERVICE_FAULTS,
    { class: 'secret-network', when: cutShort },
    { class: 'other', when: always },
  ],
};

const registryAuth: Room = {
  frame: has(
    /ecr registry auth|(?:retrieve|pull|get|fetch) registry auth|GetAuthorizationToken|\bapi\.ecr\b/i,
  ),
  signatures: [
    {
      class: 'registry-auth-denied',
      when: denied,
      read: readDenial('execution-role', 'ecr:GetAuthorizationToken'),
    },
    { class: 'registry-network', when: network },
    ...SERVICE_FAULTS,
    { class: 'registry-network', when: cutShort },
    { class: 'other', when: always },
  ],
};

const logCreation = ({ text }: Reading) =>
  /Create ?LogGroup|create cloudwatch log group/i.test(text)
    ? 'logs:CreateLogGroup'
    : /Create ?LogStream|create cloudwatch log stream/i.test(text)
      ? 'logs:CreateLogStream'
      : undefined;

const logs: Room = {
  frame: has(
    /logger args|logging driver|log ?driver|cloudwatch ?log|awslogs|firelens|fluentd logger|\blogs:(?:create|put)/i,
  ),
  signatures: [
    {
      class: 'log-access-denied',
      when: denied,
      read: (reading) => readDenial('execution-role', logCreation(reading), /^logs:/i)(reading),
    },
    { class: 'log-network', when: network },
    {
      class: 'log-group-missing',
      when: has(
        /log group does not exist|ResourceNotFoundException|cannot find the .{0,20}log group/i,
      ),
    },
    ...SERVICE_FAULTS,
    {
      class: 'log-config',
      when: has(
        /is required|requires options|logger arguments|driver arguments|unknown log opt|invalid|must (?:be|specify)|not supported|unsupported|no log driver|expected|NoCredentialProviders|unknown|not (?:a )?valid|cannot (?:be|use)|unable to parse/i,
      ),
    },
    { class: 'log-network', when: cutShort },
    { class: 'other', when: always },
  ],
};

const objectOf = ({ text }: Reading) => ({
  resource: find(text, /(arn:[\w-]+:s3:::[^\s:,'"…]+)(?=[\s:,'"])(?<!\.)/i),
});

const environmentFiles: Room = {
  frame: has(/(?:env|environment|environment variables?) ?files?\b/i),
  signatures: [
    {
      class: 'env-file',
      when: denied,
      read: readDenial('execution-role', 's3:GetObject'),
    },
    { class: 'env-file', when: network, read: objectOf },
    { class: 'throttled', when: throttled },
    { class: 'env-file', when: always, read: objectOf },
  ],
};

const fileSystem = ({ text }: Reading) => find(text, /\b(fs-[0-9a-f]{8,40})(?=\.efs|[^0-9a-f.…])/i);

const efs: Room = {
  frame: has(
    /efs utils|efs volumes?|efs mount|mount(?:ing)? (?:an? |the )?efs|amazon efs|efs file ?system|mount\.nfs4?|mount\.efs|\.efs\.[\w-]+\.amazonaws|elasticfilesystem:/i,
  ),
  signatures: [
    {
      class: 'efs-access-denied',
      when: (reading) =>
        deniedAction(/^elasticfilesystem:/i)(reading) ||
        has(
          /access denied|permission denied|accessdenied|not authori[sz]ed|operation not permitted/i,
        )(reading),
      read: (reading) => {
        const facts = readDenial('task-role')(reading);
        const kind = reading.denials.length > 0 ? (facts.principalKind ?? null) : null;
        return { ...facts, principalKind: kind, resource: facts.resource ?? fileSystem(reading) };
      },
    },
    {
      class: 'efs-path-missing',
      when: has(/no such file or directory|path .{0,200}does not exist/i),
      read: (reading) => ({ resource: fileSystem(reading) }),
    },
    {
      class: 'efs-network',
      when: (reading) =>
        network(reading) ||
        has(
          /failed to resolve|due to timeout|mount system call failed|unable to (?:connect|reach)/i,
        )(reading),
      read: (reading) => ({ resource: fileSystem(reading) }),
    },
    {
      class: 'efs-network',
      when: cutShort,
      read: (reading) => ({ resource: fileSystem(reading) }),
    },
    { class: 'other', when: always, read: (reading) => ({ resource: fileSystem(reading) }) },
  ],
};

/** What ECS does before it starts a container: secrets, registry, logs, environment files, EFS. */
export const startRooms: readonly Room[] = [
  environmentFiles,
  efs,
  parameterStore,
  secretsManager,
  logs,
  registryAuth,
  {
    frame: has(/unable to pull secrets or registry auth/i),
    signatures: [
      ...kmsSignatures,
      keyMissing,
      { class: 'registry-network', when: network },
      ...SERVICE_FAULTS,
    ],
  },
];

/** Denials that say by their action alone what failed. */
export const actionSignatures: readonly Signature[] = (
  [
    ['kms-denied', 'execution-role', /^kms:/i],
    ['secret-access-denied', 'execution-role', /^ssm:/i],
    ['secretsmanager-access-denied', 'execution-role', /^secretsmanager:/i],
    ['registry-auth-denied', 'execution-role', /^ecr(?:-public)?:GetAuthorizationToken$/i],
    ['image-access-denied', 'execution-role', /^ecr(?:-public)?:/i],
    ['log-access-denied', 'execution-role', /^logs:/i],
    ['efs-access-denied', 'task-role', /^elasticfilesystem:/i],
    ['env-file', 'execution-role', /^s3:Get/i],
    ['pass-role-denied', undefined, /^iam:PassRole$/i],
  ] as const
).map(([failureClass, kind, action]) => ({
  class: failureClass,
  when: deniedAction(action),
  read: readDenial(kind, undefined, action),
}));
