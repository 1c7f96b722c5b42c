import type { FailureClass } from '../../diagnosis/classes.ts';
import type { Access } from '../resource-policy.ts';
import type { NotChecked } from '../results.ts';
import type { Subject } from '../types.ts';
import type { OtherAllowance } from '../verdict.ts';

/** Something that the execution role must be allowed for a task to start. */
export interface Need {
  readonly class: FailureClass;
  /** Completes "the role may …", e.g. `read SSM parameter /web/prod/password`. */
  readonly what: string;
  /** In the order in which a task needs them. */
  readonly actions: readonly NeededAction[];
  /** The ways in which policies name the one resource; the first is how it is told to people. */
  readonly resources: readonly [string, ...string[]];
  readonly region: string;
  /** For a key: ARN of the secret that it encrypts, which the task definition names. */
  readonly secret?: string;
  /** What the request carries, by condition key. */
  readonly context?: Readonly<Record<string, string>>;
  /** What it carries besides, and no other need's does: hardly any policy has a condition on it. */
  readonly ownContext?: Readonly<Record<string, string>>;
  /** Whether a policy on the resource allows it; asked only after a denial. Never rejects. */
  other(access: Access): Promise<OtherAllowance>;
}

/** An action, and what becomes of a task without it: it fails for certain, or may get along. */
export interface NeededAction {
  readonly action: string;
  readonly without: 'fails' | 'may-fail';
}

/** Finds out what the execution role needs in one respect, as far as it can. Never rejects. */
export type NeedSource = (subject: Subject) => Promise<readonly (Need | NotChecked)[]>;

export const must = (action: string): NeededAction => ({ action, without: 'fails' });
export const should = (action: string): NeededAction => ({ action, without: 'may-fail' });

/** Only the role's own policies count. */
export const nothingElse = async (): Promise<OtherAllowance> => 'none';
/** A policy on the resource, which is not read, may allow it. */
export const somethingElse = async (): Promise<OtherAllowance> => 'possible';

/** Why neither image nor log is checked there. */
export const usedOnEc2 = "on EC2 it may be the container instance's role that does it";
