import { anyone } from '../../caller.ts';
import { ApiError } from '../../errors.ts';
import type { Policies } from '../../permissions.ts';
import { policiesOf } from '../../permissions.ts';
import type { Caller, PolicyDocument, RoleSpec } from '../../resources.ts';
import type { World } from '../../world.ts';

export function principalArn(world: World, kind: string, name: string, path = '/'): string {
  return `arn:${world.partition ?? 'aws'}:iam::${world.account}:${kind}${path}${name}`;
}

/** A role of the world, or the one that a caller has assumed. */
export function findRole(world: World, name: string): RoleSpec | undefined {
  const role = world.roles?.[name];
  const caller = callersOf(world).find(({ arn }) => arn.includes(`:assumed-role/${name}/`));
  return caller === undefined ? role : { trust: githubTrust(world), ...role };
}

function callersOf(world: World): Caller[] {
  return world.callers === undefined ? [anyone(world)] : Object.values(world.callers);
}

function githubTrust({ account, partition = 'aws' }: World): PolicyDocument {
  const issuer = 'token.actions.githubusercontent.com';
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com' } },
      },
    ],
  };
}

/** The policies of the role or user with that ARN; throws where IAM would. */
export function policiesByArn(world: World, source: string): Policies {
  const [, kind, path = '', name = ''] =
    /^arn:[^:]+:iam::\d{12}:(role|user|group)(\/(?:.*\/)?)([^/]+)$/.exec(source) ?? [];
  if (kind === undefined) {
    throw invalid(`Invalid Entity Arn: ${source} does not clearly define entity type and name.`);
  }
  const caller = callersOf(world).find(({ arn }) =>
    kind === 'user' ? arn === source : arn.includes(`:assumed-role/${name}/`),
  );
  const role = kind === 'role' ? findRole(world, name) : undefined;
  if (role === undefined && (kind !== 'user' || caller === undefined)) {
    throw noSuchEntity(kind, name);
  }
  // No capture is known of an ARN with the right name and a wrong path.
  if (role !== undefined && path !== (role.path ?? '/')) throw noSuchEntity(kind, name);
  return caller === undefined ? policiesOf(role ?? {}) : policiesOfCaller(caller, role ?? {});
}

/** What denies a caller, sorted by the kind of policy that its reason names. */
function policiesOfCaller({ allow, deny = [] }: Caller, role: RoleSpec): Policies {
  const policies = policiesOf(role);
  const because = (text: string) => deny.filter(({ reason = '' }) => reason.includes(text));
  const beyondBoundary = because('permissions boundary');
  return {
    allow: {
      of: allow ?? [{ action: '*' }],
      except: deny.filter(({ reason }) => reason === undefined),
    },
    deny: [...policies.deny, ...because('explicit deny in an identity-based policy')],
    scp: [...policies.scp, ...because('service control policy')],
    boundary:
      beyondBoundary.length === 0
        ? policies.boundary
        : { of: role.boundary ?? [{ action: '*' }], except: beyondBoundary },
  };
}

export function noSuchEntity(kind: string, name: string): ApiError {
  return new ApiError('NoSuchEntity', `The ${kind} with name ${name} cannot be found.`, 404);
}

export function invalid(message: string): ApiError {
  return new ApiError('InvalidInput', message);
}
