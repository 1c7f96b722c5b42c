import type { IncomingHttpHeaders } from 'node:http';
import type { State } from '../engine/state.ts';
import { ApiError } from '../errors.ts';
import type { Caller } from '../resources.ts';
import type { Json } from '../world.ts';

/** One HTTP request as the rooms see it. */
export interface Call {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** The service that the signature is for, e.g. `ecs`. */
  signedFor: string | undefined;
}

export interface Context {
  state: State;
  caller: Caller;
  /** The simulated time. */
  at: number;
  /** The region that the request is signed for. */
  region: string;
  /** Where this simulator is reached, as the caller sees it. */
  url: string;
}

export interface Reply {
  status: number;
  type: string;
  body: string;
}

/** What a call asks for. */
export interface Request {
  operation: string;
  input: Json;
}

export type Operation = (input: Json, context: Context) => Json;

/** One service behind the simulator's address. */
export interface Room {
  name: string;
  /** `signed` where absent: others are not even looked at. */
  admits?: 'signed' | 'everyone';
  /** Undefined when the call is for another room. */
  read(call: Call): Request | undefined;
  answer(request: Request, context: Context): Reply;
  refuse(error: ApiError, requestId: string): Reply;
}

/** A service of AwsJson 1.1: the operation stands in `X-Amz-Target`. */
export function jsonService(
  name: string,
  target: string,
  operations: Record<string, Operation>,
): Room {
  const reply = (status: number, body: Json): Reply => ({
    status,
    type: 'application/x-amz-json-1.1',
    body: JSON.stringify(body),
  });
  return {
    name,
    read: ({ headers, body }) => {
      const [prefix, operation] = String(headers['x-amz-target'] ?? '').split('.');
      if (prefix !== target || operation === undefined) return undefined;
      return { operation, input: parse(body) };
    },
    answer: ({ operation, input }, context) =>
      reply(200, known(operations, operation)(input, context)),
    refuse: (error) => reply(error.status, { __type: error.type, message: error.message }),
  };
}

/** The operation of that name. */
export function known<T>(operations: Record<string, T>, operation: string): T {
  const implementation = operations[operation];
  if (implementation === undefined || !Object.hasOwn(operations, operation)) {
    throw new ApiError('UnknownOperationException', `Unknown operation ${operation}`);
  }
  return implementation;
}

function parse(body: string): Json {
  try {
    const value: unknown = JSON.parse(body === '' ? '{}' : body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value));
    }
  } catch {
    // Falls through to what AWS says about such a body.
  }
  throw new ApiError('SerializationException', 'Unexpected content in the request body');
}

/** Whether a call is for the region that the world is in; all others are empty. */
export function isHere({ state, region }: Context): boolean {
  return region === state.world.region;
}

/** One page of a list whose tokens are offsets, and the token for the next one. */
export function pageFrom<T>(
  items: T[],
  token: unknown,
  size: number,
): { items: T[]; next: string | undefined } {
  const from = typeof token === 'string' && token !== '' ? Number.parseInt(token, 36) : 0;
  const end = from + size;
  return { items: items.slice(from, end), next: end < items.length ? end.toString(36) : undefined };
}

/** An answer without the fields that have no value. */
export function present(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
