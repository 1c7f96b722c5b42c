import { objectsOf } from '../json.ts';
import {
  type ContainerView,
  containersOf,
  isForFargate,
  logConfigurationOf,
  type Rule,
} from './rule.ts';

/** A private registry of ECR in any partition, by both of its names. */
const PRIVATE_ECR = /^\d{12}\.dkr[.-]ecr(-fips)?\.[\w-]+\.[\w.-]+\//;

interface Need {
  readonly what: string;
  readonly onFargateOnly: boolean;
  applies(view: ContainerView): boolean;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html */
const NEEDS: readonly Need[] = [
  {
    what: 'has secrets',
    onFargateOnly: false,
    applies: ({ container }) =>
      objectsOf(container.secrets).length > 0 ||
      objectsOf(logConfigurationOf(container).secretOptions).length > 0,
  },
  {
    what: 'has an image of ECR',
    onFargateOnly: true,
    applies: ({ container }) => PRIVATE_ECR.test(String(container.image)),
  },
  {
    what: 'logs with awslogs',
    onFargateOnly: true,
    applies: ({ container }) => logConfigurationOf(container).logDriver === 'awslogs',
  },
];

const executionRole: Rule = function* (definition, context) {
  if (definition.executionRoleArn) return;
  const onFargate = isForFargate(definition, context);
  const needs = NEEDS.filter(({ onFargateOnly }) => onFargate || !onFargateOnly);
  const reasons = containersOf(definition).flatMap((view) =>
    needs.filter((need) => need.applies(view)).map(({ what }) => `container ${view.name} ${what}`),
  );
  if (reasons.length === 0) return;
  yield {
    path: ['executionRoleArn'],
    message: `executionRoleArn is missing: ${reasons.join(', ')}. Give the ARN of the task execution role.`,
  };
};

export const roleRules: readonly Rule[] = [executionRole];
