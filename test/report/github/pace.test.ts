import { expect, it } from 'vitest';
import { createPace } from '../../../src/report/github/pace.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const limit = { kind: 'limited', wait: minute, words: 'You have exceeded a limit' } as const;

it('the first write of a step may be made at once', () => {
  const pace = createPace(fakeClock());
  expect(pace.delay('usual', undefined)).toBe(0);
});

it('two writes are a second apart while it goes on, be they of one report or of two', () => {
  const clock = fakeClock();
  const pace = createPace(clock);
  pace.wrote();
  expect(pace.delay('urgent', undefined)).toBe(second);
  expect(pace.delay('usual', undefined)).toBe(second);
  clock.advance(400);
  expect(pace.delay('urgent', undefined)).toBe(600);
});

it('the last writes hardly wait for each other: those of 20 services are made within seconds', () => {
  const clock = fakeClock();
  const pace = createPace(clock);
  for (let count = 0; count < 60; count++) {
    clock.advance(pace.delay('urgent', undefined));
    pace.wrote();
  }
  const end = clock.now();
  for (let count = 0; count < 20; count++) {
    clock.advance(pace.delay('final', undefined));
    pace.wrote();
  }
  expect(clock.now() - end).toBe(2 * second);
});

it('a usual write waits until ten seconds after the last of the same report, an urgent one does not', () => {
  const clock = fakeClock();
  const pace = createPace(clock);
  const last = clock.now();
  pace.wrote();
  clock.advance(3 * second);
  expect(pace.delay('usual', last)).toBe(7 * second);
  expect(pace.delay('usual', undefined)).toBe(0);
  expect(pace.delay('urgent', last)).toBe(0);
});

it('writes as often as it may never meet GitHub’s 80 a minute and 500 an hour', () => {
  const clock = fakeClock();
  const pace = createPace(clock);
  const writes: number[] = [];
  const end = clock.now() + 3 * hour;
  for (let turn = 0; clock.now() < end; turn++) {
    const urgency = (['usual', 'urgent', 'final'] as const)[turn % 3] ?? 'final';
    clock.advance(Math.max(1, pace.delay(urgency, writes.at(-1))));
    if (pace.delay(urgency, writes.at(-1)) > 0) continue;
    pace.wrote();
    writes.push(clock.now());
  }
  const most = (span: number) =>
    Math.max(...writes.map((from) => writes.filter((at) => at >= from && at < from + span).length));
  expect(most(minute)).toBeLessThan(80);
  expect(most(hour)).toBeLessThan(500);
  expect(writes.length).toBeGreaterThan(500);
});

it('what is urgent and what is last has room left when the usual writes have used theirs up', () => {
  const clock = fakeClock();
  const pace = createPace(clock);
  for (let count = 0; count < 240; count++) {
    clock.advance(10 * second);
    pace.wrote();
  }
  clock.advance(10 * second);
  expect(pace.delay('usual', undefined)).toBeGreaterThan(10 * minute);
  expect(pace.delay('urgent', undefined)).toBe(0);
  for (let count = 0; count < 160; count++) {
    clock.advance(second);
    pace.wrote();
  }
  clock.advance(second);
  expect(pace.delay('urgent', undefined)).toBeGreaterThan(minute);
  expect(pace.delay('final', undefined)).toBe(0);
});

it('a limit that one report has met holds up all of them until it is over', () => {
  const clock = fakeClock();
  const pace = createPace(clock);
  pace.block(limit);
  expect(pace.delay('final', undefined)).toBe(minute);
  expect(pace.limit()).toBe(limit);
  pace.block({ ...limit, wait: second });
  expect(pace.delay('final', undefined)).toBe(minute);
  clock.advance(minute);
  expect(pace.delay('usual', undefined)).toBe(0);
  expect(pace.limit()).toBeUndefined();
});
