import { describe } from 'vitest';
import { checkRows, deployment, each, event, target } from './table.ts';

describe('captured texts: events, deployments, targets', () => {
  checkRows([
    ...each(event, 'none', [
      '(service reefguide-reefguideapireefguideserviceService9CF43A7C-warFx9zMuB8k, taskSet ecs-svc/4408993298399279146) has begun draining connections on 1 tasks.',
      'service fragments-service has stopped 1 running tasks: task 38b054c4e6724fafbdc1fac589f8d0ae.',
      '(service mozamimy-slackpad) deregistered 2 targets in (target-group arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/4fe72fe75cdf9149)',
      'service my-service registered 1 targets in target-group arn:...',
      '(service api) has started 1 tasks: (task 66066f5cae104f0fae66c804d885fae7). Amazon ECS replaced 1 tasks due to an unhealthy status.',
      '(service fail-over-error-handler) has reached a steady state.',
      'service access-denied-service has started 2 tasks: task abc123, task def456.',
      '(service web) is AZ balanced with 2 tasks in eu-west-1a, 2 tasks in eu-west-1b.',
      '(service web) is not AZ balanced with 3 tasks in eu-west-1a, 1 tasks in eu-west-1b. AZ Rebalancing in progress.',
      '(service web) stopped AZ Rebalancing.',
      '(service web) has stopped 1 running tasks in AZ due to AZ rebalancing: (task 66066f5cae104f0fae66c804d885fae7).',
      '(service web) updated desired count to 4.',
      '(service web) has stopped 3 running tasks: (task 66066f5cae104f0fae66c804d885fae7) (Reason: Task failed ELB health checks)',
      'Successfully set desired count to 3. Change successfully fulfilled by ecs.',
      '(service devops-g3-inventory) has stopped 1 running tasks: (task 60a736a708f44dfcb1191e0771825ad5).',
      '(service web) was unable to AZ Rebalance because the deployment configuration does not allow it.',
      '(service web) is unable to place a task in AZ eu-west-1a.',
      '(service web) has stopped 1 running tasks: (task a). Amazon ECS replaced 1 tasks due to an unhealthy status.',
      '(service web) has started 2 tasks on capacity provider FARGATE_SPOT: (task a) (task b).',
      '(service web) deregistered 1 instances in (service-registry arn:aws:servicediscovery:eu-west-1:1:service/srv-abc)',
      '(service web) registered 1 instances in (service-registry arn:aws:servicediscovery:eu-west-1:1:service/srv-abc)',
      '(service web) has started 1 tasks: (task 17cbd22653424f62971b13fffcf6113e). Amazon ECS replaced 1 tasks due to scheduled maintenance.',
      '(service web) stopped 3 pending tasks.',
      '(service error-pages) (deployment ecs-svc/1234567890123456789) deployment completed.',
      '(service web) registered 3 targets in (target-group arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012:targetgroup/errors/4fe72fe75cdf9149)',
      '(service web, taskSet ecs-svc/123) has reached a steady state.',
      '(service web) has stopped 1 running tasks: (task a).\n',
      '(service web) was unable to AZ Rebalance because the service has tasks with protection enabled.',
    ]),
    target(
      'draining',
      'Target.DeregistrationInProgress',
      'Target deregistration is in progress',
      'none',
    ),
    target('draining', 'Target.DeregistrationInProgress', null, 'none'),
    target('initial', 'Elb.InitialHealthChecking', 'Initial health checks in progress', 'none'),
    deployment(
      'STOPPED',
      'Service deployment stopped because a new service deployment was started.',
      'none',
    ),
    deployment('SUCCESSFUL', null, 'none'),
    deployment('IN_PROGRESS', 'ECS deployment ecs-svc/9232663487764909975 in progress.', 'none'),
    deployment('ROLLBACK_SUCCESSFUL', 'Service deployment rolled back by user.', 'none'),
    deployment('ROLLBACK_IN_PROGRESS', null, 'none'),
    deployment('SUCCESSFUL', 'Service deployment completed.', 'none'),
    target(
      'unhealthy.draining',
      'Target.DeregistrationInProgress',
      'Target deregistration is in progress',
      'none',
    ),
    target('unavailable', 'Target.HealthCheckDisabled', 'Health checks are disabled', 'none'),
    target('unused', 'Target.InvalidState', 'Target is in the stopped state', 'none'),
    target(
      'unused',
      'Target.NotRegistered',
      'Target is not registered to the target group',
      'none',
    ),
    event('(service web) (deployment ecs-svc/1) deployment failed: alarm detected.', {
      class: 'alarm-rollback',
    }),
    deployment(
      'ROLLBACK_SUCCESSFUL',
      'Service deployment rolled back because of one or more active alarms.',
      { class: 'alarm-rollback' },
    ),
    deployment(
      'ROLLBACK_SUCCESSFUL',
      "Service deployment rolled back because of invalid networking configuration. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role 'arn:aws:iam::1:role/infra'.",
      {
        class: 'bad-service-settings',
        principal: 'arn:aws:iam::1:role/infra',
        principalKind: 'infrastructure-role',
      },
    ),
    target(
      'unused',
      'Target.NotInUse',
      'Target group is not configured to receive traffic from the load balancer',
      { class: 'bad-service-settings' },
    ),
    deployment(
      'ROLLBACK_FAILED',
      'Service deployment rolled back because of invalid networking configuration: Target group arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/myAlternateTG/abc123 is not associated with either productionListenerRule or testListenerRule.',
      { class: 'bad-service-settings' },
    ),
    event(
      "(service demo-web-dev-EcsService-gOCz3YOQTvV9) failed to register targets in (target-group arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/demo-Targe-H7QJOLZK1CDM/3cc9518a30c0f229) with (error The following targets are not in the target group VPC 'vpc-11111111': 'i-0381a63c79abcf413')",
      { class: 'bad-service-settings' },
    ),
    ...each(event, { class: 'breaker-tripped' }, [
      '(service web) (deployment ecs-svc/2830403212626111962) deployment failed: tasks failed to start.',
      '(service authn) rolling back to deployment ecs-svc/2830403212626111962.',
      '(service demo-test-api-Service-ZMAe8F2ERZtu) (deployment ecs-svc/65643                                     \n        00971027597161) deployment failed: tasks failed to start.',
      'Resource handler returned message: "Error occurred during operation \'E                                                     \n    CS Deployment Circuit Breaker was triggered\'." (RequestToken: 121161f9                                                     \n    -1c97-e3d5-b4d3-8328bb2b676c, HandlerErrorCode: GeneralServiceExceptio                                                     \n    n)',
      '(service devops-g3-inventory) rolling back to deployment ecs-svc/1675294001379389663.',
    ]),
    deployment('ROLLBACK_FAILED', 'No rollback candidate was found to run the rollback.', {
      class: 'breaker-tripped',
    }),
    deployment(
      'STOPPED',
      'Service deployment stopped because the circuit breaker threshold was exceeded.',
      { class: 'breaker-tripped' },
    ),
    event(
      '(service web) was unable to place a task. Reason: Capacity is unavailable for Fargate Spot at this time.',
      { class: 'capacity-unavailable' },
    ),
    ...each(event, { class: 'container-health-check' }, [
      '(service web) (task 66066f5cae104f0fae66c804d885fae7) failed container health checks.',
      '(service task-service) (task b5067ed30cc5431d89fe74c47fd9981f) failed container health checks.',
    ]),
    event(
      'service myService failed to describe target health on target-group myTargetGroup with (error User: arn:aws:sts::123456789012:assumed-role/myELBRole/ecs-service-scheduler is not authorized to perform: elasticloadbalancing:DescribeTargetHealth because no identity-based policy allows the elasticloadbalancing:DescribeTargetHealth action)',
      {
        class: 'deployer-access-denied',
        principal: 'myELBRole',
        principalKind: 'service-linked-role',
        action: 'elasticloadbalancing:DescribeTargetHealth',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    event(
      '(service web, taskSet ecs-svc/123) (task 17cbd22653424f62971b13fffcf6113e) (instance i-0abc) (port 80) is unhealthy in (target-group arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/web/4fe72fe75cdf9149) due to (reason Request timed out)',
      {
        class: 'elb-health-check',
        resource:
          'arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/web/4fe72fe75cdf9149',
      },
    ),
    event(
      '(service web) task set (ecs-svc/123) (task 17cbd22653424f62971b13fffcf6113e) is not healthy in target-group (arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/4fe72fe75cdf9149) due to TARGET IS NOT FOUND.',
      {
        class: 'elb-health-check',
        resource:
          'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/4fe72fe75cdf9149',
      },
    ),
    event(
      '(service api) (task d977478a) (port 8000) is unhealthy in (target-group arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/4fe72fe75cdf9149)\n due to (reason Health checks failed)',
      {
        class: 'elb-health-check',
        resource:
          'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/4fe72fe75cdf9149',
      },
    ),
    event(
      '(service web) (task 17cbd22653424f62971b13fffcf6113e) (instance i-0abc) is unhealthy in (elb classic-web) due to (reason Instance has failed at least the UnhealthyThreshold number of health checks consecutively.)',
      { class: 'elb-health-check', resource: 'classic-web' },
    ),
    event(
      '(service api) (port 3000) is unhealthy in (target-group opshub-develop-api) due to\n(reason Target is in an Availability Zone that is not enabled for the load balancer)',
      { class: 'elb-health-check', resource: 'opshub-develop-api' },
    ),
    ...each(event, { class: 'elb-health-check' }, [
      '(task xxx) is unhealthy in (target-group ...)\ndue to (reason Request timed out).',
      'service my-service (instance i-abc123) (port 8080) is unhealthy in\ntarget-group arn:... due to (reason Health checks failed).',
    ]),
    target('unhealthy', 'Target.Timeout', 'Request timed out', { class: 'elb-health-check' }),
    target(
      'unhealthy',
      'Target.ResponseCodeMismatch',
      'Health checks failed with these codes: [301]',
      { class: 'elb-health-check' },
    ),
    target('unhealthy', 'Target.Timeout', 'Connection to target timed out', {
      class: 'elb-health-check',
    }),
    target('unhealthy', 'Elb.InternalError', 'Health checks failed due to an internal error', {
      class: 'elb-health-check',
    }),
    deployment(
      'ROLLBACK_SUCCESSFUL',
      'Service deployment rolled back because TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. User: arn:aws:sts::123456789012:assumed-role/myELBRole/ECSNetworkingWithELB is not authorized to perform: elasticloadbalancing:ModifyListener on resource: arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/app/my-alb/abc123/def456 because no identity-based policy allows the elasticloadbalancing:ModifyListener action',
      {
        class: 'lifecycle-hook-failed',
        principal: 'myELBRole',
        principalKind: 'infrastructure-role',
        action: 'elasticloadbalancing:ModifyListener',
        resource:
          'arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/app/my-alb/abc123/def456',
        fixableInRole: true,
        policy: 'identity',
        explicit: false,
      },
    ),
    deployment(
      'ROLLBACK_SUCCESSFUL',
      'Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target arn:aws:lambda:us-west-2:123456789012:function:scu-dev-signature-hook returned FAILED status.',
      {
        class: 'lifecycle-hook-failed',
        resource: 'arn:aws:lambda:us-west-2:123456789012:function:scu-dev-signature-hook',
      },
    ),
    event('PROVISIONING lifecycle hook(s) failed. AccessDenied', {
      class: 'lifecycle-hook-failed',
    }),
    deployment(
      'ROLLBACK_SUCCESSFUL',
      'Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause hook timed out.',
      { class: 'lifecycle-hook-failed' },
    ),
    ...each(event, { class: 'other' }, [
      '(service newrelic-ifnra) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
      '(service madar-stage-app-service) was unable to place a task because your account is currently blocked.',
      '(service web) was unable to reach steady state because task set (ecs-svc/1111) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks',
      '(service web) could not launch 2 tasks for deployment ecs-svc/123.',
      'service (web) Timed out waiting for Amazon ECS Agent to start. Please check logs at /var/log/ecs/ecs-agent.log".',
    ]),
    deployment('ROLLBACK_FAILED', null, { class: 'other' }),
    ...each(event, { class: 'placement-failed' }, [
      '(service clouddriver-dev-v0013) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance b2db08b9-0e55-4f7e-8331-f9fb0a707938) has insufficient CPU units available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
      "(service x) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 3a09814c860f4d3fb05f6f14c6489eb3) doesn't have the agent connected. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
      '(service x) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance fb2ddff7) encountered error "MemberOf placement constraint unsatisfied.".',
      'service api-service was unable to place a task. Reason: RESOURCE:ENI.',
      '(service x) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 79cac21ecdb44097a989744944e202d7) is missing an attribute required by your task.',
      '(service demo) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 123456-1234-1234-1234-1234567890) is\n    already using a port required by your task. For more information, see the Troubleshooting\n    section of the Amazon ECS Developer Guide.',
      '(service web) was unable to place a task because no container instance met all of its requirements. The closest matching container-instance 1 has insufficient CPU units available.',
    ]),
    ...each(event, { class: 'quota-exceeded' }, [
      "service my-service was unable to place a task. Reason: You've reached\nthe limit on the number of tasks you can run concurrently.",
      '(service gpu) was unable to place a task. Reason: ResourceInitializationError:\nUnable to launch instance(s) for capacity provider af-image-spot.\nMaxSpotInstanceCountExceeded: Max spot instance count exceeded. RequestId: 3495893a-0000-0000-0000-123456789012',
      '(service web) was unable to place a task. Reason: You’ve reached the limit on the number of Fargate Spot vCPUs you can run concurrently.',
      '(service web) was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded.',
    ]),
  ]);
});
