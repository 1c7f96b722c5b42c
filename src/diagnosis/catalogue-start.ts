import {
  answer,
  apiError,
  type CatalogueGroup,
  event,
  failedToStart,
  notAuthorized,
  pulling,
} from './catalogue-entry.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:web/prod-AbC123';
const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web';
const GROUP = 'arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web:log-stream:';

export const secrets = {
  'secret-access-denied': {
    title: 'SSM parameter: access denied',
    meaning:
      'The execution role may not read a parameter that the task definition names under secrets. The task role does not count here: ECS reads secrets before the container runs.',
    example: pulling(
      `unable to retrieve secrets from ssm: service call has been retried 1 time(s): ${apiError(
        'SSM: GetParameters',
        `AccessDeniedException: ${notAuthorized('ssm:GetParameters', 'arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password')}`,
      )}`,
    ),
  },
  'secret-not-found': {
    title: 'SSM parameter: not found',
    meaning:
      'No parameter of this name exists in the account and region of the reference; a bare name means the region of the task.',
    example: pulling(
      'unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /web/prod/pasword',
    ),
  },
  'secret-network': {
    title: 'Secrets: no route',
    meaning:
      'The task cannot reach SSM or Secrets Manager: its subnet has no way out, or a security group is closed.',
    example: pulling(
      'unable to retrieve secrets from ssm: The task cannot pull secrets from AWS Systems Manager. There is a connection issue between the task and AWS Systems Manager Parameter Store. Check your task network configuration. operation error SSM: GetParameters, https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded',
    ),
  },
  'secretsmanager-access-denied': {
    title: 'Secrets Manager: access denied',
    meaning: 'The execution role may not read a secret that the task definition names.',
    example: pulling(
      `unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${SECRET} from secrets manager: ${apiError(
        'Secrets Manager: GetSecretValue',
        `AccessDeniedException: ${notAuthorized('secretsmanager:GetSecretValue', SECRET)}`,
      )}`,
    ),
  },
  'secretsmanager-not-found': {
    title: 'Secrets Manager: not found',
    meaning:
      'The secret does not exist in this region, is marked for deletion, or has no value of the version that is asked for. Often the six characters at the end of its ARN are missing or of a secret that was made anew.',
    example: pulling(
      `unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${SECRET} from secrets manager: ${apiError(
        'Secrets Manager: GetSecretValue',
        "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
      )}`,
    ),
  },
  'secret-key-missing': {
    title: 'Secrets Manager: JSON key missing',
    meaning:
      'The reference asks for one key of the secret, but its JSON has no such key, or its value is no JSON.',
    example: pulling(
      'unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key password',
    ),
  },
  'kms-denied': {
    title: 'KMS key: access denied',
    meaning:
      "The secret is encrypted with a key of your own, which the execution role may not use. Keys that AWS manages (aws/ssm, aws/secretsmanager) need no permission; a key's own policy may deny, too.",
    example: pulling(
      `unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${SECRET} from secrets manager: ${apiError(
        'Secrets Manager: GetSecretValue',
        `AccessDeniedException: ${notAuthorized('kms:Decrypt', 'arn:aws:kms:eu-west-1:123456789012:key/1b6a3f2e-0c4d-4a8e-9d55-7a1f0c2d3e4f')}`,
      )}`,
    ),
  },
} satisfies CatalogueGroup;

export const images = {
  'registry-auth-denied': {
    title: 'ECR token: access denied',
    meaning: 'The execution role may not ask Amazon ECR for the token that each pull starts with.',
    example: pulling(
      `unable to retrieve ecr registry auth: service call has been retried 1 time(s): ${apiError(
        'ECR: GetAuthorizationToken',
        `AccessDeniedException: ${notAuthorized('ecr:GetAuthorizationToken', '*')}`,
      )}`,
    ),
  },
  'registry-network': {
    title: 'Registry: no route',
    meaning: 'The task cannot reach the registry of its image.',
    example: pulling(
      'The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send failed, Post "https://api.ecr.eu-west-1.amazonaws.com/": dial tcp 10.0.1.20:443: i/o timeout',
    ),
  },
  'image-not-found': {
    title: 'Image: not found',
    meaning: 'The registry has no image of this name and tag.',
    example: failedToStart(
      `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${IMAGE}:9d04e11: ${IMAGE}:9d04e11: not found`,
    ),
  },
  'image-access-denied': {
    title: 'Image: access denied',
    meaning:
      'The registry does not give the image out. For Amazon ECR the execution role lacks a permission, or the repository of another account does not let it in; other registries want credentials, and some say the same of an image that does not exist.',
    example: failedToStart(
      `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${IMAGE}:9d04e11: unexpected status from HEAD request to https://${IMAGE.replace('/', '/v2/')}/manifests/9d04e11: 403 Forbidden`,
    ),
  },
  'image-platform-mismatch': {
    title: 'Image: other platform',
    meaning:
      'The image was not built for the CPU architecture or operating system that the task runs on; images from a Mac with Apple silicon are often for ARM64 only.',
    example: failedToStart(
      "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
    ),
  },
  'image-rate-limited': {
    title: 'Image: pull rate limit',
    meaning:
      'The registry limits how often images are pulled without credentials. All tasks behind one NAT gateway share its address and so the limit.',
    example: failedToStart(
      'CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/nginx/manifests/1.27: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
    ),
  },
  'image-pull-other': {
    title: 'Image: could not be pulled',
    meaning:
      "The pull failed for another reason, such as a full disk or a layer that cannot be unpacked. AWS's words say which.",
    example: failedToStart(
      'CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: write /var/lib/containerd/ingest/data: no space left on device',
    ),
  },
} satisfies CatalogueGroup;

