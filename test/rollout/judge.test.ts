import { describe, expect, it } from 'vitest';
import { advance } from '../../src/rollout/advance.ts';
import { judge, runningTaskDefinition, settle, type Verdict } from '../../src/rollout/judge.ts';
import type { Attempt, Response } from '../../src/rollout/types.ts';
import {
  arn,
  attempt,
  before,
  deployment,
  newer,
  old,
  own,
  type Poll,
  start,
  stateAfter,
} from '../support/rollout.ts';

const timeout = 1_800_000;
const failedEvent = `(service web) (deployment ${own}) deployment failed: tasks failed to start.`;
const rollbackEvent = `(service web) rolling back to deployment ${before}.`;
const rollbackReason = `ECS deployment circuit breaker: rolling back to deploymentId ${before}.`;

/** The old deployment PRIMARY again, as ECS lists it while and after it rolls back. */
const rollingBack = old({
  status: 'PRIMARY',
  rolloutState: 'IN_PROGRESS',
  rolloutStateReason: rollbackReason,
});
const rolledBack = old({
  status: 'PRIMARY',
  rolloutStateReason: `ECS deployment ${before} completed.`,
});
const givenUp = deployment({
  rolloutState: 'FAILED',
  rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
  failed: 3,
});

interface Case {
  readonly name: string;
  readonly polls: readonly Poll[];
  readonly attempt?: Partial<Attempt>;
  readonly verdict: Verdict;
  /** What serves then; left out where the case is not about it. */
  readonly serves?: string | undefined;
}

const inProgress = (phase: Extract<Verdict, { status: 'in-progress' }>['phase']): Verdict => ({
  status: 'in-progress',
  phase,
});

