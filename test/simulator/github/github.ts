import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { manualClock, runningClock } from '../clock.ts';
import { hex } from '../ids.ts';
import { docs, GitHubError } from './errors.ts';
import { openFaults, unicornPage } from './faults.ts';
import { type LimitBook, type Limits, openLimits, usualLimits } from './limits.ts';
import { interveningIn, type Others } from './others.ts';
import { authenticate } from './permissions.ts';
import type { Reply } from './room.ts';
import { answer } from './routes.ts';
import type { GitHubState } from './state.ts';
import { actorOf, type Comment, commentsOf, type Deployment, openRepository } from './state.ts';
import type { GitHubFault, GitHubWorld, TokenSpec } from './world.ts';

export interface GitHubOptions {
  /** 0, a free one, where absent. */
  port?: number;
  /** In front of every path: `/api/v3` makes it a GitHub Enterprise Server. */
  prefix?: string;
  /** `running` where absent; a `manual` one stands still until `advance`. */
  clock?: 'running' | 'manual';
  /** How many of its seconds pass in a real one; 1 where absent, as the action's clock is real. */
  speed?: number;
  limits?: Partial<Limits>;
  /** Real milliseconds from the deed to its answer; 0 where absent. GitHub takes some hundred. */
  latencyMs?: number;
  /** Is told of each call once it is answered. */
  onCall?: (call: GitHubCall) => void;
}

export interface GitHubCall {
  /** Milliseconds since the epoch. */
  at: number;
  method: string;
  /** Without the prefix and the query. */
  path: string;
  query: Record<string, string>;
  /** The JSON that was sent; undefined where there was none. */
  body: unknown;
  /** 0 when no answer was sent. */
  status: number;
  /** `none` without a token and `unknown` for one that GitHub does not know. */
  token: TokenSpec['kind'] | 'none' | 'unknown';
  /** The message of an answer that is an error. */
  message?: string;
  /** What a fault of the world did to it. */
  fault?: GitHubFault['answer'];
  /** The limit that it met, be it enforced or injected. */
  limit?: 'primary' | 'secondary';
}

export interface GitHub extends Others {
  /** What GITHUB_API_URL is set to. */
  url: string;
  /** All calls in the order of their arrival. */
  calls: GitHubCall[];
  /** The repository as it is now. Faults and tokens of its `world` may be changed while it runs. */
  state: GitHubState;
  /** May be changed while it runs. */
  limits: Limits;
  deployments: Deployment[];
  /** Those of an issue that can be seen, the oldest first, each with all its bodies. */
  comments(issue: number): Comment[];
  now(): number;
  advance(seconds: number): void;
  close(): Promise<void>;
}

