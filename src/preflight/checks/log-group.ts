import { findLogGroup, type LogTarget, logTargetsOf } from '../log-groups.ts';
import { found, notChecked, passed } from '../results.ts';
import type { Check, CheckResult, Subject } from '../types.ts';

/** The log group of each container that logs with awslogs exists, or the log driver makes it. */
export const logGroups: Check = {
  name: 'log groups',
  async run(subject) {
    const targets = new Map(
      logTargetsOf(subject.plan.context).map((target) => [
        `${target.region} ${target.group} ${target.ifMissing}`,
        target,
      ]),
    );
    return Promise.all([...targets.values()].map((target) => checkGroup(subject, target)));
  },
};

async function checkGroup(subject: Subject, target: LogTarget): Promise<CheckResult> {
  const { group, region, ifMissing } = target;
  const what = `log group ${group}`;
  try {
    const state = await findLogGroup(subject, target);
    if (state === 'exists') return passed(`${what} exists`);
  } catch (error) {
    return notChecked(what, error);
  }
  if (ifMissing === 'created') return passed(`${what} will be created`);
  return found(subject, 'fails', what, {
    class: 'log-group-missing',
    evidence: `logs:DescribeLogGroups does not list ${group} in ${region}`,
    resource: group,
  });
}
