import type { Path } from './types.ts';

/** An object of JSON or YAML whose members are not known to be what they should be. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether `value` is an object and not a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The elements of a list that are objects, each with its index; nothing when it is no list. */
export function objectsOf(value: unknown): [index: number, item: JsonObject][] {
  if (!Array.isArray(value)) return [];
  return [...value.entries()].filter((entry): entry is [number, JsonObject] => isObject(entry[1]));
}

/** `['containerDefinitions', 0, 'image']` as people write it: `containerDefinitions[0].image`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** Whether `error` is the AWS exception called `name`, e.g. `AccessDeniedException`. */
export function isNamed(error: unknown, ...names: readonly string[]): error is Error {
  return error instanceof Error && names.includes(error.name);
}
