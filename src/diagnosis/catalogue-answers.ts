import { answer, type CatalogueGroup, failedToStart, gaveUp } from './catalogue-entry.ts';

export const settings = {
  'bad-task-definition': {
    title: 'Task definition refused',
    meaning: 'ECS does not register the task definition, or cannot use it. Its words say why.',
    example: answer(
      'RegisterTaskDefinition',
      'ClientException',
      'Fargate requires task definition to have execution role ARN to support ECR images.',
    ),
  },
  'bad-service-settings': {
    title: 'Settings of the service refused',
    meaning:
      'A setting of the service is wrong, or does not fit the task definition or the load balancer.',
    example: answer(
      'UpdateService',
      'InvalidParameterException',
      'The container app did not have a container port 8080 defined.',
    ),
  },
  'service-not-found': {
    title: 'Service not found',
    meaning: 'The cluster has no service of this name in the region of the credentials.',
    example: answer('UpdateService', 'ServiceNotFoundException', 'Service not found.'),
  },
  'cluster-not-found': {
    title: 'Cluster not found',
    meaning: 'The account has no cluster of this name in the region of the credentials.',
    example: answer('UpdateService', 'ClusterNotFoundException', 'Cluster not found.'),
  },
  'service-not-active': {
    title: 'Service not active',
    meaning: 'The service was deleted, or is being deleted.',
    example: answer('UpdateService', 'ServiceNotActiveException', 'Service was not ACTIVE.'),
  },
} satisfies CatalogueGroup;

export const answers = {
  throttled: {
    title: 'Too many calls',
    meaning: 'AWS refused a call because too many came in a short time.',
    example: answer('DescribeServices', 'ThrottlingException', 'Rate exceeded'),
  },
  'aws-error': {
    title: 'Error of AWS',
    meaning: 'AWS answered with an error of its own.',
    example: answer(
      'UpdateService',
      'ServerException',
      'Service Unavailable. Please try again later.',
    ),
  },
  other: {
    title: 'Not recognised',
    meaning: "Something is wrong that this list does not know: AWS's words are shown as they are.",
    example: failedToStart('The task stopped for a reason that nobody has seen before'),
    change: "Go by AWS's own words.",
  },
} satisfies CatalogueGroup;

export const verdicts = {
  'breaker-tripped': {
    title: 'Circuit breaker',
    meaning:
      'So many tasks failed in a row that ECS gave the deployment up. Why they failed is another finding, listed before this one.',
    example: gaveUp(
      'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    ),
    change: 'What the findings before it say: this one is their consequence.',
  },
  'alarm-rollback': {
    title: 'Alarm',
    meaning: 'A CloudWatch alarm of the deployment went off, so ECS gave the deployment up.',
    example: gaveUp('Service deployment rolled back because of one or more active alarms.'),
  },
  'lifecycle-hook-failed': {
    title: 'Lifecycle hook',
    meaning:
      'A hook of a blue/green deployment failed or could not be called, so ECS gave the deployment up.',
    example: gaveUp(
      'Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target arn:aws:lambda:eu-west-1:123456789012:function:web-check returned FAILED status.',
    ),
  },
} satisfies CatalogueGroup;
