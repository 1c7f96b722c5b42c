import { describe } from 'vitest';
import { checkRows, container, each, type Row, task, type Wanted } from './table.ts';

/** A container that ended with `exitCode` and this last line in its log. */
const log = (exitCode: number, line: string, expected: Wanted): Row => {
  const row = task(line, expected);
  return {
    ...row,
    evidence: {
      kind: 'stopped-task',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode, reason: null }],
      logs: { app: [line] },
    },
    expected: row.expected.map((one) => ({ container: 'app', exitCode, ...one })),
  };
};

/** A task that the scheduler stopped, whose container then ended by SIGTERM. */
const scheduler = (reason: string, expected: Wanted): Row => {
  const row = task(reason, expected);
  return {
    ...row,
    evidence: {
      kind: 'stopped-task',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: reason,
      containers: [{ name: 'app', exitCode: 143, reason: null }],
    },
  };
};

describe('captured texts: containers, health, placement', () => {
  checkRows([
    ...each(scheduler, 'none', [
      'Scaling activity initiated by deployment ecs-svc/test',
      'Service scheduler initiated action by (deployment ecs-svc/123)',
      'Scaling activity initiated by (deployment ecs-svc/1637086347952626779)',
      'DAEMON task stopped',
      'Container instance deregistration forced by user',
      'AZ rebalancing initiated by (deployment ecs-svc/1)',
    ]),
    log(0, 'done; 3 errors ignored, access denied for 2 files', { class: 'app-exit-zero' }),
    log(1, 'AccessDeniedException: User is not authorized to perform s3:GetObject', {
      class: 'app-exit',
      action: 's3:GetObject',
    }),
    log(
      1,
      'ResourceInitializationError: unable to retrieve secrets: 1 error\n occurred: AccessDeniedException: User\n arn:aws:sts::123456789012:assumed-role/ecsTaskExecutionRole/...\n is not authorized to perform secretsmanager:GetSecretValue on\n resource arn:aws:secretsmanager:us-east-1:123456789012:secret:db-password-AbCdEf',
      {
        class: 'app-exit',
        principal: 'ecsTaskExecutionRole',
        action: 'secretsmanager:GetSecretValue',
        resource: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db-password-AbCdEf',
      },
    ),
    log(
      1,
      'AccessDeniedException: Model access is denied due to User: arn:aws:sts::123456789012:assumed-role/ecsTaskRole/...\nis not authorized to perform: aws-marketplace:ViewSubscriptions',
      { class: 'app-exit', principal: 'ecsTaskRole', action: 'aws-marketplace:ViewSubscriptions' },
    ),
    log(
      1,
      'botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation:\nUser: arn:aws:sts::123456789012:assumed-role/ECSTaskRole/billing-worker is not authorized\nto perform: s3:PutObject on resource: arn:aws:s3:::prod-invoices-bucket/2026/06/inv_9f3a.pdf\nbecause no identity-based policy allows the s3:PutObject action',
      {
        class: 'app-exit',
        principal: 'ECSTaskRole',
        action: 's3:PutObject',
        resource: 'arn:aws:s3:::prod-invoices-bucket/2026/06/inv_9f3a.pdf',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    log(
      1,
      'User: arn:aws:sts::123456789012:assumed-role/ecsTaskRole/... is not authorized \nto perform: s3:PutObject on resource: "arn:aws:s3:::quilt-sandbox-bucket/..."',
      { class: 'app-exit', principal: 'ecsTaskRole', action: 's3:PutObject' },
    ),
    log(
      1,
      'Failed to assume Quilt user role arn:aws:iam::123456789012:role/ReadWriteQuiltBucket: An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:sts::123456789012:assumed-role/ecsTaskRole/6b777c1809a94925ab48098fa09824de is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/ReadWriteQuiltBucket',
      {
        class: 'app-exit',
        principal: 'ecsTaskRole',
        principalKind: 'task-role',
        action: 'sts:AssumeRole',
        resource: 'arn:aws:iam::123456789012:role/ReadWriteQuiltBucket',
      },
    ),
    log(
      1,
      'An error occurred (AccessDeniedException) when calling the GetSecretValue operation: User: arn:aws-cn:sts::123456789012:assumed-role/web-task/17cbd22653424f62971b13fffcf6113e is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:x-AbCdEf because no resource-based policy allows the secretsmanager:GetSecretValue action',
      {
        class: 'app-exit',
        principal: 'web-task',
        principalKind: 'task-role',
        action: 'secretsmanager:GetSecretValue',
        resource: 'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:x-AbCdEf',
        fixableInRole: false,
        policy: 'resource',
        explicit: false,
      },
    ),
    log(
      1,
      '{"level":"error","err":"operation error SQS: SendMessage, https response error StatusCode: 403, RequestID: 1, api error AccessDenied: User: arn:aws:sts::123456789012:assumed-role/web-task/17cbd22653424f62971b13fffcf6113e is not authorized to perform: sqs:sendmessage on resource: arn:aws:sqs:eu-west-1:123456789012:jobs because no identity-based policy allows the sqs:sendmessage action"}',
      {
        class: 'app-exit',
        principal: 'web-task',
        principalKind: 'task-role',
        action: 'sqs:sendmessage',
        resource: 'arn:aws:sqs:eu-west-1:123456789012:jobs',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    ...each((text, expected) => log(1, text, expected), { class: 'app-exit' }, [
      'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
      "SequelizeAccessDeniedError: Access denied for user 'app'@'10.0.1.5' (using password: YES)",
      'ERROR botocore.exceptions.NoCredentialsError: Unable to locate credentials',
      'exec /entrypoint.sh: no such file or directory',
      "Could not resolve placeholder 'JWT_SECRET'",
    ]),
    log(127, '/bin/sh: 1: gunicorn: not found', { class: 'app-exit' }),
    log(139, 'Segmentation fault (core dumped)', { class: 'app-exit' }),
    log(3, 'no pg_hba.conf entry for host "10.0.1.2", user "app", database "app", SSL off', {
      class: 'app-exit',
    }),
    task(
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      { class: 'capacity-unavailable' },
    ),
    scheduler('Task failed container health checks', { class: 'container-health-check' }),
    ...each(container, { class: 'container-start-failed' }, [
      'DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s',
      "CannotStartContainerError: API error (500): error while mounting volume '/var/lib/docker/plugins/2ec1ac405b2314e7a06c414ab0323a74187b49f1b9e9d7dcefb670bff13f599d/rootfs': VolumeDriver.Mount: Mount failed, get service member error Timeout, serviceUUID d5cc",
      'CannotStartContainerError: bind for 0.0.0.0:8080 failed: port is already allocated',
      'CannotStartContainerError: Error response from daemon: OCI runtime create failed: container_linux.go:348: starting container process caused "process_linux.go:402: container init caused \\"process_linux.go:385: running prestart hook 0 caused \\\\\\"error runni',
      'CannotStartContainerError: dependent container migrate exited with non-zero status',
      'CannotStartContainerError: Error response from dae',
      'CannotStartContainerError: Error response from daemon: failed to create shim task: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/": permission denied: unknown Entry point',
      'CannotStartContainerError: Error response from daemon: could not select device driver "" with capabilities: [[gpu]]',
      'CannotCreateContainerError: API error (400): invalid environment variable: =foo',
      'ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m: context deadline exceeded',
      'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s',
      'CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: hcs::CreateComputeSystem app: The container operating system does not match the host operating system.',
      'CannotStartContainerError: API error (400): OCI runtime create failed: container_linux.go:348: starting container process caused "exec: \\"/run.sh\\": permission denied": unknown ',
      'CannotStartContainerError: API error (400): OCI runtime create failed: container_linux.go:296: starting container process caused "exec: \\"not_found_command\\": executable file not found in $PATH": unknown\n',
      'CannotStartContainerError: API error (500): devmapper: Unknown device ... No such device or address',
    ]),
    ...each(task, { class: 'container-start-failed' }, [
      'CannotCreateVolumeError: failed to create EBS volume',
      'CannotStartContainerError: ResourceInitializationError: failed to create new container\nruntime task: failed to create shim task: OCI runtime create failed: runc create failed:\nunable to start container process: error during container init: error mounting\n"/var/lib/.../volumes/<volume-id>/api" to rootfs at "/MyApp/Appsettings.json":\n... flags=MS_RDONLY|MS_BIND ... : not a directory',
      'Could not transition to created; timed out after waiting 4m0s',
    ]),
    task(
      'Amazon ECS was unable to create the EBS volume: User: arn:aws:sts::123456789012:assumed-role/ecsInfrastructureRole/ECSTaskVolumesForEBS is not authorized to perform: ec2:CreateVolume on resource: arn:aws:ec2:us-east-1:123456789012:volume/* because no identity-based policy allows the ec2:CreateVolume action',
      {
        class: 'deployer-access-denied',
        principal: 'ecsInfrastructureRole',
        principalKind: 'infrastructure-role',
        action: 'ec2:CreateVolume',
        resource: 'arn:aws:ec2:us-east-1:123456789012:volume/*',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    scheduler(
      'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/4fe72fe75cdf9149)',
      {
        class: 'elb-health-check',
        resource:
          'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/4fe72fe75cdf9149',
      },
    ),
    scheduler('Task failed ELB health checks in (elb my-alb)', {
      class: 'elb-health-check',
      resource: 'my-alb',
    }),
    scheduler(
      'Task failed ELB health checks in (target-group arn:aws:ela                                                     \n        sticloadbalancing:us-east-1:123456789012:targetgroup/ecsmic-Targe-SMMVQPCVRIBS/86a54506434cfa92)',
      { class: 'elb-health-check' },
    ),
    ...each(task, { class: 'eni-timeout' }, [
      'Unexpected EC2 error while attempting to tag the network\n            interface: TagPolicyViolation',
      'Unexpected EC2 error while attempting to attach network interface to instance',
      "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0a8ba0a09aaffa2f7': AuthFailure",
      'Network interface provision complete error timeout wait for network interface provision.',
    ]),
    log(255, 'exec /usr/local/bin/docker-entrypoint.sh: exec format error', {
      class: 'exec-format',
    }),
    log(1, 'standard_init_linux.go:219: exec user process caused: exec format error', {
      class: 'exec-format',
    }),
    ...each(scheduler, { class: 'host-maintenance' }, [
      'ECS is performing maintenance on the underlying infrastructure hosting the task',
      'Stopped by AWS Fargate: task retirement',
    ]),
    ...each(task, { class: 'other' }, [
      'Secret does not exist or has no value',
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/app-a1B2c3 from secrets manager: InvalidParameter: 1 validation error(s) found. - minimum field size of 32, GetSecretValueInput.VersionId.',
      'ResourceInitializationError: unable to pull secrets or registry auth',
      'ResourceInitializationError: unable to pull secrets',
      'Timeout waiting for EphemeralStorage provisioning to complete.',
      'Task failed to start: insufficient memory',
      'fetching secret data from AWS Secrets Manager in region us-west-2: secret arn:aws:secretsmanager:us-west-2:11111:secret:/test/secretName: error response',
      'ResourceInitializationError: failed to create log stream',
      'TaskFailedToStart: AccessDeniedException',
      'ECS failed to set up the EBS volume. Encountered\n IdempotentParameterMismatch"; "The client token you have provided is\n associated with a resource that is already deleted. Please use a different\n client token."',
      'ECS timed out while configuring the EBS volume attachment to your\n Task',
      'Task failed to start',
    ]),
    ...each(container, { class: 'other' }, [
      'CannotStartContainerError: Error response from daemon: failed to create task for container: failed to initialize logging driver: unable to connect or authenticate with Google Cloud Logging: rpc error: code = PermissionDenied desc = Request had insufficient authentication scopes.',
      'CannotStopContainerError: failed sending SIGTERM to container: no such container',
      'Container encountered an error during StartContainer: exit status 1: ...',
      'Docker Error: no space left on device',
    ]),
    ...each(task, { class: 'placement-failed' }, [
      'TaskFailedToStart: EMPTY CAPACITY PROVIDER',
      'TaskFailedToStart: MISSING ATTRIBUTE',
      'TaskFailedToStart: NO ACTIVE INSTANCES',
      'TaskFailedToStart: RESOURCE:PORTS',
      'TaskFailedToStart: ATTRIBUTE',
      'TaskFailedToStart: AGENT',
      'TaskFailedToStart: RESOURCE:MEMORY',
    ]),
    task(
      "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0a8ba0a09aaffa2f7': NetworkInterfaceLimitExceeded",
      { class: 'quota-exceeded' },
    ),
    task(
      "Unexpected EC2 error while attempting to Create Network Interface in subnet '': InsufficientFreeAddressesInSubnet",
      { class: 'subnet-addresses-exhausted' },
    ),
  ]);
});
