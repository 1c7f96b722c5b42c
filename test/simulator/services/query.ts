import type { ApiError } from '../errors.ts';
import type { Json } from '../world.ts';
import type { Operation, Reply, Room } from './room.ts';
import { known } from './room.ts';

/**
 * A service of AwsQuery: a form in, XML out. Operations get the form as the SDK's own input and
 * return their result as the SDK shows it.
 */
export function queryService(
  name: string,
  signedFor: string,
  xmlns: string,
  operations: Record<string, Operation>,
): Room {
  return {
    name,
    read: (call) => {
      if (call.signedFor !== signedFor || call.headers['x-amz-target'] !== undefined) {
        return undefined;
      }
      const { Action: operation, Version: _version, ...form } = readForm(call.body);
      return typeof operation === 'string' ? { operation, input: form } : undefined;
    },
    answer: ({ operation, input }, context) => {
      const result = xml(known(operations, operation)(input, context));
      return reply(
        200,
        `<${operation}Response xmlns="${xmlns}"><${operation}Result>${result}</${operation}Result></${operation}Response>`,
      );
    },
    refuse: (error: ApiError, requestId) => {
      // This protocol says AccessDenied where the other one says AccessDeniedException.
      const code = error.type.replace(/Exception$/, '');
      return reply(
        error.status === 400 && code === 'AccessDenied' ? 403 : error.status,
        `<ErrorResponse xmlns="${xmlns}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${xml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      );
    },
  };
}

function reply(status: number, body: string): Reply {
  return { status, type: 'text/xml', body };
}

/** `A.member.1.B=x` as `{ A: [{ B: 'x' }] }`. */
function readForm(body: string): Json {
  const tree: Json = {};
  for (const [key, value] of new URLSearchParams(body)) {
    const path = key.split('.');
    const last = path.pop() ?? '';
    let node = tree;
    for (const part of path) {
      node[part] ??= {};
      node = node[part] as Json;
    }
    node[last] = value;
  }
  return withLists(tree) as Json;
}

function withLists(node: unknown): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const { member, ...fields } = node as Json;
  if (member !== undefined) return Object.values(member as Json).map(withLists);
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, withLists(value)]),
  );
}

function xml(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => `<${name}>${xml(field)}</${name}>`)
      .join('');
  }
  return String(value).replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The time format of this protocol. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