/** Opens the repository and serves GitHub's REST API for it over HTTP on loopback. */
export async function startGitHub(
  world: GitHubWorld,
  options: GitHubOptions = {},
): Promise<GitHub> {
  const clock = options.clock === 'manual' ? manualClock() : runningClock(options.speed ?? 1);
  const state = openRepository(world, clock.now());
  state.world.faults ??= [];
  const faults = openFaults(state.world.faults);
  const limits: Limits = { ...usualLimits, ...options.limits };
  const book = openLimits(limits);
  const calls: GitHubCall[] = [];
  const prefix = options.prefix ?? '';
  let url = '';

  const server = createServer((message, response) => {
    void serve(message, response);
  });

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { caller, token, refused } = identify(state, message);
    response.once('close', book.begin(caller, clock.now()));
    const text = await readBody(message);
    state.now = clock.now();
    const target = new URL(message.url ?? '/', 'http://localhost');
    const isApi = target.pathname.startsWith(`${prefix}/`);
    const call: GitHubCall = {
      ...{ at: state.now, method: message.method ?? 'GET' },
      path: isApi ? target.pathname.slice(prefix.length) : target.pathname,
      ...{ query: Object.fromEntries(target.searchParams), body: undefined },
      ...{ status: 0, token: 'unknown' },
    };
    calls.push(call);
    call.token = refused === undefined ? (token?.kind ?? 'none') : 'unknown';
    const fault = faults.next(call.method, call.path, state.now);
    if (fault !== undefined) call.fault = fault;

    const respond = (): Reply => {
      book.enter(caller, call.method, state.now);
      if (!isApi) throw new GitHubError(404, 'Not Found');
      if (message.headers['user-agent'] === undefined) throw noUserAgent();
      if (refused !== undefined) throw refused;
      call.body = parse(text);
      const body = (call.body ?? {}) as Record<string, unknown>;
      const actor = actorOf(token ?? { kind: 'classic', login: 'ghost' });
      const ask = { state, api: url, query: target.searchParams, body, token, actor };
      return answer(call.method, call.path, ask);
    };
    const send = (reply: Reply) => {
      call.status = reply.status;
      const isHtml = typeof reply.body === 'string';
      response.writeHead(reply.status, {
        server: 'github.com',
        ...(reply.body !== undefined && {
          'content-type': `${isHtml ? 'text/html' : 'application/json'}; charset=utf-8`,
        }),
        'x-github-request-id': hex(state.ids, 24).toUpperCase(),
        'x-github-media-type': 'github.v3; format=json',
        ...book.headers(caller, state.now),
        ...reply.headers,
      });
      response.end(isHtml ? reply.body : reply.body && JSON.stringify(reply.body));
    };

    const reply = injected(fault, book, caller, call) ?? attempt(respond, call);
    const slow = typeof fault === 'object' && 'slowMs' in fault ? fault.slowMs : 0;
    const wait = slow + (options.latencyMs ?? 0);
    if (wait > 0) await pause(wait);
    if (fault === 'reset' || fault === 'reset-after') message.socket.destroy();
    else if (fault !== 'hang') send(reply);
    options.onCall?.(call);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
  return {
    ...{ url, calls, state, limits, deployments: state.deployments },
    comments: (issue) => commentsOf(state, issue),
    ...interveningIn(state, clock.now),
    now: clock.now,
    advance: clock.advance,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** A caller with a token that is not known counts as one without. */
function identify(state: GitHubState, message: IncomingMessage) {
  try {
    const { text, token } = authenticate(state, message.headers.authorization);
    return { token, caller: { key: text, kind: token?.kind ?? 'none' } };
  } catch (refused) {
    return { caller: { key: '', kind: 'none' }, refused };
  }
}

/** What a fault answers in GitHub's stead; an empty reply where nothing shall be sent or done. */
function injected(
  fault: GitHubFault['answer'] | undefined,
  book: LimitBook,
  caller: { key: string; kind: string },
  call: GitHubCall,
): Reply | undefined {
  if (fault === 'html-502') return { status: 502, body: unicornPage };
  if (fault === 'hang' || fault === 'reset') return { status: 0 };
  if (fault === 'primary-limit') {
    return attempt(() => {
      throw book.primary(caller, call.at);
    }, call);
  }
  if (fault === 'secondary-limit') {
    return attempt(() => {
      throw book.secondary(call.method, 60);
    }, call);
  }
  if (typeof fault !== 'object' || 'slowMs' in fault) return undefined;
  const { status, message = 'Server Error', headers = {} } = fault;
  return attempt(() => {
    throw new GitHubError(status, message, { headers });
  }, call);
}

/** Turns what is thrown into GitHub's answer to it. */
function attempt(respond: () => Reply, call: GitHubCall): Reply {
  try {
    return respond();
  } catch (thrown) {
    const error = asError(thrown);
    call.message = error.message;
    if (/^API rate limit exceeded/.test(error.message)) call.limit = 'primary';
    if (/secondary rate limit/.test(error.message)) call.limit = 'secondary';
    const { status, message, errors, documentation } = error;
    const body = { message, errors, documentation_url: documentation, status: String(status) };
    return { status, headers: error.headers, body };
  }
}

/** What is no answer of GitHub's is a mistake in the stand-in, and says so. */
function asError(thrown: unknown): GitHubError {
  if (thrown instanceof GitHubError) return thrown;
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new GitHubError(500, `SimulatorBug: ${text}`);
}

const noUserAgent = () =>
  new GitHubError(
    403,
    'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.',
    { documentation: `${docs}/overview/resources-in-the-rest-api#user-agent-required` },
  );

function parse(text: string): unknown {
  if (text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new GitHubError(400, 'Problems parsing JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new GitHubError(400, 'Body should be a JSON object');
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
