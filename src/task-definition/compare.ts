import { isDeepStrictEqual } from 'node:util';
import { shortName } from '../arn.ts';
import { canonical, isDefault, isNothing } from './canonical.ts';
import { parseCpu, parseMemory } from './fargate-sizes.ts';
import { formatPath, isObject } from './json.ts';
import { counterpart, matchKey } from './lists.ts';
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

function isSameRole(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  if (a === '' || b === '' || (a.startsWith('arn:') && b.startsWith('arn:'))) return a === b;
  return shortName(a) === shortName(b);
}

/**
 * The paths (as `asked` counts) of what was asked and is not in `registered`: a member or item that
 * is missing, such as a field that the SDK does not know yet, or that came back as something else. A
 * value that came back normalised is not lost, nor is an empty list, nor a default that ECS leaves
 * out. Both with their tags inside.
 */
export function droppedFields(asked: TaskDefinition, registered: TaskDefinition): string[] {
  return [...dropped(withRolesOf(asked, registered), registered, [], '')].map(formatPath);
}

function* dropped(asked: unknown, got: unknown, path: Path, pattern: string): Iterable<Path> {
  if (isNothing(asked) || (got === undefined && isDefault(pattern, asked))) return;
  if (isObject(asked) && isObject(got)) {
    for (const [key, member] of Object.entries(asked)) {
      const at = pattern === '' ? key : `${pattern}.${key}`;
      yield* dropped(member, Object.hasOwn(got, key) ? got[key] : undefined, [...path, key], at);
    }
  } else if (Array.isArray(asked) && Array.isArray(got)) {
    yield* droppedItems(asked, got, path, pattern);
  } else if (!isSameScalar(asked, got, pattern)) {
    yield path;
  }
}

/**
 * ECS answers some lists in another order: items are found by what tells them apart, else wherever
 * one came back whole, else by their position.
 */
function* droppedItems(
  asked: readonly unknown[],
  got: readonly unknown[],
  path: Path,
  pattern: string,
): Iterable<Path> {
  const list = pattern.replace(/^.*\./, '');
  const isKeyed = matchKey(list, asked, got) !== undefined;
  const unclaimed = [...got];
  for (const [index, item] of asked.entries()) {
    const whole = isKeyed
      ? -1
      : unclaimed.findIndex((other) => isWhole(dropped(item, other, [], pattern)));
    if (whole < 0) {
      const other = isScalar(item) ? undefined : got[counterpart(list, asked, index, got)];
      yield* dropped(item, other, [...path, index], pattern);
    } else if (isScalar(item)) unclaimed.splice(whole, 1);
  }
}

function isWhole(lost: Iterable<Path>): boolean {
  return [...lost].length === 0;
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object';
}

/** Whether `got` is `asked` as ECS spells it: digits as numbers, sizes in units, a port filled in. */
function isSameScalar(asked: unknown, got: unknown, pattern: string): boolean {
  if (!isScalar(asked) || !isScalar(got) || got === undefined) return false;
  if (String(asked) === String(got)) return true;
  switch (pattern) {
    case 'cpu':
      return parseCpu(asked) !== undefined && parseCpu(asked) === parseCpu(got);
    case 'memory':
      return parseMemory(asked) !== undefined && parseMemory(asked) === parseMemory(got);
    case 'containerDefinitions.portMappings.hostPort':
      return Number(asked) === 0;
    default:
      return typeof asked !== typeof got && Number(asked) === Number(got);
  }
}
