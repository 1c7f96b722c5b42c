import type { Cause } from '../diagnosis/types.ts';
import type { Decision } from './simulate.ts';

/** What a decision means for the rollout. */
export type Verdict =
  | { readonly kind: 'allowed' }
  | {
      readonly kind: 'denied';
      /** A sentence: why it may yet be allowed; undefined for a denial that is certain. */
      readonly doubt: string | undefined;
      readonly cause: Pick<Cause, 'policy' | 'fixableInRole' | 'explicit'>;
    };

/** Whether a policy that IAM does not simulate, on the resource, allows what no other does. */
export type OtherAllowance = 'none' | 'possible' | 'granted';

/**
 * Judges one decision. A denial is certain when nothing that is not in the answer could turn it: no
 * condition on unknown keys, and no policy on the resource. Conditions of service control policies
 * are evaluated without telling of missing keys, so that theirs is never certain.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function judgeDecision(decision: Decision, other: OtherAllowance): Verdict {
  const isGranted =
    decision.decision === 'implicitDeny' && decision.above === undefined && other === 'granted';
  if (decision.decision === 'allowed' || isGranted) return { kind: 'allowed' };
  return {
    kind: 'denied',
    doubt: doubtOf(decision, other),
    cause: {
      policy: decision.above ?? 'identity',
      fixableInRole: decision.above === undefined,
      explicit: decision.decision === 'explicitDeny',
    },
  };
}

function doubtOf(
  { decision, hasUnknownConditions, above }: Decision,
  other: OtherAllowance,
): string | undefined {
  if (hasUnknownConditions) return 'Its policies have conditions that cannot be judged from here.';
  if (above === 'service-control') {
    return 'The conditions of service control policies cannot all be judged from here.';
  }
  const isOpen = decision === 'implicitDeny' && above === undefined && other === 'possible';
  return isOpen ? 'A policy of the resource may yet allow it.' : undefined;
}
