import { getOctokit } from '@actions/github';
import { afterEach } from 'vitest';
import { type GitHub, type GitHubOptions, startGitHub } from './github.ts';
import type { GitHubWorld } from './world.ts';
import { shopRepository, workflowToken } from './worlds.ts';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A stand-in, closed after the test. */
export async function serve(
  world: GitHubWorld = shopRepository(),
  options: GitHubOptions = {},
): Promise<GitHub> {
  const github = await startGitHub(world, options);
  open.push(() => github.close());
  return github;
}

/** The client that the action has, too, with the job's token. */
export function octokit({ url }: GitHub, token = workflowToken) {
  return getOctokit(token, { baseUrl: url }).rest;
}

export const shop = { owner: 'example', repo: 'shop' };

/** An answer as it came, and its JSON where it is JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what came is looked at field by field.
  json: any;
}

/** One call by hand; the path is below the repository where it does not begin with a slash. */
export async function call(
  { url }: Pick<GitHub, 'url'>,
  method: string,
  path: string,
  body?: unknown,
  token: string | undefined = workflowToken,
): Promise<Answer> {
  const whole = path.startsWith('/') ? path : `/repos/${shop.owner}/${shop.repo}/${path}`;
  const response = await fetch(`${url}${whole}`, {
    method,
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const json = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}
