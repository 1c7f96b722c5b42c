import { describe } from 'vitest';
import {
  ACCOUNT,
  checkRows,
  container,
  denial,
  event,
  missing,
  REGION,
  REQUEST,
  type Row,
  TASK,
  task,
} from './table.ts';

const RIE = 'ResourceInitializationError: ';
const PSR = `${RIE}unable to pull secrets or registry auth: `;
const V1 = `${PSR}execution resource retrieval failed: `;
const TAIL = ` status code: 400, request id: ${REQUEST}`;
const ANSWER = `https response error StatusCode: 400, RequestID: ${REQUEST}, `;
const NO_ANSWER = 'https response error StatusCode: 0, RequestID: , ';
const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-eusc'];
const RETRIES = [1, 3, 5, 7];

const role = { principal: 'web-execution', principalKind: 'execution-role' } as const;
const parameter = (partition = 'aws') =>
  `arn:${partition}:ssm:${REGION}:${ACCOUNT}:parameter/web/prod/password`;
const secret = (partition = 'aws') =>
  `arn:${partition}:secretsmanager:${REGION}:${ACCOUNT}:secret:web/prod-AbCd12`;
const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1f2e3d4c-1111-2222-3333-444455556666`;

const parameterDenied = (partition = 'aws') => ({
  class: 'secret-access-denied' as const,
  ...role,
  action: 'ssm:GetParameters',
  resource: parameter(partition),
  ...missing,
});
const secretDenied = (partition = 'aws') => ({
  class: 'secretsmanager-access-denied' as const,
  ...role,
  action: 'secretsmanager:GetSecretValue',
  resource: secret(partition),
  ...missing,
});

describe('SSM parameters', () => {
  checkRows([
    ...PARTITIONS.flatMap((partition): Row[] => [
      task(
        `${V1}unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: ${denial('ssm:GetParameters', parameter(partition), { partition })}${TAIL}`,
        parameterDenied(partition),
      ),
      task(
        `${PSR}unable to retrieve secrets from ssm: service call has been retried 1 time(s): operation error SSM: GetParameters, ${ANSWER}api error AccessDeniedException: ${denial('ssm:GetParameters', parameter(partition), { partition })}`,
        parameterDenied(partition),
      ),
    ]),
    task(
      `${V1}unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /path/a, /path/b`,
      [
        { class: 'secret-not-found', resource: '/path/a' },
        { class: 'secret-not-found', resource: '/path/b' },
      ],
    ),
    task(`${RIE}invalid ssm parameters: /path/a`, {
      class: 'secret-not-found',
      resource: '/path/a',
    }),
    container(
      'Fetching secret data from SSM Parameter Store in eu-west-1: invalid parameters: a,b',
      [
        { class: 'secret-not-found', resource: 'a' },
        { class: 'secret-not-found', resource: 'b' },
      ],
    ),
    ...RETRIES.map((times) =>
      task(
        `${V1}unable to retrieve secrets from ssm: service call has been retried ${times} time(s): RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.`,
        { class: 'secret-network' },
      ),
    ),
    task(
      `${PSR}unable to retrieve secrets from ssm: The task cannot pull secrets from AWS Systems Manager. There is a connection issue between the task and AWS Systems Manager Parameter Store. Check your task network configuration. RequestCanceled: request context canceled caused by: context deadline exceeded`,
      { class: 'secret-network' },
    ),
    task(
      `${PSR}unable to retrieve secrets from ssm: The task cannot pull secrets from AWS Systems Manager. There is a connection issue between the task and AWS Systems Manager Parameter Store. Check your task network configuration. operation error SSM: GetParameters, ${NO_ANSWER}canceled, context deadline exceeded`,
      { class: 'secret-network' },
    ),
    task(
      `${V1}unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.${TAIL}`,
      { class: 'kms-denied', principalKind: 'execution-role', action: 'kms:Decrypt' },
    ),
    task(
      `${V1}unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: ${denial('kms:Decrypt', KEY)}${TAIL}`,
      { class: 'kms-denied', ...role, action: 'kms:Decrypt', resource: KEY, ...missing },
    ),
    ...['on this resource', 'on the resource associated with this ciphertext'].map((resource) =>
      task(
        `${V1}unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/web-execution/${TASK} is not authorized to perform: kms:Decrypt ${resource} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access${TAIL}`,
        {
          class: 'kms-denied',
          ...role,
          action: 'kms:Decrypt',
          fixableInRole: false,
          policy: 'resource',
        },
      ),
    ),
  ]);
});

describe('Secrets Manager', () => {
  const from = (call: string) =>
    `${V1}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secret()} from secrets manager: ${call}`;
  checkRows([
    ...PARTITIONS.flatMap((partition) => [
      task(
        `${PSR}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secret(partition)} from secrets manager: operation error Secrets Manager: GetSecretValue, ${ANSWER}api error AccessDeniedException: ${denial('secretsmanager:GetSecretValue', secret(partition), { partition })}`,
        secretDenied(partition),
      ),
      task(
        `${V1}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secret(partition)} from secrets manager: AccessDeniedException: ${denial('secretsmanager:GetSecretValue', secret(partition), { partition })}${TAIL}`,
        secretDenied(partition),
      ),
    ]),
    ...[
      `ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT${TAIL}`,
      'ResourceNotFoundException: Secrets Manager can’t find the specified secret.',
      `operation error Secrets Manager: GetSecretValue, ${ANSWER}ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
      `ResourceNotFoundException: The task can't retrieve the secret with ARN '${secret()}' from AWS Secrets Manager. Check whether the secret exists in the specified Region`,
      `InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.`,
    ].map((call) => task(from(call), { class: 'secretsmanager-not-found', resource: secret() })),
    task(from(`AccessDeniedException: Access to KMS is not allowed${TAIL}`), {
      class: 'kms-denied',
      principalKind: 'execution-role',
      action: 'kms:Decrypt',
    }),
    task(
      `${PSR}unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret ${secret()} from secrets manager: operation error Secrets Manager: GetSecretValue, ${NO_ANSWER}canceled, context deadline exceeded`,
      { class: 'secret-network' },
    ),
    ...[
      'retrieved secret from Secrets Manager did not contain json key DATABASE_URL',
      `invalid character 'p' in literal true (expecting 'r')`,
      'unexpected ARN format with parameters when trying to retrieve ASM secret',
    ].map((words) =>
      task(
        `${V1}unable to retrieve secret from asm: service call has been retried 1 time(s): ${words}`,
        { class: 'secret-key-missing' },
      ),
    ),
    task(
      `${V1}unable to get registry auth from asm: service call has been retried 1 time(s): asm fetching secret from the service for registry: RequestError: send request failed caused by: Post "https://secretsmanager.eu-west-1.amazonaws.com/": dial tcp 10.0.0.9:443: i/o timeout`,
      { class: 'secret-network' },
    ),
    task(
      `Fetching secret data from AWS Secrets Manager in region eu-west-1: secret ${secret()}: AccessDeniedException: ${denial('secretsmanager:GetSecretValue', secret())}${TAIL}`,
      secretDenied(),
    ),
  ]);
});

