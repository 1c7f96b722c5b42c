import type { State } from '../../engine/state.ts';
import { ApiError } from '../../errors.ts';
import { hashOf } from '../../ids.ts';
import type { ListenerSpec, LoadBalancerSpec } from '../../resources.ts';
import type { Json } from '../../world.ts';
import { isoTime } from '../query.ts';
import type { Context } from '../room.ts';
import { arnOf, balancerArn, balancersOf, listenerPath, mayRead, paged, pick } from './find.ts';

export function describeLoadBalancers(input: Json, context: Context): Json {
  mayRead(context, 'DescribeLoadBalancers');
  const { state, at, region } = context;
  const arn = (balancer: LoadBalancerSpec) => balancerArn(state, balancer);
  const missing = (key: string) =>
    new ApiError('LoadBalancerNotFound', `Load balancers '[${key}]' not found`);
  const byArn = pick(balancersOf(context), input.LoadBalancerArns, arn, missing);
  const balancers = pick(byArn, input.Names, ({ name }) => name, missing);
  return paged(
    'LoadBalancers',
    balancers.map((balancer) => {
      const { name, scheme = 'internet-facing', type = 'application' } = balancer;
      const internal = scheme === 'internal' ? 'internal-' : '';
      return {
        LoadBalancerArn: arn(balancer),
        DNSName: `${internal}${name}-${Number.parseInt(hashOf(name).slice(0, 7), 16)}.${region}.elb.amazonaws.com`,
        CanonicalHostedZoneId: 'Z32O12XQLNTSW2',
        CreatedTime: isoTime(at - 30 * 24 * 3600 * 1000),
        LoadBalancerName: name,
        Scheme: scheme,
        VpcId: 'vpc-0a1b2c3d4e5f60004',
        State: { Code: balancer.state ?? 'active' },
        Type: type,
        IpAddressType: 'ipv4',
      };
    }),
    input,
  );
}

function listenerViews(
  context: Context,
): { balancer: string; view: Json & { ListenerArn: string } }[] {
  const { state } = context;
  return balancersOf(context).flatMap((balancer) =>
    balancer.listeners.map((listener) => ({
      balancer: balancerArn(state, balancer),
      view: {
        ListenerArn: arnOf(state, `listener/${listenerPath(balancer, listener)}`),
        LoadBalancerArn: balancerArn(state, balancer),
        ...(balancer.type !== 'gateway' && { Port: listener.port, Protocol: listener.protocol }),
        DefaultActions: listener.defaultActions,
      },
    })),
  );
}

export function describeListeners(input: Json, context: Context): Json {
  mayRead(context, 'DescribeListeners');
  const all = listenerViews(context);
  const { LoadBalancerArn: balancer } = input;
  const known = balancersOf(context).map((one) => balancerArn(context.state, one));
  if (balancer !== undefined && !known.includes(String(balancer))) {
    throw new ApiError('LoadBalancerNotFound', `Load balancers '[${balancer}]' not found`);
  }
  const missing = () => new ApiError('ListenerNotFound', 'One or more listeners not found');
  const picked = pick(all, input.ListenerArns, ({ view }) => view.ListenerArn, missing);
  const listeners = picked.filter((one) => balancer === undefined || one.balancer === balancer);
  return paged(
    'Listeners',
    listeners.map(({ view }) => view),
    input,
  );
}

export function describeRules(input: Json, context: Context): Json {
  mayRead(context, 'DescribeRules');
  const { state } = context;
  // The listeners of a Network Load Balancer have their default rule; those of a Gateway Load
  // Balancer are not found here (boto/boto3#3591).
  const balancers = balancersOf(context).filter(({ type }) => type !== 'gateway');
  const all = balancers.flatMap((balancer) =>
    balancer.listeners.flatMap((listener) =>
      rulesOf(state, balancer, listener).map((rule) => ({
        listener: arnOf(state, `listener/${listenerPath(balancer, listener)}`),
        rule,
      })),
    ),
  );
  const { ListenerArn: listener } = input;
  if (listener !== undefined && !all.some((one) => one.listener === listener)) {
    throw new ApiError('ListenerNotFound', 'One or more listeners not found');
  }
  const missing = () => new ApiError('RuleNotFound', 'One or more rules not found');
  const picked = pick(all, input.RuleArns, ({ rule }) => rule.RuleArn, missing);
  const rules = picked.filter((one) => listener === undefined || one.listener === listener);
  return paged(
    'Rules',
    rules.map(({ rule }) => rule),
    input,
  );
}

function rulesOf(state: State, balancer: LoadBalancerSpec, listener: ListenerSpec) {
  const path = listenerPath(balancer, listener);
  const arn = (priority: number | 'default') =>
    arnOf(state, `listener-rule/${path}/${hashOf(`${path}/${priority}`).slice(0, 16)}`);
  const own = (listener.rules ?? [])
    .toSorted((one, other) => one.priority - other.priority)
    .map(({ priority, conditions, actions }) => ({
      RuleArn: arn(priority),
      Priority: String(priority),
      Conditions: conditions,
      Actions: actions,
      IsDefault: false,
    }));
  const last = {
    RuleArn: arn('default'),
    Priority: 'default',
    Conditions: [],
    Actions: listener.defaultActions,
    IsDefault: true,
  };
  return [...own, last];
}
