import { failureOf, type GitHub } from './client.ts';

/** Which comment is whose: one for each service of a cluster in a region, and GitHub environment. */
export interface StickyKey {
  readonly region: string;
  readonly cluster: string;
  readonly service: string;
  readonly environment: string;
}

/** A comment of ours. */
export interface Sticky {
  readonly id: number;
  readonly body: string;
}

/** The hidden line by which a comment is found again; nothing in it can end the HTML comment. */
export function marker({ region, cluster, service, environment }: StickyKey): string {
  const parts = [region, cluster, service, environment].map(encoded).join('/');
  return `<!-- ecs-rollout ${parts} -->`;
}

/** Double hyphens may end an HTML comment. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('-', '%2D');
}

/** The hidden line that says when the step began that wrote it, in milliseconds since the epoch. */
export function startMark(startedAt: number): string {
  return `<!-- ecs-rollout-started ${startedAt} -->`;
}

/**
 * Whether a comment is of a step that began later: it has the word. Not by the number of the run,
 * since a deploy is taken back by running an older one again.
 */
export function isOfLater(body: string, startedAt: number): boolean {
  const [, other] = /^.*\n<!-- ecs-rollout-started (\d+) -->/.exec(body) ?? [];
  return Number(other) > startedAt;
}

interface Comment {
  readonly id: number;
  readonly body?: string | undefined;
  readonly user?: { readonly login: string; readonly type?: string } | null;
}

/** Comments of a page: the most that GitHub gives. */
const pageSize = 100;

/**
 * Finds our comment among all of a pull request's: by its marker, and by its author, since anyone
 * can write the marker. A workflow's token cannot say who it is; its comments are a bot's.
 * https://docs.github.com/en/rest/issues/comments
 */
export async function findSticky(
  github: GitHub,
  { owner, repo, issue }: { readonly owner: string; readonly repo: string; readonly issue: number },
  mark: string,
): Promise<Sticky | undefined> {
  const login = await ownLogin(github);
  // By number, since the links to the next page are lost behind some proxies.
  for (let page = 1; ; page += 1) {
    const { data, headers } = await github.issues.listComments({
      ...{ owner, repo, issue_number: issue, per_page: pageSize, page },
    });
    const own = (data as Comment[]).find(
      ({ body, user }) => body?.startsWith(mark) && isOurs(user, login),
    );
    if (own) return { id: own.id, body: own.body ?? '' };
    const isLast = data.length < pageSize && !/rel="next"/.test(headers.link ?? '');
    if (isLast || data.length === 0) return undefined;
  }
}

/** The login behind a personal token; undefined for a workflow's, which may not ask. */
async function ownLogin(github: GitHub): Promise<string | undefined> {
  try {
    return (await github.users.getAuthenticated()).data.login;
  } catch (error) {
    // Unanswered is not refused: a person's comment would be taken for somebody else's.
    if (failureOf(error, 0).kind !== 'refused') throw error;
    return undefined;
  }
}

/** An app is named with and without [bot]. */
function isOurs(user: Comment['user'], login: string | undefined): boolean {
  if (!user) return false;
  const name = (text: string) => text.replace(/\[bot\]$/, '');
  return login === undefined
    ? user.type === 'Bot' || user.login.endsWith('[bot]')
    : name(user.login) === name(login);
}
