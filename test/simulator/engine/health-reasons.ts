import type { HealthSpec } from '../resources.ts';
import type { Json } from '../world.ts';

/** The descriptions of the ELB User Guide by their reason codes. */
const descriptions: Record<string, string> = {
  'Elb.RegistrationInProgress': 'Target registration is in progress',
  'Elb.InitialHealthChecking': 'Initial health checks in progress',
  'Elb.InternalError': 'Health checks failed due to an internal error',
  'Target.ResponseCodeMismatch': 'Health checks failed with these codes: [503]',
  'Target.Timeout': 'Request timed out',
  'Target.FailedHealthChecks': 'Health checks failed',
  'Target.NotRegistered': 'Target is not registered to the target group',
  'Target.NotInUse': 'Target group is not configured to receive traffic from the load balancer',
  'Target.DeregistrationInProgress': 'Target deregistration is in progress',
  'Target.InvalidState': 'Target is in the stopped state',
  'Target.IpUnusable':
    'The IP address cannot be used as a target, as it is in use by a load balancer',
  'Target.HealthCheckDisabled': 'Health checks are disabled',
};

/** The states other than `unhealthy` that reason codes go with. */
const states: Record<string, string> = {
  'Elb.RegistrationInProgress': 'initial',
  'Elb.InitialHealthChecking': 'initial',
  'Target.NotRegistered': 'unused',
  'Target.NotInUse': 'unused',
  'Target.DeregistrationInProgress': 'draining',
  'Target.InvalidState': 'unused',
  'Target.IpUnusable': 'unused',
  'Target.HealthCheckDisabled': 'unavailable',
};

/** The answer about a target. A healthy one has nothing but its state. */
export function healthView({ reason, state, description }: HealthSpec): Json {
  if (reason === undefined) return { State: state ?? 'healthy' };
  return {
    State: state ?? states[reason] ?? 'unhealthy',
    Reason: reason,
    Description: description ?? descriptions[reason] ?? reason,
  };
}

/** From a reason code or a description, which is how events and plays have it. */
export function healthFor(text: string): HealthSpec {
  if (descriptions[text] !== undefined) return { reason: text };
  return { reason: reasonCode(text), description: text };
}

function reasonCode(description: string): string {
  if (description.includes('with these codes')) return 'Target.ResponseCodeMismatch';
  if (description.includes('Availability Zone')) return 'Target.NotInUse';
  if (/^Target is in the .* state/.test(description)) return 'Target.InvalidState';
  const known = Object.entries(descriptions).find(([, text]) => text === description);
  return known?.[0] ?? 'Target.FailedHealthChecks';
}

/** What events say of it: `(reason Request timed out)`. */
export function describeHealth(text: string): string {
  return descriptions[text] ?? text;
}
