import { describe } from 'vitest';
import {
  ACCOUNT,
  api,
  checkRows,
  container,
  denial,
  deployment,
  event,
  missing,
  REQUEST,
  type Row,
  TASK,
  task,
} from './table.ts';

const RIE = 'ResourceInitializationError: ';
const PSR = `${RIE}unable to pull secrets or registry auth: `;
const V1 = `${PSR}execution resource retrieval failed: `;
const execution = { principal: 'web-execution', principalKind: 'execution-role' } as const;

const logLine = (exitCode: number, line: string, expected: Row['expected'][number]): Row => ({
  evidence: {
    kind: 'stopped-task',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'app', exitCode, reason: null }],
    logs: { app: [line] },
  },
  text: line,
  expected: [{ container: 'app', exitCode, ...expected }],
});

describe('texts that people met: secrets', () => {
  checkRows([
    task(
      `${V1}unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadli...`,
      { class: 'secret-network' },
    ),
    task(
      `${V1}unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:us-west-2:*:secret:DBPasswordSecret-* from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.`,
      { class: 'secret-network' },
    ),
    task(
      `${V1}unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: ....`,
      { class: 'secret-access-denied', principalKind: 'execution-role' },
    ),
    task(`${PSR}\nunable to retrieve secrets from ssm: AccessDeniedException`, {
      class: 'secret-access-denied',
      principalKind: 'execution-role',
    }),
    task(
      `${RIE}unable to retrieve secret from asm:\nretrieved secret from Secrets Manager did not contain json key connectionString`,
      {
        class: 'secret-key-missing',
      },
    ),
    task(
      `${RIE}unable to retrieve secret from asm:\nfailed to fetch secret arn:aws:secretsmanager:...:secret:tracker/db-KMHXlO\napi error ValidationException: Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!`,
      { class: 'secretsmanager-not-found' },
    ),
    task(
      `${RIE}unable to pull secrets or registry auth:\n  … failed to fetch secret …vitals/chat/webhook-url-rYPXY8 …\n  ResourceNotFoundException: Secrets Manager can't find the specified\n  secret value for staging label: AWSCURRENT.`,
      { class: 'secretsmanager-not-found' },
    ),
    task(
      `${PSR}unable to retrieve secret from asm: There is a connection issue between \nthe task and AWS Secrets Manager.`,
      { class: 'secret-network' },
    ),
    task(
      `${PSR}\nexecution resource retrieval failed: unable to retrieve secret from asm: \napi error AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/ecsTaskExecutionRole/[task-id] \nis not authorized to perform: secretsmanager:GetSecretValue`,
      {
        class: 'secretsmanager-access-denied',
        principal: 'ecsTaskExecutionRole',
        principalKind: 'execution-role',
        action: 'secretsmanager:GetSecretValue',
      },
    ),
    event(
      `service orders-api was unable to place a task because ResourceInitializationError: unable to retrieve secret from asm: AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/orders-ecs-execution/ecs-task is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:prod/orders/DATABASE_URL-a1b2c3`,
      {
        class: 'secretsmanager-access-denied',
        principal: 'orders-ecs-execution',
        principalKind: 'execution-role',
        action: 'secretsmanager:GetSecretValue',
        resource: `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:prod/orders/DATABASE_URL-a1b2c3`,
      },
    ),
    task(
      `${V1}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:ap-southeast-1:redact:secret:test-secret from secrets manager: AccessDeniedException: User: arn:aws:sts::redact:assumed-role/Dify-ExecutionRole4406CA16-redact is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:ap-southeast-1:redact:secret:test-secret because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400, `,
      {
        class: 'secretsmanager-access-denied',
        principal: 'Dify-ExecutionRole4406CA16-redact',
        principalKind: 'execution-role',
        action: 'secretsmanager:GetSecretValue',
        resource: 'arn:aws:secretsmanager:ap-southeast-1:redact:secret:test-secret',
        ...missing,
      },
    ),
    task(
      `Fetching secret data from SSM Parameter Store in us-west-2: AccessDeniedException: User: arn:aws:sts::8XXXXXXXXX0:assumed-role/PLMECSTaskExecutionRole-1ELKRFLI7MRK8/ab31f3f626f2442da9bfb200c618e393 is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:us-west-2:8XXXXXXXXX0:parameter/CFN-Parameter-BlcjtHm1Fj7R because no VPC endpoint policy allows the ssm:GetParameters action status code: 400, request id: xx-214b-4704-ad1e-xx`,
      {
        class: 'secret-access-denied',
        principal: 'PLMECSTaskExecutionRole-1ELKRFLI7MRK8',
        principalKind: 'execution-role',
        action: 'ssm:GetParameters',
        resource: 'arn:aws:ssm:us-west-2:8XXXXXXXXX0:parameter/CFN-Parameter-BlcjtHm1Fj7R',
        fixableInRole: false,
        policy: 'vpc-endpoint',
        explicit: false,
      },
    ),
    task(
      `${PSR}unable to retrieve secret from asm: trying to retrieve secret with value arn:x resulted in error: an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again.`,
      { class: 'secretsmanager-not-found' },
    ),
  ]);
});

