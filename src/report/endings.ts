import { describeProblem, type Problem } from '../errors.ts';
import type { ServicePlan } from '../plan.ts';
import type { Result } from '../result.ts';
import { primaryOf } from '../rollout/deployments.ts';
import { planStart } from '../rollout/start.ts';
import type { Attempt, Service } from '../rollout/types.ts';
import { count, nameOf, untrusted } from './text.ts';

/** The summaries of the endings that no rollout was followed to: a sentence each, as `summarize`. */

/** `web · prod` */
export function title(service: Pick<Service, 'name' | 'clusterArn'>): string {
  return `${untrusted(service.name)} · ${nameOf(service.clusterArn)}`;
}

export function unchanged(service: Service, revision: string): string[] {
  return [
    `${title(service)}: nothing to deploy.`,
    `${nameOf(revision)} is deployed already, and no input changes anything.`,
    ...shortOfTasks(service),
  ];
}

/** A service may be short of tasks although its deployment has completed. */
function shortOfTasks(service: Service): string[] {
  const primary = primaryOf(service);
  return primary && primary.running < primary.desired
    ? [`But only ${primary.running} of ${count(primary.desired, 'task')} run: look at its events.`]
    : [];
}

export function started(service: Service, { deploymentId, taskDefinition }: Attempt): string[] {
  return [
    `${title(service)}: started.`,
    `${untrusted(deploymentId)} deploys ${nameOf(taskDefinition)}; its outcome was not waited for (wait: false).`,
  ];
}

const wouldDo = {
  unchanged: 'runs already, so there is nothing to deploy',
  join: 'is being deployed already, which would be followed',
  update: 'would be deployed as it is',
} as const;

export function planned({ service, revision, changes, definition }: ServicePlan): string[] {
  return [
    `${title(service)}: dry run, nothing was changed.`,
    revision
      ? `${nameOf(revision)} ${wouldDo[planStart(service, revision, changes).kind]}.`
      : `A new revision of ${definition.family} would be registered and deployed.`,
  ];
}

/** @param registered ARN of a revision that this step has registered all the same */
export function cancelledBefore(service: Service, registered: string | undefined): string[] {
  return [`${title(service)}: cancelled before the service was changed.`, ...left(registered)];
}

/** @param registered ARN of a revision that this step has registered all the same */
export function refused(
  name: string,
  problems: readonly Problem[],
  registered?: string | undefined,
): string[] {
  const [first, ...more] = problems
    .map((problem) => describeProblem(problem).split('\n')[0] ?? '')
    .map(untrusted);
  const others = more.length > 0 ? ` (and ${more.length} more)` : '';
  return [
    `${name}: refused, the service was not changed.`,
    `${first}${others}`,
    ...left(registered),
  ];
}

function left(registered: string | undefined): string[] {
  return registered ? [`${nameOf(registered)} is registered.`] : [];
}

/** UpdateService was sent, and neither its answer nor the service says what became of it. */
export function unanswered(
  service: Service,
  status: 'failed' | 'cancelled',
  words: string,
): string[] {
  return [
    `${title(service)}: ${status}. UpdateService was not answered, and whether ECS has carried it out is not known.`,
    untrusted(words),
  ];
}

/** `check-url` has answered. */
export function urlAnswered(url: string, status: number): string {
  return `${untrusted(url)} answers ${status}.`;
}

/** The rollout succeeded, and `check-url` did not answer as it must. @param how a sentence */
export function urlDoesNotAnswer(
  { service, cluster, taskDefinitionArn, status }: Result,
  how: string,
): string[] {
  const deployed = status === 'unchanged' ? 'nothing was deployed' : 'the rollout itself succeeded';
  return [
    `${untrusted(service)} · ${untrusted(cluster)}: failed, ${deployed}, but its URL does not answer as it must.`,
    untrusted(how),
    `${nameOf(taskDefinitionArn)} serves.`,
  ];
}

/** Cancelled while `check-url` was being asked. */
export function urlNotAwaited({ summary }: Result, url: string): string[] {
  return [...summary, `Cancelled before ${untrusted(url)} had answered.`];
}

/** An error that nobody foresaw. */
export function broken(error: unknown): string[] {
  const words = untrusted(error instanceof Error ? error.message : String(error));
  return [`The step failed for a reason of its own, which is a bug: ${words}`];
}
