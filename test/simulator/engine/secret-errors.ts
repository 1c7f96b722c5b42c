import { findKey } from '../keys.ts';
import type { SecretSpec } from '../resources.ts';
import { isSecretsManager, secretReferences } from './definition.ts';
import type { Surroundings } from './surroundings.ts';
import { answered, arnIn, refusal } from './surroundings.ts';

const retried = 'service call has been retried 1 time(s): ';
const badReference = 'unexpected ARN format with parameters when trying to retrieve ASM secret';
const pull = 'ResourceInitializationError: unable to pull secrets or registry auth: ';

/** Why a task cannot read its secrets, as its stoppedReason says it. */
export function secretsError(task: Surroundings): string | undefined {
  const references = secretReferences(task.body);
  for (const reference of references.filter(isSecretsManager)) {
    const error = secretError(task, reference);
    if (error !== undefined) return `${pull}unable to retrieve secret from asm: ${error}`;
  }
  const error = parametersError(
    task,
    references.filter((reference) => !isSecretsManager(reference)),
  );
  if (error === undefined) return undefined;
  return `${pull}unable to retrieve secrets from ssm: ${retried}${error}`;
}

function parametersError(task: Surroundings, references: string[]): string | undefined {
  const operation = () => `operation error SSM: GetParameters, ${answered(task)}api error `;
  for (const reference of references) {
    const resource = parameterArn(task, reference);
    const refused = refusal(task, { action: 'ssm:GetParameters', resource });
    if (refused !== undefined) return `${operation()}AccessDeniedException: ${refused}`;
  }
  const names = references.map(parameterName);
  const known = task.state.world.parameters ?? [];
  const missing = names.filter((name) => !known.some((parameter) => parameter.name === name));
  if (missing.length > 0) return `invalid ssm parameters: ${missing.join(', ')}`;
  for (const { name, kmsKeyArn } of known) {
    if (kmsKeyArn === undefined || !names.includes(name)) continue;
    const refused = keyRefusal(task, kmsKeyArn, 'ssm', {
      'kms:EncryptionContext:PARAMETER_ARN': parameterArn(task, name),
    });
    if (refused !== undefined) return `${operation()}AccessDeniedException: ${refused}`;
  }
  return undefined;
}

/** No capture of this text inside a stoppedReason is known; AWS has both wordings elsewhere. */
function keyRefusal(
  task: Surroundings,
  name: string,
  service: string,
  encryption: Record<string, string>,
): string | undefined {
  const { state } = task;
  const key = findKey(state.world, name);
  const ciphertext =
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.';
  if (key === undefined) return ciphertext;
  if (key.manager === 'AWS') return undefined;
  const refused = refusal(task, {
    action: 'kms:Decrypt',
    resource: key.arn,
    context: { 'kms:ViaService': `${service}.${state.world.region}.amazonaws.com`, ...encryption },
    policy: key.policy,
  });
  if (refused === undefined) return undefined;
  return state.world.kmsDenial === 'ciphertext' ? ciphertext : refused;
}

function secretError(task: Surroundings, reference: string): string | undefined {
  const [arn, key, stage, version, tooMany] = splitSecretReference(reference);
  if (tooMany !== undefined || [stage, version].includes(undefined) !== (key === undefined)) {
    return badReference;
  }
  const failed = (error: string) =>
    `${retried}failed to fetch secret ${arn} from secrets manager: operation error Secrets Manager: GetSecretValue, ${answered(task)}${error}`;
  const secret = task.state.world.secrets?.find(
    (known) => known.arn === arn || known.arn.slice(0, -7) === arn,
  );
  const action = 'secretsmanager:GetSecretValue';
  const refused = refusal(task, { action, resource: arn, policy: secret?.policy });
  if (refused !== undefined) return failed(`api error AccessDeniedException: ${refused}`);
  if (secret === undefined) {
    return failed("ResourceNotFoundException: Secrets Manager can't find the specified secret.");
  }
  if (secret.deletedSecondsAgo !== undefined) {
    return failed(
      "InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.",
    );
  }
  const missing = missingVersion(secret, stage ?? '', version ?? '');
  if (missing !== undefined) {
    return failed(
      `ResourceNotFoundException: Secrets Manager can't find the specified secret value for ${missing}`,
    );
  }
  const { kmsKeyArn } = secret;
  if (kmsKeyArn !== undefined) {
    const context = { 'kms:EncryptionContext:SecretARN': secret.arn };
    if (keyRefusal(task, kmsKeyArn, 'secretsmanager', context) !== undefined) {
      return failed('api error AccessDeniedException: Access to KMS is not allowed');
    }
  }
  if (key === undefined || key === '') return undefined;
  if (secret.keys === undefined) {
    return `${retried}invalid character 'p' in literal true (expecting 'r')`;
  }
  if (secret.keys.includes(key)) return undefined;
  return `${retried}retrieved secret from Secrets Manager did not contain json key ${key}`;
}

/** The versions of a secret with their staging labels. */
export function versionsOf({ empty, versions }: SecretSpec): Record<string, string[]> {
  if (empty === true) return {};
  return versions ?? { 'a1b2c3d4-5678-90ab-cdef-example11111': ['AWSCURRENT'] };
}

function missingVersion(secret: SecretSpec, stage: string, id: string): string | undefined {
  const versions = versionsOf(secret);
  if (id !== '') return Object.hasOwn(versions, id) ? undefined : `VersionId: ${id}`;
  const label = stage === '' ? 'AWSCURRENT' : stage;
  const labels = Object.values(versions).flat();
  return labels.includes(label) ? undefined : `staging label: ${label}`;
}

/** `arn:aws:secretsmanager:R:A:secret:NAME` and what follows it, colon by colon. */
function splitSecretReference(reference: string): [string, ...(string | undefined)[]] {
  const parts = reference.split(':');
  return [parts.slice(0, 7).join(':'), ...parts.slice(7)];
}

function parameterArn({ state }: Surroundings, reference: string): string {
  if (reference.startsWith('arn:')) return reference;
  return arnIn(state, 'ssm', `parameter/${reference.replace(/^\//, '')}`);
}

function parameterName(reference: string): string {
  const [, , , , , resource] = reference.split(':');
  if (!reference.startsWith('arn:') || resource === undefined) return reference;
  const name = resource.replace(/^parameter\//, '');
  return name.includes('/') ? `/${name}` : name;
}
