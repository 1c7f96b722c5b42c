import type { Endpoint } from '../endpoint/types.ts';
import type { Result } from '../result.ts';
import { untrusted } from './text.ts';

/**
 * Where the service answers, or why that is not known, as a line of the log; none where nothing was
 * deployed, or nothing can be said.
 */
export function addressLine(
  { service, cluster, status }: Result,
  { url, notes }: Pick<Endpoint, 'url' | 'notes'>,
): string[] {
  if (status === 'rejected' || status === 'cancelled') return [];
  const told = notes.map(untrusted).join('; ');
  const line = url === '' ? told && `no URL, ${told}` : `${untrusted(url)}${told && ` (${told})`}`;
  return line === '' ? [] : [`${untrusted(service)} · ${untrusted(cluster)}: ${line}`];
}
