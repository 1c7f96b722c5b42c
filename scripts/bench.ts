/**
 * `npm run bench`: what a wait costs. Prints Markdown; docs/benchmarks.md keeps one run of it.
 *
 * 1. The cadence alone: many rollouts of 20 s to 10 minutes, each with the changes that a rollout
 *    shows, followed on a virtual clock. The same on every machine.
 * 2. The packaged action against the simulator in real time, several at once.
 * 3. Start-up and memory of the packaged action.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Deployment, ECSClient } from '@aws-sdk/client-ecs';
import type { Clock } from '../src/clock.ts';
import { diagnose } from '../src/diagnosis/diagnose.ts';
import type { Evidence } from '../src/diagnosis/types.ts';
import { toService } from '../src/rollout/describe.ts';
import { type FollowOptions, follow } from '../src/rollout/follow.ts';
import { attemptOf } from '../src/rollout/start.ts';
import { runAction } from '../test/e2e/run-action.ts';
import { startSimulator } from '../test/simulator/simulator.ts';
import { webWorld } from '../test/simulator/worlds.ts';

/** Calls that plan and start a rollout, before the wait begins. */
const callsBefore = 5;
/** Milliseconds that one call takes on the virtual clock. */
const latency = 80;

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);

function statistics(values: readonly number[]) {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, median: at(0.5), p90: at(0.9), largest: at(1) };
}

function row(name: string, values: readonly number[], format: (value: number) => string): string {
  const { mean, median, p90, largest } = statistics(values);
  return `| ${name} | ${[mean, median, p90, largest].map(format).join(' | ')} |`;
}

const header = '| | mean | median | 90th percentile | largest |\n| --- | --- | --- | --- | --- |';

/** Random numbers that are the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const imageMissing =
  'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:2: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:2: not found';

/** What the cadence is tried on. */
interface Kind {
  readonly name: string;
  /** Whether the ServiceDeployments API answers. */
  readonly withRecord: boolean;
  /** Whether tasks fail until the breaker trips at three quarters of the time. */
  readonly fails: boolean;
  /** Seconds. */
  readonly shortest: number;
  readonly longest: number;
}

