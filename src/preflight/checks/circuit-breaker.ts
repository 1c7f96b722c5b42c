import type { ServicePlan } from '../../plan.ts';
import { found, passed } from '../results.ts';
import type { Check } from '../types.ts';

/** How ECS deals with a deployment whose tasks fail, once this step's changes are made. */
type Safety = 'rolls-back' | 'alarms-only' | 'stops' | 'stops-as-asked' | 'off';

const fix =
  'Set the input `circuit-breaker: rollback` of this step, or deploymentCircuitBreaker ' +
  '{enable: true, rollback: true} where the service is defined.';

/** What happens to a bad deployment, and what mends it; nothing where it is rolled back, or where this step asks for less. */
const advice: Readonly<
  Record<Safety, { readonly what: string; readonly consequence: string } | undefined>
> = {
  'rolls-back': undefined,
  'stops-as-asked': undefined,
  'alarms-only': {
    what: 'circuit breaker is off',
    consequence:
      'The circuit breaker is off: only an alarm rolls a bad deployment back. Tasks that cannot start raise none of themselves, and ECS then starts new ones without end.',
  },
  stops: {
    what: 'circuit breaker does not roll back',
    consequence:
      'The circuit breaker is on without rollback: a bad deployment fails and stays in place, until someone deploys again.',
  },
  off: {
    what: 'circuit breaker is off',
    consequence:
      'The circuit breaker is off: a bad deployment never ends. ECS starts failing tasks again and again.',
  },
};

/**
 * The circuit breaker is on and rolls back.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export const circuitBreaker: Check = {
  name: 'circuit breaker',
  async run(subject) {
    const told = advice[safetyOf(subject.plan)];
    if (!told) return [passed(`circuit breaker is on${withRollback(subject.plan)}`)];
    const { arn } = subject.plan.service;
    const known = {
      class: 'bad-service-settings' as const,
      evidence: `ecs:DescribeServices: ${told.what}`,
      resource: arn,
    };
    return [found(subject, 'advice', told.what, known, { summary: told.consequence, fix })];
  },
};

function withRollback(plan: ServicePlan): string {
  return safetyOf(plan) === 'rolls-back' ? ' with rollback' : ', without rollback as asked';
}

function safetyOf({ service, changes, hasBreaker }: ServicePlan): Safety {
  const configuration = changes.deploymentConfiguration;
  const breaker = configuration?.deploymentCircuitBreaker ?? service.breaker;
  const alarms = configuration?.alarms;
  const alarmRollback = alarms ? Boolean(alarms.enable && alarms.rollback) : service.alarmRollback;
  const isAsked = configuration?.deploymentCircuitBreaker !== undefined;
  if (hasBreaker) {
    return breaker.rollback ? 'rolls-back' : isAsked ? 'stops-as-asked' : 'stops';
  }
  return alarmRollback ? 'alarms-only' : 'off';
}
