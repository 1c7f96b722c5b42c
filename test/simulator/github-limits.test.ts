import { describe, expect, test } from 'vitest';
import { call, octokit, serve, shop } from './github/client.ts';
import type { GitHubFault } from './github/world.ts';
import { personToken, shopRepository } from './github/worlds.ts';

const onPull = 'issues/12/comments';
const write = (github: Parameters<typeof call>[0]) => call(github, 'POST', onPull, { body: 'x' });

describe('limits', () => {
  test('every answer tells what is left', async () => {
    const github = await serve(undefined, { clock: 'manual' });
    const { headers } = await call(github, 'GET', onPull);
    const told = ['limit', 'remaining', 'used', 'resource'].map((name) =>
      headers.get(`x-ratelimit-${name}`),
    );
    expect(told).toEqual(['1000', '999', '1', 'core']);
    expect(Number(headers.get('x-ratelimit-reset'))).toBe(Math.ceil(github.now() / 1000 + 3600));
    expect(headers.get('x-github-request-id')).toMatch(/^[0-9A-F]{24}$/);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    const other = await call(github, 'GET', onPull, undefined, personToken);
    expect(other.headers.get('x-ratelimit-remaining')).toBe('4999');
  });

  test('the primary limit ends with the hour', async () => {
    const github = await serve(undefined, { clock: 'manual', limits: { primary: 2, status: 429 } });
    await write(github);
    await write(github);
    const refused = await write(github);
    expect(refused.status).toBe(429);
    expect(refused.json.message).toMatch(/^API rate limit exceeded for installation ID \d+\.$/);
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(github.calls.at(-1)).toMatchObject({ limit: 'primary', status: 429 });
    github.advance(3600);
    expect((await write(github)).status).toBe(201);
  });

  test('80 writes in a minute are borne, and no more', async () => {
    const github = await serve(undefined, { clock: 'manual' });
    for (let index = 0; index < 80; index++) expect((await write(github)).status).toBe(201);
    const refused = await write(github);
    expect(refused.status).toBe(403);
    expect(refused.json.message).toMatch(/^You have exceeded a secondary rate limit/);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(github.calls.at(-1)?.limit).toBe('secondary');
    expect((await call(github, 'GET', onPull)).status).toBe(200);
    github.advance(30);
    expect((await write(github)).headers.get('retry-after')).toBe('30');
    github.advance(30);
    expect((await write(github)).status).toBe(201);
  });

  test('limits can be set lower, for an hour too', async () => {
    const github = await serve(undefined, { clock: 'manual', limits: { contentPerHour: 3 } });
    for (let index = 0; index < 3; index++) {
      expect((await write(github)).status).toBe(201);
      github.advance(600);
    }
    expect((await write(github)).status).toBe(403);
    github.limits.contentPerHour = 500;
    github.advance(60);
    expect((await write(github)).status).toBe(201);
  });

  test('too many requests at once are refused, reading ones too', async () => {
    const github = await serve(undefined, { latencyMs: 100, limits: { concurrent: 3 } });
    const all = await Promise.all(Array.from({ length: 5 }, () => call(github, 'GET', onPull)));
    const statuses = all.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 200, 403, 403]);
  });

  test('a client that only reads can be too fast as well', async () => {
    const github = await serve(undefined, { clock: 'manual', limits: { pointsPerMinute: 3 } });
    for (let index = 0; index < 3; index++) await call(github, 'GET', onPull);
    expect((await call(github, 'GET', onPull)).status).toBe(403);
  });
});

describe('faults', () => {
  const withFault = (fault: GitHubFault, more = {}) =>
    serve(shopRepository({ faults: [fault], ...more }), { clock: 'manual' });

  test('a status with a message, for so many calls of one kind', async () => {
    const path = '/repos/*/issues/*/comments';
    const answer = { status: 503, message: 'Service Unavailable' };
    const github = await withFault({ method: 'POST', path, afterCall: 1, times: 2, answer });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index++) statuses.push((await write(github)).status);
    expect(statuses).toEqual([201, 503, 503, 201]);
    expect(github.comments(12)).toHaveLength(2);
    expect(github.calls[1]).toMatchObject({ fault: answer, message: 'Service Unavailable' });
  });

  test('for so many seconds', async () => {
    const github = await withFault({ forSeconds: 10, answer: 'html-502' });
    const page = await call(github, 'GET', onPull);
    expect(page).toMatchObject({ status: 502, json: undefined });
    expect(page.text).toContain('Unicorn');
    github.advance(9);
    expect((await call(github, 'GET', onPull)).status).toBe(502);
    github.advance(1);
    expect((await call(github, 'GET', onPull)).status).toBe(200);
  });

  test('limits that are met at once', async () => {
    const github = await withFault({ times: 1, answer: 'secondary-limit' });
    github.state.world.faults?.push({ times: 1, answer: 'primary-limit' });
    const secondary = await write(github);
    expect(secondary.headers.get('retry-after')).toBe('60');
    const primary = await write(github);
    expect(primary.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(github.calls.map(({ limit }) => limit)).toEqual(['secondary', 'primary']);
  });

  test('a lost answer is of something that was done', async () => {
    const github = await withFault({ times: 1, answer: 'reset-after' });
    await expect(write(github)).rejects.toThrow();
    expect(github.comments(12)).toHaveLength(1);
    expect(github.calls[0]).toMatchObject({ status: 0, fault: 'reset-after' });
  });

  test('a lost request is of something that was not', async () => {
    const github = await withFault({ times: 1, answer: 'reset' });
    await expect(write(github)).rejects.toThrow();
    expect(github.comments(12)).toEqual([]);
  });

  test('no answer, and a late one', async () => {
    const github = await withFault({ times: 1, answer: 'hang' });
    const signal = AbortSignal.timeout(100);
    await expect(fetch(`${github.url}/user`, { signal })).rejects.toThrow(/abort/);
    github.state.world.faults?.push({ times: 1, answer: { slowMs: 50 } });
    const start = performance.now();
    expect((await write(github)).status).toBe(201);
    expect(performance.now() - start).toBeGreaterThanOrEqual(45);
  });
});

test('a GitHub Enterprise Server has its API below /api/v3', async () => {
  const github = await serve(shopRepository({ serverUrl: 'https://ghe.example' }), {
    prefix: '/api/v3',
  });
  expect(github.url).toMatch(/\/api\/v3$/);
  const { data } = await octokit(github).issues.createComment({
    ...{ ...shop, issue_number: 12, body: 'x' },
  });
  expect(data.html_url).toContain('https://ghe.example/example/shop/pull/12');
  expect(data.url).toContain(`${github.url}/repos/example/shop/issues/comments/`);
  expect(github.calls[0]?.path).toBe('/repos/example/shop/issues/12/comments');
  const outside = await call({ url: github.url.replace('/api/v3', '') }, 'GET', '/user');
  expect(outside.status).toBe(404);
});
