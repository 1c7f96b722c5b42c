import {
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ObserveOptions, observe } from '../../src/rollout/observe.ts';
import { matchRecord } from '../../src/rollout/record.ts';
import type { Attempt, Observation } from '../../src/rollout/types.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { attempt, before, own, service, start } from '../support/rollout.ts';

const ecs = mockClient(ECSClient);
const recordArn = 'arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/abc';

/** An error as the SDK throws it. */
const awsError = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error(`${name} says no`), { name, $metadata: { httpStatusCode } });

const running = (failedTasks = 0) => ({
  services: [
    {
      serviceName: 'web',
      serviceArn: attempt().serviceArn,
      status: 'ACTIVE',
      deployments: [
        { id: own, status: 'PRIMARY', rolloutState: 'IN_PROGRESS' as const, failedTasks },
      ],
    },
  ],
});
const listed = {
  serviceDeployments: [{ serviceDeploymentArn: recordArn, createdAt: new Date(start) }],
};
const record = (failureCount = 0) => ({
  serviceDeployments: [
    {
      serviceDeploymentArn: recordArn,
      status: 'IN_PROGRESS' as const,
      deploymentCircuitBreaker: { status: 'MONITORING' as const, failureCount, threshold: 3 },
    },
  ],
});

/** The first `most` observations, on a clock that only sleeps move. */
async function collect(most: number, pollInterval?: number, deadline = Number.MAX_SAFE_INTEGER) {
  const clock = fakeClock(start);
  const cancellation = new AbortController();
  const seen: Observation[] = [];
  const options = {
    ecs: new ECSClient({ region: 'eu-west-1' }),
    clock,
    signal: cancellation.signal,
    logs,
    pollInterval,
    deadline,
    targets: noTargets,
  };
  for await (const observation of observe(of, service(), options)) {
    seen.push(observation);
    if (seen.length >= most) break;
  }
  return { seen, elapsed: clock.now() - start };
}

/** No service of these tests has a target group. */
const noTargets: ObserveOptions['targets'] = { look: () => {}, take: () => undefined };

/** No container of these tests has a log. */
const logs: ObserveOptions['logs'] = {
  client: () => Promise.reject(new Error('no log is read here')),
  definition: { family: 'web', containerDefinitions: [] },
  lines: 50,
};

const kinds = (seen: readonly Observation[]) => seen.map(({ kind }) => kind);
const calls = (command: Parameters<typeof ecs.commandCalls>[0]) => ecs.commandCalls(command).length;

/** What is followed. */
let of: Attempt;
beforeEach(() => {
  of = attempt();
  ecs.reset();
  ecs.on(DescribeServicesCommand).resolves(running());
  ecs.on(ListServiceDeploymentsCommand).resolves(listed);
  ecs.on(DescribeServiceDeploymentsCommand).resolves(record());
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
});

describe('polling', () => {
  it('finds the ServiceDeployment once and then reads it now and then, the service the rest of the time', async () => {
    const { seen } = await collect(12);
    expect(seen.at(-1)).toMatchObject({ serviceDeployment: { arn: recordArn } });
    expect(calls(ListServiceDeploymentsCommand)).toBe(1);
    // Once more when the record was first seen.
    expect(calls(DescribeServicesCommand)).toBe(10);
    expect(calls(DescribeServiceDeploymentsCommand)).toBe(3);
  });

  it('reads both sources in the same poll as soon as one of them changed', async () => {
    ecs.on(DescribeServicesCommand).resolvesOnce(running()).resolves(running(1));
    ecs.on(ListTasksCommand).resolves({ taskArns: [] });
    const { seen } = await collect(3);
    const change = seen.find(
      (one) => one.kind === 'seen' && one.service?.deployments[0]?.failed === 1,
    );
    expect(change).toMatchObject({ serviceDeployment: { arn: recordArn } });
  });

  it('keeps to a poll interval of the user and then reads everything each time', async () => {
    const { elapsed } = await collect(5, 700);
    expect(elapsed).toBe(4 * 700);
    expect(calls(DescribeServicesCommand)).toBe(5);
    expect(calls(DescribeServiceDeploymentsCommand)).toBe(5);
  });

  it('never sleeps past the end of the wait', async () => {
    const { elapsed } = await collect(2, 600_000, start + 5_000);
    expect(elapsed).toBe(5_000);
  });

  it('lets no long pause go by without a tick, for the log’s signs of life', async () => {
    const { seen } = await collect(6, 60_000);
    expect(kinds(seen)).toEqual(['seen', 'tick', 'tick', 'tick', 'seen', 'tick']);
  });
});

