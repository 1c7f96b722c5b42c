import {
  type Document,
  isAlias,
  isMap,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { Path } from './types.ts';
import { describeYamlFault } from './yaml-faults.ts';

/**
 * A text that is no JSON or YAML. Quotes none of it but at most one character, and has no cause, as
 * the errors of the parsers quote more: the text may hold a password.
 */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

/** The value that a text holds and the lines (counted from 1) where its parts stand. */
export interface ParsedText {
  readonly value: unknown;
  /** The line of the value at `path`, or of its nearest ancestor. */
  lineOf(path: Path): number;
}

/**
 * Reads one document of JSON or YAML 1.2 (with `<<` merge keys). JSON is judged by JSON's own rules;
 * only the lines are taken from the YAML parser. An empty YAML text holds `null`. Throws a
 * `SyntaxProblem`.
 */
export function parseText(text: string, format: 'json' | 'yaml'): ParsedText {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    // No process warnings, which quote keys. With 'silent' a second document would be no error.
    logLevel: 'error',
  });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const value = format === 'json' ? jsonValue(text, lineAt) : yamlValue(document, lineAt);
  return {
    value,
    lineOf: (path) => lineAt(nodeAt(document, path)?.range?.[0] ?? 0),
  };
}

function jsonValue(text: string, lineAt: (offset: number) => number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { reason, offset } = jsonFault(text, (error as SyntaxError).message);
    throw new SyntaxProblem(`this is not valid JSON: ${reason}.`, lineAt(offset));
  }
}

/** Begins the message of V8 that quotes the text; all others are constant but for the position. */
const QUOTING = 'Unexpected token';

/** Where and why `text` stops being JSON, from what V8 says of it without the text that it quotes. */
function jsonFault(text: string, said: string): { reason: string; offset: number } {
  if (!said.startsWith(QUOTING)) {
    const [, reason, offset] = /^(.*?)(?: in JSON| after JSON)? at position (\d+)/.exec(said) ?? [];
    return reason === undefined
      ? { reason: 'it ends too early', offset: text.trimEnd().length }
      : { reason, offset: Number(offset) };
  }
  // V8 names no position here; it is the end of the shortest beginning that fails in the same way.
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (failsOnToken(text.slice(0, middle))) bad = middle;
    else good = middle;
  }
  return { reason: `unexpected ${text.charAt(good)}`, offset: good };
}

function failsOnToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return (error as SyntaxError).message.startsWith(QUOTING);
  }
}

function yamlValue(document: Document.Parsed, lineAt: (offset: number) => number): unknown {
  const problem = (why: string, offset?: number) =>
    new SyntaxProblem(
      `this cannot be read as YAML: ${why}.`,
      offset === undefined ? undefined : lineAt(offset),
    );
  const [fault] = [...document.errors, ...document.warnings];
  if (fault) throw problem(describeYamlFault(fault.code), fault.pos[0]);
  const stray = strayAlias(document);
  if (stray) {
    throw problem(
      'an alias (*name) has no anchor (&name) before it. Quote a value that begins with *',
      stray.range?.[0],
    );
  }
  try {
    // The detour makes plain JSON of it and refuses an anchor that holds itself.
    return JSON.parse(JSON.stringify(document.toJS()));
  } catch (error) {
    throw problem(whyUnresolved(error));
  }
}

/** The first alias whose anchor is not set before it. */
function strayAlias(document: Document.Parsed): Node | undefined {
  const anchors = new Set<string>();
  let stray: Node | undefined;
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) {
        if (anchors.has(node.source)) return undefined;
        stray = node;
        return visit.BREAK;
      }
      if (node.anchor) anchors.add(node.anchor);
      return undefined;
    },
  });
  return stray;
}

/** What an error of `toJS` or `JSON.stringify` means; its message may quote a key. */
function whyUnresolved(error: unknown): string {
  if (error instanceof ReferenceError)
    return 'its aliases unfold to too much. Write the values out';
  if (error instanceof TypeError) return 'an anchor holds an alias of itself';
  return 'a merge key (<<) has something else than a mapping or an alias of one';
}

function nodeAt(document: Document.Parsed, path: Path): Node | null {
  let node: Node | null = document.contents;
  for (const step of path) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    const child = isMap(parent) || isSeq(parent) ? parent.get(step, true) : undefined;
    if (child === undefined || child === null) break;
    node = child as Node;
  }
  return node;
}
