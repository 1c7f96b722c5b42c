import { describe, expect, it } from 'vitest';
import { causesOf } from '../../src/diagnosis/causes.ts';
import type { Evidence } from '../../src/diagnosis/types.ts';
import {
  ACCOUNT,
  checkRows,
  container,
  deployment,
  event,
  GROUP,
  missing,
  REGION,
  type Row,
  TASK,
  target,
  task,
} from './table.ts';

type StoppedTask = Extract<Evidence, { kind: 'stopped-task' }>;

const ROLE = `arn:aws:iam::${ACCOUNT}:role/web-execution`;
const assumption = `ECS was unable to assume the role '${ROLE}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
const notAssumable = {
  class: 'role-not-assumable',
  principal: ROLE,
  action: 'sts:AssumeRole',
  resource: ROLE,
} as const;

const scheduler = (reason: string, expected: Row['expected'] | 'none', exitCode = 137): Row => ({
  evidence: {
    kind: 'stopped-task',
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: reason,
    containers: [{ name: 'app', exitCode, reason: null }],
  },
  text: reason,
  expected: expected === 'none' ? [] : expected,
});

describe('events: cannot place or start', () => {
  const reason = (words: string) => `(service web) was unable to place a task. Reason: ${words}`;
  checkRows([
    event(
      reason(
        'Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      ),
      { class: 'capacity-unavailable' },
    ),
    event(reason("You've reached the limit on the number of tasks you can run concurrently"), {
      class: 'quota-exceeded',
    }),
    event(reason('You’ve reached the limit on the number of vCPUs you can run concurrently'), {
      class: 'quota-exceeded',
    }),
    event(reason('Internal error.'), { class: 'aws-error' }),
    event(reason('The requested CPU configuration is above your limit.'), {
      class: 'quota-exceeded',
    }),
    event(reason('The requested MEMORY configuration is above your limit.'), {
      class: 'quota-exceeded',
    }),
    event('(service web) is unable to consistently start tasks successfully.', { class: 'other' }),
    event(
      '(service web) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.',
      { class: 'other' },
    ),
    event(`service web failed to launch a task with (error ${assumption}).`, notAssumable),
    event(
      '(service web) was unable to place a task because no container instance met all of its requirements.',
      { class: 'placement-failed' },
    ),
    ...[
      'has insufficient CPU units available.',
      'is already using a port required by your task.',
      'encountered error "AGENT".',
      'is missing an attribute required by your task.',
    ].flatMap((why) => {
      const words = `(service web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 476c4f3985624ef195cfa2ac13e78099) ${why}`;
      return [
        words,
        `${words} For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
      ].map((message) => event(message, { class: 'placement-failed' }));
    }),
    event(
      '(service web) was unable to reach steady state. Reason: No Container Instances were found in your capacity provider.',
      { class: 'placement-failed' },
    ),
    event(
      '(service web) was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded.',
      { class: 'quota-exceeded' },
    ),
    event(
      '(service web) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
      { class: 'bad-service-settings' },
    ),
    event('(service web) operations are being throttled. Will try again later.', {
      class: 'throttled',
    }),
    event(
      '(service web) IAM permissions policies have been misconfigured or changed, and ECS can no longer maintain your service',
      { class: 'deployer-access-denied', principalKind: 'service-linked-role' },
    ),
    event(
      '(service web) IAM trust relationship has been misconfigured or changed, and ECS can no longer maintain your service',
      { class: 'role-not-assumable', action: 'sts:AssumeRole' },
    ),
    event('(service web) could not launch 2 tasks for deployment ecs-svc/5461430053932792014.', {
      class: 'other',
    }),
  ]);
});

