import { ApiError } from './errors.ts';
import type { Caller, RoleSpec, Statement } from './world.ts';

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

/** Whether a role's policies allow an action on a resource. */
export function roleAllows(role: RoleSpec, action: string, resource: string): boolean {
  const managed = (role.managed ?? []).flatMap((name) => managedPolicies[name] ?? []);
  const statements = [...managed.map((allowed) => ({ action: allowed })), ...(role.allow ?? [])];
  return statements.some((statement) => covers(statement, action, resource));
}

/** Throws what AWS answers when the caller may not do this. */
export function authorize(caller: Caller, action: string, resource: string): void {
  const denied = caller.deny?.find((statement) => covers(statement, action, resource));
  const allowed = caller.allow?.some((statement) => covers(statement, action, resource)) ?? true;
  if (denied === undefined && allowed) return;
  const message = accessDenied(caller.arn, action, resource, denied?.reason);
  throw new ApiError('AccessDeniedException', message);
}

/** IAM's sentence. */
export function accessDenied(
  user: string,
  action: string,
  resource: string,
  reason = `because no identity-based policy allows the ${action} action`,
): string {
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}

function covers(statement: Statement, action: string, resource: string): boolean {
  return (
    matches(statement.action.toLowerCase(), action.toLowerCase()) &&
    matches(statement.resource ?? '*', resource)
  );
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}
