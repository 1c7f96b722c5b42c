import { describe } from 'vitest';
import { ACCOUNT, api, checkRows, GROUP, missing, REGION, type Row } from './table.ts';

const deployer = { principal: 'deploy', principalKind: 'deployer' } as const;
const user = (action: string, resource: string) =>
  `User: arn:aws:sts::${ACCOUNT}:assumed-role/deploy/GitHubActions is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
const EXECUTION = `arn:aws:iam::${ACCOUNT}:role/ecsTaskExecutionRole`;
const SERVICE = `arn:aws:ecs:${REGION}:${ACCOUNT}:service/prod/web`;

const register = (message: string): Row =>
  api('RegisterTaskDefinition', 'ClientException', message, { class: 'bad-task-definition' });
const settings = (message: string, name = 'InvalidParameterException'): Row =>
  api('UpdateService', name, message, { class: 'bad-service-settings' });

describe('denials of the deployer', () => {
  checkRows([
    ...['AccessDeniedException', 'AccessDenied'].flatMap((name) => [
      api('RegisterTaskDefinition', name, user('ecs:RegisterTaskDefinition', '*'), {
        class: 'deployer-access-denied',
        ...deployer,
        action: 'ecs:RegisterTaskDefinition',
        resource: '*',
        ...missing,
      }),
      api('UpdateService', name, user('ecs:UpdateService', SERVICE), {
        class: 'deployer-access-denied',
        ...deployer,
        action: 'ecs:UpdateService',
        resource: SERVICE,
        ...missing,
      }),
      api('RegisterTaskDefinition', name, user('iam:PassRole', EXECUTION), {
        class: 'pass-role-denied',
        ...deployer,
        action: 'iam:PassRole',
        resource: EXECUTION,
        ...missing,
      }),
    ]),
    api('UpdateService', 'AccessDeniedException', '', {
      class: 'deployer-access-denied',
      principalKind: 'deployer',
    }),
    api('RegisterTaskDefinition', 'ClientException', 'Cross-account pass role is not allowed.', {
      class: 'pass-role-denied',
      principalKind: 'deployer',
      action: 'iam:PassRole',
      fixableInRole: false,
    }),
  ]);
});

describe('the task definition', () => {
  checkRows([
    ...[
      'Fargate requires task definition to have execution role ARN to support ECR images.',
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
      'No Fargate configuration exists for given values.',
      'No Fargate configuration exists for given values: 300 CPU, 512 memory. See the Amazon ECS documentation for the valid values.',
      "Invalid 'cpu' setting for task.",
      "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
      "Fargate requires that 'cpu' be defined at the task level.",
      "Fargate requires that 'memory' be defined at the task level.",
      'Fargate only supports network mode ‘awsvpc’.',
      'Role is not valid',
      'Container.name should not be null or empty.',
      'Container.image should not be null or empty.',
      "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
      'Tags can not be empty.',
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
      'Log driver awslogs requires options: awslogs-region, awslogs-group',
      "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
      'EFS IAM authorization requires a task role.',
      'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
      "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'PASSWORD'.",
      "Actual length: '70000'. Max allowed length is '65536' bytes.",
      'Unrecognized collection type class com.amazonaws.madison.frontend.RegisterTaskDefinitionRequest',
      'Container list cannot be empty.',
      'A task definition can contain at most 10 containers.',
      "Cannot depend on container + 'db' because it does not exist",
      'Family contains invalid characters.',
    ].map(register),
    api('DescribeTaskDefinition', 'ClientException', 'Unable to describe task definition.', {
      class: 'bad-task-definition',
    }),
    api('UpdateService', 'ClientException', 'TaskDefinition not found.', {
      class: 'bad-task-definition',
    }),
    api('UpdateService', 'ClientException', 'TaskDefinition is inactive', {
      class: 'bad-task-definition',
    }),
    api(
      'RegisterTaskDefinition',
      'ClientException',
      'Too many concurrent attempts to create a new revision of the specified family.',
      { class: 'throttled' },
    ),
  ]);
});

describe("the service's parameters", () => {
  const group = {
    class: 'bad-service-settings',
    resource: GROUP,
  } as const;
  const role = { class: 'role-not-assumable', action: 'sts:AssumeRole' } as const;
  checkRows([
    ...[
      'The container app does not exist in the task definition.',
      'The container app did not have a container port 8080 defined.',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
      'Cannot force a new deployment on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
      'productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: nonsense',
      'The following rules cannot be used as both production and test listener rules: arn:aws:elasticloadbalancing:eu-west-1:1:listener-rule/app/a/b/c/d',
      'For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup',
      'Either all or none of the provided loadBalancers must have advancedConfiguration defined',
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
      'Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}',
      'Provided hookId is either completed, unavailable, or not associated with the given Resource ARN',
      'Continuing a service deployment is not allowed for service deployment in terminal states.',
      'Creation of service was not idempotent.',
    ].map((message) => settings(message)),
    settings('', 'PlatformUnknownException'),
    settings('', 'NamespaceNotFoundException'),
    settings('The feature is not on.', 'UnsupportedFeatureException'),
    settings(
      'The selected task definition is not compatible with the selected compute strategy',
      'PlatformTaskDefinitionIncompatibilityException',
    ),
    api(
      'CreateService',
      'InvalidParameterException',
      `Duplicate targetGroupArn found: ${GROUP}`,
      group,
    ),
    api(
      'CreateService',
      'InvalidParameterException',
      `The target group with targetGroupArn ${GROUP} does not have an associated load balancer.`,
      group,
    ),
    api(
      'CreateService',
      'InvalidParameterException',
      'Unable to assume the service linked role. Please verify that the ECS service linked role exists.',
      { ...role, principalKind: 'service-linked-role' },
    ),
    api(
      'CreateService',
      'InvalidParameterException',
      'Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role being passed has the proper permissions.',
      role,
    ),
    api(
      'RunTask',
      'ClientException',
      `ECS was unable to assume the role '${EXECUTION}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`,
      { ...role, principal: EXECUTION, resource: EXECUTION },
    ),
  ]);
});

