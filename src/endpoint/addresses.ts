import type { Listener, LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  type ConcretePath,
  concretePath,
  isHostName,
  isHostPattern,
  matchesHost,
} from './patterns.ts';
import { forwardedTo, isTaken, type Route, routesOf } from './routes.ts';
import { defaultPorts, type Scheme, schemeOf, schemes } from './scheme.ts';
import { type Address, type Addresses, internalNote, type Traffic } from './types.ts';

/** A host and path that reach the service through one route. */
interface Candidate {
  readonly route: Route;
  readonly balancer: LoadBalancer | undefined;
  readonly scheme: Scheme;
  readonly host: string;
  /** Whether the host is the load balancer's own name. */
  readonly isOwnName: boolean;
  readonly port: number;
  readonly path: ConcretePath;
}

/** What one route brings. */
interface Reach {
  readonly candidates: readonly Candidate[];
  readonly notes: readonly string[];
}

/** Where the service answers, from what stands before it: pure, and never throws. */
export function addressesOf(traffic: Traffic): Addresses {
  const reaches = [...Map.groupBy(traffic.listeners, ({ LoadBalancerArn }) => LoadBalancerArn)]
    .map(([arn, listeners]) => ({
      listeners,
      balancer: traffic.loadBalancers.find(({ LoadBalancerArn }) => LoadBalancerArn === arn),
    }))
    .filter(({ balancer }) => balancer?.State?.Code !== 'failed')
    .flatMap(({ listeners, balancer }) => reachesOf(listeners, balancer, traffic));
  const ranked = reaches
    .flatMap(({ candidates }) => candidates)
    .map((candidate, index) => ({ candidate, rank: [...rankOf(candidate), index] }))
    .sort((one, other) => compare(one.rank, other.rank));
  const addresses = new Map<string, Address>();
  for (const { candidate } of ranked) {
    const url = urlOf(candidate);
    if (!addresses.has(url)) addresses.set(url, { url, notes: notesOf(candidate) });
  }
  const notes = [...reaches.flatMap((reach) => reach.notes), ...balancerNotes(traffic)];
  return { addresses: [...addresses.values()], notes: [...new Set(notes)] };
}

/** What the listeners of one load balancer bring. */
function reachesOf(
  listeners: readonly Listener[],
  balancer: LoadBalancer | undefined,
  { targetGroups, ...traffic }: Traffic,
): Reach[] {
  const isOwn = (arn: string) => targetGroups.some(({ TargetGroupArn }) => TargetGroupArn === arn);
  const byListener = listeners.map((listener) => {
    const routes = routesOf(listener, { targetGroups, ...traffic });
    const isOurs = ({ use, actions }: Route) => use !== 'test' && forwardedTo(actions).some(isOwn);
    return { listener, routes, ours: routes.filter(isOurs) };
  });
  const named = byListener.flatMap(({ ours }) => ours.flatMap(namedHosts));
  return byListener.flatMap(({ listener, routes, ours }) =>
    ours.map((route): Reach => {
      const to = forwardedTo(route.actions);
      const groups = targetGroups.filter(({ TargetGroupArn = '' }) => to.includes(TargetGroupArn));
      const scheme = schemeOf(listener, groups);
      const { Port: port } = listener;
      if (scheme === undefined || port === undefined) return { candidates: [], notes: [] };
      const { hosts, notes } = hostsOf(route, balancer, named);
      const all = hosts.flatMap((host) =>
        pathsOf(route).map((path) => ({ route, balancer, scheme, port, path, ...host })),
      );
      const candidates = all.filter(
        ({ host, path }) =>
          !path.isExact || !isTaken(routes, route, { host, path: path.path, isOwn }),
      );
      const isHidden = candidates.length === 0 && all.length > 0;
      return { candidates, notes: isHidden ? [...notes, hiddenNote(route)] : notes };
    }),
  );
}

function hiddenNote({ priority }: Route): string {
  const which = Number.isFinite(priority) ? `rule ${priority}` : 'the default rule';
  return `${which} of its listener is not asked: an earlier rule takes the requests`;
}

/**
 * The hosts of a route that are names. Those of one that asks for more than a plain GET are left
 * out: nothing says that others get there.
 */