describe('events: health', () => {
  const unhealthy = { class: 'elb-health-check', resource: GROUP } as const;
  const elb = (session: string, role: string, action: string) =>
    `User: arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session} is not authorized to perform: elasticloadbalancing:${action} on resource: * because no identity-based policy allows the elasticloadbalancing:${action} action`;
  checkRows([
    ...[
      'Health checks failed with these codes: [503]',
      'Request timed out',
      'Health checks failed',
    ].flatMap((why) => [
      event(
        `(service web) (task ${TASK}) (port 8080) is unhealthy in (target-group ${GROUP}) due to (reason ${why}).`,
        unhealthy,
      ),
      event(
        `(service web) (task ${TASK}) (instance i-04b17daec78ef4a0b) (port 8080) is unhealthy in (target-group ${GROUP}) due to (reason ${why})`,
        unhealthy,
      ),
      event(
        `(service web, taskSet ecs-svc/5461430053932792014) (port 8080) is unhealthy in (target-group ${GROUP}) due to (reason ${why})`,
        unhealthy,
      ),
    ]),
    event(
      'service web (instance i-04b17daec78ef4a0b) is unhealthy in (elb web-classic) due to (reason Instance has failed at least the UnhealthyThreshold number of health checks consecutively.)',
      { class: 'elb-health-check', resource: 'web-classic' },
    ),
    event(
      'service web (instance 10.0.0.29) (port 8080) is unhealthy in target-group web-tg due to (reason Request timed out)',
      { class: 'elb-health-check', resource: 'web-tg' },
    ),
    event(`(service web) (task ${TASK}) failed container health checks.`, {
      class: 'container-health-check',
    }),
    ...['TARGET GROUP', 'TARGET'].map((what) =>
      event(
        `(service web) task set (ecs-svc/1) (${TASK}) is not healthy in target-group (${GROUP}) due to ${what} IS NOT FOUND.`,
        unhealthy,
      ),
    ),
    event(
      `service web failed to describe target health on target-group ${GROUP} with (error ${elb('ecs-service-scheduler', 'AWSServiceRoleForECS', 'DescribeTargetHealth')})`,
      {
        class: 'deployer-access-denied',
        principal: 'AWSServiceRoleForECS',
        principalKind: 'service-linked-role',
        action: 'elasticloadbalancing:DescribeTargetHealth',
        resource: '*',
        ...missing,
      },
    ),
    event(
      `(service web) failed to register targets in (target-group ${GROUP}) with (error ${elb('ecs-service-scheduler', 'ecsServiceRole', 'RegisterTargets')})`,
      {
        class: 'deployer-access-denied',
        principal: 'ecsServiceRole',
        principalKind: 'service-linked-role',
        action: 'elasticloadbalancing:RegisterTargets',
        resource: '*',
        ...missing,
      },
    ),
    event(
      '(service web) was unable to reach steady state because (taskSet ecs-svc/5461430053932792014) was unable to scale in due to (reason 2 tasks under protection)',
      { class: 'other' },
    ),
    scheduler(`Task failed ELB health checks in (target-group ${GROUP})`, [unhealthy]),
    scheduler('Task failed ELB health checks in (elb web-classic)', [
      { class: 'elb-health-check', resource: 'web-classic' },
    ]),
    scheduler('Task failed container health checks', [{ class: 'container-health-check' }]),
  ]);
});

