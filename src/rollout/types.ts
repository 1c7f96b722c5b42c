/**
 * What the rollout rooms pass around: AWS's answers reduced to what judging and drawing need. All
 * times are milliseconds since the epoch on AWS's clock unless said otherwise; all text is AWS's
 * own and untrusted.
 */

/** One of `services[].deployments[]`. Its states are plain strings in the API: an open set. */
export interface Deployment {
  /** `ecs-svc/…` */
  readonly id: string;
  /** `PRIMARY`, `ACTIVE`, `INACTIVE`, and `DRAINING` has been seen. */
  readonly status: string;
  /** ARN. */
  readonly taskDefinition: string;
  /** `IN_PROGRESS`, `COMPLETED`, `FAILED`; absent with a Classic Load Balancer. */
  readonly rolloutState: string | undefined;
  readonly rolloutStateReason: string | undefined;
  readonly desired: number;
  readonly pending: number;
  readonly running: number;
  /** Consecutive failures; goes back to 0 once a task runs. */
  readonly failed: number;
  readonly createdAt: number;
}

export interface ServiceEvent {
  readonly id: string;
  readonly at: number;
  readonly message: string;
}

/** What DescribeServices tells of one service. */
export interface Service {
  readonly name: string;
  readonly arn: string;
  readonly clusterArn: string;
  readonly status: string;
  /** What the service is set to run: ARN, family:revision in some stand-ins. */
  readonly taskDefinition: string;
  readonly controller: string;
  /** Circuit breaker as the service is set; absent fields read as off. */
  readonly breaker: { readonly enable: boolean; readonly rollback: boolean };
  /** Whether the alarms of the deployment configuration roll back. */
  readonly alarmRollback: boolean;
  readonly launchesOnFargate: boolean;
  /** ARNs of the target groups that its tasks are, or may be, targets of. */
  readonly targetGroups: readonly string[];
  readonly loadBalancers: readonly {
    readonly containerName: string;
    readonly containerPort: number | undefined;
  }[];
  readonly deployments: readonly Deployment[];
  /** Newest first, at most 100. */
  readonly events: readonly ServiceEvent[];
  /** ARN of the newest ServiceDeployment, where AWS says it. */
  readonly serviceDeploymentArn: string | undefined;
  /** The service as DescribeServices gave it, to compare settings with. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What tells one ServiceDeployment from another. */
export interface ServiceDeploymentBrief {
  readonly arn: string;
  /** 0 where AWS does not say. */
  readonly createdAt: number;
  /** The last part of its target service revision's ARN. */
  readonly revisionNumber: string | undefined;
}

/**
 * One ServiceDeployment. Its status says how it went; there is no `FAILED` among the values.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
 */
export interface ServiceDeployment extends ServiceDeploymentBrief {
  /** Whether AWS's numbering shows that it is the followed deployment's, not only its time. */
  readonly isCertain: boolean;
  readonly status: string;
  readonly statusReason: string | undefined;
  readonly lifecycleStage: string | undefined;
  /** `ROLLING`, `BLUE_GREEN`, `LINEAR`, `CANARY`; absent reads as rolling. */
  readonly strategy: string | undefined;
  readonly breaker:
    | { readonly status: string; readonly failures: number; readonly threshold: number }
    | undefined;
  readonly alarms: { readonly status: string; readonly triggered: readonly string[] } | undefined;
}

/** When a task came how far, as AWS says; undefined where it has not (yet). */
export interface TaskTimes {
  readonly createdAt: number | undefined;
  readonly pullStartedAt: number | undefined;
  readonly pullStoppedAt: number | undefined;
  /** When it was RUNNING. */
  readonly startedAt: number | undefined;
  readonly stoppedAt: number | undefined;
}

/** A task of the followed deployment that runs or is starting. */
export interface RunningTask extends TaskTimes {
  readonly arn: string;
  /** Its private IP addresses. */
  readonly addresses: readonly string[];
}

/** One target of a target group of the service. */
export interface Target {
  /** ARN of the target group. */
  readonly group: string;
  /** IP address, or the id of an instance. */
  readonly id: string;
  readonly port: number | undefined;
  /** `initial`, `healthy`, `unhealthy`, `unused`, `draining`, `unhealthy.draining`, … */
  readonly state: string;
  /** E.g. `Target.ResponseCodeMismatch`. */
  readonly reason: string | undefined;
  readonly description: string | undefined;
  /** Whether it is known to be a task of the followed deployment. */
  readonly isOwn: boolean;
}

/** A task of the followed deployment that stopped or is about to, as it was last seen. */
export interface StoppedTask extends TaskTimes {
  readonly arn: string;
  /** `STOPPED` once its exit codes are final; `DEPROVISIONING` and others while it stops. */
  readonly lastStatus: string;
  readonly stopCode: string | undefined;
  readonly reason: string | undefined;
  readonly containers: readonly {
    readonly name: string;
    readonly exitCode: number | undefined;
    readonly reason: string | undefined;
    /** The container's own id, which names its log stream where there is no stream prefix. */
    readonly runtimeId: string | undefined;
  }[];
}

/** What one look at the surroundings of a rollout brought. */
export interface Sighting {
  /** Undefined where the service has no target group, or they cannot be read. */
  readonly targets: readonly Target[] | undefined;
  /** Undefined where they were not asked for, or cannot be read. */
  readonly tasks: readonly RunningTask[] | undefined;
}

/** The end of one container's log. */
export interface LogTail {
  readonly taskArn: string;
  readonly container: string;
  readonly group: string;
  readonly stream: string;
  /** Oldest first, untrusted. */
  readonly lines: readonly string[];
}

/** What this step did about a rollout that is certain to fail. */
export type Response =
  /** ECS was asked to roll back: what follows is this step's doing. */
  | { readonly kind: 'rollback-asked' }
  /** ECS could not be asked, and the wait for its circuit breaker goes on. */
  | { readonly kind: 'breaker-awaited'; readonly why: string }
  /** The step ends now and leaves the rest to ECS; `why` says what kept it from more, if anything. */
  | { readonly kind: 'left'; readonly why: string | undefined };

/** Where the followed deployment comes from. */
export type Origin =
  /** UpdateService made it. */
  | 'started'
  /** UpdateService should have made one, and none has appeared: it is the old one. */
  | 'not-started'
  /** It was under way before this step and deploys the same revision. */
  | 'joined'
  /**
   * It had ended before this step: UpdateService changed only settings of the service, or ECS is
   * rolling back to it. It has no ServiceDeployment of its own for what goes on now.
   */
  | 'standing';

/** The deployment that this step follows. */
export interface Attempt {
  /** Name for people. */
  readonly service: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly deploymentId: string;
  readonly origin: Origin;
  /** ARN of the revision that shall run. */
  readonly taskDefinition: string;
  /** ARN of the revision that ran before. */
  readonly previousTaskDefinition: string;
  /** Ids in `deployments[]` besides its own: PRIMARY again, one of them means a rollback. */
  readonly knownDeploymentIds: readonly string[];
  /** Whether one of them had completed: only to such a one ECS rolls back. */
  readonly canRollBack: boolean;
  /** ARN of the service's newest ServiceDeployment before the update. */
  readonly knownServiceDeployment: string | undefined;
  /** Ids of the events from before the update. */
  readonly knownEventIds: readonly string[];
  readonly createdAt: number;
}

/** What one poll brought. `at` is the local clock. */
export type Observation =
  | {
      readonly kind: 'seen';
      readonly at: number;
      /** Undefined when ECS no longer knows the service. */
      readonly service: Service | undefined;
      /** Undefined while it is not found, and where it cannot be read. */
      readonly serviceDeployment: ServiceDeployment | undefined;
      /** Tasks of this deployment that were found stopped, or further on, since the one before. */
      readonly stoppedTasks: readonly StoppedTask[];
    }
  /** How the targets behind the load balancers stand; the tasks where they were looked at as well. */
  | ({ readonly kind: 'targets'; readonly at: number } & Sighting)
  /** Ends of logs of failed containers; after each `seen` with stopped tasks, if only with none. */
  | { readonly kind: 'logs'; readonly at: number; readonly tails: readonly LogTail[] }
  /** This step has acted. */
  | { readonly kind: 'responded'; readonly at: number; readonly response: Response }
  /** Time has passed in a long pause. */
  | { readonly kind: 'tick'; readonly at: number }
  /** Something went wrong that is worth telling; the wait goes on. */
  | { readonly kind: 'notice'; readonly at: number; readonly message: string }
  /** The wait cannot go on: no permission, no credentials, or no answer for too long. */
  | { readonly kind: 'lost'; readonly at: number; readonly message: string };
