import { parseArn } from '../arn.ts';
import { isObject, type JsonObject } from '../task-definition/json.ts';
import type { Place } from '../task-definition/types.ts';
import {
  type Condition,
  conditionsOf,
  coversAction,
  like,
  listOf,
  positiveOperator,
  statementsOf,
} from './policy.ts';

/** Whether ECS tasks may assume a role, by its trust policy. */
export type Trust =
  | { readonly kind: 'trusted' }
  /**
   * Statements name ECS tasks, but for another account or Region. For another account it is certain
   * that they do not count, whether ECS sends its own along or not.
   */
  | { readonly kind: 'pinned'; readonly to: readonly string[]; readonly isCertain: boolean }
  /** Statements have conditions, or forms, that cannot be judged from here. */
  | { readonly kind: 'unclear'; readonly because: string }
  /** `trusts` are the principals that the policy does name. */
  | { readonly kind: 'untrusted'; readonly trusts: readonly string[] }
  | { readonly kind: 'denied' };

/** What a statement's conditions come to for the request that ECS makes. */
type Match =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no'; readonly pins: readonly string[]; readonly isCertain: boolean }
  | { readonly kind: 'unclear'; readonly keys: readonly string[] };

const ecsTasks = /^ecs-tasks\.amazonaws\.com(\.cn)?$/;

/**
 * Judges a role's trust policy for `ecs-tasks.amazonaws.com` and `sts:AssumeRole`, with what ECS sends
 * along: `aws:SourceAccount` and an `aws:SourceArn` of ECS in that account and Region.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 *
 * @param document URL-encoded JSON, as IAM answers it
 */
export function judgeTrust(document: string, place: Place): Trust {
  const statements = statementsOf(decoded(document));
  if (!statements) return { kind: 'unclear', because: 'it is no JSON that can be read' };
  const judged = statements
    .filter(coversAssumeRole)
    .filter(coversEcsTasks)
    .map((statement) => ({ effect: statement.Effect, match: matchOf(statement, place) }));
  const denials = judged.filter(({ effect }) => effect === 'Deny').map(({ match }) => match);
  const allowances = judged.filter(({ effect }) => effect === 'Allow').map(({ match }) => match);
  if (denials.some(({ kind }) => kind === 'yes')) return { kind: 'denied' };
  const unclear = (matches: readonly Match[]) =>
    matches.flatMap((match) => (match.kind === 'unclear' ? match.keys : []));
  const doubts = unclear(denials);
  if (allowances.some(({ kind }) => kind === 'yes') && doubts.length === 0) {
    return { kind: 'trusted' };
  }
  const keys = [...new Set([...doubts, ...unclear(allowances)])];
  if (keys.length > 0) {
    return { kind: 'unclear', because: `it depends on the condition ${keys.join(', ')}` };
  }
  if (statements.some(isInverted)) {
    return { kind: 'unclear', because: 'it uses NotPrincipal or NotAction' };
  }
  const misses = allowances.filter((match) => match.kind === 'no');
  if (misses.length > 0) {
    const to = [...new Set(misses.flatMap(({ pins }) => pins))];
    return { kind: 'pinned', to, isCertain: misses.every(({ isCertain }) => isCertain) };
  }
  const allowing = statements.filter(({ Effect }) => Effect === 'Allow').filter(coversAssumeRole);
  return { kind: 'untrusted', trusts: [...new Set(allowing.flatMap(principalsOf))] };
}

/** What is not URL-encoded after all is read as it is. */
function decoded(document: string): string {
  try {
    return decodeURIComponent(document);
  } catch {
    return document;
  }
}

const isInverted = (statement: JsonObject) =>
  'NotPrincipal' in statement || 'NotAction' in statement;

const coversAssumeRole = (statement: JsonObject) => coversAction(statement, 'sts:AssumeRole');

function coversEcsTasks({ Principal }: JsonObject): boolean {
  if (Principal === '*') return true;
  if (!isObject(Principal)) return false;
  const services = listOf(Principal.Service).map(String);
  return (
    services.some((service) => service === '*' || ecsTasks.test(service)) ||
    listOf(Principal.AWS).includes('*')
  );
}

function principalsOf({ Principal }: JsonObject): readonly string[] {
  return isObject(Principal) ? Object.values(Principal).flatMap(listOf).map(String) : [];
}

/** What ECS sends, by condition key: how a value of the policy compares with it. */
const sent: Readonly<Record<string, (value: string, place: Place) => boolean>> = {
  'aws:sourceaccount': (value, { account }) => like(value, account),
  'aws:sourcearn': (value, { account, region }) => {
    const source = parseArn(value);
    if (!source) return value === '*';
    return (
      like(source.service, 'ecs') && like(source.region, region) && like(source.account, account)
    );
  },
};

function matchOf(statement: JsonObject, place: Place): Match {
  const tests = conditionsOf(statement);
  const isKnown = ({ operator, key }: Condition) =>
    positiveOperator.test(operator) && Object.hasOwn(sent, key.toLowerCase());
  const missed = tests
    .filter(isKnown)
    .filter(({ key, values }) => !values.some((value) => sent[key.toLowerCase()]?.(value, place)));
  if (missed.length > 0) {
    const pins = missed.flatMap(({ values }) => values);
    return { kind: 'no', pins, isCertain: missed.some(isStrict) };
  }
  const keys = tests.filter((test) => !isKnown(test)).map(({ key }) => key);
  return keys.length > 0 ? { kind: 'unclear', keys } : { kind: 'yes' };
}

/** Whether a condition that this account does not meet is not met without an account either. */
function isStrict({ operator, key }: Condition): boolean {
  return /^String(Equals|Like|EqualsIgnoreCase)$/.test(operator) && /SourceAccount$/i.test(key);
}
