import { type Problem, RejectedError } from '../errors.ts';
import { formatPath, isObject, type JsonObject, objectsOf } from './json.ts';
import { parseSecretReference, type SecretReference } from './secret-reference.ts';
import type { Location, Path, Place, TaskDefinition } from './types.ts';

/** The full ARN of the Secrets Manager secret called `name`; rejects with `RejectedError`. */
export type DescribeSecret = (name: string) => Promise<string>;

/** A `valueFrom` of the task definition. */
interface Slot {
  readonly container: string;
  readonly name: string;
  readonly path: Path;
  readonly reference: SecretReference;
}

/**
 * `definition` with every secret reference (`secrets` and `logConfiguration.secretOptions` of all
 * containers) as a full ARN; names belong to `place`. Each secret name is asked for once. Throws a
 * `RejectedError` with every bad reference, told by variable and container and never by its text,
 * which may be the secret itself; `locate` adds the file and line.
 */
export async function resolveSecrets(
  definition: TaskDefinition,
  place: Place,
  describeSecret: DescribeSecret,
  locate: (path: Path) => Location | undefined = () => undefined,
): Promise<TaskDefinition> {
  const slots = slotsOf(definition);
  const described = await describeAll(slots, describeSecret);
  const problems: Problem[] = [];
  let resolved: unknown = definition;
  for (const { container, name, path, reference } of slots) {
    const arn = toArn(reference, place, described);
    if (typeof arn === 'string') resolved = replaceAt(resolved, path, arn);
    else {
      const message = `secret ${name} of container ${container}: the reference ${arn.problem}`;
      problems.push({ message, path: formatPath(path), ...(locate(path) ?? { input: 'secrets' }) });
    }
  }
  if (problems.length > 0) throw new RejectedError(problems);
  return resolved as TaskDefinition;
}

function slotsOf(definition: TaskDefinition): readonly Slot[] {
  return objectsOf(definition.containerDefinitions).flatMap(([index, container]) => {
    const at: Path = ['containerDefinitions', index];
    const log = isObject(container.logConfiguration) ? container.logConfiguration : {};
    const lists: [Path, unknown][] = [
      [[...at, 'secrets'], container.secrets],
      [[...at, 'logConfiguration', 'secretOptions'], log.secretOptions],
    ];
    return lists.flatMap(([path, list]) =>
      objectsOf(list).map(([item, { name, valueFrom }]) => ({
        container: String(container.name ?? index),
        name: String(name ?? `number ${item + 1}`),
        path: [...path, item, 'valueFrom'],
        reference: parseSecretReference(typeof valueFrom === 'string' ? valueFrom : ''),
      })),
    );
  });
}

async function describeAll(
  slots: readonly Slot[],
  describeSecret: DescribeSecret,
): Promise<ReadonlyMap<string, string | { problem: string }>> {
  const names = new Set(
    slots.flatMap(({ reference }) => (reference.kind === 'secretsmanager' ? [reference.name] : [])),
  );
  const answers = [...names].map(async (name) => {
    const arn = await describeSecret(name).catch((error: unknown) => {
      if (!(error instanceof RejectedError)) throw error;
      return { problem: error.problems.map(({ message }) => message).join(' ') };
    });
    return [name, arn] as const;
  });
  return new Map(await Promise.all(answers));
}

function toArn(
  reference: SecretReference,
  { partition, region, account }: Place,
  described: ReadonlyMap<string, string | { problem: string }>,
): string | { problem: string } {
  switch (reference.kind) {
    case 'arn':
      return reference.arn;
    case 'ssm':
      return `arn:${partition}:ssm:${region}:${account}:parameter/${reference.name.replace(/^\//, '')}`;
    case 'secretsmanager': {
      const arn = described.get(reference.name) ?? { problem: 'was not described.' };
      return typeof arn === 'string' ? arn + reference.suffix : arn;
    }
    case 'invalid':
      return { problem: reference.reason };
  }
}

/** A copy of `value` in which the value at `path` is `next`; what is beside the path is shared. */
function replaceAt(value: unknown, path: Path, next: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return next;
  if (Array.isArray(value))
    return value.with(Number(step), replaceAt(value[Number(step)], rest, next));
  const object = value as JsonObject;
  return { ...object, [step]: replaceAt(object[step], rest, next) };
}
