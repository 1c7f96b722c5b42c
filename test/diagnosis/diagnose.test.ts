import { describe, expect, it } from 'vitest';
import { causesOf } from '../../src/diagnosis/causes.ts';
import { causesIn, diagnose } from '../../src/diagnosis/diagnose.ts';
import { mergeCauses } from '../../src/diagnosis/merge.ts';
import type { Evidence } from '../../src/diagnosis/types.ts';
import { ACCOUNT, api, denial, deployment, event, GROUP, REQUEST, target, task } from './table.ts';

const SSM =
  'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: service call has been retried 1 time(s): ';
const parameter = (name: string) => `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter${name}`;
const hex = (seed: number) => seed.toString(16).padStart(32, '0');
const denied = (seed: number, name = '/web/password') =>
  `${SSM}AccessDeniedException: ${denial('ssm:GetParameters', parameter(name), { session: hex(seed) })} status code: 400, request id: ${REQUEST}`;
const placed = (reason: string) => `(service web) was unable to place a task. Reason: ${reason}.`;

const stopped = (reason: string): Evidence => task(reason, 'none').evidence;
const said = (message: string): Evidence => event(message, 'none').evidence;
const exited = (exitCode: number, container = 'app'): Evidence => ({
  kind: 'stopped-task',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containers: [{ name: container, exitCode, reason: null }],
});
const shown = (evidence: readonly Evidence[]) =>
  causesIn(evidence).map(({ cause, count }) => [cause.class, count]);

describe('the same cause is told once', () => {
  it('with how many tasks showed it, whatever their ids', () => {
    const tasks = [1, 2, 3].map((seed) => stopped(denied(seed)));
    expect(shown(tasks)).toEqual([['secret-access-denied', 3]]);
  });

  it('apart from another resource', () => {
    expect(
      shown([stopped(denied(1)), stopped(denied(2, '/web/token')), stopped(denied(3))]),
    ).toEqual([
      ['secret-access-denied', 2],
      ['secret-access-denied', 1],
    ]);
  });

  it('apart from another container or exit code', () => {
    expect(shown([exited(1), exited(1), exited(2), exited(1, 'proxy')])).toEqual([
      ['app-exit', 2],
      ['app-exit', 1],
      ['app-exit', 1],
    ]);
  });

  it('once for each parameter that is not there', () => {
    const missing = stopped(`${SSM}invalid ssm parameters: /a, /b`);
    expect(causesIn([missing, missing]).map(({ cause, count }) => [cause.resource, count])).toEqual(
      [
        ['/a', 2],
        ['/b', 2],
      ],
    );
  });

  it('for unknown words without the ids in them', () => {
    const words = (seed: number) =>
      `Something new in task ${hex(seed)} after being retried ${seed} time(s).`;
    expect(shown([stopped(words(1)), stopped(words(2)), stopped('Something else.')])).toEqual([
      ['other', 2],
      ['other', 1],
    ]);
  });

  it('keeps the first of the causes', () => {
    const [first, second] = [1, 2].flatMap((seed) => causesOf(stopped(denied(seed))));
    if (!first || !second) throw new Error('no causes');
    expect(mergeCauses([first, second])).toEqual([{ cause: first, count: 2 }]);
  });
});

