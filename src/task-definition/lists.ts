import { isObject } from './json.ts';

const MERGED = new Map([
  ['systemControls', 'namespace'],
  ['tags', 'key'],
]);

const MATCHED = new Map([
  ...MERGED,
  ['portMappings', 'containerPort'],
  ['mountPoints', 'containerPath'],
  ['volumesFrom', 'sourceContainer'],
  ['dependsOn', 'containerName'],
]);

/**
 * The member by which two lists called `list` are merged item by item, as the input `overrides`
 * promises: `name` (`namespace` of system controls, `key` of tags) where every item of both has it.
 * Absent where one list replaces the other.
 */
export function mergeKey(
  list: string,
  a: readonly unknown[],
  b: readonly unknown[],
): string | undefined {
  const key = MERGED.get(list) ?? 'name';
  const named = (item: unknown) => isObject(item) && typeof item[key] === 'string';
  return a.every(named) && b.every(named) ? key : undefined;
}

/**
 * The member that tells the items of two lists called `list` apart, whatever their order: every item
 * of both has it and no two items of a list share it. Absent where only the position tells.
 */
export function matchKey(
  list: string,
  a: readonly unknown[],
  b: readonly unknown[],
): string | undefined {
  const key = MATCHED.get(list) ?? 'name';
  const distinct = (items: readonly unknown[]) => {
    const ids = items.map((item) => (isObject(item) ? item[key] : undefined));
    return !ids.includes(undefined) && new Set(ids).size === items.length;
  };
  return distinct(a) && distinct(b) ? key : undefined;
}

/**
 * The item of `others` that is the counterpart of `items[index]`: the one with the same `matchKey`,
 * else the one in the same position. Returns its index, which may lie beyond the end or be -1.
 */
export function counterpart(
  list: string,
  items: readonly unknown[],
  index: number,
  others: readonly unknown[],
): number {
  const key = matchKey(list, items, others);
  const item = items[index];
  if (key === undefined || !isObject(item)) return index;
  return others.findIndex((other) => isObject(other) && other[key] === item[key]);
}
