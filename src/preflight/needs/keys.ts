import { parseArn } from '../../arn.ts';
import { isNamed } from '../../task-definition/json.ts';
import { ask, once, UnansweredError } from '../ask.ts';
import { describeParameter } from '../parameter-metadata.ts';
import {
  differentArns,
  parametersOf,
  type Reference,
  referencesOf,
  secretsOf,
} from '../references.ts';
import { allowanceOfKey } from '../resource-policy.ts';
import { isForeign, type NotChecked, notChecked } from '../results.ts';
import { describeSecret } from '../secret-metadata.ts';
import type { Subject } from '../types.ts';
import { must, type Need, type NeedSource, somethingElse } from './need.ts';

/** A key as the metadata of a parameter or secret tells it. */
type Key =
  /** One that AWS manages for the service, or none: no permission is needed. */
  | { readonly kind: 'of-aws' }
  | { readonly kind: 'of-customer'; readonly arn: string }
  /** What it protects does not exist; another check says so. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly why: unknown };

/**
 * Using the customer managed keys that encrypt the parameters and secrets.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html
 */
export const keyNeeds: NeedSource = async (subject) => {
  const references = referencesOf(subject.plan.context);
  const different: Reference[] = [
    ...differentArns(parametersOf(references)),
    ...differentArns(secretsOf(references)),
  ];
  const needs = different.map(async (reference): Promise<readonly (Need | NotChecked)[]> => {
    const what = `use the key of ${words[reference.kind]} ${reference.name}`;
    const key = await keyOf(subject, reference);
    switch (key.kind) {
      case 'of-aws':
      case 'none':
        return [];
      case 'unknown':
        return [notChecked(what, key.why)];
      case 'of-customer':
        return [decryptNeed(subject, reference, what, key.arn)];
    }
  });
  return (await Promise.all(needs)).flat();
};

const words = { parameter: 'SSM parameter', secret: 'secret' } as const;

/** The conditions under which the service decrypts on behalf of the role. */
const byService = {
  parameter: { service: 'ssm', encryptionContext: 'kms:EncryptionContext:PARAMETER_ARN' },
  secret: { service: 'secretsmanager', encryptionContext: 'kms:EncryptionContext:SecretARN' },
} as const;

function decryptNeed(
  subject: Subject,
  { kind, arn, region }: Reference,
  what: string,
  key: string,
): Need {
  const { service, encryptionContext } = byService[kind];
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return {
    class: 'kms-denied',
    what,
    actions: [must('kms:Decrypt')],
    resources: [key],
    secret: arn,
    region,
    context: { 'kms:ViaService': `${service}.${region}.${suffix}` },
    ownContext: { [encryptionContext]: arn },
    // Otherwise a grant.
    other: isForeign(subject, key)
      ? somethingElse
      : (access) => allowanceOfKey(subject, region, access),
  };
}

async function keyOf(subject: Subject, reference: Reference): Promise<Key> {
  const id = await keyIdOf(subject, reference);
  if (typeof id !== 'string') return id;
  if (/(^|:)alias\/aws\//.test(id)) return { kind: 'of-aws' };
  return describeKey(subject, reference, id);
}

/** ARN, id or alias of the key; or the answer where there is none to tell. */
async function keyIdOf(subject: Subject, reference: Reference): Promise<string | Key> {
  switch (reference.kind) {
    case 'parameter': {
      const described = await describeParameter(subject, reference);
      switch (described.kind) {
        case 'unknown':
          return described;
        case 'missing':
          return { kind: 'none' };
        case 'exists':
          return described.metadata.KeyId ?? { kind: 'of-aws' };
      }
      break;
    }
    case 'secret':
      try {
        const { KmsKeyId } = await describeSecret(subject, reference);
        return KmsKeyId || { kind: 'of-aws' };
      } catch (why) {
        return isNamed(why, 'ResourceNotFoundException')
          ? { kind: 'none' }
          : { kind: 'unknown', why };
      }
  }
}

/**
 * Whose key it is, and its ARN. Where the key may not be described, an ARN or id is taken for a
 * customer's; an alias says too little then.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
 */
async function describeKey(subject: Subject, { arn, region }: Reference, id: string): Promise<Key> {
  try {
    const metadata = await once(subject, `key ${id} of ${region}`, () =>
      ask(subject, 'kms:DescribeKey', async (abortSignal) => {
        const [client, { DescribeKeyCommand }] = await Promise.all([
          subject.aws.kms(region),
          import('@aws-sdk/client-kms'),
        ]);
        const answer = await client.send(new DescribeKeyCommand({ KeyId: id }), { abortSignal });
        return answer.KeyMetadata;
      }),
    );
    if (metadata?.KeyManager === 'AWS') return { kind: 'of-aws' };
    if (metadata?.Arn) return { kind: 'of-customer', arn: metadata.Arn };
    return { kind: 'unknown', why: 'KMS does not answer with the ARN of the key' };
  } catch (why) {
    const known = keyArn(id, arn);
    const isDenied = why instanceof UnansweredError && why.kind !== 'silent';
    return isDenied && known !== undefined
      ? { kind: 'of-customer', arn: known }
      : { kind: 'unknown', why };
  }
}

/** The ARN of a key in the account and Region of what it protects; undefined for an alias. */
function keyArn(id: string, protectedArn: string): string | undefined {
  if (id.startsWith('arn:')) return id.includes(':key/') ? id : undefined;
  const place = parseArn(protectedArn);
  if (!place || id.startsWith('alias/')) return undefined;
  return `arn:${place.partition}:kms:${place.region}:${place.account}:key/${id}`;
}
