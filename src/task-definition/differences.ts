import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject, objectsOf } from './json.ts';
import { matchKey } from './lists.ts';

/** What became of something that two values do not share. */
export type Alteration = 'added' | 'removed' | 'changed';

/** The members of two objects with the same keys that differ, as text. */
export function transitions(
  before: JsonObject,
  after: JsonObject,
): (readonly [key: string, from: string | null, to: string | null])[] {
  return Object.keys(after)
    .filter((key) => before[key] !== after[key])
    .map((key) => [key, textOf(before[key]), textOf(after[key])] as const);
}

/** The items of two lists that differ, by their `key`. */
export function entries(
  before: unknown,
  after: unknown,
  key: string,
): (readonly [string, Alteration])[] {
  const old = byKey(before, key);
  const now = byKey(after, key);
  return union(old, now)
    .filter((name) => !isDeepStrictEqual(old.get(name), now.get(name)))
    .map((name) => [name, alterationOf(old.get(name), now.get(name))] as const);
}

/** The deepest paths at which two values differ. */
export function fields(
  before: unknown,
  after: unknown,
  path: string,
): (readonly [string, Alteration])[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    return union(new Map(Object.entries(before)), new Map(Object.entries(after))).flatMap((key) =>
      fields(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const key = matchKey(path.replace(/^.*\./, ''), before, after);
    if (key !== undefined) {
      const [old, now] = [byKey(before, key), byKey(after, key)];
      return union(old, now).flatMap((name) =>
        fields(old.get(name), now.get(name), `${path}[${name}]`),
      );
    }
  }
  return [[path, alterationOf(before, after)]];
}

function alterationOf(before: unknown, after: unknown): Alteration {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

/** The items of a list by their `key`, as text. */
export function byKey(list: unknown, key: string): ReadonlyMap<string, JsonObject> {
  return new Map(objectsOf(list).map(([, item]) => [String(item[key]), item]));
}

/** The keys of either, those of `before` first. */
export function union(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>) {
  return [...new Set([...before.keys(), ...after.keys()])];
}

/** `value` as text; `null` when it is absent. */
export function textOf(value: unknown): string | null {
  return value === undefined ? null : String(value);
}
