import { apiFindings, apiProblem } from './api-problem.ts';
import { shortName } from './arn.ts';
import { type Aws, awsErrorKind, awsWords } from './aws.ts';
import { checkAll, findingsAt } from './check-all.ts';
import type { Clock } from './clock.ts';
import type { Finding } from './diagnosis/types.ts';
import { describeProblem, type Problem, RejectedError } from './errors.ts';
import type { Inputs } from './inputs.ts';
import { planService, type ServicePlan } from './plan.ts';
import type { CheckResult } from './preflight/types.ts';
import {
  broken,
  cancelledBefore,
  planned,
  refused,
  started,
  title,
  unanswered,
  unchanged,
} from './report/endings.ts';
import { findingProblem } from './report/finding-lines.ts';
import { followLog, type Log } from './report/log.ts';
import { droppedWarning, planLines } from './report/plan-lines.ts';
import { summarize } from './report/sentence.ts';
import { nameOf } from './report/text.ts';
import { emptyResult, passes, type Result } from './result.ts';
import { oldestRunning, primaryOf, servedBefore } from './rollout/deployments.ts';
import { follow } from './rollout/follow.ts';
import { runningTaskDefinition } from './rollout/judge.ts';
import type { OnFailure } from './rollout/respond.ts';
import { attemptOf, planStart, startRollout } from './rollout/start.ts';
import type { Attempt, Service } from './rollout/types.ts';
import { lookUpServices } from './service-lookup.ts';
import { register } from './task-definition/register.ts';

/** What a deploy needs besides its inputs. */
export interface DeployContext {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
}

/**
 * The story: look up, plan and check all services; make the preflight; register; update; follow each
 * to its end. Nothing is changed before every service has passed its checks.
 *
 * @returns one result for each service, in the order of the inputs
 */
export async function deploy(inputs: Inputs, context: DeployContext): Promise<Result[]> {
  const { aws, log, signal } = context;
  let services: Service[];
  try {
    services = await lookUpServices(aws, inputs.cluster, inputs.services);
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error;
    tell(error.problems, log);
    return inputs.services.map((service) => ({
      ...emptyResult(shortName(inputs.cluster), shortName(service)),
      summary: refused(shortName(service), error.problems),
      diagnosis: findingsOf(error.problems),
    }));
  }
  const tried = await Promise.all(services.map((service) => tryPlan(aws, inputs, service)));
  const plans = tried.filter(isPlan);
  if (plans.length < tried.length) return refuse(services, tried, log);

  for (const plan of plans) {
    for (const line of planLines(plan)) log.info(line);
  }
  const checked = await checkAll(plans, inputs.preflight, context);
  if (signal.aborted) return plans.map((plan) => cancelledEarly(plan, undefined));
  const isDoomed = checked.some((results) => results.some(({ mark }) => mark === 'fails'));
  if (isDoomed && inputs.preflight === 'enforce') {
    return plans.map((plan, index) => doomed(plan, checked[index] ?? []));
  }
  if (inputs.dryRun) return plans.map((plan, index) => dryRun(plan, checked[index] ?? []));

  const registered = await registerAll(plans, context);
  const problems = registered.filter((one) => typeof one !== 'string');
  const revisions = registered.map((one) => (typeof one === 'string' ? one : undefined));
  if (signal.aborted) return plans.map((plan, index) => cancelledEarly(plan, revisions[index]));
  if (problems.length > 0) {
    tell(problems, log);
    return plans.map((plan, index) => rejection(plan, problems, revisions[index]));
  }
  return Promise.all(
    plans.map(async (plan, index) => {
      try {
        const foreseen = findingsAt(checked[index] ?? [], ['fails', 'may-fail']);
        return await deployService(plan, revisions[index] ?? '', inputs, foreseen, context);
      } catch (error) {
        // The other services' waits go on.
        return { ...resultBase(plan.service, plan), status: 'failed', summary: broken(error) };
      }
    }),
  );
}

const isPlan = (one: ServicePlan | RejectedError): one is ServicePlan =>
  !(one instanceof RejectedError);

