import type { RolloutState } from './state.ts';
import type { StoppedTask } from './types.ts';

/**
 * The most telling thing that AWS said about why tasks of this deployment do not run, in its own
 * words (untrusted), or undefined where it said nothing. A task's own reason tells more than the
 * event that sums it up, and that more than the reason of the whole rollout.
 */
export function causeOf(state: RolloutState): string | undefined {
  return stoppedCause(state.stoppedTasks) ?? eventCause(state);
}

/** What one stopped task says of itself, or undefined for the stops of normal life. */
export function stopReason(task: StoppedTask): string | undefined {
  const reason = task.reason ?? '';
  if (task.stopCode === 'UserInitiated' || /^Scaling activity initiated by/.test(reason)) {
    return undefined;
  }
  const containers = task.containers.flatMap(({ name, exitCode, reason: why }) => {
    if (exitCode === undefined && !why) return [];
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

function stoppedCause(tasks: readonly StoppedTask[]): string | undefined {
  const counts = new Map<string, { words: string; count: number }>();
  for (const task of tasks) {
    const words = stopReason(task);
    if (words === undefined) continue;
    const key = withoutIds(words);
    const seen = counts.get(key);
    counts.set(key, { words, count: (seen?.count ?? 0) + 1 });
  }
  const [most] = [...counts.values()].toSorted((one, other) => other.count - one.count);
  if (!most) return undefined;
  return most.count === 1 ? most.words : `${most.words} (${most.count} tasks)`;
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
