import { describe, expect, it } from 'vitest';
import {
  parseAssignments,
  parseImages,
  parseNames,
  parseTags,
  parseTargets,
} from '../src/lines.ts';

const assignment = (name: string, value: string, container?: string) => ({
  container,
  name,
  value,
});

describe('lines of NAME=value', () => {
  it.each([
    ['A=1', [assignment('A', '1')]],
    ['A=', [assignment('A', '')]],
    ['A=x=y==', [assignment('A', 'x=y==')]],
    ['  A = 1  ', [assignment('A', '1')]],
    ['sidecar/A=1', [assignment('A', '1', 'sidecar')]],
    ['A=postgres://h/db?a=b', [assignment('A', 'postgres://h/db?a=b')]],
    ['A="one\\ntwo"', [assignment('A', 'one\ntwo')]],
    ['A="a\\\\n\\t\\"b\\""', [assignment('A', 'a\\n\t"b"')]],
    ['A="one\ntwo"\nB=2', [assignment('A', 'one\ntwo'), assignment('B', '2')]],
    ["A='a\\nb'", [assignment('A', 'a\\nb')]],
    ['A={"k":"v"}', [assignment('A', '{"k":"v"}')]],
    ['A="x" and "y"', [assignment('A', '"x" and "y"')]],
    ['A=" spaces "', [assignment('A', ' spaces ')]],
    ['\n# why\nA=1\r\n\nB=#2\n', [assignment('A', '1'), assignment('B', '#2')]],
    ['app.name=1', [assignment('app.name', '1')]],
  ])('%j', (text, values) => {
    expect(parseAssignments('environment', text)).toEqual({ values, problems: [] });
  });

  it.each(['A', '=x', 'a b=c', '"A"=1', '/A=1', 'a/b/C=1'])(
    'refuses %j by its line number, without showing it',
    (line) => {
      const { values, problems } = parseAssignments('environment', `OK=1\n${line}`);
      expect(values).toEqual([assignment('OK', '1')]);
      expect(problems).toHaveLength(1);
      expect(problems[0]?.input).toBe('environment');
      expect(problems[0]?.message).toMatch(/^Line 2: expected NAME=value/);
    },
  );

  it('never quotes a line that holds a password', () => {
    const { problems } = parseAssignments('environment', 'MY PASSWORD=hunter2');
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });
});

describe('images', () => {
  it('takes one image for the default container', () => {
    const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web@sha256:abc';
    expect(parseImages('image', image)).toEqual({
      values: [{ container: undefined, image }],
      problems: [],
    });
  });

  it('takes container=image lines', () => {
    expect(parseImages('image', 'app=web:1\nsidecar = envoy:2').values).toEqual([
      { container: 'app', image: 'web:1' },
      { container: 'sidecar', image: 'envoy:2' },
    ]);
  });

  it('refuses two images that name no container', () => {
    expect(parseImages('image', 'web:1\nweb:2').problems).toHaveLength(1);
  });

  it('refuses an image with blanks in it', () => {
    expect(parseImages('image', 'web: 1').problems).toHaveLength(1);
  });
});

describe('names, targets and tags', () => {
  it('separates service names by commas and lines, each once', () => {
    expect(parseNames(' web, api\nworker,web\n')).toEqual(['web', 'api', 'worker']);
    expect(parseNames(' , \n')).toEqual([]);
  });

  it('separates names to unset by commas and lines, with or without a container', () => {
    expect(parseTargets('unset', 'A, sidecar/B\nC').values).toEqual([
      { container: undefined, name: 'A' },
      { container: 'sidecar', name: 'B' },
      { container: undefined, name: 'C' },
    ]);
  });

  it('takes tags with = and blanks in their value, and refuses reserved keys', () => {
    const { values, problems } = parseTags('tags', 'commit=9d04e11\nnote=a = b\naws:x=1\nbroken');
    expect(values).toEqual([
      ['commit', '9d04e11'],
      ['note', 'a = b'],
    ]);
    expect(problems.map(({ message }) => message)).toEqual([
      'Line 3: a key that starts with `aws:` is reserved by AWS.',
      'Line 4: expected key=value.',
    ]);
  });
});
