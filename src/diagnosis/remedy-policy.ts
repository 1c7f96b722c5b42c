import { parseArn } from '../arn.ts';
import { type KnownPlace, parseImage, plain, resourceTitle, who } from './finding-names.ts';
import { endpointNames } from './remedy-network.ts';
import type { TiedCause } from './tie.ts';
import type { PolicyKind } from './types.ts';

/** A statement of an IAM policy. What is not known stands in it as `<…>`, which IAM refuses. */
export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

/**
 * What to change so that the denied principal may do what `statements` say: in its own policies, or
 * in the policy that AWS's words name. An explicit deny is to be removed; no Allow outweighs it.
 * `managed` is a policy of AWS that allows the same.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function permit(
  tied: TiedCause,
  statements: readonly [Statement, ...Statement[]],
  managed?: string,
): string {
  const { policy } = tied;
  if (tied.explicit === true) return withoutDeny(tied);
  if (policy === null || policy === 'identity') {
    if (/^AWSServiceRoleFor/.test(tied.principal ?? '')) return keptByAws(tied);
    const or = managed ? `, or attach AWS's managed policy ${managed}, which has it` : '';
    const otherwise = policy === null ? `\n${UNSAID}` : '';
    return `Add to the policies of ${theirs(tied)}${or}:\n${allowing(statements)}${otherwise}`;
  }
  return allowElsewhere[policy](tied, statements);
}

const keptByAws = ({ principal, action }: TiedCause) =>
  `AWS itself keeps the policy of ${plain(principal ?? '')}, and nobody can add to it. See that the role exists unchanged, and that no policy of the organization denies ${action ? plain(action) : 'the call'}.`;

const UNSAID =
  'AWS does not say which policy denies it. If the role has this already, look at the policy of the resource, of the VPC endpoint and of the organization.';

/** The principal inside a sentence: `the execution role web-execution`. */
export const theirs = (tied: TiedCause) => who(tied).replace(/^T/, 't');

/** JSON to paste: one statement as it is, several as a whole policy. */
export function allowing(statements: readonly [Statement, ...Statement[]]): string {
  const [first, ...more] = statements.map((statement) => ({ Effect: 'Allow', ...statement }));
  return json(more.length === 0 ? first : { Version: '2012-10-17', Statement: [first, ...more] });
}

