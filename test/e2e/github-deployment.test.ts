import { expect, it } from 'vitest';
import { headSha, mainSha, shopRepository, workflowToken } from '../simulator/github/worlds.ts';
import { type WebOverrides, webWorld } from '../simulator/worlds.ts';
import { simulate, simulateGitHub, step } from './harness.ts';
import { image, onPull, shortfalls } from './reported.ts';

const quick = { speed: 200 };
const to = { 'github-environment': 'production' };
/** Nothing but the deployment is written, so that each of its states is. */
const alone = { comment: 'never' };

/** A deploy to the environment `production` for #12, and the deployments that GitHub then has. */
async function deployed(world: WebOverrides, inputs: Readonly<Record<string, string>> = image) {
  const [github, simulator] = await Promise.all([
    simulateGitHub(),
    simulate(webWorld(world), quick),
  ]);
  const result = await step(simulator, onPull(github, { inputs: { ...to, ...inputs } }));
  const { deployments, calls } = github;
  const statuses = deployments.flatMap((one) => one.statuses);
  return { ...result, github, calls, deployments, statuses, last: statuses.at(-1) };
}

it('is of the head of the pull request, waits for no check, merges nothing, and leads to the site', async () => {
  const { deployments, statuses, last, calls } = await deployed({}, { ...image, ...alone });
  expect(deployments).toMatchObject([{ sha: headSha, ref: headSha, environment: 'production' }]);
  expect(statuses.map(({ state }) => state)).toEqual(['in_progress', 'success']);
  expect(last).toMatchObject({
    ...{ environment: 'production', environmentUrl: 'https://app.example.com' },
    logUrl: 'https://github.com/example/shop/actions/runs/1',
    description: expect.stringContaining('web · prod: deployed.'),
  });
  expect(statuses[0]).toMatchObject({ environmentUrl: '', logUrl: last?.logUrl });
  expect(calls.find(({ path }) => path.endsWith('/deployments'))?.body).toMatchObject({
    ...{ auto_merge: false, required_contexts: [] },
  });
});

it('is made although the run’s own check is pending and the branch is behind', async () => {
  const world = shopRepository({ commits: { [headSha]: { checks: { deploy: 'pending' } } } });
  const [github, simulator] = await Promise.all([
    simulateGitHub({
      ...world,
      branches: { main: mainSha, redesign: { sha: headSha, behind: true } },
    }),
    simulate(webWorld(), quick),
  ]);
  const { stdout } = await step(simulator, onPull(github, { inputs: { ...to, ...image } }));
  expect(github.deployments.map(({ sha }) => sha)).toEqual([headSha]);
  expect(shortfalls(stdout)).toEqual([]);
});

it('of a push is of its commit', async () => {
  const [github, simulator] = await Promise.all([simulateGitHub(), simulate(webWorld(), quick)]);
  const inputs = { ...to, ...image, 'github-token': workflowToken };
  await step(simulator, { inputs, env: { GITHUB_API_URL: github.url } });
  expect(github.deployments.map(({ sha }) => sha)).toEqual([mainSha]);
});

it.each<[string, WebOverrides, Record<string, string>, string, string]>([
  [
    'a rollback',
    { service: { plays: [{ outcome: 'app-exit' }] } },
    { ...image, 'on-failure': 'wait' },
    'rolled-back',
    'failure',
  ],
  ['a refusal', {}, { secrets: 'PASSWORD=/nowhere' }, 'rejected', 'failure'],
  ['bad inputs', {}, { timeout: 'abc' }, 'rejected', 'failure'],
  [
    'a newer deployment',
    { world: { interventions: [{ atSeconds: 20, do: 'supersede' }] } },
    image,
    'superseded',
    'inactive',
  ],
  ['nothing to deploy', {}, {}, 'unchanged', 'success'],
  ['a rollout that is not waited for', {}, { ...image, wait: 'false' }, 'started', 'in_progress'],
])('%s is told as what it is', async (_, world, inputs, status, state) => {
  const { exitCode, outputs, deployments, last } = await deployed(world, inputs);
  expect(outputs.status).toBe(status);
  expect(deployments).toHaveLength(1);
  const passes = exitCode === 0;
  expect(last).toMatchObject({
    state,
    environmentUrl: passes ? 'https://app.example.com' : '',
  });
  expect(last?.description.length).toBeLessThanOrEqual(140);
});

it('a description that is too long is cut between two characters', async () => {
  const { stdout, last } = await deployed({}, { service: `x${'🚀'.repeat(100)}` });
  expect(shortfalls(stdout)).toEqual([]);
  expect(last?.description).toMatch(/^x🚀+…$/u);
  expect(last?.description.length).toBeLessThanOrEqual(140);
  expect(last?.description).not.toContain('\ufffd');
});

it('two services have one deployment, which fails when one of them does', async () => {
  const world = webWorld();
  const web = world.clusters.prod?.services.web;
  if (!web) throw new Error('There is no service web');
  const api = { ...structuredClone(web), plays: [{ outcome: 'app-exit' as const }] };
  const services = { prod: { services: { web, api } } };
  const { deployments, statuses, outputs } = await deployed(
    { world: { clusters: services } },
    { service: 'web, api', ...image, ...alone, 'on-failure': 'wait' },
  );
  expect(outputs.status).toBe('rolled-back');
  expect(deployments).toHaveLength(1);
  expect(statuses.map(({ state }) => state)).toEqual(['in_progress', 'failure']);
  expect(statuses[0]?.description).toMatch(/web.*api/);
});

it.each<[string, Record<string, string>]>([
  ['a dry run', { ...image, 'dry-run': 'true' }],
  ['a dry run that would be refused', { 'dry-run': 'true', service: 'wbe' }],
  ['a dry run with bad inputs', { 'dry-run': 'true', timeout: 'abc' }],
  ['a step that names no environment', { ...image, ...{ 'github-environment': '' } }],
])('%s makes none', async (_, inputs) => {
  const { github, deployments, stdout } = await deployed({}, inputs);
  expect(deployments).toEqual([]);
  expect(github.calls.some(({ path }) => path.includes('/deployments'))).toBe(false);
  expect(shortfalls(stdout)).toEqual([]);
});
