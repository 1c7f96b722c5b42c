import type { FailureClass } from './classes.ts';
import { exitCause } from './containers.ts';
import {
  always,
  causeOf,
  has,
  type Room,
  readingOf,
  readRooms,
  readSignatures,
} from './signatures.ts';
import { apiReading, apiSignatures } from './signatures-api.ts';
import { deploymentSignatures, QUIET_STATUSES } from './signatures-deployment.ts';
import { quietEvents, TROUBLE } from './signatures-event.ts';
import { imageRooms } from './signatures-image.ts';
import { ownRoleSignatures, placeRooms } from './signatures-place.ts';
import { actionSignatures, startRooms } from './signatures-start.ts';
import { wordsOf } from './text.ts';
import type { Cause, Evidence } from './types.ts';

type Kind<K extends Evidence['kind']> = Extract<Evidence, { kind: K }>;

/**
 * What one piece of evidence shows by its own words: nothing for normal life, a cause of class
 * `other` for trouble that is not recognised, and several causes where it names several.
 */
export function causesOf(evidence: Evidence): Cause[] {
  switch (evidence.kind) {
    case 'stopped-task':
      return ofStoppedTask(evidence);
    case 'service-event':
      return ofEvent(evidence.message);
    case 'api-error': {
      const reading = apiReading(evidence);
      return readSignatures(apiSignatures, reading) ?? [causeOf('other', reading.raw)];
    }
    case 'target-health':
      return ofTargetHealth(evidence);
    case 'service-deployment':
      return ofDeployment(evidence);
  }
}

/** What may be said of a task, in its reason, a container's or the event that repeats it. */
const ROOMS: readonly Room[] = [
  { frame: has(/CannotPull/i), signatures: imageRooms.flatMap(({ signatures }) => signatures) },
  ...startRooms,
  ...imageRooms,
  { frame: ({ denials }) => denials.length > 0, signatures: actionSignatures },
  { frame: always, signatures: ownRoleSignatures },
  ...placeRooms,
];

/** Reasons that only sum up what a container's reason or exit code tells. */
const SUMMARY =
  /^(?:task failed to start|essential container (?:in task )?exited|unknown error)\W*(?:exit code \d+\W*)?$/i;