describe('answers that are late or missing', () => {
  it('go on being asked for when one was from before the update', async () => {
    const before7 = { id: before, status: 'PRIMARY', rolloutState: 'COMPLETED' as const };
    const [now] = running().services;
    ecs
      .on(DescribeServicesCommand)
      .resolvesOnce({ services: [{ ...now, deployments: [before7] }] })
      .resolves(running());
    const { seen } = await collect(6);
    expect(calls(DescribeServicesCommand)).toBeGreaterThanOrEqual(3);
    expect(seen.at(-1)).toMatchObject({ service: { deployments: [{ id: own }] } });
  });

  it.each([
    ['throttled', awsError('ThrottlingException')],
    ['a server error', awsError('ServerException', 500)],
  ])('do not make it forget a bake time: %s', async (_, error) => {
    const baking = {
      serviceDeployments: [
        {
          status: 'IN_PROGRESS' as const,
          lifecycleStage: 'BAKE_TIME' as const,
          createdAt: new Date(start),
        },
      ],
    };
    ecs.on(DescribeServiceDeploymentsCommand).resolvesOnce(baking).rejects(error);
    const { seen } = await collect(20);
    expect(seen.at(-1)).toMatchObject({ serviceDeployment: { lifecycleStage: 'BAKE_TIME' } });
  });
});

describe('the ServiceDeployment of a deployment', () => {
  const number = (id: string) => id.replace('ecs-svc/', '');
  const brief = (arn: string, seconds: number, revisionNumber = '9') => ({
    arn,
    createdAt: start + seconds * 1000,
    revisionNumber,
  });

  it.each([
    ['the one with the same number', [brief('a', 0), brief('b', 5, number(own))], 'b'],
    ['the only one of that moment', [brief('old', -60), brief('a', 1)], 'a'],
    [
      'none where two were made then: one is someone else’s',
      [brief('a', 0), brief('b', 5)],
      undefined,
    ],
    ['none that was made before', [brief('a', -3)], undefined],
    [
      'none where numbers tell that it is not listed yet',
      [brief('a', 0), brief('b', -60, number(before))],
      undefined,
    ],
    ['none from before the update', [brief('known', 0)], undefined],
    ['none while the list is empty', [], undefined],
  ])('is %s', (_, listed, expected) => {
    const of = attempt({ knownServiceDeployment: 'known' });
    expect(matchRecord(listed, of)).toBe(expected);
  });

  it('is given up when it turns out to be another deployment’s', async () => {
    const [service] = running().services;
    ecs
      .on(DescribeServicesCommand)
      .resolves({ services: [{ ...service, currentServiceDeployment: 'arn:other' }] });
    ecs.on(DescribeServiceDeploymentsCommand, { serviceDeploymentArns: ['arn:other'] }).resolves({
      serviceDeployments: [{ status: 'SUCCESSFUL', createdAt: new Date(start - 60_000) }],
    });
    const { seen } = await collect(8);
    expect(seen.at(-1)).toMatchObject({ serviceDeployment: { arn: recordArn } });
    expect(JSON.stringify(seen)).not.toContain('SUCCESSFUL');
  });

  it('is taken from the service itself while the deployment is its PRIMARY', async () => {
    const [service] = running().services;
    ecs
      .on(DescribeServicesCommand)
      .resolves({ services: [{ ...service, currentServiceDeployment: recordArn }] });
    const { seen } = await collect(3);
    expect(seen.at(-1)).toMatchObject({ serviceDeployment: { arn: recordArn } });
    expect(calls(ListServiceDeploymentsCommand)).toBe(0);
  });

  it('follows the service when that names another one later', async () => {
    const [service] = running().services;
    const naming = (arn: string) => ({ services: [{ ...service, currentServiceDeployment: arn }] });
    ecs.on(DescribeServicesCommand).resolvesOnce(naming('arn:stale')).resolves(naming(recordArn));
    ecs
      .on(DescribeServiceDeploymentsCommand)
      .resolves({ serviceDeployments: [{ status: 'IN_PROGRESS', createdAt: new Date(start) }] });
    ecs.on(DescribeServiceDeploymentsCommand, { serviceDeploymentArns: ['arn:stale'] }).resolves({
      serviceDeployments: [{ status: 'STOPPED', createdAt: new Date(start - 1_000) }],
    });
    const { seen } = await collect(6);
    expect(seen.at(-1)).toMatchObject({ serviceDeployment: { arn: recordArn } });
  });

  it('is not asked for when the deployment stood before: its record tells of the past', async () => {
    const clock = fakeClock(start);
    const options = {
      ecs: new ECSClient({ region: 'eu-west-1' }),
      clock,
      signal: new AbortController().signal,
      logs,
      pollInterval: undefined,
      deadline: Number.MAX_SAFE_INTEGER,
      targets: noTargets,
    };
    let polls = 0;
    for await (const one of observe(attempt({ origin: 'standing' }), service(), options)) {
      expect(one).toMatchObject({ kind: 'seen', serviceDeployment: undefined });
      if (++polls === 4) break;
    }
    expect(calls(DescribeServiceDeploymentsCommand)).toBe(0);
  });
});

