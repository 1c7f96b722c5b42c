import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { matches, matchesHost } from './patterns.ts';

/** What a rule asks of a request. Patterns are AWS's text, untrusted. */
export interface Conditions {
  /** Patterns of which one must match; undefined: any host. Empty where only an expression says it. */
  readonly hosts: readonly string[] | undefined;
  readonly paths: readonly string[] | undefined;
  /** What a plain GET does not bring with it, each as words that follow "answers only". */
  readonly special: readonly string[];
}

/** All conditions of a rule must hold; of the values of one, any. */
export function readConditions(conditions: readonly RuleCondition[]): Conditions {
  return {
    hosts: patternsOf(conditions, 'host-header'),
    paths: patternsOf(conditions, 'path-pattern'),
    special: conditions.flatMap((condition) => specialOf(condition) ?? []),
  };
}

/** AWS allows one condition of these fields in a rule. */
function patternsOf(
  conditions: readonly RuleCondition[],
  field: 'host-header' | 'path-pattern',
): readonly string[] | undefined {
  const condition = conditions.find(({ Field }) => Field === field);
  if (!condition) return undefined;
  const config = field === 'host-header' ? condition.HostHeaderConfig : condition.PathPatternConfig;
  return valuesOf(condition, config);
}

/** `Values` is the older place of them, and AWS often fills both. */
function valuesOf(condition: RuleCondition, config: { Values?: string[] | undefined } | undefined) {
  return [...new Set([...(config?.Values ?? []), ...(condition.Values ?? [])])];
}

function specialOf(condition: RuleCondition): string | undefined {
  switch (condition.Field) {
    case 'host-header':
    case 'path-pattern':
      return undefined;
    case 'http-request-method': {
      const methods = valuesOf(condition, condition.HttpRequestMethodConfig);
      return methods.includes('GET') ? undefined : 'to other methods than GET';
    }
    case 'http-header': {
      const name = condition.HttpHeaderConfig?.HttpHeaderName ?? '';
      return /^[A-Za-z0-9_-]{1,64}$/.test(name)
        ? `to requests with the header ${name} that its rule asks for`
        : 'to requests with a header that its rule asks for';
    }
    case 'query-string':
      return 'to requests with the query string that its rule asks for';
    case 'source-ip':
      return valuesOf(condition, condition.SourceIpConfig).includes('0.0.0.0/0')
        ? undefined
        : 'to the source addresses that its rule names';
    default:
      return 'under a further condition of its rule';
  }
}

/** Whether a plain GET is certain to meet them. */
export function certainlyMeets(
  { hosts, paths, special }: Conditions,
  host: string,
  path: string,
): boolean {
  return (
    special.length === 0 &&
    (hosts === undefined || hosts.some((pattern) => matchesHost(pattern, host))) &&
    (paths === undefined || paths.some((pattern) => matches(pattern, path)))
  );
}