async function tryPlan(
  aws: Aws,
  inputs: Inputs,
  service: Service,
): Promise<ServicePlan | RejectedError> {
  try {
    return await planService(aws, inputs, service);
  } catch (error) {
    if (error instanceof RejectedError) return error;
    const problem = apiProblem('The deploy cannot be planned', '', error);
    return new RejectedError([problem], { cause: error });
  }
}

/** All services are refused when one is: several services are one deploy. */
function refuse(
  services: readonly Service[],
  tried: readonly (ServicePlan | RejectedError)[],
  log: Log,
): Result[] {
  const problems = tried.flatMap((one) => (isPlan(one) ? [] : one.problems));
  tell(problems, log);
  return services.map((service, index) => {
    const one = tried[index];
    const others = [{ message: 'Another service of this step was refused.' }];
    return one && isPlan(one)
      ? rejection(one, others, undefined)
      : {
          ...resultBase(service),
          summary: refused(title(service), one?.problems ?? others),
          diagnosis: findingsOf(one?.problems ?? []),
        };
  });
}

/** Writes each problem once: services that share a task definition share its problems. */
function tell(problems: readonly Problem[], log: Log): void {
  const different = new Map(problems.map((problem) => [describeProblem(problem), problem]));
  for (const problem of different.values()) log.problem(problem);
}

/**
 * Registers each different definition once. In the order of the plans: the ARN of the revision, or
 * why there is none.
 */
async function registerAll(
  plans: readonly ServicePlan[],
  { aws, clock, log, signal }: DeployContext,
): Promise<(string | Problem)[]> {
  const registered = new Map<string, Promise<string | Problem>>();
  // Once one is refused nothing will be deployed: the others need not wait for their turn.
  const refusal = new AbortController();
  const registerOne = async (plan: ServicePlan): Promise<string | Problem> => {
    try {
      const { arn, dropped } = await register(
        aws.ecs,
        plan.definition,
        clock,
        AbortSignal.any([signal, refusal.signal]),
      );
      log.info(`registered ${nameOf(arn)}`);
      for (const path of dropped) log.warning(droppedWarning(path, arn));
      return arn;
    } catch (error) {
      refusal.abort();
      const what = 'ECS did not register the task definition';
      return apiProblem(what, 'RegisterTaskDefinition', error, plan.context);
    }
  };
  return Promise.all(
    plans.map((plan) => {
      if (plan.revision !== undefined) return plan.revision;
      const key = JSON.stringify(plan.definition);
      const one = registered.get(key) ?? registerOne(plan);
      registered.set(key, one);
      return one;
    }),
  );
}

async function deployService(
  plan: ServicePlan,
  revision: string,
  inputs: Inputs,
  foreseen: readonly Finding[],
  { aws, clock, log, signal }: DeployContext,
): Promise<Result> {
  const { service, changes } = plan;
  const start = planStart(service, revision, changes);
  const base = { ...resultBase(service, plan), taskDefinitionArn: revision };
  if (start.kind === 'unchanged') {
    return {
      ...base,
      status: 'unchanged',
      summary: unchanged(service, revision),
      deploymentId: primaryOf(service)?.id ?? '',
    };
  }

  let attempt = attemptOf(service, revision, primaryOf(service), 'joined');
  let current = service;
  if (start.kind === 'join') {
    attempt = attemptOf(service, revision, start.deployment, start.origin);
    log.info(`${title(service)}: a deployment of ${nameOf(revision)} is under way already`);
  } else {
    try {
      const context = { ecs: aws.poll, clock, signal };
      ({ attempt, service: current } = await startRollout(context, service, start.request));
    } catch (error) {
      if (awsErrorKind(error) === 'transient') {
        const status = signal.aborted ? 'cancelled' : 'failed';
        const summary = unanswered(service, status, awsWords(error));
        return { ...base, status, summary, diagnosis: apiFindings('UpdateService', error) };
      }
      if (signal.aborted) return cancelledEarly(plan, revision);
      const what = 'ECS did not update the service';
      const problem = apiProblem(what, 'UpdateService', error, plan.context);
      log.problem(problem);
      return rejection(plan, [problem], revision);
    }
  }
  if (!inputs.wait && attempt.origin !== 'not-started') {
    return {
      ...base,
      status: 'started',
      summary: started(service, attempt),
      deploymentId: attempt.deploymentId,
      serviceDeploymentArn: recordNamed(service, current, attempt) ?? '',
    };
  }

  const prefix = inputs.services.length > 1 ? `[${service.name}] ` : '';
  const { state, ending, findings } = await follow(
    attempt,
    current,
    {
      ecs: aws.poll,
      logs: { client: aws.logs, definition: plan.definition, lines: inputs.logLines },
      ...{ clock, signal, pollInterval: inputs.pollInterval, timeout: inputs.timeout },
      ...{ onFailure: onFailureOf(inputs), context: plan.context, foreseen },
    },
    followLog(log, clock, prefix),
  );
  const diagnosis = passes(ending.status) ? [] : findings;
  for (const finding of diagnosis) if (finding.file) log.problem(findingProblem(finding));
  return {
    ...base,
    status: ending.status,
    summary: summarize(state, ending, findings, inputs.timeout),
    diagnosis,
    runningTaskDefinitionArn: runningTaskDefinition(state, ending) ?? '',
    deploymentId: attempt.deploymentId,
    serviceDeploymentArn: state.serviceDeployment?.arn ?? '',
  };
}

