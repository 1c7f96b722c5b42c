import type { IncomingHttpHeaders } from 'node:http';
import type { State } from '../engine/state.ts';
import { ApiError } from '../errors.ts';
import type { Caller, Json } from '../world.ts';

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

/** A service of AwsQuery: a form in, XML out. Operations return the inside of their result. */
export function queryService(
  name: string,
  signedFor: string,
  xmlns: string,
  operations: Record<string, (input: Json, context: Context) => string>,
): Room {
  return {
    name,
    read: (call) => {
      if (call.signedFor !== signedFor || call.headers['x-amz-target'] !== undefined) {
        return undefined;
      }
      const input = Object.fromEntries(new URLSearchParams(call.body));
      return input.Action === undefined ? undefined : { operation: input.Action, input };
    },
    answer: ({ operation, input }, context) => {
      const result = known(operations, operation)(input, context);
      return xml(
        200,
        `<${operation}Response xmlns="${xmlns}"><${operation}Result>${result}</${operation}Result></${operation}Response>`,
      );
    },
    refuse: (error, requestId) => {
      // This protocol says AccessDenied where the other one says AccessDeniedException.
      const code = error.type.replace(/Exception$/, '');
      return xml(
        error.status === 400 && code === 'AccessDenied' ? 403 : error.status,
        `<ErrorResponse xmlns="${xmlns}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      );
    },
  };
}

/** Text for the inside of an XML element. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function xml(status: number, body: string): Reply {
  return { status, type: 'text/xml', body };
}

function known<T>(operations: Record<string, T>, operation: string): T {
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