describe('ECR authorization', () => {
  checkRows([
    ...RETRIES.map((times) =>
      task(
        `${V1}unable to retrieve ecr registry auth: service call has been retried ${times} time(s): RequestError: send request failed caused by: Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 63.34.60.134:443: i/o timeout. Please check your task network configuration.`,
        { class: 'registry-network' },
      ),
    ),
    task(
      `${PSR}The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, ${NO_ANSWER}request send failed, Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 63.34.60.134:443: i/o timeout`,
      { class: 'registry-network' },
    ),
    task(
      `${PSR}unable to retrieve ecr registry auth: service call has been retried 1 time(s): operation error ECR: GetAuthorizationToken, ${ANSWER}api error AccessDeniedException: ${denial('ecr:GetAuthorizationToken', '*')}`,
      {
        class: 'registry-auth-denied',
        ...role,
        action: 'ecr:GetAuthorizationToken',
        resource: '*',
        ...missing,
      },
    ),
    ...[
      'dial tcp 10.0.0.1:443',
      'dial udp 10.0.0.2:53',
      'i/o timeout',
      'net/http: TLS handshake timeout',
      'read: connection timed out',
      'net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
      'net/http: request canceled while waiting for connection',
      'signal: killed',
      'context deadline exceeded',
    ].map((marker) =>
      task(
        `${V1}unable to retrieve ecr registry auth: service call has been retried 1 time(s): ${marker}`,
        { class: 'registry-network' },
      ),
    ),
    task(`${PSR}pull command failed: : signal: killed`, { class: 'registry-network' }),
    task(
      `${RIE}failed to download env files: The task can't download the environment variable files from Amazon S3. There is a connection issue between the task and Amazon S3. Check your task network configuration.`,
      { class: 'env-file' },
    ),
  ]);
});

