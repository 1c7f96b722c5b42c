import { comments } from './comments.ts';
import { deployments } from './deployments.ts';
import { docs, GitHubError, notFound } from './errors.ts';
import { acceptedPermissions, authorize, loginOf } from './permissions.ts';
import { pulls } from './pulls.ts';
import type { Ask, Reply, Route } from './room.ts';
import { statuses } from './statuses.ts';
import { repositoryId, repositoryView, userView } from './views.ts';

const repository: Route = {
  method: 'GET',
  path: '',
  docs: 'repos/repos#get-a-repository',
  needs: [],
  answer: (ask) => ({ status: 200, body: repositoryView(ask) }),
};

/** Every route below `/repos/{owner}/{repo}`. A new one is an entry in its file. */
const routes: Route[] = [repository, ...comments, ...pulls, ...deployments, ...statuses];

/** Answers one request that has passed the limits. */
export function answer(method: string, path: string, ask: Omit<Ask, 'params'>): Reply {
  if (path === '/user' && method === 'GET') {
    return { status: 200, body: userView(ask, { login: loginOf(ask.token), type: 'User' }) };
  }
  const rest = below(path, ask);
  for (const route of routes) {
    const params = route.method === method ? match(route.path, rest) : undefined;
    if (params === undefined) continue;
    const needs =
      typeof route.needs === 'function' ? route.needs({ state: ask.state, params }) : route.needs;
    const headers = acceptedPermissions(needs);
    try {
      if (needs.length > 0) authorize(ask.state, ask.token, method, needs);
      const reply = route.answer({ ...ask, params });
      return { ...reply, headers: { ...headers, ...reply.headers } };
    } catch (error) {
      throw documented(error, route, headers);
    }
  }
  throw notFound();
}

/** The path below the repository, which has a name and a number. */
function below(path: string, { state, token }: Omit<Ask, 'params'>): string {
  const { owner, repo, visibility } = state.world;
  const [, name, rest = ''] = /^\/(repos\/[^/]+\/[^/]+|repositories\/\d+)(\/.*)?$/.exec(path) ?? [];
  const names = [`repos/${owner}/${repo}`.toLowerCase(), `repositories/${repositoryId(state)}`];
  if (name === undefined || !names.includes(name.toLowerCase())) throw notFound();
  if (visibility === 'private' && token === undefined) throw notFound();
  return rest;
}

function match(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    const value = given[index] ?? '';
    if (name === undefined ? part !== value : value === '') return undefined;
    if (name === undefined) continue;
    // `/issues/comments/1` is no issue with the number `comments`.
    if (name === 'number' && !/^\d+$/.test(value)) return undefined;
    params[name] = decodeURIComponent(value);
  }
  return params;
}

/** GitHub names the documentation of the route in its errors. */
function documented(error: unknown, route: Route, headers: Record<string, string>): unknown {
  if (!(error instanceof GitHubError)) return error;
  const { status, message, errors } = error;
  const documentation =
    error.documentation === docs ? `${docs}/${route.docs}` : error.documentation;
  return new GitHubError(status, message, {
    ...{ documentation, headers: { ...headers, ...error.headers } },
    ...(errors && { errors }),
  });
}
