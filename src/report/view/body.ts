import type { Problem } from '../../errors.ts';
import { passes } from '../../result.ts';
import type { RolloutState } from '../../rollout/state.ts';
import type { LogTail } from '../../rollout/types.ts';
import { findingsOf, type Picture } from '../picture.ts';
import { count, duration } from '../text.ts';
import { changesLine, changesTable } from './changes.ts';
import { droppable, type Section, shortened, whole } from './compose.ts';
import { evidenceDetails, findingBlock, sentence } from './findings.ts';
import { gantt } from './gantt.ts';
import { addressLink, headline } from './headline.ts';
import { targetHealth } from './health.ts';
import { links } from './links.ts';
import { code, details, fence, link, listed, prose } from './markdown.ts';
import { revisionCode, summaryWords, tried } from './names.ts';
import { preflightDetails } from './preflight.ts';
import { progressLine, tasksWords } from './progress.ts';
import { timelineDetails } from './timeline.ts';

/** Findings that are told with their fix; the others in a line each. */
const mostFindings = 5;

/**
 * What a reviewer sees of one service, in the order in which it is wanted: the headline, why and what
 * to do, what changed, what happened. Pure.
 *
 * @param run URL of the workflow run, empty where there is none
 * @param place the summary has the chart of the phases, and the ends of logs: GitHub masks secrets there
 */
export function sections(picture: Picture, run: string, place: 'comment' | 'summary'): Section[] {
  const findings = findingsOf(picture).filter(({ class: name }) => name !== 'breaker-tripped');
  const told = findings.slice(0, mostFindings);
  const rest = findings.slice(mostFindings).map((finding) => `- ${sentence(finding)}`);
  return [
    whole(100, headline(picture)),
    shortened(95, lead(picture, 100), lead(picture, 10), lead(picture, 1)),
    ...told.map((finding, index) =>
      droppable(index === 0 ? 80 : 48 - index, findingBlock(finding), sentence(finding)),
    ),
    droppable(60, rest.join('\n')),
    whole(90, course(picture)),
    droppable(50, changes(picture)),
    droppable(40, targetHealth(picture)),
    droppable(
      30,
      preflightDetails(picture, 100),
      preflightDetails(picture, 25),
      preflightDetails(picture, 0),
    ),
    droppable(25, timelineDetails(picture, 100), timelineDetails(picture, 20)),
    droppable(20, evidenceDetails(findings), evidenceDetails(told.slice(0, 1))),
    ...(place === 'summary'
      ? [...logSections(picture), droppable(35, gantt(picture))]
      : [droppable(22, logHint(picture, run))]),
    whole(99, footer(picture, run)),
  ];
}

/** What changed; folded away where it went well, since the lead has told the gist of it. */
function changes(picture: Picture): string {
  const table = changesTable(picture);
  return table !== '' && picture.result?.status === 'succeeded'
    ? details('What changed', table)
    : table;
}

/** What the headline leaves open. @param most paragraphs where there are many */
function lead(picture: Picture, most: number): string {
  const { result, rollout } = picture;
  if (!result) {
    const progress = progressLine(picture);
    return [progress, stillAnswers(picture)].filter(Boolean).join('\n\n');
  }
  switch (result.status) {
    case 'succeeded': {
      const took = `${duration(picture.now - picture.startedAt)}`;
      const tasks = rollout ? [tasksWords(rollout.state)] : [];
      const line = [...tasks, took, changesLine(picture)].filter(Boolean).join(' · ');
      return [line, ...few(onTheWay(picture), most)].filter(Boolean).join('\n\n');
    }
    case 'unchanged':
    case 'planned':
    case 'started':
    case 'superseded':
    case 'stopped':
    case 'timed-out':
    case 'cancelled':
      return summaryWords(picture);
    case 'rolled-back':
    case 'failed':
      // Nothing tells why: the summary says that, in ECS's words as far as there are any.
      return result.diagnosis.length > 0 ? '' : summaryWords(picture);
    case 'rejected':
      return (
        few(result.problems.flatMap(problemBlocks), most).join('\n\n') ||
        (result.diagnosis.length > 0 ? '' : summaryWords(picture))
      );
  }
}

