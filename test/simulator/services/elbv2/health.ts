import { healthFor } from '../../engine/health-reasons.ts';
import type { Deployment, Task } from '../../engine/state.ts';
import { forAttempt } from '../../engine/state.ts';
import type { HealthSpec, TargetGroupSpec } from '../../resources.ts';

/** A target is registered within these, and then checked. */
const registration = 3000;

/** How a target group sees a task that it has. */
export function taskHealth(
  group: TargetGroupSpec,
  task: Task,
  timings: Deployment['timings'],
  at: number,
): HealthSpec {
  if (task.lastStatus === 'DEACTIVATING') return { reason: 'Target.DeregistrationInProgress' };
  if (group.healthCheck?.enabled === false) return { reason: 'Target.HealthCheckDisabled' };
  if (task.healthy) return {};
  const since = at - (task.startedAt ?? at);
  if (since < registration) return { reason: 'Elb.RegistrationInProgress' };
  const { intervalSeconds = 30, unhealthyThreshold = 2 } = group.healthCheck ?? {};
  const checks = 5000 + (unhealthyThreshold - 1) * intervalSeconds * 1000;
  // A play that ends its tasks sooner has them seen unhealthy before.
  const enough = Math.min(checks, forAttempt(timings.unhealthy, 0) * 500);
  if (task.fate.kind !== 'elb-unhealthy' || since < enough) {
    return { reason: 'Elb.InitialHealthChecking' };
  }
  return healthFor(task.fate.reason);
}
