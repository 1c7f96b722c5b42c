import { endGroup, info, startGroup } from '@actions/core';
import type { Clock } from '../clock.ts';
import { describeProblem, type Problem } from '../errors.ts';
import type { Step } from '../rollout/follow.ts';
import type { Verdict } from '../rollout/judge.ts';
import { annotator } from './annotations.ts';
import { findingKey, findingLines, logTailLines } from './finding-lines.ts';
import {
  aside,
  heartbeat,
  heartbeatLine,
  openingLine,
  progressLines,
  responseLine,
} from './progress.ts';
import { indented, untrusted } from './text.ts';

/** The runner's log. Text that came from outside goes through `untrusted` before it gets here. */
export interface Log {
  info(line: string): void;
  warning(line: string): void;
  /** A report that could not be made. */
  shortfall(line: string): void;
  /** A problem, tied to its file and line where it has them: an error unless said otherwise. */
  problem(problem: Problem, level?: 'error' | 'warning'): void;
  /** Lines that are folded away behind their title. */
  group(title: string, lines: readonly string[]): void;
}

const annotate = annotator();

export const runnerLog: Log = {
  info,
  warning: (line) => annotate('warning', line),
  shortfall: (line) => annotate('warning', line, {}, true),
  problem: (problem, level = 'error') => {
    const { file, line } = problem;
    const [first = '', ...more] = describeProblem(problem).split('\n');
    annotate(level, [untrusted(first), ...more.map(indented)].join('\n'), {
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { startLine: line }),
    });
  },
  group: (title, lines) => {
    startGroup(title);
    for (const line of lines) info(line);
    endGroup();
  },
};

/** Writes the wait into the log: what changed, and a sign of life when nothing does. */
export function followLog(log: Log, clock: Clock, prefix: string): (step: Step) => void {
  let before: Verdict = { status: 'in-progress', phase: 'rolling-out' };
  let writtenAt = clock.now();
  let opened = false;
  let lastNotice = '';
  const told = new Set<string>();
  const write = (line: string) => {
    writtenAt = clock.now();
    log.info(prefix + line);
  };
  const draw = ({ previous, state, verdict, observation, findings }: Step) => {
    if (!opened) write(openingLine(previous, before));
    opened = true;
    if (observation.kind === 'notice' && observation.message !== lastNotice) {
      lastNotice = observation.message;
      write(aside(untrusted(observation.message)));
    }
    if (observation.kind === 'seen') lastNotice = '';
    for (const line of progressLines(previous, state, { previous: before, next: verdict })) {
      write(line);
    }
    for (const finding of findings) {
      // ECS's own reason to give up is among the events; a cause tells more.
      if (finding.class === 'breaker-tripped' || told.has(findingKey(finding))) continue;
      told.add(findingKey(finding));
      for (const line of findingLines(finding)) write(aside(line));
    }
    if (observation.kind === 'logs') {
      for (const line of observation.tails.flatMap(logTailLines)) write(aside(line));
    }
    if (observation.kind === 'responded') write(responseLine(state, observation.response));
    if (clock.now() - writtenAt >= heartbeat && verdict.status === 'in-progress') {
      write(heartbeatLine(state, verdict));
    }
    before = verdict;
  };
  return (step) => {
    try {
      draw(step);
    } catch (error) {
      // A line that cannot be written must not end the wait.
      log.info(`${prefix}         ${untrusted(String(error))}`);
    }
  };
}
