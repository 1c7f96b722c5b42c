import type { RolloutState } from '../rollout/state.ts';
import { stopReason } from '../rollout/stop-reason.ts';
import type { StoppedTask } from '../rollout/types.ts';
import { nameOf } from './text.ts';

/** Something that AWS told of, as a line of a log or a timeline. */
export interface Happening {
  /** Milliseconds since the deployment was made, by AWS's clock. */
  readonly time: number;
  /** What it happened to, in our words. */
  readonly label: string;
  /** In AWS's words. */
  readonly words: string;
}

/** Events from the given count on, and stopped tasks that `known` did not tell, oldest first. */
export function happenings(
  state: RolloutState,
  fromEvent: number,
  known: readonly StoppedTask[],
): Happening[] {
  const since = (time: number) => time - state.attempt.createdAt;
  const events = state.events.slice(fromEvent).map(({ at, message }): Happening => {
    const words = message.replace(/^\(service [^)]*\) /, '');
    // Fargate repeats the whole reason of each task here; it is one reason with the tasks'.
    const [, label = '', reason] =
      /^(was unable to place a task)\. Reason: (.+?)\.?$/.exec(words) ?? [];
    return { time: since(at), label: label ? `event: ${label}` : 'event', words: reason ?? words };
  });
  const told = new Map(known.map((task) => [task.arn, stopReason(task)]));
  const tasks = state.stoppedTasks.flatMap((task): Happening[] => {
    const words = stopReason(task);
    const id = nameOf(task.arn).slice(0, 8);
    return words === undefined || told.get(task.arn) === words
      ? []
      : [{ time: since(task.stoppedAt ?? state.now), label: `task ${id} stopped`, words }];
  });
  return [...events, ...tasks].toSorted((one, other) => one.time - other.time);
}