const QUIET_STOP =
  /^\(?(?:scaling activity initiated|task stopped by user|stopped by user|user initiated)|AZ rebalanc/i;

const OF_CONTAINER: ReadonlySet<FailureClass> = new Set([
  'image-not-found',
  'image-access-denied',
  'image-platform-mismatch',
  'image-rate-limited',
  'image-pull-other',
  'out-of-memory',
  'exec-format',
  'container-start-failed',
  'container-health-check',
]);

/** After these the exit codes are ECS's own doing. */
const STOPPED_BY_ECS: ReadonlySet<FailureClass> = new Set([
  'elb-health-check',
  'container-health-check',
  'spot-interruption',
  'host-maintenance',
]);

const STOP_CODES: Readonly<Record<string, FailureClass>> = {
  SpotInterruption: 'spot-interruption',
  TerminationNotice: 'spot-interruption',
  InfrastructureHealth: 'host-maintenance',
};

function ofStoppedTask(task: Kind<'stopped-task'>): Cause[] {
  const reason = task.stoppedReason ?? '';
  const { text } = wordsOf(reason);
  if (task.stopCode === 'UserInitiated' || QUIET_STOP.test(text)) return [];
  const taken = STOP_CODES[task.stopCode ?? ''];
  if (taken) return [causeOf(taken, reason || (task.stopCode ?? ''))];

  const summed = SUMMARY.test(text) || text === '';
  const told = summed ? undefined : textCauses(reason);
  if (told?.some(({ class: failureClass }) => STOPPED_BY_ECS.has(failureClass))) return told;

  const causes = oneOfEach([...containerCauses(task), ...(told ?? []).map(ofOnly(task))]);
  if (causes.length > 0) return causes;
  const ended = task.containers.some(({ exitCode }) => exitCode !== null);
  if (task.stopCode === 'EssentialContainerExited' || (summed && ended)) return [exitCause(task)];
  // The scheduler's own doing, such as the end of a daemon, unless it says that something is wrong.
  if (task.stopCode === 'ServiceSchedulerInitiated' && !TROUBLE.test(text)) return [];
  return unrecognised(task, summed);
}

/** The causes in the containers' own reasons. */
function containerCauses({ containers }: Kind<'stopped-task'>): Cause[] {
  return containers.flatMap(({ name, exitCode, reason }) =>
    (reason ? (textCauses(reason) ?? []) : []).map((cause) => ({
      ...cause,
      container: name,
      exitCode: exitCode !== 0 ? exitCode : null,
    })),
  );
}

/** The reason of a task with one container is that container's where it tells of a container. */
const ofOnly =
  ({ containers }: Kind<'stopped-task'>) =>
  (cause: Cause): Cause => {
    const [only, ...others] = containers;
    return only && others.length === 0 && OF_CONTAINER.has(cause.class)
      ? { ...cause, container: only.name }
      : cause;
  };

/** A task tells the same in its own reason and in its containers': the first, which names one. */
function oneOfEach(causes: readonly Cause[]): Cause[] {
  return causes.filter((cause, index) => {
    const first = causes.findIndex(
      (other) =>
        other.class === cause.class &&
        (cause.resource === null || cause.resource === other.resource) &&
        (cause.container === null || cause.container === other.container),
    );
    return first === index;
  });
}

/** AWS's words as they are, the most telling of them. */
function unrecognised(task: Kind<'stopped-task'>, summed: boolean): Cause[] {
  const container = task.containers.find(({ reason }) => reason);
  if (summed && container?.reason) {
    return [causeOf('other', container.reason, { container: container.name })];
  }
  const words = task.stoppedReason?.trim() || task.stopCode;
  return words ? [causeOf('other', words)] : [];
}

function textCauses(text: string): Cause[] | undefined {
  return readRooms(ROOMS, readingOf(text));
}

const EVENT_PREFIX = /^\s*\(?service [^\s(),]{1,300}(?:, ?taskset [^)]{1,300})?\)?\s+/i;
const ABOUT_DEPLOYMENT =
  /deployment failed|roll(?:ed|ing) back|circuit breaker|lifecycle hook|^ECS deployment/i;

function ofEvent(message: string): Cause[] {
  const words = message.replace(EVENT_PREFIX, '');
  const reading = readingOf(words);
  if (ABOUT_DEPLOYMENT.test(reading.nameless)) {
    const causes = readSignatures(deploymentSignatures, reading);
    if (causes) return causes;
  }
  if (readSignatures(quietEvents, reading)) return [];
  const reason = /unable to place (?:a )?tasks?\W{1,3}Reason:\s*([\s\S]+)/i.exec(words)?.[1];
  // The event's own full stop, not the end of an ellipsis.
  if (reason) return ofReason(reason.trim().replace(/(?<!\.)\.$/, ''));
  return textCauses(words) ?? (TROUBLE.test(reading.nameless) ? [causeOf('other', words)] : []);
}

const ofReason = (reason: string) => textCauses(reason) ?? [causeOf('other', reason)];

/**
 * What a load balancer says of one target.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
function ofTargetHealth({ group, state, reason, description }: Kind<'target-health'>): Cause[] {
  const words = description || reason || state;
  switch (state) {
    case 'unhealthy':
      return [causeOf('elb-health-check', words, { resource: group ?? null })];
    case 'unused':
      // A target that nothing sends traffic to; the others are tasks that are gone.
      return /NotInUse|IpUnusable/i.test(reason ?? '')
        ? [causeOf('bad-service-settings', words)]
        : [];
    default:
      return [];
  }
}

function ofDeployment({ status, statusReason }: Kind<'service-deployment'>): Cause[] {
  if (!statusReason?.trim()) return status === 'ROLLBACK_FAILED' ? [causeOf('other', status)] : [];
  const reading = readingOf(statusReason);
  const causes = readSignatures(deploymentSignatures, reading);
  if (causes) return causes;
  if (QUIET_STATUSES.has(status) && !TROUBLE.test(reading.nameless)) return [];
  return textCauses(statusReason) ?? [causeOf('other', statusReason)];
}
