import type { Finding } from './diagnosis/types.ts';
import type { Problem } from './errors.ts';
import type { Change } from './task-definition/diff.ts';

/** How a deploy of one service ended: the contract's output `status`. */
export type Status =
  | 'succeeded'
  /** Nothing to deploy. */
  | 'unchanged'
  /** Dry run. */
  | 'planned'
  /** `wait: false`. */
  | 'started'
  | 'rolled-back'
  /** Failed and not rolled back. */
  | 'failed'
  /** A newer deployment replaced this one. */
  | 'superseded'
  /** By someone else. */
  | 'stopped'
  | 'timed-out'
  | 'cancelled'
  /** Refused, or an AWS error, before the service changed. */
  | 'rejected';

/** Worst first: with several services the scalar outputs are those of the worst. */
const worstFirst: readonly Status[] = [
  'failed',
  'rolled-back',
  'timed-out',
  'stopped',
  'superseded',
  'cancelled',
  'rejected',
  'started',
  'planned',
  'succeeded',
  'unchanged',
];

/** Whether a step with this status passes. */
export function passes(status: Status): boolean {
  return ['succeeded', 'unchanged', 'planned', 'started'].includes(status);
}

/** What changes, by names: an environment variable's value is never in it. */
export interface Plan {
  /** Where the definition came from, e.g. `task-definition.json` or `web:7`. */
  readonly source: string;
  /** Whether a new revision is registered; false where an equal one exists. */
  readonly register: boolean;
  readonly taskDefinition: readonly Change[];
  /** Names of the UpdateService fields that are sent besides the task definition. */
  readonly service: readonly string[];
}

/** One service's end. ARNs and ids are empty strings where there are none. */
export interface Result {
  readonly cluster: string;
  readonly service: string;
  readonly status: Status;
  /** What happened, why and what runs now, a sentence each, safe to print in a log. */
  readonly summary: readonly string[];
  readonly taskDefinitionArn: string;
  readonly previousTaskDefinitionArn: string;
  readonly runningTaskDefinitionArn: string;
  readonly deploymentId: string;
  readonly serviceDeploymentArn: string;
  /** Where the service answers. */
  readonly url: string;
  readonly plan: Plan | undefined;
  /** What kept the deploy from starting, besides the findings. */
  readonly problems: readonly Problem[];
  /** Why it failed, or would; most telling first. */
  readonly diagnosis: readonly Finding[];
}

/** The result that stands for all; the first of the worst ones. */
export function worst(results: readonly Result[]): Result | undefined {
  return results.toSorted(
    (one, other) => worstFirst.indexOf(one.status) - worstFirst.indexOf(other.status),
  )[0];
}

/** A result in which nothing has happened yet: what was refused before anything was known. */
export function emptyResult(cluster: string, service: string): Result {
  return {
    cluster,
    service,
    status: 'rejected',
    summary: [],
    taskDefinitionArn: '',
    previousTaskDefinitionArn: '',
    runningTaskDefinitionArn: '',
    deploymentId: '',
    serviceDeploymentArn: '',
    url: '',
    plan: undefined,
    problems: [],
    diagnosis: [],
  };
}
