import { listed } from '../container.ts';
import { parseCpu, parseMemory } from '../fargate-sizes.ts';
import { objectsOf } from '../json.ts';
import { containersOf, logConfigurationOf, type Rule, repeated } from './rule.ts';

const MAX_CONTAINERS = 10;

const count: Rule = function* (definition) {
  const { length } = containersOf(definition);
  const path = ['containerDefinitions'];
  if (length === 0) yield { path, message: 'the task definition has no containers. Add one.' };
  if (length > MAX_CONTAINERS) {
    yield { path, message: `there are ${length} containers; ${MAX_CONTAINERS} is the most.` };
  }
};

const nameAndImage: Rule = function* (definition) {
  for (const { container, name, path } of containersOf(definition)) {
    for (const field of ['name', 'image']) {
      if (typeof container[field] === 'string' && container[field] !== '') continue;
      yield { path: [...path, field], message: `container ${name} has no ${field}. Add it.` };
    }
  }
};

const uniqueNames: Rule = function* (definition) {
  for (const name of repeated(containersOf(definition).map((view) => view.name))) {
    yield {
      path: ['containerDefinitions'],
      message: `two containers are called ${name}. Rename one.`,
    };
  }
};

const essential: Rule = function* (definition) {
  const containers = containersOf(definition);
  if (containers.length === 0) return;
  if (containers.some(({ container }) => container.essential !== false)) return;
  yield {
    path: ['containerDefinitions'],
    message:
      'no container is essential. Remove essential: false from the one that the task is for.',
  };
};

const dependencies: Rule = function* (definition) {
  const names = containersOf(definition).map((view) => view.name);
  for (const { container, name, path } of containersOf(definition)) {
    for (const [index, { containerName }] of objectsOf(container.dependsOn)) {
      if (typeof containerName === 'string' && names.includes(containerName)) continue;
      yield {
        path: [...path, 'dependsOn', index, 'containerName'],
        message: `container ${name} depends on ${containerName}, which is not there; there is ${listed(names)}.`,
      };
    }
  }
};

const readableSizes: Rule = function* ({ cpu, memory }) {
  if (cpu !== undefined && parseCpu(cpu) === undefined) {
    yield {
      path: ['cpu'],
      message: `cpu is "${cpu}". Write CPU units ("256") or vCPUs (".25 vCPU").`,
    };
  }
  if (memory !== undefined && parseMemory(memory) === undefined) {
    yield {
      path: ['memory'],
      message: `memory is "${memory}". Write MiB ("512") or GB ("0.5 GB").`,
    };
  }
};

/** What the containers reserve together; memoryReservation counts before the hard limit. */
const sums: Rule = function* (definition) {
  const containers = containersOf(definition).map(({ container }) => container);
  const total = (values: readonly unknown[]) =>
    values.reduce<number>((sum, value) => sum + (Number(value) || 0), 0);
  const cpu = total(containers.map((container) => container.cpu));
  const memory = total(
    containers.map((container) => container.memoryReservation ?? container.memory),
  );
  const taskCpu = parseCpu(definition.cpu) ?? Number.POSITIVE_INFINITY;
  const taskMemory = parseMemory(definition.memory) ?? Number.POSITIVE_INFINITY;
  if (cpu > taskCpu) {
    yield {
      path: ['cpu'],
      message: `the containers ask for ${cpu} CPU units together; the task has ${taskCpu}.`,
    };
  }
  if (memory > taskMemory) {
    yield {
      path: ['memory'],
      message: `the containers ask for ${memory} MiB of memory together; the task has ${taskMemory}.`,
    };
  }
};

const awslogs: Rule = function* (definition) {
  for (const { container, name, path } of containersOf(definition)) {
    const { logDriver, options } = logConfigurationOf(container);
    if (logDriver !== 'awslogs') continue;
    const missing = ['awslogs-region', 'awslogs-group'].filter(
      (option) => !(options as Record<string, unknown> | undefined)?.[option],
    );
    if (missing.length === 0) continue;
    yield {
      path: [...path, 'logConfiguration', 'options'],
      message: `the log driver awslogs of container ${name} needs the option ${listed(missing)}.`,
    };
  }
};

export const containerRules: readonly Rule[] = [
  count,
  nameAndImage,
  uniqueNames,
  essential,
  dependencies,
  readableSizes,
  sums,
  awslogs,
];
