import { type Problem, RejectedError } from '../errors.ts';
import { isNothing } from './canonical.ts';
import { withoutNullItems, withoutNulls } from './cleaning.ts';
import { containerNames, listed } from './container.ts';
import { formatPath, isObject, type JsonObject, objectsOf } from './json.ts';
import { merge } from './merge.ts';
import { parseSecretReference } from './secret-reference.ts';
import type { Changes, TaskDefinition } from './types.ts';

/** The container that is meant where an input (`neededBy`) names none; may throw `RejectedError`. */
export type DefaultContainer = (definition: TaskDefinition, neededBy: string) => string;

/** One change of one container; `container` is absent where the default one is meant. */
interface Edit {
  readonly input: 'image' | 'unset' | 'environment' | 'secrets';
  readonly container: string | undefined;
  /** The variable or secret that is set. */
  readonly sets?: string;
  /** What is wrong with it, whatever the container: it is told and not made. */
  readonly fault?: string | undefined;
  readonly apply: (container: JsonObject) => JsonObject;
}

type AddressedEdit = Edit & { readonly container: string };

/** What the changes made, and what is wrong with those that could not be made. */
export interface Changed {
  readonly definition: TaskDefinition;
  readonly problems: readonly Problem[];
}

/**
 * `definition` with what the inputs change, as a new value: overrides first, then images, unset,
 * environment, secrets and tags. A variable replaces the secret of its name and the other way round;
 * a value that is replaced keeps its place in the list. Names to unset that are not there are left
 * alone: after the first deploy they no longer are. `defaultContainer` is asked at most once, with
 * the overridden definition, and only when it is needed. Changes with a problem are left out and all
 * others made, so that the outcome can be checked for further problems.
 */
export function applyChanges(
  definition: TaskDefinition,
  changes: Changes,
  defaultContainer: DefaultContainer,
): Changed {
  const merged = merge(definition as unknown as JsonObject, usable(changes.overrides));
  const wanted = editsOf(changes);
  const { edits, problems } = address(wanted, toDefinition(merged), defaultContainer);
  const clashing = clashesOf(edits);
  const possible = edits.filter((edit) => edit.fault === undefined && !clashing.includes(edit));

  const tags = Object.entries(changes.tags).map(([key, value]) => ({ key, value }));
  const edited = possible.reduce(applyEdit, merged);
  return {
    definition: toDefinition(withTextSizes(tags.length > 0 ? merge(edited, { tags }) : edited)),
    problems: [
      ...problemsOfOverrides(changes.overrides),
      ...wanted.flatMap(({ input, fault }) => (fault ? [{ input, message: fault }] : [])),
      ...problems,
      ...clashing.map(clashProblem),
    ],
  };
}

function editsOf({ images, unset, environment, secrets }: Changes): readonly Edit[] {
  return [
    ...images.map(
      ({ container, image }): Edit => ({
        input: 'image',
        container,
        apply: (before) => ({ ...before, image }),
      }),
    ),
    ...unset.map(
      ({ container, name }): Edit => ({
        input: 'unset',
        container,
        apply: (before) => without(without(before, 'environment', name), 'secrets', name),
      }),
    ),
    ...environment.map(
      ({ container, name, value }): Edit => ({
        input: 'environment',
        container,
        sets: name,
        apply: (before) => put(without(before, 'secrets', name), 'environment', { name, value }),
      }),
    ),
    ...secrets.map(
      ({ container, name, value }): Edit => ({
        input: 'secrets',
        container,
        sets: name,
        fault: faultOfReference(name, value),
        apply: (before) =>
          put(without(before, 'environment', name), 'secrets', { name, valueFrom: value }),
      }),
    ),
  ];
}

