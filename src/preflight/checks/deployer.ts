import { identifyCaller } from '../caller.ts';
import { checkNeeds, type Principal, summedUp } from '../needs/check-needs.ts';
import { must, type Need, nothingElse } from '../needs/need.ts';
import { notChecked, passed } from '../results.ts';
import { roleNamed } from '../role.ts';
import type { Check, Subject } from '../types.ts';

/**
 * The policies of the workflow's own role or user allow it to pass the roles, register and update;
 * found out before, so that no revision is left behind that no service runs.
 */
export const deployer: Check = {
  name: 'permissions of the deployer',
  async run(subject) {
    const caller = await identifyCaller(subject);
    switch (caller.kind) {
      case 'unknown':
        return [notChecked(this.name, caller.why)];
      case 'root':
        return [passed("the deployer is the account's root user")];
      case 'principal': {
        const { arn, principal: name } = caller;
        const deploying: Principal = {
          arn,
          name,
          kind: 'deployer',
          ifMissing: 'needs `iam:GetRole`',
        };
        return summedUp(deploying, await checkNeeds(subject, deploying, needsOf(subject)));
      }
    }
  },
};

function needsOf(subject: Subject): readonly Need[] {
  const { plan } = subject;
  const updates: Need = {
    class: 'deployer-access-denied',
    what: `update the service ${plan.service.name}`,
    actions: [must('ecs:UpdateService')],
    resources: [plan.service.arn],
    region: plan.context.place.region,
    context: { 'ecs:cluster': plan.service.clusterArn },
    other: nothingElse,
  };
  return plan.revision === undefined ? [...registering(subject), updates] : [updates];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html */
function registering({ plan: { definition, context } }: Subject): readonly Need[] {
  const { partition, region, account } = context.place;
  const roles = [definition.executionRoleArn, definition.taskRoleArn].flatMap((role) =>
    role ? [roleNamed(role, context.place)] : [],
  );
  const different = new Map(roles.map((role) => [role.arn, role]));
  const passes = [...different.values()].map(
    ({ arn, name }): Need => ({
      class: 'pass-role-denied',
      what: `pass the role ${name}`,
      actions: [must('iam:PassRole')],
      resources: [arn],
      region,
      context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      other: nothingElse,
    }),
  );
  const registers: Need = {
    class: 'deployer-access-denied',
    what: `register the task definition ${definition.family}`,
    actions: [must('ecs:RegisterTaskDefinition')],
    // Policies are written for all resources, or for the revisions of the family.
    resources: [
      '*',
      `arn:${partition}:ecs:${region}:${account}:task-definition/${definition.family}:*`,
    ],
    region,
    other: nothingElse,
  };
  return [...passes, registers];
}
