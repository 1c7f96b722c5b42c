import { UpdateServiceRequest$ } from '@aws-sdk/client-ecs';
import { NormalizedSchema } from '@smithy/core/schema';
import { closestMatch } from 'leven';
import type { Problem } from '../errors.ts';

/** Fields of UpdateService that have an input of their own, or that the step decides. */
const ownInput: Readonly<Record<string, string>> = {
  cluster: 'cluster',
  service: 'service',
  taskDefinition: 'task-definition',
  desiredCount: 'desired-count',
  forceNewDeployment: 'force-new-deployment',
};

/**
 * What is wrong with `service-overrides`. Fields that UpdateService does not have are refused: the
 * SDK would leave them out without a word.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export function serviceOverrideProblems(
  overrides: Readonly<Record<string, unknown>>,
  circuitBreaker: 'keep' | 'rollback' | 'stop',
): Problem[] {
  const input = 'service-overrides';
  const problems: Problem[] = Object.keys(overrides)
    .filter((field) => Object.hasOwn(ownInput, field))
    .map((field) => ({
      input,
      message: `\`${field}\` is set with the input \`${ownInput[field]}\`.`,
    }));
  problems.push(...misfits(NormalizedSchema.of(UpdateServiceRequest$), overrides, input));
  const configuration = overrides.deploymentConfiguration as Record<string, unknown> | undefined;
  if (circuitBreaker !== 'keep' && configuration?.deploymentCircuitBreaker !== undefined) {
    problems.push({
      input,
      message:
        '`deploymentConfiguration.deploymentCircuitBreaker` is set here and by the input ' +
        '`circuit-breaker`. Keep one of the two.',
    });
  }
  return problems;
}

/** The field that was meant, or all that there are. */
function hint(name: string, members: Readonly<Record<string, unknown>>): string {
  const fields = Object.keys(members).filter((field) => !Object.hasOwn(ownInput, field));
  const near = closestMatch(name, fields, { maxDistance: Math.ceil(name.length / 3) });
  return near === undefined ? ` There are: ${fields.join(', ')}.` : ` Is \`${near}\` meant?`;
}

/** Where a value has a member or a type that its schema does not have. */
function misfits(schema: NormalizedSchema, value: unknown, input: string, path = ''): Problem[] {
  const wrong = (expected: string) => [{ input, message: `\`${path}\` must be ${expected}.` }];
  if (value === null || value === undefined) return path === '' ? [] : wrong('set, or left out');
  if (schema.isListSchema()) {
    return Array.isArray(value)
      ? value.flatMap((item, index) =>
          misfits(schema.getValueSchema(), item, input, `${path}[${index}]`),
        )
      : wrong('a list');
  }
  if (schema.isStructSchema()) {
    if (typeof value !== 'object' || Array.isArray(value)) return wrong('a mapping');
    const members = schema.getMemberSchemas();
    return Object.entries(value).flatMap(([name, member]) => {
      const child = path === '' ? name : `${path}.${name}`;
      const known = Object.hasOwn(members, name) ? members[name] : undefined;
      return known
        ? misfits(known, member, input, child)
        : [
            {
              input,
              message: `\`${child}\` is not a field that UpdateService takes.${hint(name, members)}`,
            },
          ];
    });
  }
  if (schema.isBooleanSchema()) return typeof value === 'boolean' ? [] : wrong('true or false');
  if (schema.isNumericSchema()) return typeof value === 'number' ? [] : wrong('a number');
  if (schema.isStringSchema()) {
    return typeof value === 'string' ? [] : wrong('a string; put it in quotes');
  }
  return [];
}
