import { shortName } from './arn.ts';
import { type Aws, awsErrorKind, awsWords } from './aws.ts';
import type { Clock } from './clock.ts';
import { describeProblem, type Problem, RejectedError } from './errors.ts';
import type { Inputs } from './inputs.ts';
import { planService, type ServicePlan } from './plan.ts';
import { followLog, type Log } from './report/log.ts';
import { breakerWarning, planLines } from './report/plan-lines.ts';
import { summarize } from './report/sentence.ts';
import { untrusted } from './report/text.ts';
import type { Result } from './result.ts';
import { follow } from './rollout/follow.ts';
import { oldestRunning, runningTaskDefinition } from './rollout/judge.ts';
import { followed, planStart, startRollout } from './rollout/start.ts';
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
 * The story: look up, plan and check all services; register; update; follow each to its end.
 * Nothing is changed before every service has passed its checks.
 *
 * @returns one result for each service, in the order of the inputs
 * @throws RejectedError when the services themselves cannot be looked up
 */
export async function deploy(inputs: Inputs, context: DeployContext): Promise<Result[]> {
  const { aws, log, signal } = context;
  const services = await lookUpServices(aws, inputs.cluster, inputs.services);
  const planned = await Promise.all(services.map((service) => tryPlan(aws, inputs, service)));
  const plans = planned.filter(isPlan);
  if (plans.length < planned.length) return refuse(services, planned, log);

  for (const plan of plans) {
    for (const line of planLines(plan)) log.info(line);
    const warning = breakerWarning(plan);
    if (warning) log.warning(warning);
  }
  if (inputs.dryRun) return plans.map(dryRun);
  if (signal.aborted) return plans.map((plan) => cancelledEarly(plan, ''));

  let revisions: string[];
  try {
    revisions = await registerAll(plans, context);
  } catch (error) {
    const problem = { message: `ECS did not register the task definition: ${withRemedy(error)}` };
    log.problem(problem);
    return plans.map((plan) => rejection(plan.service, [problem], plan));
  }
  if (signal.aborted)
    return plans.map((plan, index) => cancelledEarly(plan, revisions[index] ?? ''));
  return Promise.all(
    plans.map((plan, index) =>
      deployService(plan, revisions[index] ?? '', inputs, context, plans.length > 1),
    ),
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
    return new RejectedError([{ message: awsWords(error) }], { cause: error });
  }
}

/** All services are refused when one is: several services are one deploy. */
function refuse(
  services: readonly Service[],
  planned: readonly (ServicePlan | RejectedError)[],
  log: Log,
): Result[] {
  const logged = new Set<string>();
  return services.map((service, index) => {
    const one = planned[index];
    if (!one || isPlan(one)) {
      const message = 'another service of this step was refused';
      return rejection(service, [{ message }], one);
    }
    for (const problem of one.problems) {
      // Services that share a task definition share its problems.
      const text = describeProblem(problem);
      if (!logged.has(text)) log.problem(problem);
      logged.add(text);
    }
    return rejection(service, one.problems, undefined);
  });
}

/** Registers each different definition once; the ARNs are in the order of the plans. */
async function registerAll(
  plans: readonly ServicePlan[],
  { aws, clock, log }: DeployContext,
): Promise<string[]> {
  const registered = new Map<string, Promise<string>>();
  const registerOnce = (plan: ServicePlan): Promise<string> => {
    if (plan.revision !== undefined) return Promise.resolve(plan.revision);
    const key = JSON.stringify(plan.definition);
    const arn =
      registered.get(key) ??
      register(aws.ecs, plan.definition, clock).then(({ arn, dropped }) => {
        log.info(`registered ${shortName(arn)}`);
        for (const path of dropped) {
          log.warning(
            `${untrusted(path)} was asked for, but ${shortName(arn)} does not have it: ECS, or the AWS SDK of this action, does not know the field. Check its spelling, or use a newer version of this action.`,
          );
        }
        return arn;
      });
    registered.set(key, arn);
    return arn;
  };
  return Promise.all(plans.map(registerOnce));
}

