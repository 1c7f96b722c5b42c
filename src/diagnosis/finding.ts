import { summarize } from './finding-summary.ts';
import { remedyOf } from './remedy.ts';
import { tie } from './tie.ts';
import type { Cause, Context, Finding } from './types.ts';

/**
 * A cause as it is reported: tied to the task definition where a context is given, told in one
 * sentence, with what to change. Without a context it says no more than AWS's words do. Pure; never
 * throws. @param count how many tasks, events or calls showed it
 */
export function toFinding(cause: Cause, count: number, context?: Context): Finding {
  const tied = tie(cause, context);
  return {
    class: cause.class,
    summary: summarize(tied),
    principal: tied.principal,
    principalKind: tied.principalKind,
    action: cause.action,
    resource: tied.resource,
    fixableInRole: cause.fixableInRole,
    container: tied.container,
    secret: tied.secret,
    count,
    evidence: cause.evidence,
    fix: remedyOf(tied),
    file: tied.location?.file ?? null,
    line: tied.location?.line ?? null,
  };
}