const IMAGE = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11`;
const HOST = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
const DIGEST = 'sha256:69998e9cf3744779b98d816351e6ac837dc0eea4f450e0ad4180b6aefe995d33';

describe('image pulls', () => {
  const pull = 'CannotPullContainerError: ';
  checkRows([
    ...RETRIES.map((times) =>
      task(
        `${pull}pull image manifest has been retried ${times} time(s): failed to resolve ref ${IMAGE}: ${IMAGE}: not found`,
        { class: 'image-not-found', resource: IMAGE },
      ),
    ),
    task(
      `${pull}pull image manifest has been retried 7 time(s): failed to resolve ref ${IMAGE}@${DIGEST}: ${IMAGE}@${DIGEST}: not found`,
      { class: 'image-not-found', resource: `${IMAGE}@${DIGEST}` },
    ),
    task(
      `${pull}inspect image has been retried 1 time(s): failed to resolve ref "${IMAGE}": ${IMAGE}: not found`,
      { class: 'image-not-found', resource: IMAGE },
    ),
    ...['linux/amd64', 'linux/arm64', 'linux/arm64/v8', 'windows/amd64'].flatMap((platform) => [
      task(`${pull}image Manifest does not contain descriptor matching platform '${platform}'`, {
        class: 'image-platform-mismatch',
        platform,
      }),
      task(
        `${pull}pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform '${platform}'`,
        { class: 'image-platform-mismatch', platform },
      ),
    ]),
    task(
      `${pull}pull image manifest has been retried 7 time(s): failed to resolve ref ${IMAGE}: unexpected status from HEAD request to https://${HOST}/v2/web/manifests/${DIGEST}: 403 Forbidden`,
      { class: 'image-access-denied', principalKind: 'execution-role', resource: IMAGE },
    ),
    task(
      `${pull}ref pull has been retried 1 time(s): unexpected status from HEAD request to https://${HOST}/v2/web/blobs/${DIGEST}: 403 Forbidden`,
      { class: 'image-access-denied', principalKind: 'execution-role', resource: `${HOST}/web` },
    ),
    task(
      `${pull}inspect image has been retried 1 time(s): failed to resolve ref "${IMAGE}": unexpected status code [manifests 9d04e11]: 403 Forbidden`,
      { class: 'image-access-denied', principalKind: 'execution-role', resource: IMAGE },
    ),
    task(
      `${pull}pulling from host ${HOST} failed with status code [manifests latest]: 403 Forbidden`,
      { class: 'image-access-denied', principalKind: 'execution-role' },
    ),
    task(
      `${pull}inspect image has been retried 5 time(s): failed to resolve ref "docker.io/library/nginx:latest": failed to do request: Head "https://registry-1.docker.io/v2/library/nginx/manifests/latest": dial tcp 34.237.244.67:443: i/o timeout`,
      { class: 'registry-network', resource: 'registry-1.docker.io' },
    ),
    ...['httpReadSeeker', 'httpReaderSeeker'].flatMap((seeker) =>
      ['your pull rate limit', 'your unauthenticated pull rate limit'].map((limit) =>
        task(
          `${pull}ref pull has been retried 1 time(s): failed to copy: ${seeker}: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/${DIGEST}: 429 Too Many Requests - Server message: toomanyrequests: You have reached ${limit}. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit`,
          { class: 'image-rate-limited', resource: 'library/nginx' },
        ),
      ),
    ),
    task(
      `${pull}pull image manifest has been retried 7 time(s): httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/1.27: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.`,
      { class: 'image-rate-limited', resource: 'library/nginx:1.27' },
    ),
    task(
      `${pull}ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/abc/${DIGEST}": dial tcp 52.217.233.242:443: i/o timeout`,
      {
        class: 'registry-network',
        resource: 'prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com',
      },
    ),
    task(
      `${pull}ref pull has been retried 1 time(s): failed to unpack image on snapshotter overlayfs: failed to extract layer ${DIGEST}: failed to get stream processor for application/vnd.in-toto+json: no processor for media-type`,
      { class: 'image-pull-other' },
    ),
    container(`${pull}write /var/lib/docker/tmp/GetImageBlob111111111: no space left on device`, {
      class: 'image-pull-other',
    }),
    container(
      `${pull}Error response from daemon: pull access denied for web, repository does not exist or may require 'docker login'`,
      { class: 'image-access-denied', resource: 'web' },
    ),
    task(`${pull}error pulling image configuration`, { class: 'image-pull-other' }),
    task(`${pull}Context canceled`, { class: 'registry-network' }),
    task(
      `${pull}pull command failed: panic: runtime error: invalid memory address or nil pointer dereference`,
      { class: 'image-pull-other' },
    ),
    task(
      `${pull}The task cannot pull 'web' from the Amazon ECR repository '${HOST}/web'. There is a connection issue between the task and Amazon ECR. Check your task network configuration.`,
      { class: 'registry-network' },
    ),
    container(
      `${pull}The task can’t pull the image. Check that the role has the permissions to pull images from the registry. Error response from daemon: pull access denied for ${HOST}/web, repository does not exist or may require 'docker login': denied: ${denial('ecr:BatchGetImage', `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/web`)}`,
      {
        class: 'image-access-denied',
        ...role,
        action: 'ecr:BatchGetImage',
        resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/web`,
        ...missing,
      },
    ),
    container(
      `${pull}The task can’t pull the image. Check whether the image exists. Error response from daemon: manifest for ${IMAGE} not found: manifest unknown: Requested image not found`,
      { class: 'image-not-found', resource: IMAGE },
    ),
    container(
      `${pull}The task can’t pull the image. Check your network configuration. Error response from daemon: Get "https://${HOST}/v2/": dial tcp: lookup ${HOST} on 10.0.0.2:53: no such host`,
      { class: 'registry-network', resource: HOST },
    ),
    container(
      `CannotPullECRContainerError: AccessDeniedException: ${denial('ecr:GetAuthorizationToken', '*')}`,
      {
        class: 'registry-auth-denied',
        ...role,
        action: 'ecr:GetAuthorizationToken',
        resource: '*',
        ...missing,
      },
    ),
    container(`CannotPullContainerAuthError: no basic auth credentials`, {
      class: 'image-access-denied',
    }),
    container(`CannotPullImageManifestError: Error response from daemon: manifest unknown`, {
      class: 'image-not-found',
    }),
    container(`DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s`, {
      class: 'container-start-failed',
    }),
  ]);
});

describe('logs', () => {
  const args = `${RIE}failed to validate logger args: `;
  const once = 'create stream has been retried 1 times: ';
  const group = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/ecs/web:log-stream:`;
  checkRows([
    task(
      `${args}${once}failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1`,
      { class: 'log-group-missing' },
    ),
    task(
      `${args}${once}failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, ${ANSWER}ResourceNotFoundException: The specified log group does not exist. : exit status 1`,
      { class: 'log-group-missing' },
    ),
    ...['CreateLogGroup', 'CreateLogStream'].flatMap((call) => {
      const words = call === 'CreateLogGroup' ? 'log group' : 'log stream';
      return ['', `operation error CloudWatch Logs: ${call}, ${ANSWER}api error `].map((frame) =>
        task(
          `${args}${once}failed to create Cloudwatch ${words}: ${frame}AccessDeniedException: ${denial(`logs:${call}`, group)} : exit status 1`,
          {
            class: 'log-access-denied',
            ...role,
            action: `logs:${call}`,
            resource: group,
            ...missing,
          },
        ),
      );
    }),
    task(
      `${args}The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed`,
      { class: 'log-network' },
    ),
    task(`${args}unable to get awslogs driver arguments: awslogs-region is required`, {
      class: 'log-config',
    }),
    container(
      `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: awslogs-group must be specified`,
      { class: 'log-config' },
    ),
  ]);
});

