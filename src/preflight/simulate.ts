import type {
  ContextEntry,
  EvaluationResult,
  SimulatePrincipalPolicyCommandOutput,
} from '@aws-sdk/client-iam';
import { ask } from './ask.ts';
import { chunks } from './results.ts';
import type { Subject } from './types.ts';

/** May a role or user take every one of `actions` on every one of `resources`? */
export interface Question {
  /** ARN of a role or user. */
  readonly principal: string;
  readonly actions: readonly string[];
  /** ARNs, or `*`. */
  readonly resources: readonly string[];
  /** Where the calls go to. */
  readonly region: string;
  /** What the request will carry besides, by condition key. */
  readonly context?: Readonly<Record<string, string>>;
}

/** The policies' answer for one action on one resource. */
export interface Decision {
  readonly action: string;
  readonly resource: string;
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny';
  /** Whether the policies have conditions on keys that the question said nothing of. */
  readonly hasUnknownConditions: boolean;
  /** The kind of policy above the principal's own that does not allow it. */
  readonly above: 'service-control' | 'permissions-boundary' | undefined;
}

const resourcesPerCall = 50;
/** More pages than any question needs: an answer that never ends does not hold up a deploy. */
const mostPages = 20;

/**
 * Has IAM evaluate the policies of a principal; no action is taken. Resource policies, session
 * policies and VPC endpoint policies are no part of the answer.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 *
 * @returns what was answered; a pair that IAM says nothing of is not among them
 * @throws as `ask`; AWS's `NoSuchEntityException` when there is no such principal
 */
export async function simulate(subject: Subject, question: Question): Promise<readonly Decision[]> {
  // Among others `*` could be taken for them all.
  const whole = question.resources.filter((resource) => resource === '*');
  const single = question.resources.filter((resource) => resource !== '*');
  const parts = [...chunks(whole, 1), ...chunks(single, resourcesPerCall)];
  const decisions = await Promise.all(
    parts.map((resources) => simulateAll(subject, { ...question, resources })),
  );
  return decisions.flat();
}

async function simulateAll(subject: Subject, question: Question): Promise<readonly Decision[]> {
  const results: EvaluationResult[] = [];
  let marker: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await simulatePage(subject, question, marker);
    results.push(...(answer.EvaluationResults ?? []));
    marker = answer.IsTruncated ? answer.Marker : undefined;
    if (marker === undefined) break;
  }
  return decisionsOf(results, question.resources);
}

function simulatePage(
  subject: Subject,
  { principal, actions, resources, region, context }: Question,
  marker: string | undefined,
): Promise<SimulatePrincipalPolicyCommandOutput> {
  return ask(subject, 'iam:SimulatePrincipalPolicy', async (abortSignal) => {
    const [client, { SimulatePrincipalPolicyCommand }] = await Promise.all([
      subject.aws.iam(),
      import('@aws-sdk/client-iam'),
    ]);
    return client.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: principal,
        ActionNames: [...actions],
        ResourceArns: [...resources],
        ContextEntries: [
          entry('aws:SecureTransport', 'true', 'boolean'),
          entry('aws:RequestedRegion', region),
          ...Object.entries(context ?? {}).map(([key, value]) => entry(key, value)),
        ],
        ...(marker === undefined ? {} : { Marker: marker }),
      }),
      { abortSignal },
    );
  });
}

function entry(
  ContextKeyName: string,
  value: string,
  ContextKeyType: NonNullable<ContextEntry['ContextKeyType']> = 'string',
): ContextEntry {
  return { ContextKeyName, ContextKeyType, ContextKeyValues: [value] };
}

/**
 * Reads both shapes of IAM's answer: one result an action, with what is decided for each resource
 * inside, and one result for each action and resource.
 */
export function decisionsOf(
  results: readonly EvaluationResult[],
  resources: readonly string[],
): readonly Decision[] {
  const decisions = results.flatMap((result): (Decision | undefined)[] => {
    const action = result.EvalActionName ?? '';
    const whole = {
      decision: result.EvalDecision,
      missing: result.MissingContextValues,
      organization: result.OrganizationsDecisionDetail?.AllowedByOrganizations,
      boundary: result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
    };
    const specific = result.ResourceSpecificResults ?? [];
    if (specific.length > 0) {
      // What is not said of one resource is said of all, if at all.
      return specific.map((one) =>
        toDecision(action, resourceOf(one.EvalResourceName, resources), {
          decision: one.EvalResourceDecision,
          missing: one.MissingContextValues ?? whole.missing,
          organization: whole.organization,
          boundary:
            one.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary ?? whole.boundary,
        }),
      );
    }
    const resource = resourceOf(result.EvalResourceName, resources);
    // The result for all resources is the most restrictive one: only an allowance goes for each.
    const meant = resource === undefined && whole.decision === 'allowed' ? resources : [resource];
    return meant.map((one) => toDecision(action, one, whole));
  });
  return decisions.filter((decision) => decision !== undefined);
}

/** The resource that an answer is about; where only one was asked for, it is that one. */
function resourceOf(name: string | undefined, resources: readonly string[]): string | undefined {
  return resources.length === 1 ? resources[0] : resources.find((resource) => resource === name);
}

function toDecision(
  action: string,
  resource: string | undefined,
  {
    decision,
    missing,
    organization,
    boundary,
  }: {
    readonly decision: string | undefined;
    readonly missing: readonly string[] | undefined;
    readonly organization: boolean | undefined;
    readonly boundary: boolean | undefined;
  },
): Decision | undefined {
  if (resource === undefined) return undefined;
  if (decision !== 'allowed' && decision !== 'explicitDeny' && decision !== 'implicitDeny') {
    return undefined;
  }
  return {
    action,
    resource,
    decision,
    hasUnknownConditions: (missing ?? []).length > 0,
    above:
      organization === false
        ? 'service-control'
        : boundary === false
          ? 'permissions-boundary'
          : undefined,
  };
}