const byDeploymentsAlone: readonly Case[] = [
  {
    name: 'tasks of the new deployment are starting',
    polls: [{ seconds: 10, service: {} }],
    verdict: inProgress('rolling-out'),
    serves: arn('web:7'),
  },
  {
    name: 'all new tasks run, but ECS has not called the deployment completed',
    polls: [{ seconds: 60, service: { deployments: [deployment({ running: 2 })] } }],
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'the own deployment is PRIMARY and COMPLETED',
    polls: [
      {
        seconds: 90,
        service: { deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })] },
      },
    ],
    verdict: { status: 'succeeded' },
    serves: arn('web:8'),
  },
  {
    name: 'the breaker has tripped and the old deployment is coming back',
    polls: [
      {
        seconds: 150,
        service: { deployments: [rollingBack, { ...givenUp, status: 'ACTIVE' }] },
        events: [rollbackEvent, failedEvent],
      },
    ],
    verdict: inProgress('rolling-back'),
  },
  {
    name: 'the old deployment is PRIMARY again under its old id and the failed one has vanished',
    polls: [
      { seconds: 150, service: { deployments: [givenUp, old()] }, events: [failedEvent] },
      {
        seconds: 210,
        service: { deployments: [rolledBack], taskDefinition: arn('web:7') },
        events: [rollbackEvent, failedEvent],
      },
    ],
    verdict: { status: 'rolled-back', reason: 'tasks failed to start.' },
    serves: arn('web:7'),
  },
  {
    name: 'a forced redeploy of the same revision rolls back to the same revision',
    attempt: { taskDefinition: arn('web:7') },
    polls: [
      {
        seconds: 210,
        service: { deployments: [rolledBack], taskDefinition: arn('web:7') },
        events: [rollbackEvent, failedEvent],
      },
    ],
    verdict: { status: 'rolled-back', reason: 'tasks failed to start.' },
    serves: arn('web:7'),
  },
  {
    name: 'an alarm rolled it back',
    polls: [
      {
        seconds: 210,
        service: { deployments: [rolledBack] },
        events: [
          rollbackEvent,
          `(service web) (deployment ${own}) deployment failed: alarm detected.`,
        ],
      },
    ],
    verdict: { status: 'rolled-back', reason: 'alarm detected.' },
  },
  {
    name: 'the rollback was made under a new id, as some emulators do',
    polls: [
      {
        seconds: 210,
        service: { deployments: [old({ id: newer, status: 'PRIMARY' })] },
        events: [failedEvent],
      },
    ],
    verdict: { status: 'rolled-back', reason: 'tasks failed to start.' },
  },
  {
    name: 'such a rollback has ended, and only while it ran was it called one',
    polls: [
      {
        seconds: 150,
        service: {
          deployments: [
            old({
              id: newer,
              status: 'PRIMARY',
              rolloutState: 'IN_PROGRESS',
              rolloutStateReason: rollbackReason,
            }),
          ],
        },
      },
      { seconds: 210, service: { deployments: [old({ id: newer, status: 'PRIMARY' })] } },
    ],
    verdict: { status: 'stopped', reason: undefined },
  },
  {
    name: 'the update was accepted, but no deployment has appeared',
    attempt: { deploymentId: before, origin: 'not-started' },
    polls: [{ seconds: 2, service: { deployments: [rolledBack] } }],
    verdict: { status: 'failed', why: 'not-started', reason: undefined },
  },
  {
    name: 'it failed, and someone has deployed another revision since',
    polls: [
      {
        seconds: 210,
        service: { deployments: [deployment({ id: newer, taskDefinition: arn('web:9') })] },
        events: [failedEvent],
      },
    ],
    verdict: { status: 'superseded', by: arn('web:9') },
  },
  {
    name: 'FAILED, and the only other deployment never completed: nothing to go back to',
    attempt: { canRollBack: false },
    polls: [
      {
        seconds: 150,
        service: { deployments: [givenUp, old({ rolloutState: 'FAILED' })] },
        events: [failedEvent],
      },
    ],
    verdict: { status: 'failed', why: 'no-rollback', reason: 'tasks failed to start.' },
  },
  {
    name: 'FAILED but still PRIMARY, with a rollback configured and somewhere to go: it may just begin',
    polls: [{ seconds: 150, service: { deployments: [givenUp, old()] } }],
    verdict: inProgress('failing'),
  },
  {
    name: 'FAILED and still PRIMARY long after a rollback should have begun',
    polls: [
      { seconds: 150, service: { deployments: [givenUp, old()] } },
      { seconds: 150 + settle.rollbackStart / 1000, service: { deployments: [givenUp, old()] } },
    ],
    verdict: {
      status: 'failed',
      why: 'no-rollback',
      reason: 'ECS deployment circuit breaker: tasks failed to start.',
    },
    serves: arn('web:7'),
  },
  {
    name: 'FAILED without rollback: stays PRIMARY, the old tasks go on',
    polls: [
      {
        seconds: 150,
        service: { breaker: { enable: true, rollback: false }, deployments: [givenUp, old()] },
        events: [failedEvent],
      },
    ],
    verdict: { status: 'failed', why: 'no-rollback', reason: 'tasks failed to start.' },
    serves: arn('web:7'),
  },
  {
    name: 'a first deployment that FAILED has nothing to go back to',
    attempt: { knownDeploymentIds: [], canRollBack: false },
    polls: [{ seconds: 150, service: { deployments: [givenUp] }, events: [failedEvent] }],
    verdict: { status: 'failed', why: 'no-rollback', reason: 'tasks failed to start.' },
    serves: undefined,
  },
  {
    name: 'the rollback itself failed',
    polls: [
      {
        seconds: 400,
        service: {
          deployments: [
            old({
              status: 'PRIMARY',
              rolloutState: 'FAILED',
              running: 0,
              rolloutStateReason: 'why',
            }),
          ],
        },
        events: [rollbackEvent, failedEvent],
      },
    ],
    verdict: { status: 'failed', why: 'rollback-failed', reason: 'why' },
    serves: undefined,
  },
  {
    name: 'a PRIMARY that nobody knew before replaced it',
    polls: [
      {
        seconds: 20,
        service: {
          deployments: [
            deployment({ id: newer, taskDefinition: arn('web:9') }),
            deployment({ status: 'ACTIVE' }),
            old(),
          ],
        },
      },
    ],
    verdict: { status: 'superseded', by: arn('web:9') },
    serves: arn('web:7'),
  },
  {
    name: 'it had completed before a newer one replaced it between two polls',
    polls: [
      {
        seconds: 90,
        service: {
          deployments: [deployment({ id: newer, taskDefinition: arn('web:9') }), old()],
        },
        events: [`(service web) (deployment ${own}) deployment completed.`],
      },
    ],
    verdict: { status: 'succeeded' },
    serves: arn('web:7'),
  },
  {
    name: 'someone stopped it: back to the old deployment with no trace of a failure',
    polls: [
      { seconds: 20, service: { deployments: [rollingBack, deployment({ status: 'ACTIVE' })] } },
      { seconds: 60, service: { deployments: [rolledBack] }, events: [rollbackEvent] },
    ],
    verdict: { status: 'stopped', reason: undefined },
    serves: arn('web:7'),
  },
  {
    name: 'someone stopped it after failures, and the event says so',
    polls: [
      {
        seconds: 60,
        service: { deployments: [rolledBack] },
        events: [
          rollbackEvent,
          `(service web) (deployment ${own}) deployment failed: Service deployment rolled back by user.`,
        ],
      },
    ],
    verdict: { status: 'stopped', reason: 'Service deployment rolled back by user.' },
  },
  {
    name: 'the answer is older than the update: no rollback may be read from it',
    polls: [{ seconds: 2, service: { deployments: [rolledBack], taskDefinition: arn('web:7') } }],
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'ECS goes on without the deployment for longer than any stale answer lasts',
    polls: [
      { seconds: 2, service: { deployments: [rolledBack] } },
      { seconds: 2 + settle.absence / 1000, service: { deployments: [rolledBack] } },
    ],
    verdict: { status: 'stopped', reason: undefined },
  },
  {
    name: 'failed tasks of the new deployment still run, the rollback is not over',
    polls: [
      {
        seconds: 200,
        service: { deployments: [rolledBack, { ...givenUp, status: 'ACTIVE', running: 1 }] },
        events: [rollbackEvent, failedEvent],
      },
    ],
    verdict: inProgress('rolling-back'),
  },
  {
    name: 'the service is missing from one answer',
    polls: [{ seconds: 30, service: null }],
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'the service is gone',
    polls: [
      { seconds: 30, service: null },
      { seconds: 30 + settle.missing / 1000, service: null },
    ],
    verdict: { status: 'failed', why: 'service-gone', reason: undefined },
    serves: undefined,
  },
  {
    name: 'the service is being deleted',
    polls: [{ seconds: 30, service: { status: 'DRAINING' } }],
    verdict: { status: 'failed', why: 'service-gone', reason: undefined },
  },
  {
    name: 'the time is over',
    polls: [{ seconds: 1800, service: {} }],
    verdict: { status: 'timed-out', phase: 'rolling-out' },
    serves: arn('web:7'),
  },
  {
    name: 'the update was accepted, but the primary deployment is the old one with the old revision',
    attempt: { deploymentId: before, origin: 'standing' },
    polls: [{ seconds: 2, service: { deployments: [rolledBack] } }],
    verdict: { status: 'failed', why: 'not-started', reason: undefined },
    serves: arn('web:7'),
  },
  {
    name: 'only the count changed: the finished deployment is still starting tasks',
    attempt: { origin: 'standing', knownDeploymentIds: [own] },
    polls: [
      {
        seconds: 5,
        service: {
          deployments: [deployment({ rolloutState: 'COMPLETED', desired: 4, running: 2 })],
        },
      },
    ],
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'only the count changed, and the answer may be from before',
    attempt: { origin: 'standing', knownDeploymentIds: [] },
    polls: [
      {
        seconds: 1,
        service: { deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })] },
      },
    ],
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'only the count changed and is reached',
    attempt: { origin: 'standing', knownDeploymentIds: [own] },
    polls: [
      {
        seconds: 50,
        service: {
          deployments: [deployment({ rolloutState: 'COMPLETED', desired: 4, running: 4 })],
        },
      },
    ],
    verdict: { status: 'succeeded' },
  },
  {
    name: 'no rollout state (Classic Load Balancer): the counts are reached, but nothing confirms them',
    polls: [
      {
        seconds: 50,
        service: { deployments: [deployment({ rolloutState: undefined, running: 2 })] },
      },
    ],
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'no rollout state: the steady state event confirms the counts',
    polls: [
      {
        seconds: 50,
        service: { deployments: [deployment({ rolloutState: undefined, running: 2 })] },
        events: ['(service web) has reached a steady state.'],
      },
    ],
    verdict: { status: 'succeeded' },
  },
];

