import { isObject, type JsonObject } from './json.ts';
import { mergeKey } from './lists.ts';

/**
 * `base` with `overrides` merged into it, as the input `overrides` promises: objects merge member by
 * member and `null` removes a member; lists of named things merge by name, new ones at the end;
 * every other value replaces the one before, an empty list too.
 */
export function merge(base: JsonObject, overrides: JsonObject): JsonObject {
  const merged = new Map(Object.entries(base));
  for (const [key, override] of Object.entries(overrides)) {
    if (override === null) merged.delete(key);
    else merged.set(key, mergeValue(key, merged.get(key), override));
  }
  return Object.fromEntries(merged);
}

function mergeValue(name: string, base: unknown, override: unknown): unknown {
  if (isObject(override)) return merge(isObject(base) ? base : {}, override);
  if (!Array.isArray(override)) return override;
  const before = Array.isArray(base) ? base : [];
  const key = override.length > 0 ? mergeKey(name, before, override) : undefined;
  return key === undefined
    ? override.map((item) => (isObject(item) ? merge({}, item) : item))
    : mergeItems(key, before, override);
}

function mergeItems(
  key: string,
  base: readonly JsonObject[],
  overrides: readonly JsonObject[],
): readonly JsonObject[] {
  const items = [...base];
  for (const override of overrides) {
    const index = items.findIndex((item) => item[key] === override[key]);
    if (index < 0) items.push(merge({}, override));
    else items[index] = merge(items[index] ?? {}, override);
  }
  return items;
}
