import { parseArn } from '../arn.ts';
import { isObject, type JsonObject } from '../task-definition/json.ts';
import type { Place } from '../task-definition/types.ts';

/** Whether ECS tasks may assume a role, by its trust policy. */
export type Trust =
  | { readonly kind: 'trusted' }
  /** Statements name ECS tasks, but for another account or Region. */
  | { readonly kind: 'pinned'; readonly to: readonly string[] }
  /** Statements have conditions, or forms, that cannot be judged from here. */
  | { readonly kind: 'unclear'; readonly because: string }
  /** `trusts` are the principals that the policy does name. */
  | { readonly kind: 'untrusted'; readonly trusts: readonly string[] }
  | { readonly kind: 'denied' };

/** What a statement's conditions come to for the request that ECS makes. */
type Match =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no'; readonly pins: readonly string[] }
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
  const statements = statementsOf(document);
  if (!statements) return { kind: 'unclear', because: 'it is no JSON that can be read' };
  const judged = statements
    .filter(coversAssumeRole)
    .filter(coversEcsTasks)
    .map((statement) => ({ effect: statement.Effect, match: matchOf(statement.Condition, place) }));
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
  const pins = allowances.flatMap((match) => (match.kind === 'no' ? match.pins : []));
  if (pins.length > 0) return { kind: 'pinned', to: [...new Set(pins)] };
  const allowing = statements.filter(({ Effect }) => Effect === 'Allow').filter(coversAssumeRole);
  return { kind: 'untrusted', trusts: [...new Set(allowing.flatMap(principalsOf))] };
}

function statementsOf(document: string): readonly JsonObject[] | undefined {
  try {
    const policy: unknown = JSON.parse(decodeURIComponent(document));
    if (!isObject(policy)) return undefined;
    return listOf(policy.Statement).filter(isObject);
  } catch {
    return undefined;
  }
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

const isInverted = (statement: JsonObject) =>
  'NotPrincipal' in statement || 'NotAction' in statement;

function coversAssumeRole({ Action }: JsonObject): boolean {
  return listOf(Action).some(
    (action) => typeof action === 'string' && like(action.toLowerCase(), 'sts:assumerole'),
  );
}

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

const positive =
  /^(ForAnyValue:|ForAllValues:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)(IfExists)?$/;

function matchOf(condition: unknown, place: Place): Match {
  const tests = isObject(condition)
    ? Object.entries(condition).flatMap(([operator, keys]) =>
        Object.entries(isObject(keys) ? keys : {}).map(([key, values]) => ({
          operator,
          key,
          values: listOf(values).map(String),
        })),
      )
    : [];
  const isKnown = ({ operator, key }: { operator: string; key: string }) =>
    positive.test(operator) && Object.hasOwn(sent, key.toLowerCase());
  const pins = tests
    .filter(isKnown)
    .filter(({ key, values }) => !values.some((value) => sent[key.toLowerCase()]?.(value, place)))
    .flatMap(({ values }) => values);
  if (pins.length > 0) return { kind: 'no', pins };
  const keys = tests.filter((test) => !isKnown(test)).map(({ key }) => key);
  return keys.length > 0 ? { kind: 'unclear', keys } : { kind: 'yes' };
}

/** Whether a pattern with the wildcards of IAM (`*` and `?`) matches all of `text`. */
function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
