import { addComments, type Comment, type GitHubState, type Issue, mergePull } from './state.ts';
import type { CommentSpec, CommentsSpec, Level, Scope } from './world.ts';

/** What others do in the repository while a test runs, at once. */
export interface Others {
  addComments(issue: number, comments: CommentSpec | CommentsSpec): Comment[];
  editComment(id: number, body: string): void;
  deleteComment(id: number): void;
  lock(issue: number): void;
  unlock(issue: number): void;
  closeIssue(issue: number): void;
  /** By the merge commit of that SHA, which is then the head of the base branch. */
  merge(pull: number, sha: string): void;
  /** Changes what a token may do from now on. */
  permit(token: string, permissions: Partial<Record<Scope, Level>>): void;
  /** Makes a token unknown, as GitHub does at the end of a job. */
  revoke(token: string): void;
}

export function interveningIn(state: GitHubState, now: () => number): Others {
  const issueOf = (number: number): Issue => {
    const issue = state.issues.get(number);
    if (issue === undefined) throw new Error(`There is no #${number}`);
    state.now = now();
    return issue;
  };
  const commentOf = (id: number): Comment => {
    const comment = state.comments.find((one) => one.id === id);
    if (comment === undefined) throw new Error(`There is no comment ${id}`);
    return comment;
  };
  return {
    addComments: (number, comments) => addComments(state, issueOf(number).number, comments),
    editComment: (id, body) => {
      const comment = commentOf(id);
      Object.assign(comment, { body, updatedAt: now() });
      comment.bodies.push({ at: now(), body });
    },
    deleteComment: (id) => {
      commentOf(id).deletedAt = now();
    },
    lock: (number) => {
      issueOf(number).locked = true;
    },
    unlock: (number) => {
      issueOf(number).locked = false;
    },
    closeIssue: (number) => {
      issueOf(number).state = 'closed';
    },
    merge: (number, sha) => {
      const issue = issueOf(number);
      mergePull(state, issue, sha);
      state.branches.set(issue.pull?.base.ref ?? 'main', { sha });
    },
    permit: (token, permissions) => {
      const spec = state.world.tokens[token];
      if (spec === undefined) throw new Error(`There is no token ${token}`);
      spec.permissions = permissions;
    },
    revoke: (token) => {
      delete state.world.tokens[token];
    },
  };
}
