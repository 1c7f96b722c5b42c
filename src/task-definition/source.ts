import type { ECSClient } from '@aws-sdk/client-ecs';
import { rejected } from '../errors.ts';
import { readDefinitionFile } from './source-file.ts';
import { findRevision, readRevision } from './source-revision.ts';
import type { Source, SourceReference } from './types.ts';

/** What `loadSource` needs: a client, the directory of the workspace and what the service runs. */
export interface SourceDependencies {
  readonly ecs: Pick<ECSClient, 'send'>;
  /** Absolute; paths of files are relative to it. */
  readonly workspace: string;
  /** ARN or `family:revision` of the task definition that the service runs now. */
  readonly runningTaskDefinition: string;
}

const FAMILY = /^[\w-]{1,255}(:\d+)?$/;
const ARN = /^arn:aws[\w-]*:ecs:[\w-]+:\d{12}:task-definition\/[\w-]{1,255}(:\d+)?$/;

/**
 * What the input `task-definition` names: a file by its ending, else a family, a `family:revision`
 * or an ARN; nothing at all is what the service runs. Throws a `RejectedError` for anything else.
 */
export function parseSourceReference(text: string | undefined): SourceReference {
  const reference = text?.trim() ?? '';
  if (reference === '') return { kind: 'running' };
  if (/^[^\r\n{]*\.(json|ya?ml)$/i.test(reference)) return { kind: 'file', path: reference };
  if (FAMILY.test(reference) || ARN.test(reference)) return { kind: 'revision', id: reference };
  throw rejected('task-definition', whatIsWrong(reference));
}

function whatIsWrong(reference: string): string {
  if (/[{\n]/.test(reference)) {
    return 'this looks like a task definition itself. Write it to a file and give the path of the file.';
  }
  if (/^[\w-]+:\D/.test(reference) && !reference.startsWith('arn:')) {
    return `"${reference}" has no revision that is a number. Write family:7, or only the family for its newest revision.`;
  }
  return `"${reference}" is neither a file that ends in .json, .yaml or .yml, nor a family, family:revision or task definition ARN.`;
}

/**
 * The task definition that `reference` names, with the revision to compare it with. Throws a
 * `RejectedError` when there is none that can be read; errors of AWS that are not about the
 * reference (denied, throttled) pass through untouched.
 */
export async function loadSource(
  reference: SourceReference,
  { ecs, workspace, runningTaskDefinition }: SourceDependencies,
): Promise<Source> {
  switch (reference.kind) {
    case 'file': {
      const file = await readDefinitionFile(reference.path, workspace);
      return { ...file, revision: await findRevision(ecs, file.definition.family) };
    }
    case 'revision':
      return readRevision(ecs, reference.id, 'must be active');
    case 'running':
      return readRevision(ecs, runningTaskDefinition, 'may be inactive');
  }
}
