import { parseAccessDenied } from './access-denied.ts';
import { causeOf, denialFacts, type Facts } from './signatures.ts';
import type { Cause, Evidence } from './types.ts';

type StoppedTask = Extract<Evidence, { kind: 'stopped-task' }>;
type Container = StoppedTask['containers'][number];

/** Signals that ECS itself sends to containers when it stops a task: SIGKILL and SIGTERM. */
const SENT_BY_ECS: ReadonlySet<number | null> = new Set([137, 143]);

const EXEC_FORMAT = /exec (?:format|user process).{0,40}error/i;
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
  const denial = lines.findLast((line) => NOT_AUTHORIZED.test(line));
  if (denial === undefined) return causeOf('app-exit', words, facts);
  return causeOf('app-exit', denial, { ...deniedInLog(denial), ...facts });
}

/**
 * A task's role has the task's id as its session; another session is a role that the application
 * took on by itself.
 */
function deniedInLog(line: string): Facts {
  const denial = parseAccessDenied(line).at(-1);
  const ofTask = /^[0-9a-f]{32}$/.test(denial?.session ?? '');
  return denialFacts(denial, ofTask ? { kind: 'task-role' } : {});
}

function linesOf(task: StoppedTask, container: Container | undefined): string[] {
  const logs = container ? task.logs?.[container.name] : Object.values(task.logs ?? {}).flat();
  return (logs ?? []).slice(-NEWEST_LINES).map((line) => line.slice(0, LONGEST_LINE));
}
