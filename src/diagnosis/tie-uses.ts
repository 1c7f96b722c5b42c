import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { parseArn, shortName } from '../arn.ts';
import type { Path, TaskDefinition } from '../task-definition/types.ts';
import type { FailureClass } from './classes.ts';
import {
  logGroupName,
  parseEcrHost,
  parseImage,
  parseSecretName,
  withoutRandom,
} from './finding-names.ts';
import type { Cause } from './types.ts';

/** A value of the task definition that a cause may be about. */
export interface Use {
  readonly value: string;
  /** Whether `value` is the resource of the cause, or only leads to it. */
  readonly role: 'resource' | 'hint';
  /** Name of the container that it belongs to; null where it belongs to the task. */
  readonly container: string | null;
  /** Name of the variable that a secret is given as. */
  readonly variable: string | null;
  readonly path: Path;
}

/**
 * The values that the cause is about: all that its text names, or where it names none the only one
 * that can be meant. None where it may be several.
 */
export function usesOf(cause: Cause, definition: TaskDefinition): readonly Use[] {
  return finders[cause.class]?.(cause, definition) ?? [];
}

type Finder = (cause: Cause, definition: TaskDefinition) => readonly Use[];

/** What a class is about; one that is not here is about nothing in the task definition. */
const finders: Partial<Record<FailureClass, Finder>> = {
  'secret-access-denied': secretsOf('ssm'),
  'secret-not-found': secretsOf('ssm'),
  'secretsmanager-access-denied': secretsOf('secretsmanager'),
  'secretsmanager-not-found': secretsOf('secretsmanager'),
  'secret-key-missing': secretsWithKey,
  'kms-denied': secretsOfKey,
  'registry-auth-denied': (_, definition) => hints(roleUses(definition, 'executionRoleArn')),
  'image-not-found': images,
  'image-access-denied': images,
  'image-platform-mismatch': images,
  'image-rate-limited': images,
  'image-pull-other': images,
  'log-group-missing': logGroups,
  'log-access-denied': logGroups,
  'log-config': containersWith('logConfiguration'),
  'env-file': environmentFiles,
  'efs-access-denied': volumesWith('fileSystemId'),
  'efs-network': volumesWith('fileSystemId'),
  'efs-path-missing': volumesWith('rootDirectory'),
  'role-not-assumable': rolesNamed,
  'pass-role-denied': rolesNamed,
  'out-of-memory': containersWith('memory', 'optional'),
  'app-exit': containersWith('name'),
  'app-exit-zero': containersWith('essential', 'optional'),
  'exec-format': containersWith('image'),
  'container-start-failed': containersWith('command', 'optional'),
  'container-health-check': containersWith('healthCheck'),
  // A load balancer sends its health checks to a container that has ports.
  'elb-health-check': containersWith('portMappings'),
};

function meant(
  uses: readonly Use[],
  named: string | null,
  matches: (value: string, named: string) => boolean,
): readonly Use[] {
  if (named !== null) return uses.filter(({ value }) => matches(value, named));
  return new Set(uses.map(({ value }) => value)).size === 1 ? uses : [];
}

/** A list of the definition, which nothing has checked to be one. */
export function list<T>(items: readonly T[] | undefined): readonly (readonly [number, T])[] {
  return Array.isArray(items) ? [...items.entries()].filter(([, item]) => item) : [];
}

/** The containers of a definition, each with its index. */
export function containersOf(definition: TaskDefinition | null) {
  return list(definition?.containerDefinitions);
}

interface Found {
  readonly value: string | undefined;
  readonly path: Path;
  readonly variable?: string | undefined;
}

/** What `read` finds in each container: in the one that the cause names, if it names one. */
function inContainers(
  definition: TaskDefinition,
  named: string | null,
  read: (container: ContainerDefinition) => readonly Found[],
): Use[] {
  return containersOf(definition)
    .filter(([, { name }]) => named === null || name === named)
    .flatMap(([index, container]) =>
      read(container).flatMap(({ value, path, variable }): Use[] =>
        value
          ? [
              {
                value,
                role: 'resource',
                container: container.name ?? null,
                variable: variable ?? null,
                path: ['containerDefinitions', index, ...path],
              },
            ]
          : [],
      ),
    );
}

