import { has, type Signature } from './signatures.ts';

/**
 * Events of normal life, after `(service NAME) `.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 */
export const quietEvents: readonly Signature[] = [
  has(/has reached a steady state/i),
  has(/has started \d+ tasks?\b/i),
  has(/(?:registered|deregistered) \d+ (?:targets?|instances?) in/i),
  has(/has begun draining connections/i),
  has(/(?:has )?stopped \d+ (?:running|pending) tasks?/i),
  has(/deployment completed|^ECS deployment \S+ (?:completed|in progress)/i),
  has(/AZ balanced|AZ Rebalanc|place a task in AZ/i),
  has(/desired ?count (?:was |has been )?(?:set|updated|changed)/i),
].map((when) => ({ class: null, when }));

/** Words without which an event that no signature knows is no trouble. */
export const TROUBLE =
  /unable|fail|error|unhealthy|not healthy|cannot|can't|could not|denied|throttl|misconfigured|exceed|invalid|impaired|timed? ?out|rejected|roll(?:ed|ing) back|unavailable|not (?:found|authori[sz]ed)|interrupt|terminat|protection/i;
