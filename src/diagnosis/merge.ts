import type { FailureClass } from './classes.ts';
import { healthTrouble } from './finding-words.ts';
import { withoutIds } from './text.ts';
import type { Cause, Evidence } from './types.ts';

/** A cause and how many tasks, events or calls showed it. */
export interface Counted {
  readonly cause: Cause;
  readonly count: number;
}

/** Causes before their consequences; why ECS gave up comes last. */
const RANKS: readonly (readonly FailureClass[])[] = [
  ['bad-task-definition', 'pass-role-denied', 'deployer-access-denied', 'cluster-not-found'],
  ['service-not-found', 'service-not-active', 'bad-service-settings'],
  ['role-not-assumable'],
  ['kms-denied', 'secret-access-denied', 'secretsmanager-access-denied', 'secret-not-found'],
  ['secretsmanager-not-found', 'secret-key-missing', 'env-file'],
  ['registry-auth-denied', 'image-access-denied', 'image-not-found', 'image-platform-mismatch'],
  ['image-rate-limited', 'image-pull-other'],
  ['log-access-denied', 'log-group-missing', 'log-config'],
  ['efs-access-denied', 'efs-path-missing'],
  ['secret-network', 'registry-network', 'log-network', 'efs-network'],
  ['exec-format', 'out-of-memory', 'container-start-failed'],
  ['app-exit'],
  ['app-exit-zero'],
  ['container-health-check', 'elb-health-check'],
  ['quota-exceeded', 'subnet-addresses-exhausted', 'eni-timeout'],
  ['placement-failed', 'capacity-unavailable'],
  ['spot-interruption', 'host-maintenance'],
  ['throttled', 'aws-error'],
  ['other'],
  ['lifecycle-hook-failed', 'alarm-rollback', 'breaker-tripped'],
];

const rankOf = ({ class: failureClass }: Cause) =>
  RANKS.findIndex((classes) => classes.includes(failureClass));

/** Classes whose facts do not tell one cause from another: only the words do. */
const BY_WORDS: ReadonlySet<FailureClass> = new Set([
  'other',
  'container-start-failed',
  'image-pull-other',
  'bad-task-definition',
  'bad-service-settings',
  'aws-error',
]);

const FIELDS = ['principal', 'action', 'resource', 'container', 'policy', 'exitCode'] as const;

const keyOf = (cause: Cause) =>
  JSON.stringify([
    cause.class,
    ...FIELDS.map((field) => cause[field]),
    BY_WORDS.has(cause.class) ? withoutIds(cause.evidence) : null,
  ]);

/** Makes one of those that are the same cause, in the order in which they first came. */
export function mergeCauses(causes: readonly Cause[]): Counted[] {
  const merged = new Map<string, Counted>();
  for (const cause of causes) {
    const key = keyOf(cause);
    const known = merged.get(key);
    merged.set(key, {
      cause: known ? better(known.cause, cause) : cause,
      count: (known?.count ?? 0) + 1,
    });
  }
  return [...merged.values()];
}

/**
 * Adds what another kind of evidence tells to what is known: an event echoes the reason of a task
 * and knows less of it, so that the larger count of the two is the right one.
 */
export function mergeKinds(known: readonly Counted[], more: readonly Counted[]): Counted[] {
  const all = known.map(said);
  for (const one of more.map(said)) {
    const index = all.findIndex((other) => isEcho(other, one));
    const twin = all[index];
    if (twin) all[index] = said(fuller(twin.counted, one.counted));
    else all.push(one);
  }
  return all.map(({ counted }) => counted);
}

/** A cause with its words, which are made ready once for all that they are compared with. */
const said = (counted: Counted) => ({ counted, words: withoutIds(counted.cause.evidence) });
type Said = ReturnType<typeof said>;

const fuller = (one: Counted, other: Counted): Counted => ({
  cause: better(one.cause, other.cause),
  count: Math.max(one.count, other.count),
});

/** Of two that are the same cause the one with more facts, in the words that say more. */
function better(one: Cause, other: Cause): Cause {
  const cause = told(other) > told(one) ? other : one;
  const rest = cause === one ? other : one;
  return saysWhy(rest) > saysWhy(cause) ? { ...cause, evidence: rest.evidence } : cause;
}

/** Of a failed health check some texts tell only that, others what it met. */
function saysWhy({ class: failureClass, evidence }: Cause): number {
  const trouble = failureClass === 'elb-health-check' ? healthTrouble(evidence) : null;
  return trouble === null ? 0 : trouble.kind === 'codes' ? 2 : 1;
}

const told = (cause: Cause) => FIELDS.filter((field) => cause[field] !== null).length;

/** Whether both tell the same: no fact of the one contradicts the other's. */
function isEcho(
  { counted: { cause: one }, words }: Said,
  { counted: { cause: other }, words: otherWords }: Said,
): boolean {
  if (one.class !== other.class) return false;
  if (
    !FIELDS.every(
      (field) => one[field] === null || other[field] === null || one[field] === other[field],
    )
  ) {
    return false;
  }
  return !BY_WORDS.has(one.class) || words.includes(otherWords) || otherWords.includes(words);
}

/** The most telling first: by rank, then by how often. */
export function ordered(causes: readonly Counted[]): Counted[] {
  return causes.toSorted(
    (one, other) => rankOf(one.cause) - rankOf(other.cause) || other.count - one.count,
  );
}

/** Kinds of evidence, the most telling of a cause first. */
export const KINDS: readonly Evidence['kind'][] = [
  'stopped-task',
  'service-event',
  'target-health',
  'service-deployment',
  'api-error',
];
