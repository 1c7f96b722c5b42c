import { type CatalogueGroup, event, exited, failedToStart } from './catalogue-entry.ts';

const TARGET_GROUP =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef';

export const containers = {
  'out-of-memory': {
    title: 'Container: out of memory',
    meaning:
      'The container used more memory than its limit, or the task more than its own, and was killed.',
    example: exited(137, 'OutOfMemoryError: Container killed due to memory usage'),
  },
  'app-exit': {
    title: 'Container: exited',
    meaning:
      'An essential container ended with an error, so ECS stopped the task. Its log says why. A denial in the log names the role that the code runs with: mostly the task role.',
    example: exited(1),
  },
  'app-exit-zero': {
    title: 'Container: ended without an error',
    meaning:
      'An essential container ended with exit code 0. A service wants containers that go on running.',
    example: exited(0),
  },
  'exec-format': {
    title: 'Container: wrong CPU architecture',
    meaning:
      'The program is for another CPU architecture than the one that the task runs on, or is a script without an interpreter. Only the log shows it.',
    example: exited(1, null, ['exec /usr/local/bin/web: exec format error']),
  },
  'container-start-failed': {
    title: 'Container: could not be started',
    meaning: 'The image is there, but the runtime could not start the container.',
    example: failedToStart(
      'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "web": executable file not found in $PATH: unknown',
    ),
  },
} satisfies CatalogueGroup;

export const health = {
  'elb-health-check': {
    title: 'Load balancer: unhealthy',
    meaning:
      'The load balancer does not get the answer that its health check wants, so ECS stops the task.',
    example: event(
      `(task 0123456789abcdef0123456789abcdef) (port 8080) is unhealthy in (target-group ${TARGET_GROUP}) due to (reason Health checks failed with these codes: [503]).`,
    ),
  },
  'container-health-check': {
    title: 'Container: unhealthy',
    meaning: 'The command of healthCheck in the task definition failed too often.',
    example: event('(task 0123456789abcdef0123456789abcdef) failed container health checks.'),
  },
} satisfies CatalogueGroup;

export const room = {
  'capacity-unavailable': {
    title: 'No capacity',
    meaning: 'AWS has no room for the task in these availability zones at the moment.',
    example: event(
      'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
    ),
  },
  'quota-exceeded': {
    title: 'Quota used up',
    meaning: 'A quota of the account in this region is used up.',
    example: event(
      "was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
    ),
  },
  'placement-failed': {
    title: 'No fitting container instance',
    meaning: 'On EC2: no instance of the cluster has what the task asks for.',
    example: event(
      'was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance 0123456789abcdef0123456789abcdef) has insufficient CPU units available.',
    ),
  },
  'eni-timeout': {
    title: 'Network interface not ready',
    meaning: 'AWS did not provide the network interface of the task in time.',
    example: failedToStart('Timeout waiting for network interface provisioning to complete.'),
  },
  'subnet-addresses-exhausted': {
    title: 'No free address in the subnet',
    meaning: 'Each task takes an address of its subnet, and none is left.',
    example: failedToStart(
      "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0123456789abcdef0': InsufficientFreeAddressesInSubnet",
    ),
  },
  'spot-interruption': {
    title: 'Spot interruption',
    meaning: 'AWS took back the Spot capacity of the task. The revision is not at fault.',
    example: {
      kind: 'stopped-task',
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
      containers: [{ name: 'app', exitCode: 137, reason: null }],
    },
  },
  'host-maintenance': {
    title: 'Host maintenance',
    meaning: 'AWS stopped the task to maintain or replace its host. The revision is not at fault.',
    example: {
      kind: 'stopped-task',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason:
        'ECS is performing maintenance on the underlying infrastructure hosting the task',
      containers: [{ name: 'app', exitCode: 143, reason: null }],
    },
    change: 'Nothing: ECS starts another task by itself.',
  },
} satisfies CatalogueGroup;
