/**
 * Patterns of listener rules: `*` stands for any characters, `?` for exactly one.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */

const wildcard = /[*?]/;

/** Whether the whole of `text` matches; takes at most length × length steps, whatever the pattern. */
export function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let next = 0;
  while (next < text.length) {
    if (pattern[at] === '*') {
      star = at++;
      resume = next;
    } else if (pattern[at] === '?' || pattern[at] === text[next]) {
      at++;
      next++;
    } else if (star >= 0) {
      at = star + 1;
      next = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

/** Hosts are compared without regard to case, paths with it. */
export function matchesHost(pattern: string, host: string): boolean {
  return matches(pattern.toLowerCase(), host.toLowerCase());
}

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const hostName = new RegExp(`^${label}(?:\\.${label})+$`);

/** Whether untrusted text is a full host name, so that it may stand in a URL. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && hostName.test(text);
}

/** Whether a host pattern is one that may be shown to people. */
export function isHostPattern(text: string): boolean {
  return text.length <= 128 && wildcard.test(text) && /^[A-Za-z0-9.*?-]+$/.test(text);
}

export interface ConcretePath {
  /** Starts with a slash; safe in a URL. */
  readonly path: string;
  /** Whether the pattern is known to match it. */
  readonly isExact: boolean;
}

/**
 * The shortest path that a pattern matches: `/api/*` → `/api/`, `/api*` → `/api`, `*` → `/`. A
 * wildcard before its end leaves only what stands before it. Undefined where no path can match.
 */
export function concretePath(pattern: string): ConcretePath | undefined {
  const open = pattern.replace(/\*+$/, '');
  const at = open.search(wildcard);
  const literal = at < 0 ? open : open.slice(0, at);
  if (literal !== '' && !literal.startsWith('/')) return undefined;
  // A path starts with a slash, so an empty pattern matches none.
  if (pattern === '') return undefined;
  return { path: literal === '' ? '/' : urlSafe(literal), isExact: at < 0 };
}

/** Percent-encodes all that could end the path or be markup where the URL is shown. */
function urlSafe(path: string): string {
  return path
    .toWellFormed()
    .replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~/$@:+&=,;%]/gu, percentEncoded);
}

/** `encodeURIComponent` leaves brackets and quotes as they are. */
function percentEncoded(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