function namedHosts({ conditions: { hosts = [], special } }: Route): string[] {
  return special.length > 0 ? [] : hosts.filter(isHostName);
}

/**
 * The hosts of a route. Where it leaves them open, these are the load balancer's own name and those
 * that its other routes name for the service, since they lead to the same load balancer.
 */
function hostsOf(
  { conditions: { hosts: patterns, paths } }: Route,
  balancer: LoadBalancer | undefined,
  named: readonly string[],
): { hosts: { host: string; isOwnName: boolean }[]; notes: string[] } {
  const name = balancer?.DNSName ?? '';
  const isOwnName = (host: string) => host.toLowerCase() === name.toLowerCase();
  const takes = (host: string) =>
    patterns === undefined || patterns.some((pattern) => matchesHost(pattern, host));
  const concrete = [...(patterns ?? []), ...named.filter(takes)].filter(
    (host) => isHostName(host) && !isOwnName(host),
  );
  const own = isHostName(name) && takes(name) ? [name] : [];
  const hosts = [...new Set(concrete), ...own].map((host) => ({
    host,
    isOwnName: isOwnName(host),
  }));
  const isOpen = patterns !== undefined && own.length === 0 && !patterns.some(isHostName);
  return { hosts, notes: isOpen ? [openHostsNote(patterns, paths)] : [] };
}

function openHostsNote(patterns: readonly string[], paths: readonly string[] | undefined): string {
  if (patterns.length === 0)
    return 'answers at the hosts that a regular expression of its rule matches';
  const shown = patterns.filter(isHostPattern);
  if (shown.length === 0) return 'the host of its rule is no host name, so it is not shown';
  const under = paths?.map(concretePath).find((path) => path !== undefined && path.path !== '/');
  const where = under ? `, under ${under.path}` : '';
  return `answers at any host that matches ${shown.join(' or ')}${where}`;
}

function pathsOf({ conditions: { paths } }: Route): ConcretePath[] {
  if (paths === undefined) return [{ path: '/', isExact: true }];
  // A regular expression says nothing certain: the root stands for it, and ranks last.
  if (paths.length === 0) return [{ path: '/', isExact: false }];
  return paths.flatMap((pattern) => concretePath(pattern) ?? []);
}

/** Lower is better, the first difference decides. */
function rankOf({ route, balancer, scheme, host, isOwnName, port, path }: Candidate): number[] {
  return [
    route.conditions.special.length > 0 ? 1 : 0,
    path.isExact ? 0 : 1,
    route.use === 'production' ? 0 : 1,
    isInternal(balancer) ? 1 : 0,
    schemes.indexOf(scheme),
    isOwnName ? 1 : 0,
    port === defaultPorts[scheme] ? 0 : 1,
    path.path === '/' ? 0 : path.path.length,
    route.priority,
    host.length,
  ];
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) < (other[at] ?? 0) ? -1 : 1;
}

function urlOf({ scheme, host, port, path }: Candidate): string {
  const shownPort = port === defaultPorts[scheme] ? '' : `:${port}`;
  return `${scheme}://${host}${shownPort}${path.path === '/' ? '' : path.path}`;
}

const isInternal = (balancer: LoadBalancer | undefined) => balancer?.Scheme === 'internal';

function notesOf({ route, balancer, scheme, isOwnName, path }: Candidate): string[] {
  return [
    ...(isInternal(balancer) ? [internalNote] : []),
    ...(balancer?.State?.Code === 'provisioning'
      ? ['its load balancer is still being provisioned']
      : []),
    ...route.conditions.special.map((what) => `answers only ${what}`),
    ...(path.isExact ? [] : ['its rule asks for a path that is not known in full']),
    ...(isOwnName && scheme === 'https'
      ? ["the load balancer's own name, which no certificate is made for: set `url` to yours"]
      : []),
  ];
}

function balancerNotes({ loadBalancers }: Traffic): string[] {
  return loadBalancers.flatMap(({ State, Type }) => [
    ...(State?.Code === 'failed' ? ['its load balancer has failed to be set up'] : []),
    ...(Type === 'gateway' ? ['a Gateway Load Balancer has no address'] : []),
  ]);
}