const byServiceDeployment: readonly Case[] = [
  {
    name: 'SUCCESSFUL',
    polls: [
      {
        seconds: 90,
        service: { deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })] },
        record: { status: 'SUCCESSFUL' },
      },
    ],
    verdict: { status: 'succeeded' },
  },
  {
    name: 'SUCCESSFUL while old tasks still run (deferred clean-up)',
    polls: [
      {
        seconds: 90,
        service: { deployments: [deployment({ running: 2 }), old()] },
        record: { status: 'SUCCESSFUL' },
      },
    ],
    verdict: { status: 'succeeded' },
    serves: arn('web:8'),
  },
  {
    name: 'SUCCESSFUL of a record that is certainly its own counts at once',
    polls: [
      {
        seconds: 90,
        service: { deployments: [deployment({ running: 1 }), old()] },
        record: { status: 'SUCCESSFUL', isCertain: true },
      },
    ],
    verdict: { status: 'succeeded' },
  },
  {
    name: 'SUCCESSFUL of a record that may be another deployment’s, while tasks are still starting',
    polls: [{ seconds: 5, service: {}, record: { status: 'SUCCESSFUL' } }],
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'SUCCESSFUL of such a record, however long, while a task is missing',
    polls: [0, settle.contradiction / 1000].map((seconds) => ({
      seconds: 90 + seconds,
      service: { deployments: [deployment({ running: 1 }), old()] },
      record: { status: 'SUCCESSFUL' },
    })),
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'SUCCESSFUL of such a record does not undo that a newer deployment replaced this one',
    polls: [
      {
        seconds: 3,
        service: { deployments: [deployment({ id: newer, taskDefinition: arn('web:9') })] },
        record: { status: 'SUCCESSFUL' },
      },
    ],
    verdict: { status: 'superseded', by: arn('web:9') },
  },
  {
    name: 'COMPLETED in the middle of a traffic shift',
    polls: [0, 600].map((seconds) => ({
      seconds: 90 + seconds,
      service: { deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })] },
      record: {
        status: 'IN_PROGRESS',
        lifecycleStage: 'POST_PRODUCTION_TRAFFIC_SHIFT',
        strategy: undefined,
      },
    })),
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'COMPLETED in deployments[], but the record is still in progress',
    polls: [
      {
        seconds: 90,
        service: { deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })] },
        record: { status: 'IN_PROGRESS' },
      },
    ],
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'COMPLETED in deployments[] for so long that the record must be stuck',
    polls: [0, settle.contradiction / 1000].map((seconds) => ({
      seconds: 90 + seconds,
      service: { deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })] },
      record: { status: 'IN_PROGRESS' },
    })),
    verdict: { status: 'succeeded' },
  },
  {
    name: 'a bake time is waited for, however long',
    polls: [0, 600].map((seconds) => ({
      seconds: 90 + seconds,
      service: { deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })] },
      record: { status: 'IN_PROGRESS', lifecycleStage: 'BAKE_TIME', strategy: 'BLUE_GREEN' },
    })),
    verdict: inProgress('rolling-out'),
  },
  {
    name: 'SUCCESSFUL is not believed when deployments[] shows the rollback',
    polls: [
      {
        seconds: 210,
        service: { deployments: [rolledBack] },
        events: [rollbackEvent, failedEvent],
        record: { status: 'SUCCESSFUL' },
      },
    ],
    verdict: { status: 'rolled-back', reason: 'tasks failed to start.' },
  },
  {
    name: 'SUCCESSFUL is not believed when someone has stopped the deployment',
    polls: [
      { seconds: 20, service: { deployments: [rollingBack, deployment({ status: 'ACTIVE' })] } },
      {
        seconds: 60,
        service: { deployments: [rolledBack] },
        events: [rollbackEvent],
        record: { status: 'SUCCESSFUL' },
      },
    ],
    verdict: { status: 'stopped', reason: undefined },
  },
  {
    name: 'the time is over while the record lags behind an end that deployments[] shows',
    polls: [
      {
        seconds: 1800,
        service: { deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })] },
        record: { status: 'IN_PROGRESS' },
      },
    ],
    verdict: { status: 'succeeded' },
  },
  {
    name: 'the time is over in a bake time',
    polls: [
      {
        seconds: 1800,
        service: { deployments: [deployment({ rolloutState: 'COMPLETED', running: 2 })] },
        record: { status: 'IN_PROGRESS', lifecycleStage: 'BAKE_TIME' },
      },
    ],
    verdict: { status: 'timed-out', phase: 'rolling-out' },
  },
  {
    name: 'ROLLBACK_IN_PROGRESS',
    polls: [{ seconds: 150, service: {}, record: { status: 'ROLLBACK_IN_PROGRESS' } }],
    verdict: inProgress('rolling-back'),
  },
  {
    name: 'ROLLBACK_SUCCESSFUL',
    polls: [
      {
        seconds: 210,
        service: { deployments: [rolledBack] },
        record: {
          status: 'ROLLBACK_SUCCESSFUL',
          statusReason:
            'Service deployment rolled back because the circuit breaker threshold was exceeded.',
        },
      },
    ],
    verdict: {
      status: 'rolled-back',
      reason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    },
    serves: arn('web:7'),
  },
  {
    name: 'ROLLBACK_SUCCESSFUL by a user',
    polls: [
      {
        seconds: 60,
        service: { deployments: [rolledBack] },
        record: {
          status: 'ROLLBACK_SUCCESSFUL',
          statusReason: 'Service deployment rolled back by user.',
        },
      },
    ],
    verdict: { status: 'stopped', reason: 'Service deployment rolled back by user.' },
  },
  {
    name: 'ROLLBACK_FAILED: a first deployment',
    attempt: { knownDeploymentIds: [], canRollBack: false },
    polls: [
      {
        seconds: 150,
        service: { deployments: [givenUp] },
        record: {
          status: 'ROLLBACK_FAILED',
          statusReason: 'No rollback candidate was found to run the rollback.',
        },
      },
    ],
    verdict: {
      status: 'failed',
      why: 'rollback-failed',
      reason: 'No rollback candidate was found to run the rollback.',
    },
  },
  {
    name: 'STOPPED by the breaker without rollback',
    polls: [
      {
        seconds: 150,
        service: { breaker: { enable: true, rollback: false }, deployments: [givenUp, old()] },
        events: [failedEvent],
        record: { status: 'STOPPED', breaker: { status: 'TRIGGERED', failures: 3, threshold: 3 } },
      },
    ],
    verdict: { status: 'failed', why: 'no-rollback', reason: 'tasks failed to start.' },
  },
  {
    name: 'STOPPED and FAILED with a rollback configured: the record has ended, none will come',
    polls: [
      { seconds: 150, service: { deployments: [givenUp, old()] }, record: { status: 'STOPPED' } },
    ],
    verdict: {
      status: 'failed',
      why: 'no-rollback',
      reason: 'ECS deployment circuit breaker: tasks failed to start.',
    },
  },
  {
    name: 'STOPPED by a hook keeps the reason that only the record has',
    polls: [
      {
        seconds: 150,
        service: { breaker: { enable: true, rollback: false }, deployments: [givenUp, old()] },
        record: { status: 'STOPPED', statusReason: 'PRE_SCALE_UP lifecycle hook(s) failed.' },
      },
    ],
    verdict: {
      status: 'failed',
      why: 'no-rollback',
      reason: 'PRE_SCALE_UP lifecycle hook(s) failed.',
    },
  },
  {
    name: 'STOPPED because a newer deployment replaced it',
    polls: [
      {
        seconds: 20,
        service: {
          deployments: [
            deployment({ id: newer, taskDefinition: arn('web:9') }),
            deployment({ status: 'ACTIVE' }),
            old(),
          ],
        },
        record: { status: 'STOPPED' },
      },
    ],
    verdict: { status: 'superseded', by: arn('web:9') },
  },
  {
    name: 'STOPPED with no newer deployment in sight yet: it may show with the next poll',
    polls: [{ seconds: 20, service: {}, record: { status: 'STOPPED' } }],
    verdict: inProgress('stopping'),
  },
  {
    name: 'STOPPED, and no newer deployment ever shows',
    polls: [
      { seconds: 20, service: {}, record: { status: 'STOPPED' } },
      { seconds: 20 + settle.stopped / 1000, service: {}, record: { status: 'STOPPED' } },
    ],
    verdict: { status: 'stopped', reason: undefined },
  },
  {
    name: 'STOP_REQUESTED',
    polls: [{ seconds: 20, service: {}, record: { status: 'STOP_REQUESTED' } }],
    verdict: inProgress('stopping'),
  },
];

