import { UpdateServiceRequest$ } from '@aws-sdk/client-ecs';
import { closestMatch } from 'leven';
import type { Problem } from './errors.ts';
import { misfits } from './schema.ts';
import { formatPath } from './task-definition/json.ts';

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
  for (const misfit of misfits(UpdateServiceRequest$, overrides)) {
    const field = `\`${formatPath(misfit.path)}\``;
    const message =
      misfit.kind === 'type'
        ? `${field} must be ${misfit.expected}.`
        : `${field} is not a field that UpdateService takes.${hint(String(misfit.path.at(-1)), misfit.fields)}`;
    problems.push({ input, message });
  }
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
function hint(name: string, all: readonly string[]): string {
  const fields = all.filter((field) => !Object.hasOwn(ownInput, field));
  const near = closestMatch(name, fields, { maxDistance: Math.ceil(name.length / 3) });
  return near === undefined ? ` There are: ${fields.join(', ')}.` : ` Is \`${near}\` meant?`;
}
