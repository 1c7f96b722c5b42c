import { expect, it } from 'vitest';
import { createOutbox } from '../../../src/report/github/outbox.ts';
import { createPace } from '../../../src/report/github/pace.ts';
import { virtualClock } from '../../support/fake-clock.ts';

/** As the client rejects: an answer of GitHub's, or none. */
const answer = (status: number, message: string, headers: Record<string, string> = {}) =>
  Object.assign(new Error(message), { status, response: { headers } });
const noAnswer = () => Object.assign(new Error('connect ECONNREFUSED'), { status: 500 });
const limit = (seconds: number) =>
  answer(403, 'You have exceeded a secondary rate limit.', { 'retry-after': String(seconds) });

interface Sending {
  readonly value: string;
  readonly at: number;
}

/** An outbox whose sends take 200 ms, or what `answers` says of one after the other. */
function outboxOf(...answers: (Error | number | undefined)[]) {
  const clock = virtualClock();
  const pace = createPace(clock);
  const start = clock.now();
  const sent: Sending[] = [];
  const landed: string[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const outbox = createOutbox<string>(
    async (value) => {
      const next = answers.shift();
      sent.push({ value, at: clock.now() - start });
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      await clock.sleep(typeof next === 'number' ? next : 200);
      running -= 1;
      if (next instanceof Error) throw next;
      landed.push(value);
    },
    { clock, pace },
  );
  return {
    ...{ clock, pace, outbox, sent, landed, mostAtOnce: () => mostAtOnce },
    /** Finishes within 15 seconds; how long that took, and what it came to. */
    async finish(patience = 15_000) {
      const from = clock.now();
      let took = Number.NaN;
      const ending = outbox.finish(from + patience).then((failure) => {
        took = clock.now() - from;
        return failure;
      });
      await clock.pass(patience + 60_000);
      return { failure: await ending, took };
    },
  };
}

it('the first value is sent at once', async () => {
  const { clock, outbox, sent } = outboxOf();
  outbox.offer('a', 'usual');
  await clock.pass(0);
  expect(sent).toEqual([{ value: 'a', at: 0 }]);
});

it('of many values only the newest is sent, and never two at a time', async () => {
  const { clock, outbox, landed, mostAtOnce } = outboxOf(5_000);
  for (const value of 'abcdef') {
    outbox.offer(value, 'urgent');
    await clock.pass(100);
  }
  await clock.pass(60_000);
  expect(landed).toEqual(['a', 'f']);
  expect(mostAtOnce()).toBe(1);
});

it('usual values are ten seconds apart, an urgent one is sent before that', async () => {
  const { clock, outbox, sent } = outboxOf();
  outbox.offer('a', 'usual');
  await clock.pass(1_000);
  outbox.offer('b', 'usual');
  await clock.pass(4_000);
  expect(sent.map(({ value }) => value)).toEqual(['a']);
  outbox.offer('c', 'urgent');
  await clock.pass(0);
  expect(sent.at(-1)).toEqual({ value: 'c', at: 5_000 });
  outbox.offer('d', 'usual');
  await clock.pass(60_000);
  expect(sent.at(-1)).toEqual({ value: 'd', at: 15_200 });
});

it('a usual value that takes the place of an urgent one that failed is as urgent', async () => {
  const { clock, outbox, sent } = outboxOf(undefined, noAnswer());
  outbox.offer('a', 'usual');
  await clock.pass(1_000);
  outbox.offer('b', 'urgent');
  await clock.pass(100);
  outbox.offer('c', 'usual');
  await clock.pass(60_000);
  expect(sent.at(-1)).toEqual({ value: 'c', at: 2_200 });
});

it('a usual value that takes the place of an urgent one is as urgent', async () => {
  const { clock, outbox, sent } = outboxOf();
  outbox.offer('a', 'usual');
  await clock.pass(500);
  outbox.offer('b', 'urgent');
  outbox.offer('c', 'usual');
  await clock.pass(60_000);
  expect(sent).toEqual([
    { value: 'a', at: 0 },
    { value: 'c', at: 1_000 },
  ]);
});

it('a value that is offered while another is being sent still lands', async () => {
  const { clock, outbox, landed, finish } = outboxOf(3_000);
  outbox.offer('a', 'usual');
  await clock.pass(1_000);
  outbox.offer('b', 'final');
  expect(await finish()).toMatchObject({ failure: undefined });
  expect(landed).toEqual(['a', 'b']);
});

it('the last value waits for no usual pace', async () => {
  const { clock, outbox, landed, finish } = outboxOf();
  outbox.offer('a', 'usual');
  await clock.pass(1_500);
  outbox.offer('b', 'final');
  const { failure, took } = await finish();
  expect(failure).toBeUndefined();
  expect(took).toBe(200);
  expect(landed).toEqual(['a', 'b']);
});

it('finishing before anything was offered is nothing to wait for', async () => {
  const { sent, finish } = outboxOf();
  expect(await finish()).toEqual({ failure: undefined, took: 0 });
  expect(sent).toEqual([]);
});

it('what was not answered is sent again after a while, with pauses that grow', async () => {
  const { clock, outbox, sent, landed } = outboxOf(noAnswer(), noAnswer(), noAnswer());
  outbox.offer('a', 'urgent');
  await clock.pass(60_000);
  expect(landed).toEqual(['a']);
  const pauses = sent.slice(1).map(({ at }, index) => at - (sent[index]?.at ?? 0));
  expect(pauses).toEqual([1_200, 2_200, 4_200]);
});

it('a newer value takes the place of the one that was not answered', async () => {
  const { clock, outbox, landed } = outboxOf(noAnswer());
  outbox.offer('a', 'urgent');
  await clock.pass(500);
  outbox.offer('b', 'urgent');
  await clock.pass(60_000);
  expect(landed).toEqual(['b']);
});

it('a GitHub that is down is tried three times at the end, and its words are returned', async () => {
  const { outbox, sent, finish } = outboxOf(...Array.from({ length: 9 }, noAnswer));
  outbox.offer('a', 'final');
  const { failure, took } = await finish();
  expect(failure).toMatchObject({ kind: 'unanswered', words: 'connect ECONNREFUSED' });
  expect(sent).toHaveLength(3);
  expect(took).toBeLessThan(5_000);
});

it('the last value is tried at once, however long the pause after failures has become', async () => {
  const { clock, outbox, landed, finish } = outboxOf(...Array.from({ length: 5 }, noAnswer));
  outbox.offer('a', 'urgent');
  await clock.pass(20_000);
  outbox.offer('b', 'final');
  const { failure, took } = await finish();
  expect(failure).toBeUndefined();
  expect(took).toBe(200);
  expect(landed).toEqual(['b']);
});

it('a request that hangs is not waited for beyond the deadline', async () => {
  const { outbox, finish } = outboxOf(3_600_000);
  outbox.offer('a', 'final');
  const { failure, took } = await finish();
  expect(failure).toMatchObject({ words: 'GitHub did not answer in time' });
  expect(took).toBe(15_000);
});

it('a limit is waited for as long as GitHub says', async () => {
  const { clock, outbox, sent, landed } = outboxOf(limit(60));
  outbox.offer('a', 'urgent');
  await clock.pass(59_000);
  outbox.offer('b', 'urgent');
  await clock.pass(60_000);
  expect(landed).toEqual(['b']);
  expect(sent.map(({ at }) => at)).toEqual([0, 60_200]);
});

it('a limit that ends before the deadline is waited for at the end too', async () => {
  const { outbox, landed, finish } = outboxOf(limit(5));
  outbox.offer('a', 'final');
  const { failure, took } = await finish();
  expect(failure).toBeUndefined();
  expect(took).toBe(5_400);
  expect(landed).toEqual(['a']);
});

it('a limit that lasts beyond the deadline is given up at once', async () => {
  const { outbox, sent, finish } = outboxOf(limit(60));
  outbox.offer('a', 'final');
  const { failure, took } = await finish();
  expect(failure).toMatchObject({ kind: 'limited', words: expect.stringContaining('rate limit') });
  expect(took).toBe(200);
  expect(sent).toHaveLength(1);
});

it('where another report has met a limit, that is said to be why', async () => {
  const { outbox, pace, sent, finish } = outboxOf();
  pace.block({ kind: 'limited', wait: 60_000, words: 'HTTP 403: too much' });
  outbox.offer('a', 'final');
  const { failure, took } = await finish();
  expect(failure).toMatchObject({ kind: 'limited', words: 'HTTP 403: too much' });
  expect(took).toBe(0);
  expect(sent).toEqual([]);
});

it('what is refused is tried once and no more', async () => {
  const { clock, outbox, sent, finish } = outboxOf(answer(403, 'Resource not accessible'));
  outbox.offer('a', 'urgent');
  await clock.pass(60_000);
  outbox.offer('b', 'urgent');
  await clock.pass(60_000);
  outbox.offer('c', 'final');
  expect(await finish()).toMatchObject({
    failure: { kind: 'refused', words: 'HTTP 403: Resource not accessible' },
    took: 0,
  });
  expect(sent.map(({ value }) => value)).toEqual(['a']);
});

it('a failure that was got over is not told', async () => {
  const { clock, outbox, finish } = outboxOf(noAnswer());
  outbox.offer('a', 'urgent');
  await clock.pass(60_000);
  outbox.offer('b', 'final');
  expect((await finish()).failure).toBeUndefined();
});
