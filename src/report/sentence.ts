import type { Finding } from '../diagnosis/types.ts';
import { ownDeployment } from '../rollout/deployments.ts';
import type { Ending } from '../rollout/follow.ts';
import { runningTaskDefinition, sameRevision } from '../rollout/judge.ts';
import type { RolloutState } from '../rollout/state.ts';
import { count, duration, nameOf, untrusted } from './text.ts';

/**
 * What happened, what runs now and why, a sentence each: the output `summary`. AWS's words in it are
 * made harmless for a log.
 *
 * @param findings why it went so, most telling first
 * @param timeout milliseconds
 */
export function summarize(
  state: RolloutState,
  ending: Ending,
  findings: readonly Finding[],
  timeout: number,
): string[] {
  const { attempt } = state;
  const tried = nameOf(attempt.taskDefinition);
  const head = headOf(attempt.service, attempt.clusterArn);
  const serves = servesNow(state, ending);

  switch (ending.status) {
    case 'succeeded':
      return successes(state, head, serves);
    case 'rolled-back':
      return [
        `${head} rolled back, ${tried} is not deployed.`,
        serves,
        ...(state.response?.kind === 'rollback-asked'
          ? [...reasons(findings, undefined), asked]
          : reasons(findings, ending.reason)),
      ];
    case 'superseded': {
      const by = ending.by ? ` of ${nameOf(ending.by)}` : '';
      return [
        `${head} superseded. Another deployment${by} replaced the one of ${tried} before it was complete.`,
        serves,
      ];
    }
    case 'stopped': {
      const why = ending.reason ? reasons(findings, ending.reason) : [];
      return [`${head} stopped. Someone else stopped the deployment of ${tried}.`, serves, ...why];
    }
    case 'timed-out':
      return [
        `${head} timed out. After ${duration(timeout)} ECS is still ${timedOutIn[ending.phase]} ${tried} and goes on without this step.`,
        serves,
        ...(findings.length === 0 && state.stoppedTasks.length === 0
          ? ['No task of it has failed so far.']
          : reasons(findings, undefined)),
      ];
    case 'cancelled':
      return [
        `${head} cancelled. This step no longer follows the deployment of ${tried}; ECS goes on with it.`,
        serves,
      ];
    case 'failed':
      return [
        `${head} failed${failures[ending.why](tried)}`,
        ...failureDetails(ending, findings, serves),
      ];
  }
}

function successes(state: RolloutState, head: string, serves: string): string[] {
  const { attempt, service } = state;
  const tried = nameOf(attempt.taskDefinition);
  const own = ownDeployment(attempt, service);
  const tasks = own ? ` with ${own.running} of ${count(own.desired, 'task')}` : '';
  const took = duration(state.now - state.startedAt);
  const replaced = own ? [] : [`It has been replaced since: ${serves}`];
  switch (attempt.origin) {
    case 'started':
      return [`${head} deployed. ${tried} serves${tasks}, ${took} after the update.`, ...replaced];
    case 'joined':
      return [`${head} deployed. ${tried} serves${tasks}.`, ...replaced];
    case 'standing':
    case 'not-started':
      return [`${head} settled without a new deployment. ${tried} serves${tasks}.`];
  }
}

type Failed = Extract<Ending, { status: 'failed' }>;

const failures: Readonly<Record<Failed['why'], (tried: string) => string>> = {
  'no-rollback': (tried) => ` and not rolled back, ${tried} is not deployed.`,
  'rollback-failed': (tried) => `, ${tried} is not deployed, and ECS could not roll back.`,
  'service-gone': (tried) => `. The service was deleted while ${tried} was being deployed.`,
  'not-started': (tried) => `. ECS accepted the update but started no deployment of ${tried}.`,
  certain: (tried) => `, ${tried} is not deployed: it is certain to fail.`,
  lost: (tried) =>
    `. The deployment of ${tried} was started, but cannot be followed to its end; ECS goes on with it.`,
};

function failureDetails(
  { why, reason }: Failed,
  findings: readonly Finding[],
  serves: string,
): string[] {
  switch (why) {
    case 'no-rollback':
    case 'rollback-failed':
      return [serves, ...reasons(findings, reason)];
    case 'certain':
      return [
        serves,
        ...reasons(findings, undefined),
        ...(reason === undefined ? [] : [untrusted(reason)]),
        'This step did not wait any longer; ECS goes on with the deployment.',
      ];
    case 'not-started':
      return [serves, 'Set `force-new-deployment: true` to have one started.'];
    case 'lost':
      return [`As last seen: ${serves}`, untrusted(reason ?? '')];
    case 'service-gone':
      return [];
  }
}

const asked = 'This step asked ECS to roll back as soon as that was certain.';

/** How many causes a summary tells; the diagnosis has them all. */
const mostCauses = 3;

/** The causes, AWS's words for the first, and what ECS says of the rollout as a whole. */
function reasons(findings: readonly Finding[], reason: string | undefined): string[] {
  const [first, ...more] = findings.filter(({ class: name }) => name !== 'breaker-tripped');
  const ecs = reason === undefined ? [] : [`ECS says: ${sentence(reason)}`];
  if (first === undefined) return ecs.length > 0 ? ecs : ['ECS gave no reason.'];
  return [
    says(first),
    ...more.slice(0, mostCauses - 1).map(says),
    ...(first.class === 'other' ? [] : [`AWS says: ${sentence(first.evidence)}`]),
    ...ecs,
  ];
}

function says({ summary, count: times, file, line }: Finding): string {
  const where = file !== null && line !== null ? [`${file}:${line}`] : [];
  const notes = [...(times > 1 ? [`${times} times`] : []), ...where];
  const note = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  return untrusted(summary).replace(/\.?$/, `${note && ` ${untrusted(note)}`}.`);
}

function sentence(words: string): string {
  return untrusted(words).replace(/\.?$/, '.');
}

const timedOutIn = {
  'rolling-out': 'rolling out',
  failing: 'giving up',
  'rolling-back': 'rolling back',
  stopping: 'stopping',
} as const;

function servesNow(state: RolloutState, ending: Ending): string {
  const running = runningTaskDefinition(state, ending);
  if (running === undefined) return 'No task of the service runs now.';
  const { taskDefinition, previousTaskDefinition } = state.attempt;
  if (sameRevision(running, taskDefinition) && sameRevision(running, previousTaskDefinition)) {
    return `${nameOf(running)} serves, from the deployment before.`;
  }
  return sameRevision(running, previousTaskDefinition)
    ? `${nameOf(running)} still serves.`
    : `${nameOf(running)} serves now.`;
}

/** `web · prod:` */
function headOf(service: string, cluster: string): string {
  return `${untrusted(service)} · ${nameOf(cluster)}:`;
}
