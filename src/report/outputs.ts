import { setOutput } from '@actions/core';
import { type Result, worst } from '../result.ts';

/**
 * Sets the outputs of the contract: the scalars are those of the worst result, `results` holds one
 * object with the same names for each service.
 */
export function setOutputs(results: readonly Result[]): void {
  const first = worst(results);
  if (!first) return;
  const { plan, diagnosis, ...scalars } = named(first);
  for (const [name, value] of Object.entries(scalars)) setOutput(name, value);
  setOutput('diagnosis', JSON.stringify(diagnosis));
  setOutput('plan', plan === null ? '' : JSON.stringify(plan));
  setOutput(
    'results',
    JSON.stringify(
      results.map((result) => ({
        cluster: result.cluster,
        service: result.service,
        ...named(result),
      })),
    ),
  );
}

function named(result: Result) {
  return {
    status: result.status,
    summary: result.summary.join(' '),
    url: result.url,
    'task-definition-arn': result.taskDefinitionArn,
    'previous-task-definition-arn': result.previousTaskDefinitionArn,
    'running-task-definition-arn': result.runningTaskDefinitionArn,
    'deployment-id': result.deploymentId,
    'service-deployment-arn': result.serviceDeploymentArn,
    diagnosis: result.diagnosis,
    plan: result.plan ?? null,
  };
}
