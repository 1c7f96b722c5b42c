import { badRequest, notFound, notSupplied } from './errors.ts';
import type { Actor, GitHubState, Issue } from './state.ts';
import type { View } from './views.ts';
import type { Level, Scope, TokenSpec } from './world.ts';

/** What a route is asked. */
export interface Ask extends View {
  /** What stood in the places that the route's path leaves open. */
  params: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
  token: TokenSpec | undefined;
  /** In whose name it is asked. */
  actor: Actor;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  /** Absent for 204. */
  body?: unknown;
}

/** Any one of these permissions is enough. */
export type Needs = [Scope, Level][];

export interface Route {
  method: string;
  /** With `{name}` where anything may stand; `/repos/{owner}/{repo}` is in front of it. */
  path: string;
  /** The part of the documentation that is named in errors. */
  docs: string;
  needs: Needs | ((ask: Pick<Ask, 'state' | 'params'>) => Needs);
  answer(ask: Ask): Reply;
}

/** An open field of a path that must be a number; GitHub knows nothing under others. */
export function numberIn(params: Record<string, string>, name: string): number {
  const text = params[name] ?? '';
  if (!/^\d{1,15}$/.test(text)) throw notFound();
  return Number(text);
}

export function issueOf(state: GitHubState, params: Record<string, string>): Issue {
  const issue = state.issues.get(numberIn(params, 'number'));
  if (issue === undefined) throw notFound();
  return issue;
}

export function textOf(body: Record<string, unknown>, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw badRequest(`For 'properties/${field}', ${JSON.stringify(value)} is not a string.`);
}

export function demandedText(body: Record<string, unknown>, field: string): string {
  const text = textOf(body, field);
  if (text === undefined) throw notSupplied(field);
  return text;
}

export function flagOf(body: Record<string, unknown>, field: string, otherwise: boolean): boolean {
  const value = body[field];
  if (value === undefined || value === null) return otherwise;
  if (typeof value === 'boolean') return value;
  throw badRequest(`For 'properties/${field}', ${JSON.stringify(value)} is not a boolean.`);
}
