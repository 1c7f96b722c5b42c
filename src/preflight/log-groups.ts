import type { Context } from '../diagnosis/types.ts';
import { isObject } from '../task-definition/json.ts';
import { containersOf, logConfigurationOf } from '../task-definition/rules/rule.ts';
import { ask, listIn, once, UnansweredError } from './ask.ts';
import type { Subject } from './types.ts';

/** Where a container's log goes. */
export interface LogTarget {
  readonly container: string;
  readonly group: string;
  readonly region: string;
  /** Of the log stream's name; empty without a prefix. */
  readonly streamPrefix: string;
  /** What becomes of a group that is not there: the log driver makes it, or the task fails. */
  readonly ifMissing: 'created' | 'fails';
}

/**
 * The log groups of all containers that log with `awslogs`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
 */
export function logTargetsOf({ definition, place }: Context): readonly LogTarget[] {
  return containersOf(definition).flatMap(({ container, name }) => {
    const { logDriver, options } = logConfigurationOf(container);
    if (logDriver !== 'awslogs' || !isObject(options)) return [];
    const group = options['awslogs-group'];
    if (typeof group !== 'string' || group === '') return [];
    const region = options['awslogs-region'];
    const prefix = options['awslogs-stream-prefix'];
    return [
      {
        container: name,
        group,
        region: typeof region === 'string' && region !== '' ? region : place.region,
        streamPrefix: typeof prefix === 'string' ? prefix : '',
        ifMissing: String(options['awslogs-create-group']) === 'true' ? 'created' : 'fails',
      },
    ];
  });
}

/** More pages of names with the same beginning than there will be. */
const mostPages = 20;

/**
 * Whether a log group exists; each is asked for once a subject.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
 *
 * @throws as `ask`
 */
export function findLogGroup(
  subject: Subject,
  { group, region }: Pick<LogTarget, 'group' | 'region'>,
): Promise<'exists' | 'missing'> {
  return once(subject, `log group ${group} of ${region}`, async () => {
    let token: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const answer = await ask(subject, 'logs:DescribeLogGroups', async (abortSignal) => {
        const [client, { DescribeLogGroupsCommand }] = await Promise.all([
          subject.aws.logs(region),
          import('@aws-sdk/client-cloudwatch-logs'),
        ]);
        return client.send(
          new DescribeLogGroupsCommand({
            logGroupNamePrefix: group,
            ...(token === undefined ? {} : { nextToken: token }),
          }),
          { abortSignal },
        );
      });
      const groups = listIn(answer.logGroups, 'logs:DescribeLogGroups');
      if (groups.some(({ logGroupName }) => logGroupName === group)) return 'exists';
      token = answer.nextToken;
      if (token === undefined) return 'missing';
    }
    throw new UnansweredError('silent', 'logs:DescribeLogGroups comes to no end');
  });
}
