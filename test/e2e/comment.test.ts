import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GitHub, startGitHub } from '../simulator/github/github.ts';
import { mainSha, personToken, shopRepository, workflowToken } from '../simulator/github/worlds.ts';
import { startSimulator } from '../simulator/simulator.ts';
import type { World } from '../simulator/world.ts';
import { webWorld } from '../simulator/worlds.ts';
import { printed, simulate, simulateGitHub, startStep, step } from './harness.ts';
import { bodiesOn, headlineOf, image, onPull, shortfalls } from './reported.ts';

/** An hour in eighteen seconds: what happens on the way does not matter. */
const quick = { speed: 200 };
const bot = 'github-actions[bot]';
const isOurs = (body: string) => body.startsWith('<!-- ecs-rollout ');

/** A rollout that is slow enough for several updates goes on beside the other tests. */
let slow: { readonly github: GitHub; readonly step: ReturnType<typeof step> };
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const github = await startGitHub(shopRepository());
  const simulator = await startSimulator(webWorld(), { speed: 4 });
  ends.push(github.close, simulator.close);
  slow = { github, step: step(simulator, onPull(github, { inputs: image })) };
});

afterAll(async () => {
  for (const end of ends) await end();
});

/** The hidden lines above our comments on `web`, as a step writes them. */
async function markOf(): Promise<string> {
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(webWorld(), quick)]);
  await step(simulator, onPull(github, { inputs: { 'dry-run': 'true' } }));
  return bodiesOn(github)[0]?.split('\n')[0] ?? '';
}

/** `web` and `api`, the same but for their names. */
function twoServices(): World {
  const world = webWorld();
  const { web } = world.clusters.prod?.services ?? {};
  if (!web) throw new Error('There is no service web');
  return {
    ...world,
    clusters: { prod: { services: { web, api: structuredClone(web) } } },
  };
}

it('a comment among 150 others, on their second page, is found and updated, and there is no other', async () => {
  const [github, simulator, mark] = await Promise.all([
    simulateGitHub(),
    simulate(webWorld(), quick),
    markOf(),
  ]);
  github.addComments(12, { others: 120 });
  const [ours] = github.addComments(12, { by: bot, body: `${mark}\nof an earlier run` });
  github.addComments(12, { others: 30 });
  const { exitCode, outputs } = await step(simulator, onPull(github, { inputs: image }));
  expect({ exitCode, status: outputs.status }).toEqual({ exitCode: 0, status: 'succeeded' });
  expect(github.comments(12)).toHaveLength(151);
  const [one, ...more] = github.comments(12).filter(({ body }) => isOurs(body));
  expect(more).toEqual([]);
  expect(one?.id).toBe(ours?.id);
  expect(headlineOf(one?.body)).toMatch(/^### ✅ web · prod/);
});

it('two services in one pull request have two comments, and a run that is run again updates both', async () => {
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(twoServices(), quick)]);
  const inputs = { service: 'web, api', ...image };
  await step(simulator, onPull(github, { inputs }));
  expect(bodiesOn(github).map(headlineOf).sort()).toEqual([
    expect.stringMatching(/^### ✅ api · prod/),
    expect.stringMatching(/^### ✅ web · prod/),
  ]);
  const ids = github.comments(12).map(({ id }) => id);
  await step(simulator, onPull(github, { inputs, env: { GITHUB_RUN_ATTEMPT: '2' } }));
  expect(github.comments(12).map(({ id }) => id)).toEqual(ids);
  for (const body of bodiesOn(github)) {
    expect(headlineOf(body)).toContain('nothing to deploy');
    expect(body).toContain('/runs/1/attempts/2)');
  }
  expect(github.calls.filter(({ limit }) => limit)).toEqual([]);
});

it('of two services the one that is done first tells so while the other one still rolls out', async () => {
  const world = twoServices();
  const { api } = world.clusters.prod?.services ?? {};
  if (!api) throw new Error('There is no service api');
  api.plays = [{ outcome: 'healthy', timings: { running: 400 } }];
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(world)]);
  await step(simulator, onPull(github, { inputs: { service: 'web, api', ...image } }));
  const [web, other] = ['web', 'api'].map((name) =>
    github.comments(12).find(({ body }) => headlineOf(body).includes(`${name} · prod`)),
  );
  const done = web?.bodies.find(({ body }) => headlineOf(body).startsWith('### ✅'));
  const last = other?.bodies.at(-1);
  // The simulated rollout of the other one goes on for seconds; the ends of a step are told together.
  expect((last?.at ?? 0) - (done?.at ?? 0)).toBeGreaterThan(1_000);
  expect(headlineOf(other?.body)).toMatch(/^### ✅ api · prod/);
  // How long it took is not how long the step took.
  expect(web?.body).toBe(done?.body);
});

