import type { TargetGroup as ElbTargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../aws.ts';
import type { Clock } from '../clock.ts';
import type { Service } from '../rollout/types.ts';
import { addressesOf } from './addresses.ts';
import { asker } from './ask.ts';
import { attachmentsOf } from './attachments.ts';
import { findBalancers } from './balancers.ts';
import { findManagedIngress } from './managed-ingress.ts';
import type { Endpoint, TargetGroup } from './types.ts';

/**
 * Finds where a service answers, as far as the caller may look: what could not be read becomes a
 * note. It never rejects and takes no longer than `patience`.
 *
 * @param patience milliseconds
 */
export async function findEndpoint(
  aws: Pick<Aws, 'ecs' | 'elb'>,
  service: Service,
  { clock, signal, patience = 10_000 }: { clock: Clock; signal: AbortSignal; patience?: number },
): Promise<Endpoint> {
  const attachments = attachmentsOf(service);
  const calls = asker(clock, signal, patience);
  const [managed, balancers] = await Promise.all([
    findManagedIngress(calls, aws, service, attachments),
    findBalancers(calls, aws, attachments),
  ]);
  calls.end();
  const behindBalancers = addressesOf(balancers.traffic);
  const [best] = [...managed.addresses, ...behindBalancers.addresses];
  const whys = [...new Set([...managed.whys, ...balancers.whys])];
  return {
    url: best?.url ?? '',
    notes: [
      ...(best?.notes ?? []),
      ...attachments.notes,
      ...balancers.notes,
      ...behindBalancers.notes,
      ...(whys.length > 0
        ? [`${best ? 'not all was seen' : 'not found'}: ${whys.join('; ')}`]
        : []),
    ],
    targetGroups: balancers.traffic.targetGroups.map(toTargetGroup),
  };
}

/** Absent settings read as AWS's defaults. */
function toTargetGroup(group: ElbTargetGroup): TargetGroup {
  return {
    arn: group.TargetGroupArn ?? '',
    name: group.TargetGroupName ?? '',
    targetType: group.TargetType ?? 'instance',
    healthCheck: {
      protocol: group.HealthCheckProtocol ?? group.Protocol ?? 'HTTP',
      path: group.HealthCheckPath,
      port: group.HealthCheckPort ?? 'traffic-port',
      codes: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode,
      interval: group.HealthCheckIntervalSeconds ?? 30,
      timeout: group.HealthCheckTimeoutSeconds ?? 5,
      unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
    },
  };
}
