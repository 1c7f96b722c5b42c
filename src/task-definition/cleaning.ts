import { isObject, type JsonObject } from './json.ts';
import type { Path, TaskDefinition } from './types.ts';

/** What DescribeTaskDefinition returns and RegisterTaskDefinition does not take. */
const OUTPUT_ONLY = new Set([
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'deregisteredAt',
  'deleteRequestedAt',
  'registeredBy',
]);

/**
 * A described task definition as it can be registered again: without the output-only fields, with
 * its tags inside except those with the reserved prefix `aws:`. Nothing else is touched: empty
 * strings and empty lists mean something (`command: ["sh", "-c", ""]`).
 */
export function registrable(described: JsonObject, tags: unknown): TaskDefinition {
  const kept = Object.entries(described).filter(([key]) => !OUTPUT_ONLY.has(key) && key !== 'tags');
  if (tags !== undefined) {
    kept.push(['tags', Array.isArray(tags) ? tags.filter((tag) => !isReserved(tag)) : tags]);
  }
  return Object.fromEntries(kept) as unknown as TaskDefinition;
}

function isReserved(tag: unknown): boolean {
  return isObject(tag) && typeof tag.key === 'string' && /^aws:/i.test(tag.key);
}

/**
 * `value` without the object members that are `null`, which mean "absent". A `null` in a list cannot
 * be taken out without moving its neighbours: it stays, and `onNullItem` is told its path.
 */
export function withoutNulls(
  value: unknown,
  onNullItem: (path: Path) => void,
  path: Path = [],
): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => {
      if (item === null) onNullItem([...path, index]);
      return withoutNulls(item, onNullItem, [...path, index]);
    });
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member, onNullItem, [...path, key])]),
  );
}

/** `value` without the list items that are `null`; members that are `null` stay. */
export function withoutNullItems(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNullItems);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutNullItems(member)]),
  );
}
