import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { connectGitHub, type Failure, failureOf } from '../../../src/report/github/client.ts';
import { serve } from '../../simulator/github/client.ts';
import type { GitHub } from '../../simulator/github/github.ts';
import type { GitHubFault } from '../../simulator/github/world.ts';
import { forkToken, shopRepository, workflowToken } from '../../simulator/github/worlds.ts';

const now = Date.UTC(2026, 0, 1);
const open = new AbortController().signal;

/** What writing a comment on #12 comes to; undefined where it is written. */
async function failureAt(
  url: string,
  { token = workflowToken, issue = 12, body = 'Hello', at = now } = {},
): Promise<Failure | undefined> {
  try {
    const github = await connectGitHub(
      { token, apiUrl: url },
      { clock: systemClock, signal: open },
    );
    const where = { owner: 'example', repo: 'shop', issue_number: issue };
    await github.issues.createComment({ ...where, body });
    return undefined;
  } catch (error) {
    return failureOf(error, at);
  }
}

const faulty = (answer: GitHubFault['answer']) => serve(shopRepository({ faults: [{ answer }] }));
const refusal = (status: number, message: string, headers: Record<string, string> = {}) =>
  faulty({ status, message, headers });

describe('is refused, and told in GitHub’s words without the address of its documentation', () => {
  it.each<[string, () => Promise<GitHub>, Parameters<typeof failureAt>[1], string]>([
    [
      'the token of a fork',
      () => serve(),
      { token: forkToken },
      'HTTP 403: Resource not accessible by integration',
    ],
    ['a token that is unknown', () => serve(), { token: 'x' }, 'HTTP 401: Bad credentials'],
    ['an issue that does not exist', () => serve(), { issue: 99 }, 'HTTP 404: Not Found'],
    [
      'an issue that is gone',
      () => refusal(410, 'Issues are disabled for this repo'),
      {},
      'HTTP 410: Issues are disabled for this repo',
    ],
    [
      'a comment that is too long',
      () => serve(),
      { body: 'x'.repeat(70_000) },
      'HTTP 422: Validation Failed: ',
    ],
  ])('%s', async (_, github, request, words) => {
    const failure = await failureAt((await github()).url, request);
    expect(failure?.kind).toBe('refused');
    expect(failure?.words.slice(0, words.length)).toBe(words);
    expect(failure?.words).not.toContain('https://');
  });

  it('no token at all', async () => {
    expect(await failureAt('http://127.0.0.1:9', { token: '' })).toEqual({
      kind: 'refused',
      words: 'the input github-token is empty',
    });
  });
});

describe('is a limit', () => {
  it.each<[string, number, string, Record<string, string>, number]>([
    ['a secondary one with its time', 403, 'secondary rate limit', { 'retry-after': '17' }, 17],
    ['the same with 429', 429, 'Too many requests', { 'retry-after': '90' }, 90],
    ['one with a time but without words', 403, 'Forbidden', { 'retry-after': '5' }, 5],
    ['a secondary one without a time: a minute', 403, 'secondary rate limit', {}, 60],
    ['429 without anything: a minute', 429, 'Too many requests', {}, 60],
    ['one whose time is a date: a minute', 429, 'No', { 'retry-after': 'Thu, 1 Jan' }, 60],
    [
      'a primary one until its reset',
      403,
      'API rate limit exceeded',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1_000 + 1_800) },
      1_800,
    ],
    [
      'a primary one whose reset is past: a minute',
      429,
      'API rate limit exceeded',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1_000 - 5) },
      60,
    ],
  ])('%s', async (_, status, message, headers, seconds) => {
    const { url } = await refusal(status, message, headers);
    expect(await failureAt(url)).toEqual({
      kind: 'limited',
      wait: seconds * 1_000,
      words: `HTTP ${status}: ${message}`,
    });
  });

  it('GitHub’s own, primary and secondary', async () => {
    const primary = await faulty('primary-limit');
    const failure = await failureAt(primary.url, { at: primary.now() });
    expect(failure).toMatchObject({ kind: 'limited' });
    expect(failure?.kind === 'limited' && failure.wait).toBeGreaterThan(3_000_000);
    const secondary = await faulty('secondary-limit');
    expect(await failureAt(secondary.url)).toMatchObject({ kind: 'limited', wait: 60_000 });
  });

  it('a refusal with requests left is none', async () => {
    const { url } = await refusal(403, 'Resource not accessible', { 'x-ratelimit-remaining': '7' });
    expect(await failureAt(url)).toMatchObject({ kind: 'refused' });
  });

  it('is told in the same words each time: the id of the request is left out', async () => {
    const text = (id: string) =>
      `You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID ${id}.`;
    const failures = await Promise.all(
      ['A1:B2', 'C3:D4'].map(async (id) => failureAt((await refusal(403, text(id))).url)),
    );
    expect(failures[0]).toEqual(failures[1]);
    expect(failures[0]?.words).toMatch(/before you try again\.$/);
  });
});