const hints = (uses: readonly Use[]): Use[] => uses.map((use) => ({ ...use, role: 'hint' }));

function secretUses({ container }: Cause, definition: TaskDefinition): Use[] {
  return inContainers(definition, container, ({ secrets, logConfiguration, ...rest }) => [
    ...list(secrets).map(([index, { name, valueFrom }]) => ({
      value: valueFrom,
      variable: name,
      path: ['secrets', index, 'valueFrom'],
    })),
    ...list(logConfiguration?.secretOptions).map(([index, { valueFrom }]) => ({
      value: valueFrom,
      path: ['logConfiguration', 'secretOptions', index, 'valueFrom'],
    })),
    {
      value: rest.repositoryCredentials?.credentialsParameter,
      path: ['repositoryCredentials', 'credentialsParameter'],
    },
  ]);
}

function secretsOf(service: 'ssm' | 'secretsmanager'): Finder {
  return (cause, definition) => {
    // A reference that is no ARN is the name of a parameter.
    const uses = secretUses(cause, definition).filter(
      ({ value }) => (parseSecretName(value).service ?? 'ssm') === service,
    );
    const exact = meant(uses, cause.resource, isSameSecret);
    return exact.length > 0 ? exact : meant(uses, cause.resource, isNearlySameSecret);
  };
}

/** Whether both name the same secret: by their ARNs where both are, else by name. */
function isSameSecret(one: string, other: string): boolean {
  return namesAgree(one, other, (left, right) => left === right);
}

/** The same where one may lack the six characters that AWS adds to a secret's name. */
function isNearlySameSecret(one: string, other: string): boolean {
  return namesAgree(
    one,
    other,
    (left, right) =>
      left === right || withoutRandom(left) === right || left === withoutRandom(right),
  );
}

function namesAgree(
  one: string,
  other: string,
  agree: (left: string, right: string) => boolean,
): boolean {
  const [left, right] = [parseSecretName(one), parseSecretName(other)];
  const owner = (arn: string) => arn.split(':').slice(2, 5).join(':');
  if (left.arn && right.arn && owner(left.arn) !== owner(right.arn)) return false;
  return agree(left.name, right.name);
}

const SECRET_ARN = /arn:aws[\w-]*:(?:secretsmanager|ssm):[\w-]+:\d{12}:[\w/:.+=@!-]+/g;

/** The secrets whose ARN the text has in it: it says which one was being fetched. */
function secretsQuoted({ evidence }: Cause, uses: readonly Use[]): readonly Use[] {
  const quoted = evidence.match(SECRET_ARN) ?? [];
  return uses.filter(({ value }) => quoted.some((arn) => isNearlySameSecret(value, arn)));
}

function secretsWithKey(cause: Cause, definition: TaskDefinition): readonly Use[] {
  const uses = hints(secretUses(cause, definition)).filter(
    ({ value }) => parseSecretName(value).key !== '',
  );
  const quoted = secretsQuoted(cause, uses);
  if (quoted.length > 0) return quoted;
  return meant(
    uses,
    cause.resource,
    (value, named) => parseSecretName(value).key === named || isNearlySameSecret(value, named),
  );
}

/** A key's ARN is not in the definition, but the secret that it encrypts is. */
function secretsOfKey(cause: Cause, definition: TaskDefinition): readonly Use[] {
  const uses = hints(secretUses(cause, definition));
  const quoted = secretsQuoted(cause, uses);
  return quoted.length > 0 ? quoted : meant(uses, null, isSameSecret);
}

function images({ container, resource }: Cause, definition: TaskDefinition): readonly Use[] {
  const uses = inContainers(definition, container, ({ image }) => [
    { value: image, path: ['image'] },
  ]);
  // Where the text names the container, it may name its image in other words.
  return container === null ? meant(uses, resource, isSameImage) : uses;
}

