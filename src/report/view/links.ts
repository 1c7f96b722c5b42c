import { parseArn, shortName } from '../../arn.ts';
import type { Picture } from '../picture.ts';
import { link } from './markdown.ts';

/** Where the AWS console of a partition is. https://docs.aws.amazon.com/general/latest/gr/rande.html */
const consoles: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** The ways on from here: the run, the service and its logs. @param run URL of the workflow run */
export function links({ serviceArn, clusterArn, logs }: Picture, run: string): string[] {
  const ways = run === '' ? [] : [link('Run', run)];
  const arn = parseArn(serviceArn);
  const host = arn && consoles[arn.partition];
  if (!arn || !host || !isRegion.test(arn.region)) return ways;
  const { region } = arn;
  const [cluster, service] = [clusterArn, serviceArn].map((one) =>
    encodeURIComponent(shortName(one)),
  );
  ways.push(
    link(
      'Service in the ECS console',
      `https://${region}.${host}/ecs/v2/clusters/${cluster}/services/${service}/deployments?region=${region}`,
    ),
  );
  const groups = [...new Map(logs.map((log) => [`${log.region} ${log.group}`, log])).values()];
  for (const { group, region } of groups.slice(0, mostGroups)) {
    if (!isRegion.test(region) || group.length > longestGroup) continue;
    // The console wants the name encoded twice, with $ for %.
    const name = encodeURIComponent(encodeURIComponent(group.toWellFormed())).replaceAll('%', '$');
    ways.push(
      link(
        groups.length > 1 ? `Logs ${group}` : 'Logs',
        `https://${region}.${host}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${name}`,
      ),
    );
  }
  return ways;
}

const isRegion = /^[a-z0-9-]+$/;
/** Characters that the name of a log group may have. */
const longestGroup = 512;
/** Log groups that get a link. */
const mostGroups = 4;
