import type {
  Attempt,
  LogTail,
  Response,
  RunningTask,
  Service,
  ServiceDeployment,
  ServiceEvent,
  StoppedTask,
  Target,
} from './types.ts';

/**
 * Everything that is known of a rollout after some number of polls. Judging and drawing read this
 * and nothing else. `startedAt`, `now` and every `…Since` are the local clock, in milliseconds.
 */
export interface RolloutState {
  readonly attempt: Attempt;
  readonly startedAt: number;
  readonly now: number;
  /** When AWS last answered: only answers let `settle` times pass, not ticks or notices. */
  readonly seenAt: number;
  /** The newest answer of DescribeServices, kept when the service is gone. */
  readonly service: Service;
  /** Since when ECS does not know the service any more. */
  readonly missingSince: number | undefined;
  readonly serviceDeployment: ServiceDeployment | undefined;
  /** Events since the deployment was made, oldest first. */
  readonly events: readonly ServiceEvent[];
  /** Each task once, in the order in which they were found. */
  readonly stoppedTasks: readonly StoppedTask[];
  readonly logTails: readonly LogTail[];
  /** The deployment's running tasks as they were last looked at, which is seldom. */
  readonly runningTasks: readonly RunningTask[];
  /**
   * The targets as they were last looked at; an own one that was unhealthy and is gone since stays as
   * it was.
   */
  readonly targets: readonly Target[];
  /** What this step did once the rollout was certain to fail. */
  readonly response: Response | undefined;
  readonly respondedAt: number | undefined;
  /** The largest `failedTasks` seen of this deployment, which AWS sets back to 0. */
  readonly mostFailed: number;
  /** How many of its tasks were seen running at once, at most. */
  readonly mostRunning: number;
  /** Since when all of its tasks run, and since when no other's does besides. */
  readonly allRunningSince: number | undefined;
  readonly aloneSince: number | undefined;
  /** Whether the deployment was seen listed, but no longer as PRIMARY. */
  readonly demoted: boolean;
  /** Id of the deployment that ECS was seen to roll back to. */
  readonly rollbackId: string | undefined;
  /** Whether it was ever seen FAILED. */
  readonly failed: boolean;
  readonly failedSince: number | undefined;
  /** Since when it is missing from `deployments[]`. */
  readonly absentSince: number | undefined;
  /** Since when each source, taken alone, says that the rollout has ended. */
  readonly deploymentsEndedSince: number | undefined;
  readonly serviceDeploymentEndedSince: number | undefined;
  /** Why the wait could not go on. */
  readonly lost: string | undefined;
}

/** The state right after UpdateService answered with `service`. */
export function initialState(attempt: Attempt, service: Service, now: number): RolloutState {
  return {
    attempt,
    startedAt: now,
    now,
    seenAt: now,
    service,
    missingSince: undefined,
    serviceDeployment: undefined,
    events: [],
    stoppedTasks: [],
    logTails: [],
    runningTasks: [],
    targets: [],
    response: undefined,
    respondedAt: undefined,
    mostFailed: 0,
    mostRunning: 0,
    allRunningSince: undefined,
    aloneSince: undefined,
    demoted: false,
    rollbackId: undefined,
    failed: false,
    failedSince: undefined,
    absentSince: undefined,
    deploymentsEndedSince: undefined,
    serviceDeploymentEndedSince: undefined,
    lost: undefined,
  };
}
