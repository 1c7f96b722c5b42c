import { RegisterTaskDefinitionRequest$ } from '@aws-sdk/client-ecs';
import { misfits } from '../schema.ts';
import { formatPath } from './json.ts';
import { containerRules } from './rules/containers.ts';
import { environmentRules } from './rules/environment.ts';
import { fargateRules } from './rules/fargate.ts';
import { networkRules } from './rules/network.ts';
import { roleRules } from './rules/roles.ts';
import type { Finding, Rule, ValidationContext } from './rules/rule.ts';
import { shapeRule } from './rules/shape.ts';
import { taskRules } from './rules/task.ts';
import type { TaskDefinition } from './types.ts';

const RULES: readonly Rule[] = [
  ...taskRules,
  ...containerRules,
  ...environmentRules,
  ...networkRules,
  ...roleRules,
  ...fargateRules,
];

/**
 * Everything in `definition` that RegisterTaskDefinition or the service of `context` would certainly
 * refuse, each with its path and in words that say what to do; empty when there is nothing. What is
 * only doubtful is left to AWS. No message holds the value of a variable. Where lists are no lists,
 * that is all that is said.
 */
export function validate(
  definition: TaskDefinition,
  context: ValidationContext,
): readonly Finding[] {
  const shape = [...shapeRule(definition)];
  if (shape.length > 0) return shape;
  const findings = RULES.flatMap((rule) => [...rule(definition, context)]);
  const told = new Set(findings.map(({ path }) => formatPath(path)));
  return [
    ...findings,
    ...typeFindings(definition).filter(({ path }) => !told.has(formatPath(path))),
  ];
}

/**
 * Values of another type than the API's, which the SDK would send or mangle without a word. The sizes
 * of the task may be numbers: they are made text before they are registered.
 */
function typeFindings(definition: TaskDefinition): Finding[] {
  const sizes = { cpu: String(definition.cpu ?? ''), memory: String(definition.memory ?? '') };
  return misfits(RegisterTaskDefinitionRequest$, { ...definition, ...sizes }).flatMap((misfit) =>
    misfit.kind === 'type'
      ? [{ path: misfit.path, message: `${formatPath(misfit.path)} must be ${misfit.expected}.` }]
      : [],
  );
}