describe.each([
  ['deployments[] and events alone', byDeploymentsAlone],
  ['with the ServiceDeployment', byServiceDeployment],
])('judged by %s', (_, cases) => {
  it.each(cases)('$name', (one) => {
    const state = stateAfter(one.polls, attempt(one.attempt));
    const verdict = judge(state, timeout);
    expect(verdict).toEqual(one.verdict);
    if ('serves' in one) expect(runningTaskDefinition(state, verdict)).toBe(one.serves);
  });
});

describe('time that passes without an answer', () => {
  it.each<[string, Poll]>([
    ['a service that was missing', { seconds: 2, service: null }],
    ['an answer from before the update', { seconds: 2, service: { deployments: [rolledBack] } }],
  ])('settles nothing about %s', (_, poll) => {
    const state = advance(stateAfter([poll]), { kind: 'tick', at: start + 600_000 });
    expect(judge(state, timeout)).toEqual(inProgress('rolling-out'));
  });
});

describe('a wait that cannot go on', () => {
  it('ends as failed with its cause', () => {
    const state = { ...stateAfter([]), lost: 'AccessDeniedException: no', now: start };
    expect(judge(state, timeout)).toEqual({
      status: 'failed',
      why: 'lost',
      reason: 'AccessDeniedException: no',
    });
  });
});