/** A rollout may succeed although tasks of it failed: they may fail again. */
function onTheWay({ rollout }: Picture): string[] {
  const findings = rollout?.findings ?? [];
  return findings.map((finding) => `⚠️ On the way: ${sentence(finding)}`);
}

function few(paragraphs: readonly string[], most: number): string[] {
  const more = paragraphs.length - most;
  return more > 0
    ? [...paragraphs.slice(0, most), `And ${more} more, which the log of the run has.`]
    : [...paragraphs];
}

function problemBlocks({ message, input, file, line }: Problem): string[] {
  const where = [
    file && `${code(file)}${line === undefined ? '' : ` line ${line}`}`,
    input && `input ${code(input)}`,
  ].filter(Boolean);
  const [first = '', ...more] = message.split('\n').map((each) => prose(each));
  return [where.length > 0 ? `**${capital(where.join(', '))}:** ${first}` : first, ...more];
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** While it runs, people want to know that the site is up. */
function stillAnswers({ url, before, rollout }: Picture): string {
  if (url === '' || before === '' || !rollout) return '';
  const { verdict } = rollout;
  const isOnItsWay = verdict.status === 'in-progress' && verdict.phase === 'rolling-out';
  return isOnItsWay && rollout.findings.length === 0
    ? `${addressLink(url)} serves ${revisionCode(before)} until the new tasks are healthy.`
    : `${addressLink(url)} still serves ${revisionCode(before)}.`;
}

/** How a rollout that does not go well went, and what this step did about it. */
function course(picture: Picture): string {
  const { rollout, result } = picture;
  const state = rollout?.state;
  if (!state || (result && passes(result.status))) return '';
  const { stoppedTasks, mostRunning, response } = state;
  if (stoppedTasks.length === 0 && response === undefined) return '';
  const what = tried(picture);
  const stopped = stoppedTasks.length > 0 ? `${count(stoppedTasks.length, 'task')} stopped` : '';
  const ran = mostRunning === 0 ? `No task of ${what} ever ran` : '';
  return [[ran, stopped].filter(Boolean).join('; ').replace(/(.)$/, '$1.'), responseWords(state)]
    .filter(Boolean)
    .join(' ');
}

function responseWords({ response, respondedAt = 0, startedAt }: RolloutState): string {
  switch (response?.kind) {
    case undefined:
      return '';
    case 'rollback-asked':
      return `This step asked ECS to roll back ${duration(respondedAt - startedAt)} after the update.`;
    case 'breaker-awaited':
      return `ECS could not be asked to roll back: ${prose(response.why)}`;
    case 'left':
      return `This step did not wait any longer; ECS goes on with it. ${prose(response.why ?? '')}`.trim();
  }
}

/** Where the ends of the logs are: the runner masks secrets in its log and summary, nobody in comments. */
function logHint({ rollout }: Picture, run: string): string {
  const tails = rollout?.state.logTails ?? [];
  if (tails.length === 0 || run === '') return '';
  const names = [...new Set(tails.map(({ container }) => code(container)))];
  return `The end of the log of container ${listed(names, 5)} is on the page of ${link('the run', run)}.`;
}

function logSections({ rollout }: Picture): Section[] {
  const tails = rollout?.state.logTails ?? [];
  return tails.map((tail, index) =>
    droppable(15 - index, logDetails(tail, 50), logDetails(tail, 10)),
  );
}

function logDetails({ container, group, lines }: LogTail, most: number): string {
  const shown = lines.slice(-most);
  const title = `Last ${count(shown.length, 'line')} of a container's log`;
  const where = `Container ${code(container)}, log group ${code(group)}:`;
  return details(title, `${where}\n\n${fence(shown.join('\n'), 'text')}`);
}

function footer(picture: Picture, run: string): string {
  const { result, now, startedAt, urlNotes, environment } = picture;
  const notes = urlNotes.map((note) => prose(note));
  const facts = [
    ...links(picture, run),
    ...(environment === '' ? [] : [`environment ${code(environment)}`]),
    // A success has told it in its first line.
    ...(result && result.status !== 'succeeded' ? [duration(now - startedAt)] : []),
  ];
  return [...notes, facts.join(' · ')].filter(Boolean).join('\n\n');
}