/** One rollout that ends after `length` ms, followed on a virtual clock. */
async function followOne(length: number, { withRecord, fails }: Kind, random: () => number) {
  let now = 0;
  let calls = 0;
  const clock: Clock = {
    now: () => now,
    random,
    async sleep(ms) {
      now += ms;
    },
  };
  const arn = (name: string) => `arn:aws:ecs:eu-west-1:123456789012:task-definition/${name}`;
  // Tasks start, run and drain: each step is a change in both answers.
  const steps = Array.from({ length: 8 }, () => random() * length).sort(
    (one, other) => one - other,
  );
  const done = () => now >= length;
  const tripped = () => fails && now >= length * 0.75;
  const failures = () => (fails ? Math.min(4, Math.floor((now / length) * 5.5)) : 0);
  const own = () => ({
    id: 'ecs-svc/2',
    status: tripped() ? 'ACTIVE' : 'PRIMARY',
    taskDefinition: arn('web:8'),
    rolloutState: tripped() ? 'FAILED' : done() ? 'COMPLETED' : 'IN_PROGRESS',
    desiredCount: 8,
    runningCount: fails ? 0 : steps.filter((step) => step <= now).length,
    failedTasks: failures(),
    createdAt: new Date(0),
  });
  const old = () => ({
    id: 'ecs-svc/1',
    status: tripped() ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: arn('web:7'),
    rolloutState: tripped() && !done() ? 'IN_PROGRESS' : 'COMPLETED',
    desiredCount: 8,
    runningCount: 8,
    createdAt: new Date(-1e9),
  });
  const service = () => ({
    serviceName: 'web',
    serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/prod/web',
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/prod',
    status: 'ACTIVE',
    taskDefinition: arn('web:8'),
    deployments: [own(), old()] as Deployment[],
    ...(withRecord ? { currentServiceDeployment: 'arn:record' } : {}),
  });
  const recordStatus = () => {
    if (done()) return fails ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL';
    return tripped() ? 'ROLLBACK_IN_PROGRESS' : 'IN_PROGRESS';
  };
  const tasks = () => Array.from({ length: failures() }, (_, index) => `task/${index}`);
  const answers: Record<string, () => object> = {
    DescribeServicesCommand: () => ({ services: [service()] }),
    DescribeServiceDeploymentsCommand: () => ({
      serviceDeployments: [
        {
          status: recordStatus(),
          createdAt: new Date(0),
          deploymentCircuitBreaker: { failureCount: failures(), threshold: 4 },
        },
      ],
    }),
    ListTasksCommand: () => ({ taskArns: tasks() }),
    DescribeTasksCommand: () => ({
      tasks: tasks().map((taskArn) => ({
        taskArn,
        startedBy: 'ecs-svc/2',
        lastStatus: 'STOPPED',
        stopCode: 'TaskFailedToStart',
        stoppedReason: imageMissing,
      })),
    }),
  };
  const denied = Object.assign(new Error('denied'), { name: 'AccessDeniedException' });
  const ecs = {
    async send(command: object) {
      calls += 1;
      now += latency;
      const answer = answers[command.constructor.name];
      if (!answer) throw denied;
      return answer();
    },
  } as unknown as ECSClient;
  const before = toService({
    ...service(),
    deployments: [old()] as Deployment[],
    currentServiceDeployment: 'arn:old',
  });
  const now8 = toService(service());
  const attempt = attemptOf(before, arn('web:8'), now8.deployments[0], 'started');
  const definition = { family: 'web', containerDefinitions: [] };
  const options: FollowOptions = {
    ecs,
    clock,
    signal: new AbortController().signal,
    pollInterval: undefined,
    timeout: 3_600_000,
    onFailure: 'wait',
    elb: () => Promise.reject(new Error('no load balancer is asked')),
    logs: { client: () => Promise.reject(new Error('no log is read')), definition, lines: 0 },
    context: {
      place: { partition: 'aws', region: 'eu-west-1', account: '123456789012' },
      definition,
      locate: () => undefined,
    },
    foreseen: [],
  };
  let foundAt: number | undefined;
  // What is looked at after the verdict has limits that this clock lets pass.
  let judgedAt: number | undefined;
  const { ending } = await follow(attempt, now8, options, ({ state, verdict, findings }) => {
    if (findings.length > 0) foundAt ??= state.now;
    if (verdict.status !== 'in-progress') judgedAt ??= state.now;
  });
  if (ending.status !== (fails ? 'rolled-back' : 'succeeded'))
    throw new Error(`the rollout ended as ${ending.status}`);
  const firstFailure = length / 5.5;
  const found = foundAt === undefined ? undefined : foundAt - firstFailure;
  const end = judgedAt ?? now;
  return { lag: end - length, rate: (calls + callsBefore) / (end / 1000), found };
}

async function benchCadence(kind: Kind): Promise<void> {
  const random = randomNumbers(8);
  const rollouts = [];
  for (let index = 0; index < 500; index++) {
    const length = kind.shortest + random() * (kind.longest - kind.shortest);
    rollouts.push(await followOne(length * 1000, kind, random));
  }
  console.log(
    `\n500 rollouts of ${kind.shortest} to ${kind.longest} s on a virtual clock, ${kind.name}:\n\n${header}`,
  );
  console.log(
    row(
      'lag after the end, s',
      rollouts.map(({ lag }) => lag),
      seconds,
    ),
  );
  console.log(
    row(
      'calls to ECS a second',
      rollouts.map(({ rate }) => rate),
      (rate) => rate.toFixed(3),
    ),
  );
  const found = rollouts.flatMap((rollout) => rollout.found ?? []);
  if (found.length > 0) console.log(row('first failed task to its finding, s', found, seconds));
}