describe('normal life', () => {
  checkRows([
    ...[
      '(service web) has reached a steady state.',
      `(service web) has started 2 tasks: (task ${TASK}) (task ${TASK}).`,
      `(service web) has started 1 tasks: (task ${TASK}). Amazon ECS replaced 1 tasks due to an unhealthy status.`,
      `(service web) registered 2 targets in (target-group ${GROUP})`,
      `(service web) deregistered 2 targets in (target-group ${GROUP})`,
      '(service web) has begun draining connections on 2 tasks.',
      `(service web) has stopped 2 running tasks: (task ${TASK}) (task ${TASK}).`,
      '(service web) stopped 2 pending tasks.',
      '(service web) (deployment ecs-svc/5461430053932792014) deployment completed.',
      '(service web) is AZ balanced with 2 tasks in eu-west-1a, 2 tasks in eu-west-1c.',
      '(service web) is not AZ balanced with 3 tasks in eu-west-1a, 1 tasks in eu-west-1b. AZ Rebalancing in progress.',
      `(service web) has started 1 tasks in eu-west-1b to AZ Rebalance: (task ${TASK}).`,
      `(service web) has stopped 1 running tasks in eu-west-1a due to AZ rebalancing: (task ${TASK}).`,
      '(service web) is unable to place a task in eu-west-1b. AZ Rebalancing is stopped.',
      '(service web) is unable to place a task in AZ.',
      '(service web) was unable to AZ Rebalance because of a failed task.',
      '(service web) stopped AZ Rebalancing.',
      'ECS deployment ecs-svc/5461430053932792014 completed.',
      'ECS deployment ecs-svc/5461430053932792014 in progress.',
      // Words of trouble in a name are no trouble.
      '(service error-handler) has reached a steady state.',
      '(service failed-jobs) was created',
    ].map((message) => event(message, 'none')),
    scheduler('Scaling activity initiated by (deployment ecs-svc/4770560200895743049)', 'none'),
    ...['Task stopped by user', 'stopping for a test: exit 1 error'].map(
      (stoppedReason): Row => ({
        evidence: {
          kind: 'stopped-task',
          stopCode: 'UserInitiated',
          stoppedReason,
          containers: [{ name: 'app', exitCode: 137, reason: null }],
        },
        text: stoppedReason,
        expected: [],
      }),
    ),
    target('initial', 'Elb.RegistrationInProgress', 'Target registration is in progress', 'none'),
    target('initial', 'Elb.InitialHealthChecking', 'Initial health checks in progress', 'none'),
    target('healthy', null, null, 'none'),
    target(
      'draining',
      'Target.DeregistrationInProgress',
      'Target deregistration is in progress',
      'none',
    ),
    target(
      'unhealthy.draining',
      'Target.DeregistrationInProgress',
      'Target deregistration is in progress',
      'none',
    ),
    target(
      'unused',
      'Target.NotRegistered',
      'Target is not registered to the target group',
      'none',
    ),
    target('unused', 'Target.InvalidState', 'Target is in the stopped state', 'none'),
    target('unavailable', 'Target.HealthCheckDisabled', 'Health checks are disabled', 'none'),
    deployment('SUCCESSFUL', null, 'none'),
    deployment('IN_PROGRESS', null, 'none'),
    deployment('STOPPED', null, 'none'),
    deployment('ROLLBACK_SUCCESSFUL', 'Service deployment rolled back by user.', 'none'),
    deployment('COMPLETED', 'ECS deployment ecs-svc/1 completed.', 'none'),
  ]);
});

describe('targets', () => {
  checkRows([
    ...[
      ['Target.ResponseCodeMismatch', 'Health checks failed with these codes: [503]'],
      ['Target.Timeout', 'Request timed out'],
      ['Target.FailedHealthChecks', 'Health checks failed'],
      ['Elb.InternalError', 'Health checks failed due to an internal error'],
    ].map(([reason = '', words = '']) =>
      target('unhealthy', reason, words, { class: 'elb-health-check' }),
    ),
    target('unhealthy', null, null, { class: 'elb-health-check' }),
    ...[
      'Target group is not configured to receive traffic from the load balancer',
      'Target is in an Availability Zone that is not enabled for the load balancer',
    ].map((words) => target('unused', 'Target.NotInUse', words, { class: 'bad-service-settings' })),
    target(
      'unused',
      'Target.IpUnusable',
      'The IP address cannot be used as a target, as it is in use by a load balancer',
      { class: 'bad-service-settings' },
    ),
  ]);
});

