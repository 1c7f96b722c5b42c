import type { FailureClass } from './classes.ts';
import type { Evidence } from './types.ts';

/** What one class of a finding means. */
export interface CatalogueEntry {
  /** A few words, without a full stop. */
  readonly title: string;
  /** One or two sentences. */
  readonly meaning: string;
  /** What AWS says, in the shape of its real texts; its diagnosis is a finding of this class. */
  readonly example: Evidence;
  /** What to change, where the remedy of the example does not show it. */
  readonly change?: string;
}

/** Entries of one group, by class. */
export type CatalogueGroup = Readonly<Partial<Record<FailureClass, CatalogueEntry>>>;

/** A task that never ran, with the reason that ECS gives. */
export function failedToStart(stoppedReason: string): Evidence {
  return {
    kind: 'stopped-task',
    stopCode: 'TaskFailedToStart',
    stoppedReason,
    containers: [{ name: 'app', exitCode: null, reason: null }],
  };
}

/** A task whose container `app` ended. */
export function exited(
  exitCode: number,
  reason: string | null = null,
  logs: readonly string[] = [],
): Evidence {
  return {
    kind: 'stopped-task',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'app', exitCode, reason }],
    logs: { app: logs },
  };
}

/** An event of the service `web`. */
export function event(message: string): Evidence {
  return { kind: 'service-event', message: `(service web) ${message}` };
}

/** An exception of an API call. */
export function answer(operation: string, name: string, message: string): Evidence {
  return { kind: 'api-error', operation, name, message };
}

/** The status reason of a service deployment. */
export function gaveUp(statusReason: string): Evidence {
  return { kind: 'service-deployment', status: 'ROLLBACK_SUCCESSFUL', statusReason };
}

const PULL = 'ResourceInitializationError: unable to pull secrets or registry auth: ';
const TASK = '0123456789abcdef0123456789abcdef';

/** Before the reason why a secret or the token for a registry could not be had. */
export const pulling = (why: string) => failedToStart(PULL + why);

/** The sentence by which AWS denies the execution role `web-execution` an action. */
export function notAuthorized(action: string, resource: string): string {
  return `User: arn:aws:sts::123456789012:assumed-role/web-execution/${TASK} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
}

/** The frame that the AWS SDK puts around an error that a service answered. */
export function apiError(operation: string, error: string): string {
  return `operation error ${operation}, https response error StatusCode: 400, RequestID: 8f5f2f1c-6a6c-4c0b-9d0d-3f0f4d1f8d11, api error ${error}`;
}
