import type { PolicyDocument, PolicyStatement } from './resources.ts';

/** What a policy document is asked. */
export interface DocumentQuestion {
  action: string;
  /** The principals that the one who asks counts as, such as its service or its role's ARN. */
  principals: string[];
  context?: Record<string, string>;
}

/** What a policy document in IAM's JSON says; a Deny outweighs every Allow. */
export function consult(
  document: PolicyDocument | undefined,
  question: DocumentQuestion,
): 'allows' | 'denies' | 'silent' {
  const applying = (document?.Statement ?? []).filter((statement) => applies(statement, question));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'denies';
  return applying.length > 0 ? 'allows' : 'silent';
}

function applies(
  statement: PolicyStatement,
  { action, principals, context = {} }: DocumentQuestion,
): boolean {
  const named = namedPrincipals(statement);
  return (
    named.some((name) => name === '*' || principals.includes(name)) &&
    listOf(statement.Action).some((pattern) => matchesIgnoringCase(pattern, action)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        holds(operator, contextValue(context, key), values),
      ),
    )
  );
}

function namedPrincipals({ Principal = '*' }: PolicyStatement): string[] {
  return Principal === '*' ? ['*'] : Object.values(Principal).flatMap(listOf);
}

function holds(operator: string, value: string | undefined, wanted: string | string[]): boolean {
  const known = /^(?:String|Arn)(Not)?(?:Equals|Like)(IfExists)?$/.exec(operator);
  if (known === null) throw new Error(`The simulator does not know the operator ${operator}.`);
  const [, negated, ifExists] = known;
  if (value === undefined) return negated !== undefined || ifExists !== undefined;
  const fits = listOf(wanted).some((pattern) => matches(pattern, value));
  return negated === undefined ? fits : !fits;
}

/** A context value; keys are the same in any case. */
export function contextValue(context: Record<string, string>, key: string): string | undefined {
  const wanted = key.toLowerCase();
  return Object.entries(context).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** Whether a text fits a pattern with `*` and `?`. */
export function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}

export function matchesIgnoringCase(pattern: string, text: string): boolean {
  return matches(pattern.toLowerCase(), text.toLowerCase());
}

export function listOf<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