describe('why ECS gave up a deployment', () => {
  const hook = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:check`;
  const hookRole = `arn:aws:iam::${ACCOUNT}:role/hook-role`;
  const failed = (stage: string, why: string) =>
    `Service deployment rolled back because ${stage} lifecycle hook(s) failed. ${why}`;
  const invoke = `User: arn:aws:sts::${ACCOUNT}:assumed-role/hook-role/ECSLambdaHook is not authorized to perform: lambda:InvokeFunction on resource: ${hook} because no identity-based policy allows the lambda:InvokeFunction action`;
  const modify = `User: arn:aws:sts::${ACCOUNT}:assumed-role/ecs-elb/ECSNetworkingWithELB is not authorized to perform: elasticloadbalancing:ModifyListener on resource: arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:listener/app/web/1/2 because no identity-based policy allows the elasticloadbalancing:ModifyListener action`;
  const reasons: readonly (readonly [string, Row['expected'][number]])[] = [
    [
      'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      { class: 'breaker-tripped' },
    ],
    [
      'Service deployment rolled back because of one or more active alarms.',
      { class: 'alarm-rollback' },
    ],
    [
      failed('PRE_SCALE_UP', `Lifecycle hook target ${hook} returned FAILED status.`),
      { class: 'lifecycle-hook-failed', resource: hook },
    ],
    [
      failed('POST_SCALE_UP', `ECS was unable to assume role ${hookRole}`),
      {
        class: 'lifecycle-hook-failed',
        principal: hookRole,
        action: 'sts:AssumeRole',
        resource: hookRole,
      },
    ],
    [
      failed('TEST_TRAFFIC_SHIFT', `ECS was unable to invoke hook target ${hook} due to ${invoke}`),
      {
        class: 'lifecycle-hook-failed',
        principal: 'hook-role',
        action: 'lambda:InvokeFunction',
        resource: hook,
        ...missing,
      },
    ],
    [
      failed(
        'PRE_SCALE_UP',
        `ECS was unable to parse the response from ${hook} due to HookStatus must not be null`,
      ),
      { class: 'lifecycle-hook-failed', resource: hook },
    ],
    [
      failed('PRODUCTION_TRAFFIC_SHIFT', modify),
      {
        class: 'lifecycle-hook-failed',
        principal: 'ecs-elb',
        principalKind: 'infrastructure-role',
        action: 'elasticloadbalancing:ModifyListener',
        resource: `arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:listener/app/web/1/2`,
        ...missing,
      },
    ],
    [
      'Service deployment rolled back because POST_SCALE_UP pause hook timed out.',
      { class: 'lifecycle-hook-failed' },
    ],
    ...[':', '.'].flatMap((stop) =>
      (
        [
          [
            `Target group ${GROUP} is not associated with either productionListenerRule or testListenerRule.`,
            GROUP,
          ],
          [
            'Both targetGroup and alternateTargetGroup must be associated with the productionListenerRule or testListenerRule.',
            null,
          ],
          [
            'productionListenerRule arn:aws:elasticloadbalancing:eu-west-1:1:listener-rule/app/a/b/c/d should have exactly one target group serving traffic but found 2',
            null,
          ],
          [
            `Production listener rule is forwarding traffic to unexpected target group ${GROUP}`,
            GROUP,
          ],
          ['One or more rules not found', null],
          [`The target group ${GROUP} does not exist.`, GROUP],
        ] as const
      ).map(([words, resource]): readonly [string, Row['expected'][number]] => [
        `Service deployment rolled back because of invalid networking configuration${stop} ${words}`,
        { class: 'bad-service-settings', resource },
      ]),
    ),
    [
      `Service deployment rolled back because of invalid networking configuration: ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${hookRole}'.`,
      {
        class: 'bad-service-settings',
        principal: hookRole,
        principalKind: 'infrastructure-role',
      },
    ],
  ];
  checkRows([
    ...reasons.flatMap(([words, expected]) => [
      deployment('ROLLBACK_SUCCESSFUL', words, expected),
      event(`(service web) (deployment ecs-svc/1) deployment failed: ${words}`, expected),
    ]),
    deployment('ROLLBACK_FAILED', 'No rollback candidate was found to run the rollback.', {
      class: 'breaker-tripped',
    }),
    ...[
      'ECS deployment circuit breaker: tasks failed to start.',
      'ECS deployment circuit breaker: task failed to start.',
      'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/5461430053932792014.',
    ].map((words) => deployment('FAILED', words, { class: 'breaker-tripped' })),
    event('(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.', {
      class: 'breaker-tripped',
    }),
    event('(service web) rolling back to deployment ecs-svc/5461430053932792014.', {
      class: 'breaker-tripped',
    }),
    event('(service web) (deployment ecs-svc/1) deployment failed: alarm detected.', {
      class: 'alarm-rollback',
    }),
  ]);
});

