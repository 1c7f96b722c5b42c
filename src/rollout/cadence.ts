import type { Clock } from '../clock.ts';

/**
 * When to poll next. Calls are paid from a budget that fills evenly, so that a whole rollout stays
 * under 0.5 calls a second (with the calls that plan and start it) whatever happens in it; within
 * that it is quick at first and after each change. All times are milliseconds.
 */
export interface Cadence {
  /** Counts `calls` that were made. */
  spend(calls: number): void;
  /** Something moved: the next polls come sooner. */
  changed(): void;
  /** AWS asked for fewer calls: the pause doubles, up to `longestPause`. */
  throttled(): void;
  /** A call went through: the pause shrinks again. */
  recovered(): void;
  /** How long to wait before the next poll. */
  pause(): number;
}

/** Budget: what may be spent at once, and what comes back per second. */
const burst = 3;
const callsPerSecond = 0.32;
/** The pause right after a change, for as long as `lively` says; then the calm one. */
const quickPause = 1_500;
const calmPause = 2_500;
const lively = 6_000;
const longestSaving = 4_000;
const longestPause = 20_000;

/** @param fixed the user's own interval, or undefined for the adaptive cadence */
export function createCadence(clock: Clock, fixed: number | undefined): Cadence {
  let budget = burst;
  let filledAt = clock.now();
  let changedAt = clock.now();
  let slowdown = 1;

  const fill = () => {
    const now = clock.now();
    budget = Math.min(burst, budget + ((now - filledAt) / 1000) * callsPerSecond);
    filledAt = now;
  };
  return {
    spend(calls) {
      fill();
      budget -= calls;
    },
    changed() {
      changedAt = clock.now();
    },
    throttled() {
      slowdown = Math.min(slowdown * 2, 64);
    },
    recovered() {
      slowdown = Math.max(slowdown / 4, 1);
    },
    pause() {
      fill();
      const wanted = fixed ?? (clock.now() - changedAt < lively ? quickPause : calmPause);
      // A debt is paid off slowly rather than by a long silence: the end may be near.
      const affordable =
        fixed === undefined ? Math.min(((1 - budget) / callsPerSecond) * 1000, longestSaving) : 0;
      const pause = Math.max(wanted, affordable) * slowdown;
      // Many steps that were throttled together must not come back together.
      const jitter = slowdown > 1 ? 0.75 + clock.random() / 2 : 1;
      return Math.max(fixed ?? 0, Math.min(pause * jitter, longestPause));
    },
  };
}