describe('without the ServiceDeployments API', () => {
  it.each([
    ['denied', awsError('AccessDeniedException')],
    ['unknown', awsError('UnknownOperationException')],
    ['unsupported for this service', awsError('UnsupportedFeatureException')],
  ])('tells it once and goes on by the service where it is %s', async (_, error) => {
    ecs.on(ListServiceDeploymentsCommand).rejects(error);
    const { seen } = await collect(8);
    expect(kinds(seen).filter((kind) => kind === 'notice')).toHaveLength(1);
    expect(calls(ListServiceDeploymentsCommand)).toBe(1);
    expect(seen.at(-1)).toMatchObject({ kind: 'seen', serviceDeployment: undefined });
  });

  it('gives up on server errors after a few tries', async () => {
    ecs.on(ListServiceDeploymentsCommand).rejects(awsError('SyntaxError', 500));
    const { seen } = await collect(12);
    expect(calls(ListServiceDeploymentsCommand)).toBe(3);
    expect(kinds(seen).filter((kind) => kind === 'notice')).toHaveLength(1);
  });

  it('forgets what the record said once it may no longer be read', async () => {
    ecs
      .on(DescribeServiceDeploymentsCommand)
      .resolvesOnce(record())
      .rejects(awsError('AccessDeniedException'));
    const { seen } = await collect(8);
    expect(seen.at(-1)).toMatchObject({ kind: 'seen', serviceDeployment: undefined });
  });
});

describe('errors of DescribeServices', () => {
  beforeEach(() => {
    // Without a ServiceDeployment there is nothing else to ask.
    of = attempt({ origin: 'standing' });
  });

  it.each([
    ['AccessDeniedException', 'Allow it to the role'],
    ['ExpiredTokenException', 'role-duration-seconds'],
  ])('%s ends the wait at once, with AWS’s words and what to do', async (name, remedy) => {
    ecs.on(DescribeServicesCommand).rejects(awsError(name));
    const { seen } = await collect(5);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ kind: 'lost', at: start });
    expect(seen[0]).toHaveProperty('message', expect.stringContaining(`${name} says no.`));
    expect(seen[0]).toHaveProperty('message', expect.stringContaining(remedy));
  });

  it.each([
    ['ServerException', 500],
    ['ClientException', 400],
    ['RequestTimeTooSkewed', 403],
  ])(
    '%s is asked again, and the wait is given up after three minutes of it',
    async (name, status) => {
      ecs.on(DescribeServicesCommand).rejects(awsError(name, status));
      const { seen, elapsed } = await collect(500);
      expect(seen.at(-1)?.kind).toBe('lost');
      expect(kinds(seen.slice(0, -1)).every((kind) => kind === 'notice')).toBe(true);
      expect(elapsed).toBeGreaterThanOrEqual(180_000);
      expect(elapsed).toBeLessThan(200_000);
    },
  );

  it('throttling does not count towards those three minutes', async () => {
    let calls = 0;
    ecs.on(DescribeServicesCommand).callsFake(() => {
      calls += 1;
      if (calls <= 30) throw awsError('ThrottlingException');
      if (calls === 31) throw awsError('ServerException', 500);
      return running();
    });
    const { seen, elapsed } = await collect(100);
    expect(elapsed).toBeGreaterThan(200_000);
    expect(kinds(seen)).not.toContain('lost');
    expect(kinds(seen)).toContain('seen');
  });

  it('throttling slows the polls down and an answer brings them back', async () => {
    const throttled = awsError('ThrottlingException');
    ecs
      .on(DescribeServicesCommand)
      .rejectsOnce(throttled)
      .rejectsOnce(throttled)
      .rejectsOnce(throttled)
      .rejectsOnce(throttled)
      .resolves(running());
    const clock = fakeClock(start);
    const times: number[] = [];
    const options = {
      ecs: new ECSClient({ region: 'eu-west-1' }),
      clock,
      signal: new AbortController().signal,
      logs,
      pollInterval: undefined,
      deadline: Number.MAX_SAFE_INTEGER,
      targets: noTargets,
    };
    for await (const { kind, at } of observe(of, service(), options)) {
      if (kind !== 'tick') times.push(at);
      if (times.length >= 16) break;
    }
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses[3]).toBeGreaterThan(4 * (pauses[0] ?? 0));
    expect(pauses.at(-1)).toBeLessThan((pauses[3] ?? 0) / 3);
  });

  it('leave the ServiceDeployment to end the wait', async () => {
    of = attempt();
    ecs.on(DescribeServicesCommand).rejects(awsError('ThrottlingException'));
    ecs.on(DescribeServiceDeploymentsCommand).resolves({
      serviceDeployments: [{ status: 'SUCCESSFUL', createdAt: new Date(start) }],
    });
    const { seen } = await collect(3);
    expect(seen.at(-1)).toMatchObject({ serviceDeployment: { status: 'SUCCESSFUL' } });
  });

  it('a server error in between is only a notice', async () => {
    ecs
      .on(DescribeServicesCommand)
      .rejectsOnce(awsError('ServerException', 500))
      .resolves(running());
    const { seen } = await collect(4);
    expect(kinds(seen)).toEqual(['notice', 'seen', 'seen', 'seen']);
  });
});

