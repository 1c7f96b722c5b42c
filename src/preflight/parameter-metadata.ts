import type { ParameterMetadata } from '@aws-sdk/client-ssm';
import { ask, listIn, once, UnansweredError } from './ask.ts';
import { type ParameterReference, parametersOf, referencesOf } from './references.ts';
import { chunks, isForeign } from './results.ts';
import type { Subject } from './types.ts';

/** What SSM says of one parameter. */
export type Described =
  | { readonly kind: 'exists'; readonly metadata: ParameterMetadata }
  | { readonly kind: 'missing' }
  /** `why` is the error of the look-up, or words that complete "not checked: …". */
  | { readonly kind: 'unknown'; readonly why: unknown };

/** A filter takes at most this many names, and a page has at most as many parameters. */
const namesPerCall = 50;
/** More pages than so many parameters need: an answer that never ends does not hold up a deploy. */
const mostPages = 20;

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html */
const reserved = [
  [/^\/aws\/reference\/secretsmanager\//, 'SSM reads it from Secrets Manager and does not list it'],
  [/^\/aws\//, 'SSM does not list the public parameters of AWS'],
] as const;

/**
 * The metadata of a parameter that the task definition names; all of a Region are asked for together.
 * Never rejects.
 */
export async function describeParameter(
  subject: Subject,
  reference: ParameterReference,
): Promise<Described> {
  const own = reasonUnlisted(subject, reference);
  if (own) return { kind: 'unknown', why: own };
  try {
    const known = await describeRegion(subject, reference.region);
    const metadata = spellings(reference.name)
      .map((name) => known.get(name))
      .find((one) => one !== undefined);
    return metadata ? { kind: 'exists', metadata } : { kind: 'missing' };
  } catch (why) {
    return { kind: 'unknown', why };
  }
}

function reasonUnlisted(subject: Subject, { arn, name }: ParameterReference): string | undefined {
  if (isForeign(subject, arn)) return "SSM lists only one's own account's parameters";
  return reserved.find(([pattern]) => pattern.test(name))?.[1];
}

/** The ARNs of `password` and `/password` are the same. */
function spellings(name: string): readonly string[] {
  return name.includes('/') ? [name] : [name, `/${name}`];
}

function describeRegion(
  subject: Subject,
  region: string,
): Promise<ReadonlyMap<string, ParameterMetadata>> {
  return once(subject, `parameters of ${region}`, async () => {
    const names = parametersOf(referencesOf(subject.plan.context))
      .filter((reference) => reference.region === region && !reasonUnlisted(subject, reference))
      .flatMap(({ name }) => spellings(name));
    const parts = chunks([...new Set(names)], namesPerCall);
    const found = await Promise.all(parts.map((part) => describeNamed(subject, region, part)));
    return new Map(found.flat().map((metadata) => [metadata.Name ?? '', metadata]));
  });
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html */
async function describeNamed(
  subject: Subject,
  region: string,
  names: string[],
): Promise<ParameterMetadata[]> {
  const found: ParameterMetadata[] = [];
  let token: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await ask(subject, 'ssm:DescribeParameters', async (abortSignal) => {
      const [client, { DescribeParametersCommand }] = await Promise.all([
        subject.aws.ssm(region),
        import('@aws-sdk/client-ssm'),
      ]);
      return client.send(
        new DescribeParametersCommand({
          ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: names }],
          MaxResults: namesPerCall,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
        { abortSignal },
      );
    });
    found.push(...listIn(answer.Parameters, 'ssm:DescribeParameters'));
    // A page may be empty and yet not be the last.
    token = answer.NextToken;
    if (token === undefined) return found;
  }
  throw new UnansweredError('silent', 'ssm:DescribeParameters comes to no end');
}
