import { GitHubError, notFound } from './errors.ts';
import { paged } from './pages.ts';
import { issueOf, type Route } from './room.ts';
import { commentsOf, type GitHubState, type Issue } from './state.ts';
import { pullView } from './views.ts';

export const pulls: Route[] = [
  {
    method: 'GET',
    path: '/pulls/{number}',
    docs: 'pulls/pulls#get-a-pull-request',
    needs: [['pull-requests', 'read']],
    answer: (ask) => {
      const issue = issueOf(ask.state, ask.params);
      if (issue.pull === undefined) throw notFound();
      const merged = issue.pull.mergedAt !== undefined;
      const comments = commentsOf(ask.state, issue.number).length;
      const body = { ...pullView(ask, issue), merged, mergeable: merged ? null : true, comments };
      return { status: 200, body };
    },
  },
  {
    method: 'GET',
    path: '/commits/{sha}/pulls',
    docs: 'commits/commits#list-pull-requests-associated-with-a-commit',
    needs: [['pull-requests', 'read']],
    answer: (ask) => {
      const { state, params } = ask;
      const sha = resolve(state, params.sha ?? '');
      if (sha === undefined) {
        throw new GitHubError(422, `No commit found for SHA: ${params.sha}`);
      }
      const found = pullsOf(state, sha);
      return paged(ask, `/commits/${params.sha}/pulls`, found, (issue) => pullView(ask, issue));
    },
  },
];

/** As it does for commits in general, GitHub takes branches, tags and the start of a SHA too. */
export function resolve(state: GitHubState, ref: string): string | undefined {
  const { tags = {} } = state.world;
  const name = ref.replace(/^refs\//, '');
  const branch = state.branches.get(name.replace(/^heads\//, ''));
  const named = branch?.sha ?? tags[name.replace(/^tags\//, '')];
  if (named !== undefined) return named;
  if (!/^[0-9a-f]{7,40}$/.test(ref)) return undefined;
  return [...commitsOf(state)].find((sha) => sha.startsWith(ref));
}

function commitsOf(state: GitHubState): Set<string> {
  const { commits = {}, tags = {} } = state.world;
  const shas = [...Object.keys(commits), ...Object.values(tags)];
  for (const { sha } of state.branches.values()) shas.push(sha);
  for (const { pull } of state.issues.values()) {
    if (pull !== undefined) shas.push(pull.head.sha, pull.base.sha);
    if (pull?.mergeCommit !== undefined) shas.push(pull.mergeCommit);
  }
  return new Set(shas);
}

/**
 * Of a commit on the default branch those that brought it there; else those that have it. The trial
 * merge of an open pull request (`GITHUB_SHA` of `pull_request` events) belongs to none: a guess.
 */
function pullsOf(state: GitHubState, sha: string): Issue[] {
  const listed = state.world.commits?.[sha]?.pulls;
  return [...state.issues.values()].filter(({ number, pull }) => {
    if (pull === undefined) return false;
    if (listed !== undefined) return listed.includes(number);
    return pull.head.sha === sha || (pull.mergedAt !== undefined && pull.mergeCommit === sha);
  });
}
