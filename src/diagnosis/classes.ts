/** How sure a class of failure makes it that the rollout fails. */
export type Certainty =
  /** Cannot heal by waiting: certain with the first task. */
  | 'certain'
  /** A denial: certain, but a new role or policy takes up to a minute to be seen everywhere. */
  | 'denial'
  /** The container itself: certain when it happens twice in a row with nothing running. */
  | 'repeated'
  /** Capacity, network, health, rate limits: may heal by waiting. */
  | 'may-heal'
  /** Says what ECS or an API call answered, not why a task fails. */
  | 'answer';

/** Every class of a finding. Normal life has none: it is no finding. */
export const certainties = {
  'secret-access-denied': 'denial',
  'secret-not-found': 'certain',
  'secret-network': 'may-heal',
  'secretsmanager-access-denied': 'denial',
  'secretsmanager-not-found': 'certain',
  'secret-key-missing': 'certain',
  'kms-denied': 'denial',
  'registry-auth-denied': 'denial',
  'registry-network': 'may-heal',
  'image-not-found': 'certain',
  'image-access-denied': 'denial',
  'image-platform-mismatch': 'certain',
  'image-rate-limited': 'may-heal',
  'image-pull-other': 'may-heal',
  'log-group-missing': 'certain',
  'log-access-denied': 'denial',
  'log-network': 'may-heal',
  'log-config': 'certain',
  'env-file': 'denial',
  'role-not-assumable': 'denial',
  'pass-role-denied': 'answer',
  'deployer-access-denied': 'answer',
  'efs-access-denied': 'denial',
  'efs-network': 'may-heal',
  'efs-path-missing': 'certain',
  'out-of-memory': 'repeated',
  'app-exit': 'repeated',
  'app-exit-zero': 'repeated',
  'exec-format': 'repeated',
  'container-start-failed': 'repeated',
  'elb-health-check': 'may-heal',
  'container-health-check': 'may-heal',
  'capacity-unavailable': 'may-heal',
  'quota-exceeded': 'may-heal',
  'placement-failed': 'may-heal',
  'eni-timeout': 'may-heal',
  'subnet-addresses-exhausted': 'may-heal',
  'spot-interruption': 'may-heal',
  'host-maintenance': 'may-heal',
  'bad-task-definition': 'answer',
  'bad-service-settings': 'answer',
  'service-not-found': 'answer',
  'cluster-not-found': 'answer',
  'service-not-active': 'answer',
  throttled: 'answer',
  'aws-error': 'answer',
  'breaker-tripped': 'answer',
  'alarm-rollback': 'answer',
  'lifecycle-hook-failed': 'answer',
  other: 'may-heal',
} as const satisfies Record<string, Certainty>;

export type FailureClass = keyof typeof certainties;
