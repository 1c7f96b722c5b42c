import { type Document, isAlias, isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Path } from './types.ts';

/** A text that is no JSON or YAML. The message quotes none of it: it may hold a password. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem';
  readonly line: number | undefined;

  constructor(message: string, line?: number, options?: ErrorOptions) {
    super(message, options);
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
 * only the lines are taken from the YAML parser. Throws a `SyntaxProblem`.
 */
export function parseText(text: string, format: 'json' | 'yaml'): ParsedText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
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

/** Where and why `text` stops being JSON, from what V8 says of it without the text that it quotes. */
function jsonFault(text: string, said: string): { reason: string; offset: number } {
  const positioned = /^(.*?)(?: in JSON| after JSON)? at position (\d+)/s.exec(said);
  if (positioned) return { reason: positioned[1] ?? said, offset: Number(positioned[2]) };
  if (!said.startsWith('Unexpected token')) {
    return { reason: 'it ends too early', offset: text.trimEnd().length };
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
    return (error as SyntaxError).message.startsWith('Unexpected token');
  }
}

function yamlValue(document: Document.Parsed, lineAt: (offset: number) => number): unknown {
  const [fault] = document.errors;
  if (fault?.code === 'MULTIPLE_DOCS') {
    throw new SyntaxProblem(
      'the file holds several YAML documents; keep one.',
      lineAt(fault.pos[0]),
    );
  }
  if (fault)
    throw new SyntaxProblem(`this is not valid YAML: ${fault.message}.`, lineAt(fault.pos[0]));
  const [warning] = document.warnings;
  if (warning) {
    throw new SyntaxProblem(
      `this is not plain YAML: ${warning.message}. Tags such as !Ref or !Sub belong to CloudFormation; write the value.`,
      lineAt(warning.pos[0]),
    );
  }
  try {
    // The detour makes plain JSON of it and refuses an anchor that holds itself.
    return JSON.parse(JSON.stringify(document.toJS()));
  } catch (error) {
    const cause = { cause: error };
    throw error instanceof ReferenceError
      ? new SyntaxProblem(
          `an alias of the file cannot be resolved: ${error.message}.`,
          undefined,
          cause,
        )
      : new SyntaxProblem('an anchor of the file holds an alias of itself.', undefined, cause);
  }
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
