import { parseArn } from './arn.ts';
import type { Aws } from './aws.ts';
import type { Context } from './diagnosis/types.ts';
import { RejectedError } from './errors.ts';
import type { Inputs } from './inputs.ts';
import type { Plan } from './result.ts';
import { hasBreaker, type ServiceChanges, serviceChanges } from './rollout/start.ts';
import type { Service } from './rollout/types.ts';
import { applyChanges } from './task-definition/change.ts';
import { sameDefinition } from './task-definition/compare.ts';
import { chooseContainer, containerNames, listed } from './task-definition/container.ts';
import { describeSecretArn } from './task-definition/describe-secret.ts';
import { diff } from './task-definition/diff.ts';
import { formatPath } from './task-definition/json.ts';
import { locator } from './task-definition/locate.ts';
import { resolveSecrets } from './task-definition/secrets.ts';
import { loadSource } from './task-definition/source.ts';
import { findRevision } from './task-definition/source-revision.ts';
import type { Place, Revision, TaskDefinition } from './task-definition/types.ts';
import { validate } from './task-definition/validate.ts';
import { workflowLocator } from './workflow-file.ts';

/** What one service's deploy will do; nothing has been changed to find out. */
export interface ServicePlan {
  readonly service: Service;
  readonly definition: TaskDefinition;
  /** What a diagnosis knows of it. */
  readonly context: Context;
  /** ARN of the registered revision that equals `definition`, if there is one. */
  readonly revision: string | undefined;
  /** The revision that the service runs, where it may be read. */
  readonly running: Revision | undefined;
  readonly changes: ServiceChanges;
  /** Whether the circuit breaker will be on. */
  readonly hasBreaker: boolean;
  readonly plan: Plan;
}

/**
 * Plans one service: loads the source, applies the inputs' changes, makes every secret reference a
 * full ARN and checks the outcome. Only reads.
 *
 * @throws RejectedError with every problem found
 */
export async function planService(
  aws: Aws,
  inputs: Inputs,
  service: Service,
): Promise<ServicePlan> {
  const source = await loadSource(inputs.source, {
    ecs: aws.ecs,
    workspace: inputs.workspace,
    runningTaskDefinition: service.taskDefinition,
  });
  const { definition: changed, problems: editProblems } = applyChanges(
    source.definition,
    inputs.changes,
    (definition, neededBy) =>
      chooseContainer(definition, {
        wanted: inputs.container,
        loadBalancerContainers: service.loadBalancers.map(({ containerName }) => containerName),
        neededBy,
      }),
  );
  const problems = [...editProblems];
  const names = containerNames(changed);
  if (inputs.container !== undefined && !names.includes(inputs.container)) {
    const message = `there is no container "${inputs.container}" in the task definition; it has ${listed(names)}.`;
    if (problems.every(({ input }) => input !== 'container'))
      problems.push({ input: 'container', message });
  }
  const place = placeOf(service);
  const locate = locator(source, changed);
  const inWorkflow = workflowLocator(inputs, changed);
  const describeSecret = async (name: string) =>
    describeSecretArn(await aws.secretsManager())(name);
  const definition = await resolveSecrets(changed, place, describeSecret, locate).catch(
    (error: unknown) => {
      if (!(error instanceof RejectedError)) throw error;
      problems.push(...error.problems);
      return changed;
    },
  );
  const context = { fargate: service.launchesOnFargate, loadBalancers: service.loadBalancers };
  // What the running revision has, ECS has taken: it is no reason to refuse.
  const accepted =
    inputs.source.kind === 'running'
      ? validate(source.definition, context).map(({ message }) => message)
      : [];
  for (const { path, message } of validate(definition, context)) {
    if (accepted.includes(message)) continue;
    const isOverridden = Object.hasOwn(inputs.changes.overrides, path[0] ?? '');
    const input = isOverridden ? 'overrides' : 'task-definition';
    problems.push({ message, path: formatPath(path), ...(locate(path) ?? { input }) });
  }
  if (problems.length > 0) {
    throw new RejectedError(problems.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0)));
  }

  const running =
    inputs.source.kind === 'running'
      ? source.revision
      : await findRevision(aws.ecs, service.taskDefinition);
  const resolve = (revision: Revision) =>
    resolveSecrets(revision.definition, place, describeSecret).catch(() => revision.definition);
  const revision = await equalRevision(definition, [running, source.revision], resolve);
  const changes = serviceChanges(inputs, service);
  return {
    service,
    definition,
    context: { place, definition, locate: (path) => locate(path) ?? inWorkflow(path) },
    revision,
    running,
    changes,
    hasBreaker: hasBreaker(service, changes),
    plan: {
      source: source.label,
      register: revision === undefined,
      taskDefinition: diff(running?.definition, definition),
      service: Object.keys(changes),
    },
  };
}

function placeOf(service: Service): Place {
  const arn = parseArn(service.arn);
  if (!arn) throw new Error(`ECS described ${service.name} without an ARN`);
  return { partition: arn.partition, region: arn.region, account: arn.account };
}

/** The first of `candidates` that registering `definition` would only repeat. */
async function equalRevision(
  definition: TaskDefinition,
  candidates: readonly (Revision | undefined)[],
  resolve: (revision: Revision) => Promise<TaskDefinition>,
): Promise<string | undefined> {
  for (const candidate of candidates) {
    if (!candidate?.deployable) continue;
    // A definition that says nothing of tags leaves those of the revision as they are.
    const tags = definition.tags ?? candidate.definition.tags ?? [];
    if (sameDefinition({ ...definition, tags }, await resolve(candidate))) return candidate.arn;
  }
  return undefined;
}