describe('stopped tasks', () => {
  const task = (id: string, startedBy: string) => ({
    taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/prod/${id}`,
    startedBy,
    lastStatus: 'STOPPED',
    stopCode: 'TaskFailedToStart' as const,
    stoppedReason: 'ResourceInitializationError: no',
  });

  it('are looked up when the failure count moves, and only those of this deployment are kept', async () => {
    ecs.on(DescribeServiceDeploymentsCommand).resolves(record(1));
    const tasks = [task('a', own), task('b', 'ecs-svc/9')];
    ecs.on(ListTasksCommand).resolves({ taskArns: tasks.map(({ taskArn }) => taskArn) });
    ecs.on(DescribeTasksCommand).resolves({ tasks });
    const { seen } = await collect(4);
    const stopped = seen.flatMap((one) => (one.kind === 'seen' ? one.stoppedTasks : []));
    expect(stopped.map(({ arn }) => arn)).toEqual([tasks[0]?.taskArn]);
    expect(calls(ListTasksCommand)).toBe(1);
  });

  it('that appear while the service does not answer are not lost', async () => {
    of = attempt({ origin: 'standing' });
    ecs
      .on(DescribeServicesCommand)
      .resolvesOnce(running(1))
      .rejectsOnce(awsError('ServerException', 500))
      .resolves(running(1));
    ecs
      .on(ListTasksCommand)
      .resolvesOnce({ taskArns: [] })
      .resolves({ taskArns: [task('a', own).taskArn] });
    ecs.on(DescribeTasksCommand).resolves({ tasks: [task('a', own)] });
    const { seen } = await collect(6);
    const stopped = seen.flatMap((one) => (one.kind === 'seen' ? one.stoppedTasks : []));
    expect(stopped).toHaveLength(1);
  });

  it('that may not be listed are a notice and nothing more', async () => {
    ecs.on(DescribeServiceDeploymentsCommand).resolves(record(1));
    ecs.on(ListTasksCommand).rejects(awsError('AccessDeniedException'));
    const { seen } = await collect(8);
    expect(kinds(seen).filter((kind) => kind === 'notice')).toHaveLength(1);
    expect(kinds(seen)).not.toContain('lost');
  });
});

describe('the budget of calls', () => {
  const count = () => ecs.calls().length;

  it.each([60, 90, 150, 300, 600])(
    'stays under 0.5 a second over %i s, with changes all along',
    async (seconds) => {
      let polls = 0;
      ecs.on(DescribeServicesCommand).callsFake(() => {
        polls += 1;
        // Something new is seen at every sixth poll, as events and counts trickle in.
        const answer = running();
        return {
          services: [
            {
              ...answer.services[0],
              runningCount: 0,
              events: [
                { id: `${Math.floor(polls / 6)}`, message: 'x', createdAt: new Date(start) },
              ],
            },
          ],
        };
      });
      const clock = fakeClock(start);
      for await (const { at } of observe(of, service(), {
        ecs: new ECSClient({ region: 'eu-west-1' }),
        clock,
        signal: new AbortController().signal,
        logs,
        pollInterval: undefined,
        deadline: Number.MAX_SAFE_INTEGER,
        targets: noTargets,
      })) {
        if (at - start >= seconds * 1000) break;
      }
      // Six more are made to plan and start a rollout.
      expect((count() + 6) / seconds).toBeLessThanOrEqual(0.5);
    },
  );
});
