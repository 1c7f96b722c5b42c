import { listed } from '../container.ts';
import { FARGATE_SIZES, parseCpu, parseMemory } from '../fargate-sizes.ts';
import { isForFargate, type Rule } from './rule.ts';

const networkMode: Rule = function* (definition, context) {
  if (!isForFargate(definition, context) || definition.networkMode === 'awsvpc') return;
  yield {
    path: ['networkMode'],
    message: `Fargate needs networkMode awsvpc; here it is ${definition.networkMode ?? 'absent'}.`,
  };
};

const sizePresent: Rule = function* (definition, context) {
  if (!isForFargate(definition, context)) return;
  for (const field of ['cpu', 'memory'] as const) {
    if (definition[field]) continue;
    yield { path: [field], message: `Fargate needs ${field} at the task level. Add it.` };
  }
};

const sizePair: Rule = function* (definition, context) {
  const cpu = parseCpu(definition.cpu);
  const memory = parseMemory(definition.memory);
  if (!isForFargate(definition, context) || cpu === undefined) return;
  const onWindows = /^windows/i.test(definition.runtimePlatform?.operatingSystemFamily ?? '');
  const sizes = FARGATE_SIZES.filter(({ windows }) => windows || !onWindows);
  const size = sizes.find((candidate) => candidate.cpu === cpu);
  if (size === undefined) {
    yield {
      path: ['cpu'],
      message: `Fargate has no task of ${cpu} CPU units${onWindows ? ' for Windows' : ''}. Choose ${oneOf(sizes.map((each) => each.cpu))}.`,
    };
  } else if (memory !== undefined && !size.memory.includes(memory)) {
    yield {
      path: ['memory'],
      message: `Fargate has no task of ${cpu} CPU units with ${memory} MiB of memory. For ${cpu} choose ${oneOf(size.memory)} MiB.`,
    };
  }
};

function oneOf(sizes: readonly number[]): string {
  return listed(sizes).replace(' and ', ' or ');
}

export const fargateRules: readonly Rule[] = [networkMode, sizePresent, sizePair];
