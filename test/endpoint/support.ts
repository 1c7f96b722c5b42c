import type {
  Action,
  Listener,
  LoadBalancer,
  Rule,
  RuleCondition,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Traffic } from '../../src/endpoint/types.ts';

const prefix = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';

export const groupArn = (name: string) => `${prefix}:targetgroup/${name}/0123456789abcdef`;
export const albArn = (name: string) => `${prefix}:loadbalancer/app/${name}/0123456789abcdef`;
export const nlbArn = (name: string) => `${prefix}:loadbalancer/net/${name}/0123456789abcdef`;
export const listenerArn = (balancer: string, port: number) =>
  `${balancer.replace(':loadbalancer/', ':listener/')}/${port}`;
export const ruleArn = (listener: string, priority: number | 'default') =>
  `${listener.replace(':listener/', ':listener-rule/')}/${priority}`;

export const group = (name = 'web', overrides: Partial<TargetGroup> = {}): TargetGroup => ({
  TargetGroupArn: groupArn(name),
  TargetGroupName: name,
  Protocol: 'HTTP',
  Port: 8080,
  TargetType: 'ip',
  HealthCheckProtocol: 'HTTP',
  HealthCheckPath: '/health',
  HealthCheckPort: 'traffic-port',
  HealthCheckIntervalSeconds: 30,
  HealthCheckTimeoutSeconds: 5,
  HealthyThresholdCount: 5,
  UnhealthyThresholdCount: 2,
  Matcher: { HttpCode: '200' },
  LoadBalancerArns: [albArn('web')],
  ...overrides,
});

export const alb = (name = 'web', overrides: Partial<LoadBalancer> = {}): LoadBalancer => ({
  LoadBalancerArn: albArn(name),
  LoadBalancerName: name,
  DNSName: `${name}-1234.eu-west-1.elb.amazonaws.com`,
  Scheme: 'internet-facing',
  Type: 'application',
  State: { Code: 'active' },
  ...overrides,
});

export const nlb = (name = 'net', overrides: Partial<LoadBalancer> = {}): LoadBalancer => ({
  ...alb(name),
  LoadBalancerArn: nlbArn(name),
  DNSName: `${name}-5678.elb.eu-west-1.amazonaws.com`,
  Type: 'network',
  ...overrides,
});

export const forward = (...names: string[]): Action => ({
  Type: 'forward',
  ...(names.length === 1 && { TargetGroupArn: groupArn(names[0] ?? '') }),
  ForwardConfig: {
    TargetGroups: names.map((name) => ({ TargetGroupArn: groupArn(name), Weight: 1 })),
  },
});

export const weighted = (weights: Readonly<Record<string, number>>): Action => ({
  Type: 'forward',
  ForwardConfig: {
    TargetGroups: Object.entries(weights).map(([name, Weight]) => ({
      TargetGroupArn: groupArn(name),
      Weight,
    })),
  },
});

export const fixed: Action = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } };

export const toHttps: Action = {
  Type: 'redirect',
  RedirectConfig: {
    Protocol: 'HTTPS',
    Port: '443',
    Host: '#{host}',
    Path: '/#{path}',
    Query: '#{query}',
    StatusCode: 'HTTP_301',
  },
};

export const host = (...Values: string[]): RuleCondition => ({
  Field: 'host-header',
  HostHeaderConfig: { Values },
});
export const path = (...Values: string[]): RuleCondition => ({
  Field: 'path-pattern',
  PathPatternConfig: { Values },
});

/** A rule before the default; its priority is its place. */
export interface RuleSpec {
  readonly if: readonly RuleCondition[];
  readonly do: readonly Action[];
  readonly priority?: number;
}

export interface ListenerSpec {
  readonly at: number;
  readonly protocol: NonNullable<Listener['Protocol']>;
  /** Of the load balancer `web`, unless named. */
  readonly balancer?: string;
  readonly rules?: readonly RuleSpec[];
  readonly default?: readonly Action[];
}

export interface TrafficSpec extends Partial<Omit<Traffic, 'listeners' | 'rules'>> {
  readonly listeners: readonly ListenerSpec[];
  /** Whether DescribeRules was denied. */
  readonly withoutRules?: boolean;
}

export function traffic({ listeners, withoutRules, ...rest }: TrafficSpec): Traffic {
  const made = listeners.map((spec) => toListener(spec));
  return {
    targetGroups: [group()],
    loadBalancers: [alb()],
    productionRules: [],
    testRules: [],
    ...rest,
    listeners: made.map(({ listener }) => listener),
    rules: new Map(
      withoutRules
        ? []
        : made.flatMap(({ listener, rules }) =>
            rules.length > 0 ? [[listener.ListenerArn ?? '', rules] as const] : [],
          ),
    ),
  };
}

function toListener(spec: ListenerSpec): { listener: Listener; rules: Rule[] } {
  const { at, protocol, balancer = albArn('web') } = spec;
  const arn = listenerArn(balancer, at);
  const DefaultActions = [...(spec.default ?? [fixed])];
  const listener: Listener = {
    ListenerArn: arn,
    LoadBalancerArn: balancer,
    Port: at,
    Protocol: protocol,
    DefaultActions,
  };
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') return { listener, rules: [] };
  const own = (spec.rules ?? []).map((rule, index): Rule => {
    const priority = rule.priority ?? index + 1;
    return {
      RuleArn: ruleArn(arn, priority),
      Priority: String(priority),
      Conditions: [...rule.if],
      Actions: [...rule.do],
      IsDefault: false,
    };
  });
  const last: Rule = {
    RuleArn: ruleArn(arn, 'default'),
    Priority: 'default',
    Conditions: [],
    Actions: DefaultActions,
    IsDefault: true,
  };
  return { listener, rules: [...own, last] };
}

/** Lets everything go on that needs no clock. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
}