export const logs = {
  'log-group-missing': {
    title: 'Log group: not found',
    meaning: 'The log group of the awslogs driver does not exist in its region.',
    example: failedToStart(
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: 8f5f2f1c-6a6c-4c0b-9d0d-3f0f4d1f8d11, ResourceNotFoundException: The specified log group does not exist. : exit status 1',
    ),
  },
  'log-access-denied': {
    title: 'Logs: access denied',
    meaning:
      'The execution role may not create the log stream, or the log group, of the container.',
    example: failedToStart(
      `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${apiError(
        'CloudWatch Logs: CreateLogStream',
        `AccessDeniedException: ${notAuthorized('logs:CreateLogStream', `${GROUP}ecs/app/0123456789abcdef0123456789abcdef`)}`,
      )}`,
    ),
  },
  'log-network': {
    title: 'Logs: no route',
    meaning:
      'The task cannot reach CloudWatch Logs. AWS\'s "cannot find the log group" is misleading: the group may well exist.',
    example: failedToStart(
      'ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed',
    ),
  },
  'log-config': {
    title: 'Log driver: wrong options',
    meaning: 'The log driver does not start with the options of logConfiguration.',
    example: failedToStart(
      'ResourceInitializationError: failed to validate logger args: unable to get awslogs driver arguments: awslogs-region is required : exit status 1',
    ),
  },
} satisfies CatalogueGroup;

export const roles = {
  'role-not-assumable': {
    title: 'Role: cannot be assumed',
    meaning:
      'ECS cannot assume the execution role or task role: it does not exist, or its trust policy names another service. Just after a role was made this passes by itself.',
    example: event(
      "failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::123456789012:role/web-execution' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.).",
    ),
  },
  'pass-role-denied': {
    title: 'Role: may not be passed',
    meaning:
      'Whoever registers a task definition needs iam:PassRole on the roles that it names. It is the deployer that lacks it, not the role.',
    example: answer(
      'RegisterTaskDefinition',
      'AccessDeniedException',
      'User: arn:aws:sts::123456789012:assumed-role/web-deployer/GitHubActions is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/web-execution because no identity-based policy allows the iam:PassRole action',
    ),
  },
  'deployer-access-denied': {
    title: 'Deployer: access denied',
    meaning: 'The role of the workflow lacks a permission for a call that the deployment makes.',
    example: answer(
      'UpdateService',
      'AccessDeniedException',
      'User: arn:aws:sts::123456789012:assumed-role/web-deployer/GitHubActions is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-west-1:123456789012:service/prod/web because no identity-based policy allows the ecs:UpdateService action',
    ),
  },
} satisfies CatalogueGroup;

export const storage = {
  'env-file': {
    title: 'Environment file: could not be read',
    meaning:
      'A file of environmentFiles does not come from Amazon S3: the execution role may not read it, it does not exist, or there is no route.',
    example: failedToStart(
      'ResourceInitializationError: failed to download env files: file download command: non empty error stream: service call has been retried 1 time(s): operation error S3: HeadObject, https response error StatusCode: 403, RequestID: 4T7J8K2M9N1P3Q5R, api error Forbidden: Forbidden',
    ),
  },
  'efs-access-denied': {
    title: 'EFS: access denied',
    meaning:
      'The file system does not let the task mount it: its policy wants an IAM role that may, or an access point is wrong.',
    example: failedToStart(
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32",
    ),
  },
  'efs-network': {
    title: 'EFS: no route',
    meaning:
      'The task cannot reach a mount target of the file system: there is none in its availability zone, DNS does not resolve it, or port 2049 is closed.',
    example: failedToStart(
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-0123456789abcdef0.efs.eu-west-1.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID. : unsuccessful EFS utils command execution; code: 1',
    ),
  },
  'efs-path-missing': {
    title: 'EFS: directory not found',
    meaning: 'The root directory of the volume does not exist on the file system.',
    example: failedToStart(
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: mounting fs-0123456789abcdef0.efs.eu-west-1.amazonaws.com:/data failed, reason given by server: No such file or directory' : unsuccessful EFS utils command execution; code: 32",
    ),
  },
} satisfies CatalogueGroup;
