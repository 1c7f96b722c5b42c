import { type Problem, RejectedError } from '../errors.ts';
import { withoutNulls } from './cleaning.ts';
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
  readonly apply: (container: JsonObject) => JsonObject;
}

type AddressedEdit = Edit & { readonly container: string };

/**
 * `definition` with what the inputs change, as a new value: overrides first, then images, unset,
 * environment, secrets and tags. A variable replaces the secret of its name and the other way round;
 * a value that is replaced keeps its place in the list. Names to unset that are not there are left
 * alone: after the first deploy they no longer are. `defaultContainer` is asked at most once, with
 * the overridden definition, and only when it is needed. Throws a `RejectedError` with every problem
 * of the inputs.
 */
export function applyChanges(
  definition: TaskDefinition,
  changes: Changes,
  defaultContainer: DefaultContainer,
): TaskDefinition {
  const merged = merge(definition as unknown as JsonObject, changes.overrides);
  const { edits, problems } = address(editsOf(changes), toDefinition(merged), defaultContainer);
  const all = [
    ...problemsOfOverrides(changes.overrides),
    ...problemsOfReferences(changes.secrets),
    ...problems,
    ...clashes(edits),
  ];
  if (all.length > 0) throw new RejectedError(all);

  const tags = Object.entries(changes.tags).map(([key, value]) => ({ key, value }));
  const edited = edits.reduce(applyEdit, merged);
  return toDefinition(withTextSizes(tags.length > 0 ? merge(edited, { tags }) : edited));
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
    problems.set(`${edit.input} ${container}`, {
      input: edit.input,
      message: `there is no container "${container}" in the task definition; it has ${listed(names)}.`,
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
  return { ...container, [list]: items.filter((item) => !isNamed(item, name)) };
}

function put(
  container: JsonObject,
  list: string,
  entry: JsonObject & { readonly name: string },
): JsonObject {
  const items = Array.isArray(container[list]) ? container[list] : [];
  const isThere = items.some((item) => isNamed(item, entry.name));
  const next = isThere
    ? items.map((item) => (isNamed(item, entry.name) ? entry : item))
    : [...items, entry];
  return { ...container, [list]: next };
}

function isNamed(item: unknown, name: string): boolean {
  return isObject(item) && item.name === name;
}

function problemsOfOverrides(overrides: JsonObject): readonly Problem[] {
  const problems: Problem[] = [];
  withoutNulls(overrides, (path) => {
    const message = `${formatPath(path)} is an empty list item (null). Remove it or write its value.`;
    problems.push({ input: 'overrides', message });
  });
  if (objectsOf(overrides.containerDefinitions).some(([, { name }]) => typeof name !== 'string')) {
    const message =
      'every item of containerDefinitions needs the name of the container it changes.';
    problems.push({ input: 'overrides', message });
  }
  return problems;
}

function problemsOfReferences(secrets: Changes['secrets']): readonly Problem[] {
  return secrets.flatMap(({ name, value }) => {
    const reference = parseSecretReference(value);
    if (reference.kind !== 'invalid') return [];
    return [{ input: 'secrets', message: `the reference of ${name} ${reference.reason}` }];
  });
}

/** The same name as variable and as secret of one container: no order of the two is right. */
function clashes(edits: readonly AddressedEdit[]): readonly Problem[] {
  const variables = edits.filter(({ input }) => input === 'environment');
  return edits
    .filter(({ input }) => input === 'secrets')
    .filter(({ container, sets }) =>
      variables.some((variable) => variable.container === container && variable.sets === sets),
    )
    .map(({ container, sets }) => ({
      input: 'secrets',
      message: `${sets} of container ${container} is given as a variable too. Keep one of the two.`,
    }));
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
