import type {
  CacheRuleSpec,
  Caller,
  KeySpec,
  LoadBalancerSpec,
  ParameterSpec,
  RepositorySpec,
  RoleSpec,
  SecretSpec,
  Statement,
  TargetGroupSpec,
} from './resources.ts';

export type * from './resources.ts';

/**
 * A world: what exists in the simulated account and what is going to happen in it. Plain data, so
 * that it can be a JSON file. README.md tells it in words.
 */
export interface World {
  account: string;
  region: string;
  /** `aws` unless said otherwise. */
  partition?: string;
  clusters: Record<string, { services: Record<string, ServiceSpec> }>;
  taskDefinitions: TaskDefinitionSpec[];
  /** SSM parameters. Names and metadata only: there are no values in a world. */
  parameters?: ParameterSpec[];
  /** Secrets Manager secrets, without values likewise. */
  secrets?: SecretSpec[];
  /** KMS keys, besides those that parameters and secrets name. */
  keys?: KeySpec[];
  /** How AWS words a denied kms:Decrypt: by action and key, or by the ciphertext; `named` where absent. */
  kmsDenial?: 'named' | 'ciphertext';
  /** IAM roles by name. A role that tasks use and that is not here cannot be assumed. */
  roles?: Record<string, RoleSpec>;
  /** ECR repositories of the account by name. Where the list is absent, every image exists. */
  repositories?: Record<string, RepositorySpec>;
  /** What ECR fetches from elsewhere at its first pull. */
  pullThroughCacheRules?: CacheRuleSpec[];
  /** CloudWatch log groups. Where the list is absent, every group exists. */
  logGroups?: string[];
  /** S3 objects by ARN. Where the list is absent, every object exists. */
  objects?: string[];
  targetGroups?: TargetGroupSpec[];
  loadBalancers?: LoadBalancerSpec[];
  /** All that the VPC endpoints of the tasks' subnets let through; everything where absent. */
  endpointPolicy?: Statement[];
  /** Which of its two answers SimulatePrincipalPolicy gives; `per-action` where absent. */
  simulateShape?: 'per-action' | 'per-resource';
  /** Callers by access key id, `*` for any other key. Where absent, everyone may do everything. */
  callers?: Record<string, Caller>;
  interventions?: Intervention[];
  faults?: Fault[];
  /** Operations that this region does not know yet. */
  unsupported?: string[];
  /** For so long after UpdateService, DescribeServices still shows the state of before. */
  eventuallyConsistentSeconds?: number;
}

