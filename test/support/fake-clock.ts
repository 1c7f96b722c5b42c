import type { Clock } from '../../src/clock.ts';

/** A clock that stands still but for its sleeps, and whose chance is always one half. */
export function fakeClock(start = Date.UTC(2026, 0, 1)): Clock & { advance(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    random: () => 0.5,
    async sleep(ms) {
      now += ms;
    },
    advance(ms) {
      now += ms;
    },
  };
}
