import { shortName } from './arn.ts';
import { findingsAt } from './check-all.ts';
import type { Finding } from './diagnosis/types.ts';
import type { Problem } from './errors.ts';
import type { ServicePlan } from './plan.ts';
import type { CheckResult } from './preflight/types.ts';
import { cancelledBefore, planned, refused, title } from './report/endings.ts';
import { findingProblem } from './report/finding-lines.ts';
import { emptyResult, type Result } from './result.ts';
import { oldestRunning, servedBefore } from './rollout/deployments.ts';
import type { Service } from './rollout/types.ts';

/** The results of deploys that ended before the service was changed, and what all results begin with. */

/** What every result of a service says before its deploy has done anything. */
export function resultBase(service: Service, plan?: ServicePlan): Result {
  return {
    ...emptyResult(shortName(service.clusterArn), service.name),
    previousTaskDefinitionArn: servedBefore(service),
    runningTaskDefinitionArn: oldestRunning(service) ?? '',
    plan: plan?.plan,
  };
}

/** Refused for `problems`. @param name for the summary, e.g. `web · prod` */
export function refusal(base: Result, name: string, problems: readonly Problem[]): Result {
  return { ...base, summary: refused(name, problems), ...reasonsOf(problems) };
}

/** Refused once it was planned. @param revision ARN of the revision, where it is registered */
export function rejection(
  plan: ServicePlan,
  problems: readonly Problem[],
  revision: string | undefined,
): Result {
  const registered = plan.revision === undefined ? revision : undefined;
  return {
    ...resultBase(plan.service, plan),
    summary: refused(title(plan.service), problems, registered),
    taskDefinitionArn: revision ?? '',
    ...reasonsOf(problems),
  };
}

/** Refused by the preflight. */
export function doomed(plan: ServicePlan, results: readonly CheckResult[]): Result {
  const problems = findingsAt(results, ['fails']).map(findingProblem);
  const others = [{ message: 'Another service of this step would fail.' }];
  return {
    ...resultBase(plan.service, plan),
    summary: refused(title(plan.service), problems.length > 0 ? problems : others),
    taskDefinitionArn: plan.revision ?? '',
    problems: problems.length > 0 ? [] : others,
    diagnosis: findingsAt(results, ['fails', 'may-fail']),
  };
}

export function dryRun(plan: ServicePlan, results: readonly CheckResult[]): Result {
  return {
    ...resultBase(plan.service, plan),
    status: 'planned',
    summary: planned(plan),
    taskDefinitionArn: plan.revision ?? '',
    diagnosis: findingsAt(results, ['fails', 'may-fail']),
  };
}

/** @param revision ARN of the revision, where it is registered */
export function cancelledEarly(plan: ServicePlan, revision: string | undefined): Result {
  const registered = plan.revision === undefined ? revision : undefined;
  return {
    ...resultBase(plan.service, plan),
    status: 'cancelled',
    summary: cancelledBefore(plan.service, registered),
    taskDefinitionArn: revision ?? '',
  };
}

/** What AWS's words mean, and what is a problem for another reason. */
function reasonsOf(problems: readonly Problem[]): {
  diagnosis: readonly Finding[];
  problems: readonly Problem[];
} {
  return {
    diagnosis: problems.flatMap(({ findings = [] }) => findings),
    problems: problems.filter(({ findings = [] }) => findings.length === 0),
  };
}
