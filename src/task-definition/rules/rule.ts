import { isObject, type JsonObject, objectsOf } from '../json.ts';
import type { Path, TaskDefinition } from '../types.ts';

/** Something that AWS would refuse: where, and what to do about it. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
}

/** What the service asks of its task definition. */
export interface ValidationContext {
  /** Whether the service launches on Fargate; what the definition says itself is not in it. */
  readonly fargate: boolean;
  /** As DescribeServices returns them. */
  readonly loadBalancers: readonly {
    readonly containerName?: string | undefined;
    readonly containerPort?: number | undefined;
  }[];
}

/** Yields what is wrong in one respect. */
export type Rule = (definition: TaskDefinition, context: ValidationContext) => Iterable<Finding>;

/** A container of unproven content, its name for messages and its path. */
export interface ContainerView {
  readonly container: JsonObject;
  readonly name: string;
  readonly path: Path;
}

/** The containers of `definition`; one without a name is called by its number. */
export function containersOf(definition: TaskDefinition): readonly ContainerView[] {
  return objectsOf(definition.containerDefinitions).map(([index, container]) => ({
    container,
    name: typeof container.name === 'string' ? container.name : `number ${index + 1}`,
    path: ['containerDefinitions', index],
  }));
}

/** The log configuration of a container; empty when it has none. */
export function logConfigurationOf(container: JsonObject): JsonObject {
  return isObject(container.logConfiguration) ? container.logConfiguration : {};
}

/**
 * Whether the definition is judged as one for Fargate: the service launches there, or registering
 * checks it because it says so itself, in `requiresCompatibilities`.
 */
export function isForFargate(definition: TaskDefinition, context: ValidationContext): boolean {
  const compatibilities: unknown = definition.requiresCompatibilities;
  return context.fargate || (Array.isArray(compatibilities) && compatibilities.includes('FARGATE'));
}

/** The values that occur more than once, each once. */
export function repeated<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
