import type { LoadBalancer } from '../world.ts';
import type { Service } from './state.ts';

/** The target group of a load balancer's two that the tasks of the service are in. */
export function liveGroup({ live }: Service, balancer: LoadBalancer): string | undefined {
  const alternate = balancer.advancedConfiguration?.alternateTargetGroupArn;
  return live === 'alternate' && alternate !== undefined ? alternate : balancer.targetGroupArn;
}
