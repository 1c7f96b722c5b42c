/** What an account holds besides ECS itself. Plain data, as all of a world. */

/** An SSM parameter: its name and metadata. There are no values in a world. */
export interface ParameterSpec {
  name: string;
  type?: 'String' | 'SecureString' | 'StringList';
  /** Its customer managed key: ARN, id or `alias/…`. Reading then needs kms:Decrypt on the key. */
  kmsKeyArn?: string;
}

/** A Secrets Manager secret, without a value likewise. */
export interface SecretSpec {
  /** With the six random characters at its end. */
  arn: string;
  name: string;
  /** Its customer managed key: ARN, id or `alias/…`. */
  kmsKeyArn?: string;
  /** The keys of its JSON value; absent for a plain text value. */
  keys?: string[];
  /** Created, but no value was ever put into it. */
  empty?: boolean;
  /** Version ids with their staging labels; one version with AWSCURRENT where absent. */
  versions?: Record<string, string[]>;
  /** So many seconds ago it was marked for deletion. */
  deletedSecondsAgo?: number;
  /** Its resource policy. */
  policy?: PolicyDocument;
}

/** A KMS key. Keys that parameters or secrets name and that are not listed exist as customer keys. */
export interface KeySpec {
  arn: string;
  /** With `alias/` in front. */
  aliases?: string[];
  /** `CUSTOMER` where absent. */
  manager?: 'AWS' | 'CUSTOMER';
  /** Its key policy; where absent, IAM policies of the account decide. */
  policy?: PolicyDocument;
}

export interface RoleSpec {
  /** `/service-role/`, for example; `/` where absent. */
  path?: string;
  /** The service that may assume it, or its whole trust policy; `ecs-tasks.amazonaws.com` where absent. */
  trust?: string | PolicyDocument;
  /** Names of AWS managed policies that the simulator knows. */
  managed?: string[];
  allow?: Statement[];
  /** Explicit denies of its own policies. */
  deny?: Statement[];
  /** All that its permissions boundary allows. */
  boundary?: Statement[];
  /** What a service control policy of the organization denies it. */
  scp?: Statement[];
}

/** Action and resource may hold `*` and `?`. The resource is `*` where absent. */
export interface Statement {
  action: string;
  resource?: string;
  /** Context keys with the values that they may have, `*` and `?` allowed. */
  conditions?: Record<string, string | string[]>;
  /** Tasks see it only so many seconds after the first UpdateService; the IAM API sees it at once. */
  propagationSeconds?: number;
}

/** An IAM policy in IAM's own JSON: trust policies and policies of resources. */
export interface PolicyDocument {
  Version?: string;
  Statement: PolicyStatement[];
}

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: '*' | Record<string, string | string[]>;
  Action: string | string[];
  Resource?: string | string[];
  /** StringEquals, StringLike, ArnEquals, ArnLike and their negations. */
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** An ECR repository. A string is an image of linux/amd64 with that tag. */
export interface RepositorySpec {
  tags: (string | ImageSpec)[];
  policy?: PolicyDocument;
}

export interface ImageSpec {
  tag: string;
  /** Further tags of the same image. */
  alsoTagged?: string[];
  /** An hour where absent. */
  pushedSecondsAgo?: number;
  /** `['linux/amd64']` where absent. */
  platforms?: string[];
  /** A `single` manifest for one platform and an `index` for several, where absent. */
  manifest?: 'single' | 'index';
}

/** An ECR pull-through cache rule. */
export interface CacheRuleSpec {
  prefix: string;
  upstream: string;
}

/** A target group. Those that services name and that are not listed exist, for IP addresses. */
export interface TargetGroupSpec {
  arn: string;
  /** `ip` where absent. */
  targetType?: 'ip' | 'instance' | 'lambda' | 'alb';
  /** HTTP where absent. */
  protocol?: string;
  /** 80 where absent. */
  port?: number;
  /** `HTTP1` where absent. */
  protocolVersion?: 'HTTP1' | 'HTTP2' | 'GRPC';
  healthCheck?: HealthCheckSpec;
  /** What it says of each of its targets, whatever becomes of the tasks. */
  health?: HealthSpec;
  /** Targets besides the tasks of the services. */
  targets?: { id: string; port: number; health?: HealthSpec }[];
}

/** How a target group checks its targets. Where nothing is said, as the ELB API does by itself. */
export interface HealthCheckSpec {
  enabled?: boolean;
  /** That of the group where absent; TCP for UDP and TLS. */
  protocol?: string;
  /** `traffic-port` where absent. */
  port?: string;
  /** `/` where absent. */
  path?: string;
  /** The codes that are good, `200` where absent; those of gRPC, `12`, for a GRPC group. */
  codes?: string;
  intervalSeconds?: number;
  timeoutSeconds?: number;
  healthyThreshold?: number;
  unhealthyThreshold?: number;
}

/** One answer about one target. The state and the description follow from the reason code. */
export interface HealthSpec {
  /** For example `Target.Timeout`; none means healthy. */
  reason?: string;
  state?: string;
  description?: string;
}

/** An Application or Network Load Balancer. */
export interface LoadBalancerSpec {
  name: string;
  /** `internet-facing` where absent. */
  scheme?: 'internet-facing' | 'internal';
  /** `application` where absent. */
  type?: 'application' | 'network' | 'gateway';
  /** `active` where absent. */
  state?: 'provisioning' | 'active' | 'active_impaired' | 'failed';
  listeners: ListenerSpec[];
}

export interface ListenerSpec {
  /** A Gateway Load Balancer's listener shows neither. */
  port: number;
  protocol: string;
  /** In the shape of the ELB API, for example `{ Type: 'forward', TargetGroupArn }`. */
  defaultActions: Record<string, unknown>[];
  /** By priority; the default rule is made from `defaultActions`. */
  rules?: RuleSpec[];
}

/** Conditions and actions in the shape of the ELB API. */
export interface RuleSpec {
  priority: number;
  conditions: Record<string, unknown>[];
  actions: Record<string, unknown>[];
}

/** Who calls. */
export interface Caller {
  /** An assumed role's session, or a user. IAM knows that role or user too. */
  arn: string;
  /** What it may do; everything where absent. */
  allow?: Statement[];
  /** What it may not do; `reason` replaces the usual "because no identity-based policy allows …". */
  deny?: (Statement & { reason?: string })[];
}
