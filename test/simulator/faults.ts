import type { State } from './engine/state.ts';
import type { Fault } from './world.ts';

/** Decides for each call whether a fault of the world hits it. */
export interface FaultBook {
  /** The first fault that hits this call; counts the call. */
  next(operation: string, state: State): Fault['error'] | undefined;
}

/** Opens the book of the world's faults; faults that are added to the world later count too. */
export function openFaults(faults: Fault[]): FaultBook {
  const seen = new Map<Fault, { calls: number; hits: number }>();
  return {
    next: (operation, state) => {
      let error: Fault['error'] | undefined;
      for (const fault of faults) {
        if (fault.operation !== '*' && fault.operation !== operation) continue;
        const count = seen.get(fault) ?? { calls: 0, hits: 0 };
        seen.set(fault, count);
        count.calls += 1;
        const hits =
          count.calls > (fault.afterCall ?? 0) &&
          count.hits < (fault.times ?? Number.POSITIVE_INFINITY) &&
          isInTime(fault, state);
        if (!hits || error !== undefined) continue;
        count.hits += 1;
        error = fault.error;
      }
      return error;
    },
  };
}

function isInTime({ atSeconds, forSeconds }: Fault, { firstUpdate, now }: State): boolean {
  if (atSeconds === undefined && forSeconds === undefined) return true;
  if (firstUpdate === undefined) return false;
  const from = firstUpdate + (atSeconds ?? 0) * 1000;
  return now >= from && now < from + (forSeconds ?? Number.POSITIVE_INFINITY) * 1000;
}
