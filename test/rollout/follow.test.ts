import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  StopServiceDeploymentCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/diagnosis/types.ts';
import { type FollowOptions, follow, type Step } from '../../src/rollout/follow.ts';
import { fakeClock } from '../support/fake-clock.ts';
import {
  arn,
  attempt,
  before,
  context,
  deployment,
  finding,
  old,
  own,
  service,
  start,
} from '../support/rollout.ts';

const ecs = mockClient(ECSClient);
const logs = mockClient(CloudWatchLogsClient);
const recordArn = 'arn:aws:ecs:eu-west-1:123456789012:service-deployment/prod/web/abc';
const denial =
  'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: service call has been retried 1 time(s): operation error SSM: GetParameters, https response error StatusCode: 400, RequestID: 119b9aff-b7c0-4a82-a57c-f193bd929bc1, api error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/web-execution/0123456789abcdef0123456789abcdef is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password because no identity-based policy allows the ssm:GetParameters action';

/** How many tasks have failed `seconds` after the update, and whether ECS was asked to roll back. */
let failures: (seconds: number) => number;
let isAsked: boolean;
let clock: ReturnType<typeof fakeClock>;
let reason: string;
let ended: { readonly stopCode: string; readonly exitCode?: number };

const aws = ({
  id,
  status,
  rolloutState,
  taskDefinition,
  running,
  failed,
}: ReturnType<typeof deployment>) => ({
  id,
  status,
  rolloutState: rolloutState as 'IN_PROGRESS',
  taskDefinition,
  runningCount: running,
  failedTasks: failed,
  desiredCount: 2,
  createdAt: new Date(start),
});

beforeEach(() => {
  clock = fakeClock(start);
  isAsked = false;
  reason = denial;
  ended = { stopCode: 'TaskFailedToStart' };
  logs.reset();
  failures = (seconds) => (seconds >= 30 ? 2 : 0);
  const failed = () => failures((clock.now() - start) / 1000);
  ecs.reset();
  ecs.on(DescribeServicesCommand).callsFake(() => ({
    services: [
      {
        serviceName: 'web',
        serviceArn: attempt().serviceArn,
        clusterArn: attempt().clusterArn,
        status: 'ACTIVE',
        taskDefinition: arn(isAsked ? 'web:7' : 'web:8'),
        currentServiceDeployment: recordArn,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
        deployments: isAsked
          ? [aws(old({ status: 'PRIMARY' }))]
          : [aws(deployment({ failed: failed() })), aws(old())],
      },
    ],
  }));
  ecs.on(DescribeServiceDeploymentsCommand).callsFake(() => ({
    serviceDeployments: [
      {
        status: isAsked ? 'ROLLBACK_SUCCESSFUL' : 'IN_PROGRESS',
        statusReason: isAsked ? 'Service deployment rolled back by user.' : undefined,
        createdAt: new Date(start),
        targetServiceRevision: { arn: `arn:revision/${own.split('/')[1]}` },
      },
    ],
  }));
  const tasks = () => Array.from({ length: failed() }, (_, index) => `task/prod/${index}`);
  ecs.on(ListTasksCommand).callsFake(() => ({ taskArns: tasks() }));
  ecs.on(DescribeTasksCommand).callsFake(({ tasks: arns }) => ({
    tasks: arns.map((taskArn: string) => ({
      taskArn,
      startedBy: own,
      lastStatus: 'STOPPED',
      createdAt: new Date(start + 1_000 * Number(taskArn.at(-1))),
      stoppedAt: new Date(start + 500 + 1_000 * Number(taskArn.at(-1))),
      stopCode: ended.stopCode,
      stoppedReason: reason,
      containers: [{ name: 'app', exitCode: ended.exitCode }],
    })),
  }));
  ecs.on(StopServiceDeploymentCommand).callsFake(() => {
    isAsked = true;
    return { serviceDeploymentArn: recordArn };
  });
});

async function run(options: Partial<FollowOptions> = {}) {
  const steps: Step[] = [];
  const { ending, findings } = await follow(
    attempt({ knownDeploymentIds: [before] }),
    service(),
    {
      ecs: new ECSClient({ region: 'eu-west-1' }),
      clock,
      signal: new AbortController().signal,
      pollInterval: undefined,
      timeout: 600_000,
      onFailure: 'rollback',
      elb: () => Promise.reject(new Error('no load balancer is asked')),
      logs: {
        client: () => Promise.reject(new Error('no log is read')),
        definition: { family: 'web', containerDefinitions: [] },
        lines: 0,
      },
      context: context(),
      foreseen: [],
      ...options,
    },
    (step) => void steps.push(step),
  );
  const foundAt = steps.find((step) => step.findings.length > 0)?.state.now;
  return { ending, findings, steps, foundAt, seconds: (clock.now() - start) / 1000 };
}

const stops = () => ecs.commandCalls(StopServiceDeploymentCommand).length;

