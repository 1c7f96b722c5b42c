import { describe, expect, it } from 'vitest';
import { count, duration, stopwatch, untrusted } from '../../src/report/text.ts';

describe('untrusted text', () => {
  it.each([
    ['two\r\nlines\ttabs', 'two lines tabs'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['x\n::set-output name=a::b', 'x ::set-output name=a::b'],
    ['::error::x', ': :error::x'],
    ['  ::stop-commands::t', ': :stop-commands::t'],
    ['a ##[error]b ##[group]', 'a ## [error]b ## [group]'],
    ['#\u200b#[error]x', '## [error]x'],
    ['not \u202edesrever\u202c', 'not desrever'],
    ['next\u0085line\u2028para\u2029end', 'next line para end'],
  ])('%j becomes %j', (text, safe) => expect(untrusted(text)).toBe(safe));
});

describe('times', () => {
  it.each([
    [0, '0:00', '0s'],
    [7_400, '0:07', '7s'],
    [61_000, '1:01', '1m 1s'],
    [1_800_000, '30:00', '30m'],
    [3_900_000, '1:05:00', '1h 5m'],
    [7_200_000, '2:00:00', '2h'],
    [-5, '0:00', '0s'],
  ])('%i ms', (milliseconds, clock, words) => {
    expect(stopwatch(milliseconds)).toBe(clock);
    expect(duration(milliseconds)).toBe(words);
  });

  it('counts one and many', () => {
    expect([count(0, 'task'), count(1, 'task'), count(2, 'task')]).toEqual([
      '0 tasks',
      '1 task',
      '2 tasks',
    ]);
  });
});
