import { causesOf } from './causes.ts';
import { toFinding } from './finding.ts';
import { type Counted, KINDS, mergeCauses, mergeKinds, ordered } from './merge.ts';
import { startsRollback } from './signatures-deployment.ts';
import type { Context, Evidence, Finding } from './types.ts';

/**
 * What `evidence` shows, in the shapes of a finding, the most telling first: one for each cause,
 * however many tasks and events showed it. Empty for normal life. With a `context` the findings
 * name the container, the secret and the line of the file as well.
 */
export function diagnose(evidence: readonly Evidence[], context?: Context): Finding[] {
  return causesIn(evidence).map(({ cause, count }) => toFinding(cause, count, context));
}

/** The causes that `evidence` shows, each once with how often, the most telling first. */
export function causesIn(evidence: readonly Evidence[]): Counted[] {
  const counted = KINDS.map((kind) =>
    mergeCauses(withoutSteps(evidence.filter((one) => one.kind === kind)).flatMap(causesOf)),
  );
  return ordered(counted.reduce(mergeKinds));
}

/** That ECS begins to roll back says nothing more where another event says why. */
function withoutSteps(evidence: readonly Evidence[]): readonly Evidence[] {
  const reasons = evidence.filter((one) => !isStep(one));
  const explained = reasons.some(
    (one) => one.kind === 'service-event' && /deployment failed/i.test(one.message),
  );
  return explained ? reasons : evidence;
}

const isStep = (one: Evidence) => one.kind === 'service-event' && startsRollback(one.message);