/** The packaged action in real time; no two rollouts take the same time. */
async function benchAction(rollouts: number): Promise<void> {
  const results = await Promise.all(
    Array.from({ length: rollouts }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 1_370));
      const timings = { running: 30 + index * 2.3, drain: 35 - index * 1.1 };
      const simulator = await startSimulator(
        webWorld({ service: { plays: [{ outcome: 'healthy', timings }] } }),
      );
      const startedAt = Date.now();
      const { outputs } = await runAction({
        inputs: { cluster: 'prod', service: 'web', image: 'web:2' },
        env: { AWS_ENDPOINT_URL: simulator.url },
      });
      const endedAt = Date.now();
      const completed = simulator.state.services[0]?.events.find(({ message }) =>
        message.endsWith('deployment completed.'),
      );
      await simulator.close();
      if (outputs.status !== 'succeeded') throw new Error(`a step ended as ${outputs.status}`);
      return {
        lag: endedAt - (completed?.createdAt ?? 0),
        rate:
          simulator.calls.filter(({ service }) => service === 'ecs').length /
          ((endedAt - startedAt) / 1000),
        calls: simulator.calls.length,
      };
    }),
  );
  console.log(
    `\n${rollouts} rollouts of about 1.5 minutes, dist/index.js against the simulator:\n\n${header}`,
  );
  console.log(
    row(
      'lag until the step has ended, s',
      results.map(({ lag }) => lag),
      seconds,
    ),
  );
  console.log(
    row(
      'calls to ECS a second',
      results.map(({ rate }) => rate),
      (rate) => rate.toFixed(3),
    ),
  );
  console.log(
    row(
      'calls to AWS, preflight, address and health included',
      results.map(({ calls }) => calls),
      (calls) => calls.toFixed(0),
    ),
  );
}

function benchStart(): void {
  const main = join(import.meta.dirname, '../dist/index.js');
  const runs = Array.from({ length: 10 }, () => {
    const startedAt = performance.now();
    spawnSync(process.execPath, [main], { env: { INPUT_CLUSTER: 'prod' } });
    return performance.now() - startedAt;
  });
  const report = 'process.on("exit", () => console.error(process.resourceUsage().maxRSS))';
  const { stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(report)}`, main],
    { env: { INPUT_CLUSTER: 'prod' }, encoding: 'utf8' },
  );
  console.log(`\n10 starts of dist/index.js, refused for an empty service:\n\n${header}`);
  console.log(row('time, s', runs, seconds));
  console.log(`\nLargest memory: ${Math.round(Number(stderr.trim()) / 1024)} MiB.`);
}

/** What the diagnosis takes at most: every stopped task that can be seen, every event, a long log. */
function benchDiagnosis(): void {
  const logs = { app: Array.from({ length: 10_000 }, (_, line) => `${line} ${'x'.repeat(1_000)}`) };
  const containers = [{ name: 'app', exitCode: 1, reason: null }];
  const exited = {
    kind: 'stopped-task',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers,
  } as const;
  /** Each names another task, as AWS's words do. */
  const failed = (task: number) => ({
    ...exited,
    stopCode: 'TaskFailedToStart',
    stoppedReason: `ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: service call has been retried 1 time(s): operation error SSM: GetParameters, https response error StatusCode: 400, RequestID: 119b9aff-b7c0-4a82-a57c-${String(task).padStart(12, '0')}, api error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/web-execution/${String(task).padStart(32, '0')} is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password because no identity-based policy allows the ssm:GetParameters action`,
    containers: [],
  });
  const evidence: Evidence[] = [
    ...Array.from({ length: 999 }, (_, task) => failed(task)),
    { ...exited, logs },
    ...Array.from({ length: 100 }, () => ({
      kind: 'service-event' as const,
      message: `(service web) was unable to place a task. Reason: ${imageMissing}.`,
    })),
  ];
  const runs = Array.from({ length: 10 }, () => {
    const startedAt = performance.now();
    diagnose(evidence);
    return performance.now() - startedAt;
  });
  console.log(`\n10 diagnoses of 1,000 stopped tasks, 100 events and a log of 10 MB:\n\n${header}`);
  console.log(row('time, s', runs, seconds));
}

const processors = cpus();
console.log(
  `${new Date().toISOString().slice(0, 10)}, \`npm run bench\`, Node ${process.version}, ${processors.length} × ${processors[0]?.model}`,
);
const usual = { withRecord: true, fails: false, shortest: 60, longest: 600 };
await benchCadence({ ...usual, name: 'successful' });
await benchCadence({ ...usual, name: 'rolled back', fails: true });
await benchCadence({ ...usual, name: 'by deployments[] alone', withRecord: false });
await benchCadence({
  ...usual,
  name: 'rolled back, by deployments[] alone',
  withRecord: false,
  fails: true,
});
await benchCadence({ ...usual, name: 'short and successful', shortest: 20, longest: 60 });
benchStart();
await benchAction(12);
benchDiagnosis();