describe('texts that people met: images', () => {
  const image = `${ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com`;
  checkRows([
    task(
      `CannotPullContainerError: inspect image has been retried 1 time(s): failed to resolve ref "xxxxx.xxx": unexpected status code [manifests 6981141]: 403 Forbidden`,
      { class: 'image-access-denied', resource: 'xxxxx.xxx' },
    ),
    event(
      `(service test) was unable to place a task. Reason: CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/library/repository:latest: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed.`,
      { class: 'image-access-denied', resource: 'docker.io/library/repository:latest' },
    ),
    container(
      `CannotPullContainerError: Error response from daemon: Get "https://${image}mmm/v2/": dial tcp: lookup ${image}mmm on 10.0.0.2:53: no such host`,
      { class: 'registry-network', resource: `${image}mmm` },
    ),
    task('CannotPullContainerError: dial tcp 52.217.233.242:443: i/o timeout', {
      class: 'registry-network',
    }),
    task(
      'CannotPullContainerError: inspect image has been retried 5 time(s): failed to resolve reference ...: i/o timeout',
      { class: 'registry-network' },
    ),
    task(
      `CannotPullContainerError: failed to pull image "${image}/reactions:latest"\nfailed to resolve reference ... net/http: request canceled`,
      { class: 'registry-network' },
    ),
    task(
      "CannotPullContainerError: ref pull has been retried 1 time(s): number of layers and diffIDs don't  match: 3 != 15",
      { class: 'image-pull-other' },
    ),
    task(
      `CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: Get ${image}/hello:0.0.1: dial tcp 52.219.199.138:443: i/o timeout`,
      { class: 'registry-network', resource: image },
    ),
    task(
      'CannotPullContainerError: inspect image has been retried 5 time(s): httpReaderSeeker: failed open: unexpected status code Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.',
      {
        class: 'image-rate-limited',
      },
    ),
    task('CannotPullContainerError: ref pull has been retried: not found: manifest unknown', {
      class: 'image-not-found',
    }),
    container(
      `CannotPullContainerError: Error response from daemon:\npull access denied for ${image}/my-service`,
      {
        class: 'image-access-denied',
        principalKind: 'execution-role',
      },
    ),
    container(
      `CannotPullContainerError: Error response from daemon: pull access denied for ${image}/aws-appmesh-envoy, repository does not exist or may require 'docker login'`,
      {
        class: 'image-access-denied',
        principalKind: 'execution-role',
        resource: `${image}/aws-appmesh-envoy`,
      },
    ),
    container('CannotPullContainerError: Error response from daemon', {
      class: 'image-pull-other',
    }),
    container(
      'CannotPullContainerError: failed to register layer: devicemapper: Error running deviceResume dm_task_run failed',
      { class: 'image-pull-other' },
    ),
    task(
      'CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReaderSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/amazon/aws-xray-daemon/manifests/sha256:2d964e1dbe7a8c9f03f4e9580ff00220bc84ce0294539c6...',
      { class: 'image-pull-other' },
    ),
  ]);
});

