import { type Facts, has, kindOf, type Reading, readDenial, type Signature } from './signatures.ts';
import { targetGroup } from './signatures-place.ts';
import { find, hasEllipsis } from './text.ts';

/** The ARN that `pattern` finds, without the sentence's full stop; null where it was cut off. */
function wholeArn(text: string, pattern: RegExp): string | null {
  const arn = find(text, pattern);
  return arn === null || hasEllipsis(arn) ? null : arn.replace(/\.$/, '');
}

/** Who failed a lifecycle hook: the caller that was denied, or the role that could not be assumed. */
function hookFacts(reading: Reading): Facts {
  const [denial] = reading.denials;
  if (denial) return { ...readDenial()(reading), principalKind: kindOf(denial, null) };
  const role = wholeArn(reading.text, /unable to assume (?:the )?role '?(arn:[^\s']+)/i);
  if (role) return { principal: role, action: 'sts:AssumeRole', resource: role };
  return {
    resource: find(
      reading.text,
      /(?:hook target|response from) (arn:[\w-]+:lambda:[^\s]+?)[.,]? (?:returned|due)/i,
    ),
  };
}

/** Settings of load balancer and network with which ECS cannot shift traffic. */
function networkFacts(reading: Reading): Facts {
  const role = wholeArn(reading.text, /infrastructure role (?='[^']+'|[^'\s]+ )'?(arn:[^\s']+)/i);
  if (role) return { principal: role, principalKind: 'infrastructure-role' };
  return reading.denials.length > 0
    ? readDenial('infrastructure-role')(reading)
    : { resource: targetGroup(reading) };
}

/**
 * Why ECS itself gave up a deployment, by the status reason of the service deployment, the rollout
 * state's reason, or the event that repeats them.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
export const deploymentSignatures: readonly Signature[] = [
  { class: null, when: has(/rolled back by user|stopped by user/i) },
  {
    class: 'lifecycle-hook-failed',
    when: has(/lifecycle hook|pause hook|hook target|hook\(s\)/i),
    read: hookFacts,
  },
  {
    class: 'alarm-rollback',
    when: has(/active alarms?|alarms? (?:was |were )?(?:detected|triggered)|alarm state/i),
  },
  {
    class: 'bad-service-settings',
    when: has(/invalid networking configuration|listenerrule|rules not found/i),
    read: networkFacts,
  },
  {
    class: 'breaker-tripped',
    when: has(
      /circuit breaker|deployment failed: tasks? failed to start|deployment failed: deployment failure|rolling back to deployment|no rollback candidate/i,
    ),
  },
];

/** Statuses of a service deployment in which nothing is wrong. */
export const QUIET_STATUSES: ReadonlySet<string> = new Set([
  'PENDING',
  'IN_PROGRESS',
  'SUCCESSFUL',
  'STOPPED',
  'STOP_REQUESTED',
  'COMPLETED',
]);

/** Whether an event tells that a rollback begins, without saying why. */
export const startsRollback = (message: string) =>
  /rolling back to deployment/i.test(message) && !/deployment failed/i.test(message);
