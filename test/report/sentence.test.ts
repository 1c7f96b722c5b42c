import { describe, expect, it } from 'vitest';
import { summarize } from '../../src/report/sentence.ts';
import { diagnoseRollout } from '../../src/rollout/findings.ts';
import type { Ending } from '../../src/rollout/follow.ts';
import type { RolloutState } from '../../src/rollout/state.ts';
import {
  arn,
  attempt,
  context,
  deployment,
  old,
  type Poll,
  stateAfter,
  stoppedTask,
} from '../support/rollout.ts';

const serving = deployment({ rolloutState: 'COMPLETED', running: 2 });
const backAgain = old({ status: 'PRIMARY' });
const denied =
  'AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/web-execution/4f2e is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password because no identity-based policy allows the ssm:GetParameters action';
const cannotRead =
  'The execution role web-execution may not read the SSM parameter /web/prod/password';

/** The summary with what the diagnosis makes of the state. */
const summaryOf = (state: RolloutState, ending: Ending, timeout = 1_800_000) =>
  summarize(state, ending, diagnoseRollout(state, context()).findings, timeout);

const cases: readonly (readonly [Ending, readonly Poll[], readonly string[]])[] = [
  [
    { status: 'succeeded' },
    [{ seconds: 92, service: { deployments: [serving] } }],
    ['web · prod: deployed. web:8 serves with 2 of 2 tasks, 1m 32s after the update.'],
  ],
  [
    { status: 'rolled-back', reason: 'tasks failed to start.' },
    [
      {
        seconds: 90,
        service: { deployments: [backAgain] },
        tasks: ['a', 'b'].map((arn) => stoppedTask({ arn, reason: denied })),
      },
    ],
    [
      'web · prod: rolled back, web:8 is not deployed.',
      'web:7 still serves.',
      `${cannotRead} (2 times).`,
      `AWS says: ${denied}.`,
      'ECS says: tasks failed to start.',
    ],
  ],
  [
    { status: 'rolled-back', reason: undefined },
    [{ seconds: 90, service: { deployments: [backAgain] } }],
    [
      'web · prod: rolled back, web:8 is not deployed.',
      'web:7 still serves.',
      'ECS gave no reason.',
    ],
  ],
  [
    { status: 'failed', why: 'no-rollback', reason: undefined },
    [
      {
        seconds: 90,
        service: { deployments: [deployment({ rolloutState: 'FAILED' })] },
        events: ['(service web) was unable to place a task. Reason: CannotPullContainerError: no.'],
      },
    ],
    [
      'web · prod: failed and not rolled back, web:8 is not deployed.',
      'No task of the service runs now.',
      'The image could not be pulled.',
      'AWS says: CannotPullContainerError: no.',
    ],
  ],
  [
    { status: 'failed', why: 'rollback-failed', reason: 'No rollback candidate was found.' },
    [{ seconds: 90, service: {} }],
    [
      'web · prod: failed, web:8 is not deployed, and ECS could not roll back.',
      'web:7 still serves.',
      'ECS says: No rollback candidate was found.',
    ],
  ],
  [
    { status: 'failed', why: 'service-gone', reason: undefined },
    [
      { seconds: 90, service: null },
      { seconds: 100, service: null },
    ],
    ['web · prod: failed. The service was deleted while web:8 was being deployed.'],
  ],
  [
    { status: 'failed', why: 'not-started', reason: undefined },
    [{ seconds: 2, service: { deployments: [backAgain] } }],
    [
      'web · prod: failed. ECS accepted the update but started no deployment of web:8.',
      'web:7 still serves.',
      'Set `force-new-deployment: true` to have one started.',
    ],
  ],
  [
    { status: 'failed', why: 'lost', reason: denied },
    [{ seconds: 2, service: {} }],
    [
      'web · prod: failed. The deployment of web:8 was started, but cannot be followed to its end; ECS goes on with it.',
      'As last seen: web:7 still serves.',
      denied,
    ],
  ],
  [
    { status: 'failed', why: 'certain', reason: 'ECS could not be asked to roll back (no).' },
    [{ seconds: 40, service: {}, tasks: [stoppedTask({ reason: denied })] }],
    [
      'web · prod: failed, web:8 is not deployed: it is certain to fail.',
      'web:7 still serves.',
      `${cannotRead}.`,
      `AWS says: ${denied}.`,
      'ECS could not be asked to roll back (no).',
      'This step did not wait any longer; ECS goes on with the deployment.',
    ],
  ],
  [
    { status: 'superseded', by: arn('web:9') },
    [{ seconds: 2, service: {} }],
    [
      'web · prod: superseded. Another deployment of web:9 replaced the one of web:8 before it was complete.',
      'web:7 still serves.',
    ],
  ],
  [
    { status: 'stopped', reason: 'Service deployment rolled back by user.' },
    [{ seconds: 2, service: { deployments: [backAgain] } }],
    [
      'web · prod: stopped. Someone else stopped the deployment of web:8.',
      'web:7 still serves.',
      'ECS says: Service deployment rolled back by user.',
    ],
  ],
  [
    { status: 'timed-out', phase: 'rolling-out' },
    [
      {
        seconds: 1800,
        service: {},
        tasks: [
          stoppedTask({
            reason: 'Essential container in task exited',
            containers: [{ name: 'app', exitCode: 1, reason: undefined, runtimeId: undefined }],
          }),
        ],
      },
    ],
    [
      'web · prod: timed out. After 30m ECS is still rolling out web:8 and goes on without this step.',
      'web:7 still serves.',
      'Container app exited with code 1.',
      'AWS says: Essential container in task exited.',
    ],
  ],
  [
    { status: 'cancelled' },
    [{ seconds: 2, service: {} }],
    [
      'web · prod: cancelled. This step no longer follows the deployment of web:8; ECS goes on with it.',
      'web:7 still serves.',
    ],
  ],
];

