import { hashOf } from '../ids.ts';
import type { Play } from '../world.ts';
import { containers, isSecretsManager, mainContainer, secretReferences } from './definition.ts';
import { imageMissing, isOfOtherPlatform, startError } from './start-errors.ts';
import type { Deployment, Fate, State } from './state.ts';
import type { Surroundings } from './surroundings.ts';
import { isAssumable, surroundings } from './surroundings.ts';

/** What the launch of one task comes to: a task with its fate, or no task at all and an event. */
export type Launch = { task: Fate; log: LogSpec } | { noTask: string };

/** What the containers of a task log: lines by container, and bytes of filler before them. */
export interface LogSpec {
  lines: Record<string, string[]>;
  bytes: number;
}

const silence: LogSpec = { lines: {}, bytes: 0 };

/** Settles a task at its launch: the world decides first, then the play. */
export function settle(state: State, deployment: Deployment, taskId: string): Launch {
  const definition = state.taskDefinitions.find(
    (candidate) => candidate.arn === deployment.parameters.taskDefinition,
  );
  const body = definition?.body ?? {};
  for (const field of ['executionRoleArn', 'taskRoleArn']) {
    const arn = body[field];
    if (typeof arn === 'string' && !isAssumable(state, arn)) return { noTask: notAssumable(arn) };
  }
  const task = surroundings(state, body, taskId);
  const reason = startError(task);
  if (reason !== undefined) return { task: cannotStart(reason), log: silence };
  const other = containers(body).find(({ image }) => isOfOtherPlatform(task, image));
  if (other !== undefined) return execFormat(String(other.name), silence);
  return fromPlay(deployment.play, deployment.launched, task);
}

function fromPlay(play: Play, launched: number, task: Surroundings): Launch {
  if (play.onlyFirst !== undefined && launched >= play.onlyFirst) {
    return { task: { kind: 'healthy' }, log: silence };
  }
  const main = mainContainer(task.body);
  const name = String(main?.name);
  const image = String(main?.image);
  const log: LogSpec = { lines: play.logs ?? {}, bytes: play.logBytes ?? 0 };
  const exit = (exitCode: number, reason?: string): Launch => ({
    task: { kind: 'exit', container: name, exitCode, ...(reason !== undefined && { reason }) },
    log,
  });
  switch (play.outcome) {
    case 'healthy':
    case 'alarm':
      return { task: { kind: 'healthy' }, log };
    case 'hang':
      return { task: { kind: 'hang' }, log: silence };
    case 'app-exit':
      return exit(play.exitCode ?? 1);
    case 'exit-zero':
      return exit(0);
    case 'oom':
      return exit(137, 'OutOfMemoryError: Container killed due to memory usage');
    case 'exec-format':
      return execFormat(name, log);
    case 'spot':
      return { task: { kind: 'spot' }, log };
    case 'unhealthy': {
      const reason = play.healthReason ?? 'Health checks failed with these codes: [503]';
      return { task: { kind: 'elb-unhealthy', reason }, log };
    }
    case 'unhealthy-container':
      return { task: { kind: 'container-unhealthy' }, log };
    case 'image-missing':
      return { task: cannotStart(imageMissing(image)), log: silence };
    case 'rate-limited':
      return { task: cannotStart(rateLimited(image)), log: silence };
    case 'no-route':
      return { task: cannotStart(noRoute(task)), log: silence };
    case 'no-capacity':
      return {
        noTask:
          'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      };
    case 'fail':
      if (play.fail === undefined) throw new Error('A play with the outcome "fail" needs `fail`.');
      return { task: { kind: 'custom', failure: play.fail }, log };
  }
}

function cannotStart(stoppedReason: string): Fate {
  return { kind: 'start-failure', stopCode: 'TaskFailedToStart', stoppedReason };
}

/** The kernel cannot run the program: only the log says so. */
function execFormat(container: string, { lines, bytes }: LogSpec): Launch {
  const said = lines[container] ?? ['exec /usr/local/bin/docker-entrypoint.sh: exec format error'];
  return {
    task: { kind: 'exit', container, exitCode: 1 },
    log: { lines: { ...lines, [container]: said }, bytes },
  };
}

function notAssumable(arn: string): string {
  return `failed to launch a task with (error ECS was unable to assume the role '${arn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).`;
}

function rateLimited(image: string): string {
  const [name = ''] = image.split(/[:@]/);
  const path = name.includes('/') ? name : `library/${name}`;
  return `CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/${path}/manifests/sha256:${hashOf(image)}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit`;
}

/** What a task without a route to AWS says: the first service that it needs does not answer. */
function noRoute({ state, body }: Surroundings): string {
  const pull = 'ResourceInitializationError: unable to pull secrets or registry auth: ';
  const canceled =
    'https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded';
  const references = secretReferences(body);
  const secret = references.find(isSecretsManager);
  if (secret !== undefined) {
    const arn = secret.split(':').slice(0, 7).join(':');
    return `${pull}unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret ${arn} from secrets manager: operation error Secrets Manager: GetSecretValue, ${canceled}`;
  }
  if (references.length > 0) {
    return `${pull}unable to retrieve secrets from ssm: The task cannot pull secrets from AWS Systems Manager. There is a connection issue between the task and AWS Systems Manager Parameter Store. Check your task network configuration. operation error SSM: GetParameters, ${canceled}`;
  }
  return `${pull}The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post "https://api.ecr.${state.world.region}.amazonaws.com/": dial tcp 10.0.3.7:443: i/o timeout`;
}
