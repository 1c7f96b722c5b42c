import { type Address, answers } from './address.ts';
import { apiFindings, apiProblem } from './api-problem.ts';
import { type Aws, awsErrorKind, awsWords } from './aws.ts';
import type { Clock } from './clock.ts';
import type { Finding } from './diagnosis/types.ts';
import type { Inputs } from './inputs.ts';
import type { ServicePlan } from './plan.ts';
import { started, title, unanswered, unchanged } from './report/endings.ts';
import { findingProblem } from './report/finding-lines.ts';
import { followLog, type Log } from './report/log.ts';
import type { News } from './report/picture.ts';
import { summarize } from './report/sentence.ts';
import { nameOf } from './report/text.ts';
import { passes, type Result } from './result.ts';
import { cancelledEarly, rejection, resultBase } from './results.ts';
import { primaryOf } from './rollout/deployments.ts';
import { follow } from './rollout/follow.ts';
import { runningTaskDefinition } from './rollout/judge.ts';
import type { OnFailure } from './rollout/respond.ts';
import { attemptOf, planStart, startRollout } from './rollout/start.ts';
import type { Attempt, Service } from './rollout/types.ts';

/** What the deploy of one service needs besides its plan and the inputs. */
export interface ServiceContext {
  readonly aws: Aws;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
  /** Tells the reports what has become known. */
  tell(news: News): void;
  /** What the preflight had found. */
  readonly foreseen: readonly Finding[];
  /** Where the service answers, once that is known. */
  readonly address: Address;
}

/**
 * Deploys one planned service: update, follow the deployment to its end, ask the address that must
 * answer.
 *
 * @param revision ARN of the registered revision
 */
export async function deployService(
  plan: ServicePlan,
  revision: string,
  inputs: Inputs,
  context: ServiceContext,
): Promise<Result> {
  const result = await rollOut(plan, revision, inputs, context);
  // What runs already must answer as well: else running again would hide that it does not.
  return result.status === 'succeeded' || result.status === 'unchanged'
    ? answers(result, inputs, context)
    : result;
}

async function rollOut(
  plan: ServicePlan,
  revision: string,
  inputs: Inputs,
  { aws, clock, log, signal, tell, foreseen, address }: ServiceContext,
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
  const write = followLog(log, clock, prefix);
  const { state, ending, findings } = await follow(
    attempt,
    current,
    {
      ecs: aws.poll,
      elb: aws.elb,
      logs: { client: aws.logs, definition: plan.definition, lines: inputs.logLines },
      ...{ clock, signal, pollInterval: inputs.pollInterval, timeout: inputs.timeout },
      ...{ onFailure: onFailureOf(inputs), context: address.context(plan.context), foreseen },
    },
    (step) => {
      write(step);
      tell({ rollout: step });
    },
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
