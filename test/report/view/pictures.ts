import type { Picture } from '../../../src/report/picture.ts';
import { summarize } from '../../../src/report/sentence.ts';
import type { Result, Status } from '../../../src/result.ts';
import {
  backAgain,
  complete,
  denied,
  deniedTasks,
  picture,
  result,
  rollout,
  seen,
} from '../../support/picture.ts';
import { arn, deployment, old, service, serviceDeployment, start } from '../../support/rollout.ts';

const event = (seconds: number, message: string) => ({
  id: `${seconds}`,
  at: start + seconds * 1_000,
  message: `(service web) ${message}`,
});

/** A rollout under way: one of two tasks runs. */
const underWay = rollout(
  seen(5),
  seen(40, {
    service: service({
      deployments: [deployment({ running: 1, pending: 1 }), old()],
      events: [event(20, 'has started 2 tasks: (task 0123456789abcdef0123456789abcdef).')],
    }),
  }),
);

const asked = {
  kind: 'responded',
  at: start + 58_000,
  response: { kind: 'rollback-asked' },
} as const;

const failing = rollout(seen(5), seen(58, { stoppedTasks: deniedTasks }), asked);

const rolledBack = rollout(
  seen(5),
  seen(58, { stoppedTasks: deniedTasks }),
  asked,
  seen(92, {
    service: backAgain,
    serviceDeployment: serviceDeployment({ status: 'ROLLBACK_SUCCESSFUL' }),
  }),
);

const succeeded = rollout(
  seen(5),
  seen(92, {
    service: { ...complete, events: [event(90, 'has reached a steady state.')] },
    serviceDeployment: serviceDeployment({ status: 'SUCCESSFUL' }),
  }),
);

/** The end of a wait, with the summary that the log has. */
function ended(
  rolled: NonNullable<Picture['rollout']>,
  status: Status,
  overrides: Partial<Result> = {},
): Partial<Picture> {
  const ending =
    rolled.verdict.status === 'in-progress' ? ({ status: 'cancelled' } as const) : rolled.verdict;
  const summary = summarize(rolled.state, ending, rolled.findings, 1_800_000);
  const diagnosis = status === 'succeeded' ? [] : rolled.findings;
  return { rollout: rolled, result: result({ status, summary, diagnosis, ...overrides }) };
}

const [finding] = rolledBack.findings;
if (!finding) throw new Error(`no finding is made of ${denied}`);

/** One picture for each way in which a deploy stands or ends. */
export const pictures = {
  planning: picture({ revision: '', registeredAt: undefined, checks: [] }),
  'rolling out': picture({ rollout: underWay, now: start + 40_000 }),
  'rolling back': picture({ rollout: failing, now: start + 58_000 }),
  succeeded: picture(ended(succeeded, 'succeeded', { runningTaskDefinitionArn: arn('web:8') })),
  'rolled-back': picture(ended(rolledBack, 'rolled-back')),
  unchanged: picture({
    plan: undefined,
    revision: arn('web:7'),
    result: result({
      status: 'unchanged',
      taskDefinitionArn: arn('web:7'),
      summary: [
        'web · prod: nothing to deploy.',
        'web:7 is deployed already, and no input changes anything.',
      ],
    }),
  }),
  planned: picture({
    revision: '',
    registeredAt: undefined,
    result: result({
      status: 'planned',
      taskDefinitionArn: '',
      summary: [
        'web · prod: dry run, nothing was changed.',
        'A new revision of web would be registered and deployed.',
      ],
    }),
  }),
  started: picture({
    result: result({
      status: 'started',
      summary: [
        'web · prod: started.',
        'ecs-svc/8 deploys web:8; its outcome was not waited for (wait: false).',
      ],
    }),
  }),
  failed: picture({
    rollout: underWay,
    result: result({
      status: 'failed',
      runningTaskDefinitionArn: '',
      summary: [
        'web · prod: failed and not rolled back, web:8 is not deployed.',
        'No task of the service runs now.',
        'ECS says: tasks failed to start.',
      ],
    }),
  }),
  'check-url': picture({
    rollout: succeeded,
    result: result({
      status: 'failed',
      runningTaskDefinitionArn: arn('web:8'),
      summary: [
        'web · prod: failed, the rollout itself succeeded, but its URL does not answer as it must.',
        'https://app.example.com/health answered 503.',
        'web:8 serves.',
      ],
      diagnosis: [
        {
          ...finding,
          class: 'other',
          summary: 'https://app.example.com/health answered 503.',
          evidence: 'HTTP 503 after 20 attempts',
          fix: 'See the log of the containers.',
          ...{
            principal: null,
            action: null,
            secret: null,
            container: null,
            file: null,
            line: null,
          },
          resource: 'https://app.example.com/health',
          count: 1,
        },
      ],
    }),
  }),
  superseded: picture({
    rollout: underWay,
    result: result({
      status: 'superseded',
      runningTaskDefinitionArn: arn('web:9'),
      summary: [
        'web · prod: superseded. Another deployment of web:9 replaced the one of web:8 before it was complete.',
        'web:9 serves now.',
      ],
    }),
  }),
  stopped: picture({
    rollout: underWay,
    result: result({
      status: 'stopped',
      summary: [
        'web · prod: stopped. Someone else stopped the deployment of web:8.',
        'web:7 still serves.',
      ],
    }),
  }),
  'timed-out': picture({
    rollout: underWay,
    now: start + 1_797_000,
    result: result({
      status: 'timed-out',
      summary: [
        'web · prod: timed out. After 30m ECS is still rolling out web:8 and goes on without this step.',
        'web:7 still serves.',
      ],
    }),
  }),
  cancelled: picture({
    rollout: underWay,
    result: result({
      status: 'cancelled',
      summary: [
        'web · prod: cancelled. This step no longer follows the deployment of web:8; ECS goes on with it.',
        'web:7 still serves.',
      ],
    }),
  }),
  rejected: picture({
    revision: '',
    registeredAt: undefined,
    checks: [
      { mark: 'fails', what: 'SSM parameter /web/prod/password', finding },
      { mark: 'passed', what: 'circuit breaker is on with rollback' },
    ],
    result: result({
      status: 'rejected',
      taskDefinitionArn: '',
      summary: ['web · prod: refused, the service was not changed.'],
      diagnosis: [{ ...finding, count: 1 }],
    }),
  }),
  'bad input': picture({
    ...{ clusterArn: '', serviceArn: '', before: '', revision: '', url: '' },
    ...{ plan: undefined, checks: [], logs: [], registeredAt: undefined },
    result: result({
      status: 'rejected',
      ...{ taskDefinitionArn: '', previousTaskDefinitionArn: '', runningTaskDefinitionArn: '' },
      summary: ['ECS Rollout: refused, the service was not changed.'],
      problems: [
        {
          input: 'timeout',
          message: '"abc" is not a duration such as 90s, 30m or 2h (a bare number is minutes).',
        },
      ],
    }),
  }),
} satisfies Record<string, Picture>;