/** One service as it is before anything happens. */
export interface ServiceSpec {
  /** `family:revision` of the world's task definitions. */
  taskDefinition: string;
  desiredCount: number;
  launchType?: string;
  deploymentController?: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  deploymentConfiguration?: DeploymentConfiguration;
  loadBalancers?: LoadBalancer[];
  networkConfiguration?: Json;
  healthCheckGracePeriodSeconds?: number;
  /** For blue/green: the group that the tasks are in; `primary` where absent. */
  live?: 'primary' | 'alternate';
  /** Makes it an Express service, whose load balancer, address and scaling ECS manages. */
  express?: ExpressSpec;
  /** Connections to ECS gateways, in the shape of the ECS API: `[{ serviceUrl, … }]`. */
  gatewayConnections?: Json[];
  /** How the deployment that the world starts with stands; a steady one where absent. */
  baseline?: { rollout: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS'; play?: Play };
  /** Tasks of earlier deployments that stopped in the last hour and can still be seen. */
  stoppedTasks?: StoppedTasksSpec;
  /** How the next deployments go, in order; healthy when the list is used up. */
  plays?: Play[];
}

/** What ECS manages for an Express service. */
export interface ExpressSpec {
  /** Host names; one that is made of the service's name, and public, where absent. */
  ingressPaths?: { accessType: 'PUBLIC' | 'PRIVATE'; endpoint: string }[];
  /** `/ping` where absent. */
  healthCheckPath?: string;
  /** How the managed load balancer, listener, rule, certificate and target groups stand; ACTIVE. */
  resources?: 'PROVISIONING' | 'ACTIVE' | 'DEPROVISIONING' | 'DELETED' | 'FAILED';
  resourcesReason?: string;
}

/** So many stopped tasks, drained in the usual way where not said otherwise. */
export interface StoppedTasksSpec {
  count: number;
  stopCode?: string;
  stoppedReason?: string;
  containers?: Json[];
}

export interface DeploymentConfiguration {
  deploymentCircuitBreaker?: CircuitBreaker;
  maximumPercent?: number;
  minimumHealthyPercent?: number;
  alarms?: { alarmNames: string[]; enable: boolean; rollback: boolean };
  [field: string]: unknown;
}

export interface CircuitBreaker {
  enable: boolean;
  rollback: boolean;
  resetOnHealthyTask?: boolean;
  thresholdConfiguration?: {
    type: 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT' | 'COUNT';
    value: number;
  };
}

export interface LoadBalancer {
  targetGroupArn?: string;
  loadBalancerName?: string;
  containerName: string;
  containerPort: number;
  /** For blue/green: the other target group, and the rule that shifts the traffic. */
  advancedConfiguration?: {
    alternateTargetGroupArn?: string;
    /** The ARN of a rule for an Application, of a listener for a Network Load Balancer. */
    productionListenerRule?: string;
    testListenerRule?: string;
    roleArn?: string;
  };
}

/** A RegisterTaskDefinition request that was made before the story begins. */
export interface TaskDefinitionSpec {
  family: string;
  revision: number;
  status?: 'ACTIVE' | 'INACTIVE';
  tags?: { key: string; value: string }[];
  containerDefinitions: Json[];
  [field: string]: unknown;
}

/** How one deployment goes, unless the world itself already makes its tasks fail. */
export interface Play {
  outcome:
    | 'healthy'
    | 'image-missing'
    | 'rate-limited'
    | 'no-route'
    | 'app-exit'
    | 'exit-zero'
    | 'oom'
    | 'exec-format'
    | 'spot'
    | 'unhealthy'
    | 'unhealthy-container'
    | 'hang'
    | 'no-capacity'
    | 'alarm'
    | 'fail';
  /** Only so many tasks of the deployment meet this outcome; the later ones are healthy. */
  onlyFirst?: number;
  /** For `app-exit`; 1 where absent. */
  exitCode?: number;
  /** What its containers log, by name; seen `logDelay` seconds after they start. */
  logs?: Record<string, string[]>;
  /** So many bytes of other lines stand before these. */
  logBytes?: number;
  /** For `unhealthy`: the description that the load balancer gives, or its reason code. */
  healthReason?: string;
  /** For `fail`: the end of each task, in any words. */
  fail?: Failure;
  timings?: Partial<Timings>;
}

/** An arbitrary end of a task. */
export interface Failure {
  stopCode: string;
  stoppedReason: string;
  containers?: Json[];
  /** Counted from the launch of the task. */
  afterSeconds?: number;
}

/** Seconds. The defaults make a normal rollout of about a minute and a half. */
export interface Timings {
  /** From the launch. */
  pending: number;
  activating: number;
  running: number;
  /** From RUNNING. */
  healthy: number;
  exit: ByAttempt;
  unhealthy: ByAttempt;
  /** From RUNNING to when what the containers log can be read. */
  logDelay: number;
  /** From the launch, for a task that cannot start. */
  startFailure: ByAttempt;
  /** Between two launches where the first one failed; the first value is for the second launch. */
  retry: ByAttempt;
  drain: number;
  /** From STOPPING to DEPROVISIONING, and again to STOPPED, when a failure is counted. */
  stop: number;
  /** From the last counted failure to the breaker's trip. */
  breaker: number;
  /** A rollback takes at least so long, also when all old tasks still run. */
  rollback: number;
  bake: number;
}

/** The same for all attempts of a deployment, or one for each; the last one repeats. */
export type ByAttempt = number | number[];

/** Something that others do meanwhile, `atSeconds` after the first UpdateService. */
export interface Intervention {
  atSeconds: number;
  do: 'supersede' | 'stop' | 'delete-service' | 'scale' | 'stop-task';
  cluster?: string;
  service?: string;
  /** For `supersede`: `family:revision`; the same revision again where absent. */
  taskDefinition?: string;
  /** For `scale`. */
  desiredCount?: number;
}

/** A fault between client and service. Without a limit it never ends. */
export interface Fault {
  /** `*` is any. */
  operation: string;
  /** How many calls it hits. */
  times?: number;
  /** How many calls of the operation it lets pass first. */
  afterCall?: number;
  /** Counted from the first UpdateService. */
  atSeconds?: number;
  forSeconds?: number;
  error:
    | { type: string; message: string; status?: number }
    /** Never answers. */
    | 'hang'
    /** Closes the connection unheard. */
    | 'reset'
    /** Does what was asked, then closes the connection. */
    | 'reset-after'
    /** A proxy's page. */
    | 'html-500';
}

export type Json = Record<string, unknown>;
