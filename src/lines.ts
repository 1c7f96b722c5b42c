import type { Problem } from './errors.ts';
import type { Assignment, Target } from './task-definition/types.ts';

/**
 * The inputs that are lists of lines. Blank lines and lines that start with `#` are left out.
 * Problems name the line by its number and never quote a value: it may be a password.
 */
interface Line {
  readonly number: number;
  readonly text: string;
}

function lines(text: string): Line[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ number: index + 1, text: line.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
}

export interface Parsed<T> {
  readonly values: readonly T[];
  readonly problems: readonly Problem[];
}

function parseEach<T>(
  input: string,
  all: readonly Line[],
  parse: (line: string) => T | string,
): Parsed<T> {
  const values: T[] = [];
  const problems: Problem[] = [];
  for (const line of all) {
    const parsed = parse(line.text);
    if (typeof parsed === 'string') {
      problems.push({ input, message: `Line ${line.number}: ${parsed}` });
    } else {
      values.push(parsed);
    }
  }
  return { values, problems };
}

/** `[container/]NAME`. A container name has no slash; neither has a variable's. */
function parseTarget(text: string): Target | undefined {
  const match = /^(?:([A-Za-z0-9_-]+)\/)?([A-Za-z_][\w.-]*)$/.exec(text);
  return match ? { container: match[1], name: match[2] ?? '' } : undefined;
}

/**
 * Lines of `[container/]NAME=value`, split at the first `=`. A value in double quotes may hold
 * `\n`, `\t`, `\r`, `\"` and `\\`, and may go on over several lines until its closing quote; in
 * single quotes it stands for itself. `NAME=` is the empty string.
 */
export function parseAssignments(input: string, text: string): Parsed<Assignment> {
  return parseEach(input, lines(joinQuoted(text)), (line) => {
    const equals = line.indexOf('=');
    const target = equals < 0 ? undefined : parseTarget(line.slice(0, equals).trim());
    if (!target && /^[-\w./ ]+:/.test(line)) {
      return 'write = between name and value, not a colon.';
    }
    if (!target) {
      return 'expected NAME=value or container/NAME=value (the line is not shown: it may hold a secret).';
    }
    return { ...target, value: unquote(line.slice(equals + 1).trim()) };
  });
}

/** Puts a double-quoted value that spans several lines onto one, its line ends written as `\n`. */
function joinQuoted(text: string): string {
  return text.replace(
    /^([ \t]*[^\s#="'][^="'\n]*=[ \t]*)"((?:[^"\\]|\\.)*)"(?=[ \t]*\r?$)/gm,
    (_, start: string, body: string) => `${start}"${body.replaceAll(/\r?\n/g, '\\n')}"`,
  );
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unquote(value: string): string {
  const double = /^"((?:[^"\\]|\\.)*)"$/.exec(value)?.[1];
  if (double !== undefined) {
    return double.replaceAll(/\\(.)/g, (whole, letter: string) =>
      letter === '"' || letter === '\\' ? letter : (escapes[letter] ?? whole),
    );
  }
  return /^'([^']*)'$/.exec(value)?.[1] ?? value;
}

/** `[container/]NAME` a line, or separated by commas. */
export function parseTargets(input: string, text: string): Parsed<Target> {
  const all = lines(text).flatMap(({ number, text }) =>
    text.split(',').map((part) => ({ number, text: part.trim() })),
  );
  return parseEach(
    input,
    all.filter(({ text }) => text !== ''),
    (line) => parseTarget(line) ?? 'expected NAME or container/NAME.',
  );
}

/** One image for the default container, or lines of `container=image`. */
export function parseImages(
  input: string,
  text: string,
): Parsed<{ container: string | undefined; image: string }> {
  const all = lines(text);
  const parsed = parseEach(input, all, (line) => {
    // An image reference holds no `=`, so one tells the two forms apart.
    const match = /^(?:([A-Za-z0-9_-]+)\s*=\s*)?([^\s=]+)$/.exec(line);
    return match
      ? { container: match[1], image: match[2] ?? '' }
      : 'expected an image such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1.2, or container=image.';
  });
  const bare = parsed.values.filter(({ container }) => container === undefined);
  if (bare.length < 2) return parsed;
  return {
    ...parsed,
    problems: [
      ...parsed.problems,
      { input, message: `${bare.length} lines name no container. Write each as container=image.` },
    ],
  };
}

/** Lines of `key=value`; a key given twice keeps its last value. */
export function parseTags(input: string, text: string): Parsed<readonly [string, string]> {
  return parseEach(input, lines(text), (line) => {
    const equals = line.indexOf('=');
    const key = line.slice(0, equals).trim();
    if (equals <= 0 || key === '') return 'expected key=value.';
    if (/^aws:/i.test(key)) return 'a key that starts with `aws:` is reserved by AWS.';
    return [key, line.slice(equals + 1).trim()] as const;
  });
}

/** Names separated by commas or line ends, each once, in their order. */
export function parseNames(text: string): string[] {
  const names = text.split(/[,\n]/).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}
