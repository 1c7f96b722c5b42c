import { shortName } from '../arn.ts';
import type { ServicePlan } from '../plan.ts';
import { describeChange } from '../task-definition/diff.ts';
import { count, untrusted } from './text.ts';

/** What will be done for one service, as lines of the log. Names only, never values. */
export function planLines({ service, plan, revision, running }: ServicePlan): string[] {
  const name = (arn: string) => untrusted(shortName(arn));
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  const tasks = primary ? `, ${primary.running} of ${count(primary.desired, 'task')}` : '';
  const lines = [
    `${service.name} · ${name(service.clusterArn)}`,
    `  runs now     ${name(service.taskDefinition)}${tasks}`,
    `  source       ${untrusted(plan.source)}`,
    `  revision     ${revision ? `${name(revision)} is the same already: nothing to register` : 'a new one'}`,
    ...plan.taskDefinition.map((change) => `  change       ${untrusted(describeChange(change))}`),
  ];
  if (!running) lines.push('  change       not compared: the running revision cannot be read');
  if (plan.service.length > 0) lines.push(`  service      sets ${plan.service.join(', ')}`);
  for (const { id, status, rolloutState, taskDefinition } of service.deployments) {
    if (status === 'PRIMARY' && rolloutState === 'FAILED') {
      lines.push(`  note         the deployment of ${name(taskDefinition)} (${id}) had failed`);
    }
    if (status === 'PRIMARY' && rolloutState === 'IN_PROGRESS') {
      lines.push(`  note         a deployment of ${name(taskDefinition)} (${id}) is under way`);
    }
  }
  return lines;
}

/** Why a bad rollout of this service would not end by itself, or undefined where it would. */
export function breakerWarning({ service, changes }: ServicePlan): string | undefined {
  const breaker = changes.deploymentConfiguration?.deploymentCircuitBreaker ?? service.breaker;
  if (breaker.enable) return undefined;
  return `The circuit breaker of ${service.name} is off: ECS will try for ever to start tasks that cannot start, and this step can only time out. Set \`circuit-breaker: rollback\`.`;
}