/** JSON on several lines, in which control characters are escaped, those too that JSON allows. */
export function json(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

type Elsewhere = (tied: TiedCause, statements: readonly [Statement, ...Statement[]]) => string;

const allowElsewhere: Readonly<Record<Exclude<PolicyKind, 'identity'>, Elsewhere>> = {
  'permissions-boundary': (tied, statements) =>
    `Add to the permissions boundary of ${theirs(tied)}${arnOf(tied)}; it bounds what the policies of the role can allow:\n${allowing(statements)}`,
  session: (tied, statements) =>
    `Add to the session policy that ${theirs(tied)} is assumed with (in a workflow the input inline-session-policy or managed-session-policies of aws-actions/configure-aws-credentials); the policies of the role cannot widen it:\n${allowing(statements)}`,
  'service-control': (tied, statements) =>
    `Ask the administrators of the AWS organization to allow this in a service control policy at each level above the account${arnOf(tied)}; a policy of the role does not help:\n${allowing(anywhere(statements))}`,
  'resource-control': (tied, statements) =>
    `Ask the administrators of the AWS organization that owns the resource to allow this in its resource control policies${arnOf(tied)}; a policy of the role does not help:\n${json({ Effect: 'Allow', Principal: '*', ...anywhere(statements)[0] })}`,
  'vpc-endpoint': (tied, statements) =>
    `Add to the policy of the VPC endpoint ${endpointsOf(tied)} that the call goes through; a policy of the role does not help:\n${forEveryone(statements)}`,
  resource: (tied, statements) => inResourcePolicy(tied, statements),
  'role-trust': (tied) =>
    `Add to the trust policy of ${roleTitle(tied)}; a policy of the caller does not help:\n${json({
      Effect: 'Allow',
      Principal: tied.action?.endsWith('WithWebIdentity')
        ? { Federated: '<ARN of the identity provider>' }
        : { AWS: principalArn(tied) },
      Action: tied.action ?? 'sts:AssumeRole',
    })}`,
};

const denying: Readonly<Record<PolicyKind, (tied: TiedCause) => string>> = {
  identity: (tied) => `A policy of ${theirs(tied)}`,
  resource: (tied) => `The ${resourcePolicy(tied).title}`,
  session: (tied) => `The session policy that ${theirs(tied)} is assumed with`,
  'permissions-boundary': (tied) => `The permissions boundary of ${theirs(tied)}`,
  'service-control': () => 'A service control policy of the AWS organization',
  'resource-control': () => 'A resource control policy of the AWS organization',
  'vpc-endpoint': (tied) => `The policy of the VPC endpoint ${endpointsOf(tied)}`,
  'role-trust': (tied) => `The trust policy of ${roleTitle(tied)}`,
};

function withoutDeny(tied: TiedCause): string {
  const denier = tied.policy ? denying[tied.policy](tied) : 'A policy';
  const what = tied.action ? plain(tied.action) : 'the call';
  const where = tied.resource && tied.resource !== '*' ? ` on ${plain(tied.resource, 2048)}` : '';
  return `${denier}${arnOf(tied)} denies ${what}${where} explicitly. Remove or narrow that Deny statement there; an Allow elsewhere does not help.`;
}

const arnOf = ({ policyArn }: TiedCause) => (policyArn ? ` (${plain(policyArn, 2048)})` : '');

/** The policy of a resource, and how its statements name the resource itself. */
interface ResourcePolicy {
  readonly title: string;
  /** `itself`: by `*`; `none`: not at all; `same`: as other policies do. */
  readonly naming: 'itself' | 'none' | 'same';
}

function resourcePolicy({ action, resource }: TiedCause): ResourcePolicy {
  const what = resource && resource !== '*' ? ` of ${resourceTitle(resource)}` : '';
  switch (serviceOf(action)) {
    case 'kms':
      return { title: `key policy${what}`, naming: 'itself' };
    case 'secretsmanager':
      return { title: `resource policy${what}`, naming: 'itself' };
    case 'ecr':
      return {
        title: `repository policy${resource ? ` of ${repositoryTitle(resource)}` : ''}`,
        naming: 'none',
      };
    case 's3':
      return { title: `bucket policy${what}`, naming: 'same' };
    case 'elasticfilesystem':
      return { title: `file system policy${what}`, naming: 'same' };
    default:
      return { title: `resource policy${what}`, naming: 'same' };
  }
}

/** The repository of an image, or of the ARN that names it. */
const repositoryTitle = (resource: string) =>
  parseArn(resource) ? resourceTitle(resource) : plain(parseImage(resource).repository);

function inResourcePolicy(tied: TiedCause, [statement]: readonly [Statement, ...Statement[]]) {
  const { title, naming } = resourcePolicy(tied);
  const { Resource, ...rest } = statement;
  const named = { same: { Resource }, itself: { Resource: '*' }, none: {} }[naming];
  return `Add to the ${title}; a policy of the role alone does not help:\n${json({
    Effect: 'Allow',
    Principal: { AWS: principalArn(tied) },
    ...rest,
    ...named,
  })}`;
}

const principalArn = ({ roleArn, principal }: TiedCause) =>
  roleArn ?? (principal ? `<ARN of the role ${plain(principal)}>` : '<ARN of the role>');

const roleTitle = ({ resource }: TiedCause) =>
  resource && resource !== '*'
    ? `the role ${resourceTitle(resource).replace(/^role\//, '')}`
    : 'the role';

/** Organizations' policies bound what others allow: they grant nothing, so `*` is no risk there. */
const anywhere = ([{ Action }]: readonly [Statement, ...Statement[]]): [Statement] => [
  { Action, Resource: '*' },
];

/** An endpoint's policy is for all who use the endpoint. */
function forEveryone(statements: readonly [Statement, ...Statement[]]): string {
  const [first, ...more] = statements.map((statement) => ({
    Effect: 'Allow',
    Principal: '*',
    ...statement,
  }));
  return json(more.length === 0 ? first : { Version: '2012-10-17', Statement: [first, ...more] });
}

/** Names of the VPC endpoints that calls of an action go through. */
function endpointsOf({ action, place }: TiedCause): string {
  const service = serviceOf(action);
  if (service === null) return 'of the service';
  return endpointNames(service === 'ecr' ? ['ecr.api', 'ecr.dkr'] : [service], place);
}

/** The prefix of an IAM action, e.g. `ssm`. */
const serviceOf = (action: string | null) => /^([a-z0-9-]+):/i.exec(action ?? '')?.[1] ?? null;

/** The action as the text names it, where it is one; a text that nobody vouches for may say anything. */
export function actionOf({ action }: TiedCause): string | null {
  return action !== null && /^[a-z0-9-]+:[A-Za-z0-9]+$/.test(action) ? action : null;
}

/** An ARN in a region, or the placeholder where the place is not known. */
export function arnAt(
  { partition, region, account }: KnownPlace,
  service: string,
  resource: string,
  placeholder: string,
): string {
  if (!partition || !region || !account) return `<${placeholder}>`;
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** The resource of the text, where it is an ARN or `*`. */
export const arnOrAll = (resource: string | null) =>
  resource === '*' || parseArn(resource ?? '') ? resource : null;
