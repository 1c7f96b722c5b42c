import { parseCpu, parseMemory } from './fargate-sizes.ts';
import { isObject, type JsonObject } from './json.ts';
import type { TaskDefinition } from './types.ts';

/**
 * What ECS assumes, and partly writes into its answer, where a member is absent; by the path of the
 * member without indices.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html
 */
const DEFAULTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['networkMode', 'bridge'],
  ['enableFaultInjection', false],
  ['runtimePlatform.operatingSystemFamily', 'LINUX'],
  ['runtimePlatform.cpuArchitecture', 'X86_64'],
  ['containerDefinitions.cpu', 0],
  ['containerDefinitions.essential', true],
  ['containerDefinitions.versionConsistency', 'enabled'],
  ['containerDefinitions.portMappings.protocol', 'tcp'],
  ['containerDefinitions.portMappings.hostPort', 0],
  ['containerDefinitions.mountPoints.readOnly', false],
  ['containerDefinitions.volumesFrom.readOnly', false],
  ['containerDefinitions.healthCheck.interval', 30],
  ['containerDefinitions.healthCheck.timeout', 5],
  ['containerDefinitions.healthCheck.retries', 3],
  ['containerDefinitions.healthCheck.startPeriod', 0],
  ['volumes.efsVolumeConfiguration.rootDirectory', '/'],
  ['volumes.efsVolumeConfiguration.transitEncryption', 'DISABLED'],
  ['volumes.efsVolumeConfiguration.authorizationConfig.iam', 'DISABLED'],
]);

/** Lists whose order means nothing, and the members that sort them. */
const UNORDERED: ReadonlyMap<string, readonly string[]> = new Map([
  ['tags', ['key']],
  ['volumes', ['name']],
  ['requiresCompatibilities', []],
  ['containerDefinitions.environment', ['name']],
  ['containerDefinitions.secrets', ['name']],
  ['containerDefinitions.logConfiguration.secretOptions', ['name']],
  ['containerDefinitions.dependsOn', ['containerName']],
  ['containerDefinitions.mountPoints', ['containerPath']],
  ['containerDefinitions.portMappings', ['containerPort', 'protocol']],
  ['containerDefinitions.systemControls', ['namespace']],
  ['containerDefinitions.ulimits', ['name']],
]);

/** Whether ECS may leave the member at `pattern` (a path without indices) out of its answer. */
export function isDefault(pattern: string, value: unknown): boolean {
  return DEFAULTS.has(pattern) && DEFAULTS.get(pattern) === value;
}

/** Whether nothing is left of `value` but empty lists and objects: ECS takes it as absent. */
export function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isNothing);
}

/**
 * One form for all definitions that mean the same to ECS: defaults and empty lists and objects left
 * out, sizes in CPU units and MiB, lists sorted where their order means nothing. Empty strings and
 * items of lists stay: they mean something.
 */
export function canonical(definition: TaskDefinition): JsonObject {
  const { cpu, memory, ...rest } = definition;
  const sizes = {
    ...(cpu === undefined ? {} : { cpu: String(parseCpu(cpu) ?? cpu) }),
    ...(memory === undefined ? {} : { memory: String(parseMemory(memory) ?? memory) }),
  };
  // With these modes the port of the host is the port of the container, and both spellings occur.
  const sharesPorts = rest.networkMode === 'awsvpc' || rest.networkMode === 'host';
  const form = (value: unknown, pattern: string): unknown => {
    if (Array.isArray(value))
      return sorted(
        value.map((item) => form(item, pattern)),
        pattern,
      );
    if (!isObject(value)) return value;
    const members = Object.entries(value)
      .map(([key, member]): [string, string, unknown] => {
        const at = pattern === '' ? key : `${pattern}.${key}`;
        return [key, at, form(member, at)];
      })
      .filter(([, at, member]) => !isNothing(member) && !isDefault(at, member))
      .filter(([key]) => !(sharesPorts && key === 'hostPort' && isMirrored(value)));
    return Object.fromEntries(members.map(([key, , member]) => [key, member]));
  };
  return form({ ...rest, ...sizes }, '') as JsonObject;
}

function isMirrored({ hostPort, containerPort }: JsonObject): boolean {
  return hostPort === containerPort;
}

function sorted(items: readonly unknown[], pattern: string): readonly unknown[] {
  const members = UNORDERED.get(pattern);
  if (members === undefined) return items;
  const rank = (item: unknown) =>
    isObject(item) ? JSON.stringify(members.map((member) => item[member])) : String(item);
  return items.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}
