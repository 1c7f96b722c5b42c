import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { isNamed, objectsOf } from '../../task-definition/json.ts';
import { ask } from '../ask.ts';
import { found, notChecked, passed } from '../results.ts';
import type { Check, CheckResult, Subject } from '../types.ts';

const fix =
  "Make a target group of type ip (the type of one that exists cannot be changed), attach it to the load balancer's listener, and name it in loadBalancers of the service.";

/**
 * Tasks in awsvpc mode have addresses of their own: their target groups are of type `ip`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
 */
export const targetGroups: Check = {
  name: 'target groups',
  async run(subject) {
    if (subject.plan.definition.networkMode !== 'awsvpc') return [];
    return Promise.all(targetGroupsOf(subject).map((arn) => checkGroup(subject, arn)));
  },
};

function targetGroupsOf({ plan }: Subject): readonly string[] {
  const balancers: unknown = plan.changes.loadBalancers ?? plan.service.settings.loadBalancers;
  const arns = objectsOf(balancers).map(([, { targetGroupArn }]) => targetGroupArn);
  return [...new Set(arns.filter((arn) => typeof arn === 'string'))];
}

/** One call each: a single one that is missing would make a common call fail for all. */
async function checkGroup(subject: Subject, arn: string): Promise<CheckResult> {
  const name = arn.split('/').at(-2) ?? arn;
  const what = `target group ${name}`;
  const wrong = (evidence: string, summary: string) => {
    const known = { class: 'bad-service-settings' as const, evidence, resource: arn };
    return found(subject, 'fails', what, known, { summary, fix });
  };
  try {
    const type = (await describeGroup(subject, arn))?.TargetType;
    if (type === undefined)
      return notChecked(what, 'Elastic Load Balancing does not tell its type');
    if (type === 'ip') return passed(`${what} is of type ip`);
    return wrong(
      `elasticloadbalancing:DescribeTargetGroups answers with the type ${type}`,
      `The target group ${name} is of type ${type}, but tasks in the network mode awsvpc register as ip.`,
    );
  } catch (error) {
    if (!isNamed(error, 'TargetGroupNotFoundException', 'TargetGroupNotFound')) {
      return notChecked(what, error);
    }
    return wrong(
      `elasticloadbalancing:DescribeTargetGroups answers ${error.name}`,
      `The target group ${name} of the service does not exist.`,
    );
  }
}

function describeGroup(subject: Subject, arn: string): Promise<TargetGroup | undefined> {
  return ask(subject, 'elasticloadbalancing:DescribeTargetGroups', async (abortSignal) => {
    const [client, { DescribeTargetGroupsCommand }] = await Promise.all([
      subject.aws.elb(),
      import('@aws-sdk/client-elastic-load-balancing-v2'),
    ]);
    const answer = await client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }), {
      abortSignal,
    });
    return answer.TargetGroups?.[0];
  });
}
