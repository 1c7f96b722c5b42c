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

/** The HTTP codes that a health check got, e.g. `404` or `502, 503`; null where the text has none. */
export function healthCodes(evidence: string): string | null {
  return /with these codes: \[([\d, ]+)\]/.exec(evidence)?.[1] ?? null;
}
