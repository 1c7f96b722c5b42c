import { clientError } from '../../errors.ts';
import type { Json } from '../../world.ts';
import { cpuUnits, mebibytes } from './task-definition.ts';

const gigabytes = (from: number, to: number, step: number): number[] => {
  const sizes: number[] = [];
  for (let size = from; size <= to; size += step) sizes.push(size * 1024);
  return sizes;
};

const fargate: Record<string, number[]> = {
  256: [512, 1024, 2048],
  512: gigabytes(1, 4, 1),
  1024: gigabytes(2, 8, 1),
  2048: gigabytes(4, 16, 1),
  4096: gigabytes(8, 30, 1),
  8192: gigabytes(16, 60, 4),
  16384: gigabytes(32, 120, 8),
  32768: [60 * 1024, 120 * 1024, 244 * 1024],
};

/** Throws the first objection that RegisterTaskDefinition has, in its own words. */
export function validate(definition: Json): void {
  const { family } = definition;
  if (typeof family !== 'string' || family === '')
    throw clientError('Family should not be null or empty.');
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family))
    throw clientError('Family contains invalid characters.');
  const containers = list(definition.containerDefinitions);
  if (containers.length === 0) throw clientError('Container list cannot be empty.');
  if (containers.length > 10) {
    throw clientError('A task definition can contain at most 10 containers.');
  }
  const onFargate = list<string>(definition.requiresCompatibilities).includes('FARGATE');
  for (const container of containers) checkContainer(container, containers, definition);
  checkRoles(definition, containers, onFargate);
  if (onFargate) checkFargate(definition);
  checkCpuSum(definition, containers);
  checkVolumes(definition);
  const tags = definition.tags;
  if (Array.isArray(tags) && tags.length === 0) throw clientError('Tags can not be empty.');
  const length = Buffer.byteLength(JSON.stringify(definition));
  if (length > 65_536) {
    throw clientError(`Actual length: '${length}'. Max allowed length is '65536' bytes.`);
  }
}

function checkContainer(container: Json, all: Json[], definition: Json): void {
  const { name, image, memory, memoryReservation } = container;
  if (!name) throw clientError('Container.name should not be null or empty.');
  if (!image) throw clientError('Container.image should not be null or empty.');
  const taskMemory = definition.memory !== undefined;
  if (!taskMemory && memory === undefined && memoryReservation === undefined) {
    throw clientError(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  checkPorts(container, definition);
  checkNames(container);
  checkLogs(container);
  for (const { containerName, condition } of list(container.dependsOn)) {
    const other = all.find((candidate) => candidate.name === containerName);
    if (other === undefined) {
      throw clientError(
        `Cannot depend on container + '${containerName}' because it does not exist`,
      );
    }
    const ends = condition === 'SUCCESS' || condition === 'COMPLETE';
    if (ends && other.essential !== false) {
      throw clientError(
        'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
      );
    }
  }
}

function checkPorts(container: Json, definition: Json): void {
  if (definition.networkMode !== 'awsvpc') return;
  for (const { containerPort, hostPort } of list(container.portMappings)) {
    if (hostPort !== undefined && hostPort !== containerPort) {
      throw clientError(
        'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
      );
    }
  }
}

function checkNames(container: Json): void {
  const taken = new Set(list(container.environment).map(({ name }) => name));
  for (const { name } of list(container.secrets)) {
    if (taken.has(name)) {
      throw clientError(
        `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`,
      );
    }
    taken.add(name);
  }
}

function checkLogs(container: Json): void {
  const log = container.logConfiguration as { logDriver?: string; options?: Json } | undefined;
  if (log?.logDriver !== 'awslogs') return;
  const missing = ['awslogs-region', 'awslogs-group'].some((name) => !log.options?.[name]);
  if (missing)
    throw clientError('Log driver awslogs requires options: awslogs-region, awslogs-group');
}

function checkRoles(definition: Json, containers: Json[], onFargate: boolean): void {
  for (const arn of [definition.executionRoleArn, definition.taskRoleArn]) {
    if (arn !== undefined && !/^(arn:[^:]+:iam::\d{12}:role\/.+|[\w+=,.@-]+)$/.test(String(arn))) {
      throw clientError('Role is not valid');
    }
  }
  if (definition.executionRoleArn !== undefined) return;
  if (containers.some((container) => list(container.secrets).length > 0)) {
    throw clientError(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  }
  if (!onFargate) return;
  const needed = 'Fargate requires task definition to have execution role ARN to support';
  if (containers.some(({ image }) => /^\d{12}\.dkr\.ecr\./.test(String(image)))) {
    throw clientError(`${needed} ECR images.`);
  }
  const logs = containers.some(
    ({ logConfiguration }) => (logConfiguration as Json | undefined)?.logDriver === 'awslogs',
  );
  if (logs) throw clientError(`${needed} log driver awslogs.`);
}

function checkFargate(definition: Json): void {
  if (definition.networkMode !== 'awsvpc') {
    throw clientError('Fargate only supports network mode ‘awsvpc’.');
  }
  for (const field of ['cpu', 'memory']) {
    if (definition[field] === undefined) {
      throw clientError(`Fargate requires that '${field}' be defined at the task level.`);
    }
  }
  const cpu = cpuUnits(String(definition.cpu));
  const memory = mebibytes(String(definition.memory));
  if (!/^\d+$/.test(cpu)) {
    throw clientError(
      "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    );
  }
  if (!fargate[cpu]?.includes(Number(memory))) {
    throw clientError(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  }
}

function checkCpuSum(definition: Json, containers: Json[]): void {
  if (definition.cpu === undefined) return;
  const sum = containers.reduce((total, { cpu }) => total + Number(cpu ?? 0), 0);
  if (sum > Number(cpuUnits(String(definition.cpu)))) {
    throw clientError(
      "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
    );
  }
}

function checkVolumes(definition: Json): void {
  if (definition.taskRoleArn !== undefined) return;
  for (const { efsVolumeConfiguration } of list(definition.volumes)) {
    const efs = efsVolumeConfiguration as { authorizationConfig?: Json } | undefined;
    if (efs?.authorizationConfig?.iam === 'ENABLED') {
      throw clientError('EFS IAM authorization requires a task role.');
    }
  }
}

function list<T = Json>(value: unknown): T[] {
  return Array.isArray(value) ? value : [];
}
