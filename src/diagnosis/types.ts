import type { Location, Path, Place, TaskDefinition } from '../task-definition/types.ts';
import type { FailureClass } from './classes.ts';

/**
 * What AWS said, in the shapes of its APIs; all text is untrusted. A diagnosis reads these and
 * nothing else.
 */
export type Evidence =
  | {
      readonly kind: 'stopped-task';
      readonly stopCode: string | null;
      readonly stoppedReason: string | null;
      readonly containers: readonly {
        readonly name: string;
        readonly exitCode: number | null;
        readonly reason: string | null;
      }[];
      /** The newest lines of the containers' logs, oldest first, by container. */
      readonly logs?: Readonly<Record<string, readonly string[]>>;
    }
  | { readonly kind: 'service-event'; readonly message: string }
  | {
      readonly kind: 'api-error';
      readonly operation: string;
      readonly name: string;
      readonly message: string;
    }
  | {
      readonly kind: 'target-health';
      /** ARN of the target group, where it is known. */
      readonly group?: string;
      readonly state: string;
      readonly reason: string | null;
      readonly description: string | null;
    }
  | {
      readonly kind: 'service-deployment';
      readonly status: string;
      readonly statusReason: string | null;
    };

/** Whose permissions are meant. */
export type PrincipalKind =
  | 'execution-role'
  | 'task-role'
  /** The workflow's own role, which makes the API calls. */
  | 'deployer'
  | 'service-linked-role'
  | 'infrastructure-role';

/**
 * The kind of policy that said no. Only an identity policy is mended in the role; `identity` stands
 * for a missing statement as well as for an explicit deny.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export type PolicyKind =
  | 'identity'
  | 'resource'
  | 'session'
  | 'permissions-boundary'
  | 'service-control'
  | 'resource-control'
  | 'vpc-endpoint'
  | 'role-trust';

/** What one piece of evidence says, by its own words alone. What the words do not say is null. */
export interface Cause {
  readonly class: FailureClass;
  /** Name of an assumed role (not its session); the full ARN of an IAM user or of a quoted role. */
  readonly principal: string | null;
  readonly principalKind: PrincipalKind | null;
  /** IAM action, e.g. `ssm:GetParameters`. */
  readonly action: string | null;
  /** As it stands in the text: an ARN, an image reference, a log group, a parameter's name … */
  readonly resource: string | null;
  /** Whether a statement in the principal's own policy mends it; null where the text does not say. */
  readonly fixableInRole: boolean | null;
  /** Which policy denied, where the text says so; for a denial only. */
  readonly policy: PolicyKind | null;
  /** Whether it was an explicit deny (true) or a missing allow (false). */
  readonly explicit: boolean | null;
  /** ARN of the policy that denied, where the text names it. */
  readonly policyArn: string | null;
  /** Name of the container. */
  readonly container: string | null;
  /** Exit code of the container, where it ended. */
  readonly exitCode: number | null;
  /** For a platform mismatch: the platform that the task wanted, e.g. `linux/amd64`. */
  readonly platform: string | null;
  /** The telling part of AWS's own words, untrusted. */
  readonly evidence: string;
}

/** A cause as it is reported: merged, tied to the task definition, with what to change. */
export interface Finding {
  readonly class: FailureClass;
  /** One sentence for people: who may not do what to which resource, in our words. */
  readonly summary: string;
  readonly principal: string | null;
  readonly principalKind: PrincipalKind | null;
  readonly action: string | null;
  readonly resource: string | null;
  readonly fixableInRole: boolean | null;
  readonly container: string | null;
  /** Name of the variable that the secret is given to the container as. */
  readonly secret: string | null;
  /** How many tasks, events or calls showed it. */
  readonly count: number;
  /** AWS's own words, untrusted. */
  readonly evidence: string;
  /** What to change, ready to paste; several lines. Null where there is nothing to change. */
  readonly fix: string | null;
  /** Workspace-relative. */
  readonly file: string | null;
  /** Counted from 1. */
  readonly line: number | null;
}

/**
 * How a load balancer finds out whether a target is healthy.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export interface HealthCheck {
  /** `HTTP`, `HTTPS`, `TCP`, …: an open set. */
  readonly protocol: string;
  /** Undefined where the protocol has none. AWS's text, untrusted. */
  readonly path: string | undefined;
  /** `traffic-port` or a number. */
  readonly port: string;
  /** The status codes that count as healthy, e.g. `200` or `200-399`; undefined for TCP. */
  readonly codes: string | undefined;
  /** Seconds from one check to the next. */
  readonly interval: number;
  /** Seconds. */
  readonly timeout: number;
  /** Failed checks in a row that make a target unhealthy. */
  readonly unhealthyThreshold: number;
}

/** A target group of the service, and what is behind it. */
export interface TargetGroupFacts {
  readonly arn: string;
  readonly healthCheck: HealthCheck;
  /** The container behind it, and the targets' own port; undefined where they are not known. */
  readonly container: string | undefined;
  readonly port: number | undefined;
}

/** The service that is deployed. */
export interface ServiceFacts {
  readonly name: string;
  readonly cluster: string;
  /** Seconds from a task's start in which failed health checks do not count. */
  readonly gracePeriod: number;
}

/**
 * What is known of the deployment that the evidence is about. Without it a finding says only what
 * AWS's words say.
 */
export interface Context {
  readonly place: Place;
  /** The task definition that was deployed, every secret reference a full ARN. */
  readonly definition: TaskDefinition;
  readonly service?: ServiceFacts;
  /** The target groups of the service, as far as they are known by now. */
  targetGroups?(): readonly TargetGroupFacts[];
  /** Where the value at `path` of `definition` was written: a task definition or workflow file. */
  locate(path: Path): Location | undefined;
}
