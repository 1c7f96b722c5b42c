import type { Finding, PrincipalKind } from '../../diagnosis/types.ts';
import { isNamed } from '../../task-definition/json.ts';
import { findingOf, found, type NotChecked, notChecked, passed } from '../results.ts';
import { noSuchEntity } from '../role.ts';
import { type Decision, simulate } from '../simulate.ts';
import type { CheckResult, Subject } from '../types.ts';
import { judgeDecision, type Verdict } from '../verdict.ts';
import type { Need, NeededAction } from './need.ts';

/** Whose policies are asked about. */
export interface Principal {
  /** ARN of the role or user. */
  readonly arn: string;
  /** As denials name it: a role's name, a user's ARN. */
  readonly name: string;
  readonly kind: Extract<PrincipalKind, 'execution-role' | 'deployer'>;
  /** Why nothing can be said where IAM knows no such role; completes "not checked: …". */
  readonly ifMissing: string;
}

const words = { 'execution-role': 'execution role', deployer: 'deployer' } as const;

/**
 * Whether the policies of `principal` allow every need. That they do is no proof: the policy of a key
 * or secret may still deny. Never rejects.
 */
export async function checkNeeds(
  subject: Subject,
  principal: Principal,
  needs: readonly (Need | NotChecked)[],
): Promise<readonly CheckResult[]> {
  const known = needs.filter((need): need is Need => !('mark' in need));
  const unknown = needs.filter((need): need is NotChecked => 'mark' in need);
  const groups = Map.groupBy(known, groupKey);
  const results = [...groups.values()].map((group) => checkGroup(subject, principal, group));
  return [
    ...(await Promise.all(results)).flat(),
    ...unknown.map(({ what, why }) => notChecked(mayWords(principal, what), why)),
  ];
}

/** The results, in one line for each reason why something was not checked. */
export function summedUp(
  principal: Principal,
  results: readonly CheckResult[],
): readonly CheckResult[] {
  const unchecked = results.filter((result) => result.mark === 'not-checked');
  const byReason = Map.groupBy(unchecked, ({ why }) => why);
  const prefix = mayWords(principal, '');
  return [
    ...results.filter(({ mark }) => mark !== 'not-checked'),
    ...[...byReason].map(([why, group]) => {
      const whats = group.map(({ what }) => what.slice(prefix.length));
      const all = `permissions of the ${words[principal.kind]} ${principal.name}`;
      return notChecked(
        group.length > 1 && group.length === results.length ? all : prefix + listed(whats),
        why,
      );
    }),
  ];
}

function listed(whats: readonly string[]): string {
  const more = whats.length - mostListed;
  const shown = whats.slice(0, mostListed).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

const mostListed = 3;

/** Needs that one question covers: the same actions, sent the same way. */
function groupKey({ actions, region, context }: Need): string {
  return JSON.stringify([actions, region, context]);
}

function mayWords({ kind, name }: Principal, what: string): string {
  return `${words[kind]} ${name} may ${what}`;
}

async function checkGroup(
  subject: Subject,
  principal: Principal,
  needs: readonly Need[],
): Promise<readonly CheckResult[]> {
  const [{ actions, region, context }] = needs as readonly [Need, ...Need[]];
  try {
    const decisions = await simulate(subject, {
      principal: principal.arn,
      actions: actions.map(({ action }) => action),
      resources: [...new Set(needs.flatMap(({ resources }) => resources))],
      region,
      ...(context ? { context } : {}),
    });
    return await Promise.all(needs.map((need) => checkNeed(subject, principal, need, decisions)));
  } catch (error) {
    const why = isNamed(error, ...noSuchEntity) ? principal.ifMissing : error;
    return needs.map(({ what }) => notChecked(mayWords(principal, what), why));
  }
}

interface Denial {
  readonly action: string;
  readonly decision: Decision;
  readonly cause: Extract<Verdict, { kind: 'denied' }>['cause'];
  /** A sentence: why the rollout may yet succeed; undefined where it fails for certain. */
  readonly doubt: string | undefined;
}

async function checkNeed(
  subject: Subject,
  principal: Principal,
  need: Need,
  decisions: readonly Decision[],
): Promise<CheckResult> {
  const may = mayWords(principal, need.what);
  const judged = await Promise.all(need.actions.map((one) => judgeAction(need, one, decisions)));
  if (judged.includes('unanswered')) {
    return notChecked(may, 'iam:SimulatePrincipalPolicy does not answer for it');
  }
  const denials = judged.filter((one) => typeof one === 'object');
  const worst = denials.find(({ doubt }) => doubt === undefined) ?? denials[0];
  if (!worst) {
    return passed(
      `policies of the ${words[principal.kind]} ${principal.name} allow it to ${need.what}`,
    );
  }
  const [resource] = need.resources;
  const { action, cause, decision, doubt } = worst;
  const result = found(subject, doubt === undefined ? 'fails' : 'may-fail', may, {
    class: need.class,
    evidence: `iam:SimulatePrincipalPolicy answers ${decision.decision} for ${action} on ${resource}`,
    principal: principal.name,
    principalKind: principal.kind,
    action,
    resource,
    ...cause,
  });
  const { finding } = result;
  const summary = [finding.summary, doubt].filter((part) => part !== undefined).join(' ');
  return { ...result, finding: { ...finding, ...placeOf(subject, need), summary } };
}

/** A key is not named by the task definition: it is found where the secret is that it encrypts. */
function placeOf(subject: Subject, { secret }: Need): Partial<Finding> {
  if (secret === undefined) return {};
  const known = { class: 'secret-access-denied', evidence: '', resource: secret } as const;
  const { container, secret: variable, file, line } = findingOf(subject, known);
  return { container, secret: variable, file, line };
}

/** Allowed where policies allow it under any of the resource's spellings. */
async function judgeAction(
  need: Need,
  { action, without }: NeededAction,
  decisions: readonly Decision[],
): Promise<'allowed' | 'unanswered' | Denial> {
  const about = need.resources.flatMap(
    (resource) => decisions.find((one) => one.action === action && one.resource === resource) ?? [],
  );
  const decision = about.find((one) => one.decision === 'allowed') ?? about[0];
  if (!decision) return 'unanswered';
  const other = decision.decision === 'implicitDeny' ? await need.other() : 'none';
  const verdict = judgeDecision(decision, other);
  if (verdict.kind === 'allowed') return 'allowed';
  const { cause, doubt = doubtWithout[without] } = verdict;
  return { action, decision, cause, doubt };
}

const doubtWithout: Readonly<Record<NeededAction['without'], string | undefined>> = {
  fails: undefined,
  'may-fail': 'The task may get along without it.',
};
