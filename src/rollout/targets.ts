import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clock } from '../clock.ts';
import { optionalSource } from './optional-source.ts';
import { describeRunningTasks } from './running-tasks.ts';
import type { Attempt, RunningTask, Sighting, Target } from './types.ts';

/** The health of the targets that the service's tasks are behind its load balancers. */
export interface TargetsSource {
  /** Begins a look, if one is due; it goes on beside the wait, which it never holds up. */
  look(): void;
  /** What a look has brought since this was last asked; undefined where there is nothing new. */
  take(): Sighting | undefined;
  /** A last look at the tasks and targets, for the picture that stays. Never throws. */
  last(): Promise<Sighting>;
}

export interface TargetsReading {
  client(): Promise<ElasticLoadBalancingV2Client>;
  /** ARNs of the service's target groups. */
  readonly groups: readonly string[];
}

/** Milliseconds between two looks. */
const pause = 10_000;
/** Milliseconds that the last look may take. */
const patience = 3_000;

export function targetsSource(
  attempt: Attempt,
  { client, groups }: TargetsReading,
  { ecs, clock, signal }: { ecs: ECSClient; clock: Clock; signal: AbortSignal },
  tell: (message: string) => void,
): TargetsSource {
  const health = optionalSource('target health', clock, tell);
  const running = optionalSource('running tasks', clock, () => {});
  /** Addresses of the deployment's own tasks, and of others. */
  const own = new Set<string>();
  const foreign = new Set<string>();
  const ended = new AbortController();
  const whileLooking = AbortSignal.any([signal, ended.signal]);
  let lookedAt = Number.NEGATIVE_INFINITY;
  let isLooking = false;
  let news: Sighting | undefined;

  const readTasks = async (abortSignal: AbortSignal) => {
    const tasks = await running.read(() => describeRunningTasks(ecs, attempt, abortSignal));
    for (const address of tasks?.flatMap(({ addresses }) => addresses) ?? []) own.add(address);
    return tasks;
  };
  const readTargets = (abortSignal: AbortSignal) =>
    health.read(async () => {
      const elb = await client();
      const all = await Promise.all(
        groups.map((arn) => describeTargetHealth(elb, arn, abortSignal)),
      );
      return all.flat();
    });
  const tied = (targets: readonly Described[] | undefined) =>
    targets?.map((target): Target => ({ ...target, isOwn: own.has(target.id) }));

  const lookOnce = async () => {
    const targets = await readTargets(whileLooking);
    let tasks: readonly RunningTask[] | undefined;
    const unknown = (targets ?? []).filter(
      ({ id, state }) => state.startsWith('unhealthy') && !own.has(id) && !foreign.has(id),
    );
    if (unknown.length > 0) {
      tasks = await readTasks(whileLooking);
      // A task shows its address before it is a target.
      if (tasks) for (const { id } of unknown) if (!own.has(id)) foreign.add(id);
    }
    if (targets) news = { targets: tied(targets), tasks };
  };

  return {
    look() {
      if (groups.length === 0 || isLooking || clock.now() - lookedAt < pause) return;
      lookedAt = clock.now();
      isLooking = true;
      void lookOnce().finally(() => {
        isLooking = false;
      });
    },
    take() {
      const taken = news;
      news = undefined;
      return taken;
    },
    async last() {
      const over = new AbortController();
      const limit = AbortSignal.any([signal, over.signal]);
      const late = clock.sleep(patience, limit).then(() => undefined);
      // A client may be slow to heed its signal, so it is not waited for.
      const asked = Promise.all([
        Promise.race([readTasks(limit), late]),
        groups.length > 0 ? Promise.race([readTargets(limit), late]) : undefined,
      ]);
      // A look that hangs would keep the process alive.
      ended.abort();
      const [tasks, targets] = await asked;
      over.abort();
      return { tasks, targets: tied(targets) };
    },
  };
}

type Described = Omit<Target, 'isOwn'>;

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html */
export async function describeTargetHealth(
  elb: ElasticLoadBalancingV2Client,
  group: string,
  abortSignal: AbortSignal,
): Promise<Described[]> {
  const { DescribeTargetHealthCommand } = await import('@aws-sdk/client-elastic-load-balancing-v2');
  const answer = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: group }), {
    abortSignal,
  });
  return (answer.TargetHealthDescriptions ?? []).map(
    ({ Target: target, TargetHealth: health }) => ({
      group,
      id: target?.Id ?? '',
      port: target?.Port,
      state: health?.State ?? '',
      reason: health?.Reason,
      description: health?.Description,
    }),
  );
}
