/** The simulated time. Everything that has a time reads it here. */
export interface VirtualClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Moves the hands on; on a running clock in addition to the time that passes by itself. */
  advance(seconds: number): void;
}

/** Simulated time starts at real now and runs `speed` times as fast. */
export function runningClock(speed: number): VirtualClock {
  const start = Date.now();
  const origin = performance.now();
  let added = 0;
  return {
    now: () => Math.round(start + (performance.now() - origin) * speed + added),
    advance: (seconds) => {
      added += seconds * 1000;
    },
  };
}

/** Simulated time starts at real now and stands still. */
export function manualClock(): VirtualClock {
  let now = Date.now();
  return {
    now: () => now,
    advance: (seconds) => {
      now += seconds * 1000;
    },
  };
}
