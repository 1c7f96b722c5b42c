import { shortName } from '../../arn.ts';
import { withoutIds } from '../../rollout/stop-reason.ts';
import { type Happening, happenings } from '../happenings.ts';
import type { Picture } from '../picture.ts';
import { count, stopwatch } from '../text.ts';
import { code, details, prose } from './markdown.ts';

/** Characters of AWS's words in one line; the whole is in AWS's own words. */
const longestWords = 160;

/** What happened to this deployment, in order, with times from its start; the newest are kept. */
export function timelineDetails(picture: Picture, most: number): string {
  const lines = timelineLines(picture);
  if (lines.length === 0) return '';
  const shown = lines.slice(-most);
  const left = lines.length - shown.length;
  const list = [...(left > 0 ? [`- ${count(left, 'earlier event')} left out`] : []), ...shown];
  return details(`Timeline (${count(lines.length, 'event')})`, list.join('\n'));
}

function timelineLines({ rollout, registeredAt, revision }: Picture): string[] {
  if (!rollout) return [];
  const { state } = rollout;
  const { attempt, response, respondedAt } = state;
  const own: Happening[] = [
    ...(registeredAt === undefined
      ? []
      : [ours(registeredAt - state.startedAt, `${code(shortName(revision))} registered`)]),
    ours(0, `deployment ${code(attempt.deploymentId)} ${origins[attempt.origin]}`),
    ...(response?.kind === 'rollback-asked' && respondedAt !== undefined
      ? [ours(respondedAt - state.startedAt, 'certain to fail: this step asked ECS to roll back')]
      : []),
  ];
  return merged([...own, ...happenings(state, 0, [])]).map(line);
}

const origins = {
  started: 'started',
  'not-started': 'is still the old one',
  joined: 'was under way already',
  standing: 'stood already',
} as const;

function ours(time: number, label: string): Happening {
  return { time, label, words: '' };
}

/** Equal words of many tasks are one line, at the first one's time. */
function merged(all: readonly Happening[]): (Happening & { times: number })[] {
  const kept = new Map<string, Happening & { times: number }>();
  for (const one of all.toSorted((first, second) => first.time - second.time)) {
    const key = one.words === '' ? one.label : withoutIds(one.words);
    const known = kept.get(key);
    if (known) known.times += 1;
    else kept.set(key, { ...one, times: 1 });
  }
  return [...kept.values()];
}

/** Ids and ARNs as short as people tell them apart. */
function short(words: string): string {
  return words
    .replace(/\b([0-9a-f]{8})[0-9a-f]{24}\b/g, '$1')
    .replace(/arn:[^\s)]*:targetgroup\/([^/\s)]+)\/[0-9a-f]+/g, '$1');
}

function line({ time, label, words: all, times }: Happening & { times: number }): string {
  const words = short(all);
  const sign = time <= -1_000 ? '−' : '+';
  const cut =
    words.length > longestWords
      ? `${words.slice(0, longestWords).replace(/\s+\S*$/, '')} …`
      : words;
  const again = times > 1 ? ` (${times} times)` : '';
  const whose = label.replace(/^event(: )?/, '');
  const what = words === '' ? label : [prose(whose), prose(cut)].filter(Boolean).join(': ');
  return `- \`${sign}${stopwatch(sign === '+' ? Math.max(0, time) : -time)}\` ${what}${again}`;
}
