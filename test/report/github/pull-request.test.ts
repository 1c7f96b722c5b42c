import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { connectGitHub } from '../../../src/report/github/client.ts';
import { findPullRequest, mayHavePullRequest } from '../../../src/report/github/pull-request.ts';
import { deployedCommit, type Run, runUrl } from '../../../src/report/github/run.ts';
import { serve } from '../../simulator/github/client.ts';
import type { GitHubWorld, PullSpec } from '../../simulator/github/world.ts';
import {
  forkToken,
  headSha,
  mainSha,
  shopRepository,
  workflowToken,
} from '../../simulator/github/worlds.ts';

const run = (overrides: Partial<Run> = {}): Run => ({
  apiUrl: '',
  serverUrl: 'https://github.com',
  owner: 'example',
  repository: 'shop',
  id: '77',
  attempt: 1,
  sha: mainSha,
  ref: 'refs/heads/main',
  event: 'push',
  payload: {},
  ...overrides,
});

const sha = (digit: string) => digit.repeat(40);

async function pullOf(of: Run, world: Partial<GitHubWorld> = {}, token = workflowToken) {
  const github = await serve(shopRepository(world));
  const client = await connectGitHub(
    { token, apiUrl: github.url },
    { clock: systemClock, signal: new AbortController().signal },
  );
  return { number: await findPullRequest(client, of), calls: github.calls.length };
}

describe('the event’s own pull request, without asking', () => {
  const trial = { sha: sha('f'), ref: 'refs/pull/12/merge' };
  const own = { number: 12, head: { sha: headSha } };
  it.each<[string, Partial<Run>]>([
    ['pull_request', { ...trial, payload: { pull_request: own } }],
    ['pull_request_target', { payload: { pull_request: own } }],
    ['pull_request_review', { ...trial, payload: { pull_request: own } }],
    ['issue_comment', { payload: { issue: { number: 12, pull_request: { url: '…' } } } }],
    [
      'workflow_run',
      { payload: { workflow_run: { head_sha: headSha, pull_requests: [{ number: 12 }] } } },
    ],
  ])('%s', async (event, overrides) => {
    expect(await pullOf(run({ event, ...overrides }))).toEqual({ number: 12, calls: 0 });
  });
});

describe('by the commit', () => {
  const push = (commit: string, branch = 'main') =>
    run({ sha: commit, ref: `refs/heads/${branch}` });
  const pull = (number: number, more: Partial<PullSpec> = {}): PullSpec => ({
    number,
    head: { ref: `feature-${number}`, sha: sha(String(number % 10)) },
    ...more,
  });

  it.each<[string, Run, Partial<GitHubWorld>, number | undefined]>([
    ['a push to main of a merge or squash: the one that was merged', push(mainSha), {}, 11],
    [
      'a push to main after a rebase: each of its commits',
      push(sha('a')),
      { commits: { [sha('a')]: { pulls: [11] } } },
      11,
    ],
    ['a push to a branch with an open pull request', push(headSha, 'redesign'), {}, 12],
    [
      'a push of a commit that nobody made a pull request of',
      push(sha('b')),
      { branches: { main: sha('b') } },
      undefined,
    ],
    ['a commit that GitHub does not know yet', push(sha('c')), {}, undefined],
    [
      'of several the one whose merge made the commit',
      push(sha('d')),
      {
        pulls: [pull(21), pull(22, { mergedAs: sha('e') }), pull(23, { mergedAs: sha('d') })],
        commits: { [sha('d')]: { pulls: [21, 22, 23] } },
      },
      23,
    ],
    [
      'of several another that was merged into the branch before one that is open',
      push(sha('d')),
      {
        pulls: [
          pull(21),
          pull(22, { mergedAs: sha('e'), base: { ref: 'release' } }),
          pull(23, { mergedAs: sha('f') }),
        ],
        commits: { [sha('d')]: { pulls: [21, 22, 23] } },
      },
      23,
    ],
    [
      'of several open ones that from the branch itself',
      push(sha('d'), 'feature-22'),
      { pulls: [pull(21), pull(22)], commits: { [sha('d')]: { pulls: [21, 22] } } },
      22,
    ],
    [
      'an open one that has the commit somewhere',
      push(sha('d')),
      { pulls: [pull(21)], commits: { [sha('d')]: { pulls: [21] } } },
      21,
    ],
    [
      'none where it was closed without a merge',
      push(sha('d'), 'feature-21'),
      { pulls: [pull(21, { state: 'closed' })], commits: { [sha('d')]: { pulls: [21] } } },
      undefined,
    ],
    ['a tag on a merge', run({ ref: 'refs/tags/v1' }), { tags: { v1: mainSha } }, 11],
    ['workflow_dispatch on main', run({ event: 'workflow_dispatch' }), {}, 11],
    [
      'workflow_dispatch on a branch',
      run({ event: 'workflow_dispatch', sha: headSha, ref: 'refs/heads/redesign' }),
      {},
      12,
    ],
    [
      'workflow_run of a fork, whose event names none',
      run({
        event: 'workflow_run',
        payload: { workflow_run: { head_sha: headSha, pull_requests: [] } },
      }),
      {},
      12,
    ],
    [
      'deployment: the commit that it is of',
      run({ event: 'deployment', payload: { deployment: { sha: headSha } } }),
      {},
      12,
    ],
    ['no commit', push(''), {}, undefined],
  ])('%s', async (_, of, world, number) => {
    expect((await pullOf(of, world)).number).toBe(number);
  });

  it('a token that may not read pull requests is a reason to say so, not to be silent', async () => {
    const tokens = { [forkToken]: { kind: 'workflow', permissions: {} } } as const;
    const world = { tokens, visibility: 'private' } as const;
    await expect(pullOf(run(), world, forkToken)).rejects.toThrow('not accessible');
  });
});

it.each([
  ['schedule', false],
  ['merge_group', false],
  ['push', true],
  ['workflow_dispatch', true],
  ['pull_request', true],
])('a run for %s may belong to a pull request: %s', (event, may) => {
  expect(mayHavePullRequest(run({ event }))).toBe(may);
});

it('outside of GitHub nothing belongs to a pull request', () => {
  expect(mayHavePullRequest(run({ owner: '' }))).toBe(false);
});

describe('the commit that is deployed', () => {
  const event = (payload: Run['payload']) => deployedCommit(run({ payload, sha: sha('f') }));

  it.each<[string, Run['payload'], string]>([
    ['of a push its own', {}, sha('f')],
    [
      'of a pull request its head, not the merge that is tried',
      { pull_request: { number: 12, merged: false, head: { sha: headSha } } },
      headSha,
    ],
    [
      'of a pull request that was merged the merge',
      { pull_request: { number: 12, merged: true, head: { sha: headSha } } },
      sha('f'),
    ],
    [
      'of a workflow_run the commit that it ran for',
      { workflow_run: { head_sha: headSha } },
      headSha,
    ],
    ['of a deployment its commit', { deployment: { sha: headSha } }, headSha],
  ])('is %s', (_, payload, commit) => {
    expect(event(payload)).toBe(commit);
  });
});

it('a run is seen at its address, a later attempt at its own', () => {
  expect(runUrl(run())).toBe('https://github.com/example/shop/actions/runs/77');
  expect(runUrl(run({ attempt: 2 }))).toMatch(/runs\/77\/attempts\/2$/);
  expect(runUrl(run({ id: '' }))).toBe('');
});
