import { passes } from '../../result.ts';
import type { Picture } from '../picture.ts';
import { sections } from './body.ts';
import { compose } from './compose.ts';

/** GitHub takes 65,536 characters; a margin for those that count twice. */
const commentLimit = 64_000;

/**
 * The comment on the pull request, without its marker.
 *
 * @param run URL of the workflow run, empty where there is none
 */
export function commentMarkdown(picture: Picture, run: string): string {
  return compose(sections(picture, run, 'comment'), commentLimit);
}

/** A step's summary may have 1 MiB, in bytes: a character has at most three here. */
const summaryLimit = 300_000;

/** The job summary: the same for each service, what failed first, with a chart of its phases. */
export function summaryMarkdown(pictures: readonly Picture[], run: string): string {
  const each = Math.floor(summaryLimit / Math.max(1, pictures.length));
  return pictures
    .toSorted((one, other) => Number(isGood(one)) - Number(isGood(other)))
    .map((picture) => compose(sections(picture, run, 'summary'), each))
    .join('\n\n---\n\n');
}

const isGood = ({ result }: Picture) => result !== undefined && passes(result.status);
