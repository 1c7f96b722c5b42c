import type { PrincipalKind } from '../../diagnosis/types.ts';
import { isNamed } from '../../task-definition/json.ts';
import type { Place } from '../../task-definition/types.ts';
import { advised, found, isForeign, type Known, notChecked, passed } from '../results.ts';
import { noSuchEntity, type RoleName, readRole, roleNamed } from '../role.ts';
import { judgeTrust, type Trust } from '../trust-policy.ts';
import type { Check, CheckResult, Subject } from '../types.ts';

/** The execution role and the task role exist, and ECS tasks may assume them. */
export const roles: Check = {
  name: 'execution role and task role',
  async run(subject) {
    const { definition, context } = subject.plan;
    const named: [string | undefined, PrincipalKind, string][] = [
      [definition.executionRoleArn, 'execution-role', 'execution role'],
      [definition.taskRoleArn, 'task-role', 'task role'],
    ];
    return Promise.all(
      named.flatMap(([text, kind, word]) =>
        text ? [checkRole(subject, roleNamed(text, context.place), kind, word)] : [],
      ),
    );
  },
};

async function checkRole(
  subject: Subject,
  role: RoleName,
  principalKind: PrincipalKind,
  word: string,
): Promise<CheckResult> {
  const { context } = subject.plan;
  const what = `${word} ${role.name}`;
  if (isForeign(subject, role.arn)) return notChecked(what, 'it belongs to another account');
  const known = (evidence: string): Known => ({
    class: 'role-not-assumable',
    evidence,
    principal: role.arn,
    principalKind,
    action: 'sts:AssumeRole',
    resource: role.arn,
  });
  const missing = (evidence: string, advice: string) =>
    advised(found(subject, 'fails', what, known(evidence)), {
      summary: `There is no ${word} ${role.arn}.`,
      advice,
    });
  try {
    const answer = await readRole(subject, role.name);
    if (answer?.Arn && answer.Arn.toLowerCase() !== role.arn.toLowerCase()) {
      return missing(
        `iam:GetRole answers with ${answer.Arn}`,
        `The role's ARN is ${answer.Arn}: write it so in the task definition.`,
      );
    }
    const document = answer?.AssumeRolePolicyDocument;
    if (!document) return notChecked(what, 'IAM does not answer with its trust policy');
    const trust = judgeTrust(document, context.place);
    if (trust.kind === 'trusted')
      return passed(`${what} exists and trusts ecs-tasks.amazonaws.com`);
    if (trust.kind === 'unclear') return notChecked(`trust policy of the ${what}`, trust.because);
    const { mark, evidence, now, explicit } = faultOf(trust, context.place);
    return advised(
      found(subject, mark, what, { ...known(evidence), policy: 'role-trust', explicit }),
      {
        summary: `ECS tasks may not assume the ${what}: ${now}.`,
        advice: `${now.charAt(0).toUpperCase()}${now.slice(1)}.`,
      },
    );
  } catch (error) {
    if (!isNamed(error, ...noSuchEntity)) return notChecked(what, error);
    return missing(
      `iam:GetRole answers ${error.name}`,
      `Create the role ${role.name}, or name one that exists in the task definition.`,
    );
  }
}

/** What is wrong with a trust policy; `now` says what it says instead. */
interface Fault {
  readonly mark: 'fails' | 'may-fail';
  readonly evidence: string;
  readonly now: string;
  readonly explicit: boolean;
}

function faultOf(
  trust: Exclude<Trust, { kind: 'trusted' | 'unclear' }>,
  { account, region }: Place,
): Fault {
  switch (trust.kind) {
    case 'pinned': {
      const to = trust.to.join(', ');
      return {
        mark: trust.isCertain ? 'fails' : 'may-fail',
        evidence: `the trust policy asks for ${to}`,
        now: `its trust policy trusts them only with ${to}, and this service is in account ${account}, Region ${region}`,
        explicit: false,
      };
    }
    case 'denied':
      return {
        mark: 'fails',
        evidence: 'the trust policy denies ecs-tasks.amazonaws.com',
        now: 'a statement of its trust policy denies it explicitly',
        explicit: true,
      };
    case 'untrusted': {
      const others = trust.trusts.length === 0 ? 'nobody' : trust.trusts.slice(0, 5).join(', ');
      return {
        mark: 'fails',
        evidence: `the trust policy names ${others}`,
        now: `its trust policy trusts ${others}, not ecs-tasks.amazonaws.com`,
        explicit: false,
      };
    }
  }
}