/** Whether both name the same image; a repository alone, by name or ARN, is that of any tag. */
function isSameImage(image: string, named: string): boolean {
  const one = parseImage(image);
  const arn = parseArn(named);
  if (arn) {
    const place = parseEcrHost(one.registry);
    return (
      arn.resource === `repository/${one.repository}` &&
      arn.region === place?.region &&
      arn.account === place.account
    );
  }
  const other = parseImage(named);
  if (one.repository !== other.repository || one.registry !== other.registry) return false;
  if (other.tag !== '') return (one.tag || 'latest') === other.tag;
  return other.digest === '' || one.digest === '' || one.digest === other.digest;
}

function logGroups({ container, resource }: Cause, definition: TaskDefinition): readonly Use[] {
  const uses = inContainers(definition, container, ({ logConfiguration }) => [
    {
      value:
        logConfiguration?.logDriver === 'awslogs'
          ? logConfiguration.options?.['awslogs-group']
          : undefined,
      path: ['logConfiguration', 'options', 'awslogs-group'],
    },
  ]);
  return meant(uses, resource, (group, named) => group === logGroupName(named));
}

function environmentFiles(cause: Cause, definition: TaskDefinition): readonly Use[] {
  const uses = inContainers(definition, cause.container, ({ environmentFiles: files }) =>
    list(files).map(([index, { value }]) => ({
      value,
      path: ['environmentFiles', index, 'value'],
    })),
  );
  const nameOf = (text: string) => text.replace(/^arn:[^:]*:s3:::|^s3:\/\//, '');
  return meant(uses, cause.resource, (file, named) => nameOf(file) === nameOf(named));
}

function volumesWith(member: 'fileSystemId' | 'rootDirectory'): Finder {
  return (cause, definition) => {
    const uses = list(definition.volumes).flatMap(([index, volume]): Use[] => {
      const { fileSystemId } = volume.efsVolumeConfiguration ?? {};
      if (!fileSystemId) return [];
      const path = ['volumes', index, 'efsVolumeConfiguration', member];
      const mounting = containersOf(definition).flatMap(([, { name, mountPoints }]) =>
        name && list(mountPoints).some(([, { sourceVolume }]) => sourceVolume === volume.name)
          ? [name]
          : [],
      );
      return (mounting.length > 0 ? mounting : [null]).map((container) => ({
        value: fileSystemId,
        role: 'resource',
        container,
        variable: null,
        path,
      }));
    });
    return meant(uses, cause.resource, (id, named) => named === id || named.endsWith(`/${id}`));
  };
}

function roleUses(
  definition: TaskDefinition,
  ...members: readonly ('executionRoleArn' | 'taskRoleArn')[]
): Use[] {
  return members.flatMap((member): Use[] => {
    const value = definition[member];
    return value
      ? [{ value, role: 'resource', container: null, variable: null, path: [member] }]
      : [];
  });
}

function rolesNamed(cause: Cause, definition: TaskDefinition): readonly Use[] {
  const uses = roleUses(definition, 'executionRoleArn', 'taskRoleArn');
  return meant(uses, cause.resource ?? cause.principal, isSameRole);
}

/** Whether both name the same role; a bare name is that of a role in the own account. */
export function isSameRole(one: string, other: string): boolean {
  return parseArn(one) && parseArn(other) ? one === other : shortName(one) === shortName(other);
}

/** The container at fault, or the only one that has the member which may have to change. */
function containersWith(
  member: keyof ContainerDefinition,
  presence: 'required' | 'optional' = 'required',
): Finder {
  return ({ container }, definition) =>
    meant(
      hints(
        inContainers(definition, container, (each) => {
          const value = each[member];
          const isThere = value !== undefined && !(Array.isArray(value) && value.length === 0);
          return isThere || presence === 'optional' ? [{ value: each.name, path: [member] }] : [];
        }),
      ),
      null,
      () => false,
    );
}
