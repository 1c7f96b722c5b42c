import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { isNamed } from '../../task-definition/json.ts';
import { differentArns, referencesOf, type SecretReference, secretsOf } from '../references.ts';
import { found, type Known, type Mark, notChecked, passed } from '../results.ts';
import { describeSecret } from '../secret-metadata.ts';
import type { Check, CheckResult, Subject } from '../types.ts';

/**
 * Every Secrets Manager secret that a task needs exists and has the version that is asked for, by
 * its metadata. Its JSON keys are in the value, which is never read.
 */
export const secrets: Check = {
  name: 'Secrets Manager secrets',
  async run(subject) {
    const references = secretsOf(referencesOf(subject.plan.context));
    const results = differentArns(references).map((secret) =>
      checkSecret(
        subject,
        secret,
        references.filter(({ arn }) => arn === secret.arn),
      ),
    );
    return (await Promise.all(results)).flat();
  },
};

async function checkSecret(
  subject: Subject,
  { arn, region, name }: SecretReference,
  references: readonly SecretReference[],
): Promise<readonly CheckResult[]> {
  const what = `secret ${name}`;
  const missing = (mark: Mark, evidence: string, summary?: string) => {
    const known: Known = { class: 'secretsmanager-not-found', evidence, resource: arn };
    return found(subject, mark, what, known, summary === undefined ? {} : { summary });
  };
  let secret: DescribeSecretResponse;
  try {
    secret = await describeSecret(subject, { arn, region });
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) return [notChecked(what, error)];
    return [missing('fails', `secretsmanager:DescribeSecret answers ${error.name}`)];
  }
  if (secret.DeletedDate) {
    return [
      missing(
        'fails',
        'secretsmanager:DescribeSecret answers with a date of deletion',
        `The secret ${name} is scheduled for deletion: no task can read it.`,
      ),
    ];
  }
  const faults = new Map(
    references.flatMap((reference) => {
      const fault = versionFault(reference, secret.VersionIdsToStages ?? {});
      return fault ? [[fault.version, fault]] : [];
    }),
  );
  return [
    ...(faults.size === 0 ? [passed(`${what} exists`)] : []),
    ...[...faults.values()].map(({ mark, version }) =>
      missing(
        mark,
        `secretsmanager:DescribeSecret lists no ${version}`,
        `The secret ${name} has no ${version}.`,
      ),
    ),
    ...jsonKeys(what, references),
  ];
}

/**
 * The version that `reference` names and the secret does not list. Only versions with a stage are
 * listed; one that has lost its stages can still be read until AWS removes it.
 */
function versionFault(
  { stage, versionId }: SecretReference,
  versions: Readonly<Record<string, readonly string[]>>,
): { readonly mark: Mark; readonly version: string } | undefined {
  if (versionId !== undefined) {
    if (Object.hasOwn(versions, versionId)) return undefined;
    return { mark: 'may-fail', version: `version ${versionId} with a stage` };
  }
  const wanted = stage ?? 'AWSCURRENT';
  if (Object.values(versions).flat().includes(wanted)) return undefined;
  return { mark: 'fails', version: `version with the stage ${wanted}` };
}

function jsonKeys(what: string, references: readonly SecretReference[]): readonly CheckResult[] {
  const keys = new Set(references.flatMap(({ jsonKey }) => jsonKey ?? []));
  return [...keys].map((key) =>
    notChecked(
      `JSON key ${key} of ${what}`,
      'a JSON key cannot be checked without reading the value',
    ),
  );
}
