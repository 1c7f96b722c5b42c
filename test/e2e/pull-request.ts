import type { GitHub } from '../simulator/github/github.ts';
import { pullView } from '../simulator/github/views.ts';

/** The environment of a step that runs for a pull request, as the runner sets it. */
export function pullRequestEnv(github: GitHub, number: number): Record<string, string> {
  const pull = github.state.issues.get(number)?.pull;
  if (pull === undefined) throw new Error(`#${number} is no pull request`);
  return {
    GITHUB_API_URL: github.url,
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_REF: `refs/pull/${number}/merge`,
    GITHUB_HEAD_REF: pull.head.ref,
    GITHUB_BASE_REF: pull.base.ref,
    GITHUB_SHA: pull.mergeCommit ?? pull.head.sha,
  };
}

/** The payload of its event, as far as actions read it. */
export function pullRequestEvent(github: GitHub, number: number, action = 'synchronize') {
  const issue = github.state.issues.get(number);
  if (issue?.pull === undefined) throw new Error(`#${number} is no pull request`);
  const { owner, repo } = github.state.world;
  const state = github.state;
  const pull_request = pullView({ state, api: github.url }, issue);
  return { action, number, pull_request, repository: { name: repo, owner: { login: owner } } };
}