describe('EFS', () => {
  const efs = `${RIE}failed to invoke EFS utils commands to set up EFS volumes: stderr: `;
  const end = ' : unsuccessful EFS utils command execution; code: 32';
  const id = 'fs-06f98f3e7fbc8300c';
  checkRows([
    task(`${efs}b'mount.nfs4: access denied by server while mounting 127.0.0.1:/'${end}`, {
      class: 'efs-access-denied',
    }),
    task(
      `${efs}mount.nfs4: mounting ${id}.efs.eu-west-1.amazonaws.com:/data failed, reason given by server: No such file or directory${end}`,
      { class: 'efs-path-missing', resource: id },
    ),
    task(
      `${efs}Failed to resolve "${id}.efs.eu-west-1.amazonaws.com" - check that your file system ID is correct${end}`,
      {
        class: 'efs-network',
        resource: id,
      },
    ),
    task(
      `${efs}Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. b'mount.nfs4: mount system call failed'${end}`,
      { class: 'efs-network' },
    ),
    task(`${efs}mount.nfs4: Connection reset by peer${end}`, { class: 'efs-network' }),
  ]);
});

describe('the event repeats the reason of the task', () => {
  checkRows([
    event(
      `(service web) was unable to place a task. Reason: ${V1}unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /path/a.`,
      { class: 'secret-not-found', resource: '/path/a' },
    ),
    event(
      `(service web) was unable to place a task. Reason: CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${IMAGE}: not found.`,
      { class: 'image-not-found', resource: IMAGE },
    ),
    event(
      `service web was unable to place a task. Reason: ${PSR}unable to retrieve secrets from ssm: service call has been retried 1 time(s): operation error SSM: GetParameters, ${ANSWER}api error AccessDeniedException: ${denial('ssm:GetParameters', parameter())}.`,
      parameterDenied(),
    ),
  ]);
});
