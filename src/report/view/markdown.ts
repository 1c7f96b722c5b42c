/**
 * Markdown made of text that came from outside: AWS, logs, files, pull requests. Such text only ever
 * stands in code spans and fenced blocks, where GitHub reads no Markdown, HTML, mentions, references
 * or links; in prose, only plain words do. https://github.github.com/gfm/
 */

/** Control characters, and those that turn or hide text. */
const invisible = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function clean(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(invisible, ' ').toWellFormed();
}

/** Characters of one text in a line: an ARN, an image or a sentence has less. */
const longestLine = 4_000;

function oneLine(text: string): string {
  const line = clean(text.slice(0, 2 * longestLine))
    .replace(/\s+/g, ' ')
    .trim();
  const isLong = line.length > longestLine || text.length > 2 * longestLine;
  return isLong ? `${line.slice(0, longestLine).toWellFormed()}…` : line;
}

/** More backticks than stand in a row anywhere in `text`, and at least `least`. */
function backticks(text: string, least: number): string {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return '`'.repeat(Math.max(least, longest + 1));
}

/** A code span on one line; the empty string where there is nothing to show. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  const ticks = backticks(line, 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${line}${pad}${ticks}`;
}

/**
 * A code span for a cell of a table, where a bar would end the cell even in code, and one behind an
 * escaped backslash too.
 */
export function cellCode(text: string): string {
  return code(text).replace(/(\\*)\|/g, '$1$1\\|');
}

/** A fenced block. `language` is ours, e.g. `json`. */
export function fence(text: string, language = ''): string {
  const body = clean(text).trimEnd();
  const ticks = backticks(body, 3);
  return `${ticks}${language}\n${body}\n${ticks}`;
}

/** Words that no reader of Markdown takes for anything else, `7s` and `1.4.0` among them. */
const plainWord = /^(?:\p{L}[\p{L}\p{M}’'-]*|\d+(?:[.,:]\d+)*(?:%|s|m|h)?|[—–·→−…]+)$/u;
/** Abbreviated commits, which GitHub makes links of. */
const commit = /\b[0-9a-f]{7,40}\b/i;

function isPlain(word: string): boolean {
  return word === '' || (plainWord.test(word) && !commit.test(word));
}

/** A stretch of a sentence: in code, or words that are plain. */
interface Piece {
  readonly isCode: boolean;
  readonly text: string;
}

const plain = (text: string): Piece => ({ isCode: false, text });
const coded = (text: string): Piece => ({ isCode: true, text });

/** One word: as it is, or in code without the punctuation around it. */
function word(text: string): Piece[] {
  const [, before = '', core = '', after = ''] =
    /^([("“‘']*)(.*?)([)"”’'.,;:!?]*)$/s.exec(text) ?? [];
  // `e.g.`, `time(s)`
  const isWord = /^(e\.g|i\.e)$/.test(core) || /^\p{L}+\(s\)[.,:;]?$/u.test(text);
  if (isWord && !commit.test(text)) return [plain(text)];
  // What our own words have set in code already.
  const inner = /^`([^`]+)`$/.exec(core)?.[1];
  return isPlain(core) ? [plain(text)] : [plain(before), coded(inner ?? core), plain(after)];
}

/**
 * A sentence for a paragraph: every word that is not plain, and every one of `names`, is set in code.
 */
export function prose(text: string, names: readonly (string | null)[] = []): string {
  // A number and a dot would begin a list.
  const line = oneLine(text).replace(/^(\d+)(?=[.)](?: |$))/, 'No. $1');
  const known = names
    .flatMap((name) => (name === null || oneLine(name) === '' ? [] : [oneLine(name)]))
    .toSorted((one, other) => other.length - one.length);
  if (known.length === 0) return written(words(line));
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}_/:.@-])(${known.map(escaped).join('|')})(?![.:]?[\\p{L}\\p{N}_/@-])`,
    'u',
  );
  const parts = line.split(pattern);
  return written(parts.flatMap((part, index) => (index % 2 === 1 ? [coded(part)] : words(part))));
}

function words(text: string): Piece[] {
  return text.split(' ').flatMap((one, index) => [plain(index > 0 ? ' ' : ''), ...word(one)]);
}

/** What is in code side by side goes into one span: the backticks of two would run together. */
function written(pieces: readonly Piece[]): string {
  let result = '';
  let span = '';
  for (const { isCode, text } of pieces) {
    if (isCode) span += text;
    else if (text !== '') {
      result += code(span) + text;
      span = '';
    }
  }
  return result + code(span);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** A link whose label is plain text. `url` is a whole http(s) URL. */
export function link(label: string, url: string): string {
  const text = oneLine(label).replace(/[\\`*_{}[\]<>()#+!|~$&@:=-]/g, '\\$&');
  // Whatever could end the destination is written in its encoded form.
  const target = new URL(url).href.replace(
    /[()<>\s\\|`[\]]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return `[${text}](${target})`;
}

/** What is folded away behind `title`, which is ours: HTML, so no Markdown is read in it. */
export function details(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** `first`, `second` and so on, cut to `most` of them. */
export function listed(items: readonly string[], most: number): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(', ')} and ${more} more` : items.join(', ');
}
