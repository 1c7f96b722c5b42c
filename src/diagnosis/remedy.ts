import type { FailureClass } from './classes.ts';
import { answerHealthChecks } from './health-check.ts';
import {
  buildForPlatform,
  keepRunning,
  moreMemory,
  passContainerCheck,
  readLogs,
  runnableProgram,
  startable,
} from './remedy-container.ts';
import {
  permitCall,
  permitEnvironmentFile,
  permitKey,
  permitLogs,
  permitMount,
  permitParameter,
  permitPassing,
  permitPull,
  permitSecret,
  permitToken,
  trustService,
} from './remedy-denied.ts';
import {
  addKey,
  createLogGroup,
  createParameter,
  createSecret,
  pushImage,
} from './remedy-missing.ts';
import {
  routeToFileSystem,
  routeToLogs,
  routeToRegistry,
  routeToSecrets,
} from './remedy-network.ts';
import {
  activeService,
  alarms,
  capacity,
  createDirectory,
  existingCluster,
  existingService,
  fewerPulls,
  lessSpot,
  lifecycleHook,
  logOptions,
  moreAddresses,
  networkInterface,
  placeable,
  pullable,
  raiseQuota,
  serviceSettings,
  slowDown,
  taskDefinition,
  tryAgain,
  unknown,
} from './remedy-service.ts';
import type { TiedCause } from './tie.ts';

/**
 * What to change, ready to paste: plain text, a line that says what to do and where, then policy,
 * command or setting. What is not known stands there as `<…>`, which nothing accepts by mistake.
 * Null where there is nothing to change, or nobody can say what.
 */
export function remedyOf(tied: TiedCause): string | null {
  return remedies[tied.class](tied);
}

const remedies: Readonly<Record<FailureClass, (tied: TiedCause) => string | null>> = {
  'secret-access-denied': permitParameter,
  'secret-not-found': createParameter,
  'secret-network': routeToSecrets,
  'secretsmanager-access-denied': permitSecret,
  'secretsmanager-not-found': createSecret,
  'secret-key-missing': addKey,
  'kms-denied': permitKey,
  'registry-auth-denied': permitToken,
  'registry-network': routeToRegistry,
  'image-not-found': pushImage,
  'image-access-denied': permitPull,
  'image-platform-mismatch': buildForPlatform,
  'image-rate-limited': fewerPulls,
  'image-pull-other': pullable,
  'log-group-missing': createLogGroup,
  'log-access-denied': permitLogs,
  'log-network': routeToLogs,
  'log-config': logOptions,
  'env-file': permitEnvironmentFile,
  'role-not-assumable': trustService,
  'pass-role-denied': permitPassing,
  'deployer-access-denied': permitCall,
  'efs-access-denied': permitMount,
  'efs-network': routeToFileSystem,
  'efs-path-missing': createDirectory,
  'out-of-memory': moreMemory,
  'app-exit': readLogs,
  'app-exit-zero': keepRunning,
  'exec-format': runnableProgram,
  'container-start-failed': startable,
  'elb-health-check': answerHealthChecks,
  'container-health-check': passContainerCheck,
  'capacity-unavailable': capacity,
  'quota-exceeded': raiseQuota,
  'placement-failed': placeable,
  'eni-timeout': networkInterface,
  'subnet-addresses-exhausted': moreAddresses,
  'spot-interruption': lessSpot,
  'host-maintenance': () => null,
  'bad-task-definition': taskDefinition,
  'bad-service-settings': serviceSettings,
  'service-not-found': existingService,
  'cluster-not-found': existingCluster,
  'service-not-active': activeService,
  throttled: slowDown,
  'aws-error': tryAgain,
  'breaker-tripped': () => null,
  'alarm-rollback': alarms,
  'lifecycle-hook-failed': lifecycleHook,
  other: unknown,
};
