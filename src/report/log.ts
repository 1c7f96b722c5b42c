import { error, info, warning } from '@actions/core';
import type { Clock } from '../clock.ts';
import { describeProblem, type Problem } from '../errors.ts';
import type { Step } from '../rollout/follow.ts';
import type { Verdict } from '../rollout/judge.ts';
import { heartbeat, heartbeatLine, openingLine, progressLines } from './progress.ts';
import { untrusted } from './text.ts';

/** The runner's log. Text that came from outside goes through `untrusted` before it gets here. */
export interface Log {
  info(line: string): void;
  warning(line: string): void;
  /** A problem, tied to its file and line where it has them. */
  problem(problem: Problem): void;
}

export const runnerLog: Log = {
  info,
  warning: (line) => warning(line, { title: 'ECS Rollout' }),
  problem: (problem) => {
    const { file, line } = problem;
    error(untrusted(describeProblem(problem)), {
      title: 'ECS Rollout',
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { startLine: line }),
    });
  },
};

/** Writes the wait into the log: what changed, and a sign of life when nothing does. */
export function followLog(log: Log, clock: Clock, prefix: string): (step: Step) => void {
  let before: Verdict = { status: 'in-progress', phase: 'rolling-out' };
  let writtenAt = clock.now();
  let opened = false;
  let lastNotice = '';
  const write = (line: string) => {
    writtenAt = clock.now();
    log.info(prefix + line);
  };
  const draw = ({ previous, state, verdict, observation }: Step) => {
    if (!opened) write(openingLine(previous, before));
    opened = true;
    if (observation.kind === 'notice' && observation.message !== lastNotice) {
      lastNotice = observation.message;
      write(`         ${untrusted(observation.message)}`);
    }
    if (observation.kind === 'seen') lastNotice = '';
    for (const line of progressLines(previous, state, { previous: before, next: verdict })) {
      write(line);
    }
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