describe('texts that people met: logs, environment files, EFS, containers', () => {
  const efs = `${RIE}failed to invoke EFS utils commands to set up EFS volumes: stderr: `;
  checkRows([
    container(
      'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: CredentialsEndpointError: failed to load credentials caused by: RequestError: send request failed caused by: Get http://169.254.170.2/v2/credentials/x',
      { class: 'log-network' },
    ),
    container(
      'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: NoCredentialProviders: no valid providers in chain. Deprecated.',
      { class: 'log-config' },
    ),
    container(
      `CannotStartContainerError: API error (500): failed to initialize logging driver: ResourceNotFoundException: The specified log group does not exist.\n\tstatus code: 400, request id: ${REQUEST}\n`,
      { class: 'log-group-missing' },
    ),
    container(
      `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log group: AccessDeniedException: User: arn:aws:sts::${ACCOUNT}:assumed-role/amazon-ecs-cli-setup-EcsInstanceRole-1II7J9P4`,
      {
        class: 'log-access-denied',
        principalKind: 'execution-role',
        action: 'logs:CreateLogGroup',
      },
    ),
    container(
      "CannotStartContainerError: Error response from daemon: unknown log opt 'awslogs-stream-prefix' for awslogs log driver",
      { class: 'log-config' },
    ),
    task(
      `${RIE}failed to validate logger args:\nfailed to create CloudWatch log stream:\nResourceNotFoundException:\nThe specified log group does not exist.`,
      { class: 'log-group-missing' },
    ),
    task(
      `${RIE}failed to validate logger args\nThe task cannot find the Amazon CloudWatch log group defined in the task definition\nThere is a connection issue between the task and Amazon CloudWatch\nsignal: killed`,
      { class: 'log-network' },
    ),
    task(
      `${RIE}failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log`,
      { class: 'log-network' },
    ),
    task(
      `${RIE}failed to download env files: file download command: non-empty error stream: RequestCanceled: request context cancelled caused by: context deadline exceeded`,
      { class: 'env-file' },
    ),
    task(
      `${RIE}failed to download env files: file download command: non-empty error stream: failed to download file 1.env: failed to write to a temporary file: AccessDenied: Access Denied`,
      { class: 'env-file', principalKind: 'execution-role', action: 's3:GetObject' },
    ),
    task(`${efs}Failed to resolve "fs-0867a83d8ed398433.efs.`, {
      class: 'efs-network',
      resource: 'fs-0867a83d8ed398433',
    }),
    task(
      `${efs}mount.nfs4: Connection reset by peer : unsuccessful EFS utils command execution; code: 32`,
      {
        class: 'efs-network',
      },
    ),
    task(
      `${efs}b'mount.nfs4: mounting fs-<some numbers>.efs.<region>.amazonaws.com:/grafana failed, reason given by server: No such file or directory' : unsuccessful EFS utils command execution; code: 32`,
      {
        class: 'efs-path-missing',
      },
    ),
    task(
      `${efs}mount.nfs: Failed to resolve server fs-2ef75f85.efs.us-west-2.amazonaws.com: Name or service not known`,
      {
        class: 'efs-network',
        resource: 'fs-2ef75f85',
      },
    ),
    container(
      'CannotCreateContainerError: failed to copy file info for /var/lib/ecs/volumes/x: failed to chown /var/lib/ecs/volumes/x: operation not permitted',
      { class: 'container-start-failed' },
    ),
    container(
      'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: OCI runtime create failed: container_linux.go:370: starting container process caused: exec: "/opt/sonarqube/bin/run.sh": stat /opt/sonarqube/bin/run.sh...no such file or direct...',
      { class: 'container-start-failed' },
    ),
    container(
      'CannotStartContainerError: Error response from daemon: error gathering device information while adding custom device "/dev/dri/renderD130": no such file or directory',
      { class: 'container-start-failed' },
    ),
    container('CannotCreateContainerError: API error (500): Untar', {
      class: 'container-start-failed',
    }),
  ]);
});

describe('texts that people met: events', () => {
  const managed = (words: string) =>
    `(service gpu) was unable to place a task. Reason: ResourceInitializationError: Unable to launch instance(s) for capacity provider gpu-spot. ${words}`;
  checkRows([
    event(
      managed(
        'UnfulfillableCapacity: Unable to fulfill capacity due to your request configuration. Please adjust your request and try again.',
      ),
      { class: 'capacity-unavailable' },
    ),
    event(managed('InsufficientInstanceCapacity: There is no capacity.'), {
      class: 'capacity-unavailable',
    }),
    event(
      managed(
        `MaxSpotInstanceCountExceeded: Max spot instance count exceeded. RequestId: ${REQUEST}.`,
      ),
      { class: 'quota-exceeded' },
    ),
    event(managed('VcpuLimitExceeded: You have requested more vCPU capacity than your limit.'), {
      class: 'quota-exceeded',
    }),
    event(
      managed(
        `UnauthorizedOperation: You are not authorized to perform this operation. User: arn:aws:sts::XXXX:assumed-role/ecsInfrastructureRole/ECSFargateManagedInstances is not authorized to perform: iam:PassRole on resource: arn:aws:iam::XXXX:role/ecsInstanceRole because no identity-based policy allows the iam:PassRole action. RequestId: XXXX.`,
      ),
      {
        class: 'pass-role-denied',
        principal: 'ecsInfrastructureRole',
        principalKind: 'infrastructure-role',
        action: 'iam:PassRole',
        resource: 'arn:aws:iam::XXXX:role/ecsInstanceRole',
        ...missing,
      },
    ),
    event('(service x) was unable to place a task. Reason: TaskFailedToStart: RESOURCE:GPU.', {
      class: 'placement-failed',
    }),
    event(
      'service discord-prod was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
      { class: 'placement-failed' },
    ),
    event(
      'service **** was unable to place a task because no container instance met all of its requirements. The closest matching container-instance AAA-BBB has no **** available.',
      { class: 'placement-failed' },
    ),
    event(
      `(service demo) failed to register targets in (target-group arn:aws:elasticloadbalancing:us-west-2:${ACCOUNT}:targetgroup/demo-Targe-1HEN2/0c69c3eb5aa23bc9) with (error The following targets are not in the target group VPC 'vpc-11111111': 'i-11111111111111111')`,
      { class: 'bad-service-settings' },
    ),
    event(
      '(service my-svc) failed to register targets in (target-group 1234) with (error some-error)',
      {
        class: 'other',
      },
    ),
    event(
      `service myService failed to register targets in target-group web with (error User: arn:aws:sts::${ACCOUNT}:assumed-role/myELBRole/ecs-service-scheduler is not authorized to perform: elasticloadbalancing:RegisterTargets on resource: arn:aws:elasticloadbalancing:us-west-2:${ACCOUNT}:targetgroup/web/abc123 because no identity-based policy allows the elasticloadbalancing:RegisterTargets action)`,
      {
        class: 'deployer-access-denied',
        principal: 'myELBRole',
        principalKind: 'service-linked-role',
        action: 'elasticloadbalancing:RegisterTargets',
        resource: `arn:aws:elasticloadbalancing:us-west-2:${ACCOUNT}:targetgroup/web/abc123`,
        ...missing,
      },
    ),
    event(
      'deployment failed: Service deployment rolled back because PRE_SCALE_UP\nlifecycle hook(s) failed. ECS was unable to parse the response from\n…:function:prod-pre-scale-hook due to: HookStatus must not be null.',
      { class: 'lifecycle-hook-failed' },
    ),
    event("Error occurred during operation 'ECS Deployment Circuit Breaker was triggered.", {
      class: 'breaker-tripped',
    }),
  ]);
});

