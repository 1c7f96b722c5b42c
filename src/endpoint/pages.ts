import type { Asker, Outcome } from './ask.ts';

/** One answer of an operation that gives its items in pages. */
interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly marker: string | undefined;
}

/** Everything that was found, and why the rest was not. */
export interface Collected<T> {
  readonly items: readonly T[];
  /** Each completes "not found: …". */
  readonly whys: readonly string[];
  /** ARNs that AWS does not know. */
  readonly missing: readonly string[];
}

/** AWS describes at most this many in one call. */
const arnsPerCall = 20;
/** Bounds an answer that never ends; a load balancer with all its rules has far fewer. */
const mostPages = 50;

/** All pages of one question; what came before a failure is kept. */
export async function everyPage<T>(
  { ask }: Asker,
  permission: string,
  send: (marker: string | undefined, abortSignal: AbortSignal) => Promise<Page<T>>,
): Promise<Outcome<readonly T[]> & { readonly items: readonly T[] }> {
  const items: T[] = [];
  let marker: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const asked = await ask(permission, (abortSignal) => send(marker, abortSignal));
    if (asked.kind !== 'answer') return { ...asked, items };
    items.push(...(asked.value.items ?? []));
    marker = asked.value.marker || undefined;
    if (marker === undefined) break;
  }
  return { kind: 'answer', value: items, items };
}

/**
 * Describes things by their ARNs, many in a call. AWS refuses a call for one that does not exist:
 * each is then asked for on its own.
 */
export async function describeEach<T>(
  asker: Asker,
  permission: string,
  arns: readonly string[],
  send: (arns: string[], abortSignal: AbortSignal) => Promise<readonly T[] | undefined>,
): Promise<Collected<T>> {
  const chunks = Array.from({ length: Math.ceil(arns.length / arnsPerCall) }, (_, at) =>
    arns.slice(at * arnsPerCall, (at + 1) * arnsPerCall),
  );
  const parts = await Promise.all(
    chunks.map(async (chunk): Promise<Collected<T>> => {
      const asked = await asker.ask(permission, (abortSignal) => send(chunk, abortSignal));
      switch (asked.kind) {
        case 'answer':
          return { items: asked.value ?? [], whys: [], missing: [] };
        case 'none':
          return { items: [], whys: [asked.why], missing: [] };
        case 'missing':
          if (chunk.length === 1) return { items: [], whys: [], missing: chunk };
          return joined(
            await Promise.all(chunk.map((arn) => describeEach(asker, permission, [arn], send))),
          );
      }
    }),
  );
  return joined(parts);
}

function joined<T>(parts: readonly Collected<T>[]): Collected<T> {
  return {
    items: parts.flatMap(({ items }) => items),
    whys: parts.flatMap(({ whys }) => whys),
    missing: parts.flatMap(({ missing }) => missing),
  };
}
