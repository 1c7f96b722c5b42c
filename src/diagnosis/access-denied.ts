import { hasEllipsis, isCut, straight } from './text.ts';
import type { PolicyKind } from './types.ts';

/** One sentence of AWS that denies something. A part that was cut off or left out is null. */
export interface Denial {
  /** Name of an assumed role; the full ARN of an IAM user, a federated user or a role. */
  readonly principal: string | null;
  /** Session of the assumed role: ECS takes the task's id for it. */
  readonly session: string | null;
  /** IAM action, e.g. `ssm:GetParameters`. */
  readonly action: string | null;
  /** As it stands in the text; `*` is kept. */
  readonly resource: string | null;
  readonly policy: PolicyKind | null;
  /** Whether it was an explicit deny (true) or a missing allow (false). */
  readonly explicit: boolean | null;
  /** ARN of the policy that denied. */
  readonly policyArn: string | null;
}

/** How far a sentence reaches before and after its verb. */
const REACH_BEFORE = 900;
const REACH_AFTER = 4_000;

/** Terminals wrap in the middle of a word as well. */
const loose = (words: string) => [...words.replaceAll(' ', '')].join('\\s*').replace('z', '[sz]');
const VERB = new RegExp(
  `(?:\\bis\\s*)?\\b${loose('not authorized to perform')}(?:\\s*the\\s*following\\s*action)?\\s*:?\\s*`,
  'gi',
);
const SUBJECT = /\buser\s*:\s*/gi;
const ACTION =
  /^["'`]?([a-z][a-z0-9-]{1,40}:(?:[a-z][a-z0-9]{2,80}|[a-z0-9]{0,80}\*)(?:[ \t]*[\r\n]+[ \t]*[a-z0-9*]+(?=\s+on\s+resource))?)/i;
const ON_RESOURCE = /^["'`]?\s*on\s*(?:the\s*)?resources?\s*:?\s+["'`]?/i;

/** What AWS or an SDK puts after the resource. */
const AFTER_RESOURCE =
  /["'`,.]?\s+(?:because\b|with\s*an?\s*explicit|status\s*code\s*:|\(service\s*:|request\s*id|encoded\s+authorization|go\s+to\s+https)/i;

/**
 * A frame of ECS or an SDK, inside which AWS's sentence always goes on after the resource: where it
 * does not, it was cut off.
 */
const FRAME =
  /ResourceInitializationError|Cannot\w{3,40}Error|\bretried\b|api error|operation error|unable to (?:retrieve|pull|place)/i;

/** Actions of ECS itself that are not the beginning of another that it calls. */
const WHOLE_ACTIONS =
  /^(?:ssm:GetParameters|secretsmanager:GetSecretValue|kms:Decrypt|ecr:(?:GetAuthorizationToken|BatchGetImage|GetDownloadUrlForLayer|BatchCheckLayerAvailability)|logs:(?:CreateLogStream|CreateLogGroup|PutLogEvents)|iam:PassRole)$/;

/** Names that show their own end: a secret's random suffix, a key's id. */
const WHOLE_ENDINGS: readonly RegExp[] = [
  /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:\S+-(?=[a-zA-Z0-9]*[A-Z0-9])[a-zA-Z0-9]{6}$/,
  /^arn:[^:]+:kms:[^:]*:[^:]*:key\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
];

/** Kinds of policies in AWS's sentence. */
const POLICIES: readonly (readonly [RegExp, PolicyKind])[] = [
  [/^identity(?:-?\s*based)?\s*polic/i, 'identity'],
  [/^resource-?\s*based\s*polic/i, 'resource'],
  [/^session\s*polic/i, 'session'],
  [/^permissions?\s*boundar/i, 'permissions-boundary'],
  [/^service\s*control\s*polic/i, 'service-control'],
  [/^resource\s*control\s*polic/i, 'resource-control'],
  [/^vpc\s*endpoint\s*polic/i, 'vpc-endpoint'],
  [/^(?:role\s*)?trust\s*polic/i, 'role-trust'],
];

const NO_ALLOW = /because\s*no\s*/i;
const EXPLICIT_DENY = /with\s*an?\s*explicit\s*deny(?:\s*in\s*(?:an?|the)\s*)?/i;
const POLICY_ARN = /(?:polic(?:y|ies)|boundar(?:y|ies))\s*:\s*["'`]?(arn:\S+)/i;
/** KMS lists what may be the reason: none of it is the caller's own policy. */
const KEY_POLICY = /resource-based\s*polic(?:y|ies)\s*(?:allow|explicitly)/i;

/**
 * Reads every sentence of `text` that follows the access-denied grammar of IAM, in the order in
 * which they stand there: `User: ARN is not authorized to perform: ACTION on resource: RESOURCE
 * because no KIND policy allows the ACTION action`. Text that was cut off gives what stands there
 * whole; what is cut in the middle is null.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function parseAccessDenied(text: string): Denial[] {
  const source = straight(text);
  const end = isCut(text) ? 'cut' : FRAME.test(source) ? 'framed' : 'whole';
  const verbs = [...source.matchAll(VERB)];
  const denials = verbs.map((verb, index) => {
    const from = index === 0 ? 0 : (verbs[index - 1]?.index ?? 0);
    const after = verb.index + verb[0].length;
    const until = Math.min(verbs[index + 1]?.index ?? source.length, after + REACH_AFTER);
    return {
      ...subjectOf(source.slice(Math.max(from, verb.index - REACH_BEFORE), verb.index)),
      ...predicateOf(source.slice(after, until), until < source.length ? 'whole' : end),
    };
  });
  const telling = denials.filter(({ principal, action }) => principal !== null || action !== null);
  return telling.length > 0 ? telling : cutDenial(source);
}

/** A text that was cut between `User:` and `is not authorized`. */
function cutDenial(source: string): Denial[] {
  const subject = [...source.matchAll(SUBJECT)].at(-1);
  if (!subject) return [];
  const rest = source.slice(subject.index + subject[0].length).slice(0, REACH_BEFORE);
  const role = /^arn:[^:\s]+:sts::[^:\s]*:assumed-role\/([\w+=,.@-]+)\//i.exec(rest)?.[1] ?? null;
  if (!/^arn:/i.test(rest)) return [];
  return [
    {
      principal: role,
      session: null,
      action: null,
      resource: null,
      policy: null,
      explicit: null,
      policyArn: null,
    },
  ];
}

/** The principal in the words before the verb: what follows `User:`, or else the last word. */
function subjectOf(before: string): Pick<Denial, 'principal' | 'session'> {
  const user = [...before.matchAll(SUBJECT)].at(-1);
  const words = user
    ? before.slice(user.index + user[0].length)
    : (/\S+\s*$/.exec(before)?.[0] ?? '');
  const arn = unwrapped(words).split(' ')[0] ?? '';
  const parts = /^(arn:[\w*<>-]+:(?:iam|sts):[^:\s]*:[^:\s]*):(\S+)$/i.exec(arn);
  const [kind = '', ...path] = (parts?.[2] ?? '').split('/');
  if (!parts) return { principal: null, session: null };
  if (kind.toLowerCase() !== 'assumed-role') {
    return { principal: hasEllipsis(arn) ? null : arn, session: null };
  }
  // Some people leave the session out when they quote AWS.
  if (path.length === 1) return { principal: path[0] || null, session: null };
  return { principal: path.at(-2) ?? null, session: path.at(-1) ?? null };
}

function predicateOf(
  after: string,
  end: 'whole' | 'framed' | 'cut',
): Pick<Denial, 'action' | 'resource' | 'policy' | 'explicit' | 'policyArn'> {
  const action = ACTION.exec(after);
  const nothing = { action: null, resource: null, policy: null, explicit: null, policyArn: null };
  if (!action) return { ...nothing, ...policyOf(after) };
  const rest = after.slice(action[0].length);
  if (/^\s*(?:\.\.\.|…)/.test(rest)) return nothing;
  if (rest.trim() === '' && end !== 'whole' && !WHOLE_ACTIONS.test(action[1] ?? '')) return nothing;
  const resource = ON_RESOURCE.exec(rest);
  return {
    action: action[1]?.replace(/\s+/g, '') ?? null,
    resource: resource ? resourceOf(rest.slice(resource[0].length), end) : null,
    ...policyOf(rest),
  };
}

/** The resource at the start of `words`, or null where it is not named or not whole. */
function resourceOf(words: string, end: 'whole' | 'framed' | 'cut'): string | null {
  const stop = AFTER_RESOURCE.exec(` ${words}`);
  const before = stop ? unwrapped(words.slice(0, Math.max(0, stop.index - 1))) : '';
  // An object's key may hold spaces, but what stands in other lines is no part of it.
  const spaced = /^arn:[^:]+:s3:/i.test(before) && !/[\r\n]/.test(words.slice(0, stop?.index));
  if (stop && before !== '' && (!before.includes(' ') || spaced)) return named(before);
  if (/^(?:because|associated|with)\b/i.test(words)) return null;
  const token = /^[^\s"'`]+/.exec(words)?.[0] ?? '';
  if (/^\S*?\s*(?:\.\.\.|…)/.test(words)) return null;
  const bare = token.replace(/^([^[(]*?)[.,;)\]]+$/, '$1');
  const delimited = token.length < words.trimEnd().length || bare !== token;
  if (!delimited && !isWhole(token, end)) return null;
  return named(bare);
}

const named = (resource: string) => (resource === '' || hasEllipsis(resource) ? null : resource);

/** Whether a resource at the very end of a text is there to its last character. */
function isWhole(token: string, end: 'whole' | 'framed' | 'cut'): boolean {
  if (token === '*' || WHOLE_ENDINGS.some((ending) => ending.test(token))) return true;
  if (end !== 'whole') return false;
  const isName = !/^arn/i.test(token) && !'arn'.startsWith(token.toLowerCase());
  return isName || /^arn:[^:]+:[^:]+:[^:]*:[^:]*:\S*[\w*}>]$/i.test(token);
}

function policyOf(rest: string): Pick<Denial, 'policy' | 'explicit' | 'policyArn'> {
  const missing = NO_ALLOW.exec(rest);
  const deny = EXPLICIT_DENY.exec(rest);
  const verb = missing ?? deny;
  if (!verb) {
    const policy = KEY_POLICY.test(rest) ? 'resource' : null;
    return { policy, explicit: null, policyArn: null };
  }
  const words = rest.slice(verb.index + verb[0].length, verb.index + verb[0].length + 1_000);
  const kind = POLICIES.find(([pattern]) => pattern.test(words))?.[1] ?? null;
  const arn = missing ? undefined : POLICY_ARN.exec(words)?.[1];
  return {
    policy: kind,
    explicit: !missing,
    policyArn: arn === undefined || hasEllipsis(arn) ? null : arn.replace(/[.,;)"'`\]]+$/, ''),
  };
}

/** A line break inside a name comes from a terminal; one space elsewhere is kept. */
function unwrapped(words: string): string {
  return words
    .trim()
    .replace(/\s*[\r\n]+\s*/g, '')
    .replace(/\s+/g, ' ')
    .replace(/^["'`]|["'`]$/g, '');
}
