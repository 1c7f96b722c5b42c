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
  const [first] = needs as readonly [Need, ...Need[]];
  const question = (asked: readonly Need[], context: Need['context']) => ({
    principal: principal.arn,
    actions: first.actions.map(({ action }) => action),
    resources: [...new Set(asked.flatMap(({ resources }) => resources))],
    region: first.region,
    ...(context ? { context } : {}),
  });
  /** One question for all; what only one need's request carries is asked for where it may matter. */
  const isAlone = needs.length === 1;
  try {
    const shared = isAlone ? wholeContext(first) : first.context;
    const decisions = await simulate(subject, question(needs, shared));
    return await Promise.all(
      needs.map(async (need) => {
        const matters = !isAlone && need.ownContext && !isAllowed(need, decisions);
        const own = matters
          ? await simulate(subject, question([need], wholeContext(need)))
          : decisions;
        return checkNeed(subject, principal, need, own);
      }),
    );
  } catch (error) {
    const why = isNamed(error, ...noSuchEntity) ? principal.ifMissing : error;
    return needs.map(({ what }) => notChecked(mayWords(principal, what), why));
  }
}

function wholeContext({ context, ownContext }: Need): Need['context'] {
  return ownContext ? { ...context, ...ownContext } : context;
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
  const judged = await Promise.all(
    need.actions.map((one) => judgeAction(principal, need, one, decisions)),
  );
  if (judged.includes('unanswered')) {
    return notChecked(may, 'iam:SimulatePrincipalPolicy does not answer for it');
  }
  const denials = judged.filter((one) => typeof one === 'object');
  const worst = denials.find(({ doubt }) => doubt === undefined) ?? denials[0];
  if (!worst) {
    return passed(`policies allow the ${words[principal.kind]} ${principal.name} to ${need.what}`);
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
  { arn }: Principal,
  need: Need,
  { action, without }: NeededAction,
  decisions: readonly Decision[],
): Promise<'allowed' | 'unanswered' | Denial> {
  const decision = decisionOn(need, action, decisions);
  if (!decision) return 'unanswered';
  const [resource] = need.resources;
  const access = { principal: arn, action, resource, context: wholeContext(need) ?? {} };
  const other = decision.decision === 'implicitDeny' ? await need.other(access) : 'none';
  const verdict = judgeDecision(decision, other);
  if (verdict.kind === 'allowed') return 'allowed';
  const { cause, doubt = doubtWithout[without] } = verdict;
  return { action, decision, cause, doubt };
}

/** The best decision among the spellings of the resource. */
function decisionOn(
  { resources }: Need,
  action: string,
  decisions: readonly Decision[],
): Decision | undefined {
  const about = resources.flatMap(
    (resource) => decisions.find((one) => one.action === action && one.resource === resource) ?? [],
  );
  return about.find((one) => one.decision === 'allowed') ?? about[0];
}

function isAllowed(need: Need, decisions: readonly Decision[]): boolean {
  return need.actions.every(
    ({ action }) => decisionOn(need, action, decisions)?.decision === 'allowed',
  );
}

const doubtWithout: Readonly<Record<NeededAction['without'], string | undefined>> = {
  fails: undefined,
  'may-fail': 'The task may get along without it.',
};