describe('what this step did about a rollout that is certain to fail', () => {
  const byUser = 'Service deployment rolled back by user.';
  const judgeWith = (response: Response, polls: readonly Poll[]) =>
    judge({ ...stateAfter(polls), response }, timeout);
  const asked: Response = { kind: 'rollback-asked' };

  it('makes a rollback “by user” its own, by the ServiceDeployment', () => {
    const polls: Poll[] = [
      {
        seconds: 60,
        service: { deployments: [rolledBack] },
        record: { status: 'ROLLBACK_SUCCESSFUL', statusReason: byUser },
      },
    ];
    expect(judgeWith(asked, polls)).toEqual({ status: 'rolled-back', reason: byUser });
    expect(judgeWith({ kind: 'breaker-awaited', why: 'no' }, polls).status).toBe('stopped');
  });

  it('and by deployments[] alone, with or without a trace of it', () => {
    const silent: Poll[] = [
      { seconds: 40, service: {} },
      { seconds: 60, service: { deployments: [rolledBack, old({ id: 'ecs-svc/9' })] } },
      { seconds: 95, service: { deployments: [rolledBack] } },
    ];
    expect(judgeWith(asked, silent).status).toBe('rolled-back');
    const event = `(service web) (deployment ${own}) deployment failed: ${byUser}`;
    const told: Poll[] = [
      { seconds: 60, service: { deployments: [rolledBack] }, events: [event, rollbackEvent] },
    ];
    expect(judgeWith(asked, told)).toEqual({ status: 'rolled-back', reason: byUser });
  });

  it('ends the wait at once where it leaves the rollout to ECS', () => {
    const polls: Poll[] = [{ seconds: 40, service: {} }];
    expect(judgeWith({ kind: 'left', why: 'so' }, polls)).toEqual({
      status: 'failed',
      why: 'certain',
      reason: 'so',
    });
  });

  it('but an end that ECS has come to already counts more', () => {
    const polls: Poll[] = [
      { seconds: 60, service: { deployments: [rolledBack] }, events: [failedEvent, rollbackEvent] },
    ];
    expect(judgeWith({ kind: 'left', why: undefined }, polls).status).toBe('rolled-back');
  });

  it('does not end the wait while it waits for the circuit breaker', () => {
    const polls: Poll[] = [{ seconds: 40, service: {} }];
    expect(judgeWith({ kind: 'breaker-awaited', why: 'no' }, polls)).toEqual(
      inProgress('rolling-out'),
    );
  });
});
