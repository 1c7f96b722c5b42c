import { rejected } from '../errors.ts';
import { objectsOf } from './json.ts';
import type { TaskDefinition } from './types.ts';

/** The names of the containers, in their order; those without a name are left out. */
export function containerNames(definition: TaskDefinition): readonly string[] {
  return objectsOf(definition.containerDefinitions)
    .map(([, { name }]) => name)
    .filter((name) => typeof name === 'string');
}

/** `a, b and c`, or `none`. */
export function listed(names: readonly (string | number)[]): string {
  if (names.length < 2) return String(names[0] ?? 'none');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What decides which container is meant where an input names none. */
export interface ContainerChoice {
  /** The input `container`. */
  readonly wanted: string | undefined;
  /** The containers behind the service's load balancers, from `service.loadBalancers`. */
  readonly loadBalancerContainers: readonly string[];
  /** The input that needs to know, for the message. */
  readonly neededBy: string;
}

/**
 * The default container: the one wanted, else the one behind the load balancer, else the only
 * essential one (or the only one). Throws a `RejectedError` that lists the names when that leaves
 * more than one, or when the wanted one is not there.
 */
export function chooseContainer(
  definition: TaskDefinition,
  { wanted, loadBalancerContainers, neededBy }: ContainerChoice,
): string {
  const names = containerNames(definition);
  if (wanted !== undefined) {
    if (names.includes(wanted)) return wanted;
    throw rejected(
      'container',
      `there is no container "${wanted}" in the task definition; it has ${listed(names)}.`,
    );
  }
  const balanced = names.filter((name) => loadBalancerContainers.includes(name));
  const essential = objectsOf(definition.containerDefinitions)
    .filter(([, container]) => container.essential !== false)
    .map(([, { name }]) => name);
  const only = [balanced, essential, names].find((candidates) => candidates.length === 1)?.[0];
  if (typeof only === 'string') return only;
  throw rejected(
    'container',
    `the input ${neededBy} does not say which container it means. Set the input container, or name it in the line, as one of ${listed(names)}.`,
  );
}
