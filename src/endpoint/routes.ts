import type { Action, Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Conditions, certainlyMeets, readConditions } from './conditions.ts';
import type { Traffic } from './types.ts';

/** One way through a listener: a rule, or what it does by default. */
export interface Route {
  readonly listener: Listener;
  readonly conditions: Conditions;
  readonly actions: readonly Action[];
  /** Lower is asked first; the default last, as infinity. */
  readonly priority: number;
  readonly use: 'production' | 'test' | 'any';
}

/** The routes of a listener in the order in which AWS asks them. */
export function routesOf(listener: Listener, traffic: Traffic): Route[] {
  const own = (traffic.rules.get(listener.ListenerArn ?? '') ?? []).map(
    (rule): Route => ({
      listener,
      conditions: readConditions(rule.Conditions ?? []),
      actions: rule.Actions ?? [],
      priority: Number(rule.Priority) || Number.POSITIVE_INFINITY,
      use: useOf(rule.RuleArn, traffic),
    }),
  );
  const hasDefault = own.some(({ priority }) => priority === Number.POSITIVE_INFINITY);
  return [...own, ...(hasDefault ? [] : [defaultRoute(listener, traffic)])].sort((one, other) =>
    sign(one.priority, other.priority),
  );
}

/** The difference of two infinities is no number. */
const sign = (one: number, other: number) => (one === other ? 0 : one < other ? -1 : 1);

function defaultRoute(listener: Listener, traffic: Traffic): Route {
  const { ListenerArn = '', DefaultActions = [] } = listener;
  const use = useOf(ListenerArn, traffic);
  // Without its rules, the listener of a rule is known by its ARN alone.
  const within = (rules: readonly string[]) => rules.some((arn) => listenerOf(arn) === ListenerArn);
  const isTest =
    !traffic.rules.has(ListenerArn) &&
    within(traffic.testRules) &&
    !within(traffic.productionRules);
  return {
    listener,
    conditions: readConditions([]),
    actions: DefaultActions,
    priority: Number.POSITIVE_INFINITY,
    use: use === 'any' && isTest ? 'test' : use,
  };
}

/** `…:listener-rule/app/web/LB/LISTENER/RULE` → `…:listener/app/web/LB/LISTENER` */
function listenerOf(ruleArn: string): string {
  return ruleArn.replace(':listener-rule/', ':listener/').replace(/\/[^/]*$/, '');
}

function useOf(arn: string | undefined, { productionRules, testRules }: Traffic): Route['use'] {
  if (arn === undefined) return 'any';
  if (productionRules.includes(arn)) return 'production';
  return testRules.includes(arn) ? 'test' : 'any';
}

/**
 * ARNs of the target groups that get requests: those with a weight of 0 don't. Actions that
 * authenticate come before the one that forwards and do not matter here.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html
 */
export function forwardedTo(actions: readonly Action[]): string[] {
  return actions.flatMap(({ Type, ForwardConfig, TargetGroupArn }) => {
    if (Type !== 'forward') return [];
    const weighted = ForwardConfig?.TargetGroups ?? [];
    if (weighted.length === 0) return TargetGroupArn ?? [];
    return weighted.flatMap(({ TargetGroupArn: arn, Weight }) => (Weight === 0 ? [] : (arn ?? [])));
  });
}

/**
 * Whether a route asked earlier takes the requests for a host and path away from the service. A
 * redirect within the same host and port does not: who follows it stays.
 *
 * @param routes all of the listener, in order
 */
export function isTaken(
  routes: readonly Route[],
  route: Route,
  { host, path, isOwn }: { host: string; path: string; isOwn(targetGroupArn: string): boolean },
): boolean {
  const earlier = routes
    .slice(0, routes.indexOf(route))
    .filter(({ conditions }) => certainlyMeets(conditions, host, path));
  for (const { actions, listener } of earlier) {
    if (actions.some((action) => staysAt(action, listener, host))) continue;
    return !forwardedTo(actions).some(isOwn);
  }
  return false;
}

function staysAt({ Type, RedirectConfig: to }: Action, listener: Listener, host: string): boolean {
  const keeps = (value: string | undefined, placeholder: string, now: unknown) =>
    value === undefined ||
    value === placeholder ||
    value.toLowerCase() === String(now).toLowerCase();
  return (
    Type === 'redirect' &&
    keeps(to?.Protocol, '#{protocol}', listener.Protocol) &&
    keeps(to?.Host, '#{host}', host) &&
    keeps(to?.Port, '#{port}', listener.Port)
  );
}
