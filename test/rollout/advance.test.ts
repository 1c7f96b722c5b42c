import { describe, expect, it } from 'vitest';
import { advance } from '../../src/rollout/advance.ts';
import type { RolloutState } from '../../src/rollout/state.ts';
import type { RunningTask, Target } from '../../src/rollout/types.ts';
import { deployment, old, start, stateAfter, target } from '../support/rollout.ts';

/** The targets after some looks. */
const after = (...looks: (readonly Target[])[]): RolloutState =>
  looks.reduce(
    (state, targets, index) =>
      advance(state, { kind: 'targets', at: start + index, targets, tasks: undefined }),
    stateAfter([]),
  );
const shown = (...looks: (readonly Target[])[]) =>
  after(...looks).targets.map(({ id, state, reason }) => [id, state, reason].filter(Boolean));

describe('targets', () => {
  const sick = target({ state: 'unhealthy', reason: 'Target.Timeout' });

  it('are those of the newest look', () => {
    const other = target({ id: '10.0.0.8' });
    expect(shown([target(), other], [target({ state: 'draining' })])).toEqual([
      ['10.0.0.7', 'draining'],
    ]);
  });

  it.each(['draining', 'unhealthy.draining', 'unused'])(
    'that were unhealthy and are %s now stay unhealthy, with the reason',
    (state) => {
      const gone = target({ state, reason: 'Target.DeregistrationInProgress' });
      expect(shown([sick], [gone])).toEqual([['10.0.0.7', 'unhealthy', 'Target.Timeout']]);
    },
  );

  it('that were unhealthy and have vanished stay unhealthy, also later', () => {
    expect(shown([sick], [], [])).toEqual([['10.0.0.7', 'unhealthy', 'Target.Timeout']]);
  });

  it('that were unhealthy and are healthy now are healthy', () => {
    expect(shown([sick], [target()], [])).toEqual([]);
  });

  it('of others that were unhealthy are forgotten when they go', () => {
    expect(shown([{ ...sick, isOwn: false }], [])).toEqual([]);
  });

  it('are told apart by group and port', () => {
    const elsewhere = [target({ port: 9000 }), target({ group: 'other' })];
    expect(shown([sick], elsewhere)).toHaveLength(3);
  });

  it('stay as they were where a look could not be made', () => {
    const seen = after([sick]);
    const next = advance(seen, { kind: 'targets', at: start, targets: undefined, tasks: [] });
    expect(next.targets).toBe(seen.targets);
  });
});

it('running tasks are those of the newest look that had them', () => {
  const task: RunningTask = {
    ...{ arn: 'a', addresses: [], createdAt: start, startedAt: undefined },
    ...{ pullStartedAt: undefined, pullStoppedAt: undefined, stoppedAt: undefined },
  };
  const look = (tasks: readonly RunningTask[] | undefined) =>
    ({ kind: 'targets', at: start, targets: [], tasks }) as const;
  const seen = advance(stateAfter([]), look([task]));
  expect(advance(seen, look(undefined)).runningTasks).toEqual([task]);
  expect(advance(seen, look([])).runningTasks).toEqual([]);
});

describe('how far the deployment has come', () => {
  const poll = (seconds: number, running: number, oldRunning: number) => ({
    seconds,
    service: { deployments: [deployment({ running }), old({ running: oldRunning })] },
  });

  it('is the most of its tasks that ran at once', () => {
    expect(stateAfter([poll(1, 1, 2), poll(2, 2, 2), poll(3, 0, 2)]).mostRunning).toBe(2);
  });

  it('counts since when all run, and begins again when one falls', () => {
    expect(stateAfter([poll(1, 1, 2)]).allRunningSince).toBeUndefined();
    expect(stateAfter([poll(1, 2, 2), poll(5, 2, 1)]).allRunningSince).toBe(start + 1_000);
    expect(stateAfter([poll(1, 2, 2), poll(5, 1, 2)]).allRunningSince).toBeUndefined();
    expect(stateAfter([poll(1, 2, 2), poll(5, 1, 2), poll(9, 2, 2)]).allRunningSince).toBe(
      start + 9_000,
    );
  });

  it('counts since when no other task runs besides all of its own', () => {
    expect(stateAfter([poll(1, 2, 1)]).aloneSince).toBeUndefined();
    expect(stateAfter([poll(1, 2, 1), poll(5, 2, 0), poll(9, 2, 0)]).aloneSince).toBe(
      start + 5_000,
    );
    expect(stateAfter([poll(5, 2, 0), poll(9, 1, 0)]).aloneSince).toBeUndefined();
  });

  it('is nowhere where no task is wanted', () => {
    const nothing = { deployments: [deployment({ desired: 0 }), old({ running: 0 })] };
    expect(stateAfter([{ seconds: 1, service: nothing }])).toMatchObject({
      ...{ mostRunning: 0, allRunningSince: undefined, aloneSince: undefined },
    });
  });
});
