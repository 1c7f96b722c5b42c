import type {
  TargetGroup as ElbTargetGroup,
  Listener,
  LoadBalancer,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { HealthCheck } from '../diagnosis/types.ts';

/** Where a service answers, as far as it can be known. */
export interface Endpoint {
  /** `https://app.example.com/api/`; without a path no slash ends it. Empty where none is certain. */
  readonly url: string;
  /** For people, in our words; quoted patterns and names are of harmless characters only. */
  readonly notes: readonly string[];
  /** Those of the service, both of a blue/green pair included. */
  readonly targetGroups: readonly TargetGroup[];
}

export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  /** `ip`, `instance`, …: an open set. */
  readonly targetType: string;
  readonly healthCheck: HealthCheck;
}

/** What stands before a service, in AWS's own shapes. */
export interface Traffic {
  /** The service's own. */
  readonly targetGroups: readonly ElbTargetGroup[];
  /** One that could not be read is missing: its listeners count nevertheless. */
  readonly loadBalancers: readonly LoadBalancer[];
  readonly listeners: readonly Listener[];
  /** By the listener's ARN; no entry where they could not be read or there are none. */
  readonly rules: ReadonlyMap<string, readonly Rule[]>;
  /** ARNs of what a blue/green service names: rules, of a Network Load Balancer listeners. */
  readonly productionRules: readonly string[];
  readonly testRules: readonly string[];
}

/** One place where the service answers. */
export interface Address {
  readonly url: string;
  /** What limits this address, for people. */
  readonly notes: readonly string[];
}

/** Addresses, best first, and what concerns none of them. */
export interface Addresses {
  readonly addresses: readonly Address[];
  readonly notes: readonly string[];
}

export const internalNote = 'internal: it answers only inside the VPC';
