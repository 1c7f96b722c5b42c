import { hashOf } from '../ids.ts';
import type { Json } from '../world.ts';
import type { Actor, Comment, Deployment, DeploymentStatus, GitHubState, Issue } from './state.ts';

/** Where the API is reached, without a slash at its end, and the state that is looked at. */
export interface View {
  state: GitHubState;
  api: string;
}

/** GitHub's times have whole seconds. */
export const time = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

export const fullName = ({ world }: GitHubState): string => `${world.owner}/${world.repo}`;
export const serverUrl = ({ world }: GitHubState): string =>
  world.serverUrl ?? 'https://github.com';
export const repositoryId = ({ world }: GitHubState): number => world.id ?? 1_296_269;

const nodeId = (kind: string, id: number): string =>
  `${kind}_kwDOABPHjc${Buffer.from(String(id)).toString('base64url')}`;

export function userView({ api, state }: View, { login, type }: Pick<Actor, 'login' | 'type'>) {
  const isActions = login === 'github-actions[bot]';
  const id = isActions ? 41_898_282 : Number.parseInt(hashOf(login).slice(0, 6), 16);
  const url = `${api}/users/${encodeURIComponent(login)}`;
  const page = type === 'Bot' ? `apps/${login.replace(/\[bot\]$/, '')}` : login;
  return {
    ...{ login, id, node_id: nodeId(type === 'Bot' ? 'BOT' : 'U', id) },
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: '',
    ...{ url, html_url: `${serverUrl(state)}/${page}`, type },
    user_view_type: 'public',
    site_admin: false,
  };
}

function appView({ state }: View, { app }: Actor): Json | null {
  if (app === undefined) return null;
  const id = app === 'github-actions' ? 15_368 : Number.parseInt(hashOf(app).slice(0, 5), 16);
  const name = app === 'github-actions' ? 'GitHub Actions' : app;
  return { id, slug: app, name, html_url: `${serverUrl(state)}/apps/${app}` };
}

export function repositoryView(view: View, name = fullName(view.state)): Json {
  const [owner = '', repo = ''] = name.split('/');
  const { state, api } = view;
  return {
    id: name === fullName(state) ? repositoryId(state) : repositoryId(state) + 1,
    ...{ name: repo, full_name: name, owner: userView(view, { login: owner, type: 'User' }) },
    private: state.world.visibility === 'private',
    fork: name !== fullName(state),
    ...{ url: `${api}/repos/${name}`, html_url: `${serverUrl(state)}/${name}` },
    default_branch: state.world.defaultBranch ?? 'main',
    archived: state.world.archived ?? false,
  };
}

export function commentView(view: View, comment: Comment): Json {
  const { api, state } = view;
  const repository = `${api}/repos/${fullName(state)}`;
  const kind = state.issues.get(comment.issue)?.pull === undefined ? 'issues' : 'pull';
  const page = `${serverUrl(state)}/${fullName(state)}/${kind}/${comment.issue}`;
  const url = `${repository}/issues/comments/${comment.id}`;
  return {
    ...{ url, html_url: `${page}#issuecomment-${comment.id}` },
    issue_url: `${repository}/issues/${comment.issue}`,
    ...{ id: comment.id, node_id: nodeId('IC', comment.id), user: userView(view, comment.user) },
    created_at: time(comment.createdAt),
    updated_at: time(comment.updatedAt),
    ...{ author_association: comment.user.association, body: comment.body },
    reactions: { url: `${url}/reactions`, total_count: 0 },
    performed_via_github_app: appView(view, comment.user),
  };
}

/** As in lists; `GET /pulls/{n}` tells more. */
export function pullView(view: View, issue: Issue): Json {
  const { api, state } = view;
  const { pull } = issue;
  if (pull === undefined) throw new Error(`#${issue.number} is no pull request`);
  const side = (name: string, ref: string, sha: string) => {
    const [owner = ''] = name.split('/');
    const user = userView(view, { login: owner, type: 'User' });
    return { label: `${owner}:${ref}`, ref, sha, user, repo: repositoryView(view, name) };
  };
  return {
    url: `${api}/repos/${fullName(state)}/pulls/${issue.number}`,
    ...{ id: 1_900_000_000 + issue.number, node_id: nodeId('PR', issue.number) },
    html_url: `${serverUrl(state)}/${fullName(state)}/pull/${issue.number}`,
    ...{ number: issue.number, state: issue.state, locked: issue.locked, title: issue.title },
    user: userView(view, { login: issue.author, type: 'User' }),
    body: null,
    created_at: time(issue.createdAt),
    updated_at: time(pull.mergedAt ?? issue.createdAt),
    closed_at: pull.mergedAt === undefined ? null : time(pull.mergedAt),
    merged_at: pull.mergedAt === undefined ? null : time(pull.mergedAt),
    merge_commit_sha: pull.mergeCommit ?? null,
    draft: pull.draft,
    head: side(pull.head.repo, pull.head.ref, pull.head.sha),
    base: side(fullName(state), pull.base.ref, pull.base.sha),
    author_association: 'CONTRIBUTOR',
  };
}

export function deploymentView(view: View, deployment: Deployment): Json {
  const repository = `${view.api}/repos/${fullName(view.state)}`;
  const url = `${repository}/deployments/${deployment.id}`;
  const last = deployment.statuses.at(-1);
  return {
    ...{ url, id: deployment.id, node_id: nodeId('DE', deployment.id), task: deployment.task },
    original_environment: deployment.environment,
    environment: last?.environment ?? deployment.environment,
    description: deployment.description,
    created_at: time(deployment.at),
    updated_at: time(last?.at ?? deployment.at),
    ...{ statuses_url: `${url}/statuses`, repository_url: repository },
    creator: userView(view, deployment.creator),
    ...{ sha: deployment.sha, ref: deployment.ref, payload: deployment.payload },
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: appView(view, deployment.creator),
  };
}

export function statusView(view: View, deployment: Deployment, status: DeploymentStatus): Json {
  const repository = `${view.api}/repos/${fullName(view.state)}`;
  const owner = `${repository}/deployments/${deployment.id}`;
  return {
    ...{ url: `${owner}/statuses/${status.id}`, id: status.id, node_id: nodeId('DES', status.id) },
    ...{ state: status.state, creator: userView(view, status.creator) },
    ...{ description: status.description, environment: status.environment },
    target_url: status.logUrl,
    ...{ created_at: time(status.at), updated_at: time(status.at) },
    ...{ deployment_url: owner, repository_url: repository },
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: appView(view, status.creator),
  };
}
