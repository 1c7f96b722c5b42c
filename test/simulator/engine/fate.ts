import { hex, uuid } from '../ids.ts';
import { accessDenied, roleAllows } from '../permissions.ts';
import type { Json, Play, RoleSpec } from '../world.ts';
import type { Deployment, Fate, State } from './state.ts';

/** What the launch of one task comes to: a task with its fate, or no task at all and an event. */
export type Launch = { task: Fate } | { noTask: string };

/** What a task is told by the world: its role, its secrets, its image, its logs. */
interface Surroundings {
  state: State;
  body: Json;
  role: RoleSpec | undefined;
  /** Who the task is when it reads its secrets: the session name is the task id. */
  user: string;
  arn(service: string, resource: string): string;
}

const resourceError = 'ResourceInitializationError: ';
const pullSecrets = 'unable to pull secrets or registry auth: ';
const retried = 'service call has been retried 1 time(s): ';
const v2 = (id: string) => `https response error StatusCode: 400, RequestID: ${id}, `;

/** Settles a task at its launch: the world decides first, then the play. */
export function settle(state: State, deployment: Deployment, taskId: string): Launch {
  const definition = state.taskDefinitions.find(
    (candidate) => candidate.arn === deployment.parameters.taskDefinition,
  );
  const body = definition?.body ?? {};
  for (const field of ['executionRoleArn', 'taskRoleArn']) {
    const arn = body[field];
    if (typeof arn === 'string' && !assumable(state, arn)) return { noTask: notAssumable(arn) };
  }
  const reason = startError(surroundings(state, body, taskId));
  if (reason !== undefined) {
    return {
      task: { kind: 'start-failure', stopCode: 'TaskFailedToStart', stoppedReason: reason },
    };
  }
  return fromPlay(deployment.play, deployment.launched, body);
}

