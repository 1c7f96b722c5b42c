import type { RolloutState } from './state.ts';
import type { StoppedTask } from './types.ts';

/** Why tasks of a deployment do not run, in AWS's own words (untrusted). */
export interface Cause {
  readonly words: string;
  /** How many tasks stopped for it; 0 where only an event tells of it. */
  readonly tasks: number;
}

/**
 * The most telling things that AWS said about why tasks of this deployment do not run; none where
 * it said nothing. A task's own reason tells more than the event that sums it up, but for failed
 * health checks, whose answer only the event knows.
 */
export function causesOf(state: RolloutState): Cause[] {
  const stopped = stoppedCause(state.stoppedTasks);
  const event = eventCause(state);
  const words = [
    stopped,
    (!stopped || isHealthCheck(stopped.words)) && event !== undefined && { words: event, tasks: 0 },
  ];
  return words.filter((one) => one !== undefined && one !== false);
}

const isHealthCheck = (words: string) => /health checks/i.test(words);

/** What one stopped task says of itself, or undefined for the stops of normal life. */
export function stopReason(task: StoppedTask): string | undefined {
  const reason = task.reason ?? '';
  if (task.stopCode === 'UserInitiated' || /^Scaling activity initiated by/.test(reason)) {
    return undefined;
  }
  const containers = task.containers.flatMap(({ name, exitCode, reason: why }) => {
    // ECS itself sent the signals that end these: they say nothing about the cause.
    const killed = isHealthCheck(reason) && (exitCode === 137 || exitCode === 143);
    if ((exitCode === undefined || killed) && !why) return [];
    const exit = exitCode === undefined ? '' : ` exited with code ${exitCode}`;
    return [`container ${name}${exit}${why ? `: ${why}` : ''}`];
  });
  return [reason.replace(/\.$/, '') || task.stopCode || 'no reason given', ...containers].join(
    '; ',
  );
}

/** The same cause has another task and request id each time: those do not tell causes apart. */
export function withoutIds(text: string): string {
  return text.replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}/gi, '…');
}

function stoppedCause(tasks: readonly StoppedTask[]): Cause | undefined {
  const causes = new Map<string, Cause>();
  for (const task of tasks) {
    const words = stopReason(task);
    if (words === undefined) continue;
    const key = withoutIds(words);
    causes.set(key, { words, tasks: (causes.get(key)?.tasks ?? 0) + 1 });
  }
  return [...causes.values()].toSorted((one, other) => other.tasks - one.tasks)[0];
}

const troubles = [
  /was unable to place a task\. Reason: (.+)/i,
  /(failed to launch a task with .+)/i,
  /(is unhealthy in .+)/i,
  /(failed container health checks.*)/i,
  /(was unable to .+)/i,
  /(is unable to .+)/i,
];

/** The newest event that tells of trouble. */
function eventCause({ events }: RolloutState): string | undefined {
  for (const { message } of events.toReversed()) {
    for (const trouble of troubles) {
      const words = trouble.exec(message)?.[1];
      if (words && !/AZ/.test(words)) return words;
    }
  }
  return undefined;
}
