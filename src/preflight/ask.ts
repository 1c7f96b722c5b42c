import { type AwsErrorKind, awsErrorKind, awsWords } from '../aws.ts';
import type { Subject } from './types.ts';

/** Milliseconds: longer than this no call is waited for. */
export const answerWithin = 2_000;

/** Nothing can be said because a call brought no answer; `why` completes "not checked: …". */
export class UnansweredError extends Error {
  readonly why: string;
  readonly kind: Exclude<AwsErrorKind, 'invalid'> | 'silent';

  constructor(kind: UnansweredError['kind'], why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'UnansweredError';
    this.kind = kind;
    this.why = why;
  }
}

/** What the checks of one subject share. */
interface Run {
  readonly asked: Map<string, Promise<unknown>>;
  /** Aborted with the first call that stays without an answer: waiting goes on for none then. */
  readonly ended: AbortController;
}

const runs = new WeakMap<Subject, Run>();

function runOf(subject: Subject): Run {
  const run = runs.get(subject) ?? { asked: new Map(), ended: new AbortController() };
  runs.set(subject, run);
  return run;
}

/**
 * Makes one look-up and waits at most `answerWithin` for it. The first one of a subject that stays
 * without an answer ends all others too, so that silence costs a deploy that time once.
 *
 * @param permission what the call needs, e.g. `iam:GetRole`; it names the call for people
 * @throws UnansweredError when it is denied, throttled, unknown here, or not answered in time;
 *   AWS's own error when the request itself was refused, e.g. because the thing does not exist
 */
export async function ask<T>(
  subject: Subject,
  permission: string,
  send: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { ended } = runOf(subject);
  const stop = AbortSignal.any([subject.signal, ended.signal]);
  if (stop.aborted) throw stopped(subject, permission);
  const done = new AbortController();
  const over = AbortSignal.any([stop, done.signal]);
  const silence = subject.clock.sleep(answerWithin, over).then((): never => {
    if (over.aborted) throw stopped(subject, permission);
    ended.abort();
    throw new UnansweredError(
      'silent',
      `no answer from ${permission} within ${answerWithin / 1000} s`,
    );
  });
  try {
    return await Promise.race([Promise.resolve(over).then(send), silence]);
  } catch (error) {
    throw readable(permission, error);
  } finally {
    done.abort();
  }
}

/** The outcome of `make`, which is called once for each `key` of a subject. */
export function once<T>(subject: Subject, key: string, make: () => Promise<T>): Promise<T> {
  const { asked } = runOf(subject);
  const known = asked.get(key) as Promise<T> | undefined;
  if (known) return known;
  const made = make();
  asked.set(key, made);
  return made;
}

/** Why nothing can be said, for any error of a look-up; completes "not checked: …". */
export function whyOf(error: unknown): string {
  return error instanceof UnansweredError ? error.why : `AWS answers ${shorten(awsWords(error))}`;
}

function stopped(subject: Subject, permission: string): UnansweredError {
  return new UnansweredError(
    'silent',
    subject.signal.aborted
      ? 'the job was cancelled'
      : `${permission} was not waited for, as another call had no answer`,
  );
}

const reasons: Readonly<
  Record<Exclude<AwsErrorKind, 'invalid'>, (permission: string, words: string) => string>
> = {
  'access-denied': (permission) => `needs \`${permission}\``,
  credentials: (permission) => `AWS refuses these credentials for ${permission}`,
  throttled: (permission) => `AWS throttles ${permission}`,
  unsupported: (permission) => `there is no ${permission} here`,
  transient: (permission, words) => `${permission} failed with ${words}`,
};

function readable(permission: string, error: unknown): unknown {
  if (error instanceof UnansweredError) return error;
  const kind = awsErrorKind(error);
  if (kind === 'invalid') return error;
  const why = reasons[kind](permission, shorten(awsWords(error)));
  return new UnansweredError(kind, why, { cause: error });
}

function shorten(words: string): string {
  return words.length > 200 ? `${words.slice(0, 200)}…` : words;
}
