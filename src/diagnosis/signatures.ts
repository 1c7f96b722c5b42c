import { type Denial, parseAccessDenied } from './access-denied.ts';
import type { FailureClass } from './classes.ts';
import {
  DENIED,
  NETWORK,
  quote,
  SERVER_FAULT,
  THROTTLED,
  type Words,
  withoutNames,
  wordsOf,
} from './text.ts';
import type { Cause, PolicyKind, PrincipalKind } from './types.ts';

/** A text ready for matching, with the denials that it holds. */
export interface Reading extends Words {
  readonly denials: readonly Denial[];
  /** The text without the names of resources, whose words tell nothing of what happened. */
  readonly nameless: string;
}

/** What a signature reads from a text besides the class. */
export type Facts = Partial<Omit<Cause, 'class' | 'evidence'>>;

/** One way in which something fails, by what stands in AWS's words. */
export interface Signature<R extends Reading = Reading> {
  /** Null: normal life. */
  readonly class: FailureClass | null;
  readonly when: (reading: R) => boolean;
  /** The facts in the words; several of them are as many causes. */
  readonly read?: (reading: R) => Facts | readonly Facts[];
}

/** Signatures that hold inside a frame, the most telling first. */
export interface Room {
  readonly frame: (reading: Reading) => boolean;
  readonly signatures: readonly Signature[];
}

/** Makes `raw` ready for signatures. */
export function readingOf(raw: string): Reading {
  const words = wordsOf(raw);
  return { ...words, denials: parseAccessDenied(raw), nameless: withoutNames(words.text) };
}

/**
 * The causes that the first fitting signature of the first fitting room reads; undefined where
 * none fits, and none for normal life.
 */
export function readRooms(rooms: readonly Room[], reading: Reading): Cause[] | undefined {
  for (const { frame, signatures } of rooms) {
    if (!frame(reading)) continue;
    const causes = readSignatures(signatures, reading);
    if (causes) return causes;
  }
  return undefined;
}

/** The causes that the first fitting signature reads; undefined where none fits. */
export function readSignatures<R extends Reading>(
  signatures: readonly Signature<R>[],
  reading: R,
): Cause[] | undefined {
  const signature = signatures.find(({ when }) => when(reading));
  if (!signature) return undefined;
  const { class: failureClass, read } = signature;
  if (failureClass === null) return [];
  return [read?.(reading) ?? {}].flat().map((facts) => causeOf(failureClass, reading.raw, facts));
}

/** What is known of a cause of which only the class is. */
export const nothingKnown: Omit<Cause, 'class' | 'evidence'> = {
  principal: null,
  principalKind: null,
  action: null,
  resource: null,
  fixableInRole: null,
  policy: null,
  explicit: null,
  policyArn: null,
  container: null,
  exitCode: null,
  platform: null,
};

/** A cause of `facts`; what they do not tell is null. `raw` is what AWS said. */
export function causeOf(failureClass: FailureClass, raw: string, facts: Facts = {}): Cause {
  return {
    ...nothingKnown,
    class: failureClass,
    ...facts,
    evidence: quote(raw),
  };
}

/** Whether all of `patterns` are in the text, outside the names of resources. */
export const has =
  (...patterns: readonly RegExp[]) =>
  ({ nameless }: Reading) =>
    patterns.every((pattern) => pattern.test(nameless));

export const always = () => true;
export const network = has(NETWORK);
export const throttled = has(THROTTLED);
export const serverFault = has(SERVER_FAULT);
export const denied = (reading: Reading) =>
  reading.denials.length > 0 || DENIED.test(reading.nameless);

/** Whether a sentence denies an action that `pattern` fits, e.g. `/^kms:/i`. */
export const deniedAction = (pattern: RegExp) => (reading: Reading) =>
  reading.denials.some(({ action }) => action !== null && pattern.test(action));

/** Whether the text ends before it says what happened inside the frame. */
export const cutShort = ({ text, end }: Reading) =>
  end === 'cut' ||
  /(?:retried(?: \d+)?(?: time(?:s|\(s\))?)?:?|service call has been(?: \w{0,7})?|service call(?: ha?)?|from (?:ssm|asm|secrets manager):?|registry auth:?|(?:failed to fetch|retrieve) secrets?(?: \S+| from \S*)?|service for \S*|execution resource retriev\w*(?: fail\w*)?:?|\blog(?: stream| group)?:?|\bstream|\bargs:?|efs (?:utils commands|volumes):?|stderr:?)$/i.test(
    text,
  );

/** Only an identity policy is mended in the role; what the text does not say is not known. */
const fixable = (policy: PolicyKind | null) => (policy === null ? null : policy === 'identity');

/**
 * Whose permissions a denial means: a role of ECS itself says so by its name or session, a session
 * named after an instance is the instance's role, and else it is `usual` for the frame.
 */
export function kindOf(
  { principal, session }: Pick<Denial, 'principal' | 'session'>,
  usual: PrincipalKind | null,
): PrincipalKind | null {
  if (
    /^ecs-service-scheduler$/i.test(session ?? '') ||
    /\bAWSServiceRoleFor/i.test(principal ?? '')
  ) {
    return 'service-linked-role';
  }
  const infrastructure = /^(?:ECSNetworkingWith|ECSFargateManaged)/i.test(session ?? '');
  if (infrastructure || /ecs-?infrastructure/i.test(principal ?? '')) return 'infrastructure-role';
  return /^i-[0-9a-f]{8,}$/i.test(session ?? '') ? null : usual;
}

/** The facts of one denial; `usual` stands for what was cut off or left out. */
export function denialFacts(
  denial: Denial | undefined,
  usual: { readonly kind?: PrincipalKind; readonly action?: string | null } = {},
): Facts {
  if (!denial) return { principalKind: usual.kind ?? null, action: usual.action ?? null };
  const { principal, action, resource, policy, explicit, policyArn } = denial;
  return {
    principal,
    principalKind: kindOf(denial, usual.kind ?? null),
    action: action ?? usual.action ?? null,
    resource,
    fixableInRole: fixable(policy),
    policy,
    explicit,
    policyArn,
  };
}

/** Reads the denial in the text, the one of an action that fits `wanted` first. */
export const readDenial =
  (kind?: PrincipalKind, action?: string, wanted?: RegExp) =>
  ({ denials }: Reading): Facts => {
    const fitting = wanted && denials.find((one) => wanted.test(one.action ?? ''));
    return denialFacts(fitting ?? denials[0], {
      ...(kind && { kind }),
      ...(action !== undefined && { action }),
    });
  };
