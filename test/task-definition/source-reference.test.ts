import { describe, expect, it } from 'vitest';
import { RejectedError } from '../../src/errors.ts';
import { parseSourceReference } from '../../src/task-definition/source.ts';
import { arnOf } from './factory.ts';

describe('the input task-definition', () => {
  it.each([undefined, '', '  '])('means what runs now when it is %j', (text) => {
    expect(parseSourceReference(text)).toEqual({ kind: 'running' });
  });

  it.each(['task.json', './infra/task.yaml', '../task.YML', 'a b.json'])(
    'names the file %s',
    (path) => {
      expect(parseSourceReference(path)).toEqual({ kind: 'file', path });
    },
  );

  it.each([
    'web',
    'web:7',
    arnOf('web:7'),
    arnOf('web'),
    'arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/web:1',
  ])('names the revision %s', (id) => {
    expect(parseSourceReference(` ${id}\n`)).toEqual({ kind: 'revision', id });
  });

  it.each([
    ['web:latest', /number/],
    ['{"family": "web"}', /path of the file/],
    ['task.toml', /neither/],
    ['arn:aws:ecs:eu-central-1:123456789012:service/a/b', /neither/],
    ['web app', /neither/],
  ])('refuses %s', (text, message) => {
    expect(() => parseSourceReference(text)).toThrow(RejectedError);
    expect(() => parseSourceReference(text)).toThrow(message);
  });
});
