import { describe, expect, it } from 'vitest';
import { concretePath, isHostName, matches, matchesHost } from '../../src/endpoint/patterns.ts';

describe('matches', () => {
  it.each([
    ['*', '', true],
    ['/api/*', '/api/', true],
    ['/api/*', '/api', false],
    ['/a?c', '/abc', true],
    ['/a?c', '/ac', false],
    ['*.png', '/x/y.png', true],
    ['/a*b*c', '/axxbyyc', true],
    ['/a*b*c', '/axxbyy', false],
    ['/API', '/api', false],
    ['', '/', false],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it('takes no time for a pattern that would make an expression backtrack', () => {
    expect(matches('*a'.repeat(60), 'a'.repeat(59).padEnd(20_000, 'b'))).toBe(false);
  });

  it('compares hosts without regard to case', () => {
    expect(matchesHost('*.Example.COM', 'app.example.com')).toBe(true);
  });
});

describe('isHostName', () => {
  it.each(['app.example.com', 'xn--bcher-kva.example', '10.0.0.1', 'a-b.c'])('takes %s', (text) => {
    expect(isHostName(text)).toBe(true);
  });
  it.each(['', 'app', '*.a.b', 'a..b', '.a.b', 'a.b.', '-a.b', 'a_b.c', 'a.b:80', 'ä.b', 'a.b\n'])(
    'refuses %j',
    (text) => {
      expect(isHostName(text)).toBe(false);
    },
  );
});

describe('concretePath', () => {
  it.each([
    ['*', '/', true],
    ['/**', '/', true],
    ['/v?/*', '/v', false],
    ['*/health', '/', false],
    ['/a b', '/a%20b', true],
    ['/a%20b/*', '/a%20b/', true],
    ['/100%/*', '/100%25/', true],
    ['/\ud800', '/%EF%BF%BD', true],
  ])('%s → %s', (pattern, path, isExact) => {
    expect(concretePath(pattern)).toEqual({ path, isExact });
  });
  it.each(['', 'api'])('finds none for %j', (pattern) => {
    expect(concretePath(pattern)).toBeUndefined();
  });
});
