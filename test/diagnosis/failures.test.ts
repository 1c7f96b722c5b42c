import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { causesOf } from '../../src/diagnosis/causes.ts';
import type { Cause, Evidence } from '../../src/diagnosis/types.ts';

type Field = 'principal' | 'principalKind' | 'action' | 'resource' | 'fixableInRole';

interface Case {
  readonly id: string;
  readonly kind: Evidence['kind'];
  readonly input: object;
  readonly expect: { readonly class: string } & Readonly<Record<Field, string | boolean | null>>;
  readonly alsoAccept?: readonly string[];
  readonly alsoAcceptFields?: Partial<
    Readonly<Record<Field, readonly (string | boolean | null)[]>>
  >;
  readonly note?: string;
}

const cases = JSON.parse(
  readFileSync(new URL('failures.json', import.meta.url), 'utf8'),
) as readonly Case[];

const FIELDS: readonly Field[] = [
  'principal',
  'principalKind',
  'action',
  'resource',
  'fixableInRole',
];

describe('captured failures', () => {
  it.each(cases)('$id ($kind): $expect.class', (one) => {
    const causes = causesOf({ kind: one.kind, ...one.input } as Evidence);
    const classes = [one.expect.class, ...(one.alsoAccept ?? [])];
    const [cause] = causes;
    expect(classes).toContain(cause?.class ?? 'none');
    if (!cause) return;
    for (const field of FIELDS) {
      const accepted = [one.expect[field], ...(one.alsoAcceptFields?.[field] ?? [])];
      expect(accepted, `${field} of ${cause.evidence}`).toContain(cause[field as keyof Cause]);
    }
  });

  it('are all there', () => {
    expect(cases).toHaveLength(68);
  });
});
