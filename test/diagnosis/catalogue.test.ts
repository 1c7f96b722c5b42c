import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue, groups } from '../../src/diagnosis/catalogue.ts';
import { certainties, type FailureClass } from '../../src/diagnosis/classes.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';

const classes = Object.keys(certainties) as FailureClass[];
const page = readFileSync(join(import.meta.dirname, '../../docs/failures.md'), 'utf8');

describe('the catalogue', () => {
  it.each(classes)('has an example of %s that is diagnosed as that alone', (name) => {
    const findings = diagnose([catalogue[name].example]);
    expect(findings.map((finding) => finding.class)).toEqual([name]);
  });

  it.each(classes)('says what to change for %s, by the remedy or in words', (name) => {
    const { example, change } = catalogue[name];
    expect(diagnose([example])[0]?.fix ?? change).toBeTruthy();
  });

  it('has each class in one group', () => {
    const grouped = groups.flatMap((group) => group.classes);
    expect(grouped.toSorted()).toEqual(classes.toSorted());
  });
});

describe('docs/failures.md', () => {
  it.each(classes)('has a section for %s, and a link to it', (name) => {
    expect(page).toContain(`\n### ${name}\n`);
    expect(page).toContain(`[\`${name}\`](#${name})`);
  });
});
