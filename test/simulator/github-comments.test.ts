import { describe, expect, test } from 'vitest';
import { call, octokit, serve, shop } from './github/client.ts';
import { forkToken, headSha, personToken, shopRepository, workflowToken } from './github/worlds.ts';

const onPull = 'issues/12/comments';

describe('writing', () => {
  test('a comment is made, read, changed and deleted', async () => {
    const github = await serve();
    const { issues } = octokit(github);
    const made = await issues.createComment({ ...shop, issue_number: 12, body: 'one' });
    expect(made.status).toBe(201);
    expect(made.data).toMatchObject({
      body: 'one',
      user: { login: 'github-actions[bot]', id: 41_898_282, type: 'Bot' },
      author_association: 'NONE',
      performed_via_github_app: { slug: 'github-actions' },
      html_url: `https://github.com/example/shop/pull/12#issuecomment-${made.data.id}`,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      node_id: expect.any(String),
    });
    const comment_id = made.data.id;
    await issues.updateComment({ ...shop, comment_id, body: 'two' });
    expect((await issues.getComment({ ...shop, comment_id })).data.body).toBe('two');
    expect(github.comments(12)[0]?.bodies.map(({ body }) => body)).toEqual(['one', 'two']);
    expect((await issues.deleteComment({ ...shop, comment_id })).status).toBe(204);
    expect(github.comments(12)).toEqual([]);
    expect(github.calls.map(({ method, status }) => `${method} ${status}`)).toEqual([
      ...['POST 201', 'PATCH 200', 'GET 200', 'DELETE 204'],
    ]);
    expect(github.calls[0]).toMatchObject({ token: 'workflow', body: { body: 'one' } });
  });

  test('a deleted comment cannot be changed', async () => {
    const github = await serve();
    const { id } = (await call(github, 'POST', onPull, { body: 'one' })).json;
    github.deleteComment(id);
    const { status, json } = await call(github, 'PATCH', `issues/comments/${id}`, { body: 'two' });
    expect({ status, json }).toMatchObject({ status: 404, json: { message: 'Not Found' } });
  });

  test('a body must be there and have at most 65,536 characters', async () => {
    const github = await serve();
    const refusals = [
      [{}, 'Invalid request.\n\n"body" wasn\'t supplied.'],
      [{ body: '' }, 'Validation Failed'],
      [{ body: '—'.repeat(65_537) }, 'Validation Failed'],
    ] as const;
    for (const [body, message] of refusals) {
      const { status, json } = await call(github, 'POST', onPull, body);
      expect({ status, message: json.message }).toEqual({ status: 422, message });
    }
    const { json } = await call(github, 'POST', onPull, { body: 'x'.repeat(65_537) });
    expect(json.errors).toEqual([
      {
        ...{ resource: 'IssueComment', code: 'unprocessable', field: 'data' },
        message: 'Body is too long (maximum is 65536 characters)',
      },
    ]);
    expect((await call(github, 'POST', onPull, { body: '—'.repeat(65_536) })).status).toBe(201);
    expect((await call(github, 'POST', onPull, '{')).status).toBe(400);
  });

  test('there is nothing to write on an issue that is not there, or is locked', async () => {
    const github = await serve();
    expect((await call(github, 'POST', 'issues/99/comments', { body: 'x' })).status).toBe(404);
    github.lock(12);
    const refused = await call(github, 'POST', onPull, { body: 'x' });
    expect(refused.status).toBe(403);
    expect(refused.json.message).toBe('Unable to create comment because issue is locked.');
    expect((await call(github, 'POST', onPull, { body: 'x' }, personToken)).status).toBe(201);
    github.unlock(12);
    expect((await call(github, 'POST', onPull, { body: 'x' })).status).toBe(201);
  });
});

