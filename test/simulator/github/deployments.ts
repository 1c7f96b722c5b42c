import { hex } from '../ids.ts';
import { GitHubError, notFound } from './errors.ts';
import { paged } from './pages.ts';
import { resolve } from './pulls.ts';
import { type Ask, demandedText, flagOf, numberIn, type Route, textOf } from './room.ts';
import { type Deployment, type GitHubState, nextId } from './state.ts';
import { deploymentView } from './views.ts';

const page = 'deployments/deployments';

export const deployments: Route[] = [
  {
    method: 'POST',
    path: '/deployments',
    docs: `${page}#create-a-deployment`,
    needs: [['deployments', 'write']],
    answer: (ask) => {
      const { state, body } = ask;
      const ref = demandedText(body, 'ref');
      const sha = resolve(state, ref);
      if (sha === undefined) throw new GitHubError(422, `No ref found for: ${ref}`);
      if (flagOf(body, 'auto_merge', true)) {
        const message = autoMerge(state, ref);
        if (message !== undefined) return { status: 202, body: { message } };
      }
      checkContexts(state, ref, sha, body.required_contexts);
      const environment = textOf(body, 'environment') || 'production';
      const deployment: Deployment = {
        ...{ id: nextId(state), at: state.now, ref, sha, environment },
        task: textOf(body, 'task') || 'deploy',
        payload: body.payload ?? {},
        description: textOf(body, 'description') ?? null,
        transient: flagOf(body, 'transient_environment', false),
        production: flagOf(body, 'production_environment', environment === 'production'),
        ...{ creator: ask.actor, statuses: [] },
      };
      state.deployments.push(deployment);
      const view = deploymentView(ask, deployment);
      return { status: 201, headers: { location: String(view.url) }, body: view };
    },
  },
  {
    method: 'GET',
    path: '/deployments',
    docs: `${page}#list-deployments`,
    needs: [['deployments', 'read']],
    answer: (ask) => {
      const wanted = (['sha', 'ref', 'task', 'environment'] as const).filter(
        (name) => (ask.query.get(name) ?? '') !== '',
      );
      const found = ask.state.deployments.filter((deployment) =>
        wanted.every((name) => deployment[name] === ask.query.get(name)),
      );
      return paged(ask, '/deployments', found.reverse(), (one) => deploymentView(ask, one));
    },
  },
  {
    method: 'GET',
    path: '/deployments/{id}',
    docs: `${page}#get-a-deployment`,
    needs: [['deployments', 'read']],
    answer: (ask) => ({ status: 200, body: deploymentView(ask, deploymentOf(ask)) }),
  },
];

export function deploymentOf({ state, params }: Ask): Deployment {
  const id = numberIn(params, 'id');
  const deployment = state.deployments.find((one) => one.id === id);
  if (deployment === undefined) throw notFound();
  return deployment;
}

/** Merges the default branch into one that is behind it; then there is no deployment this time. */
function autoMerge(state: GitHubState, ref: string): string | undefined {
  const branch = state.branches.get(ref.replace(/^refs\/heads\//, ''));
  if (branch?.behind !== true) return undefined;
  const { defaultBranch = 'main' } = state.world;
  if (branch.conflicts === true) {
    throw new GitHubError(409, `Conflict merging ${defaultBranch} into ${ref}.`);
  }
  Object.assign(branch, { sha: hex(state.ids, 40), behind: false });
  return `Auto-merged ${defaultBranch} into ${ref} on deployment.`;
}

/** All contexts of the commit must be green unless the request names others, or none. */
function checkContexts(state: GitHubState, ref: string, sha: string, asked: unknown): void {
  const checks = state.world.commits?.[sha]?.checks ?? {};
  const wanted = Array.isArray(asked) ? asked.map(String) : Object.keys(checks);
  const contexts = wanted
    .map((context) => ({ context, state: checks[context] ?? 'pending' }))
    .filter((one) => one.state !== 'success');
  if (contexts.length === 0) return;
  throw new GitHubError(409, `Conflict: Commit status checks failed for ${ref}.`, {
    errors: [{ contexts, resource: 'Deployment', field: 'required_contexts', code: 'invalid' }],
  });
}
