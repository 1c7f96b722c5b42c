import { circuitBreaker } from './checks/circuit-breaker.ts';
import { deployer } from './checks/deployer.ts';
import { executionRole } from './checks/execution-role.ts';
import { images } from './checks/image.ts';
import { logGroups } from './checks/log-group.ts';
import { parameters } from './checks/parameters.ts';
import { plainCredentials } from './checks/plain-credentials.ts';
import { roles } from './checks/roles.ts';
import { secrets } from './checks/secrets.ts';
import { service } from './checks/service.ts';
import { targetGroups } from './checks/target-group.ts';
import type { Check } from './types.ts';

/** All checks, in the order in which their results are told. */
export const checks: readonly Check[] = [
  service,
  circuitBreaker,
  deployer,
  roles,
  parameters,
  secrets,
  executionRole,
  images,
  logGroups,
  targetGroups,
  plainCredentials,
];