describe('what is not there, and AWS itself', () => {
  checkRows([
    api('UpdateService', 'ClusterNotFoundException', 'Cluster not found.', {
      class: 'cluster-not-found',
    }),
    api('UpdateService', 'ServiceNotFoundException', '', { class: 'service-not-found' }),
    api('UpdateService', 'ServiceNotFoundException', 'Service not found.', {
      class: 'service-not-found',
    }),
    api('UpdateService', 'ServiceNotActiveException', 'Service was not ACTIVE.', {
      class: 'service-not-active',
    }),
    api('DescribeServices', 'ThrottlingException', 'Rate exceeded', { class: 'throttled' }),
    api('GetParameters', 'ThrottlingException', 'Rate exceeded', { class: 'throttled' }),
    api('UpdateService', 'ServerException', 'Service Unavailable. Please try again later.', {
      class: 'aws-error',
    }),
    api('UpdateService', 'InternalFailure', '', { class: 'aws-error' }),
    api('UpdateService', 'ServiceUnavailableException', 'try later', { class: 'aws-error' }),
    api('RegisterTaskDefinition', 'LimitExceededException', 'The limit was reached', {
      class: 'quota-exceeded',
    }),
    ...['RESOURCE:MEMORY', 'RESOURCE:ENI', 'AGENT', 'ATTRIBUTE', 'LOCATION'].map((reason) =>
      api('RunTask', reason, '', { class: 'placement-failed' }),
    ),
    api('RunTask', 'Failure', 'NO ACTIVE INSTANCES', { class: 'placement-failed' }),
    api('RunTask', 'Failure', 'EMPTY CAPACITY PROVIDER', { class: 'placement-failed' }),
    api('DescribeServices', 'MISSING', '', { class: 'service-not-found' }),
    api('DescribeServices', 'INACTIVE', '', { class: 'service-not-active' }),
    ...[
      ['ExpiredTokenException', 'The security token included in the request is expired'],
      ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
      ['InvalidSignatureException', 'The request signature we calculated does not match'],
      ['CredentialsProviderError', 'Could not load credentials from any providers'],
    ].map(([name = '', message = '']) =>
      api('DescribeServices', name, message, { class: 'other' }),
    ),
    api(
      'StopServiceDeployment',
      'ServiceDeploymentNotFoundException',
      'The service deployment does not exist.',
      {
        class: 'other',
      },
    ),
  ]);
});
