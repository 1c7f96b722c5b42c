import { describe } from 'vitest';
import { checkRows, container, each, event, task } from './table.ts';

describe('captured texts: secrets, roles, logs, files, volumes', () => {
  checkRows([
    task(
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4: access denied by server while mounting fs-06642d00e4ec726aa.efs.eu-west-1.amazonaws.com:/',
      { class: 'efs-access-denied', resource: 'fs-06642d00e4ec726aa' },
    ),
    task(
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: Operation not permitted' : unsuccessful EFS utils command execution; code: 32",
      { class: 'efs-access-denied' },
    ),
    task(
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-0e4a39a0b7bb8b885.efs.us-east-1.amazonaws.com" - check that your file system ID is correct, and ensure that the VPC has an EFS mount target for this file system ID. See https://docs.aws.amazon.com/console/efs/mount-dns-name for more detail. Attempting to lookup mount target ip address using botocore.',
      { class: 'efs-network', resource: 'fs-0e4a39a0b7bb8b885' },
    ),
    ...each(task, { class: 'efs-network' }, [
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Mount attempt 1/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. Mount attempt 2/3 failed due to timeout after 15 sec, wait 0 sec before next attempt. b\'mount.nfs4: mount system call failed\' Traceback (most recent call last): File "/usr/sbin/supervisor_mount_efs", line 52, in <module> return_code = subprocess.check_call(["mount", "-t", "efs", "-o", opts, args.fs_id_with_path, args.dir_in_container], shell=False)',
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: \nstderr: Failed to resolve "fs-xxxxx.efs.region.amazonaws.com"',
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4...",
      'ResourceInitializationError: failed to invoke EFS utils commands',
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve <filesystem-id>.efs.us-east-1.amazonaws.com',
      "TaskFailedToStart: ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: Connection reset by peer' : unsuccessful EFS utils command execution; code: 32",
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: \nmount.nfs4: mount system call failed',
      'ResourceInitializationError: failed to mount volume: mount.nfs4: Failed to resolve server fs-xxx.s3files.us-west-2.amazonaws.com: Name or service not known',
    ]),
    task(
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4: mounting fs-e5645f66.efs.us-east-1.amazonaws.com:/opt/splunk failed, reason given by server: No such file or directory : unsuccessful EFS utils ...',
      { class: 'efs-path-missing', resource: 'fs-e5645f66' },
    ),
    ...each(task, { class: 'env-file' }, [
      'Resourceinitializationerror: failed to download env files',
      'ResourceInitializationError: failed to download env files: file download command: non-empty error stream: service call has been retried 1 time(s): NoSuchBucket: The specified bucket does not exist',
    ]),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/StudioExecRole/2b098699be604a6d979934d9ad2fff95 is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:123456789012:key/f148edeb-221b-4a78-8367-96f95c1669c6 because no resource-based policy allows the kms:Decrypt action status code: 400, request id: 119b9aff-b7c0-4a82-a57c-f193bd929bc1',
      {
        class: 'kms-denied',
        principal: 'StudioExecRole',
        principalKind: 'execution-role',
        action: 'kms:Decrypt',
        resource: 'arn:aws:kms:us-east-1:123456789012:key/f148edeb-221b-4a78-8367-96f95c1669c6',
        fixableInRole: false,
        policy: 'resource',
        explicit: false,
      },
    ),
    ...each(task, { class: 'kms-denied', principalKind: 'execution-role', action: 'kms:Decrypt' }, [
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-central-1:account_id:secret:algo-dev-directus-secret20240626183203358800000004-EaPYTy from secrets manager: AccessDeniedException: Access to KMS is not allowed status code: 400, request id: a87a66d9-f839-4353-b8c2-9984b1465695',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): InvalidKeyId: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access. (Service: AWSKMS; Status Code: 400) status code: 400, request id: 1',
    ]),
    event(
      '(service nasneh-staging-customer-web) was unable to place a task. \nReason: ResourceInitializationError: failed to validate logger args: \ncreate stream has been retried 1 times: failed to create Cloudwatch log group: \noperation error CloudWatch Logs: CreateLogGroup, https response error StatusCode: 400, RequestID: 1b2c, api error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/nasneh-staging-ecs-execution/0b6a2d7a1c1f4a2f8b1d1a2b3c4d5e6f is not authorized to perform: logs:CreateLogGroup on resource: arn:aws:logs:me-south-1:123456789012:log-group:/ecs/nasneh-staging/customer-web:log-stream: because no identity-based policy allows the logs:CreateLogGroup action : exit status 1.',
      {
        class: 'log-access-denied',
        principal: 'nasneh-staging-ecs-execution',
        principalKind: 'execution-role',
        action: 'logs:CreateLogGroup',
        resource:
          'arn:aws:logs:me-south-1:123456789012:log-group:/ecs/nasneh-staging/customer-web:log-stream:',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    task(
      'ResourceInitializationError: failed to validate logger args: ...\nAccessDeniedException: ... not authorized to perform: logs:CreateLogGroup',
      {
        class: 'log-access-denied',
        principalKind: 'execution-role',
        action: 'logs:CreateLogGroup',
      },
    ),
    task(
      'ResourceInitializationError: failed to validate logger args: unable to get awslogs driver\narguments: awslogs-region is required',
      { class: 'log-config' },
    ),
    ...each(container, { class: 'log-config' }, [
      'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: compression cannot be enabled when max file count is 1',
      'CannotStartContainerError: ResourceInitializationError: failed to initialize logging driver: failed to get fluentd log driver arguments: logging driver specified of container app, but no log configuration specified',
    ]),
    ...each(task, { class: 'log-group-missing' }, [
      'ResourceInitializationError: failed to create Cloudwatch log stream:\nResourceNotFoundException: The specified log group does not exist',
      'CannotStartContainerError: ResourceInitializationError: failed to validate logger args: ... log group does not exist',
      'ResourceInitializationError: The task cannot find the Amazon CloudWatch log group defined in the task definition.',
    ]),
    event(
      '(service s) was unable to place a task. Reason: ResourceInitializationError: \nfailed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition. \nThere is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed.',
      { class: 'log-network' },
    ),
    container(
      'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial tcp 10.1.2.3:514: connect: no route to host',
      { class: 'log-network' },
    ),
    ...each(task, { class: 'log-network' }, [
      'ResourceInitializationError: failed to validate logger args',
      'ResourceInitializationError: failed to validate logger args:\nThe task cannot find the Amazon CloudWatch log group defined in the task definition.\nThere is a connection issue between the task and Amazon CloudWatch.\nCheck your network configuration.\nsignal: killed',
    ]),
    ...each(event, { class: 'role-not-assumable', action: 'sts:AssumeRole' }, [
      'ECS was unable to assume role ecsTaskExecutionRole',
      'IAM trust relationship has been misconfigured or changed, and ECS can no longer maintain your service',
    ]),
    event(
      "service vacuumflask failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::123456789012:role/ecs_vacuumflask_taskrole' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.)",
      {
        class: 'role-not-assumable',
        principal: 'arn:aws:iam::123456789012:role/ecs_vacuumflask_taskrole',
        action: 'sts:AssumeRole',
        resource: 'arn:aws:iam::123456789012:role/ecs_vacuumflask_taskrole',
      },
    ),
    ...each(
      event,
      {
        class: 'role-not-assumable',
        principal: 'arn:aws:iam::123456789012:role/ecsInfrastructureRole',
        principalKind: 'infrastructure-role',
        action: 'sts:AssumeRole',
        resource: 'arn:aws:iam::123456789012:role/ecsInfrastructureRole',
      },
      [
        "(service db) was unable to place a task. Reason: ECS was unable to assume the configured ECS Infrastructure Role 'arn:aws:iam::123456789012:role/ecsInfrastructureRole'. Please verify that the role being passed has the proper trust relationship with Amazon ECS.",
        "ECS was unable to assume the configured ECS Infrastructure Role\n 'arn:aws:iam::123456789012:role/ecsInfrastructureRole'.\n Please verify that the role being passed has the proper trust relationship\n with Amazon ECS",
      ],
    ),
    event(
      "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/ecsTaskRole' \nthat was provided for this task. Please verify that the role being passed has \nthe proper trust relationship and permissions",
      {
        class: 'role-not-assumable',
        principal: 'arn:aws:iam::123456789012:role/ecsTaskRole',
        action: 'sts:AssumeRole',
        resource: 'arn:aws:iam::123456789012:role/ecsTaskRole',
      },
    ),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::XXXXXXXXX:assumed-role/ecsTaskExecutionRole/7cb7b3bcc4b642298dc313b41fdc8d9d is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:us-east-1:XXXXXXXX:parameter/GOOGLE_JAVASCIPT_MAP_KEY because no identity-based policy allows the ssm:GetParameters action',
      {
        class: 'secret-access-denied',
        principal: 'ecsTaskExecutionRole',
        principalKind: 'execution-role',
        action: 'ssm:GetParameters',
        resource: 'arn:aws:ssm:us-east-1:XXXXXXXX:parameter/GOOGLE_JAVASCIPT_MAP_KEY',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: \nexecution resource retrieval failed: unable to retrieve secrets from ssm: \nservice call has been retried 1 time(s): operation error SSM: GetParameters, \nhttps response error StatusCode: 400, RequestID: ..., \napi error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/yukpomnang-ecs-execution-role/... \nis not authorized to perform: ssm:GetParameters on resource: \narn:aws:ssm:eu-west-1:123456789012:parameter/yukpomnang/production/DATABASE_URL \nbecause no identity-based policy allows the ssm:GetParameters action',
      {
        class: 'secret-access-denied',
        principal: 'yukpomnang-ecs-execution-role',
        principalKind: 'execution-role',
        action: 'ssm:GetParameters',
        resource: 'arn:aws:ssm:eu-west-1:123456789012:parameter/yukpomnang/production/DATABASE_URL',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    event(
      "(service authn) was unable to place a task. Reason: ResourceInitializationError: unable to pull secrets or registry auth: ... invalid character 'p' in literal true (expecting 'r').",
      { class: 'secret-key-missing' },
    ),
    ...each(task, { class: 'secret-key-missing' }, [
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key DB_HOST',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key creds_key',
    ]),
    event(
      'service seller-service-xaq0vgxm was unable to place a task. Reason: ResourceInitializationError: \nunable to pull secrets or registry auth: unable to retrieve secret from asm: \nThere is a connection issue between the task and AWS Secrets Manager.\n Check your task network configuration. failed to fetch secret arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-a57bd929-5fa6-42c0-8024-fe8c94e49451 \n from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded.',
      { class: 'secret-network' },
    ),
    ...each(task, { class: 'secret-network' }, [
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-2:...:secret:ecs-ci/CPTLSCert/962_1-TxmoDc from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time...',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:123456789...',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s)',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-1:…:secret:op-scim-bridge-sercretARN from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.',
    ]),
    event(
      '(service worker) was unable to place a task. Reason: Fetching secret data from SSM Parameter Store in us-east-1: invalid parameters: /stack/DD_API_KEY.',
      { class: 'secret-not-found', resource: '/stack/DD_API_KEY' },
    ),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource\nretrieval failed: unable to retrieve secrets from ssm: service call has been retried 1\ntime(s): invalid ssm parameters: /wishkit/parsing-engine/gemini-api-key',
      { class: 'secret-not-found', resource: '/wishkit/parsing-engine/gemini-api-key' },
    ),
    ...each(task, { class: 'secret-not-found' }, [
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): ValidationException: Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label> status code: 400, request id: 1',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): ParameterNotFound: /web/db',
    ]),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:N8N_ENCRYPTION_KEY-nAG4eC from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, RequestID: d45b80b7-7a19-49eb-8fd2-44305bb5e5d7, api error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/ecsTaskExecutionRole/0f3a9c52d81b6e470f3a9c52d81b6e47 is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:N8N_ENCRYPTION_KEY-nAG4eC because no identity-based policy allows the secretsmanager:GetSecretValue action',
      {
        class: 'secretsmanager-access-denied',
        principal: 'ecsTaskExecutionRole',
        principalKind: 'execution-role',
        action: 'secretsmanager:GetSecretValue',
        resource:
          'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:N8N_ENCRYPTION_KEY-nAG4eC',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-a57bd929-5fa6-42c0-8024-fe8c94e49451 from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 400, RequestID: 2bf6cb29-04f9-43d0-b8a4-f1247cbe8c0b, api error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/ecsTaskExecutionRole/a20b735e9bbc41598825b6f0269f6fef is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-a57bd929-5fa6-42c0-8024-fe8c94e49451 because no identity-based policy allows the secretsmanager:GetSecretValue action',
      {
        class: 'secretsmanager-access-denied',
        principal: 'ecsTaskExecutionRole',
        principalKind: 'execution-role',
        action: 'secretsmanager:GetSecretValue',
        resource:
          'arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-a57bd929-5fa6-42c0-8024-fe8c94e49451',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: \nexecution resource retrieval failed: unable to retrieve secret from asm: \nservice call has been retried 1 time(s): \napi error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/ecsTaskExecutionRole/[TASK-ID] \nis not authorized to perform: secretsmanager:GetSecretValue on resource: [SECRET-ARN]',
      {
        class: 'secretsmanager-access-denied',
        principal: 'ecsTaskExecutionRole',
        principalKind: 'execution-role',
        action: 'secretsmanager:GetSecretValue',
      },
    ),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/kms/token-AbCdEf from secrets manager: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/exec/17cbd22653424f62971b13fffcf6113e is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/kms/token-AbCdEf because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400, request id: 1',
      {
        class: 'secretsmanager-access-denied',
        principal: 'exec',
        principalKind: 'execution-role',
        action: 'secretsmanager:GetSecretValue',
        resource: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/kms/token-AbCdEf',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    task(
      'Fetching secret data from AWS Secrets Manager in region eu-central-1: secret arn:aws:secretsmanager:eu-central-1:123456789012:secret:NewRelicLicenseKeySecret-Dh2dLkgV8VyJ-80RAHS-fail: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/NewRelicECSIntegration-Ne-NewRelicECSTaskExecutionR-1BM4D0CXYLNX1/aff20e6a21bb4a2a is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-central-1:123456789012:secret:NewRelicLicenseKeySecret-Dh2dLkgV8VyJ-80RAHS-fail status code: 400, request id: 4d9e7c3a-5a5b-4d44-a1cb-1b5f5e1b8c7e',
      {
        class: 'secretsmanager-access-denied',
        principal: 'NewRelicECSIntegration-Ne-NewRelicECSTaskExecutionR-1BM4D0CXYLNX1',
        principalKind: 'execution-role',
        action: 'secretsmanager:GetSecretValue',
        resource:
          'arn:aws:secretsmanager:eu-central-1:123456789012:secret:NewRelicLicenseKeySecret-Dh2dLkgV8VyJ-80RAHS-fail',
      },
    ),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws-cn:secretsmanager:cn-northwest-1:123456789012:secret:prod/db-AbCdEf from secrets manager: ResourceNotFoundException: Secrets Manager can’t find the specified secret.',
      {
        class: 'secretsmanager-not-found',
        resource: 'arn:aws-cn:secretsmanager:cn-northwest-1:123456789012:secret:prod/db-AbCdEf',
      },
    ),
    task(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:prod/db-AbCdEf from secrets manager: InvalidRequestException: You can’t perform this operation on the secret because it was marked for deletion. status code: 400, request id: 1',
      {
        class: 'secretsmanager-not-found',
        resource: 'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:prod/db-AbCdEf',
      },
    ),
    ...each(task, { class: 'secretsmanager-not-found' }, [
      "Fetching secret data from AWS Secrets Manager in region `region`:\nsecret `sercretARN`: ResourceNotFoundException: Secrets Manager can't\nfind the specified secret.",
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    ]),
  ]);
});
