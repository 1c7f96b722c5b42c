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

/** A clock whose time passes only in `pass`, which wakes whoever sleeps, in order. */
export function virtualClock(start = Date.UTC(2026, 0, 1)) {
  let now = start;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  /** Lets everything happen that needs no time. */
  const settle = () => new Promise<void>((done) => setImmediate(done));
  const clock: Clock & { pass(ms: number): Promise<void> } = {
    now: () => now,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (ms <= 0 || signal?.aborted) return resolve();
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.push(sleeper);
        const leave = () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          resolve();
        };
        signal?.addEventListener('abort', leave, { once: true });
      }),
    async pass(ms) {
      const end = now + ms;
      for (;;) {
        await settle();
        const next = sleepers.toSorted((one, other) => one.at - other.at)[0];
        if (!next || next.at > end) break;
        sleepers = sleepers.filter((one) => one !== next);
        now = next.at;
        next.wake();
      }
      now = end;
    },
  };
  return clock;
}

/** A clock whose sleepers wait until `pass` moves it. */
export function waitingClock(start?: number): Clock & { pass(ms: number): void } {
  const clock = fakeClock(start);
  const waiting = new Set<{ until: number; wake(): void }>();
  return {
    ...clock,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = {
          until: clock.now() + ms,
          wake: () => {
            waiting.delete(sleeper);
            resolve();
          },
        };
        waiting.add(sleeper);
        if (signal?.aborted) sleeper.wake();
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      }),
    pass(ms) {
      clock.advance(ms);
      for (const sleeper of [...waiting]) if (sleeper.until <= clock.now()) sleeper.wake();
    },
  };
}
