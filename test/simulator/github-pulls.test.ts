import { expect, test } from 'vitest';
import { call, octokit, serve, shop } from './github/client.ts';
import { headSha, mainSha, shopRepository } from './github/worlds.ts';

test('a commit on main has the pull request that was merged as it', async () => {
  const github = await serve();
  const { repos } = octokit(github);
  const { data } = await repos.listPullRequestsAssociatedWithCommit({
    ...{ ...shop, commit_sha: mainSha },
  });
  expect(data).toHaveLength(1);
  expect(data[0]).toMatchObject({
    ...{ number: 11, state: 'closed', merge_commit_sha: mainSha },
    merged_at: expect.any(String),
    head: { ref: 'faster-cart' },
    base: { ref: 'main', repo: { full_name: 'example/shop' } },
    html_url: 'https://github.com/example/shop/pull/11',
  });
});

test('the head of a branch has its open pull request, which can be merged meanwhile', async () => {
  const github = await serve();
  const open = await call(github, 'GET', `commits/${headSha}/pulls`);
  expect(open.json).toMatchObject([{ number: 12, state: 'open', merged_at: null }]);
  github.merge(12, 'd'.repeat(40));
  const merged = await call(github, 'GET', `commits/${'d'.repeat(40)}/pulls`);
  expect(merged.json).toMatchObject([{ number: 12, state: 'closed' }]);
  expect((await call(github, 'GET', 'pulls/12')).json).toMatchObject({ merged: true });
});

test('a commit may have no pull request, or several that a world lists', async () => {
  const commits = { ['e'.repeat(40)]: {}, ['f'.repeat(40)]: { pulls: [11, 12] } };
  const github = await serve(shopRepository({ commits }));
  expect((await call(github, 'GET', `commits/${'e'.repeat(40)}/pulls`)).json).toEqual([]);
  expect((await call(github, 'GET', `commits/${'f'.repeat(40)}/pulls`)).json).toHaveLength(2);
  const unknown = await call(github, 'GET', `commits/${'0'.repeat(40)}/pulls`);
  expect(unknown.status).toBe(422);
  expect(unknown.json.message).toBe(`No commit found for SHA: ${'0'.repeat(40)}`);
});

test('a pull request of a fork names the fork', async () => {
  const head = { ref: 'patch-1', sha: 'b'.repeat(40), repo: 'guest/shop' };
  const github = await serve(shopRepository({ pulls: [{ number: 20, head }] }));
  const { json } = await call(github, 'GET', 'pulls/20');
  expect(json.head).toMatchObject({ label: 'guest:patch-1', repo: { fork: true } });
  expect((await call(github, 'GET', 'pulls/3')).status).toBe(404);
});
