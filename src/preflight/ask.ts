import { type AwsErrorKind, awsErrorKind, awsWords } from '../aws.ts';
import type { Subject } from './types.ts';

/**
 * Milliseconds from the first question of a subject: a call that began in time is not waited for any
 * longer. Less than the two seconds that a preflight may cost a deploy.
 */
export const longestSilence = 1_800;
/** Milliseconds that a call gets which began late, because AWS answers slowly. */
const leastTime = 700;
/**
 * Calls of one kind under way at once: fewer than the 50 connections of a client, as a call that
 * waits for one cannot be ended and would hold the step up at its end.
 */
export const mostAtOnce = 40;
/** Answered whatever the caller may do: it tells nothing of permissions. */
const unrestricted = 'sts:GetCallerIdentity';

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
  /** On the local clock, in milliseconds. */
  readonly endsAt: number;
  /** Whether the caller may look anything up: where all is denied, no time is spent on more. */
  isAllowed: boolean;
  /** By permission. */
  readonly queues: Map<string, Queue>;
}

interface Queue {
  underWay: number;
  /** Each is called when its turn has come. */
  readonly waiting: (() => void)[];
}

const runs = new WeakMap<Subject, Run>();

function runOf(subject: Subject): Run {
  const run = runs.get(subject) ?? {
    asked: new Map(),
    ended: new AbortController(),
    endsAt: subject.clock.now() + longestSilence,
    isAllowed: false,
    queues: new Map(),
  };
  runs.set(subject, run);
  return run;
}

/**
 * Makes one look-up and waits for it as long as the subject's time lasts. The first one that stays
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
  const run = runOf(subject);
  const stop = AbortSignal.any([subject.signal, run.ended.signal]);
  if (stop.aborted) throw stopped(subject, permission);
  const done = new AbortController();
  const over = AbortSignal.any([stop, done.signal]);
  const silence = subject.clock.sleep(timeFor(run, subject), over).then((): never => {
    if (over.aborted) throw stopped(subject, permission);
    run.ended.abort();
    throw new UnansweredError('silent', `no answer from ${permission} in time`);
  });
  try {
    const queue = run.queues.get(permission) ?? { underWay: 0, waiting: [] };
    run.queues.set(permission, queue);
    const answer = await Promise.race([inTurn(queue, over, send), silence]);
    run.isAllowed ||= permission !== unrestricted;
    return answer;
  } catch (error) {
    throw readable(permission, error);
  } finally {
    done.abort();
  }
}

async function inTurn<T>(
  queue: Queue,
  over: AbortSignal,
  send: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (queue.underWay < mostAtOnce) queue.underWay += 1;
  else await new Promise<void>((next) => queue.waiting.push(next));
  try {
    over.throwIfAborted();
    return await send(over);
  } finally {
    const next = queue.waiting.shift();
    if (next) next();
    else queue.underWay -= 1;
  }
}

/** How long a call that begins now is waited for, in milliseconds. */
function timeFor({ endsAt, isAllowed }: Run, { clock }: Subject): number {
  return Math.max(endsAt - clock.now(), isAllowed ? leastTime : 0);
}

/**
 * A list that AWS always sends, if only empty. An endpoint that merely stands in for AWS may answer
 * with nothing at all, and that must not read as "there is none".
 *
 * @throws UnansweredError where there is no list
 */
export function listIn<T>(list: readonly T[] | undefined, permission: string): readonly T[] {
  if (list !== undefined) return list;
  throw new UnansweredError('silent', `${permission} answers with nothing`);
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