describe('pages', () => {
  const comments = [{ others: 150 }, { by: 'vercel[bot]', body: 'the last' }];
  const head = { ref: 'redesign', sha: headSha };
  const busy = shopRepository({ pulls: [{ number: 12, head, comments }] });

  test('30 where nothing is said, 100 at most, with links', async () => {
    const github = await serve(busy);
    expect((await call(github, 'GET', onPull)).json).toHaveLength(30);
    const first = await call(github, 'GET', `${onPull}?per_page=500`);
    expect(first.json).toHaveLength(100);
    const to = (page: number) =>
      `${github.url}/repositories/1296269/issues/12/comments?per_page=500&page=${page}`;
    expect(first.headers.get('link')).toBe(`<${to(2)}>; rel="next", <${to(2)}>; rel="last"`);
    const second = await call(github, 'GET', `${onPull}?per_page=500&page=2`);
    expect(second.headers.get('link')).toBe(`<${to(1)}>; rel="prev", <${to(1)}>; rel="first"`);
    expect(second.json).toHaveLength(51);
    expect((await call(github, 'GET', `${onPull}?page=9`)).json).toEqual([]);
  });

  test('the client follows the links, the oldest comment first', async () => {
    const github = await serve(busy);
    const { paginate, rest } = (await import('@actions/github')).getOctokit(workflowToken, {
      baseUrl: github.url,
    });
    const all = await paginate(rest.issues.listComments, { ...shop, issue_number: 12 });
    expect(all).toHaveLength(151);
    expect(all[0]?.body).toBe('Remark 1');
    expect(all.at(-1)?.user).toMatchObject({ login: 'vercel[bot]', type: 'Bot' });
    expect(github.calls).toHaveLength(6);
  });

  test('what others do is seen at once', async () => {
    const github = await serve();
    github.addComments(12, { others: 2 });
    github.editComment(github.comments(12)[0]?.id ?? 0, 'edited');
    const { json } = await call(github, 'GET', onPull);
    expect(json.map(({ body }: { body: string }) => body)).toEqual(['edited', 'Remark 2']);
  });
});

describe('who may', () => {
  test('a token of a fork reads and does not write', async () => {
    const github = await serve();
    expect((await call(github, 'GET', onPull, undefined, forkToken)).status).toBe(200);
    const refused = await call(github, 'POST', onPull, { body: 'x' }, forkToken);
    expect(refused.status).toBe(403);
    expect(refused.json).toEqual({
      message: 'Resource not accessible by integration',
      documentation_url: 'https://docs.github.com/rest/issues/comments#create-an-issue-comment',
      status: '403',
    });
    expect(refused.headers.get('x-accepted-github-permissions')).toBe(
      'issues=write; pull_requests=write',
    );
  });

  test('the permission on pull requests does not reach issues', async () => {
    const github = await serve();
    expect((await call(github, 'POST', 'issues/3/comments', { body: 'x' })).status).toBe(403);
    github.permit(workflowToken, { issues: 'write' });
    expect((await call(github, 'POST', 'issues/3/comments', { body: 'x' })).status).toBe(201);
    expect((await call(github, 'POST', onPull, { body: 'x' })).status).toBe(201);
  });

  test('a wrong token is told so, and none may only read what is public', async () => {
    const github = await serve();
    const wrong = await call(github, 'GET', onPull, undefined, 'ghs_wrong');
    expect(wrong).toMatchObject({ status: 401, json: { message: 'Bad credentials' } });
    const none = await call(github, 'POST', onPull, { body: 'x' }, '');
    expect(none).toMatchObject({ status: 401, json: { message: 'Requires authentication' } });
    expect((await call(github, 'GET', onPull, undefined, '')).status).toBe(200);
    github.revoke(workflowToken);
    expect((await call(github, 'GET', onPull)).status).toBe(401);
  });

  test('of a private repository nothing is seen without permission', async () => {
    const github = await serve(shopRepository({ visibility: 'private' }));
    expect((await call(github, 'GET', onPull, undefined, '')).status).toBe(404);
    expect((await call(github, 'GET', onPull)).status).toBe(200);
    github.permit(workflowToken, {});
    expect((await call(github, 'GET', onPull)).status).toBe(403);
    expect((await call(github, 'GET', '/repos/example/other')).status).toBe(404);
    const archived = await serve(shopRepository({ archived: true }));
    expect((await call(archived, 'POST', onPull, { body: 'x' })).json.message).toBe(
      'Repository was archived so is read-only.',
    );
  });

  test('only a person is a user', async () => {
    const github = await serve();
    const job = await call(github, 'GET', '/user');
    expect(job.status).toBe(403);
    expect(job.json.message).toBe('Resource not accessible by integration');
    const { users } = octokit(github, personToken);
    expect((await users.getAuthenticated()).data.login).toBe('octocat');
  });

  test('a person without push may change only their own comments', async () => {
    const world = shopRepository();
    world.tokens.ghp_guest = {
      ...{ kind: 'classic', login: 'guest' },
      permissions: { issues: 'write', contents: 'read' },
    };
    const github = await serve(world);
    const { id } = (await call(github, 'POST', onPull, { body: 'x' })).json;
    const path = `issues/comments/${id}`;
    expect((await call(github, 'PATCH', path, { body: 'y' }, 'ghp_guest')).status).toBe(403);
    expect((await call(github, 'PATCH', path, { body: 'y' }, personToken)).status).toBe(200);
  });
});