it('an older run that is run again, to take a deploy back, tells its own', async () => {
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(webWorld(), quick)]);
  await step(simulator, onPull(github, { inputs: image, env: { GITHUB_RUN_ID: '9' } }));
  const again = { GITHUB_RUN_ID: '5', GITHUB_RUN_ATTEMPT: '2' };
  await step(simulator, onPull(github, { inputs: { 'dry-run': 'true' }, env: again }));
  expect(bodiesOn(github)).toEqual([expect.stringContaining('/runs/5/attempts/2)')]);
});

it('a run that began earlier leaves the comment to the one that began later', async () => {
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(webWorld())]);
  const early = startStep(
    simulator,
    onPull(github, { inputs: image, env: { GITHUB_RUN_ID: '9' } }),
  );
  await printed(early, 'following ecs-svc/');
  const late = { GITHUB_RUN_ID: '5' };
  await step(simulator, onPull(github, { inputs: { 'dry-run': 'true' }, env: late }));
  const { outputs, stdout } = await early.result;
  expect(outputs.status).toBe('succeeded');
  expect(bodiesOn(github)).toEqual([expect.stringContaining('/runs/5)')]);
  expect(shortfalls(stdout)).toEqual([]);
});

it('a person’s comment that copies our marker is never written over', async () => {
  const [github, simulator, mark] = await Promise.all([
    simulateGitHub(),
    simulate(webWorld(), quick),
    markOf(),
  ]);
  github.addComments(12, { by: 'mallory', body: `${mark}\nmine` });
  await step(simulator, onPull(github, { inputs: { 'dry-run': 'true' } }));
  expect(bodiesOn(github)).toEqual([`${mark}\nmine`, expect.stringContaining('dry run')]);
});

it('with a person’s token the comment is that person’s, and found again', async () => {
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(webWorld(), quick)]);
  for (const run of ['1', '2']) {
    const inputs = { 'github-token': personToken, 'dry-run': 'true' };
    await step(simulator, onPull(github, { inputs, env: { GITHUB_RUN_ID: run } }));
  }
  expect(github.comments(12)).toMatchObject([{ user: { login: 'octocat' } }]);
  expect(bodiesOn(github)[0]).toContain('/runs/2)');
});

it('a comment that somebody deletes during the rollout is made anew', async () => {
  const deleted: number[] = [];
  const github: GitHub = await simulateGitHub(shopRepository(), {
    onCall: ({ method, path }) => {
      const [first] = path.endsWith('/comments') ? github.comments(12) : [];
      if (method !== 'POST' || !first || deleted.length > 0) return;
      github.deleteComment(first.id);
      deleted.push(first.id);
    },
  });
  const { stdout } = await step(
    await simulate(webWorld(), quick),
    onPull(github, { inputs: image }),
  );
  const [comment, ...more] = github.comments(12);
  expect(deleted).toHaveLength(1);
  expect(more).toEqual([]);
  expect(comment?.id).not.toBe(deleted[0]);
  expect(headlineOf(comment?.body)).toMatch(/^### ✅/);
  expect(shortfalls(stdout)).toEqual([]);
});

it('an answer that is lost makes neither a second comment nor a second deployment', async () => {
  const lost = ['/repos/*/issues/12/comments', '/repos/*/deployments'].map((path) => ({
    ...{ method: 'POST', path, times: 1, answer: 'reset-after' as const },
  }));
  const [github, simulator] = await Promise.all([
    simulateGitHub(shopRepository({ faults: lost })),
    simulate(webWorld(), quick),
  ]);
  const inputs = { ...image, 'github-environment': 'production' };
  const { stdout } = await step(simulator, onPull(github, { inputs }));
  expect(github.comments(12)).toHaveLength(1);
  expect(headlineOf(bodiesOn(github)[0])).toMatch(/^### ✅/);
  expect(github.deployments).toHaveLength(1);
  expect(github.deployments[0]?.statuses.at(-1)?.state).toBe('success');
  expect(shortfalls(stdout)).toEqual([]);
});

it('a merge to main comments on the pull request that was merged', async () => {
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(webWorld(), quick)]);
  const inputs = { ...image, 'github-token': workflowToken };
  await step(simulator, { inputs, env: { GITHUB_API_URL: github.url, GITHUB_SHA: mainSha } });
  expect(bodiesOn(github, 11).map(headlineOf)).toEqual([
    expect.stringMatching(/^### ✅ web · prod/),
  ]);
  expect(bodiesOn(github, 12)).toEqual([]);
});

it('a run that belongs to no pull request comments nowhere, and says nothing of it', async () => {
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(webWorld(), quick)]);
  const inputs = { 'dry-run': 'true', 'github-token': workflowToken };
  const api = { GITHUB_API_URL: github.url };
  const results = await Promise.all(
    [{ GITHUB_SHA: 'e'.repeat(40) }, { GITHUB_EVENT_NAME: 'schedule' }].map((env) =>
      step(simulator, { inputs, env: { ...api, ...env } }),
    ),
  );
  for (const { stdout } of results) expect(shortfalls(stdout)).toEqual([]);
  expect(github.state.comments).toEqual([]);
});

