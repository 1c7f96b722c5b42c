import { findImage, findRepository, readEcrReference } from '../images.ts';
import { awslogs, containers, list, platformOf } from './definition.ts';
import { secretsError } from './secret-errors.ts';
import type { Surroundings } from './surroundings.ts';
import { answered, arnIn, refusal } from './surroundings.ts';

const resourceError = 'ResourceInitializationError: ';
const cannotPull = 'CannotPullContainerError: ';

/** Why a task cannot start in this world, as its stoppedReason says it; undefined when it can. */
export function startError(task: Surroundings): string | undefined {
  return (
    registryError(task) ??
    secretsError(task) ??
    environmentFilesError(task) ??
    imageError(task) ??
    logsError(task)
  );
}

function registryError(task: Surroundings): string | undefined {
  const fromEcr = containers(task.body).some(({ image }) => readEcrReference(image) !== undefined);
  const refused = fromEcr
    ? refusal(task, { action: 'ecr:GetAuthorizationToken', resource: '*' })
    : undefined;
  if (refused === undefined) return undefined;
  return `${resourceError}unable to pull secrets or registry auth: unable to retrieve ecr registry auth: service call has been retried 1 time(s): operation error ECR: GetAuthorizationToken, ${answered(task)}api error AccessDeniedException: ${refused}`;
}

/** S3 does not say who may not do what: a HEAD request is answered without a body. */
function environmentFilesError(task: Surroundings): string | undefined {
  const { objects } = task.state.world;
  const failed = (status: number, error: string) =>
    `${resourceError}failed to download env files: service call has been retried 1 time(s): operation error S3: HeadObject, ${answered(task, status)}api error ${error}`;
  for (const container of containers(task.body)) {
    for (const { value } of list(container.environmentFiles)) {
      const resource = String(value);
      const refused = refusal(task, { action: 's3:GetObject', resource });
      if (refused !== undefined) return failed(403, 'Forbidden: Forbidden');
      if (objects?.includes(resource) === false) return failed(404, 'NotFound: Not Found');
    }
  }
  return undefined;
}

function imageError(task: Surroundings): string | undefined {
  for (const { image } of containers(task.body)) {
    const error = pullError(task, String(image));
    if (error !== undefined) return error;
  }
  return undefined;
}

function pullError(task: Surroundings, image: string): string | undefined {
  const reference = readEcrReference(image);
  const { world } = task.state;
  // What is in other registries is not in the world.
  if (reference?.account !== world.account || reference.region !== world.region) return undefined;
  const { host, repository, tag = 'latest', digest } = reference;
  const spec = findRepository(world, repository);
  const may = (action: string) =>
    refusal(task, {
      action,
      resource: arnIn(task.state, 'ecr', `repository/${repository}`),
      policy: spec?.policy,
    }) === undefined;
  const forbidden = (what: string) =>
    `unexpected status from HEAD request to https://${host}/v2/${repository}/${what}: 403 Forbidden`;
  if (!may('ecr:BatchGetImage')) {
    return `${cannotPull}pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${forbidden(`manifests/${digest ?? tag}`)}`;
  }
  const cached = world.pullThroughCacheRules?.some(({ prefix }) =>
    repository.startsWith(`${prefix}/`),
  );
  const found = findImage(world, repository, reference);
  if (found === undefined) return cached === true ? undefined : imageMissing(image);
  if (found.kind === 'index' && !found.platforms.includes(platformOf(task.body))) {
    return `${cannotPull}pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform '${platformOf(task.body)}'`;
  }
  if (!may('ecr:GetDownloadUrlForLayer')) {
    return `${cannotPull}ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: ${forbidden(`blobs/${found.digest}`)}`;
  }
  return undefined;
}

/** Whether an image can be pulled, but not run here: a single manifest is not checked at the pull. */
export function isOfOtherPlatform({ state, body }: Surroundings, image: unknown): boolean {
  const reference = readEcrReference(image);
  if (reference?.account !== state.world.account) return false;
  const found = findImage(state.world, reference.repository, reference);
  return found?.kind === 'single' && !found.platforms.includes(platformOf(body));
}

/** What tasks say of an image that is not in its repository. */
export function imageMissing(image: string): string {
  return `${cannotPull}pull image manifest has been retried 7 time(s): failed to resolve ref ${image}: ${image}: not found`;
}

function logsError(task: Surroundings): string | undefined {
  for (const container of containers(task.body)) {
    const options = awslogs(container);
    if (options === undefined) continue;
    const group = String(options['awslogs-group']);
    const resource = arnIn(task.state, 'logs', `log-group:${group}:log-stream:`);
    const creates = options['awslogs-create-group'] === 'true';
    const exists = task.state.world.logGroups?.includes(group) ?? true;
    const failed = (operation: string, what: string, error: string) =>
      `${resourceError}failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log ${what}: operation error CloudWatch Logs: ${operation}, ${answered(task)}${error} : exit status 1`;
    const denied = (refused: string) => `api error AccessDeniedException: ${refused}`;
    if (creates) {
      const refused = refusal(task, { action: 'logs:CreateLogGroup', resource });
      if (refused !== undefined) return failed('CreateLogGroup', 'group', denied(refused));
    } else if (!exists) {
      const missing = 'ResourceNotFoundException: The specified log group does not exist.';
      return failed('CreateLogStream', 'stream', missing);
    }
    const refused = refusal(task, { action: 'logs:CreateLogStream', resource });
    if (refused !== undefined) return failed('CreateLogStream', 'stream', denied(refused));
  }
  return undefined;
}
