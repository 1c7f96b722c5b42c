import { readFile, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { RejectedError } from '../errors.ts';
import { registrable, withoutNulls } from './cleaning.ts';
import { isObject, type JsonObject } from './json.ts';
import { type ParsedText, parseText, SyntaxProblem } from './source-text.ts';
import type { Location, Path, TaskDefinition } from './types.ts';

/** A task definition in a file of the workspace. */
export interface DefinitionFile {
  readonly definition: TaskDefinition;
  readonly label: string;
  locate(path: Path): Location;
}

/** Bytes: what describe-task-definition prints of the largest definition is well below. */
const LARGEST_FILE = 1_048_576;

/**
 * The task definition in the JSON or YAML file at `path` (relative to the directory `workspace`),
 * bare or as `aws ecs describe-task-definition` prints it. Throws a `RejectedError` with file and
 * line when it cannot be read or is none.
 */
export async function readDefinitionFile(path: string, workspace: string): Promise<DefinitionFile> {
  const absolute = resolve(workspace, path);
  const file = relative(workspace, absolute).split(sep).join('/');
  const fail = (message: string, line?: number, cause?: unknown): never => {
    const where = line === undefined ? { file } : { file, line };
    throw new RejectedError([{ input: 'task-definition', message, ...where }], { cause });
  };

  const { size } = await stat(absolute).catch((error) =>
    fail(whyUnreadable(error), undefined, error),
  );
  if (size > LARGEST_FILE) return fail('the file is too large: a definition has 64 KiB at most.');
  const text = decode(
    await readFile(absolute).catch((error) => fail(whyUnreadable(error), undefined, error)),
  );
  if (text === undefined) return fail('the file is not text in UTF-8.');
  if (text.trim() === '') return fail('the file is empty.', 1);

  const parsed = parse(text, /\.json$/i.test(path) ? 'json' : 'yaml', fail);
  const { root, prefixOf } = unwrap(parsed.value);
  const line = (at: Path) => parsed.lineOf([...prefixOf(at), ...at]);
  if (!isObject(root)) return fail(whyNoObject(root), line([]));
  const capital = capitalisedKey(root);
  if (capital !== undefined) {
    return fail(
      `this looks like a CloudFormation resource (${capital}). The ECS API's names begin in lower case: ${uncapitalised(capital)}.`,
      line([capital]),
    );
  }

  const nulls: Path[] = [];
  const { tags, ...members } = withoutNulls(root, (at) => nulls.push(at)) as JsonObject;
  if (nulls.length > 0) {
    throw new RejectedError(
      nulls.map((at) => ({
        input: 'task-definition',
        message: 'a list holds an empty item (null). Remove it or write its value.',
        file,
        line: line(at),
      })),
    );
  }
  return {
    definition: registrable(members, tags),
    label: file,
    locate: (at) => ({ file, line: line(at) }),
  };
}

/** PowerShell's `>` writes UTF-16; a byte order mark is dropped. Absent when it is not text. */
function decode(bytes: Uint8Array): string | undefined {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parse(
  text: string,
  format: 'json' | 'yaml',
  fail: (message: string, line?: number, cause?: unknown) => never,
): ParsedText {
  try {
    return parseText(text, format);
  } catch (error) {
    if (error instanceof SyntaxProblem) return fail(error.message, error.line, error);
    throw error;
  }
}

/** `{"taskDefinition": {…}, "tags": […]}` as one object, and the way back to where members stand. */
function unwrap(value: unknown): { root: unknown; prefixOf: (path: Path) => Path } {
  if (!isObject(value) || !('taskDefinition' in value)) return { root: value, prefixOf: () => [] };
  const { taskDefinition, tags } = value;
  const beside = Array.isArray(tags) && tags.length > 0;
  return {
    root: beside && isObject(taskDefinition) ? { ...taskDefinition, tags } : taskDefinition,
    prefixOf: ([first]) => (beside && first === 'tags' ? [] : ['taskDefinition']),
  };
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT:
    'there is no such file. Is the path relative to the workspace, and was the repository checked out (actions/checkout) before this step?',
  EISDIR: 'this is a directory, not a file.',
  EACCES: 'the file may not be read by the user that runs the job.',
};

function whyUnreadable(error: NodeJS.ErrnoException): string {
  return (
    UNREADABLE[error.code ?? ''] ?? `the file cannot be read (${error.code ?? error.message}).`
  );
}

function whyNoObject(root: unknown): string {
  const found = Array.isArray(root) ? 'a list' : root === null ? 'nothing' : `a ${typeof root}`;
  return `this is ${found} where a task definition is needed: an object with family and containerDefinitions.`;
}

const OBVIOUS = new Set([
  'resources',
  'properties',
  'taskDefinition',
  'family',
  'containerDefinitions',
]);

function capitalisedKey(root: JsonObject): string | undefined {
  return Object.keys(root).find((key) => /^[A-Z]/.test(key) && OBVIOUS.has(uncapitalised(key)));
}

function uncapitalised(key: string): string {
  return key.charAt(0).toLowerCase() + key.slice(1);
}
