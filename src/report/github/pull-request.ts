import type { GitHub } from './client.ts';
import { deployedCommit, type Run } from './run.ts';

/** What is needed of GitHub's answer about the pull requests of a commit. */
interface Pull {
  readonly number: number;
  readonly state: string;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string };
}

/** Events of runs that belong to no change: nobody waits for them on a pull request. */
const ofNobody = /^(schedule|merge_group)$/;

/** Whether the run may belong to a pull request at all. */
export function mayHavePullRequest(run: Run): boolean {
  return run.owner !== '' && !ofNobody.test(run.event);
}

/**
 * The number of the pull request that the run belongs to: the event's own, else the one that brought
 * the commit.
 * https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit
 *
 * @returns undefined where there is none
 */
export async function findPullRequest(github: GitHub, run: Run): Promise<number | undefined> {
  const { payload, owner, repository: repo, ref } = run;
  const fromEvent =
    payload.pull_request?.number ??
    (payload.issue?.pull_request ? payload.issue.number : undefined) ??
    payload.workflow_run?.pull_requests?.[0]?.number;
  if (fromEvent !== undefined) return fromEvent;
  const commit = deployedCommit(run);
  if (commit === '') return undefined;
  try {
    const { data } = await github.repos.listPullRequestsAssociatedWithCommit({
      ...{ owner, repo, commit_sha: commit, per_page: 100 },
    });
    return choose(data, commit, /^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? '')?.number;
  } catch (error) {
    // A commit that GitHub does not know (yet) belongs to no pull request.
    if ((error as { status?: number }).status === 422) return undefined;
    throw error;
  }
}

/**
 * Of several: the one whose merge made the commit, another one that was merged into the branch, an
 * open one from the branch, any open one.
 */
export function choose(pulls: readonly Pull[], sha: string, branch: string): Pull | undefined {
  const isOpen = ({ state }: Pull) => state === 'open';
  const wanted: ((pull: Pull) => boolean)[] = [
    (pull) => pull.merged_at !== null && pull.merge_commit_sha === sha,
    (pull) => pull.merged_at !== null && pull.base.ref === branch,
    (pull) => isOpen(pull) && (pull.head.sha === sha || pull.head.ref === branch),
    isOpen,
  ];
  for (const matches of wanted) {
    const pull = pulls.find(matches);
    if (pull) return pull;
  }
  return undefined;
}
