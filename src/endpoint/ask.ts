import { awsErrorKind } from '../aws.ts';
import type { Clock } from '../clock.ts';

export type Outcome<T> =
  | { readonly kind: 'answer'; readonly value: T }
  /** What was asked for does not exist. */
  | { readonly kind: 'missing' }
  /** `why` completes "not found: …". */
  | { readonly kind: 'none'; readonly why: string };

/** Makes calls that share one time limit. None of them rejects. */
export interface Asker {
  /** @param permission what the call needs, e.g. `ecs:DescribeServices`; it names it for people */
  ask<T>(permission: string, send: (abortSignal: AbortSignal) => Promise<T>): Promise<Outcome<T>>;
  /** No call will follow: the clock need not be kept. */
  end(): void;
}

/** @param patience milliseconds, from now, for all calls together */
export function asker(clock: Clock, signal: AbortSignal, patience: number): Asker {
  const over = new AbortController();
  const ended = new AbortController();
  const silence = clock.sleep(patience, AbortSignal.any([signal, ended.signal])).then(() => {
    over.abort();
  });
  const unanswered = (permission: string): Outcome<never> => ({
    kind: 'none',
    why: signal.aborted
      ? 'the job was cancelled'
      : `no answer from ${permission} within ${patience / 1000} s`,
  });
  return {
    async ask(permission, send) {
      if (signal.aborted || over.signal.aborted) return unanswered(permission);
      const stop = AbortSignal.any([signal, over.signal]);
      try {
        // A client may be slow to heed its signal, so it is not waited for.
        return await Promise.race([
          send(stop).then((value) => ({ kind: 'answer' as const, value })),
          silence.then(() => unanswered(permission)),
        ]);
      } catch (error) {
        return stop.aborted ? unanswered(permission) : failed(permission, error);
      }
    },
    end: () => ended.abort(),
  };
}

function failed(permission: string, error: unknown): Outcome<never> {
  const name = error instanceof Error ? error.name : '';
  if (/NotFound(Exception)?$/.test(name)) return { kind: 'missing' };
  return { kind: 'none', why: whyOf(permission, error, name) };
}

/** AWS's message stays out: what it says is not ours. */
function whyOf(permission: string, error: unknown, name: string): string {
  switch (awsErrorKind(error)) {
    case 'access-denied':
      return `needs ${permission}`;
    case 'credentials':
      return `AWS refuses these credentials for ${permission}`;
    case 'throttled':
      return `AWS throttles ${permission}`;
    case 'unsupported':
      return `there is no ${permission} here`;
    case 'invalid':
    case 'transient': {
      const code = /^[A-Za-z0-9.]{1,64}$/.test(name) ? ` (${name})` : '';
      return `${permission} failed${code}`;
    }
  }
}