/** The edits whose container there is, each with its name, and what is wrong with the others. */
function address(
  edits: readonly Edit[],
  definition: TaskDefinition,
  defaultContainer: DefaultContainer,
): { edits: readonly AddressedEdit[]; problems: readonly Problem[] } {
  const names = containerNames(definition);
  const problems = new Map<string, Problem>();
  let fallback: string | undefined;
  const anonymous = edits.find(({ container }) => container === undefined);
  try {
    fallback = anonymous && defaultContainer(definition, anonymous.input);
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error;
    for (const problem of error.problems) problems.set(problem.message, problem);
  }
  const addressed = edits.flatMap((edit) => {
    const container = edit.container ?? fallback;
    if (container === undefined) return [];
    if (names.includes(container)) return [{ ...edit, container }];
    // What stands before a slash in a line of values may be part of a value that slipped there.
    const named = edit.sets === undefined ? ` "${container}"` : ' that a line names';
    problems.set(`${edit.input} ${container}`, {
      input: edit.input,
      message: `there is no container${named} in the task definition; it has ${listed(names)}.`,
    });
    return [];
  });
  return { edits: addressed, problems: [...problems.values()] };
}

function applyEdit(definition: JsonObject, { container, apply }: AddressedEdit): JsonObject {
  const containers = definition.containerDefinitions as readonly unknown[];
  return {
    ...definition,
    containerDefinitions: containers.map((item) =>
      isObject(item) && item.name === container ? apply(item) : item,
    ),
  };
}

function without(container: JsonObject, list: string, name: string): JsonObject {
  const items = container[list];
  if (!Array.isArray(items)) return container;
  return { ...container, [list]: items.filter((item) => !hasName(item, name)) };
}

function put(
  container: JsonObject,
  list: string,
  entry: JsonObject & { readonly name: string },
): JsonObject {
  const items = Array.isArray(container[list]) ? container[list] : [];
  const isThere = items.some((item) => hasName(item, entry.name));
  const next = isThere
    ? items.map((item) => (hasName(item, entry.name) ? entry : item))
    : [...items, entry];
  return { ...container, [list]: next };
}

function hasName(item: unknown, name: string): boolean {
  return isObject(item) && item.name === name;
}

function problemsOfOverrides(overrides: JsonObject): readonly Problem[] {
  const problems: Problem[] = [];
  withoutNulls(overrides, (path) => {
    const message = `${formatPath(path)} is an empty list item (null). Remove it or write its value.`;
    problems.push({ input: 'overrides', message });
  });
  if (!objectsOf(overrides.containerDefinitions).every(([, item]) => isContainer(item))) {
    const message =
      'every item of containerDefinitions needs the name of the container it changes.';
    problems.push({ input: 'overrides', message });
  }
  return problems;
}

/** The overrides without what `problemsOfOverrides` tells. */
function usable(overrides: JsonObject): JsonObject {
  const whole = withoutNullItems(overrides) as JsonObject;
  const { containerDefinitions: wanted, ...others } = whole;
  if (!Array.isArray(wanted)) return whole;
  const named = wanted.filter((item) => !isObject(item) || isContainer(item));
  // An empty list would remove every container.
  const isEmptied = named.length === 0 && !isNothing(overrides.containerDefinitions);
  return isEmptied ? others : { ...others, containerDefinitions: named };
}

function isContainer({ name }: JsonObject): boolean {
  return typeof name === 'string';
}

function faultOfReference(name: string, text: string): string | undefined {
  const reference = parseSecretReference(text);
  return reference.kind === 'invalid' ? `the reference of ${name} ${reference.reason}` : undefined;
}

/** The secrets that are given as variable of the same container too: no order of the two is right. */
function clashesOf(edits: readonly AddressedEdit[]): readonly AddressedEdit[] {
  const variables = edits.filter(({ input }) => input === 'environment');
  return edits
    .filter(({ input }) => input === 'secrets')
    .filter(({ container, sets }) =>
      variables.some((variable) => variable.container === container && variable.sets === sets),
    );
}

function clashProblem({ container, sets }: AddressedEdit): Problem {
  const message = `${sets} of container ${container} is given as a variable too. Keep one of the two.`;
  return { input: 'secrets', message };
}

/** The API takes the task's `cpu` and `memory` as strings; in files they are often numbers. */
function withTextSizes(definition: JsonObject): JsonObject {
  const sizes = ['cpu', 'memory']
    .filter((field) => typeof definition[field] === 'number')
    .map((field) => [field, String(definition[field])]);
  return { ...definition, ...Object.fromEntries(sizes) };
}

function toDefinition(value: JsonObject): TaskDefinition {
  return value as unknown as TaskDefinition;
}
