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
  return shape.length > 0 ? shape : RULES.flatMap((rule) => [...rule(definition, context)]);
}
