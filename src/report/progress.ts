import { ownDeployment } from '../rollout/deployments.ts';
import type { Verdict } from '../rollout/judge.ts';
import type { RolloutState } from '../rollout/state.ts';
import { withoutIds } from '../rollout/stop-reason.ts';
import type { Response } from '../rollout/types.ts';
import { type Happening, happenings } from './happenings.ts';
import { nameOf, stopwatch, untrusted } from './text.ts';

/** Milliseconds without a line after which one is written although nothing changed. */
export const heartbeat = 30_000;

/**
 * The log lines for what `next` shows and `previous` did not, oldest first. Pure. Events and tasks
 * carry the time that AWS gave them, everything else the time since the step began to follow.
 */
export function progressLines(
  previous: RolloutState,
  next: RolloutState,
  verdicts: { readonly previous: Verdict; readonly next: Verdict },
): string[] {
  const told = new Map<string, number>();
  const remember = ({ words, time }: Happening) => {
    const key = withoutIds(words);
    if (!told.has(key)) told.set(key, time);
  };
  happenings(previous, 0, []).forEach(remember);
  const lines: string[] = [];
  const fresh = happenings(next, previous.events.length, previous.stoppedTasks);
  for (const happening of fresh) {
    const { time, label, words } = happening;
    const first = words.length > longWords ? told.get(withoutIds(words)) : undefined;
    const text =
      first === undefined ? words : `${words.slice(0, longWords / 2)}… (as at ${stopwatch(first)})`;
    lines.push(at(time, `${label}: ${untrusted(text)}`));
    remember(happening);
  }
  const status = statusLine(next, verdicts.next);
  if (status !== statusLine(previous, verdicts.previous)) {
    lines.push(at(next.now - next.startedAt, status));
  }
  return lines;
}

/** The line of a heartbeat: how things stand although nothing changed. */
export function heartbeatLine(state: RolloutState, verdict: Verdict): string {
  return at(state.now - state.startedAt, `${statusLine(state, verdict)} (no change)`);
}

/** The opening line of the wait. */
export function openingLine(state: RolloutState, verdict: Verdict): string {
  return at(0, `following ${untrusted(state.attempt.deploymentId)}: ${statusLine(state, verdict)}`);
}

/** The line that tells what this step has done about a rollout that is certain to fail. */
export function responseLine(state: RolloutState, response: Response): string {
  return at(state.now - state.startedAt, responses(response));
}

function responses(response: Response): string {
  switch (response.kind) {
    case 'rollback-asked':
      return 'this rollout is certain to fail: asked ECS to roll back';
    case 'breaker-awaited':
      return `this rollout is certain to fail. ${untrusted(response.why)} Waiting for its circuit breaker`;
    case 'left':
      return `this rollout is certain to fail: not waiting any longer. ${untrusted(response.why ?? '')}`.trim();
  }
}

/** A line without a time of its own. */
export function aside(text: string): string {
  return `         ${text}`;
}

function at(milliseconds: number, text: string): string {
  return `${stopwatch(milliseconds).padStart(7)}  ${text}`;
}

const phases = {
  'rolling-out': '',
  failing: 'failed, waiting for the rollback',
  'rolling-back': 'rolling back',
  stopping: 'stopping',
} as const;

/** `web:8 1 of 2 running, 1 pending · breaker 1 of 3`. */
function statusLine(state: RolloutState, verdict: Verdict): string {
  const { attempt, service, serviceDeployment } = state;
  const own = ownDeployment(attempt, service);
  const counts = own
    ? [`${own.running} of ${own.desired} running`, own.pending > 0 && `${own.pending} pending`]
    : ['no longer listed'];
  const breaker = serviceDeployment?.breaker;
  const failures =
    breaker && breaker.threshold > 0
      ? breakerCount(breaker)
      : own && own.failed > 0 && `${own.failed} failed in a row`;
  const others = service.deployments
    .filter(({ id, running }) => id !== attempt.deploymentId && running > 0)
    .map(({ taskDefinition, running }) => `${nameOf(taskDefinition)} ${running} running`);
  const stage = serviceDeployment?.lifecycleStage;
  return [
    `${nameOf(attempt.taskDefinition)} ${counts.filter(Boolean).join(', ')}`,
    ...others,
    failures,
    verdict.status === 'in-progress' &&
      verdict.phase === 'rolling-out' &&
      stage &&
      untrusted(stage),
    verdict.status === 'in-progress' && phases[verdict.phase],
  ]
    .filter(Boolean)
    .join(' · ');
}

/** `breaker 1 of 3`; tasks that fail together may carry the count past its threshold. */
function breakerCount({ failures, threshold }: { failures: number; threshold: number }) {
  if (failures === 0) return false;
  return failures < threshold
    ? `breaker ${failures} of ${threshold}`
    : `breaker tripped after ${failures} failures`;
}

/** Words that are longer than this, in characters, are written once and cut after that. */
const longWords = 120;
