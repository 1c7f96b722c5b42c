import type { FailureClass } from './classes.ts';
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
    merged.set(key, { cause: known?.cause ?? cause, count: (known?.count ?? 0) + 1 });
  }
  return [...merged.values()];
}

/**
 * Adds what another kind of evidence tells to what is known: an event echoes the reason of a task
 * and knows less of it, so that the larger count of the two is the right one.
 */
export function mergeKinds(known: readonly Counted[], more: readonly Counted[]): Counted[] {
  const all = [...known];
  for (const one of more) {
    const index = all.findIndex(({ cause }) => isEcho(cause, one.cause));
    const twin = all[index];
    if (twin) all[index] = fuller(twin, one);
    else all.push(one);
  }
  return all;
}

const fuller = (one: Counted, other: Counted): Counted => ({
  cause: told(other.cause) > told(one.cause) ? other.cause : one.cause,
  count: Math.max(one.count, other.count),
});

const told = (cause: Cause) => FIELDS.filter((field) => cause[field] !== null).length;

/** Whether both tell the same: no fact of the one contradicts the other's. */
function isEcho(one: Cause, other: Cause): boolean {
  if (one.class !== other.class) return false;
  if (
    !FIELDS.every(
      (field) => one[field] === null || other[field] === null || one[field] === other[field],
    )
  ) {
    return false;
  }
  return !BY_WORDS.has(one.class) || sameWords(one.evidence, other.evidence);
}

function sameWords(one: string, other: string): boolean {
  const [a, b] = [withoutIds(one), withoutIds(other)];
  return a.includes(b) || b.includes(a);
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
