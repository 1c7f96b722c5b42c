import { ApiError } from '../../errors.ts';
import type { Json } from '../../world.ts';

/** What a field holds; fields that are not listed are dropped silently, as AWS does. */
type Shape =
  | 'string'
  | 'integer'
  | 'boolean'
  | 'any'
  | 'map'
  | [Shape]
  | { [field: string]: Shape };

const nameValue: Shape = { name: 'string', value: 'string' };
const secret: Shape = { name: 'string', valueFrom: 'string' };

const container: Shape = {
  name: 'string',
  image: 'string',
  repositoryCredentials: { credentialsParameter: 'string' },
  cpu: 'integer',
  memory: 'integer',
  memoryReservation: 'integer',
  links: ['string'],
  portMappings: [
    {
      containerPort: 'integer',
      hostPort: 'integer',
      protocol: 'string',
      name: 'string',
      appProtocol: 'string',
      containerPortRange: 'string',
    },
  ],
  essential: 'boolean',
  restartPolicy: {
    enabled: 'boolean',
    ignoredExitCodes: ['integer'],
    restartAttemptPeriod: 'integer',
  },
  entryPoint: ['string'],
  command: ['string'],
  environment: [nameValue],
  environmentFiles: [{ value: 'string', type: 'string' }],
  mountPoints: [{ sourceVolume: 'string', containerPath: 'string', readOnly: 'boolean' }],
  volumesFrom: [{ sourceContainer: 'string', readOnly: 'boolean' }],
  linuxParameters: 'any',
  secrets: [secret],
  dependsOn: [{ containerName: 'string', condition: 'string' }],
  startTimeout: 'integer',
  stopTimeout: 'integer',
  versionConsistency: 'string',
  hostname: 'string',
  user: 'string',
  workingDirectory: 'string',
  disableNetworking: 'boolean',
  privileged: 'boolean',
  readonlyRootFilesystem: 'boolean',
  dnsServers: ['string'],
  dnsSearchDomains: ['string'],
  extraHosts: [{ hostname: 'string', ipAddress: 'string' }],
  dockerSecurityOptions: ['string'],
  interactive: 'boolean',
  pseudoTerminal: 'boolean',
  dockerLabels: 'map',
  ulimits: [{ name: 'string', softLimit: 'integer', hardLimit: 'integer' }],
  logConfiguration: { logDriver: 'string', options: 'map', secretOptions: [secret] },
  healthCheck: {
    command: ['string'],
    interval: 'integer',
    timeout: 'integer',
    retries: 'integer',
    startPeriod: 'integer',
  },
  systemControls: [{ namespace: 'string', value: 'string' }],
  resourceRequirements: [{ value: 'string', type: 'string' }],
  firelensConfiguration: { type: 'string', options: 'map' },
  credentialSpecs: ['string'],
};

const request: Shape = {
  family: 'string',
  taskRoleArn: 'string',
  executionRoleArn: 'string',
  networkMode: 'string',
  containerDefinitions: [container],
  volumes: ['any'],
  placementConstraints: [{ type: 'string', expression: 'string' }],
  requiresCompatibilities: ['string'],
  cpu: 'string',
  memory: 'string',
  tags: [{ key: 'string', value: 'string' }],
  pidMode: 'string',
  ipcMode: 'string',
  proxyConfiguration: 'any',
  inferenceAccelerators: 'any',
  ephemeralStorage: { sizeInGiB: 'integer' },
  runtimePlatform: { cpuArchitecture: 'string', operatingSystemFamily: 'string' },
  enableFaultInjection: 'boolean',
};

/** The request as the service reads it: known fields only, each of its type. */
export function readRequest(input: Json): Json {
  return read(input, request) as Json;
}

