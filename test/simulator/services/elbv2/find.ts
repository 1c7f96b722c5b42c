import type { State } from '../../engine/state.ts';
import type { ApiError } from '../../errors.ts';
import { hashOf } from '../../ids.ts';
import { authorize } from '../../permissions.ts';
import type { ListenerSpec, LoadBalancerSpec } from '../../resources.ts';
import type { Json } from '../../world.ts';
import type { Context } from '../room.ts';
import { isHere, pageFrom } from '../room.ts';

/** Elastic Load Balancing names no resource in its denials of what is read. */
export function mayRead({ caller }: Context, operation: string): void {
  authorize(caller, `elasticloadbalancing:${operation}`, '*', { written: '' });
}

export function paged(name: string, items: Json[], input: Json): Json {
  const page = pageFrom(items, input.Marker, Number(input.PageSize ?? 400));
  return { [name]: page.items, NextMarker: page.next };
}

/** Those of the asked ARNs or names, all where none is asked for; throws when one is missing. */
export function pick<T>(
  known: T[],
  asked: unknown,
  keyOf: (one: T) => string,
  missing: (key: string) => ApiError,
): T[] {
  if (!Array.isArray(asked)) return known;
  return asked.map(String).map((key) => {
    const one = known.find((candidate) => keyOf(candidate) === key);
    if (one === undefined) throw missing(key);
    return one;
  });
}

export function arnOf({ world }: State, resource: string): string {
  const { account, region, partition = 'aws' } = world;
  return `arn:${partition}:elasticloadbalancing:${region}:${account}:${resource}`;
}

const short = { application: 'app', network: 'net', gateway: 'gwy' };

export function pathOf({ name, type = 'application' }: LoadBalancerSpec): string {
  return `${short[type]}/${name}/${hashOf(name).slice(0, 16)}`;
}

export function listenerPath(balancer: LoadBalancerSpec, { port }: ListenerSpec): string {
  return `${pathOf(balancer)}/${hashOf(`${balancer.name}:${port}`).slice(0, 16)}`;
}

export function balancersOf(context: Context): LoadBalancerSpec[] {
  return isHere(context) ? (context.state.world.loadBalancers ?? []) : [];
}

export function balancerArn(state: State, balancer: LoadBalancerSpec): string {
  return arnOf(state, `loadbalancer/${pathOf(balancer)}`);
}
