import { runsOnFargate } from '../launch.ts';
import { findLogGroup, type LogTarget, logTargetsOf } from '../log-groups.ts';
import { notChecked } from '../results.ts';
import type { Subject } from '../types.ts';
import { must, type Need, type NeedSource, nothingElse, should, usedOnEc2 } from './need.ts';

/**
 * Writing the log of each container, and making its group where the driver shall.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
 */
export const logNeeds: NeedSource = async (subject) => {
  const { plan } = subject;
  const targets = logTargetsOf(plan.context);
  if (targets.length === 0) return [];
  if (!runsOnFargate(plan)) return [notChecked('write the logs', usedOnEc2)];
  const groups = new Map(targets.map((target) => [groupArn(subject, target), target]));
  const needs = [...groups].map(async ([arn, target]): Promise<readonly Need[]> => {
    const makes = targets.some(
      ({ group, region, ifMissing }) =>
        ifMissing === 'created' && group === target.group && region === target.region,
    );
    return [writeNeed(target, arn), ...(makes ? await createNeed(subject, target, arn) : [])];
  });
  return (await Promise.all(needs)).flat();
};

function groupArn({ plan }: Subject, { group, region }: LogTarget): string {
  const { partition, account } = plan.context.place;
  return `arn:${partition}:logs:${region}:${account}:log-group:${group}`;
}

/** Policies are written for the group and all in it, or for its log streams alone. */
function writeNeed({ container, group, region, streamPrefix }: LogTarget, arn: string): Need {
  const stream = [streamPrefix, container, 'task'].filter(Boolean).join('/');
  return {
    class: 'log-access-denied',
    what: `write to log group ${group}`,
    // The stream is made before the container starts; lines that cannot be written are lost.
    actions: [must('logs:CreateLogStream'), should('logs:PutLogEvents')],
    resources: [`${arn}:*`, `${arn}:log-stream:${stream}`],
    region,
    other: nothingElse,
  };
}

/** The driver makes the group only when its stream cannot be made for want of it. */
async function createNeed(
  subject: Subject,
  target: LogTarget,
  arn: string,
): Promise<readonly Need[]> {
  const state = await findLogGroup(subject, target).catch(() => 'unknown' as const);
  if (state === 'exists') return [];
  const { group, region } = target;
  return [
    {
      class: 'log-access-denied',
      what: `create log group ${group}`,
      actions: [(state === 'missing' ? must : should)('logs:CreateLogGroup')],
      resources: [`${arn}:*`, arn, `${arn}:log-stream:`],
      region,
      other: nothingElse,
    },
  ];
}
