import { describe, expect, test } from 'vitest';
import { call, octokit, serve, shop } from './github/client.ts';
import { forkToken, headSha, mainSha, shopRepository } from './github/worlds.ts';

const plain = { ref: mainSha, auto_merge: false, required_contexts: [], environment: 'staging' };
const make = (github: Parameters<typeof call>[0], more = {}) =>
  call(github, 'POST', 'deployments', { ...plain, ...more });

describe('a deployment', () => {
  test('is made for a commit and goes through its states', async () => {
    const github = await serve();
    const { repos } = octokit(github);
    const made = await repos.createDeployment({ ...shop, ...plain });
    expect(made.status).toBe(201);
    expect(made.data).toMatchObject({
      ...{ sha: mainSha, ref: mainSha, environment: 'staging', task: 'deploy' },
      ...{ transient_environment: false, production_environment: false },
      creator: { login: 'github-actions[bot]' },
    });
    const deployment_id = (made.data as { id: number }).id;
    for (const state of ['in_progress', 'success'] as const) {
      await repos.createDeploymentStatus({
        ...{ ...shop, deployment_id, state, description: 'd'.repeat(140) },
        ...{ environment_url: 'https://shop.example', log_url: 'http://localhost/run' },
      });
    }
    const { data } = await repos.listDeploymentStatuses({ ...shop, deployment_id });
    expect(data.map(({ state }) => state)).toEqual(['success', 'in_progress']);
    expect(data[0]).toMatchObject({
      ...{ environment_url: 'https://shop.example', log_url: 'http://localhost/run' },
      ...{ target_url: 'http://localhost/run', environment: 'staging' },
    });
    expect(github.deployments[0]?.statuses).toHaveLength(2);
  });

  test('is one of production where nothing is said', async () => {
    const github = await serve();
    const { json } = await make(github, { environment: undefined });
    expect(json).toMatchObject({ environment: 'production', production_environment: true });
  });

  test('needs a ref that is there, and the permission', async () => {
    const github = await serve();
    const unknown = await make(github, { ref: 'develop' });
    expect(unknown).toMatchObject({ status: 422, json: { message: 'No ref found for: develop' } });
    for (const ref of ['main', 'refs/heads/main', mainSha]) {
      expect((await make(github, { ref })).json.sha).toBe(mainSha);
    }
    expect((await call(github, 'POST', 'deployments', plain, forkToken)).status).toBe(403);
  });

  test('waits for the checks of the commit unless told not to', async () => {
    const checks = { build: 'success', deploy: 'pending' } as const;
    const github = await serve(shopRepository({ commits: { [mainSha]: { checks } } }));
    const all = await make(github, { ref: 'main', required_contexts: undefined });
    expect(all.status).toBe(409);
    expect(all.json.message).toBe('Conflict: Commit status checks failed for main.');
    expect(all.json.errors[0].contexts).toEqual([{ context: 'deploy', state: 'pending' }]);
    expect((await make(github, { required_contexts: ['build'] })).status).toBe(201);
    expect((await make(github, { required_contexts: ['lint'] })).status).toBe(409);
    expect((await make(github)).status).toBe(201);
  });

  test('merges main into a branch that is behind instead, unless told not to', async () => {
    const branches = {
      ...{ main: mainSha, redesign: { sha: headSha, behind: true } },
      old: { sha: 'a'.repeat(40), behind: true, conflicts: true },
    };
    const github = await serve(shopRepository({ branches }));
    const merged = await make(github, { ref: 'redesign', auto_merge: undefined });
    expect(merged.status).toBe(202);
    expect(merged.json.message).toBe('Auto-merged main into redesign on deployment.');
    expect(github.deployments).toEqual([]);
    expect((await make(github, { ref: 'redesign', auto_merge: true })).status).toBe(201);
    expect((await make(github, { ref: 'old', auto_merge: true })).status).toBe(409);
    expect((await make(github, { ref: 'old' })).status).toBe(201);
  });

  test('is listed, the newest first', async () => {
    const github = await serve(
      shopRepository({ deployments: [{ environment: 'production', sha: mainSha }] }),
    );
    await make(github);
    const names = async (query: string) =>
      (await call(github, 'GET', `deployments?${query}`)).json.map(
        (one: { environment: string }) => one.environment,
      );
    expect(await names('')).toEqual(['staging', 'production']);
    expect(await names('environment=production')).toEqual(['production']);
    expect(await names(`sha=${headSha}`)).toEqual([]);
  });
});

describe('a status', () => {
  test.each([
    [{ state: 'done' }, 'state'],
    [{ state: 'success', description: 'd'.repeat(141) }, 'description'],
    [{ state: 'success', environment_url: 'shop.example' }, 'environment_url'],
    [{ state: 'success', environment_url: 'tcp://shop.example' }, 'environment_url'],
    [{ state: 'success', log_url: 'file:///log' }, 'log_url'],
  ])('%o is refused for its %s', async (body, field) => {
    const github = await serve();
    const { id } = (await make(github)).json;
    const { status, json } = await call(github, 'POST', `deployments/${id}/statuses`, body);
    expect(status).toBe(422);
    expect(json.errors[0]).toMatchObject({ resource: 'DeploymentStatus', field });
    expect(github.deployments[0]?.statuses).toEqual([]);
  });

  test('of success retires what was successful before in the same environment', async () => {
    const github = await serve(
      shopRepository({
        deployments: [
          { environment: 'staging', sha: headSha, statuses: ['in_progress', 'success'] },
          { environment: 'staging', sha: headSha, statuses: ['failure'] },
          { environment: 'staging', sha: headSha, statuses: ['success'], transient: true },
          { environment: 'production', sha: headSha, statuses: ['success'] },
          { environment: 'qa', sha: headSha, statuses: ['success'] },
        ],
      }),
    );
    const last = () => github.deployments.map(({ statuses }) => statuses.at(-1)?.state);
    const first = (await make(github)).json.id;
    const success = { state: 'success', auto_inactive: false };
    await call(github, 'POST', `deployments/${first}/statuses`, success);
    const untouched = ['success', 'failure', 'success', 'success', 'success', 'success'];
    expect(last()).toEqual(untouched);
    const second = (await make(github)).json.id;
    await call(github, 'POST', `deployments/${second}/statuses`, { state: 'success' });
    expect(last()).toEqual([
      ...['inactive', 'failure', 'success', 'success', 'success', 'inactive', 'success'],
    ]);
  });

  test('belongs to a deployment that is there', async () => {
    const github = await serve();
    expect((await call(github, 'POST', 'deployments/1/statuses', { state: 'error' })).status).toBe(
      404,
    );
  });
});
