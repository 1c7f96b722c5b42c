import { expect, it } from 'vitest';
import { fixParts } from '../../../src/report/view/fix.ts';

it('takes words, commands and JSON apart, so that each can be copied whole', () => {
  const fix = [
    'Create the log group before the deployment:',
    'aws logs create-log-group --region eu-west-1 --log-group-name /ecs/web',
    'Or have ECS create it, and add to the policies of the execution role:',
    '{',
    '  "Effect": "Allow",',
    '  "Condition": {',
    '    "x": "y"',
    '  }',
    '}',
    'Then run again.',
  ].join('\n');
  expect(fixParts(fix)).toEqual([
    { kind: 'words', text: 'Create the log group before the deployment:' },
    {
      kind: 'paste',
      language: 'sh',
      text: 'aws logs create-log-group --region eu-west-1 --log-group-name /ecs/web',
    },
    {
      kind: 'words',
      text: 'Or have ECS create it, and add to the policies of the execution role:',
    },
    {
      kind: 'paste',
      language: 'json',
      text: '{\n  "Effect": "Allow",\n  "Condition": {\n    "x": "y"\n  }\n}',
    },
    { kind: 'words', text: 'Then run again.' },
  ]);
});

it('takes a brace that is never closed for words', () => {
  expect(fixParts('See:\n{\n  broken')).toEqual([
    { kind: 'words', text: 'See:' },
    { kind: 'words', text: '{' },
    { kind: 'words', text: '  broken' },
  ]);
});
