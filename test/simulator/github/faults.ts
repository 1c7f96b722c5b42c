import type { GitHubFault } from './world.ts';

/** Decides for each call whether a fault of the world hits it. */
export interface FaultBook {
  /** The first fault that hits this call; counts the call for all that it fits. */
  next(method: string, path: string, now: number): GitHubFault['answer'] | undefined;
}

/** Faults that are added to the list later count too. */
export function openFaults(faults: GitHubFault[]): FaultBook {
  const seen = new Map<GitHubFault, { calls: number; hits: number; first?: number }>();
  return {
    next: (method, path, now) => {
      let answer: GitHubFault['answer'] | undefined;
      for (const fault of faults) {
        if (fault.method !== undefined && fault.method !== method) continue;
        if (fault.path !== undefined && !fits(fault.path, path)) continue;
        const count = seen.get(fault) ?? { calls: 0, hits: 0 };
        seen.set(fault, count);
        count.calls += 1;
        const end = (count.first ?? now) + (fault.forSeconds ?? Number.POSITIVE_INFINITY) * 1000;
        const hits =
          count.calls > (fault.afterCall ?? 0) &&
          count.hits < (fault.times ?? Number.POSITIVE_INFINITY) &&
          now < end;
        if (!hits || answer !== undefined) continue;
        count.hits += 1;
        count.first ??= now;
        answer = fault.answer;
      }
      return answer;
    },
  };
}

function fits(pattern: string, path: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(path);
}

/** What stands in front of GitHub shows when what is behind it does not answer. */
export const unicornPage =
  '<!DOCTYPE html><html><head><title>Unicorn! &middot; GitHub</title></head><body><p>We had issues producing the response to your request.</p></body></html>';
