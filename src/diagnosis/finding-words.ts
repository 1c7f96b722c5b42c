import { parseSecretName } from './finding-names.ts';
import type { TiedCause } from './tie.ts';

/** The JSON key that was asked for: by AWS's words, else by the reference. */
export function jsonKey({ evidence, reference, resource }: TiedCause): string | null {
  const said = /json key ['"]?([^\s'",:]+)/i.exec(evidence)?.[1];
  return said ?? ([resource, reference].map(keyOf).find((key) => key !== '') || null);
}

const keyOf = (reference: string | null) => (reference ? parseSecretName(reference).key : '');

/** Which store of secrets a text speaks of; null where it does not say. */
export function storeIn(evidence: string): 'ssm' | 'secretsmanager' | null {
  if (/from asm\b|secrets ?manager/i.test(evidence)) return 'secretsmanager';
  return /\bssm\b|systems manager|parameter store/i.test(evidence) ? 'ssm' : null;
}

/** What is wrong with an environment file. */
export function environmentFileTrouble(
  evidence: string,
): 'missing' | 'network' | 'denied' | 'unknown' {
  if (/NoSuchKey|NoSuchBucket|\b404\b|not ?found|does not exist/i.test(evidence)) return 'missing';
  if (/access ?denied|forbidden|\b403\b|not authorized/i.test(evidence)) return 'denied';
  return /connection issue|dial tcp|timeout|deadline exceeded|signal: killed/i.test(evidence)
    ? 'network'
    : 'unknown';
}

/** What the health check of a load balancer met. */
export type HealthTrouble =
  /** Other codes than it wants, e.g. `404` or `502, 503`; null where the text does not list them. */
  | { readonly kind: 'codes'; readonly codes: string | null }
  /** No answer in time; no connection or no valid answer; the load balancer's own error; no group. */
  | { readonly kind: 'late' | 'failed' | 'internal' | 'missing' };

/**
 * Null where the text does not say it.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function healthTrouble(evidence: string): HealthTrouble | null {
  const codes = /with these codes: \[([\d, ]+)\]/.exec(evidence)?.[1];
  if (codes !== undefined || /ResponseCodeMismatch/.test(evidence)) {
    return { kind: 'codes', codes: codes ?? null };
  }
  return troubles.find(([pattern]) => pattern.test(evidence))?.[1] ?? null;
}

const troubles: readonly (readonly [RegExp, HealthTrouble])[] = [
  [/timed out|Target\.Timeout/i, { kind: 'late' }],
  [/not found/i, { kind: 'missing' }],
  [/due to an internal error|Elb\.InternalError/i, { kind: 'internal' }],
  [/health checks failed|Target\.FailedHealthChecks/i, { kind: 'failed' }],
];