describe('the summary says what happened, what runs now and why', () => {
  it.each(cases)('%j', (ending, polls, sentences) => {
    expect(summaryOf(stateAfter(polls), ending)).toEqual(sentences);
  });

  it('of a forced redeploy names the deployment before, as both run the same revision', () => {
    const state = stateAfter(
      [{ seconds: 90, service: { deployments: [backAgain] } }],
      attempt({ taskDefinition: arn('web:7') }),
    );
    expect(summaryOf(state, { status: 'rolled-back', reason: undefined })[1]).toBe(
      'web:7 serves, from the deployment before.',
    );
  });

  it('says of a rollout that is only slow that nothing has failed', () => {
    const state = stateAfter([{ seconds: 1_800, service: {} }]);
    expect(summaryOf(state, { status: 'timed-out', phase: 'rolling-out' }).at(-1)).toBe(
      'No task of it has failed so far.',
    );
  });

  it('does not take normal stops of tasks for a cause', () => {
    const normal = [
      stoppedTask({ reason: 'Scaling activity initiated by (deployment ecs-svc/1)' }),
      stoppedTask({ arn: 'b', stopCode: 'UserInitiated', reason: 'Task stopped by user' }),
    ];
    const state = stateAfter([
      { seconds: 90, service: { deployments: [backAgain] }, tasks: normal },
    ]);
    expect(summaryOf(state, { status: 'rolled-back', reason: undefined })[2]).toBe(
      'ECS gave no reason.',
    );
  });

  it('says of a rollback that the step asked for it', () => {
    const failing = stateAfter([
      {
        seconds: 90,
        service: { deployments: [backAgain] },
        tasks: [stoppedTask({ reason: denied })],
      },
    ]);
    const state: RolloutState = { ...failing, response: { kind: 'rollback-asked' } };
    const reason = 'Service deployment rolled back by user.';
    expect(summaryOf(state, { status: 'rolled-back', reason })).toEqual([
      'web · prod: rolled back, web:8 is not deployed.',
      'web:7 still serves.',
      `${cannotRead}.`,
      `AWS says: ${denied}.`,
      'This step asked ECS to roll back as soon as that was certain.',
    ]);
  });

  it('names the line that caused it', () => {
    const state = stateAfter([
      { seconds: 9, service: {}, tasks: [stoppedTask({ reason: denied })] },
    ]);
    const secret = { name: 'PASSWORD', valueFrom: '/web/prod/password' };
    const knowing = {
      ...context({ containerDefinitions: [{ name: 'app', secrets: [secret] }] }),
      locate: () => ({ file: 'task-definition.json', line: 24 }),
    };
    const { findings } = diagnoseRollout(state, knowing);
    const text = summarize(state, { status: 'rolled-back', reason: undefined }, findings, 1);
    expect(text[2]).toBe(
      `${cannotRead} (secret PASSWORD of container app) (task-definition.json:24).`,
    );
  });

  it('makes AWS’s words harmless', () => {
    const state = stateAfter([
      { seconds: 9, service: {}, tasks: [stoppedTask({ reason: 'x\n::error::y ##[group]' })] },
    ]);
    const text = summaryOf(state, { status: 'rolled-back', reason: undefined }).join('\n');
    expect(text).toContain('AWS says: x ::error::y ## [group].');
  });
});
