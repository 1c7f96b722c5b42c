import { contextValue, listOf, matches, matchesIgnoringCase } from './documents.ts';
import { ApiError } from './errors.ts';
import type { Caller, RoleSpec, Statement } from './resources.ts';

const managedPolicies: Record<string, string[]> = {
  AmazonECSTaskExecutionRolePolicy: [
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ],
};

/** The kinds of policies, as AWS's denials call them. */
export type PolicyKind =
  | 'identity-based policy'
  | 'resource-based policy'
  | 'permissions boundary'
  | 'service control policy'
  | 'VPC endpoint policy';

/** Whether something is allowed, and which kind of policy says no. */
export type Verdict =
  | { decision: 'allowed' }
  | { decision: 'implicitDeny' | 'explicitDeny'; by: PolicyKind };

/** The policies of one principal. */
export interface Policies {
  allow: Grant;
  deny: Statement[];
  boundary: Grant | undefined;
  scp: Statement[];
}

/** What some policies allow, and what of it they do not. */
export interface Grant {
  of: Statement[];
  except: Statement[];
}

export interface Question {
  action: string;
  resource: string;
  /** Values of the context keys that are known. */
  context?: Record<string, string>;
}

export function policiesOf({ managed = [], allow = [], deny = [], ...role }: RoleSpec): Policies {
  const byAws = managed.flatMap((name) => managedPolicies[name] ?? []);
  return {
    allow: { of: [...byAws.map((action) => ({ action })), ...allow], except: [] },
    deny,
    boundary: role.boundary && { of: role.boundary, except: [] },
    scp: role.scp ?? [],
  };
}

/**
 * Evaluates a principal's policies within one account, in the order of the IAM User Guide's
 * evaluation logic. `byResource` is what the policy of the resource says to this principal.
 */
export function evaluate(
  { allow, deny, boundary, scp }: Policies,
  question: Question,
  byResource: 'allows' | 'denies' | 'silent' = 'silent',
): Verdict {
  const covered = (statements: Statement[]) =>
    statements.some((statement) => covers(statement, question));
  const granted = ({ of, except }: Grant) => covered(of) && !covered(except);
  if (covered(scp)) return { decision: 'explicitDeny', by: 'service control policy' };
  if (covered(deny)) return { decision: 'explicitDeny', by: 'identity-based policy' };
  if (byResource === 'denies') return { decision: 'explicitDeny', by: 'resource-based policy' };
  if (byResource === 'silent' && !granted(allow)) {
    return { decision: 'implicitDeny', by: 'identity-based policy' };
  }
  if (boundary !== undefined && !granted(boundary)) {
    return { decision: 'implicitDeny', by: 'permissions boundary' };
  }
  return { decision: 'allowed' };
}

/** Whether a statement applies: its action, its resource and all its conditions. */
export function covers(statement: Statement, question: Question): boolean {
  const { context = {} } = question;
  return (
    isAbout(statement, question) &&
    Object.entries(statement.conditions ?? {}).every(([key, values]) => {
      const value = contextValue(context, key);
      return value !== undefined && listOf(values).some((pattern) => matches(pattern, value));
    })
  );
}

/** Whether a statement applies as far as its action and its resource go. */
export function isAbout(statement: Statement, { action, resource }: Question): boolean {
  return (
    matchesIgnoringCase(statement.action, action) && matches(statement.resource ?? '*', resource)
  );
}

/** The end of AWS's sentence about a denial. */
export function reasonOf(verdict: Verdict & { by: PolicyKind }, action: string): string {
  const { decision, by } = verdict;
  if (decision === 'implicitDeny') return `because no ${by} allows the ${action} action`;
  return `with an explicit deny in ${by === 'identity-based policy' ? 'an' : 'a'} ${by}`;
}

/** What of a call matters besides action and resource. */
export interface CallDetails {
  context?: Record<string, string>;
  /** How the service writes the resource in a denial; nothing leaves it out. */
  written?: string;
}

/** Throws what AWS answers when the caller may not do this. */
export function authorize(
  caller: Caller,
  action: string,
  resource: string,
  { context = {}, written = resource }: CallDetails = {},
): void {
  const question = { action, resource, context };
  const denied = caller.deny?.find((statement) => covers(statement, question));
  const allowed = caller.allow?.some((statement) => covers(statement, question)) ?? true;
  if (denied === undefined && allowed) return;
  const message = accessDenied(caller.arn, action, written, denied?.reason);
  throw new ApiError('AccessDeniedException', message);
}

/** IAM's sentence. */
export function accessDenied(
  user: string,
  action: string,
  resource: string,
  reason = `because no identity-based policy allows the ${action} action`,
): string {
  const on = resource === '' ? '' : ` on resource: ${resource}`;
  return `User: ${user} is not authorized to perform: ${action}${on} ${reason}`;
}
