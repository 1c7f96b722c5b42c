import { hex, type IdSource } from '../ids.ts';
import type {
  BranchSpec,
  CommentSpec,
  CommentsSpec,
  DeploymentState,
  GitHubWorld,
  IssueSpec,
  PullSpec,
  TokenSpec,
} from './world.ts';

/** Who wrote or made something. */
export interface Actor {
  login: string;
  type: string;
  association: string;
  /** The GitHub App that did it for the actor. */
  app?: string;
}

export interface Comment {
  id: number;
  issue: number;
  user: Actor;
  body: string;
  createdAt: number;
  updatedAt: number;
  /** Every body that it has had, the first one included. */
  bodies: { at: number; body: string }[];
  deletedAt?: number;
}

export interface Issue {
  number: number;
  title: string;
  author: string;
  state: 'open' | 'closed';
  locked: boolean;
  createdAt: number;
  pull?: Pull;
}

export interface Pull {
  head: { ref: string; sha: string; repo: string };
  base: { ref: string; sha: string };
  draft: boolean;
  mergedAt?: number;
  mergeCommit?: string;
}

export interface DeploymentStatus {
  id: number;
  at: number;
  state: DeploymentState;
  description: string;
  environment: string;
  environmentUrl: string;
  logUrl: string;
  creator: Actor;
}

export interface Deployment {
  id: number;
  at: number;
  ref: string;
  sha: string;
  task: string;
  payload: unknown;
  environment: string;
  description: string | null;
  transient: boolean;
  production: boolean;
  creator: Actor;
  /** The oldest first. */
  statuses: DeploymentStatus[];
}

export interface GitHubState {
  world: GitHubWorld;
  ids: IdSource;
  drawn: number;
  /** The time of the call that is being answered. */
  now: number;
  branches: Map<string, BranchSpec>;
  issues: Map<number, Issue>;
  /** In the order of their making, deleted ones too. */
  comments: Comment[];
  deployments: Deployment[];
}

/** The next id of any kind. They are past 32 bits, as GitHub's are. */
export function nextId(state: GitHubState): number {
  state.drawn += 1;
  return 5_100_000_000 + state.drawn * 17;
}

export function openRepository(world: GitHubWorld, now: number): GitHubState {
  const state: GitHubState = {
    world: structuredClone(world),
    ids: { drawn: 0 },
    drawn: 0,
    now,
    branches: new Map(
      Object.entries(world.branches).map(([name, branch]) => [
        name,
        typeof branch === 'string' ? { sha: branch } : { ...branch },
      ]),
    ),
    issues: new Map(),
    comments: [],
    deployments: [],
  };
  for (const spec of world.issues ?? []) addIssue(state, spec);
  for (const spec of world.pulls ?? []) addPull(state, spec);
  for (const spec of world.deployments ?? []) {
    const { environment, sha } = spec;
    const creator = actorOf({ kind: 'workflow' });
    const at = now - 3_600_000;
    state.deployments.push({
      ...{ id: nextId(state), at, ref: spec.ref ?? sha, sha, task: 'deploy', payload: {} },
      ...{ environment, description: null, creator, transient: spec.transient ?? false },
      production: spec.production ?? environment === 'production',
      statuses: (spec.statuses ?? []).map((given) => ({
        ...{ id: nextId(state), at, state: given, description: '', environment },
        ...{ environmentUrl: '', logUrl: '', creator },
      })),
    });
  }
  return state;
}

function addIssue(state: GitHubState, spec: IssueSpec): Issue {
  const issue: Issue = {
    number: spec.number,
    title: spec.title ?? `Number ${spec.number}`,
    author: spec.author ?? 'octocat',
    state: spec.state ?? 'open',
    locked: spec.locked ?? false,
    createdAt: state.now - 7_200_000,
  };
  state.issues.set(issue.number, issue);
  for (const comments of spec.comments ?? []) addComments(state, issue.number, comments);
  return issue;
}

function addPull(state: GitHubState, spec: PullSpec): void {
  const issue = addIssue(state, spec);
  const { owner, repo, defaultBranch = 'main' } = state.world;
  const ref = spec.base?.ref ?? defaultBranch;
  issue.pull = {
    head: { ref: spec.head.ref, sha: spec.head.sha, repo: spec.head.repo ?? `${owner}/${repo}` },
    base: { ref, sha: spec.base?.sha ?? state.branches.get(ref)?.sha ?? hex(state.ids, 40) },
    draft: spec.draft ?? false,
    // An open pull request has the commit of a merge that is only tried.
    mergeCommit: hex(state.ids, 40),
  };
  if (spec.mergedAs !== undefined) mergePull(state, issue, spec.mergedAs, state.now - 60_000);
}

export function mergePull(state: GitHubState, issue: Issue, sha: string, at = state.now): void {
  if (issue.pull === undefined) throw new Error(`#${issue.number} is no pull request`);
  issue.state = 'closed';
  Object.assign(issue.pull, { mergedAt: at, mergeCommit: sha });
}

/** Adds comments as others write them. */
export function addComments(
  state: GitHubState,
  number: number,
  spec: CommentSpec | CommentsSpec,
): Comment[] {
  if (!('others' in spec)) {
    const { by, body, createdSecondsAgo = 3600 } = spec;
    const type = spec.type ?? (by.endsWith('[bot]') ? 'Bot' : 'User');
    const user: Actor = { login: by, type, association: spec.association ?? 'CONTRIBUTOR' };
    return [writeComment(state, number, user, body, state.now - createdSecondsAgo * 1000)];
  }
  const people = ['hubot', 'monalisa', 'defunkt'] as const;
  return Array.from({ length: spec.others }, (_, index) => {
    const by = people[index % people.length] ?? 'hubot';
    const body = spec.body ?? `Remark ${index + 1}`;
    return addComments(state, number, { by, body }).at(0) as Comment;
  });
}

export function writeComment(
  state: GitHubState,
  issue: number,
  user: Actor,
  body: string,
  at = state.now,
): Comment {
  const times = { createdAt: at, updatedAt: at, bodies: [{ at, body }] };
  const comment: Comment = { id: nextId(state), issue, user, body, ...times };
  state.comments.push(comment);
  return comment;
}

/** The comments of an issue that can be seen, the oldest first. */
export function commentsOf(state: GitHubState, issue: number): Comment[] {
  return state.comments
    .filter((comment) => comment.issue === issue && comment.deletedAt === undefined)
    .sort((one, other) => one.createdAt - other.createdAt || one.id - other.id);
}

/** In whose name a token writes. */
export function actorOf(token: TokenSpec): Actor {
  const isApp = token.kind === 'workflow' || token.kind === 'installation';
  const login = token.login ?? (isApp ? 'github-actions[bot]' : 'octocat');
  return {
    login,
    type: isApp ? 'Bot' : 'User',
    association: token.association ?? (isApp ? 'NONE' : 'MEMBER'),
    ...(isApp && { app: login.replace(/\[bot\]$/, '') }),
  };
}
