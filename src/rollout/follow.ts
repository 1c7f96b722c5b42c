import type { Context, Finding } from '../diagnosis/types.ts';
import { advance } from './advance.ts';
import {
  bringsEvidence,
  certainCause,
  type Diagnosis,
  diagnoseRollout,
  noDiagnosis,
} from './findings.ts';
import { judge, type Verdict } from './judge.ts';
import { type ObserveOptions, observe } from './observe.ts';
import { type OnFailure, respond } from './respond.ts';
import { initialState, type RolloutState } from './state.ts';
import { type TargetsReading, targetsSource } from './targets.ts';
import type { Attempt, Observation, Service } from './types.ts';

/** How the wait for one rollout ended: a verdict, or the job was cancelled. */
export type Ending = Exclude<Verdict, { status: 'in-progress' }> | { readonly status: 'cancelled' };

/** One step of the wait, for those who draw it. */
export interface Step {
  readonly previous: RolloutState;
  readonly state: RolloutState;
  readonly verdict: Verdict;
  readonly observation: Observation;
  /** Why it does not go well, as far as it is known now; most telling first. */
  readonly findings: readonly Finding[];
}

export interface FollowOptions extends Omit<ObserveOptions, 'deadline' | 'targets'> {
  /** How the health of targets is read. */
  readonly elb: TargetsReading['client'];
  /** Milliseconds. */
  readonly timeout: number;
  readonly onFailure: OnFailure;
  readonly context: Context;
  /** What the preflight had found. */
  readonly foreseen: readonly Finding[];
}

/**
 * Follows one deployment from UpdateService's answer to its end, and ends one early that is certain
 * to fail.
 *
 * @param onStep called after each observation
 */
export async function follow(
  attempt: Attempt,
  service: Service,
  options: FollowOptions,
  onStep: (step: Step) => void,
): Promise<{ state: RolloutState; ending: Ending; findings: readonly Finding[] }> {
  const { clock, ecs, timeout, onFailure, context, foreseen } = options;
  let state = initialState(attempt, service, clock.now());
  let diagnosis: Diagnosis = noDiagnosis;
  /** @param settled the verdict that stands, whatever is observed after it */
  const step = (observation: Observation, settled?: Verdict): Verdict => {
    const previous = state;
    state = advance(previous, observation);
    if (bringsEvidence(previous, state)) diagnosis = diagnoseRollout(state, context);
    const verdict = settled ?? judge(state, timeout);
    onStep({ previous, state, verdict, observation, findings: diagnosis.findings });
    return verdict;
  };

  const notices: string[] = [];
  const reading = { client: options.elb, groups: service.targetGroups };
  const targets = targetsSource(attempt, reading, options, (message) => notices.push(message));
  const deadline = state.startedAt + timeout;
  let ending: Exclude<Ending, { status: 'cancelled' }> | undefined;
  for await (const observation of observe(attempt, service, { ...options, deadline, targets })) {
    for (const message of notices.splice(0)) step({ kind: 'notice', at: clock.now(), message });
    let verdict = step(observation, ending);
    if (ending) {
      if (observation.kind === 'logs') break;
      continue;
    }
    if (verdict.status === 'in-progress' && verdict.phase === 'rolling-out') {
      // ECS has not given it up by itself yet.
      const isCertain =
        state.response === undefined && certainCause(state, diagnosis, foreseen) !== undefined;
      const response = isCertain ? await respond(ecs, state, onFailure) : undefined;
      if (response) verdict = step({ kind: 'responded', at: clock.now(), response });
    }
    if (verdict.status !== 'in-progress') {
      ending = verdict;
      // The logs of tasks that stopped last are read next, and may be what tells why.
      if (observation.kind !== 'seen' || observation.stoppedTasks.length === 0) break;
    }
  }
  if (!ending) return { state, ending: { status: 'cancelled' }, findings: diagnosis.findings };
  // What stays to be seen of the rollout.
  step({ kind: 'targets', at: clock.now(), ...(await targets.last()) }, ending);
  return { state, ending, findings: diagnosis.findings };
}