function read(value: unknown, shape: Shape): unknown {
  if (shape === 'any') return value;
  if (shape === 'map') {
    const entries = Object.entries(value as Json).map(([key, item]) => [key, read(item, 'string')]);
    return Object.fromEntries(entries);
  }
  if (Array.isArray(shape)) {
    const [item] = shape;
    if (!Array.isArray(value)) throw wrong('Expected list or null');
    return value.map((entry) => read(entry, item));
  }
  if (typeof shape === 'object') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong('Start of structure or map found where not expected.');
    }
    const kept = Object.entries(value).flatMap(([field, item]) => {
      const inner = Object.hasOwn(shape, field) ? shape[field] : undefined;
      return inner === undefined || item === null ? [] : [[field, read(item, inner)] as const];
    });
    return Object.fromEntries(kept);
  }
  const fits =
    shape === 'integer'
      ? typeof value === 'number' && Number.isInteger(value)
      : typeof value === shape;
  if (fits) return value;
  throw wrong(`${tokenOf(value)} cannot be converted to ${title(shape)}`);
}

function wrong(message: string): ApiError {
  return new ApiError('SerializationException', message);
}

function tokenOf(value: unknown): string {
  if (typeof value === 'string') return 'STRING_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT';
}

function title(shape: string): string {
  return shape.charAt(0).toUpperCase() + shape.slice(1);
}

/** Fills in what AWS fills in, and shuffles what AWS does not keep in order. */
export function fillDefaults(definition: Json): Json {
  const { tags: _tags, family, ...rest } = definition;
  const awsvpc = rest.networkMode === 'awsvpc';
  const containers = (rest.containerDefinitions as Json[]).map((one) => fillContainer(one, awsvpc));
  return {
    family,
    ...rest,
    containerDefinitions: containers,
    volumes: rest.volumes ?? [],
    placementConstraints: rest.placementConstraints ?? [],
    ...(rest.cpu === undefined ? {} : { cpu: cpuUnits(String(rest.cpu)) }),
    ...(rest.memory === undefined ? {} : { memory: mebibytes(String(rest.memory)) }),
    requiresAttributes: attributes(rest, containers),
    compatibilities: awsvpc && rest.cpu && rest.memory ? ['EC2', 'FARGATE'] : ['EXTERNAL', 'EC2'],
    enableFaultInjection: rest.enableFaultInjection ?? false,
  };
}

function fillContainer(one: Json, awsvpc: boolean): Json {
  const ports = ((one.portMappings ?? []) as Json[]).map((port) => ({
    ...port,
    ...(port.containerPort === undefined
      ? {}
      : { hostPort: port.hostPort ?? (awsvpc ? port.containerPort : 0) }),
    protocol: port.protocol ?? 'tcp',
  }));
  const health = one.healthCheck as Json | undefined;
  return {
    ...one,
    cpu: one.cpu ?? 0,
    portMappings: ports,
    essential: one.essential ?? true,
    environment: ((one.environment ?? []) as Json[]).toReversed(),
    mountPoints: one.mountPoints ?? [],
    volumesFrom: one.volumesFrom ?? [],
    systemControls: one.systemControls ?? [],
    ...(health && { healthCheck: { interval: 30, timeout: 5, retries: 3, ...health } }),
  };
}

function attributes(definition: Json, containers: Json[]): Json[] {
  const capability = 'com.amazonaws.ecs.capability.';
  const logs = containers.flatMap(({ logConfiguration }) => {
    const driver = (logConfiguration as Json | undefined)?.logDriver;
    return driver === undefined ? [] : [`${capability}logging-driver.${driver}`];
  });
  const names = new Set([
    ...logs,
    `${capability}docker-remote-api.1.18`,
    ...(definition.taskRoleArn ? [`${capability}task-iam-role`] : []),
    ...(definition.executionRoleArn ? ['ecs.capability.execution-role-ecr-pull'] : []),
    ...(definition.networkMode === 'awsvpc' ? ['ecs.capability.task-eni'] : []),
  ]);
  return [...names].map((name) => ({ name }));
}

/** `1 vCPU` → `1024`; what is none stays as it is. */
export function cpuUnits(text: string): string {
  const [, amount] = /^\s*(\d*\.?\d+)\s*vcpus?\s*$/i.exec(text) ?? [];
  return amount === undefined ? text.trim() : String(Number(amount) * 1024);
}

/** `2 GB` → `2048`; what is none stays as it is. */
export function mebibytes(text: string): string {
  const [, amount] = /^\s*(\d*\.?\d+)\s*gb\s*$/i.exec(text) ?? [];
  return amount === undefined ? text.trim() : String(Number(amount) * 1024);
}
