import { type Address, checkUrlProblem, lookForAddress } from './address.ts';
import { apiProblem } from './api-problem.ts';
import { shortName } from './arn.ts';
import type { Aws } from './aws.ts';
import { checkAll, findingsAt } from './check-all.ts';
import type { Clock } from './clock.ts';
import { deployService } from './deploy-service.ts';
import { describeProblem, type Problem, RejectedError } from './errors.ts';
import type { Inputs } from './inputs.ts';
import { planService, type ServicePlan } from './plan.ts';
import { logTargetsOf } from './preflight/log-groups.ts';
import { addressLine } from './report/address-line.ts';
import { broken, title } from './report/endings.ts';
import type { Log } from './report/log.ts';
import type { News } from './report/picture.ts';
import { droppedWarning, planLines } from './report/plan-lines.ts';
import type { Reports } from './report/reports.ts';
import { nameOf } from './report/text.ts';
import { emptyResult, type Result } from './result.ts';
import { cancelledEarly, doomed, dryRun, refusal, rejection, resultBase } from './results.ts';
import { servedBefore } from './rollout/deployments.ts';
import type { Service } from './rollout/types.ts';
import { lookUpServices } from './service-lookup.ts';
import { register } from './task-definition/register.ts';

/** What a deploy needs besides its inputs. */
export interface DeployContext {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly log: Log;
  readonly reports: Reports;
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
  const { aws, log } = context;
  let services: Service[];
  try {
    services = await lookUpServices(aws, inputs.cluster, inputs.services);
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error;
    tellProblems(error.problems, log);
    return inputs.services.map((service) => {
      const base = emptyResult(shortName(inputs.cluster), shortName(service));
      return refusal(base, shortName(service), error.problems);
    });
  }
  const sites = services.map((service) => openSite(service, inputs, context));
  const results = await deployAll(sites, inputs, context);
  const endpoints = await findAll(sites);
  return results.map((result, index) => {
    const { url = '', notes = [] } = endpoints[index] ?? {};
    for (const line of addressLine(result, { url, notes })) log.info(line);
    return { ...result, url };
  });
}

/** A service, and what goes on beside its deploy. */
interface Site {
  readonly service: Service;
  readonly address: Address;
  /** Tells the reports what has become known of it. */
  tell(news: News): void;
}

function openSite(service: Service, inputs: Inputs, context: DeployContext): Site {
  const { name, arn: serviceArn, clusterArn } = service;
  const tell = (news: News) =>
    context.reports.tell({ cluster: shortName(clusterArn), service: name }, news);
  tell({ serviceArn, clusterArn, before: servedBefore(service) });
  const address = lookForAddress(
    service,
    inputs,
    context,
    ({ url, notes: urlNotes, targetGroups }) => tell({ url, urlNotes, targetGroups }),
  );
  return { service, address, tell };
}

const findAll = (sites: readonly Site[]) =>
  Promise.all(sites.map(({ address }) => address.found()));

/** All that follows the look-up, up to each service's own end; in the order of the sites. */
async function deployAll(
  sites: readonly Site[],
  inputs: Inputs,
  context: DeployContext,
): Promise<Result[]> {
  const { aws, clock, log, signal } = context;
  const tried = await Promise.all(sites.map(({ service }) => tryPlan(aws, inputs, service)));
  const planned = sites.flatMap((site, index) => {
    const plan = tried[index];
    return plan && isPlan(plan) ? [{ ...site, plan }] : [];
  });
  if (planned.length < sites.length) return refuseAll(sites, tried, log);
  const plans = planned.map(({ plan }) => plan);
  for (const { plan, tell } of planned) {
    tell({ plan: plan.plan, revision: plan.revision ?? '', logs: logTargetsOf(plan.context) });
  }
  for (const plan of plans) {
    for (const line of planLines(plan)) log.info(line);
  }

  const checked = await checkAll(plans, inputs.preflight, context);
  for (const [index, { tell }] of planned.entries()) tell({ checks: checked[index] ?? [] });
  if (signal.aborted) return plans.map((plan) => cancelledEarly(plan, undefined));
  const isDoomed = checked.some((results) => results.some(({ mark }) => mark === 'fails'));
  if (isDoomed && inputs.preflight === 'enforce') {
    return plans.map((plan, index) => doomed(plan, checked[index] ?? []));
  }
  if (inputs.checkUrl !== '') {
    const endpoints = await findAll(sites);
    const problems = endpoints.flatMap((endpoint) => checkUrlProblem(inputs, endpoint) ?? []);
    if (problems.length > 0) {
      tellProblems(problems, log);
      return plans.map((plan) => rejection(plan, problems, undefined));
    }
  }
  if (inputs.dryRun) return plans.map((plan, index) => dryRun(plan, checked[index] ?? []));

  const registered = await registerAll(plans, context);
  const problems = registered.filter((one) => typeof one !== 'string');
  const revisions = registered.map((one) => (typeof one === 'string' ? one : undefined));
  if (signal.aborted) return plans.map((plan, index) => cancelledEarly(plan, revisions[index]));
  if (problems.length > 0) {
    tellProblems(problems, log);
    return plans.map((plan, index) => rejection(plan, problems, revisions[index]));
  }
  return Promise.all(
    planned.map(async ({ service, plan, address, tell }, index) => {
      const revision = revisions[index] ?? '';
      const registeredAt = plan.revision === undefined ? clock.now() : undefined;
      tell({ revision, registeredAt });
      try {
        const result = await deployService(plan, revision, inputs, {
          ...{ aws, clock, log, signal, tell, address },
          foreseen: findingsAt(checked[index] ?? [], ['fails', 'may-fail']),
        });
        // The end of a single one is told with the end of the step.
        if (planned.length > 1) tell({ result });
        return result;
      } catch (error) {
        // The other services' waits go on.
        return { ...resultBase(service, plan), status: 'failed', summary: broken(error) };
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
function refuseAll(
  sites: readonly Site[],
  tried: readonly (ServicePlan | RejectedError)[],
  log: Log,
): Result[] {
  const problems = tried.flatMap((one) => (isPlan(one) ? [] : one.problems));
  tellProblems(problems, log);
  return sites.map(({ service }, index) => {
    const one = tried[index];
    const others = [{ message: 'Another service of this step was refused.' }];
    return one && isPlan(one)
      ? rejection(one, others, undefined)
      : refusal(resultBase(service), title(service), one?.problems ?? others);
  });
}

/** Writes each problem once: services that share a task definition share its problems. */
function tellProblems(problems: readonly Problem[], log: Log): void {
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