it('`comment: never` asks GitHub nothing', async () => {
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(webWorld(), quick)]);
  const inputs = { 'dry-run': 'true', comment: 'never' };
  const { stdout, stepSummary } = await step(simulator, onPull(github, { inputs }));
  expect(github.calls).toEqual([]);
  expect(shortfalls(stdout)).toEqual([]);
  expect(headlineOf(stepSummary)).toMatch(/^### 📋 web · prod/);
});

it.each<[string, Parameters<typeof onPull>[1], World, string]>([
  ['inputs', { inputs: { timeout: 'abc' } }, webWorld(), 'timeout'],
  ['a service that is not there', { inputs: { service: 'wbe' } }, webWorld(), 'wbe'],
  ['the preflight', { inputs: { secrets: 'PASSWORD=/nowhere' } }, webWorld(), '/nowhere'],
  [
    'a want of credentials',
    { env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined } },
    webWorld(),
    'credentials',
  ],
])('a refusal by %s comments too', async (_, options, world, says) => {
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(world, quick)]);
  const { exitCode, outputs, stepSummary } = await step(simulator, onPull(github, options));
  expect({ exitCode, status: outputs.status }).toEqual({ exitCode: 1, status: 'rejected' });
  for (const report of [...bodiesOn(github), stepSummary]) {
    expect(headlineOf(report)).toMatch(/^### ⛔ \w+ · prod: refused/);
    expect(report).toContain(says);
  }
  expect(github.comments(12)).toHaveLength(1);
});

it('a GitHub Enterprise Server is asked below its prefix', async () => {
  const [github, simulator] = await Promise.all([
    simulateGitHub(shopRepository(), { prefix: '/api/v3' }),
    simulate(webWorld(), quick),
  ]);
  const env = { GITHUB_SERVER_URL: 'https://ghe.example.com' };
  const inputs = { ...image, 'github-environment': 'production' };
  await step(simulator, onPull(github, { inputs, env }));
  expect(bodiesOn(github)[0]).toContain('(https://ghe.example.com/example/shop/actions/runs/1)');
  expect(github.deployments[0]?.statuses.at(-1)?.logUrl).toMatch(/^https:\/\/ghe\.example\.com\//);
});

it('the comment follows the rollout in place, unhurried, and only its last state is an ending', async () => {
  const { github } = slow;
  const { outputs } = await slow.step;
  expect(outputs.status).toBe('succeeded');
  const [comment, ...more] = github.comments(12);
  expect(more).toEqual([]);
  const bodies = comment?.bodies ?? [];
  const headlines = bodies.map(({ body }) => headlineOf(body));
  expect(headlines[0]).toMatch(/^### 🔎/);
  expect(headlines.slice(1, -1).length).toBeGreaterThan(0);
  for (const one of headlines.slice(1, -1)) expect(one).toMatch(/^### (?:🔎|🔵 .*rolling out)/);
  expect(headlines.at(-1)).toMatch(/^### ✅/);
  // The same headline again is a usual update.
  for (const [index, { at }] of bodies.entries()) {
    const before = bodies[index - 1];
    if (before && headlines[index] === headlines[index - 1]) {
      expect(at - before.at).toBeGreaterThanOrEqual(10_000);
    }
  }
  expect(github.calls.filter(({ limit }) => limit)).toEqual([]);
});