function fromPlay(play: Play, launched: number, body: Json): Launch {
  if (play.onlyFirst !== undefined && launched >= play.onlyFirst) {
    return { task: { kind: 'healthy' } };
  }
  switch (play.outcome) {
    case 'healthy':
    case 'alarm':
      return { task: { kind: 'healthy' } };
    case 'hang':
      return { task: { kind: 'hang' } };
    case 'app-exit':
      return { task: { kind: 'exit', exitCode: play.exitCode ?? 1 } };
    case 'unhealthy': {
      const reason = play.healthReason ?? 'Health checks failed with these codes: [503]';
      return { task: { kind: 'elb-unhealthy', reason } };
    }
    case 'unhealthy-container':
      return { task: { kind: 'container-unhealthy' } };
    case 'image-missing': {
      const stoppedReason = imageMissing(String(containers(body)[0]?.image));
      return { task: { kind: 'start-failure', stopCode: 'TaskFailedToStart', stoppedReason } };
    }
    case 'no-capacity':
      return {
        noTask:
          'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      };
    case 'fail':
      if (play.fail === undefined) throw new Error('A play with the outcome "fail" needs `fail`.');
      return { task: { kind: 'custom', failure: play.fail } };
  }
}

function surroundings(state: State, body: Json, taskId: string): Surroundings {
  const { account, region, partition = 'aws', roles = {} } = state.world;
  const roleName = roleNameOf(body.executionRoleArn);
  return {
    state,
    body,
    role: roleName === undefined ? undefined : roles[roleName],
    user: `arn:${partition}:sts::${account}:assumed-role/${roleName}/${taskId}`,
    arn: (service, resource) => `arn:${partition}:${service}:${region}:${account}:${resource}`,
  };
}

function startError(task: Surroundings): string | undefined {
  return registryError(task) ?? secretsError(task) ?? imageError(task) ?? logsError(task);
}

function registryError(task: Surroundings): string | undefined {
  const fromEcr = containers(task.body).some((container) => isEcr(container.image));
  const action = 'ecr:GetAuthorizationToken';
  if (!fromEcr || task.role === undefined || roleAllows(task.role, action, '*')) return undefined;
  const denied = accessDenied(task.user, action, '*');
  return `${resourceError}${pullSecrets}unable to retrieve ecr registry auth: ${retried}operation error ECR: GetAuthorizationToken, ${v2(uuid(task.state.ids))}api error AccessDeniedException: ${denied}`;
}

function secretsError(task: Surroundings): string | undefined {
  const references = containers(task.body)
    .flatMap((container) => {
      const log = container.logConfiguration as Json | undefined;
      return [...list(container.secrets), ...list(log?.secretOptions)];
    })
    .map((secret) => String(secret.valueFrom));
  const isSecret = (reference: string) => /^arn:[^:]+:secretsmanager:/.test(reference);
  const parameters = references.filter((reference) => !isSecret(reference));
  for (const reference of references.filter(isSecret)) {
    const error = secretError(task, reference);
    if (error !== undefined) {
      return `${resourceError}${pullSecrets}unable to retrieve secret from asm: ${error}`;
    }
  }
  const error = parametersError(task, parameters);
  if (error === undefined) return undefined;
  return `${resourceError}${pullSecrets}unable to retrieve secrets from ssm: ${retried}${error}`;
}

function parametersError(task: Surroundings, references: string[]): string | undefined {
  const names = references.map(parameterName);
  const operation = () => `operation error SSM: GetParameters, ${v2(uuid(task.state.ids))}`;
  for (const [index, name] of names.entries()) {
    const reference = references[index] ?? '';
    const arn = reference.startsWith('arn:')
      ? reference
      : task.arn('ssm', `parameter/${name.replace(/^\//, '')}`);
    const refused = refusal(task, 'ssm:GetParameters', arn);
    if (refused !== undefined) return `${operation()}api error ${refused}`;
  }
  const known = task.state.world.parameters ?? [];
  const missing = names.filter((name) => !known.some((parameter) => parameter.name === name));
  if (missing.length > 0) return `invalid ssm parameters: ${missing.join(', ')}`;
  for (const { name, kmsKeyArn } of known) {
    if (kmsKeyArn === undefined || !names.includes(name)) continue;
    const refused = refusal(task, 'kms:Decrypt', kmsKeyArn);
    if (refused !== undefined) return `${operation()}api error ${refused}`;
  }
  return undefined;
}

function secretError(task: Surroundings, reference: string): string | undefined {
  const [arn, key, stage, version, tooMany] = splitSecretReference(reference);
  if (tooMany !== undefined || [stage, version].includes(undefined) !== (key === undefined)) {
    return 'unexpected ARN format with parameters when trying to retrieve ASM secret';
  }
  const fetching = `${retried}failed to fetch secret ${arn} from secrets manager: operation error Secrets Manager: GetSecretValue, `;
  const failed = (error: string) => `${fetching}${v2(uuid(task.state.ids))}${error}`;
  const refused = refusal(task, 'secretsmanager:GetSecretValue', arn);
  if (refused !== undefined) return failed(`api error ${refused}`);
  const secret = task.state.world.secrets?.find(
    (known) => known.arn === arn || known.arn.slice(0, -7) === arn,
  );
  if (secret === undefined) {
    return failed("ResourceNotFoundException: Secrets Manager can't find the specified secret.");
  }
  if (secret.empty === true) {
    return failed(
      "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
  }
  if (secret.kmsKeyArn !== undefined && refusal(task, 'kms:Decrypt', secret.kmsKeyArn)) {
    return failed('api error AccessDeniedException: Access to KMS is not allowed');
  }
  if (key === undefined || key === '') return undefined;
  if (secret.keys === undefined) {
    return `${retried}invalid character 'p' in literal true (expecting 'r')`;
  }
  if (secret.keys.includes(key)) return undefined;
  return `${retried}retrieved secret from Secrets Manager did not contain json key ${key}`;
}

/** `arn:aws:secretsmanager:R:A:secret:NAME` and what follows it, colon by colon. */
function splitSecretReference(reference: string): [string, ...(string | undefined)[]] {
  const parts = reference.split(':');
  return [parts.slice(0, 7).join(':'), ...parts.slice(7)];
}

function imageError(task: Surroundings): string | undefined {
  const { repositories } = task.state.world;
  for (const { image } of containers(task.body)) {
    if (!isEcr(image)) continue;
    const [, name = '', tag = 'latest'] = /\/([^:@]+)(?::([^@]+))?/.exec(image) ?? [];
    const repository = task.arn('ecr', `repository/${name}`);
    const mayPull =
      task.role === undefined || roleAllows(task.role, 'ecr:BatchGetImage', repository);
    if (!mayPull) {
      const host = image.slice(0, image.indexOf('/'));
      return `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: unexpected status from HEAD request to https://${host}/v2/${name}/manifests/${tag}: 403 Forbidden`;
    }
    if (repositories !== undefined && !repositories[name]?.tags.includes(tag)) {
      return imageMissing(image);
    }
  }
  return undefined;
}

function logsError(task: Surroundings): string | undefined {
  for (const container of containers(task.body)) {
    const log = container.logConfiguration as { logDriver?: string; options?: Json } | undefined;
    if (log?.logDriver !== 'awslogs') continue;
    const group = String(log.options?.['awslogs-group']);
    const logGroup = task.arn('logs', `log-group:${group}:log-stream:`);
    const creates = log.options?.['awslogs-create-group'] === 'true';
    const exists = task.state.world.logGroups?.includes(group) ?? true;
    const failed = (operation: string, what: string, error: string) =>
      `${resourceError}failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log ${what}: operation error CloudWatch Logs: ${operation}, ${v2(uuid(task.state.ids))}${error} : exit status 1`;
    if (creates) {
      const refused = refusal(task, 'logs:CreateLogGroup', logGroup);
      if (refused !== undefined) return failed('CreateLogGroup', 'group', `api error ${refused}`);
    } else if (!exists) {
      const missing = 'ResourceNotFoundException: The specified log group does not exist.';
      return failed('CreateLogStream', 'stream', missing);
    }
    const refused = refusal(task, 'logs:CreateLogStream', logGroup);
    if (refused !== undefined) return failed('CreateLogStream', 'stream', `api error ${refused}`);
  }
  return undefined;
}

function refusal(task: Surroundings, action: string, resource: string): string | undefined {
  if (task.role === undefined || roleAllows(task.role, action, resource)) return undefined;
  return `AccessDeniedException: ${accessDenied(task.user, action, resource)}`;
}

function assumable(state: State, roleArn: string): boolean {
  const role = state.world.roles?.[roleNameOf(roleArn) ?? ''];
  return (
    role !== undefined && (role.trust ?? 'ecs-tasks.amazonaws.com') === 'ecs-tasks.amazonaws.com'
  );
}

function notAssumable(arn: string): string {
  return `failed to launch a task with (error ECS was unable to assume the role '${arn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).`;
}

function imageMissing(image: string): string {
  return `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${image}: ${image}: not found`;
}

function parameterName(reference: string): string {
  const [, , , , , resource] = reference.split(':');
  if (!reference.startsWith('arn:') || resource === undefined) return reference;
  const name = resource.replace(/^parameter\//, '');
  return name.includes('/') ? `/${name}` : name;
}

function roleNameOf(arn: unknown): string | undefined {
  return typeof arn === 'string' ? arn.slice(arn.lastIndexOf('/') + 1) : undefined;
}

function isEcr(image: unknown): image is string {
  return typeof image === 'string' && /^\d{12}\.dkr\.ecr\./.test(image);
}

export function containers(body: Json): Json[] {
  return list(body.containerDefinitions);
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value : [];
}

/** The containers of a task that has just been made. */
export function taskContainers(state: State, body: Json, taskArn: string): Json[] {
  const path = taskArn.slice(taskArn.indexOf(':task/') + ':task/'.length);
  const prefix = taskArn.slice(0, taskArn.indexOf(':task/'));
  return containers(body).map((container) => ({
    containerArn: `${prefix}:container/${path}/${uuid(state.ids)}`,
    taskArn,
    name: container.name,
    image: container.image,
    lastStatus: 'PENDING',
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: String(container.cpu ?? 0),
    runtimeId: hex(state.ids),
  }));
}