describe('place, network and host', () => {
  checkRows([
    task('Timeout waiting for network interface provisioning to complete.', {
      class: 'eni-timeout',
    }),
    task('Timeout waiting for EphemeralStorage provisioning to complete.', { class: 'other' }),
    task(
      'Network interface provision complete error timeout wait for network interface provision.',
      { class: 'eni-timeout' },
    ),
    task(
      "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0f4ab58d04f3bff41': InsufficientFreeAddressesInSubnet",
      { class: 'subnet-addresses-exhausted', resource: 'subnet-0f4ab58d04f3bff41' },
    ),
    task('The selected task definition is not compatible with the selected compute strategy', {
      class: 'bad-service-settings',
    }),
    task('InternalError: something went wrong', { class: 'aws-error' }),
    task(
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      { class: 'capacity-unavailable' },
    ),
    scheduler('ECS is performing maintenance on the underlying infrastructure hosting the task', [
      { class: 'host-maintenance' },
    ]),
    ...['stopped', 'terminated'].map((what) =>
      scheduler(`Host EC2 (instance i-04b17daec78ef4a0b) ${what}.`, [
        { class: 'host-maintenance' },
      ]),
    ),
    ...(
      [
        ['SpotInterruption', 'Your Spot Task was interrupted.', 'spot-interruption'],
        ['TerminationNotice', 'Your Spot Task was interrupted.', 'spot-interruption'],
        ['InfrastructureHealth', 'The host is not well.', 'host-maintenance'],
      ] as const
    ).map(
      ([stopCode, stoppedReason, expected]): Row => ({
        evidence: {
          kind: 'stopped-task',
          stopCode,
          stoppedReason,
          containers: [{ name: 'app', exitCode: 137, reason: null }],
        },
        text: `${stopCode}: ${stoppedReason}`,
        expected: [{ class: expected }],
      }),
    ),
    container('CannotStartContainerError: failed to get container status: no answer', {
      class: 'container-start-failed',
    }),
    container(
      'CannotCreateContainerError: API error (500): devmapper: Thin Pool has 4350 free data blocks',
      {
        class: 'container-start-failed',
      },
    ),
    container(
      'ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m: no answer',
      { class: 'container-start-failed' },
    ),
  ]);
});

