import { isDeepStrictEqual } from 'node:util';
import { canonical, isDefault, isNothing } from './canonical.ts';
import { formatPath, isObject } from './json.ts';
import { counterpart } from './lists.ts';
import type { Path, TaskDefinition } from './types.ts';

const ROLES = ['executionRoleArn', 'taskRoleArn'] as const;

/** Whether registering `a` would give what `b` already is. */
export function sameDefinition(a: TaskDefinition, b: TaskDefinition): boolean {
  return isDeepStrictEqual(canonical(withRolesOf(a, b)), canonical(b));
}

/** `a` with its roles spelled as in `b`: a role may be asked by its name and come back as its ARN. */
export function withRolesOf(a: TaskDefinition, b: TaskDefinition): TaskDefinition {
  const same = ROLES.filter((role) => isSameRole(a[role], b[role]));
  return { ...a, ...Object.fromEntries(same.map((role) => [role, b[role]])) };
}

function isSameRole(a: string | undefined, b: string | undefined): boolean {
  if (!a || !b || (a.startsWith('arn:') && b.startsWith('arn:'))) return a === b;
  return a.replace(/^.*\//, '') === b.replace(/^.*\//, '');
}

/**
 * The paths (as `asked` counts) of what was asked and is not in `registered`: a member or item that
 * is missing or of another structure, such as a field that the SDK does not know yet. A value that
 * came back normalised is not lost, nor is an empty list, nor a default that ECS leaves out. Both
 * with their tags inside.
 */
export function droppedFields(asked: TaskDefinition, registered: TaskDefinition): string[] {
  return [...dropped(asked, registered, [], '')].map(formatPath);
}

function* dropped(asked: unknown, got: unknown, path: Path, pattern: string): Iterable<Path> {
  if (isNothing(asked) || (got === undefined && isDefault(pattern, asked))) return;
  if (structureOf(asked) !== structureOf(got)) {
    yield path;
  } else if (isObject(asked) && isObject(got)) {
    for (const [key, member] of Object.entries(asked)) {
      const at = pattern === '' ? key : `${pattern}.${key}`;
      yield* dropped(member, Object.hasOwn(got, key) ? got[key] : undefined, [...path, key], at);
    }
  } else if (Array.isArray(asked) && Array.isArray(got)) {
    const list = pattern.replace(/^.*\./, '');
    for (const [index, item] of asked.entries()) {
      const other = got[counterpart(list, asked, index, got)];
      yield* dropped(item, other, [...path, index], pattern);
    }
  }
}

function structureOf(value: unknown): 'absent' | 'list' | 'object' | 'scalar' {
  if (value === undefined || value === null) return 'absent';
  if (Array.isArray(value)) return 'list';
  return isObject(value) ? 'object' : 'scalar';
}
