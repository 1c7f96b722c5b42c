import type { Aws } from '../aws.ts';
import type { Clock } from '../clock.ts';
import type { Finding } from '../diagnosis/types.ts';
import type { ServicePlan } from '../plan.ts';

/** What one check found about one thing: a parameter, a role, an image … */
export type CheckResult =
  | { readonly mark: 'passed'; readonly what: string }
  /** The rollout fails for certain. */
  | { readonly mark: 'fails'; readonly what: string; readonly finding: Finding }
  | { readonly mark: 'may-fail'; readonly what: string; readonly finding: Finding }
  /** The rollout does not fail of it, yet it should be changed. */
  | { readonly mark: 'advice'; readonly what: string; readonly finding: Finding }
  /** `why` completes "not checked: …", e.g. "needs `iam:GetRole`". */
  | { readonly mark: 'not-checked'; readonly what: string; readonly why: string };

/** What a check looks at and with. */
export interface Subject {
  readonly plan: ServicePlan;
  readonly aws: Aws;
  readonly clock: Clock;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
}

/** One check: reads metadata only, changes nothing, never rejects (the runner sees to it). */
export interface Check {
  /** For people, e.g. `SSM parameters`; names the check where it could not be made at all. */
  readonly name: string;
  run(subject: Subject): Promise<readonly CheckResult[]>;
}
