import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { Changes, Location, Path, TaskDefinition } from './task-definition/types.ts';

/** Which workflow file and job the step belongs to, as the runner says; empty where it does not. */
export interface WorkflowReference {
  /** `GITHUB_WORKFLOW_REF`: `owner/repository/.github/workflows/deploy.yml@refs/heads/main`. */
  readonly ref: string;
  /** `GITHUB_JOB`: the job's key in the file. */
  readonly job: string;
}

/** What of the inputs a line is looked for by. */
interface Sought {
  /** The folder that the workflow file is looked for in. */
  readonly workspace: string;
  readonly workflow: WorkflowReference;
  readonly changes: Changes;
}

/**
 * Finds the lines of the workflow file that gave a secret or an image to the task definition, so
 * that a finding is shown where it was caused. Undefined where the file is not in the workspace, is
 * another one (a reusable workflow), or holds more than one such line. Never throws.
 * https://docs.github.com/actions/reference/workflows-and-actions/variables
 */
export function workflowLocator(
  { workspace, workflow, changes }: Sought,
  definition: TaskDefinition,
): (path: Path) => Location | undefined {
  return (path) => {
    const [root, index, field, item] = path;
    if (root !== 'containerDefinitions') return undefined;
    const container = definition.containerDefinitions?.[Number(index)];
    const of = (target: { container: string | undefined }) =>
      target.container === undefined || target.container === container?.name;
    if (field === 'secrets') {
      const name = container?.secrets?.[Number(item)]?.name;
      const set = changes.secrets.find((one) => one.name === name && of(one));
      return set && locate(workspace, workflow, 'secrets', assignmentOf(set.name));
    }
    const image = field === 'image' && changes.images.find(of);
    return image ? locate(workspace, workflow, 'image', () => true) : undefined;
  };
}

/** Whether a line assigns `name`, for whichever container. */
function assignmentOf(name: string): (line: string) => boolean {
  return (line) => line.split('=', 1)[0]?.trim().split('/').at(-1) === name;
}

function locate(
  workspace: string,
  { ref, job }: WorkflowReference,
  input: string,
  matches: (line: string) => boolean,
): Location | undefined {
  const file = /^[^/]+\/[^/]+\/(.+?)@/.exec(ref)?.[1];
  const text = file && read(join(workspace, file));
  if (!file || !text) return undefined;
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const found: { line: number; job: unknown }[] = [];
  visit(document, {
    Pair(_, pair, parents) {
      if (!isScalar(pair.key) || pair.key.value !== 'with' || !isMap(pair.value)) return;
      const value = pair.value.get(input, true);
      const line = value && lineOf(value, text, counter, matches);
      // The ancestors are: the document, its map, `jobs:`, the jobs' map, the job's pair …
      const [, , , , owner] = parents as readonly { key?: { value?: unknown } }[];
      if (line) found.push({ line, job: owner?.key?.value });
    },
  });
  const own = found.filter((one) => one.job === job);
  const [only, ...others] = own.length > 0 ? own : found;
  return only && others.length === 0 ? { file, line: only.line } : undefined;
}

/** The first line of a value's text that matches; a value of one line begins beside its key. */
function lineOf(
  { range }: Node,
  text: string,
  counter: LineCounter,
  matches: (line: string) => boolean,
): number | undefined {
  if (!range) return undefined;
  let offset = range[0];
  for (const line of text.slice(range[0], range[1]).split('\n')) {
    const bare = line.replace(/^["']|["']$/g, '');
    if (!/^[|>][-+\d]*\s*$/.test(line) && matches(bare)) return counter.linePos(offset).line;
    offset += line.length + 1;
  }
  return undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
