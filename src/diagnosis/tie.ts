import { parseArn, shortName } from '../arn.ts';
import type { Location, TaskDefinition } from '../task-definition/types.ts';
import { type KnownPlace, parseEcrHost, parseImage, regionIn } from './finding-names.ts';
import { isSameRole, usesOf } from './tie-uses.ts';
import type { Cause, Context, ServiceFacts, TargetGroupFacts } from './types.ts';

/** A cause with what the deployed task definition says about it. */
export interface TiedCause extends Cause {
  /** Name of the variable that the secret is given to the container as. */
  readonly secret: string | null;
  /** The value in the definition that is meant, as written there: a secret's ARN, an image … */
  readonly reference: string | null;
  /** Full ARN of the role that `principal` names. */
  readonly roleArn: string | null;
  /** Where the value at fault was written. */
  readonly location: Location | null;
  /** Where the resource is, or else the deployment. */
  readonly place: KnownPlace;
  readonly definition: TaskDefinition | null;
  /** Of a failed health check: the target group that it is of. */
  readonly targetGroup: TargetGroupFacts | null;
  readonly service: ServiceFacts | null;
}

/**
 * Ties a cause to the task definition: which container, secret, image, log group, file, volume or
 * role is meant, and where that was written. What may be several is tied to none of them; where one
 * thing is used several times, its first use gives the line. Without a context the cause stays as
 * it is.
 */
export function tie(cause: Cause, context?: Context): TiedCause {
  const tied = context ? tieTo(cause, context) : untied(cause);
  return { ...tied, place: placeOf(tied, context) };
}

type Unplaced = Omit<TiedCause, 'place'>;

function untied(cause: Cause): Unplaced {
  return {
    ...cause,
    secret: null,
    reference: null,
    roleArn: parseArn(cause.principal ?? '') ? cause.principal : null,
    location: null,
    definition: null,
    targetGroup: null,
    service: null,
  };
}

function tieTo(cause: Cause, context: Context): Unplaced {
  const { definition, service = null } = context;
  const targetGroup = targetGroupOf(cause, context);
  const container = cause.container ?? targetGroup?.container ?? null;
  const uses = usesOf({ ...cause, container }, definition);
  const [first] = uses;
  const containers = new Set(uses.map(({ container }) => container));
  const [only] = containers.size === 1 ? containers : [];
  return {
    ...untied(cause),
    ...principalOf(cause, definition),
    resource:
      cause.resource ?? targetGroup?.arn ?? (first?.role === 'resource' ? first.value : null),
    reference: first?.value ?? null,
    container: container ?? only ?? null,
    secret: first?.variable ?? null,
    location: (first && context.locate(first.path)) ?? null,
    definition,
    targetGroup,
    service,
  };
}

/** The one that a failed health check names, or the only one of the service. */
function targetGroupOf(cause: Cause, { targetGroups }: Context): TargetGroupFacts | null {
  if (cause.class !== 'elb-health-check') return null;
  const groups = targetGroups?.() ?? [];
  const [only, ...others] = groups;
  if (cause.resource === null) return others.length === 0 ? (only ?? null) : null;
  return groups.find(({ arn }) => arn === cause.resource) ?? null;
}

type Principal = Pick<TiedCause, 'principal' | 'principalKind' | 'roleArn'>;

/**
 * Who is meant. What a task needs to start (secrets, images, logs, files) is fetched by the execution
 * role: it is named where the text names nobody. A role that the text names gets its full ARN.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
function principalOf(cause: Cause, definition: TaskDefinition): Principal {
  const { principal } = cause;
  const { executionRoleArn, taskRoleArn } = definition;
  if (principal === null && executionRoleArn && isExecutionRolesDoing(cause)) {
    return {
      principal: shortName(executionRoleArn),
      principalKind: 'execution-role',
      roleArn: parseArn(executionRoleArn) ? executionRoleArn : null,
    };
  }
  const full = [executionRoleArn, taskRoleArn].find(
    (arn) => arn && principal !== null && parseArn(arn) && isSameRole(arn, principal),
  );
  return {
    principal,
    principalKind: cause.principalKind ?? kindOf(cause, definition),
    roleArn: full ?? (parseArn(principal ?? '') ? principal : null),
  };
}

/** The kind of a role that could not be assumed, where the definition uses it as one kind only. */
function kindOf(cause: Cause, definition: TaskDefinition): Principal['principalKind'] {
  if (cause.class !== 'role-not-assumable') return null;
  const [use, ...more] = usesOf(cause, definition);
  if (use === undefined || more.length > 0) return null;
  return use.path[0] === 'executionRoleArn' ? 'execution-role' : 'task-role';
}

function isExecutionRolesDoing(cause: Cause): boolean {
  if (cause.principalKind !== null) return cause.principalKind === 'execution-role';
  switch (cause.class) {
    case 'secret-access-denied':
    case 'secretsmanager-access-denied':
    case 'registry-auth-denied':
    case 'log-access-denied':
      return true;
    case 'image-access-denied':
      return cause.resource !== null && isOfEcr(cause.resource);
    case 'env-file':
      return cause.action !== null;
    case 'kms-denied':
      return /ResourceInitializationError|(retrieve|pull|fetch(ing)?) secret/i.test(cause.evidence);
    default:
      return false;
  }
}

/** Whether an image or repository is in a private registry of Amazon ECR. */
export function isOfEcr(image: string): boolean {
  return (
    parseArn(image)?.service === 'ecr' || parseEcrHost(parseImage(image).registry) !== undefined
  );
}

/** Where the resource is by its own name; else the deployment's place; else what the text says. */
function placeOf({ resource, reference, evidence }: Unplaced, context?: Context): KnownPlace {
  for (const name of [resource, reference]) {
    const arn = parseArn(name ?? '');
    if (arn?.region && arn.account) return arn;
    const registry = parseEcrHost(parseImage(name ?? '').registry);
    if (registry) return registry;
  }
  return context?.place ?? { partition: null, region: regionIn(evidence), account: null };
}
