/** The workflow run that the step belongs to, as the runner says; empty strings where it does not. */
export interface Run {
  /** E.g. `https://api.github.com`. */
  readonly apiUrl: string;
  /** E.g. `https://github.com`. */
  readonly serverUrl: string;
  readonly owner: string;
  readonly repository: string;
  readonly id: string;
  /** Counted from 1. */
  readonly attempt: number;
  /** The commit that the event is about. */
  readonly sha: string;
  /** E.g. `refs/heads/main`. */
  readonly ref: string;
  /** E.g. `push`. */
  readonly event: string;
  /** What GitHub sent with the event. */
  readonly payload: Payload;
}

/** The parts of an event that say which pull request it belongs to. */
export interface Payload {
  readonly pull_request?: {
    readonly number?: number;
    readonly merged?: boolean;
    readonly head?: { readonly sha?: string };
  };
  readonly issue?: { readonly number?: number; readonly pull_request?: unknown };
  readonly workflow_run?: {
    readonly head_sha?: string;
    readonly pull_requests?: readonly { readonly number?: number }[];
  };
  readonly merge_group?: { readonly head_sha?: string };
  readonly deployment?: { readonly sha?: string };
}

/** Where the run is seen. */
export function runUrl({ serverUrl, owner, repository, id, attempt }: Run): string {
  if (owner === '' || id === '') return '';
  const again = attempt > 1 ? `/attempts/${attempt}` : '';
  return `${serverUrl}/${owner}/${repository}/actions/runs/${id}${again}`;
}

/**
 * The commit that is deployed: of a pull request its head, not the merge that GitHub made of it to
 * try it; of one that was merged that merge.
 */
export function deployedCommit({ payload, sha }: Run): string {
  if (payload.pull_request?.merged) return sha;
  return (
    payload.pull_request?.head?.sha ??
    payload.workflow_run?.head_sha ??
    payload.deployment?.sha ??
    sha
  );
}
