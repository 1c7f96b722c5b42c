import { describe } from 'vitest';
import { api, checkRows, each } from './table.ts';

describe('captured texts: requests that ECS refuses', () => {
  checkRows([
    api(
      'CreateService',
      'InvalidParameterException',
      'The provided target group arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/my-tg-beta/69604aca2eca0d4f has target type instance, which is incompatible with the awsvpc network mode specified in the task definition.',
      {
        class: 'bad-service-settings',
        resource:
          'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/my-tg-beta/69604aca2eca0d4f',
      },
    ),
    api(
      'CreateService',
      'InvalidParameterException',
      'The task definition is configured to use a dynamic host port, but the target group with targetGroupArn arn:aws:elasticloadbalancing:us-west-1:123456789012:targetgroup/ECSTG/da48f96c7786ab3f has a health check port specified.\n(Service: AmazonECS; Status Code: 400; Error Code: InvalidParameterException; Request ID: 39537fc7-aa4c-11e8-9700-6b831e64f11c)',
      {
        class: 'bad-service-settings',
        resource:
          'arn:aws:elasticloadbalancing:us-west-1:123456789012:targetgroup/ECSTG/da48f96c7786ab3f',
      },
    ),
    ...each(
      (text, expected) => api('CreateService', 'InvalidParameterException', text, expected),
      { class: 'bad-service-settings' },
      [
        'Creation of service was not idempotent.',
        'Placement constraints are not supported with FARGATE launch type.',
        "There are no capacity providers with a weight value greater than zero defined in the default capacity provider strategy. At least one capacity provider must have a weight value greater than zero specified. Update the cluster's default capacity provider strategy or specify a valid capacity provider strategy and try again.",
        "When specifying 'host' or 'bridge' for networkMode, values for 'containerName' and 'containerPort' must be specified from the task definition. Registry: arn:aws:servicediscovery:us-east-2:123456789012:service/srv-l2ijonw3ungcigcj\n        status code: 400, request id: 34d40946-e9ba-11e8-bdb8-9b87bd765b46",
        "The values specified for serviceRegistries do not require a value for 'containerPort'. Remove the value and retry.",
        'SC service is already used by arn:aws:servicediscovery:eu-west-2:123456789012:namespace/ns-r2enqwrp7ezscumk',
        "The subnet ID 'subnet-[secret]' does not exist (Service: AmazonEC2; Status Code: 400; Error Code: InvalidSubnetID.NotFound; Request ID: 0e85e4a4-3365-4712-959a-443550d5abaf; Proxy: null)",
        "Error retrieving subnet information for [subnet-0d62741a9b460cc61, subnet-058326610d44d9229]: The subnet ID 'subnet-058326610d44d9229' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
        'creating ECS Service (yoloflask-ecs-service): InvalidParameterException: \nYou cannot specify an IAM role for services that require a service linked role',
        'Specifying both a launch type and\ncapacity provider strategy is not supported. Remove one and try again.\n\tstatus code: 400',
      ],
    ),
    ...each(
      (text, expected) => api('UpdateService', 'InvalidParameterException', text, expected),
      { class: 'bad-service-settings' },
      [
        'The container practicas-itm did not have a container port 5000 defined.',
        'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
        'Specifying multiple capacity providers is not supported when using a MANAGED_INSTANCES capacity provider',
        'Family should not be null or empty.',
        'Invalid request provided: When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment. (Service: Ecs, Status Code: 400, Request ID: xxx) (SDK Attempt Count: 1)',
        'Invalid request provided: Unable to update\ntask definition on services with a CODE_DEPLOY deployment controller. Use AWS\nCodeDeploy to trigger a new deployment. (Service: Ecs, Status Code: 400,\nRequest ID: 0abda1e2-f7b3-4e96-b6e9-c8bc585181ac) (SDK Attempt Count: 1)',
        'Invalid identifier: Unexpected number of separators (Service: Ecs, Status Code: 400, Request ID: ee074322-e841-4256-8bb7-2b2014b9c76e)',
        'The new ARN and resource ID format must be enabled to add tags to the service. Opt in to the new format and try again.',
        'The deployment configuration maximumPercent must be greater than 100 when minimumHealthyPercent is 100.',
      ],
    ),
    api(
      'RunTask',
      'InvalidParameterException',
      'Security group sg-0dd8a777c45711f1d does not appear to belong to the same VPC as the input subnets.',
      { class: 'bad-service-settings' },
    ),
    api(
      'ExecuteCommand',
      'InvalidParameterException',
      "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn't running. Wait and try again or run a new task with execute command enabled and try again.",
      { class: 'bad-service-settings' },
    ),
    api(
      'RunTask',
      'PlatformTaskDefinitionIncompatibilityException',
      'The specified platform does not satisfy the task definition’s required capabilities.',
      { class: 'bad-service-settings' },
    ),
    api(
      'CreateCapacityProvider',
      'ClientException',
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, the Auto Scaling group must have instance protection from scale in enabled.',
      { class: 'bad-service-settings' },
    ),
    api(
      'PutClusterCapacityProviders',
      'InvalidParameterException',
      "The specified capacity provider 'cluster-cp' is not in an ACTIVE state. Specify a valid capacity provider and try again.",
      { class: 'bad-service-settings' },
    ),
    api(
      'UpdateService',
      'UnsupportedFeatureException',
      'The feature is not supported in this Region.',
      { class: 'bad-service-settings' },
    ),
    api('UpdateService', 'NamespaceNotFoundException', 'The specified namespace was not found.', {
      class: 'bad-service-settings',
    }),
    api(
      'UpdateService',
      'PlatformUnknownException',
      'The specified platform version does not exist.',
      { class: 'bad-service-settings' },
    ),
    api(
      'CreateService',
      'ClientException',
      'The specified role is invalid. Please verify that the role exists and has the proper trust relationship.',
      { class: 'bad-service-settings' },
    ),
    api('UpdateService', 'ClientException', 'TaskDefinition is inactive', {
      class: 'bad-task-definition',
    }),
    ...each(
      (text, expected) => api('RegisterTaskDefinition', 'ClientException', text, expected),
      { class: 'bad-task-definition' },
      [
        'No Fargate configuration exists for given values: 1024 CPU, 1024 memory. See the Amazon ECS documentation for the valid values.',
        'Tags can not be empty.',
        "Fargate launch type does not support FirelensConfiguration\nconfig file from 's3'",
        'host.sourcePath should not be set for volumes in Fargate.',
        'Fargate does not support task placement constraints.',
        'Fargate only supports network mode ‘awsvpc’.',
        'Invalid request provided: Create Task Definition failed',
        'DNS search domain hosts.bah.moo.woo.quack.fsck. contains invalid characters, does not match pattern ^[a-zA-Z0-9-.]{0,253}[a-zA-Z0-9]$',
        'Create TaskDefinition:\nTasks using the Fargate launch type must have a container stop timeout of less than\n120 seconds. (Service: AmazonECS; Status Code: 400; Error Code: ClientException)',
        'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.',
        'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.',
        "Actual length: '65558'. Max allowed length is '65536' bytes.",
        "Failed to register task definition in ECS: Actual length: '65558'. Max allowed length is '65536' bytes.",
        'Fargate requires task definition to have execution role ARN to support log driver awslogs.\nstatus code: 400, request id: 1',
      ],
    ),
    api(
      'RegisterTaskDefinition',
      'InvalidParameterException',
      'Invalid container definition: essential must be true for at least one container in a task definition.',
      { class: 'bad-task-definition' },
    ),
    api(
      'RunTask',
      'InvalidParameterException',
      'TaskDefinition is inactive (Service: AmazonECS; Status Code: 400; \nError Code: InvalidParameterException)',
      { class: 'bad-task-definition' },
    ),
    api(
      'DescribeTaskDefinition',
      'InvalidParameterException',
      'Task Definition can not be blank. (Service: AmazonECS; Status Code: 400; Error Code: InvalidParameterException; Request ID: fcf39ec3-0e98-48f3-bb40-8b6ab19a7be5; Proxy: null)',
      { class: 'bad-task-definition' },
    ),
    api(
      'UpdateService',
      'InvalidParameterException',
      'Task definition arn:aws:ecs:eu-west-1:123456789012:task-definition/web:12 is inactive',
      { class: 'bad-task-definition' },
    ),
  ]);
});
