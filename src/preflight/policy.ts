import { isObject, type JsonObject } from '../task-definition/json.ts';

/** The statements of a policy document, JSON; undefined where it cannot be read. */
export function statementsOf(document: string): readonly JsonObject[] | undefined {
  try {
    const policy: unknown = JSON.parse(document);
    return isObject(policy) ? listOf(policy.Statement).filter(isObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Policies write a single value without its list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** Whether a statement's `Action` covers `action`; its case is no matter. */
export function coversAction({ Action }: JsonObject, action: string): boolean {
  return listOf(Action).some((pattern) =>
    like(String(pattern).toLowerCase(), action.toLowerCase()),
  );
}

/** One condition of a statement. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export function conditionsOf({ Condition }: JsonObject): readonly Condition[] {
  return Object.entries(isObject(Condition) ? Condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).map(([key, values]) => ({
      operator,
      key,
      values: listOf(values).map(String),
    })),
  );
}

/** Operators that hold when one of the condition's values is like the request's. */
export const positiveOperator =
  /^(ForAnyValue:|ForAllValues:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)(IfExists)?$/;

/** Whether a pattern with the wildcards of IAM (`*` and `?`) matches all of `text`. */
export function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}