describe('containers that ended', () => {
  const ended = (
    containers: readonly [name: string, exitCode: number | null, reason?: string][],
    logs: Record<string, readonly string[]> = {},
    stoppedReason = 'Essential container in task exited',
  ): StoppedTask => ({
    kind: 'stopped-task',
    stopCode: 'EssentialContainerExited',
    stoppedReason,
    containers: containers.map(([name, exitCode, reason]) => ({
      name,
      exitCode,
      reason: reason ?? null,
    })),
    logs,
  });
  const only = (evidence: Evidence) => {
    const causes = causesOf(evidence);
    expect(causes).toHaveLength(1);
    return causes[0];
  };

  it.each([1, 2, 126, 127, 134, 139, 255])('exit code %i is the application', (code) => {
    expect(only(ended([['app', code]]))).toMatchObject({
      class: 'app-exit',
      container: 'app',
      exitCode: code,
    });
  });

  it('blames the container that failed by itself, not those that ECS killed after it', () => {
    const task = ended([
      ['proxy', 143],
      ['app', 1],
      ['logs', 137],
      ['agent', 0],
    ]);
    expect(only(task)).toMatchObject({ class: 'app-exit', container: 'app', exitCode: 1 });
  });

  it('an essential container that ended well ends the task', () => {
    const task = ended([
      ['migrate', 0],
      ['agent', 137],
    ]);
    expect(only(task)).toMatchObject({ class: 'app-exit-zero', container: 'migrate', exitCode: 0 });
  });

  it('137 without a reason is the application, not memory', () => {
    expect(only(ended([['app', 137]]))).toMatchObject({ class: 'app-exit', exitCode: 137 });
  });

  it.each([
    'OutOfMemoryError: Container killed due to memory usage',
    'OutOfMemory: container killed due to memory usage',
    'OUTOFMEMORYERROR: CONTAINER KILLED DUE TO MEMORY USAGE',
  ])('a container was killed for memory: %s', (reason) => {
    const task = ended([
      ['agent', 0],
      ['app', 137, reason],
    ]);
    expect(only(task)).toMatchObject({
      class: 'out-of-memory',
      container: 'app',
      exitCode: 137,
      evidence: reason,
    });
  });

  it('memory as the reason of the task', () => {
    const task = ended(
      [['app', 137]],
      {},
      'OutOfMemoryError: Container killed due to memory usage',
    );
    expect(only(task)).toMatchObject({ class: 'out-of-memory', container: 'app' });
  });

  it.each([
    'exec /usr/local/bin/web: exec format error',
    'standard_init_linux.go:228: exec user process caused: exec format error',
  ])('the log tells of another architecture: %s', (line) => {
    const task = ended([['app', 255]], { app: ['', line] });
    expect(only(task)).toMatchObject({ class: 'exec-format', container: 'app', evidence: line });
  });

  it("the task role's denial is in the log of the container that ended", () => {
    const line = `botocore.exceptions.ClientError: An error occurred (AccessDeniedException) when calling the GetItem operation: User: arn:aws:sts::${ACCOUNT}:assumed-role/web-task/${TASK} is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders because no identity-based policy allows the dynamodb:GetItem action`;
    expect(only(ended([['app', 1]], { app: ['starting', line, 'bye'] }))).toMatchObject({
      class: 'app-exit',
      container: 'app',
      exitCode: 1,
      principal: 'web-task',
      principalKind: 'task-role',
      action: 'dynamodb:GetItem',
      resource: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`,
      ...missing,
      evidence: line,
    });
  });

  it('a role that the application took on by itself is named, and is not the task role', () => {
    const line = `User: arn:aws:sts::${ACCOUNT}:assumed-role/reports/nightly is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::reports/a.csv" because no identity-based policy allows the s3:PutObject action`;
    expect(only(ended([['app', 1]], { app: [line] }))).toMatchObject({
      principal: 'reports',
      principalKind: null,
      action: 's3:PutObject',
      resource: 'arn:aws:s3:::reports/a.csv',
    });
  });

  it("another container's log is not read", () => {
    const line = `User: arn:aws:iam::${ACCOUNT}:user/x is not authorized to perform: s3:ListBucket`;
    expect(
      only(
        ended(
          [
            ['app', 1],
            ['agent', 143],
          ],
          { agent: [line] },
        ),
      ),
    ).toMatchObject({
      class: 'app-exit',
      principal: null,
      action: null,
    });
  });

  it('a container whose image is missing did not end well, whatever its exit code', () => {
    const task = ended([['app', 0, 'CannotPullContainerError: Error: image web/web not found']]);
    expect(
      only({ ...task, stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start' }),
    ).toMatchObject({
      class: 'image-not-found',
      resource: 'web/web',
      exitCode: null,
    });
  });

  it('a task without containers still tells that it ended', () => {
    expect(only(ended([]))).toMatchObject({ class: 'app-exit', container: null, exitCode: null });
  });

  it('nothing said is nothing shown', () => {
    expect(
      causesOf({ kind: 'stopped-task', stopCode: null, stoppedReason: null, containers: [] }),
    ).toEqual([]);
  });
});
