import { shortName } from '../arn.ts';
import { certainties } from '../diagnosis/classes.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { Context, Evidence, Finding } from '../diagnosis/types.ts';
import { parseEcrImage } from '../preflight/image-reference.ts';
import { ownDeployment } from './deployments.ts';
import type { RolloutState } from './state.ts';
import type { ServiceEvent, StoppedTask } from './types.ts';

/** What is known of why a rollout does not go well. */
export interface Diagnosis {
  /** By the deployment's own stopped tasks alone. */
  readonly fromTasks: readonly Finding[];
  /** By tasks, events and ECS's reasons together, most telling first. */
  readonly findings: readonly Finding[];
}

export const noDiagnosis: Diagnosis = { fromTasks: [], findings: [] };

/** Diagnoses what was observed so far. Pure. */
export function diagnoseRollout(state: RolloutState, context: Context): Diagnosis {
  const tasks = state.stoppedTasks.map((task) => taskEvidence(task, state));
  const events = ownEvents(state).map(
    ({ message }): Evidence => ({ kind: 'service-event', message }),
  );
  const record = state.serviceDeployment;
  const reason: Evidence[] = record?.statusReason
    ? [{ kind: 'service-deployment', status: record.status, statusReason: record.statusReason }]
    : [];
  const targets = state.targets
    .filter(({ isOwn, state: health }) => isOwn && health === 'unhealthy')
    .map(
      ({ group, state: health, reason: code, description }): Evidence => ({
        kind: 'target-health',
        group,
        state: health,
        reason: code ?? null,
        description: description ?? null,
      }),
    );
  return {
    fromTasks: diagnose(tasks, context),
    findings: diagnose([...tasks, ...events, ...targets, ...reason], context),
  };
}

/** Whether two states differ in what a diagnosis reads: most polls bring nothing new to it. */
export function bringsEvidence(previous: RolloutState, next: RolloutState): boolean {
  return (
    previous.stoppedTasks !== next.stoppedTasks ||
    previous.events !== next.events ||
    previous.logTails !== next.logTails ||
    previous.targets !== next.targets ||
    previous.serviceDeployment?.statusReason !== next.serviceDeployment?.statusReason
  );
}

function taskEvidence(task: StoppedTask, { logTails }: RolloutState): Evidence {
  const own = logTails.filter(({ taskArn }) => taskArn === task.arn);
  return {
    kind: 'stopped-task',
    stopCode: task.stopCode ?? null,
    stoppedReason: task.reason ?? null,
    containers: task.containers.map(({ name, exitCode, reason }) => ({
      name,
      exitCode: exitCode ?? null,
      reason: reason ?? null,
    })),
    ...(own.length > 0
      ? { logs: Object.fromEntries(own.map(({ container, lines }) => [container, lines])) }
      : {}),
  };
}

/**
 * The events that are this deployment's or the service's as a whole: an old task that fails its
 * health check while it is replaced is none of the new revision's. An event names the task that it
 * is about, and each start of a task is an event too.
 */
function ownEvents(state: RolloutState): readonly ServiceEvent[] {
  const started = new Set(
    state.events
      .filter(({ message }) => /has started/.test(message))
      .flatMap(({ message }) => taskIds(message)),
  );
  const own = new Set([...started, ...state.stoppedTasks.map(({ arn }) => shortName(arn))]);
  return state.events.filter(({ message }) => {
    const ids = taskIds(message);
    const other = /\(deployment (ecs-svc\/\d+)\)/.exec(message)?.[1];
    if (other !== undefined && other !== state.attempt.deploymentId) return false;
    return ids.length === 0 || started.size === 0 || ids.some((id) => own.has(id));
  });
}

const taskIds = (message: string): string[] =>
  [...message.matchAll(/\(task ([0-9a-f-]{32,36})\)/g)].map(([, id = '']) => id);

/**
 * The finding that makes it certain that this rollout fails, if there is one. Nothing is certain
 * while a task of the deployment runs: that one shows that others may.
 *
 * @param foreseen what the preflight had found: a denial is certain with its first task then
 */
export function certainCause(
  state: RolloutState,
  { fromTasks, findings }: Diagnosis,
  foreseen: readonly Finding[],
): Finding | undefined {
  const own = ownDeployment(state.attempt, state.service);
  if (own === undefined || own.running > 0) return undefined;
  const isForeseen = (finding: Finding) => foreseen.some((other) => sameCause(finding, other));
  return (
    fromTasks.find((finding) => isCertainByTasks(finding, state, isForeseen(finding))) ??
    // A role that cannot be assumed leaves no task behind, and tasks cannot always be read.
    findings.find((finding) => isCertainByEvents(finding, state, isForeseen(finding)))
  );
}

function isCertainByTasks(finding: Finding, state: RolloutState, isForeseen: boolean): boolean {
  switch (certainties[finding.class]) {
    case 'certain':
      return true;
    case 'denial':
      return finding.count >= 2 || isForeseen;
    case 'repeated':
      return finding.count >= 2 && failedInARow(state.stoppedTasks);
    case 'may-heal':
    case 'answer':
      return false;
  }
}

/** How long, in milliseconds, a new role may take to be seen everywhere, with a reserve. */
const propagation = 90_000;

function isCertainByEvents(finding: Finding, state: RolloutState, isForeseen: boolean): boolean {
  switch (certainties[finding.class]) {
    case 'certain':
      return state.mostFailed >= 1;
    case 'denial': {
      // ECS tells it once and tries on, without a task and without a word.
      const waited = state.seenAt - state.startedAt >= propagation && noTaskYet(state);
      return state.mostFailed >= 2 || isForeseen || waited;
    }
    case 'repeated':
    case 'may-heal':
    case 'answer':
      return false;
  }
}

function noTaskYet({ attempt, service, stoppedTasks }: RolloutState): boolean {
  return stoppedTasks.length === 0 && ownDeployment(attempt, service)?.pending === 0;
}

function sameCause(found: Finding, foreseen: Finding): boolean {
  return found.class === foreseen.class && sameResource(found.resource, foreseen.resource);
}

/** Policies name a log group with all that is in it, and a repository where tasks name an image. */
function sameResource(found: string | null, foreseen: string | null): boolean {
  if (found === null || foreseen === null || found === foreseen) return true;
  if (foreseen.endsWith(':*')) return found.startsWith(foreseen.slice(0, -1));
  const { region, account, repository } = parseEcrImage(found) ?? {};
  return (
    repository !== undefined && foreseen.endsWith(`:${region}:${account}:repository/${repository}`)
  );
}

/** Whether a task that was started after another one had failed failed as well. */
function failedInARow(tasks: readonly StoppedTask[]): boolean {
  const first = Math.min(...tasks.map(({ stoppedAt }) => stoppedAt ?? Number.POSITIVE_INFINITY));
  return tasks.some(({ createdAt }) => createdAt !== undefined && createdAt >= first);
}
