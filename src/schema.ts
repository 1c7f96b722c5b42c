import { NormalizedSchema } from '@smithy/core/schema';

/** Where a value is not what an operation of AWS takes. */
export type Misfit = { readonly path: readonly (string | number)[] } & (
  | { readonly kind: 'unknown'; readonly fields: readonly string[] }
  /** `expected` completes "must be …". */
  | { readonly kind: 'type'; readonly expected: string }
);

/**
 * Compares `value` with the SDK's own schema of a request. The SDK leaves out fields that it does not
 * know without a word, and sends or mangles values of another type.
 *
 * @param request e.g. `UpdateServiceRequest$`
 */
export function misfits(
  request: Parameters<typeof NormalizedSchema.of>[0],
  value: unknown,
): Misfit[] {
  return [...walk(NormalizedSchema.of(request), value, [])];
}

function* walk(
  schema: NormalizedSchema,
  value: unknown,
  path: readonly (string | number)[],
): Iterable<Misfit> {
  if (value === undefined) return;
  const expected = expectation(schema, value);
  if (expected !== undefined) yield { kind: 'type', path, expected };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* walk(schema.getValueSchema(), item, [...path, index]);
    }
  } else if (typeof value === 'object' && value !== null) {
    const members = schema.isStructSchema() ? schema.getMemberSchemas() : undefined;
    for (const [name, member] of Object.entries(value)) {
      const at = [...path, name];
      if (!members) yield* walk(schema.getValueSchema(), member, at);
      else if (members[name] && Object.hasOwn(members, name))
        yield* walk(members[name], member, at);
      else yield { kind: 'unknown', path: at, fields: Object.keys(members) };
    }
  }
}

/** What `value` must be where it is something else, or undefined where it fits. */
function expectation(schema: NormalizedSchema, value: unknown): string | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (schema.isListSchema()) return Array.isArray(value) ? undefined : 'a list';
  if (schema.isStructSchema() || schema.isMapSchema()) return isObject ? undefined : 'a mapping';
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? undefined : 'true or false';
  if (schema.isNumericSchema()) {
    return typeof value === 'number' ? undefined : 'a number, without quotes';
  }
  if (schema.isStringSchema()) return typeof value === 'string' ? undefined : 'text, in quotes';
  return undefined;
}
