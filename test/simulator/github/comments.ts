import { GitHubError, invalid, notFound } from './errors.ts';
import { paged } from './pages.ts';
import { type Ask, demandedText, issueOf, type Needs, numberIn, type Route } from './room.ts';
import { type Comment, commentsOf, type GitHubState, writeComment } from './state.ts';
import { commentView } from './views.ts';
import type { Level } from './world.ts';

const page = 'issues/comments';

export const comments: Route[] = [
  {
    method: 'GET',
    path: '/issues/{number}/comments',
    docs: `${page}#list-issue-comments`,
    needs: ({ state, params }) => toIssue(state, params.number, 'read'),
    answer: (ask) => {
      const issue = issueOf(ask.state, ask.params);
      const since = Date.parse(ask.query.get('since') ?? '');
      const all = commentsOf(ask.state, issue.number).filter(
        ({ updatedAt }) => Number.isNaN(since) || updatedAt >= since,
      );
      return paged(ask, `/issues/${issue.number}/comments`, all, (one) => commentView(ask, one));
    },
  },
  {
    method: 'POST',
    path: '/issues/{number}/comments',
    docs: `${page}#create-an-issue-comment`,
    needs: ({ state, params }) => toIssue(state, params.number, 'write'),
    answer: (ask) => {
      const issue = issueOf(ask.state, ask.params);
      const body = checkedBody(ask);
      // People who may push may still write; apps may not.
      if (issue.locked && (ask.actor.type === 'Bot' || !mayPush(ask))) {
        throw new GitHubError(403, 'Unable to create comment because issue is locked.', {
          documentation: 'https://docs.github.com/articles/locking-conversations/',
        });
      }
      const comment = writeComment(ask.state, issue.number, ask.actor, body);
      const view = commentView(ask, comment);
      return { status: 201, headers: { location: String(view.url) }, body: view };
    },
  },
  {
    method: 'GET',
    path: '/issues/comments/{id}',
    docs: `${page}#get-an-issue-comment`,
    needs: ({ state, params }) => toComment(state, params.id, 'read'),
    answer: (ask) => ({ status: 200, body: commentView(ask, commentOf(ask)) }),
  },
  {
    method: 'PATCH',
    path: '/issues/comments/{id}',
    docs: `${page}#update-an-issue-comment`,
    needs: ({ state, params }) => toComment(state, params.id, 'write'),
    answer: (ask) => {
      const comment = commentOf(ask);
      mayChange(ask, comment);
      const body = checkedBody(ask);
      comment.body = body;
      comment.updatedAt = ask.state.now;
      comment.bodies.push({ at: ask.state.now, body });
      return { status: 200, body: commentView(ask, comment) };
    },
  },
  {
    method: 'DELETE',
    path: '/issues/comments/{id}',
    docs: `${page}#delete-an-issue-comment`,
    needs: ({ state, params }) => toComment(state, params.id, 'write'),
    answer: (ask) => {
      const comment = commentOf(ask);
      mayChange(ask, comment);
      comment.deletedAt = ask.state.now;
      return { status: 204 };
    },
  },
];

/** The permission on issues always does; that on pull requests where the issue is one. */
function toIssue(state: GitHubState, number: string | undefined, level: Level): Needs {
  const issue = state.issues.get(Number(number));
  const needs: Needs = [['issues', level]];
  if (issue === undefined || issue.pull !== undefined) needs.push(['pull-requests', level]);
  return needs;
}

function toComment(state: GitHubState, id: string | undefined, level: Level): Needs {
  const comment = state.comments.find((one) => one.id === Number(id));
  return toIssue(state, String(comment?.issue), level);
}

function commentOf({ state, params }: Ask): Comment {
  const id = numberIn(params, 'id');
  const comment = state.comments.find((one) => one.id === id && one.deletedAt === undefined);
  if (comment === undefined) throw notFound();
  return comment;
}

/** Apps with the permission may change the comments of all; people who may not push only theirs. */
function mayChange(ask: Ask, { user }: Comment): void {
  if (ask.actor.type === 'Bot' || mayPush(ask) || user.login === ask.actor.login) return;
  throw new GitHubError(403, 'Must have admin rights to Repository.'); // A guess.
}

function mayPush({ token }: Ask): boolean {
  return token?.permissions === undefined || token.permissions.contents === 'write';
}

/**
 * The limit is the documented one, which is also in the error. GitHub was seen to accept up to
 * 262,144 bytes (2026-10); nothing should rely on that.
 */
function checkedBody(ask: Ask): string {
  const body = demandedText(ask.body, 'body');
  const refuse = (message: string) => invalid('IssueComment', 'data', message, 'unprocessable');
  if (body.trim() === '') throw refuse('Body cannot be blank'); // The text is a guess.
  if ([...body].length > 65_536) throw refuse('Body is too long (maximum is 65536 characters)');
  return body;
}
