import { docs, GitHubError } from './errors.ts';

/** GitHub's limits, which a test may set lower. Times are those of the stand-in's clock. */
export interface Limits {
  /** Requests in an hour; by the kind of token where absent (1,000, 5,000, or 60 without one). */
  primary?: number;
  /** Requests that create or change something: */
  contentPerMinute: number;
  contentPerHour: number;
  /** A GET costs one point, all else five. */
  pointsPerMinute: number;
  concurrent: number;
  /** How long a client is kept out that met a secondary limit. */
  retryAfterSeconds: number;
  /** GitHub answers with either. */
  status: 403 | 429;
}

export const usualLimits: Limits = {
  contentPerMinute: 80,
  contentPerHour: 500,
  pointsPerMinute: 900,
  concurrent: 100,
  retryAfterSeconds: 60,
  status: 403,
};

/** What one caller has used up. */
interface Account {
  windowStart: number;
  used: number;
  requests: { at: number; points: number }[];
  running: number;
  blockedUntil: number;
}

export interface Caller {
  /** The token, or empty. */
  key: string;
  kind: string;
}

export interface LimitBook {
  /** A request that is under way, until it is told to be over. */
  begin(caller: Caller, now: number): () => void;
  /** Counts a request that shall be answered, and throws where a limit is met. */
  enter(caller: Caller, method: string, now: number): void;
  headers(caller: Caller, now: number): Record<string, string>;
  primary(caller: Caller, now: number): GitHubError;
  secondary(method: string, seconds: number): GitHubError;
}

export function openLimits(limits: Limits): LimitBook {
  const accounts = new Map<string, Account>();
  const of = ({ key }: Caller, now: number): Account => {
    const fresh = { windowStart: now, used: 0, requests: [], running: 0, blockedUntil: 0 };
    const account: Account = accounts.get(key) ?? fresh;
    accounts.set(key, account);
    if (now >= account.windowStart + hour) Object.assign(account, { windowStart: now, used: 0 });
    return account;
  };
  const limitOf = ({ kind }: Caller) => limits.primary ?? perHour[kind] ?? 5000;
  const headers: LimitBook['headers'] = (caller, now) => {
    const { used, windowStart } = of(caller, now);
    const limit = limitOf(caller);
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - used)),
      'x-ratelimit-reset': String(Math.ceil((windowStart + hour) / 1000)),
      'x-ratelimit-used': String(Math.min(limit, used)),
      'x-ratelimit-resource': 'core',
    };
  };
  const book: LimitBook = {
    headers,
    begin: (caller, now) => {
      const account = of(caller, now);
      account.running += 1;
      return () => {
        account.running -= 1;
      };
    },
    enter: (caller, method, now) => {
      const account = of(caller, now);
      if (account.used >= limitOf(caller)) throw book.primary(caller, now);
      account.used += 1;
      account.requests = account.requests.filter(({ at }) => at > now - hour);
      const points = method === 'GET' ? 1 : 5;
      const minute = account.requests.filter(({ at }) => at > now - 60_000);
      const contents = (requests: typeof minute) =>
        requests.filter((request) => request.points > 1).length;
      const spent = minute.reduce((sum, request) => sum + request.points, points);
      const tooMuch =
        points > 1 &&
        (contents(minute) >= limits.contentPerMinute ||
          contents(account.requests) >= limits.contentPerHour);
      const tooFast = spent > limits.pointsPerMinute || account.running > limits.concurrent;
      if ((tooMuch || tooFast) && now >= account.blockedUntil) {
        account.blockedUntil = now + limits.retryAfterSeconds * 1000;
      }
      // Whoever met the limit of contents may still read.
      if (tooFast || (points > 1 && now < account.blockedUntil)) {
        throw book.secondary(
          tooFast ? 'GET' : method,
          Math.ceil((account.blockedUntil - now) / 1000),
        );
      }
      account.requests.push({ at: now, points });
    },
    primary: (caller, now) => {
      const whom = names[caller.kind] ?? 'user ID 583231';
      return new GitHubError(limits.status, `API rate limit exceeded for ${whom}.`, {
        documentation: `${docs}/overview/rate-limits-for-the-rest-api`,
        headers: { ...headers(caller, now), 'x-ratelimit-remaining': '0' },
      });
    },
    secondary: (method, seconds) =>
      new GitHubError(limits.status, method === 'GET' ? tooFastText : tooMuchText, {
        documentation: `${docs}/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits`,
        headers: { 'retry-after': String(seconds) },
      }),
  };
  return book;
}

const hour = 3_600_000;
const perHour: Record<string, number> = { none: 60, workflow: 1000 };
const names: Record<string, string> = {
  none: '127.0.0.1',
  workflow: 'installation ID 52614',
  installation: 'installation ID 52615',
};
const tooFastText =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
const tooMuchText =
  'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';