describe('texts that people met: API errors', () => {
  checkRows([
    api('CreateService', 'InvalidParameterException', 'subnets can not be empty.', {
      class: 'bad-service-settings',
    }),
    api('CreateService', 'ClusterNotFoundException', 'The referenced cluster was inactive.', {
      class: 'cluster-not-found',
    }),
    api(
      'UpdateService',
      'InvalidParameterException',
      "The service couldn't be updated because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
      { class: 'bad-service-settings' },
    ),
    api(
      'CreateService',
      'InvalidParameterException',
      'Unable to assume role and validate the listeners configured on your load balancer. Please verify that the ECS service role being passed has the proper permissions.',
      { class: 'role-not-assumable', action: 'sts:AssumeRole' },
    ),
    api(
      'RunTask',
      'AccessDeniedException',
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/batch-poc/batch-poc is not authorized to perform: ecs:RunTask on resource: arn:aws:ecs:us-east-1:${ACCOUNT}:task-definition/batch-poc-aece9bcd:1`,
      {
        class: 'deployer-access-denied',
        principal: 'batch-poc',
        principalKind: 'deployer',
        action: 'ecs:RunTask',
        resource: `arn:aws:ecs:us-east-1:${ACCOUNT}:task-definition/batch-poc-aece9bcd:1`,
      },
    ),
    api(
      'CreateService',
      'AccessDeniedException',
      `creating ECS Service (app-service): AccessDeniedException:\nUser: arn:aws:sts::${ACCOUNT}:assumed-role/github-actions-deploy/GitHubActions\nis not authorized to perform: ecs:CreateService on resource:\narn:aws:ecs:us-east-1:${ACCOUNT}:service/app-cluster/app-service\nbecause no identity-based policy allows the ecs:CreateService action\n\n  on ecs.tf line 58, in resource "aws_ecs_service" "app":`,
      {
        class: 'deployer-access-denied',
        principal: 'github-actions-deploy',
        principalKind: 'deployer',
        action: 'ecs:CreateService',
        resource: `arn:aws:ecs:us-east-1:${ACCOUNT}:service/app-cluster/app-service`,
        ...missing,
      },
    ),
    api(
      'ListBuckets',
      'AccessDenied',
      `User: arn:aws:iam::${ACCOUNT}:user/clinic is not authorized to perform:\ns3:ListBucket on resource: "arn:aws:s3:::***" \nwith an explicit deny in an identity-based policy: arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3\n(Service: S3, Status Code: 403, Request ID: NM0S)`,
      {
        class: 'deployer-access-denied',
        principal: `arn:aws:iam::${ACCOUNT}:user/clinic`,
        principalKind: 'deployer',
        action: 's3:ListBucket',
        resource: 'arn:aws:s3:::***',
        fixableInRole: true,
        policy: 'identity',
        explicit: true,
        policyArn: 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3',
      },
    ),
    api(
      'DisableKey',
      'AccessDeniedException',
      `User: arn:aws:sts::XXXXXXXXXXXX:assumed-role/rolename is not authorized to perform: kms:DisableKey on resource: arn:aws:kms:ap-northeast-1:XXXXXXXXXXXX:key/key-id with an explicit deny in a service control policy: arn:aws:organizations::YYYYYYYYYYYY:policy/o-aaabbbccc/service_control_policy/p-0xn1knc2`,
      {
        class: 'kms-denied',
        principal: 'rolename',
        principalKind: 'deployer',
        action: 'kms:DisableKey',
        resource: 'arn:aws:kms:ap-northeast-1:XXXXXXXXXXXX:key/key-id',
        fixableInRole: false,
        policy: 'service-control',
        explicit: true,
        policyArn:
          'arn:aws:organizations::YYYYYYYYYYYY:policy/o-aaabbbccc/service_control_policy/p-0xn1knc2',
      },
    ),
    api(
      'RunInstances',
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. User: arn:aws:iam::${ACCOUNT}:user/lab is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:ap-southeast-1:${ACCOUNT}:instance/* with an explicit deny in a permissions boundary: arn:aws:iam::${ACCOUNT}:policy/lab-boundary.`,
      {
        class: 'deployer-access-denied',
        principal: `arn:aws:iam::${ACCOUNT}:user/lab`,
        principalKind: 'deployer',
        action: 'ec2:RunInstances',
        resource: `arn:aws:ec2:ap-southeast-1:${ACCOUNT}:instance/*`,
        fixableInRole: false,
        policy: 'permissions-boundary',
        explicit: true,
        policyArn: `arn:aws:iam::${ACCOUNT}:policy/lab-boundary`,
      },
    ),
    api(
      'AssumeRoleWithWebIdentity',
      'AccessDenied',
      'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      {
        class: 'role-not-assumable',
        principalKind: 'deployer',
        action: 'sts:AssumeRoleWithWebIdentity',
      },
    ),
    api(
      'DescribeServices',
      'AccessDeniedException',
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Developer_4a2f87bd06a4001d/tran.quang.hoa is not authorized to perform: ecs:DescribeServices on resource: * because no identity-based policy allows the ecs:DescribeServices action`,
      {
        class: 'deployer-access-denied',
        principal: 'AWSReservedSSO_Developer_4a2f87bd06a4001d',
        principalKind: 'deployer',
        action: 'ecs:DescribeServices',
        resource: '*',
        ...missing,
      },
    ),
  ]);
});

describe('wordings made up after the pattern: secrets and registries', () => {
  const gov = `arn:aws-us-gov:ssm:us-gov-west-1:${ACCOUNT}:parameter/web/token`;
  const china = `arn:aws-cn:secretsmanager:cn-northwest-1:${ACCOUNT}:secret:web-Q1w2E3`;
  checkRows([
    task(
      `${PSR}unable to retrieve secrets from ssm: service call has been retried 2 times: operation error SSM: GetParametersByPath, https response error StatusCode: 400, RequestID: ${REQUEST}, api error AccessDeniedException: ${denial('ssm:GetParametersByPath', gov, { partition: 'aws-us-gov' })}`,
      {
        class: 'secret-access-denied',
        ...execution,
        action: 'ssm:GetParametersByPath',
        resource: gov,
        ...missing,
      },
    ),
    task(
      `${PSR}unable to retrieve secrets from ssm: operation error SSM: GetParameter, https response error StatusCode: 400, RequestID: ${REQUEST}, ParameterNotFound: UnknownError`,
      { class: 'secret-not-found' },
    ),
    task(
      `${PSR}unable to retrieve secret from asm: operation error Secrets Manager: BatchGetSecretValue, https response error StatusCode: 400, RequestID: ${REQUEST}, api error AccessDeniedException: ${denial('secretsmanager:BatchGetSecretValue', china, { partition: 'aws-cn' })}`,
      {
        class: 'secretsmanager-access-denied',
        ...execution,
        action: 'secretsmanager:BatchGetSecretValue',
        resource: china,
        ...missing,
      },
    ),
    task(
      `${PSR}unable to retrieve secret from asm: failed to fetch secret ${china} from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, RequestID: ${REQUEST}, api error ThrottlingException: Rate exceeded`,
      { class: 'throttled' },
    ),
    task(
      `${PSR}unable to retrieve secrets from ssm: service call has been retried 3 time(s): ThrottlingException: Rate exceeded status code: 400, request id: ${REQUEST}`,
      { class: 'throttled' },
    ),
    task(
      `${PSR}unable to retrieve secrets from ssm: operation error SSM: GetParameters, https response error StatusCode: 500, RequestID: ${REQUEST}, api error InternalServerError: try again`,
      { class: 'aws-error' },
    ),
    ...[
      'dial tcp: lookup ssm.eu-west-1.amazonaws.com on 10.0.0.2:53: no such host',
      'dial tcp 10.0.0.5:443: connect: connection refused',
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'unexpected EOF',
      'net/http: TLS handshake timeout',
      'read tcp 10.0.0.5:33012->52.1.1.1:443: read: connection reset by peer',
      'http: server gave HTTP response to HTTPS client',
      'dial tcp 10.0.0.5:443: connect: no route to host',
      'lookup ssm.eu-west-1.amazonaws.com: Temporary failure in name resolution',
      'net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    ].flatMap((words) => [
      task(
        `${PSR}unable to retrieve secrets from ssm: operation error SSM: GetParameters, request send failed, Post "https://ssm.eu-west-1.amazonaws.com/": ${words}`,
        {
          class: 'secret-network',
        },
      ),
      task(
        `${V1}unable to retrieve ecr registry auth: service call has been retried 2 time(s): ${words}`,
        {
          class: 'registry-network',
        },
      ),
      task(
        `${RIE}failed to validate logger args: create stream has been retried 3 times: failed to create Cloudwatch log stream: ${words}`,
        {
          class: 'log-network',
        },
      ),
    ]),
    // Wrapped by a terminal in the middle of what tells.
    task(
      `${PSR}unable to retrieve secret from\n  asm: There is a connection\n  issue between the task`,
      {
        class: 'secret-network',
      },
    ),
    task(`${RIE}failed to validate logger\nargs: The specified log  group\tdoes not\nexist.`, {
      class: 'log-group-missing',
    }),
    container(
      'CannotPullContainerError: image  Manifest does not contain\ndescriptor matching\nplatform\n‘linux/arm64’',
      {
        class: 'image-platform-mismatch',
        platform: 'linux/arm64',
      },
    ),
    // The last name was cut off.
    task(`${V1}unable to retrieve secrets from ssm: invalid ssm parameters: /path/a, /path/b...`, {
      class: 'secret-not-found',
      resource: '/path/a',
    }),
    task(`${V1}unable to retrieve secrets from ssm: invalid ssm parameters: /path/a…`, {
      class: 'secret-not-found',
    }),
    // What is cut off is not named.
    task(
      "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/am",
      {
        class: 'image-platform-mismatch',
      },
    ),
    task(
      `${RIE}failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server fs-06f98f3e`,
      {
        class: 'efs-access-denied',
      },
    ),
    event(
      "service web failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::1:role/we...'",
      {
        class: 'role-not-assumable',
        action: 'sts:AssumeRole',
      },
    ),
    deployment(
      'ROLLBACK_SUCCESSFUL',
      'Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. ECS was unable to assume role arn:aws:iam::1:role/ho...',
      { class: 'lifecycle-hook-failed' },
    ),
    // A policy other than the role's own.
    ...(
      [
        ['with an explicit deny in a service control policy', 'service-control', true],
        ['with an explicit deny in a resource control policy', 'resource-control', true],
        ['with an explicit deny in a VPC endpoint policy', 'vpc-endpoint', true],
        ['with an explicit deny in a session policy', 'session', true],
        ['with an explicit deny in a permissions boundary', 'permissions-boundary', true],
        ['with an explicit deny in a resource-based policy', 'resource', true],
        [
          'because no service control policy allows the ssm:GetParameters action',
          'service-control',
          false,
        ],
        ['because no session policy allows the ssm:GetParameters action', 'session', false],
        [
          'because no permissions boundary allows the ssm:GetParameters action',
          'permissions-boundary',
          false,
        ],
        ['because no resource-based policy allows the ssm:GetParameters action', 'resource', false],
      ] as const
    ).map(([why, policy, explicit]) =>
      task(
        `${PSR}unable to retrieve secrets from ssm: service call has been retried 1 time(s): operation error SSM: GetParameters, https response error StatusCode: 400, RequestID: ${REQUEST}, api error AccessDeniedException: User: arn:aws-us-gov:sts::${ACCOUNT}:assumed-role/web-execution/${TASK} is not authorized to perform: ssm:GetParameters on resource: ${gov} ${why}`,
        {
          class: 'secret-access-denied',
          ...execution,
          action: 'ssm:GetParameters',
          resource: gov,
          fixableInRole: false,
          policy,
          explicit,
        },
      ),
    ),
    task(
      `${PSR.toLowerCase()}unable to retrieve secrets from ssm: access denied: ${denial('ssm:GetParameters', gov)}`,
      {
        class: 'secret-access-denied',
        ...execution,
        action: 'ssm:GetParameters',
        resource: gov,
        ...missing,
      },
    ),
    task(
      `${PSR}unable  to  retrieve  secrets  from  ssm:  AccessDeniedException:  ${denial('ssm:GetParameters', gov).replaceAll(' ', '  ')}`,
      {
        class: 'secret-access-denied',
        ...execution,
        action: 'ssm:GetParameters',
        resource: gov,
        ...missing,
      },
    ),
    task(
      `${PSR}unable to retrieve secrets from ssm: AccessDeniedException: ${denial('ssm:GetParameters', gov)} Go to https://console.aws.amazon.com/iam/home#/access-troubleshooter for complete details, or call the iam:GetAuthorizationDetails API with the following authorization id: ${REQUEST}`,
      {
        class: 'secret-access-denied',
        ...execution,
        action: 'ssm:GetParameters',
        resource: gov,
        ...missing,
      },
    ),
    container(
      `CannotPullContainerError: Error response from daemon: denied: ${denial('ecr:BatchGetImage', `arn:aws-cn:ecr:cn-north-1:${ACCOUNT}:repository/team/web`, { partition: 'aws-cn', session: 'i-0381a63c79abcf413' })}`,
      {
        class: 'image-access-denied',
        principal: 'web-execution',
        action: 'ecr:BatchGetImage',
        resource: `arn:aws-cn:ecr:cn-north-1:${ACCOUNT}:repository/team/web`,
        ...missing,
      },
    ),
    // A parameter or secret whose name holds another frame's words.
    task(
      `${V1}unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /aws/reference/secretsmanager/efs-volume, /awslogs/env-file`,
      [
        { class: 'secret-not-found', resource: '/aws/reference/secretsmanager/efs-volume' },
        { class: 'secret-not-found', resource: '/awslogs/env-file' },
      ],
    ),
    task(
      `${V1}unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:efs-awslogs-ssm-AbC123 from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
      {
        class: 'secretsmanager-not-found',
        resource: `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:efs-awslogs-ssm-AbC123`,
      },
    ),
  ]);
});

describe('wordings made up after the pattern: images, logs, files, volumes', () => {
  const china = `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/team/web`;
  checkRows([
    task(
      `CannotPullContainerError: pull image manifest has been retried 4 times: failed to resolve ref "${china}:v1": ${china}:v1: not found`,
      { class: 'image-not-found', resource: `${china}:v1` },
    ),
    task(
      `CannotPullContainerError: pull image manifest has been retried 9 time(s): failed to resolve reference "ghcr.io/acme/web:v1": unexpected status from GET request to https://ghcr.io/v2/acme/web/manifests/v1: 401 Unauthorized`,
      { class: 'image-access-denied', resource: 'ghcr.io/acme/web:v1' },
    ),
    task(
      `CannotPullContainerError: failed to resolve ref ghcr.io/acme/web:v1: unexpected status from GET request to https://ghcr.io/token?scope=repository: 503 Service Unavailable`,
      { class: 'image-pull-other' },
    ),
    task(
      `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${china}:v1: failed to authorize: failed to fetch anonymous token: Get "https://auth.docker.io/token": dial tcp 1.2.3.4:443: connect: connection refused`,
      { class: 'registry-network', resource: 'auth.docker.io' },
    ),
    container(
      'CannotPullContainerError: no matching manifest for linux/arm64/v8 in the manifest list entries',
      { class: 'image-platform-mismatch', platform: 'linux/arm64/v8' },
    ),
    container(
      'CannotPullContainerError: Error response from daemon: toomanyrequests: Rate exceeded',
      { class: 'image-rate-limited' },
    ),
    container(
      "CannotPullContainerError: RepositoryNotFoundException: The repository with name 'team/web' does not exist in the registry with id '123456789012'",
      { class: 'image-not-found', resource: 'team/web' },
    ),
    container('CannotStartContainerError: exec /app/web: exec format error', {
      class: 'exec-format',
    }),
    container(
      'CannotStartContainerError: Error response from daemon: OCI runtime create failed: runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown',
      { class: 'out-of-memory' },
    ),
    container(
      'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial tcp 127.0.0.1:24224: connect: connection refused',
      { class: 'log-network' },
    ),
    task(
      `${RIE}failed to validate logger args: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: 400, RequestID: ${REQUEST}, api error ThrottlingException: Rate exceeded`,
      { class: 'throttled' },
    ),
    task(
      `${RIE}failed to download env files: operation error S3: GetObject, https response error StatusCode: 403, api error AccessDenied: ${denial('s3:GetObject', 'arn:aws:s3:::config/prod env/web.env')}`,
      {
        class: 'env-file',
        ...execution,
        action: 's3:GetObject',
        resource: 'arn:aws:s3:::config/prod env/web.env',
        ...missing,
      },
    ),
    task(
      `${RIE}failed to download env files: operation error S3: GetObject, https response error StatusCode: 404, api error NoSuchKey: The specified key does not exist.`,
      { class: 'env-file' },
    ),
    task(
      `${RIE}failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : AccessDeniedException: ${denial('elasticfilesystem:ClientMount', `arn:aws:elasticfilesystem:eu-west-1:${ACCOUNT}:file-system/fs-06642d00e4ec726aa`, { role: 'web-task' })}`,
      {
        class: 'efs-access-denied',
        principal: 'web-task',
        principalKind: 'task-role',
        action: 'elasticfilesystem:ClientMount',
        resource: `arn:aws:elasticfilesystem:eu-west-1:${ACCOUNT}:file-system/fs-06642d00e4ec726aa`,
        ...missing,
      },
    ),
    container(
      `CannotCreateContainerError: Error response from daemon: failed to mount local volume: mount fs-06642d00e4ec726aa.efs.eu-west-1.amazonaws.com:/ : connection timed out`,
      { class: 'efs-network', resource: 'fs-06642d00e4ec726aa' },
    ),
    logLine(
      1,
      `denied: ${denial('sqs:SendMessage', `arn:aws:sqs:eu-west-1:${ACCOUNT}:jobs`, { role: 'web-task' })}`,
      {
        class: 'app-exit',
        principal: 'web-task',
        principalKind: 'task-role',
        action: 'sqs:SendMessage',
        resource: `arn:aws:sqs:eu-west-1:${ACCOUNT}:jobs`,
        ...missing,
      },
    ),
    logLine(1, 'panic: cannot connect to database', { class: 'app-exit' }),
    logLine(255, 'exec /bin/sh: exec format error', { class: 'exec-format' }),
  ]);
});