describe('is worth repeating', () => {
  it.each<[string, GitHubFault['answer'], string]>([
    ['a server error', { status: 503, message: 'Service Unavailable' }, 'HTTP 503: Service Una'],
    ['a page of HTML', 'html-502', 'HTTP 502'],
    ['a connection that breaks', 'reset', 'other side closed'],
  ])('%s', async (_, answer, words) => {
    const failure = await failureAt((await faulty(answer)).url);
    expect(failure?.kind).toBe('unanswered');
    expect(failure?.words).toMatch(new RegExp(`^${words}`));
    expect(failure?.words).not.toContain('<');
  });

  it('a page that came in place of the answer, with a status of success', async () => {
    const port = await freePort();
    const proxy = createHttpServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
    });
    await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    expect(await failureAt(`http://127.0.0.1:${port}`)).toEqual({
      kind: 'unanswered',
      words: "HTTP 200 without GitHub's answer",
    });
  });

  it('a GitHub that nobody can connect to, without a status that it did not send', async () => {
    const port = await freePort();
    expect(await failureAt(`http://127.0.0.1:${port}`)).toEqual({
      kind: 'unanswered',
      words: `connect ECONNREFUSED 127.0.0.1:${port}`,
    });
  });

  it('a host of which every address refuses, which Node tells without a word', () => {
    const each = new Error('connect ECONNREFUSED ::1:443');
    const cause = new TypeError('fetch failed', { cause: new AggregateError([each]) });
    const error = Object.assign(new Error('', { cause }), { status: 500 });
    expect(failureOf(error, now).words).toBe('connect ECONNREFUSED ::1:443');
  });

  it('a request that takes too long', () => {
    const cause = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    const error = Object.assign(new Error(cause.message, { cause }), { status: 500 });
    expect(failureOf(error, now)).toEqual({
      kind: 'unanswered',
      words: 'GitHub did not answer within 8 seconds',
    });
  });

  it.each([undefined, null, 'no', { status: 'x' }])('something that is no error: %s', (thrown) => {
    expect(failureOf(thrown, now)).toMatchObject({
      kind: 'unanswered',
      words: expect.stringMatching(/./),
    });
  });
});

it('words of a stranger cannot be read as a command, nor fill the log', async () => {
  const { url } = await refusal(500, `\n::error::no ##[error] ${'x'.repeat(5_000)}`);
  const { words = '' } = (await failureAt(url)) ?? {};
  expect(words).not.toMatch(/\n|##\[/);
  expect(words.length).toBeLessThan(400);
});

it('asks a GitHub Enterprise Server below its prefix, with or without a slash at its end', async () => {
  const github = await serve(shopRepository(), { prefix: '/api/v3' });
  expect(await failureAt(github.url)).toBeUndefined();
  expect(await failureAt(`${github.url}/`)).toBeUndefined();
  expect(github.comments(12)).toHaveLength(2);
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
