import type { Ask, Reply } from './room.ts';
import { repositoryId } from './views.ts';

/** One page of a list, with a `Link` header where there are more. */
export function paged<T>(ask: Ask, path: string, items: T[], show: (item: T) => unknown): Reply {
  const size = Math.min(100, asked(ask.query, 'per_page', 30));
  const page = asked(ask.query, 'page', 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const body = items.slice((page - 1) * size, page * size).map(show);
  const links: string[] = [];
  const link = (rel: string, to: number) => {
    const query = new URLSearchParams(ask.query);
    query.set('page', String(to));
    // Links go by the repository's number, not by its name.
    const url = `${ask.api}/repositories/${repositoryId(ask.state)}${path}?${query}`;
    links.push(`<${url}>; rel="${rel}"`);
  };
  if (page > 1) link('prev', Math.min(page - 1, last));
  if (page < last) link('next', page + 1);
  if (page !== last && last > 1) link('last', last);
  if (page > 1) link('first', 1);
  return { status: 200, body, ...(links.length > 0 && { headers: { link: links.join(', ') } }) };
}

function asked(query: URLSearchParams, name: string, otherwise: number): number {
  const value = Number.parseInt(query.get(name) ?? '', 10);
  return value > 0 ? value : otherwise;
}
