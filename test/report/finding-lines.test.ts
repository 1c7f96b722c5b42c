import { expect, it } from 'vitest';
import { urlFinding } from '../../src/endpoint/url-finding.ts';
import { findingLines } from '../../src/report/finding-lines.ts';
import { finding } from '../support/rollout.ts';

it('a cause is told with its line, what to change and AWS’s own words', () => {
  const lines = findingLines(
    finding({
      ...{ summary: 'It may not.', evidence: 'AccessDenied ::x', file: 'task.json', line: 4 },
      fix: 'Add:\n{\n  "Effect": "Allow"\n}',
    }),
  );
  expect(lines).toEqual([
    'cause: It may not.',
    '  at: task.json:4',
    '  fix: Add:',
    '    {',
    '      "Effect": "Allow"',
    '    }',
    '  AWS says: AccessDenied ::x',
  ]);
});

it('what an address answered is not put into AWS’s mouth', () => {
  const lines = findingLines(
    urlFinding('https://app.example.com/', { kind: 'refused', status: 503, attempts: 2 }),
  );
  expect(lines.at(0)).toBe('cause: https://app.example.com/ answered 503.');
  expect(lines.at(-1)).toBe('  seen: HTTP 503 after 2 attempts');
});
