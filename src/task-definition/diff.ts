import { shortName } from '../arn.ts';
import { canonical } from './canonical.ts';
import { withRolesOf } from './compare.ts';
import {
  type Alteration,
  byKey,
  entries,
  fields,
  textOf,
  transitions,
  union,
} from './differences.ts';
import type { JsonObject } from './json.ts';
import type { TaskDefinition } from './types.ts';

/**
 * One difference of two task definitions, by names: values appear for images, sizes and roles alone
 * (`null` is absent). The paths of a `field` count named items by name: `ulimits[nofile].softLimit`.
 */
export type Change =
  | {
      readonly kind: 'image';
      readonly container: string;
      readonly from: string | null;
      readonly to: string | null;
    }
  | {
      readonly kind: 'environment' | 'secret';
      readonly container: string;
      readonly name: string;
      readonly change: Alteration;
    }
  | { readonly kind: 'container'; readonly name: string; readonly change: 'added' | 'removed' }
  | {
      readonly kind: 'size';
      readonly field: 'cpu' | 'memory';
      readonly from: string | null;
      readonly to: string | null;
    }
  | {
      readonly kind: 'role';
      readonly field: 'executionRoleArn' | 'taskRoleArn';
      readonly from: string | null;
      readonly to: string | null;
    }
  | { readonly kind: 'tag'; readonly name: string; readonly change: Alteration }
  | {
      readonly kind: 'field';
      /** Absent for a field of the task; else `path` counts from this container. */
      readonly container?: string;
      readonly path: string;
      readonly change: Alteration;
    };

/**
 * What registering `after` changes against `before` (absent for a new family). What means the same
 * to ECS is no change. A container that is added is told with its image, without its other fields.
 */
export function diff(before: TaskDefinition | undefined, after: TaskDefinition): Change[] {
  const { containerDefinitions: oldContainers, ...old } = split(before && canonical(before));
  const { containerDefinitions: newContainers, ...now } = split(
    canonical(before ? withRolesOf(after, before) : after),
  );
  return [
    ...containers(oldContainers, newContainers),
    ...transitions(old.sizes, now.sizes).map(
      ([field, from, to]): Change => ({ kind: 'size', field: field as 'cpu' | 'memory', from, to }),
    ),
    ...transitions(old.roles, now.roles).map(
      ([field, from, to]): Change => ({
        kind: 'role',
        field: field as 'executionRoleArn' | 'taskRoleArn',
        from,
        to,
      }),
    ),
    ...entries(old.tags, now.tags, 'key').map(
      ([name, change]): Change => ({ kind: 'tag', name, change }),
    ),
    ...fields(old.rest, now.rest, '').map(
      ([path, change]): Change => ({ kind: 'field', path, change }),
    ),
  ];
}

function split(definition: JsonObject = {}) {
  const { containerDefinitions, cpu, memory, executionRoleArn, taskRoleArn, tags, ...rest } =
    definition;
  return {
    containerDefinitions,
    sizes: { cpu, memory },
    roles: { executionRoleArn, taskRoleArn },
    tags,
    rest,
  };
}

function containers(before: unknown, after: unknown): Change[] {
  const old = byKey(before, 'name');
  const now = byKey(after, 'name');
  return union(old, now).flatMap((name): Change[] => {
    const [was, is] = [old.get(name), now.get(name)];
    if (is === undefined) return [{ kind: 'container', name, change: 'removed' }];
    if (was !== undefined) return container(name, was, is);
    const image: Change = { kind: 'image', container: name, from: null, to: textOf(is.image) };
    return [{ kind: 'container', name, change: 'added' }, image];
  });
}

function container(name: string, before: JsonObject, after: JsonObject): Change[] {
  const { image: oldImage, environment: oldVariables, secrets: oldSecrets, ...old } = before;
  const { image, environment, secrets, ...now } = after;
  return [
    ...transitions({ image: oldImage }, { image }).map(
      ([, from, to]): Change => ({ kind: 'image', container: name, from, to }),
    ),
    ...entries(oldVariables, environment, 'name').map(
      ([variable, change]): Change => ({
        kind: 'environment',
        container: name,
        name: variable,
        change,
      }),
    ),
    ...entries(oldSecrets, secrets, 'name').map(
      ([secret, change]): Change => ({ kind: 'secret', container: name, name: secret, change }),
    ),
    ...fields(old, now, '').map(
      ([path, change]): Change => ({ kind: 'field', container: name, path, change }),
    ),
  ];
}

const SIGNS = { added: '+', removed: '−', changed: '~' };

/** One short line for people, e.g. `app: image web:a → web:b` or `app: + secret PASSWORD`. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'image':
      return `${change.container}: image ${transition(change, shortImages)}`;
    case 'environment':
      return `${change.container}: ${SIGNS[change.change]} variable ${change.name}`;
    case 'secret':
      return `${change.container}: ${SIGNS[change.change]} secret ${change.name}`;
    case 'container':
    case 'tag':
      return `${SIGNS[change.change]} ${change.kind} ${change.name}`;
    case 'size':
    case 'role':
      return `${change.field} ${transition(change, change.kind === 'role' ? shortRoles : (each) => each)}`;
    case 'field': {
      const where = change.container === undefined ? '' : `${change.container}: `;
      return `${where}${SIGNS[change.change]} ${change.path}`;
    }
  }
}

/** Shortens two texts (or one) in the same way, so that they still differ. */
type Shorten = (texts: readonly string[]) => readonly string[];

function transition(
  { from, to }: { readonly from: string | null; readonly to: string | null },
  shorten: Shorten,
): string {
  const texts = [from, to].filter((text) => text !== null);
  const short = shorten(texts);
  const shown = new Set(short).size === texts.length ? short : texts;
  if (from === null) return `${shown[0]}`;
  return `${shown[0]} → ${to === null ? 'none' : shown[1]}`;
}

/** Without the registry where it is the same, digests as 12 digits. */
function shortImages(images: readonly string[]): readonly string[] {
  const registries = images.map((image) => /^[^/]*[.:][^/]*\//.exec(image)?.[0] ?? '');
  const [registry = ''] = registries;
  const isShared = registries.every((other) => other === registry);
  return images.map((image) =>
    image.slice(isShared ? registry.length : 0).replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…'),
  );
}

function shortRoles(roles: readonly string[]): readonly string[] {
  return roles.map(shortName);
}
