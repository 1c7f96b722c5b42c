import type { Target } from '../../rollout/types.ts';
import type { Picture } from '../picture.ts';
import { count } from '../text.ts';
import { code, prose } from './markdown.ts';

/** Unhealthy targets that are named one by one. */
const mostTargets = 5;

/** The targets behind the load balancers: how many are how healthy, and why one is not. */
export function targetHealth({ rollout, targetGroups }: Picture): string {
  const targets = rollout?.state.targets ?? [];
  const groups = [...new Set(targets.map(({ group }) => group))];
  return groups
    .map((group) => {
      const own = targets.filter((target) => target.group === group);
      const check = targetGroups.find(({ arn }) => arn === group)?.healthCheck;
      const asks = check
        ? ` (${[
            check.protocol,
            check.path,
            check.port !== 'traffic-port' && `port ${check.port}`,
            check.codes && `expects ${check.codes}`,
          ]
            .filter(Boolean)
            .map((part) => prose(String(part)))
            .join(', ')})`
        : '';
      const heading = `**Targets of ${code(groupName(group))}**${asks}: ${counts(own)}`;
      const sick = own.filter(({ state }) => state === 'unhealthy');
      const lines = sick.slice(0, mostTargets).map((target) => `- ${sickness(target)}`);
      const more = sick.length - lines.length;
      return [heading, ...lines, ...(more > 0 ? [`- and ${count(more, 'other')}`] : [])].join('\n');
    })
    .join('\n\n');
}

/** `arn:…:targetgroup/web/0123456789abcdef` → `web` */
function groupName(arn: string): string {
  return arn.split('/').at(-2) ?? arn;
}

function counts(targets: readonly Target[]): string {
  const states = [...new Set(targets.map(({ state }) => state))].toSorted();
  const number = (state: string) => targets.filter((target) => target.state === state).length;
  return states.map((state) => `${number(state)} ${prose(state)}`).join(', ');
}

function sickness({ id, port, isOwn, reason, description }: Target): string {
  const address = code(port === undefined ? id : `${id}:${port}`);
  const whose = isOwn ? '' : ' (not of this deployment)';
  const why = prose(description ?? reason ?? 'no reason given');
  return `${address}${whose}: ${why}`;
}
