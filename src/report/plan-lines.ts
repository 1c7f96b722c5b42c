import type { ServicePlan } from '../plan.ts';
import { primaryOf } from '../rollout/deployments.ts';
import { describeChange } from '../task-definition/diff.ts';
import { title } from './endings.ts';
import { count, nameOf, untrusted } from './text.ts';

/** What will be done for one service, as lines of the log. Names only, never values. */
export function planLines({ service, plan, revision, running }: ServicePlan): string[] {
  const primary = primaryOf(service);
  const tasks = primary ? `, ${primary.running} of ${count(primary.desired, 'task')}` : '';
  const lines = [
    title(service),
    `  runs now     ${nameOf(service.taskDefinition)}${tasks}`,
    `  source       ${untrusted(plan.source)}`,
    `  revision     ${revision ? `${nameOf(revision)} is the same already: nothing to register` : 'a new one'}`,
    ...plan.taskDefinition.map((change) => `  change       ${untrusted(describeChange(change))}`),
  ];
  if (!running) lines.push('  change       not compared: the running revision cannot be read');
  if (plan.service.length > 0) lines.push(`  service      sets ${plan.service.join(', ')}`);
  const state = primary && primaryStates[primary.rolloutState ?? ''];
  if (state)
    lines.push(`  note         the deployment of ${nameOf(primary.taskDefinition)} ${state}`);
  return lines;
}

const primaryStates: Readonly<Record<string, string>> = {
  FAILED: 'had failed',
  IN_PROGRESS: 'is still under way',
};

/** A field that was asked for and is not, or not so, in the registered revision. */
export function droppedWarning(path: string, arn: string): string {
  return `${untrusted(path)} was asked for, but ${nameOf(arn)} does not have it so: ECS, or the AWS SDK of this action, has dropped or changed it. Check its spelling, or use a newer version of this action.`;
}
