import { contextValue } from '../../documents.ts';
import type { Policies, PolicyKind, Question, Verdict } from '../../permissions.ts';
import { authorize, evaluate, isAbout } from '../../permissions.ts';
import type { Json } from '../../world.ts';
import type { Context } from '../room.ts';
import { pageFrom } from '../room.ts';
import { arnTemplates } from './arn-templates.ts';
import { invalid, policiesByArn } from './principals.ts';

/** What the simulation finds out about one action on one resource. */
interface Simulated {
  resource: string;
  verdict: Verdict;
  missing: string[];
}

/** SimulatePrincipalPolicy, in either of its two shapes. */
export function simulate(input: Json, { state, caller }: Context): Json {
  const { world } = state;
  const source = String(input.PolicySourceArn);
  authorize(caller, 'iam:SimulatePrincipalPolicy', source);
  const policies = policiesByArn(world, source);
  const actions = texts(input.ActionNames);
  const resources = texts(input.ResourceArns ?? ['*']);
  const strange = resources.find((resource) => resource !== '*' && !resource.startsWith('arn:'));
  if (strange !== undefined) {
    throw invalid(`ResourceNames are not in a valid ARN format: ${strange}.`);
  }
  const context = readContext(input.ContextEntries);
  const results = actions.flatMap((action) => {
    const simulated = resources.map((resource) =>
      simulateOne(policies, { action, resource, context }),
    );
    return world.simulateShape === 'per-resource'
      ? simulated.map((one) => ({
          ...verdictOf(action, [one], policies),
          EvalResourceName: one.resource,
        }))
      : [perAction(action, simulated, policies)];
  });
  const { items, next } = pageFrom(results, input.Marker, Number(input.MaxItems ?? 100));
  return { EvaluationResults: items, IsTruncated: next !== undefined, Marker: next };
}

function simulateOne(policies: Policies, question: Question): Simulated {
  const { context = {}, resource } = question;
  const about = [...policies.allow.of, ...policies.deny, ...(policies.boundary?.of ?? [])];
  const keys = about
    .filter((statement) => isAbout(statement, question))
    .flatMap(({ conditions = {} }) => Object.keys(conditions))
    .filter((key) => contextValue(context, key) === undefined);
  return { resource, verdict: evaluate(policies, question), missing: [...new Set(keys)] };
}

const severity = { allowed: 0, implicitDeny: 1, explicitDeny: 2 };

/** The fields that both shapes have: the most restrictive decision of all resources. */
function verdictOf(action: string, simulated: Simulated[], policies: Policies): Json {
  const verdicts = simulated.map(({ verdict }) => verdict);
  const [worst] = verdicts.toSorted(
    (one, other) => severity[other.decision] - severity[one.decision],
  );
  const says = (kind: PolicyKind) =>
    verdicts.some((verdict) => verdict.decision !== 'allowed' && verdict.by === kind);
  return {
    EvalActionName: action,
    EvalDecision: worst?.decision,
    MatchedStatements: matchedStatements(worst),
    MissingContextValues: [...new Set(simulated.flatMap(({ missing }) => missing))],
    OrganizationsDecisionDetail:
      policies.scp.length === 0
        ? undefined
        : { AllowedByOrganizations: !says('service control policy') },
    PermissionsBoundaryDecisionDetail:
      policies.boundary === undefined
        ? undefined
        : { AllowedByPermissionsBoundary: !says('permissions boundary') },
  };
}

function perAction(action: string, simulated: Simulated[], policies: Policies): Json {
  return {
    ...verdictOf(action, simulated, policies),
    EvalResourceName: arnTemplates[action] ?? '*',
    ResourceSpecificResults: simulated
      .filter(({ resource }) => resource !== '*')
      .map((one) => {
        const { EvalDecision, ...verdict } = verdictOf(action, [one], policies);
        return {
          EvalResourceName: one.resource,
          EvalResourceDecision: EvalDecision,
          MatchedStatements: verdict.MatchedStatements,
          MissingContextValues: verdict.MissingContextValues,
          PermissionsBoundaryDecisionDetail: verdict.PermissionsBoundaryDecisionDetail,
        };
      }),
  };
}

function matchedStatements(verdict: Verdict | undefined): Json[] {
  const own =
    verdict?.decision === 'allowed' ||
    (verdict?.decision === 'explicitDeny' && verdict.by === 'identity-based policy');
  if (!own) return [];
  return [
    {
      SourcePolicyId: 'inline',
      SourcePolicyType: 'IAM Policy',
      StartPosition: { Line: 3, Column: 17 },
      EndPosition: { Line: 8, Column: 6 },
    },
  ];
}

function readContext(entries: unknown): Record<string, string> {
  const list = (entries ?? []) as { ContextKeyName: string; ContextKeyValues?: string[] }[];
  return Object.fromEntries(
    list.map(({ ContextKeyName, ContextKeyValues = [] }) => [
      ContextKeyName,
      ContextKeyValues[0] ?? '',
    ]),
  );
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
