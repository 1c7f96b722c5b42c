import type { Clock } from '../clock.ts';
import {
  type CertificateProblem,
  certificateProblem,
  isCertificateCode,
  readCertificate,
} from './certificate.ts';
import { codeOf, get, unreachableWords } from './request.ts';

/** The input `check-url` names nothing that can be asked; the message says what to do, of the input. */
export class CheckUrlError extends Error {
  override readonly name = 'CheckUrlError';
}

/**
 * The URL that `check-url` names. A path with a slash in front counts from the host's root, as in a
 * browser; one without goes on where the found URL ends: `health` after `https://x.example.com/api`
 * is `https://x.example.com/api/health`.
 *
 * @param checkUrl the input: a path, or a whole http or https URL
 * @param base the URL where the service answers, or empty
 * @throws CheckUrlError for anything else
 */
export function resolveCheckUrl(checkUrl: string, base: string): string {
  const text = checkUrl.trim();
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return safe(parse(text)).href;
  if (text === '') throw new CheckUrlError('is empty. Give a path or a whole URL.');
  if (base === '') {
    throw new CheckUrlError(
      'is a path, but no URL of the service was found: set `url`, or give a whole URL.',
    );
  }
  const from = safe(parse(base));
  if (!text.startsWith('/') && !from.pathname.endsWith('/')) from.pathname += '/';
  const url = parse(text, from);
  if (url.origin !== from.origin) {
    throw new CheckUrlError('names another host without https:// in front of it.');
  }
  return safe(url).href;
}

function parse(text: string, base?: URL): URL {
  try {
    return new URL(text, base);
  } catch (cause) {
    throw new CheckUrlError('is neither a path nor a URL.', { cause });
  }
}

function safe(url: URL): URL {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new CheckUrlError(`is asked over http or https alone, not over ${url.protocol}//.`);
  }
  // Reports show the URL.
  if (url.username !== '' || url.password !== '') {
    throw new CheckUrlError('may hold no user name or password.');
  }
  url.hash = '';
  return url;
}

/** Times are in milliseconds. */
export type UrlCheck =
  | {
      readonly kind: 'answered';
      /** 200 to 399. */
      readonly status: number;
      readonly attempts: number;
    }
  /** It answers, but otherwise; the last status code. */
  | { readonly kind: 'refused'; readonly status: number; readonly attempts: number }
  /** `why` is a clause in our words, e.g. `the connection is refused (ECONNREFUSED)`. */
  | { readonly kind: 'unreachable'; readonly why: string; readonly attempts: number }
  | ({ readonly kind: 'certificate' } & CertificateProblem)
  | { readonly kind: 'cancelled' };

interface CheckOptions {
  readonly clock: Clock;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
  /** Milliseconds for all attempts together; one is made even if it is 0. */
  readonly limit: number;
  /** Makes one GET and brings its status code. */
  readonly request?: (url: URL, signal: AbortSignal) => Promise<number>;
}

/** Milliseconds that one request may take. */
const answerWithin = 10_000;
/** Milliseconds from the end of one attempt to the next. */
const pause = 3_000;

/**
 * Asks a URL again and again until it answers with a status of 200 to 399 or the limit passes. A
 * redirect counts as an answer and is not followed. A certificate does not heal, so it ends the check
 * at once. Never rejects.
 *
 * @param url as `resolveCheckUrl` gives it
 */
export async function checkUrl(url: string, options: CheckOptions): Promise<UrlCheck> {
  const { clock, signal, limit } = options;
  const start = clock.now();
  const left = () => start + limit - clock.now();
  let last: UrlCheck | undefined;
  for (let attempts = 1; ; attempts++) {
    const within = attempts === 1 ? answerWithin : Math.min(answerWithin, left());
    const tried = await attempt(new URL(url), within, options);
    if (signal.aborted) return { kind: 'cancelled' };
    switch (tried.kind) {
      case 'status': {
        const { status } = tried;
        if (status >= 200 && status < 400) return { kind: 'answered', status, attempts };
        last = { kind: 'refused', status, attempts };
        break;
      }
      case 'certificate':
        return tried;
      case 'unreachable':
        last = { ...tried, attempts };
        break;
      case 'silent':
        // The limit cut this one short: what was seen before tells more.
        if (!last || within === answerWithin)
          last = {
            kind: 'unreachable',
            why: `no answer within ${within / 1000} s`,
            attempts,
          };
    }
    if (left() <= pause) return last ?? { kind: 'cancelled' };
    await clock.sleep(pause, signal);
    if (signal.aborted) return { kind: 'cancelled' };
  }
}

type Attempt =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly why: string }
  | ({ readonly kind: 'certificate' } & CertificateProblem)
  | { readonly kind: 'silent' };

async function attempt(
  url: URL,
  within: number,
  { clock, signal, request = get }: CheckOptions,
): Promise<Attempt> {
  const over = new AbortController();
  const done = new AbortController();
  void clock.sleep(within, AbortSignal.any([signal, done.signal])).then(() => over.abort());
  try {
    return { kind: 'status', status: await request(url, over.signal) };
  } catch (error) {
    if (over.signal.aborted) return { kind: 'silent' };
    const code = codeOf(error);
    if (!isCertificateCode(code)) return { kind: 'unreachable', why: unreachableWords(error) };
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const shown = await readCertificate(host, Number(url.port || 443), over.signal);
    return { kind: 'certificate', ...certificateProblem(code, host, shown) };
  } finally {
    done.abort();
  }
}