describe('wordings made up after the pattern: events, deployments, API errors', () => {
  checkRows([
    event('(service web) was unable to place a task. Reason: Something quite new happened.', {
      class: 'other',
    }),
    event('(service web) has an impaired frobnicator: error 42.', { class: 'other' }),
    event('(service web) was moved to a new home', 'none'),
    event('(service web) was deleted.', 'none'),
    event(
      '(service web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance x) encountered error "RESOURCE:ENI".',
      { class: 'placement-failed' },
    ),
    event('(service web) was unable to place a task. Reason: TaskDefinition is inactive.', {
      class: 'bad-task-definition',
    }),
    event(
      "(service web) was unable to place a task. Reason: The security group 'sg-1' does not exist.",
      { class: 'bad-service-settings' },
    ),
    task('Task stopped: the container instance is draining', { class: 'host-maintenance' }),
    task(`${RIE}failed to configure ENI: context deadline exceeded`, { class: 'eni-timeout' }),
    task(`${RIE}Unable to attach EBS volume: timeout`, { class: 'other' }),
    container(
      'CannotPullContainerError: image operating system "windows" cannot be used on this platform',
      {
        class: 'image-platform-mismatch',
      },
    ),
    container(
      'CannotStartContainerError: Error response from daemon: driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:80 failed: port is already allocated',
      { class: 'container-start-failed' },
    ),
    event('(service denied-errors) has started 3 tasks: (task a) (task b) (task c).', 'none'),
    event('service web has stopped 1 running tasks: task a.', 'none'),
    event('(service web, taskSet ecs-svc/1) has started 2 tasks: (task a) (task b).', 'none'),
    event('(service web, taskSet ecs-svc/1) registered 2 targets in (target-group x)', 'none'),
    event('(service web) deregistered 1 instances in (elb classic)', 'none'),
    deployment(
      'ROLLBACK_IN_PROGRESS',
      'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      {
        class: 'breaker-tripped',
      },
    ),
    deployment(
      'ROLLBACK_SUCCESSFUL',
      'Service deployment rolled back because of a reason nobody has seen.',
      {
        class: 'other',
      },
    ),
    deployment('STOPPED', 'A newer service deployment was started.', 'none'),
    deployment('ROLLBACK_REQUESTED', null, 'none'),
    task('Something new stopped the task.', { class: 'other' }),
    task('Task stopped due to a failure of the availability zone', { class: 'other' }),
    api('DescribeServices', 'TimeoutError', 'socket hang up', { class: 'other' }),
    api('UpdateService', 'TooManyRequestsException', 'slow', { class: 'throttled' }),
    api('UpdateService', 'UnknownError', 'https response error StatusCode: 503', {
      class: 'aws-error',
    }),
    api(
      'RunTask',
      'InvalidParameterException',
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      {
        class: 'capacity-unavailable',
      },
    ),
    api('RegisterTaskDefinition', 'InvalidParameterException', 'Unknown parameter in input', {
      class: 'bad-task-definition',
    }),
    api('RunTask', 'ClientException', 'Your AWS account is currently blocked.', {
      class: 'other',
    }),
    api(
      'GetSecretValue',
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
      { class: 'secretsmanager-not-found' },
    ),
    api('GetParameter', 'ParameterNotFound', '', { class: 'secret-not-found' }),
    api('CreateLogStream', 'ResourceNotFoundException', 'The specified log group does not exist.', {
      class: 'log-group-missing',
    }),
    api(
      'DescribeImages',
      'RepositoryNotFoundException',
      "The repository with name 'web' does not exist in the registry with id '1'",
      { class: 'image-not-found', resource: 'web' },
    ),
    api('CreateVolume', 'InvalidParameterException', 'The KMS key is not valid.', {
      class: 'bad-service-settings',
    }),
    api('RunTask', 'ClientException', "You've reached the limit on the number of Fargate tasks", {
      class: 'quota-exceeded',
    }),
    // The execution role's own call, quoted as an API error.
    api(
      'GetParameters',
      'AccessDeniedException',
      denial('ssm:GetParameters', `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/a`),
      {
        class: 'secret-access-denied',
        ...execution,
        action: 'ssm:GetParameters',
        resource: `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/a`,
        ...missing,
      },
    ),
    api(
      'CreateService',
      'AccessDeniedException',
      `User: arn:aws:sts::${ACCOUNT}:federated-user/ann is not authorized to perform: ecs:CreateService on resource: *`,
      {
        class: 'deployer-access-denied',
        principal: `arn:aws:sts::${ACCOUNT}:federated-user/ann`,
        principalKind: 'deployer',
        action: 'ecs:CreateService',
        resource: '*',
      },
    ),
    api(
      'UpdateService',
      'AccessDeniedException',
      'User: anonymous is not authorized to perform: ecs:UpdateService',
      {
        class: 'deployer-access-denied',
        principalKind: 'deployer',
        action: 'ecs:UpdateService',
      },
    ),
  ]);
});
