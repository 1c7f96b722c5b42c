import type { Aws } from './aws.ts';
import type { Clock } from './clock.ts';
import type { Finding } from './diagnosis/types.ts';
import { describeProblem } from './errors.ts';
import type { PreflightMode } from './inputs.ts';
import type { ServicePlan } from './plan.ts';
import { circuitBreaker } from './preflight/checks/circuit-breaker.ts';
import { checks } from './preflight/checks.ts';
import { preflight } from './preflight/preflight.ts';
import type { Check, CheckResult } from './preflight/types.ts';
import { title } from './report/endings.ts';
import { findingProblem } from './report/finding-lines.ts';
import type { Log } from './report/log.ts';
import { preflightLines, preflightSummary } from './report/preflight-lines.ts';
import { planStart } from './rollout/start.ts';

interface CheckContext {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Makes the preflight of each service and tells it; without one, at least whether the circuit breaker
 * is off.
 *
 * @returns the results for each plan, in the order of the plans
 */
export async function checkAll(
  plans: readonly ServicePlan[],
  mode: PreflightMode,
  { aws, clock, log, signal }: CheckContext,
): Promise<(readonly CheckResult[])[]> {
  const told = new Set<string>();
  const tellOnce = ({ service }: ServicePlan, finding: Finding, level: 'error' | 'warning') => {
    const { message, ...place } = findingProblem(finding);
    const prefix = plans.length > 1 && place.file === undefined ? `${service.name}: ` : '';
    const problem = { ...place, message: prefix + message };
    const key = describeProblem(problem);
    if (!told.has(key)) log.problem(problem, level);
    told.add(key);
  };
  const checked = await Promise.all(
    plans.map((plan) =>
      startsNothing(plan) ? [] : preflight({ plan, aws, clock, signal }, checksOf[mode]),
    ),
  );
  for (const [index, plan] of plans.entries()) {
    const results = checked[index] ?? [];
    if (mode !== 'off' && results.length > 0) {
      const heading = `Preflight of ${title(plan.service)}: ${preflightSummary(results)}`;
      log.group(heading, preflightLines(results));
    }
    const level = mode === 'enforce' ? 'error' : 'warning';
    for (const finding of findingsAt(results, ['fails'])) tellOnce(plan, finding, level);
    for (const finding of findingsAt(results, ['may-fail', 'advice'])) {
      tellOnce(plan, finding, 'warning');
    }
  }
  return checked;
}

/** Without a preflight nothing is looked up, and what is known already is still told. */
const checksOf: Readonly<Record<PreflightMode, readonly Check[]>> = {
  enforce: checks,
  warn: checks,
  off: [circuitBreaker],
};

/** Whether no task would be started: what runs already needs no preflight. */
function startsNothing({ service, revision, changes }: ServicePlan): boolean {
  return revision !== undefined && planStart(service, revision, changes).kind !== 'update';
}

/** The findings of the results with one of `marks`, by mark. */
export function findingsAt(
  results: readonly CheckResult[],
  marks: readonly CheckResult['mark'][],
): readonly Finding[] {
  return marks.flatMap((mark) =>
    results.flatMap((result) =>
      result.mark === mark && 'finding' in result ? [result.finding] : [],
    ),
  );
}
