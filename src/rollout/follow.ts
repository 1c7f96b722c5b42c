import { advance } from './advance.ts';
import { judge, type Verdict } from './judge.ts';
import { type ObserveOptions, observe } from './observe.ts';
import { initialState, type RolloutState } from './state.ts';
import type { Attempt, Observation, Service } from './types.ts';

/** How the wait for one rollout ended: a verdict, or the job was cancelled. */
export type Ending = Exclude<Verdict, { status: 'in-progress' }> | { readonly status: 'cancelled' };

/** One step of the wait, for those who draw it. */
export interface Step {
  readonly previous: RolloutState;
  readonly state: RolloutState;
  readonly verdict: Verdict;
  readonly observation: Observation;
}

/**
 * Follows one deployment from UpdateService's answer to its end.
 *
 * @param timeout milliseconds
 * @param onStep called after each observation
 */
export async function follow(
  attempt: Attempt,
  service: Service,
  timeout: number,
  options: Omit<ObserveOptions, 'deadline'>,
  onStep: (step: Step) => void,
): Promise<{ state: RolloutState; ending: Ending }> {
  let state = initialState(attempt, service, options.clock.now());
  const deadline = state.startedAt + timeout;
  for await (const observation of observe(attempt, service, { ...options, deadline })) {
    const previous = state;
    state = advance(previous, observation);
    const verdict = judge(state, timeout);
    onStep({ previous, state, verdict, observation });
    if (verdict.status !== 'in-progress') return { state, ending: verdict };
  }
  return { state, ending: { status: 'cancelled' } };
}
