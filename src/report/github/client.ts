import type { getOctokit } from '@actions/github';
import type { Clock } from '../../clock.ts';
import { untrusted } from '../text.ts';

/** GitHub's REST API, as the workflow's token may use it. */
export type GitHub = ReturnType<typeof getOctokit>['rest'];

/** There is nothing to ask GitHub with. */
class NoTokenError extends Error {
  override readonly name = 'NoTokenError';
}

/** Milliseconds that one request may take. */
const patience = 8_000;

/**
 * Makes a client; loaded when it is first needed. Nothing in it repeats a request: the reports have
 * a cadence of their own.
 *
 * @param signal ends what is under way
 */
export async function connectGitHub(
  { token, apiUrl }: { readonly token: string; readonly apiUrl: string },
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<GitHub> {
  if (token === '') throw new NoTokenError('the input github-token is empty');
  const { getOctokit } = await import('@actions/github');
  const octokit = getOctokit(token, {
    baseUrl: apiUrl.replace(/\/$/, ''),
    userAgent: 'ecs-rollout',
    // What a request comes to is told once, in the report's own words.
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  // Not by an option, which would replace the toolkit's own way through a proxy.
  octokit.hook.wrap('request', async (request, options) => {
    const [late, answered] = [new AbortController(), new AbortController()];
    const words = `GitHub did not answer within ${patience / 1_000} seconds`;
    void clock
      .sleep(patience, answered.signal)
      .then(() => late.abort(new DOMException(words, 'TimeoutError')));
    options.request.signal = AbortSignal.any([signal, late.signal]);
    try {
      return await request(options);
    } finally {
      answered.abort();
    }
  });
  // The page of a proxy, say: nothing was read or written.
  octokit.hook.after('request', ({ data, status }) => {
    if (typeof data !== 'object') throw new Error(`HTTP ${status} without GitHub's answer`);
  });
  return octokit.rest;
}

/** To be tried again after `wait` milliseconds, no sooner. */
export interface Limited {
  readonly kind: 'limited';
  readonly wait: number;
  readonly words: string;
}

/** What an unsuccessful request means for a report. */
export type Failure =
  | Limited
  /** Does not heal by repeating: a permission, or a request that GitHub refuses. */
  | { readonly kind: 'refused'; readonly words: string }
  /** The network or GitHub itself: worth repeating. */
  | { readonly kind: 'unanswered'; readonly words: string };

/**
 * Sorts an error of the client.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 *
 * @param now milliseconds since the epoch
 */
export function failureOf(error: unknown, now: number): Failure {
  const { status = 0, response } = (error ?? {}) as {
    status?: number;
    response?: { headers?: Record<string, string | number | undefined> };
  };
  const words = response === undefined ? networkWords(error) : answerWords(error, status);
  if (error instanceof NoTokenError) return { kind: 'refused', words };
  const headers = response?.headers ?? {};
  const isLimit =
    headers['retry-after'] !== undefined ||
    String(headers['x-ratelimit-remaining']) === '0' ||
    /rate limit/i.test(words);
  if (status === 429 || (status === 403 && isLimit)) {
    return { kind: 'limited', wait: waitOf(headers, now), words };
  }
  // Octokit calls what the network did a status of 500.
  if (response === undefined || status >= 500 || status === 0) return { kind: 'unanswered', words };
  return { kind: 'refused', words };
}

/** Milliseconds; a minute where GitHub does not say. */
function waitOf(headers: Record<string, string | number | undefined>, now: number): number {
  const after = Number(headers['retry-after']);
  if (after >= 0) return after * 1_000;
  const reset = Number(headers['x-ratelimit-reset']) * 1_000;
  return String(headers['x-ratelimit-remaining']) === '0' && reset > now ? reset - now : 60_000;
}

/** What GitHub said, the same each time that it refuses the same. */
function answerWords(error: unknown, status: number): string {
  const plain = messageOf(error)
    // Octokit adds the address of its documentation, GitHub the id of the request.
    .replace(/ - https:\/\/docs\.github\.com\S*/, '')
    .replace(/ If you reach out to GitHub Support.*/s, '')
    // A page of HTML tells nothing.
    .replace(/<.*/s, '');
  const said = brief(plain);
  return said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said}`;
}

/** Why there was no answer: the innermost cause tells most. */
function networkWords(error: unknown): string {
  const chain: unknown[] = [];
  for (let one = error; one instanceof Error && chain.length < 5; one = one.cause) chain.push(one);
  if (chain.some((one) => (one as Error).name === 'TimeoutError')) {
    return `GitHub did not answer within ${patience / 1_000} seconds`;
  }
  const told = chain.map((one) => brief(messageOf(one))).findLast((text) => text !== '');
  return told ?? (brief(messageOf(error)) || 'GitHub could not be reached');
}

/** Two addresses that both refuse are an error without words of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error ?? '');
}

function brief(text: string): string {
  return untrusted(text).slice(0, 300).toWellFormed();
}