async function deployService(
  plan: ServicePlan,
  revision: string,
  inputs: Inputs,
  { aws, clock, log, signal }: DeployContext,
  isOneOfMany: boolean,
): Promise<Result> {
  const { service, changes } = plan;
  const start = planStart(service, revision, changes);
  const base = {
    ...resultBase(service, plan),
    taskDefinitionArn: revision,
  };
  if (start.kind === 'unchanged') {
    const summary = [
      `${title(service)}: nothing to deploy. ${shortName(revision)} runs already, and no input changes anything.`,
    ];
    return { ...base, status: 'unchanged', summary, deploymentId: primaryId(service) };
  }

  let attempt: Attempt;
  let current = service;
  if (start.kind === 'join') {
    const primary = service.deployments.find(({ id }) => id === start.deploymentId);
    attempt = followed(service, revision, start.deploymentId, primary?.createdAt);
    log.info(`${title(service)}: a deployment of ${shortName(revision)} is under way already`);
  } else {
    try {
      ({ attempt, service: current } = await startRollout(aws.ecs, service, start.request));
    } catch (error) {
      const registered =
        plan.revision === undefined ? ` ${shortName(revision)} is registered.` : '';
      const problem = {
        message: `ECS did not update the service: ${withRemedy(error)}${registered}`,
      };
      log.problem(problem);
      return { ...rejection(service, [problem], plan), taskDefinitionArn: revision };
    }
  }
  const ids = { deploymentId: attempt.deploymentId };
  if (!inputs.wait) {
    const summary = [
      `${title(service)}: started. ${attempt.deploymentId} deploys ${shortName(revision)}; its outcome was not waited for (wait: false).`,
    ];
    return {
      ...base,
      ...ids,
      status: 'started',
      summary,
      serviceDeploymentArn: current.serviceDeploymentArn ?? '',
    };
  }

  const prefix = isOneOfMany ? `[${service.name}] ` : '';
  const { state, ending } = await follow(
    attempt,
    current,
    inputs.timeout,
    { ecs: aws.poll, clock, signal, pollInterval: inputs.pollInterval },
    followLog(log, clock, prefix),
  );
  return {
    ...base,
    ...ids,
    status: ending.status,
    summary: summarize(state, ending, inputs.timeout),
    runningTaskDefinitionArn: runningTaskDefinition(state, ending) ?? '',
    serviceDeploymentArn: state.serviceDeployment?.arn ?? '',
  };
}

const wouldDo = {
  unchanged: 'runs already, so there is nothing to deploy',
  join: 'is being deployed already, which would be followed',
  update: 'would be deployed as it is',
} as const;

function dryRun(plan: ServicePlan): Result {
  const { service, revision, changes } = plan;
  const what = revision
    ? `${shortName(revision)} ${wouldDo[planStart(service, revision, changes).kind]}.`
    : `A new revision of ${plan.definition.family} would be registered and deployed.`;
  return {
    ...resultBase(service, plan),
    status: 'planned',
    summary: [`${title(service)}: dry run, nothing was changed. ${what}`],
    taskDefinitionArn: plan.revision ?? '',
  };
}

function cancelledEarly(plan: ServicePlan, revision: string): Result {
  const registered =
    revision && plan.revision === undefined ? ` ${shortName(revision)} is registered.` : '';
  return {
    ...resultBase(plan.service, plan),
    status: 'cancelled',
    summary: [`${title(plan.service)}: cancelled before the service was changed.${registered}`],
    taskDefinitionArn: revision,
  };
}

function rejection(
  service: Service,
  problems: readonly Problem[],
  plan: ServicePlan | undefined,
): Result {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const reason = first ? untrusted(describeProblem(first)) : '';
  return {
    ...resultBase(service, plan),
    status: 'rejected',
    summary: [`${title(service)}: refused, the service was not changed.`, `${reason}${more}`],
  };
}

/** What every result of a service says before its deploy has done anything. */
function resultBase(service: Service, plan: ServicePlan | undefined) {
  return {
    cluster: shortName(service.clusterArn),
    service: service.name,
    taskDefinitionArn: '',
    previousTaskDefinitionArn: service.taskDefinition,
    runningTaskDefinitionArn: oldestRunning(service) ?? '',
    deploymentId: '',
    serviceDeploymentArn: '',
    plan: plan?.plan,
  };
}

/** AWS's words for an error, and what to do where it is a missing permission. */
function withRemedy(error: unknown): string {
  const words = awsWords(error).replace(/\.?$/, '.');
  return awsErrorKind(error) === 'access-denied'
    ? `${words} Allow it to the role of this job.`
    : words;
}

/** `web · prod` */
function title(service: Service): string {
  return `${service.name} · ${shortName(service.clusterArn)}`;
}

function primaryId(service: Service): string {
  return service.deployments.find(({ status }) => status === 'PRIMARY')?.id ?? '';
}
