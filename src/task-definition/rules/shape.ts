import { isObject, type JsonObject } from '../json.ts';
import type { Path, TaskDefinition } from '../types.ts';
import { containersOf, type Finding } from './rule.ts';

const CONTAINER_LISTS: readonly (readonly [field: string, item: string])[] = [
  ['environment', '{name, value}'],
  ['secrets', '{name, valueFrom}'],
  ['portMappings', '{containerPort, …}'],
  ['mountPoints', '{sourceVolume, containerPath}'],
  ['dependsOn', '{containerName, condition}'],
];

/** Lists that are no lists of objects, such as variables written as `NAME: value`. */
export function* shapeRule(definition: TaskDefinition): Iterable<Finding> {
  yield* notAList(
    definition as unknown as JsonObject,
    [],
    'containerDefinitions',
    '{name, image, …}',
  );
  yield* notAList(definition as unknown as JsonObject, [], 'tags', '{key, value}');
  for (const { container, path } of containersOf(definition)) {
    for (const [field, item] of CONTAINER_LISTS) yield* notAList(container, path, field, item);
  }
}

function* notAList(parent: JsonObject, path: Path, field: string, item: string): Iterable<Finding> {
  const list = parent[field];
  if (list === undefined) return;
  if (!Array.isArray(list)) {
    yield { path: [...path, field], message: `${field} must be a list of objects ${item}.` };
    return;
  }
  for (const [index, element] of list.entries()) {
    if (isObject(element)) continue;
    yield {
      path: [...path, field, index],
      message: `${field} holds something else than an object ${item}.`,
    };
  }
}