describe('an event that repeats the reason of tasks', () => {
  it('adds nothing to their count', () => {
    const evidence = [
      said(placed(denied(1))),
      stopped(denied(1)),
      said(placed(denied(2))),
      stopped(denied(2)),
      stopped(denied(3)),
    ];
    expect(shown(evidence)).toEqual([['secret-access-denied', 3]]);
  });

  it('counts more where the tasks are no longer to be seen', () => {
    const evidence = [said(placed(denied(1))), said(placed(denied(2))), stopped(denied(2))];
    expect(shown(evidence)).toEqual([['secret-access-denied', 2]]);
  });

  it('knows less than the task, which names the container', () => {
    const reason =
      'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref web:a: not found';
    const task: Evidence = {
      kind: 'stopped-task',
      stopCode: 'TaskFailedToStart',
      stoppedReason: reason,
      containers: [{ name: 'app', exitCode: null, reason: null }],
    };
    expect(causesIn([said(placed(reason)), task])).toMatchObject([
      { cause: { class: 'image-not-found', container: 'app', resource: 'web:a' }, count: 1 },
    ]);
  });

  it('is told with unknown words as well', () => {
    expect(
      shown([said(placed('Something new happened')), stopped('Something new happened.')]),
    ).toEqual([['other', 1]]);
  });

  it('a target, an event and a task tell of one health check', () => {
    const unhealthy = said(
      `(service web) (task ${hex(1)}) (port 80) is unhealthy in (target-group ${GROUP}) due to (reason Request timed out).`,
    );
    const health = target('unhealthy', 'Target.Timeout', 'Request timed out', 'none').evidence;
    const killed: Evidence = {
      kind: 'stopped-task',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${GROUP})`,
      containers: [{ name: 'app', exitCode: 137, reason: null }],
    };
    expect(causesIn([health, unhealthy, killed])).toMatchObject([
      { cause: { class: 'elb-health-check', resource: GROUP }, count: 1 },
    ]);
  });
});

describe('the order of causes', () => {
  it('is from root to consequence, and why ECS gave up comes last', () => {
    const evidence = [
      deployment(
        'ROLLBACK_SUCCESSFUL',
        'Service deployment rolled back because the circuit breaker threshold was exceeded.',
        'none',
      ).evidence,
      stopped('Something nobody knows.'),
      stopped('Capacity is unavailable at this time.'),
      stopped('Task failed container health checks'),
      exited(1),
      exited(1),
      stopped(
        'ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.',
      ),
      stopped('CannotPullContainerError: failed to resolve ref web:a: not found'),
      stopped(denied(1)),
      said(
        "(service web) failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task.).",
      ),
    ];
    expect(shown(evidence)).toEqual([
      ['role-not-assumable', 1],
      ['secret-access-denied', 1],
      ['image-not-found', 1],
      ['log-group-missing', 1],
      ['app-exit', 2],
      ['container-health-check', 1],
      ['capacity-unavailable', 1],
      ['other', 1],
      ['breaker-tripped', 1],
    ]);
  });

  it('is by count among equals', () => {
    const evidence = [stopped(denied(1, '/a')), stopped(denied(2, '/b')), stopped(denied(3, '/b'))];
    expect(causesIn(evidence).map(({ cause }) => cause.resource)).toEqual([
      parameter('/b'),
      parameter('/a'),
    ]);
  });
});

describe('a rollback that begins', () => {
  const begins = said('(service web) rolling back to deployment ecs-svc/5461430053932792014.');

  it('is no second reason', () => {
    const alarm = said('(service web) (deployment ecs-svc/1) deployment failed: alarm detected.');
    expect(shown([alarm, begins])).toEqual([['alarm-rollback', 1]]);
    const failed = said(
      '(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.',
    );
    expect(shown([failed, begins])).toEqual([['breaker-tripped', 1]]);
  });

  it('says itself that ECS gave up where nothing else does', () => {
    expect(shown([begins])).toEqual([['breaker-tripped', 1]]);
  });
});

describe('findings', () => {
  it('are one for each cause, with AWS’s own words', () => {
    const [finding, ...others] = diagnose([
      stopped(denied(1)),
      stopped(denied(2)),
      said(placed(denied(2))),
    ]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      class: 'secret-access-denied',
      principal: 'web-execution',
      principalKind: 'execution-role',
      action: 'ssm:GetParameters',
      resource: parameter('/web/password'),
      fixableInRole: true,
      count: 2,
      evidence: denied(1),
    });
  });

  it('are none for normal life', () => {
    expect(diagnose([])).toEqual([]);
    expect(
      diagnose([
        said('(service web) has reached a steady state.'),
        target('healthy', null, null, 'none').evidence,
      ]),
    ).toEqual([]);
  });

  it('quote AWS unchanged, and cut what is far too long', () => {
    const words = `An  unknown\n"thing" with ‘curly’ quotes`;
    expect(causesOf(stopped(words))[0]?.evidence).toBe(words);
    const long = 'x'.repeat(5_000);
    expect(causesOf(stopped(long))[0]?.evidence).toBe(`${'x'.repeat(1_000)}…`);
    expect(
      causesOf(api('UpdateService', 'ServiceNotFoundException', '', 'none').evidence)[0]?.evidence,
    ).toBe('ServiceNotFoundException');
  });
});

describe('hostile and huge evidence', () => {
  const hostile = [
    'User: '.repeat(200_000),
    'is not authorized to perform: '.repeat(30_000),
    `User: arn:aws:sts::1:assumed-role/${'/'.repeat(900_000)}`,
    `invalid ssm parameters: ${'a,'.repeat(400_000)}`,
    `CannotPullContainerError: failed to resolve ref ${'"'.repeat(900_000)}`,
    `on resource: ${' '.repeat(900_000)}because`,
    `(service ${'('.repeat(900_000)}`,
    '\n'.repeat(1_000_000),
    `https://${'/v2/a'.repeat(200_000)}`,
    `ResourceInitializationError: efs utils fs-${'0'.repeat(900_000)}`,
    `arn:${'a:'.repeat(400_000)}`,
  ];

  it('is read without an end of its own', () => {
    for (const text of hostile) {
      for (const one of [
        stopped(text),
        said(text),
        said(placed(text)),
        api('UpdateService', text, text, 'none').evidence,
        deployment('STOPPED', text, 'none').evidence,
      ]) {
        for (const cause of causesOf(one)) expect(cause.evidence.length).toBeLessThan(1_002);
      }
    }
  });

  it('of a thousand tasks, a hundred events and long log lines is told in a few findings', () => {
    const tasks = Array.from({ length: 1_000 }, (_, seed): Evidence => {
      if (seed % 2 === 0) return stopped(denied(seed));
      return {
        kind: 'stopped-task',
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ name: 'app', exitCode: 1, reason: null }],
        logs: { app: Array.from({ length: 50 }, () => `Access denied ${'User: '.repeat(5_000)}`) },
      };
    });
    const events = Array.from({ length: 100 }, (_, seed) => said(placed(denied(seed))));
    expect(shown([...tasks, ...events])).toEqual([
      ['secret-access-denied', 500],
      ['app-exit', 500],
    ]);
  });

  it('of a thousand different unknown reasons stays apart', () => {
    const tasks = Array.from({ length: 1_000 }, (_, seed) =>
      stopped(`${'blah '.repeat(300)} ${String(seed)}`),
    );
    const events = Array.from({ length: 100 }, (_, seed) =>
      said(placed(`reason number ${seed} of AWS`)),
    );
    expect(causesIn([...tasks, ...events]).length).toBeGreaterThan(100);
  });
});