describe('a rollout that is certain to fail', () => {
  it('is rolled back as soon as its second task was denied, and followed to the rollback’s end', async () => {
    const { ending, findings, seconds } = await run();
    expect(ending).toMatchObject({ status: 'rolled-back' });
    expect(findings).toMatchObject([
      {
        class: 'secret-access-denied',
        principal: 'web-execution',
        action: 'ssm:GetParameters',
        count: 2,
      },
    ]);
    expect(stops()).toBe(1);
    expect(seconds).toBeLessThan(45);
  });

  it('has its cause found with the poll that follows the first failing task', async () => {
    const { steps, foundAt } = await run();
    const polls = steps.filter(({ observation }) => observation.kind === 'seen');
    const firstAfter = polls.find(({ state }) => state.now >= start + 30_000);
    expect(foundAt).toBe(firstAfter?.state.now);
  });

  it('fails the step at once with on-failure: report, and stops nothing', async () => {
    const { ending, seconds } = await run({ onFailure: 'report' });
    expect(ending).toEqual({ status: 'failed', why: 'certain', reason: undefined });
    expect(stops()).toBe(0);
    expect(seconds).toBeLessThan(40);
  });

  it('shows the logs of the tasks that stopped last, although the verdict is clear without', async () => {
    logs
      .on(GetLogEventsCommand)
      .resolves({ events: [{ message: 'exec /usr/bin/web: exec format error' }] });
    const awslogs = {
      logDriver: 'awslogs' as const,
      options: { 'awslogs-group': '/ecs/web', 'awslogs-stream-prefix': 'web' },
    };
    const definition = {
      family: 'web',
      containerDefinitions: [{ name: 'app', logConfiguration: awslogs }],
    };
    ended = { stopCode: 'EssentialContainerExited', exitCode: 1 };
    reason = 'Essential container in task exited';
    const client = async () => new CloudWatchLogsClient({ region: 'eu-west-1' });
    const { ending, findings, steps } = await run({
      onFailure: 'report',
      logs: { client, definition, lines: 3 },
    });
    expect(ending).toMatchObject({ status: 'failed', why: 'certain' });
    expect(steps.at(-2)?.observation).toMatchObject({
      kind: 'logs',
      tails: [{ lines: ['exec /usr/bin/web: exec format error'] }],
    });
    expect(findings.map(({ class: name }) => name)).toContain('exec-format');
  });

  it('notes that the logs of the tasks that stopped last cannot be read', async () => {
    ended = { stopCode: 'EssentialContainerExited', exitCode: 1 };
    reason = 'Essential container in task exited';
    const definition = { family: 'web', containerDefinitions: [{ name: 'app' }] };
    const client = () => Promise.reject(new Error('no log is read'));
    const { steps } = await run({
      onFailure: 'report',
      logs: { client, definition, lines: 3 },
    });
    expect(steps.at(-3)?.observation).toMatchObject({
      kind: 'notice',
      message: 'no log of container app: it has no logConfiguration',
    });
  });

  it('is waited for with on-failure: wait', async () => {
    const { ending } = await run({ onFailure: 'wait', timeout: 120_000 });
    expect(ending.status).toBe('timed-out');
    expect(stops()).toBe(0);
  });

  it('needs one task only where the preflight had found the denial', async () => {
    failures = (seconds) => (seconds >= 30 ? 1 : 0);
    const foreseen: Finding[] = [finding()];
    expect((await run({ foreseen })).ending.status).toBe('rolled-back');
  });

  it('is asked for once more where ECS was too busy', async () => {
    const busy = Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    ecs
      .on(StopServiceDeploymentCommand)
      .rejectsOnce(busy)
      .callsFake(() => {
        isAsked = true;
        return {};
      });
    expect((await run()).ending.status).toBe('rolled-back');
    expect(stops()).toBe(2);
  });

  it('waits for the breaker where it may not be stopped, and asks only once', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    ecs.on(StopServiceDeploymentCommand).rejects(denied);
    const { ending, steps } = await run({ timeout: 120_000 });
    expect(ending.status).toBe('timed-out');
    expect(stops()).toBe(1);
    expect(steps.find(({ observation }) => observation.kind === 'responded')).toBeDefined();
  });
});

describe('a rollout that may heal', () => {
  it('is not stopped after one denied task', async () => {
    failures = (seconds) => (seconds >= 30 ? 1 : 0);
    expect((await run({ timeout: 120_000 })).ending.status).toBe('timed-out');
    expect(stops()).toBe(0);
  });

  it('is not stopped for want of capacity', async () => {
    reason =
      'Capacity is unavailable at this time. Please try again later or in a different availability zone';
    failures = (seconds) => (seconds >= 30 ? 20 : 0);
    const { ending, findings } = await run({ timeout: 120_000 });
    expect(ending.status).toBe('timed-out');
    expect(findings).toMatchObject([{ class: 'capacity-unavailable', count: 20 }]);
    expect(stops()).toBe(0);
  });
});
