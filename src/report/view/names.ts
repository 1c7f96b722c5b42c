import { shortName } from '../../arn.ts';
import type { Picture } from '../picture.ts';
import { code, prose } from './markdown.ts';

/** The name of a cluster or service in a line of prose: most need no code. */
export function name(text: string): string {
  const isPlain = /^[\w-]{1,255}$/.test(text) && !reference.test(text);
  return isPlain ? text.replaceAll('_', '\\_') : code(text);
}

/** What GitHub makes links of: an issue, and the beginning of a commit's SHA. */
const reference = /^(?:gh-\d+|[0-9a-f]{7,40})\b/i;

/** `web · prod`; inputs that are refused may lack either. */
export function title({ service, cluster }: Picture): string {
  if (service === '') return 'ECS Rollout';
  return cluster === '' ? name(service) : `${name(service)} · ${name(cluster)}`;
}

/** The revision's own name in code, `web:8`. */
export function revisionCode(arn: string): string {
  return code(shortName(arn));
}

/**
 * `revision 8`, or `web:8` where the family says more than the number.
 *
 * @param family the family that goes without saying
 */
export function revisionWords(arn: string, family: string): string {
  const [own, number = ''] = shortName(arn).split(':');
  return own === family && /^\d+$/.test(number) ? `revision ${number}` : revisionCode(arn);
}

/** The family of the revision that served before, which most revisions share. */
export function familyOf({ before, revision }: Picture): string {
  return shortName(before || revision).split(':')[0] ?? '';
}

/** The revision to deploy, by its number or before it has one. */
export function tried(picture: Picture): string {
  const { revision } = picture;
  return revision === '' ? 'a new revision' : revisionWords(revision, familyOf(picture));
}

/**
 * ARN of the revision that serves now, as far as it is known; empty where nothing serves. A result that
 * does not know what served before knows nothing of the service (a request hung, the step broke): what
 * was seen last stands then.
 */
export function servesNow({ result, rollout, before }: Picture): string {
  const isKnown = result && result.status !== 'started' && result.previousTaskDefinitionArn !== '';
  if (isKnown) return result.runningTaskDefinitionArn;
  return rollout?.state.service.deployments.every(({ running }) => running === 0) ? '' : before;
}

/** What is left of a result's summary, in the log's words, without the title that it begins with. */
export function summaryWords(picture: Picture, names: readonly string[] = []): string {
  const words = picture.result?.summary.join(' ') ?? '';
  const head = /^.{1,600}? · .{1,300}?: /.exec(words)?.[0] ?? '';
  const rest = words.slice(head.length);
  return prose(rest.charAt(0).toUpperCase() + rest.slice(1), names);
}
