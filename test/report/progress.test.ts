import { describe, expect, it } from 'vitest';
import { followLog } from '../../src/report/log.ts';
import { heartbeat, progressLines } from '../../src/report/progress.ts';
import { judge } from '../../src/rollout/judge.ts';
import type { RolloutState } from '../../src/rollout/state.ts';
import { fakeClock } from '../support/fake-clock.ts';
import {
  deployment,
  observation,
  old,
  type Poll,
  start,
  stateAfter,
  stoppedTask,
} from '../support/rollout.ts';

const verdictOf = (state: RolloutState) => judge(state, 1_800_000);

/** The lines that the last poll adds to those before it. */
function linesOfLast(polls: readonly Poll[]): string[] {
  const previous = stateAfter(polls.slice(0, -1));
  const next = stateAfter(polls);
  return progressLines(previous, next, { previous: verdictOf(previous), next: verdictOf(next) });
}

const long =
  'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/web-execution/';
const taskId = (letter: string) => letter.repeat(32);

describe('the lines of a poll', () => {
  it('are none when nothing changed', () => {
    const poll: Poll = { seconds: 10, service: {} };
    expect(linesOfLast([poll, { ...poll, seconds: 20 }])).toEqual([]);
  });

  it('tell counts, the other revisions, the breaker and the stage', () => {
    expect(
      linesOfLast([
        { seconds: 0, service: {} },
        {
          seconds: 72,
          service: { deployments: [deployment({ desired: 4, running: 1, pending: 2 }), old()] },
          record: {
            lifecycleStage: 'SCALE_UP',
            breaker: { status: 'MONITORING', failures: 1, threshold: 3 },
          },
        },
      ]),
    ).toEqual([
      '   1:12  web:8 1 of 4 running, 2 pending · web:7 2 running · breaker 1 of 3 · SCALE_UP',
    ]);
  });

  it('count failures by the deployment itself where there is no breaker to read', () => {
    expect(
      linesOfLast([
        { seconds: 0, service: {} },
        { seconds: 72, service: { deployments: [deployment({ failed: 2 }), old()] } },
      ]),
    ).toEqual(['   1:12  web:8 0 of 2 running · web:7 2 running · 2 failed in a row']);
  });

  it('tell events in their order with the time that AWS gave them', () => {
    expect(
      linesOfLast([
        { seconds: 0, service: {} },
        { seconds: 3, service: {}, events: ['(service web) two', '(service web) one'] },
      ]),
    ).toEqual(['   0:03  event: one', '   0:03  event: two']);
  });

  it('write a long reason once and cut it after that, whatever ids it holds', () => {
    const tasks = ['a', 'b'].map((letter) =>
      stoppedTask({
        arn: `arn:aws:ecs:eu-west-1:123456789012:task/prod/${taskId(letter)}`,
        reason: long + taskId(letter),
      }),
    );
    const event = `(service web) was unable to place a task. Reason: ${long}${taskId('a')}.`;
    const lines = linesOfLast([
      { seconds: 0, service: {} },
      { seconds: 30, service: {}, events: [event], tasks },
    ]);
    expect(lines).toEqual([
      `   0:30  event: was unable to place a task: ${long}${taskId('a')}`,
      '   0:40  task aaaaaaaa stopped: ResourceInitializationError: unable to pull secrets or regis… (as at 0:30)',
      '   0:40  task bbbbbbbb stopped: ResourceInitializationError: unable to pull secrets or regis… (as at 0:30)',
    ]);
  });

  it('say when the rollback runs', () => {
    const [line] = linesOfLast([
      { seconds: 0, service: {} },
      { seconds: 90, service: {}, record: { status: 'ROLLBACK_IN_PROGRESS' } },
    ]);
    expect(line).toBe('   1:30  web:8 0 of 2 running · web:7 2 running · rolling back');
  });
});

describe('the log of a wait', () => {
  it('gives a sign of life every 30 s when nothing changes, and a notice once', () => {
    const clock = fakeClock(start);
    const lines: string[] = [];
    const log = {
      info: (line: string) => lines.push(line),
      warning: () => {},
      shortfall: () => {},
      problem: () => {},
      group: () => {},
    };
    const write = followLog(log, clock, '');
    let previous = stateAfter([]);
    for (let seconds = 5; seconds <= 65; seconds += 5) {
      clock.advance(5_000);
      const state = stateAfter([{ seconds, service: {} }]);
      const seen = observation({ seconds, service: {} });
      const notice = { kind: 'notice', at: clock.now(), message: 'Rate exceeded' } as const;
      write({
        previous,
        state,
        verdict: verdictOf(state),
        findings: [],
        observation: seconds === 10 || seconds === 15 ? notice : seen,
      });
      previous = state;
    }
    expect(heartbeat).toBe(30_000);
    expect(lines).toEqual([
      '   0:00  following ecs-svc/2222222222222222222: web:8 0 of 2 running · web:7 2 running',
      '         Rate exceeded',
      '   0:40  web:8 0 of 2 running · web:7 2 running (no change)',
    ]);
  });
});
