import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { connectGitHub } from '../../../src/report/github/client.ts';
import { findSticky, isOfLater, marker, startMark } from '../../../src/report/github/sticky.ts';
import { serve } from '../../simulator/github/client.ts';
import type { GitHub } from '../../simulator/github/github.ts';
import { personToken, shopRepository, workflowToken } from '../../simulator/github/worlds.ts';

const key = { region: 'eu-west-1', cluster: 'prod', service: 'web', environment: '' };
const mark = marker(key);
const bot = 'github-actions[bot]';

async function find(github: Pick<GitHub, 'url'>, { token = workflowToken, of = mark } = {}) {
  const client = await connectGitHub(
    { token, apiUrl: github.url },
    { clock: systemClock, signal: new AbortController().signal },
  );
  return findSticky(client, { owner: 'example', repo: 'shop', issue: 12 }, of);
}

/** Nothing but a list of comments by page, as it comes without the headers of GitHub's. */
async function servePages(comments: readonly unknown[]): Promise<{ url: string }> {
  const server = createServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const [page, size] = ['page', 'per_page'].map((name) => Number(searchParams.get(name))) as [
      number,
      number,
    ];
    const isList = pathname.endsWith('/issues/12/comments');
    response.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' });
    const first = (Math.max(page, 1) - 1) * size;
    response.end(JSON.stringify(isList ? comments.slice(first, first + size) : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('the marker', () => {
  const hostile = [
    '-->',
    '--!>',
    '--><img src=x>',
    '<!--',
    'a--b',
    '/',
    '%2F',
    'a b',
    '\n### x',
    '\r\n\r\n',
    '`',
    '@octocat',
    'ß漢🚀',
    '\ud800',
    '',
  ];

  it.each(hostile)('is one HTML comment on one line, whatever the names are: %j', (name) => {
    for (const part of ['region', 'cluster', 'service', 'environment'] as const) {
      const text = marker({ ...key, [part]: name });
      expect(text).toMatch(/^<!-- ecs-rollout [^\s<>-]+ -->$/);
    }
  });

  it('is another one for each other name, also where names hold the separator', () => {
    const names = hostile.filter((name) => name !== '\ud800');
    const all = names.flatMap((service) =>
      names.map((cluster) => marker({ ...key, cluster, service })),
    );
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('a comment', () => {
  const body = (startedAt: number) => `${mark}\n${startMark(startedAt)}\n### web`;

  it('of a step that began later has the word, one of an earlier or the same step has not', () => {
    expect(isOfLater(body(2_000), 1_000)).toBe(true);
    expect(isOfLater(body(1_000), 1_000)).toBe(false);
    expect(isOfLater(body(500), 1_000)).toBe(false);
  });

  it('is not believed to be later because of something further down in it', () => {
    expect(isOfLater(`${body(500)}\n${startMark(9_000)}`, 1_000)).toBe(false);
    expect(isOfLater(`${mark}\n### web\n${startMark(9_000)}`, 1_000)).toBe(false);
    expect(isOfLater('', 1_000)).toBe(false);
  });
});

describe('our comment is found', () => {
  it.each([1, 2, 20])('on page %i', async (page) => {
    const github = await serve();
    github.addComments(12, { others: (page - 1) * 100 + 40 });
    const [ours] = github.addComments(12, { by: bot, body: `${mark}\nours`, createdSecondsAgo: 1 });
    expect(await find(github)).toEqual({ id: ours?.id, body: `${mark}\nours` });
    const pages = github.calls.filter(({ path }) => path.endsWith('/comments'));
    expect(pages).toHaveLength(page);
  });

  it('where pages have no links to the next one, and authors no type or are not told', async () => {
    const others = Array.from({ length: 150 }, (_, id) => ({ id, body: mark }));
    const ours = { id: 500, body: mark, user: { login: bot } };
    expect(await find(await servePages([...others, ours]))).toEqual({ id: 500, body: mark });
    expect(await find(await servePages(others))).toBeUndefined();
  });

  it('and none where there is none', async () => {
    const github = await serve();
    github.addComments(12, { others: 120 });
    expect(await find(github)).toBeUndefined();
  });

  it('not that of another service, cluster, region or environment', async () => {
    const github = await serve();
    for (const other of [
      { service: 'api' },
      { cluster: 'dev' },
      { region: 'us-east-1' },
      { environment: 'production' },
    ]) {
      github.addComments(12, { by: bot, body: marker({ ...key, ...other }) });
    }
    expect(await find(github)).toBeUndefined();
  });

  it('not one of a person who copied the marker, nor one that quotes it', async () => {
    const github = await serve();
    github.addComments(12, { by: 'mallory', body: `${mark}\nfooled` });
    github.addComments(12, { by: 'mallory', type: 'Organization', body: `${mark}\nfooled` });
    github.addComments(12, { by: bot, body: `> ${mark}\nquoted` });
    expect(await find(github)).toBeUndefined();
  });

  it('with a person’s token: that person’s own, not a bot’s', async () => {
    const github = await serve();
    github.addComments(12, { by: bot, body: `${mark}\nof the bot` });
    github.addComments(12, { by: 'octocat', body: `${mark}\nof octocat` });
    expect(await find(github, { token: personToken })).toMatchObject({
      body: `${mark}\nof octocat`,
    });
  });

  it.each(['reset', 'html-502', 'primary-limit'] as const)(
    'or nothing is said where GitHub does not tell who we are (%s): else a second one would be made',
    async (answer) => {
      const github = await serve(shopRepository({ faults: [{ path: '/user', answer }] }));
      github.addComments(12, { by: 'octocat', body: mark });
      await expect(find(github, { token: personToken })).rejects.toThrow();
    },
  );
});