/** Who asks for a circuit breaker that only stops wants nothing rolled back. */
function onFailureOf({ onFailure, circuitBreaker }: Inputs): OnFailure {
  return onFailure === 'rollback' && circuitBreaker === 'stop' ? 'wait' : onFailure;
}

/** The ServiceDeployment's ARN as the service names it; not the one from before the update. */
function recordNamed(before: Service, now: Service, { origin }: Attempt): string | undefined {
  const arn = now.serviceDeploymentArn;
  return origin === 'joined' || arn !== before.serviceDeploymentArn ? arn : undefined;
}

/** Refused by the preflight. */
function doomed(plan: ServicePlan, results: readonly CheckResult[]): Result {
  const problems = findingsAt(results, ['fails']).map(findingProblem);
  const others = [{ message: 'Another service of this step would fail.' }];
  return {
    ...resultBase(plan.service, plan),
    summary: refused(title(plan.service), problems.length > 0 ? problems : others),
    taskDefinitionArn: plan.revision ?? '',
    diagnosis: findingsAt(results, ['fails', 'may-fail']),
  };
}

function dryRun(plan: ServicePlan, results: readonly CheckResult[]): Result {
  return {
    ...resultBase(plan.service, plan),
    status: 'planned',
    summary: planned(plan),
    taskDefinitionArn: plan.revision ?? '',
    diagnosis: findingsAt(results, ['fails', 'may-fail']),
  };
}

function cancelledEarly(plan: ServicePlan, revision: string | undefined): Result {
  const registered = plan.revision === undefined ? revision : undefined;
  return {
    ...resultBase(plan.service, plan),
    status: 'cancelled',
    summary: cancelledBefore(plan.service, registered),
    taskDefinitionArn: revision ?? '',
  };
}

function rejection(
  plan: ServicePlan,
  problems: readonly Problem[],
  revision: string | undefined,
): Result {
  const registered = plan.revision === undefined ? revision : undefined;
  return {
    ...resultBase(plan.service, plan),
    summary: refused(title(plan.service), problems, registered),
    taskDefinitionArn: revision ?? '',
    diagnosis: findingsOf(problems),
  };
}

/** What every result of a service says before its deploy has done anything. */
function resultBase(service: Service, plan?: ServicePlan): Result {
  return {
    ...emptyResult(shortName(service.clusterArn), service.name),
    previousTaskDefinitionArn: servedBefore(service),
    runningTaskDefinitionArn: oldestRunning(service) ?? '',
    plan: plan?.plan,
  };
}

function findingsOf(problems: readonly Problem[]): readonly Finding[] {
  return problems.flatMap(({ findings = [] }) => findings);
}
