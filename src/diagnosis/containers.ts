import { parseAccessDenied } from './access-denied.ts';
import { causeOf, denialFacts, type Facts } from './signatures.ts';
import { straight } from './text.ts';
import type { Cause, Evidence } from './types.ts';

type StoppedTask = Extract<Evidence, { kind: 'stopped-task' }>;
type Container = StoppedTask['containers'][number];

/** Signals that ECS itself sends to containers when it stops a task: SIGKILL and SIGTERM. */
const SENT_BY_ECS: ReadonlySet<number | null> = new Set([137, 143]);

const EXEC_FORMAT = /exec\s(?:format|user\sprocess)[\s\S]{0,40}error/i;
const NOT_AUTHORIZED = /not\s+authori[sz]ed\s+to\s+perform/i;
const LONGEST_LINE = 4_000;
const NEWEST_LINES = 200;

/**
 * The container because of which the task ended: the first that failed by itself; else the first
 * that ended well, after which ECS killed the others; else the first that was killed.
 */
function culprit(containers: readonly Container[]): Container | undefined {
  const ended = containers.filter(({ exitCode }) => exitCode !== null);
  return (
    ended.find(({ exitCode }) => exitCode !== 0 && !SENT_BY_ECS.has(exitCode)) ??
    ended.find(({ exitCode }) => exitCode === 0) ??
    ended.find(({ exitCode }) => exitCode === 137) ??
    ended[0]
  );
}

/** The cause in the exit codes of a task's containers, and in the log of the one that ended it. */
export function exitCause(task: StoppedTask): Cause {
  const container = culprit(task.containers);
  const words = task.stoppedReason ?? container?.reason ?? task.stopCode ?? '';
  const facts: Facts = {
    container: container?.name ?? null,
    exitCode: container?.exitCode ?? null,
  };
  const lines = linesOf(task, container);
  const format = lines.findLast((line) => EXEC_FORMAT.test(line));
  if (format !== undefined) return causeOf('exec-format', format, facts);
  if (container?.exitCode === 0) return causeOf('app-exit-zero', words, facts);
  const at = lines.findLastIndex((line, index) =>
    NOT_AUTHORIZED.test(straight(`${line}\n${lines[index + 1] ?? ''}`)),
  );
  if (at === -1) return causeOf('app-exit', words, facts);
  return causeOf('app-exit', lines[at] ?? words, { ...deniedInLog(lines, at), ...facts });
}

/**
 * The denial in the line `at`, or in those around it where the log wraps it. A task's role has the
 * task's id as its session; another session is a role that the application took on by itself.
 */
function deniedInLog(lines: readonly string[], at: number): Facts {
  const parse = (from: number, to: number) =>
    parseAccessDenied(lines.slice(from, to).join('\n')).at(-1);
  const alone = parse(at, at + 1);
  const isWhole = alone?.principal && alone.action && alone.resource;
  const denial = isWhole ? alone : parse(Math.max(0, at - 1), at + 3);
  const ofTask = /^[0-9a-f]{32}$/i.test(denial?.session ?? '');
  return denialFacts(denial, ofTask ? { kind: 'task-role' } : {});
}

function linesOf(task: StoppedTask, container: Container | undefined): string[] {
  return Object.entries(task.logs ?? {})
    .filter(([name]) => container === undefined || name === container.name)
    .flatMap(([, lines]) => lines)
    .slice(-NEWEST_LINES)
    .map((line) => line.slice(0, LONGEST_LINE));
}
