/** How much of a text is looked at: AWS's own are far shorter, log lines and hostile ones are not. */
const LONGEST_READ = 20_000;
const LONGEST_QUOTE = 1_000;

/**
 * ECS cuts reasons at these lengths without a mark.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Container.html
 */
const CUT_LENGTHS: ReadonlySet<number> = new Set([255, 1024]);

/** A text of AWS made ready for matching. */
export interface Words {
  /** As AWS wrote it. */
  readonly raw: string;
  /** One space for every white space, straight quotes, at most 20,000 characters. */
  readonly text: string;
  /** Whether the end is there or somebody cut it off. */
  readonly end: 'whole' | 'cut';
}

/** Makes `raw` ready for matching. */
export function wordsOf(raw: string): Words {
  const text = straight(raw).replace(/\s+/g, ' ').trim();
  return { raw, text, end: isCut(raw) || hasEllipsis(text) ? 'cut' : 'whole' };
}

/**
 * `raw` as long as it is read, with straight quotes; line breaks are kept. Logs escape it as JSON,
 * and Terraform draws a box around it.
 */
export function straight(raw: string): string {
  return raw
    .slice(0, LONGEST_READ)
    .replace(/\\+(["'])/g, '$1')
    .replace(/\\[nrt]/g, '\n')
    .replace(/[\u2500-\u257f]/g, ' ')
    .replace(/[\u2018\u2019\u201a\u2032\u00b4]/g, "'")
    .replace(/[\u201c\u201d\u201e\u2033]/g, '"');
}

/** Whether `raw` visibly lacks its end: an ellipsis, or the length at which ECS cuts. */
export function isCut(raw: string): boolean {
  return raw.length > LONGEST_READ || CUT_LENGTHS.has(raw.length) || hasEllipsis(raw);
}

/** Whether `words` end in an ellipsis, maybe inside a quote or bracket. */
export function hasEllipsis(words: string): boolean {
  return /(?:\.\.\.|…)["'.)]{0,3}\s*$/.test(words.slice(-40));
}

/** AWS's own words as they are quoted in a finding: unchanged, but what is far too long is cut. */
export function quote(raw: string): string {
  const words = raw.slice(0, LONGEST_QUOTE + 200).trim();
  return words.length > LONGEST_QUOTE ? `${words.slice(0, LONGEST_QUOTE)}…` : words;
}

/**
 * The same cause has another task, request, session and retry count each time: those do not tell
 * causes apart.
 */
export function withoutIds(text: string): string {
  return text
    .slice(0, LONGEST_QUOTE)
    .replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32}|\becs-svc\/\d+/gi, '…')
    .replace(/retried \d+ time/gi, 'retried … time')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?/g, '…')
    .replace(/\.$/, '');
}

/**
 * Something on the way to an AWS service or registry, rather than an answer of it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
export const NETWORK =
  /dial (?:tcp|udp|unix)|i\/o time-?out|tls handshake|\btimed? ?out\b|client\.timeout|awaiting headers|request ?cancell?ed|context (?:deadline exceeded|cancell?ed)|signal: killed|connection issue|no such host|connection (?:refused|reset|aborted|closed)|network is unreachable|no route to host|host is down|x509:|\beof\b|send request failed|request send failed|server misbehaving|name resolution|check your (?:task )?network|gave http response to https client|statuscode: 0\b|broken pipe|proxyconnect|could not connect to the endpoint/i;

/** AWS asked to slow down. */
export const THROTTLED =
  /throttl(?:ing|ed)|rate ?exceeded|too ?many ?requests|request ?limit ?exceeded|slow ?down|too many concurrent/i;

/** AWS's own failure: a 5xx of a service. */
export const SERVER_FAULT =
  /server ?(?:exception|error\b)|internal ?(?:failure|error|service ?(?:error|exception|fault))|service ?unavailable|statuscode: 5\d\d|status ?code: 5\d\d/i;

/** A denial, with or without its grammar. */
export const DENIED =
  /access ?denied|not authori[sz]ed|unauthori[sz]ed ?operation|forbidden|\b403\b|do(?:es)? not have (?:the )?permissions?/i;

/** The first match of `patterns` in the text, or null. */
export function find(text: string, ...patterns: readonly RegExp[]): string | null {
  for (const pattern of patterns) {
    const match = pattern.exec(text)?.[1];
    if (match) return match;
  }
  return null;
}

/** The image that the text names whole: a reference after which the sentence goes on. */
export const imageReference = (text: string): string | null =>
  find(
    text,
    /failed to resolve ref(?:erence)? "([^\s"]+)"/i,
    /failed to resolve ref(?:erence)? ([^\s"]+?): /i,
    /manifest for ([^\s"']+?) not found/i,
    /pull access denied for ([^\s,"']+)[,:]? /i,
    /\bimage (?!manifest)["']?([\w./:@-]+)["']? (?:not found|does not exist)/i,
    /can't pull (?:the )?image '([^']+)'/i,
    /repository with name '([^']+)'/i,
    /repository ([\w./:@-]+) (?:not found|does not exist)/i,
    /(?:no such image|unable to find image):? ["']?([\w./:@-]+)["']? /i,
  );

/**
 * The text without the names of resources: a secret may be called `kms-token` and an image's tag
 * may be 403, which tells nothing of what happened.
 */
export function withoutNames(text: string): string {
  const image = imageReference(text);
  const imageless = image && /[/:]/.test(image) ? text.replaceAll(image, '…') : text;
  return imageless
    .replace(/\barn:\S+|(?<= )\/\S+/gi, '…')
    .replace(/((?:[\w-]{1,63}\.){1,8}[a-z]{2,}(?::\d+)?\/)[^\s"']+/gi, '$1…');
}
