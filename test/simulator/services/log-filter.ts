import { invalidParameter } from '../errors.ts';

/**
 * Whether a line fits a filter pattern of terms: all of them, none with `-`, any one with `?`.
 * Patterns for JSON and for fields are not played.
 */
export function fitsFilter(pattern: string, message: string): boolean {
  if (/^\s*[[{%]/.test(pattern)) throw invalidParameter('Invalid filter pattern');
  const terms = pattern.match(/[?-]?(?:"[^"]*"|[^\s"]+)/g) ?? [];
  const textOf = (term: string) => term.replace(/^[?-]/, '').replaceAll('"', '');
  const optional = terms.filter((term) => term.startsWith('?'));
  return (
    (optional.length === 0 || optional.some((term) => message.includes(textOf(term)))) &&
    terms
      .filter((term) => !term.startsWith('?'))
      .every((term) => message.includes(textOf(term)) !== term.startsWith('-'))
  );
}
