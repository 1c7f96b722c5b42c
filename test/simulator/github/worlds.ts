import type { GitHubWorld, TokenSpec } from './world.ts';

/** The commit that `test/e2e/run-action.ts` runs for: the head of `main`. */
export const mainSha = '9d04e11c0ffee0123456789abcdef0123456789a';
/** The head of the open pull request #12. */
export const headSha = '1b2c3d4e5f60718293a4b5c6d7e8f90123456789';

/** Tokens of `shopRepository`. */
export const workflowToken = 'ghs_workflow';
export const forkToken = 'ghs_fork';
export const personToken = 'github_pat_someone';

const workflow: TokenSpec = {
  kind: 'workflow',
  permissions: { contents: 'read', 'pull-requests': 'write', deployments: 'write' },
};

/**
 * The usual repository, in which nothing is wrong: `example/shop` with the open pull request #12
 * (branch `redesign`), #11 that was merged as the head of `main`, and the issue #3.
 */
export function shopRepository(changes: Partial<GitHubWorld> = {}): GitHubWorld {
  return {
    owner: 'example',
    repo: 'shop',
    branches: { main: mainSha, redesign: headSha },
    pulls: [
      {
        ...{ number: 11, title: 'Faster cart', mergedAs: mainSha },
        head: { ref: 'faster-cart', sha: 'c0ffee1111111111111111111111111111111111' },
      },
      { number: 12, title: 'Redesign', head: { ref: 'redesign', sha: headSha } },
    ],
    issues: [{ number: 3, title: 'The cart is slow' }],
    tokens: {
      [workflowToken]: workflow,
      // What a pull request from a fork gets, whatever its workflow asks for.
      [forkToken]: {
        kind: 'workflow',
        permissions: { contents: 'read', 'pull-requests': 'read', deployments: 'read' },
      },
      [personToken]: { kind: 'fine-grained', login: 'octocat' },
    },
    ...changes,
  };
}
