import { docs, GitHubError, notFound } from './errors.ts';
import type { Needs } from './room.ts';
import type { GitHubState } from './state.ts';
import type { Level, TokenSpec } from './world.ts';

/** Whose token it is; undefined for a caller without one. */
export function authenticate(
  state: GitHubState,
  authorization: string | undefined,
): { text: string; token: TokenSpec | undefined } {
  const [, text = ''] = /^(?:token|bearer)\s+(\S+)$/i.exec(authorization ?? '') ?? [];
  if (authorization === undefined) return { text: '', token: undefined };
  const { tokens } = state.world;
  const token = Object.hasOwn(tokens, text) ? tokens[text] : undefined;
  if (token === undefined) throw new GitHubError(401, 'Bad credentials');
  return { text, token };
}

const order: Level[] = ['none', 'read', 'write'];

/** Throws what GitHub answers to someone who may not do this. */
export function authorize(
  state: GitHubState,
  token: TokenSpec | undefined,
  method: string,
  needs: Needs,
): void {
  const { visibility = 'public', archived } = state.world;
  const reads = method === 'GET';
  if (token === undefined) {
    if (visibility === 'private') throw notFound();
    if (!reads) throw new GitHubError(401, 'Requires authentication');
    return;
  }
  const isAllowed = needs.some(([scope, level]) => {
    const granted = token.permissions === undefined ? 'write' : token.permissions[scope];
    return order.indexOf(granted ?? 'none') >= order.indexOf(level);
  });
  // What is public may be read with any token.
  if (!isAllowed && !(reads && visibility === 'public')) throw refusal(token);
  if (!reads && archived === true) {
    throw new GitHubError(403, 'Repository was archived so is read-only.');
  }
}

function refusal({ kind }: TokenSpec): GitHubError {
  switch (kind) {
    case 'workflow':
    case 'installation':
      return new GitHubError(403, 'Resource not accessible by integration');
    case 'fine-grained':
      return new GitHubError(403, 'Resource not accessible by personal access token');
    case 'classic':
      // Of what its scopes do not open, GitHub says that it is not there.
      return notFound();
  }
}

/** `x-accepted-github-permissions`: what would have been enough. */
export function acceptedPermissions(needs: Needs): Record<string, string> {
  if (needs.length === 0) return {};
  const text = needs.map(([scope, level]) => `${scope.replace('-', '_')}=${level}`).join('; ');
  return { 'x-accepted-github-permissions': text };
}

/** `GET /user`: only people are users. */
export function loginOf(token: TokenSpec | undefined): string {
  const documentation = `${docs}/users/users#get-the-authenticated-user`;
  if (token === undefined) throw new GitHubError(401, 'Requires authentication', { documentation });
  if (token.kind === 'workflow' || token.kind === 'installation') {
    throw new GitHubError(403, 'Resource not accessible by integration', { documentation });
  }
  return token.login ?? 'octocat';
}
