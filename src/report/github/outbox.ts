import type { Clock } from '../../clock.ts';
import { type Failure, failureOf } from './client.ts';
import type { Pace, Urgency } from './pace.ts';

/** Sends the newest state of one report, never two at a time; older states are left out. */
export interface Outbox<T> {
  /** Wants `value` to be what people see, soon. */
  offer(value: T, urgency: Urgency): void;
  /**
   * Waits until the last value offered has landed.
   *
   * @param deadline on the local clock, in milliseconds
   * @returns why it did not
   */
  finish(deadline: number): Promise<Failure | undefined>;
}

interface Item<T> {
  readonly value: T;
  readonly urgency: Urgency;
}

function sooner(before: Urgency, now: Urgency): Urgency {
  return now === 'usual' ? before : now;
}

/** Milliseconds of pause after an unanswered request, doubled each time. */
const firstPause = 1_000;
const longestPause = 30_000;
/** How often the last value is tried: a GitHub that is down must not hold up the end. */
const lastTries = 3;

/**
 * @param send makes the requests for one value; rejects when one fails
 */
export function createOutbox<T>(
  send: (value: T) => Promise<void>,
  { clock, pace }: { readonly clock: Clock; readonly pace: Pace },
): Outbox<T> {
  let waiting: Item<T> | undefined;
  let sending: Item<T> | undefined;
  let failure: Failure | undefined;
  let sentAt: number | undefined;
  let retryAt = 0;
  let pause = firstPause;
  let end = Number.POSITIVE_INFINITY;
  let wake = new AbortController();
  let loop: Promise<void> | undefined;
  let isRunning = false;
  let triesLeft = Number.POSITIVE_INFINITY;

  const isOver = () => failure?.kind === 'refused';

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting && !isOver() && triesLeft > 0) {
      const ready = Math.max(pace.delay(waiting.urgency, sentAt), retryAt - clock.now());
      // What could not be sent in time is given up at once, not when the time is over.
      if (clock.now() + ready > end) break;
      if (ready > 0) {
        wake = new AbortController();
        await clock.sleep(ready, wake.signal);
      } else {
        await sendOne(waiting);
      }
    }
    isRunning = false;
  }

  async function sendOne(one: Item<T>): Promise<void> {
    pace.wrote();
    sending = one;
    try {
      await send(one.value);
      if (waiting === one) waiting = undefined;
      failure = undefined;
      pause = firstPause;
      sentAt = clock.now();
    } catch (error) {
      failure = failureOf(error, clock.now());
      // What has taken its place meanwhile has not been seen any sooner.
      if (waiting) waiting = { ...waiting, urgency: sooner(one.urgency, waiting.urgency) };
      if (failure.kind === 'limited') pace.block(failure);
      triesLeft -= 1;
      retryAt = clock.now() + pause;
      pause = Math.min(pause * 2, longestPause);
    } finally {
      sending = undefined;
    }
  }

  function start(): void {
    wake.abort();
    if (!isRunning) loop = run();
  }

  return {
    offer(value, urgency) {
      if (isOver()) return;
      const before = waiting === undefined || waiting === sending ? 'usual' : waiting.urgency;
      waiting = { value, urgency: sooner(before, urgency) };
      start();
    },
    async finish(deadline) {
      end = deadline;
      // Whatever it waited for after an unanswered request, the last one is tried now.
      [retryAt, pause, triesLeft] = [0, firstPause, lastTries];
      start();
      const late = new AbortController();
      const overdue = clock.sleep(deadline - clock.now(), late.signal);
      await Promise.race([loop, overdue]);
      late.abort();
      if (waiting === undefined && !isOver()) return undefined;
      // Not even tried where another report has met a limit.
      return (
        failure ?? pace.limit() ?? { kind: 'unanswered', words: 'GitHub did not answer in time' }
      );
    },
  };
}
