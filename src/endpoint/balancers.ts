import type {
  ElasticLoadBalancingV2Client,
  Listener,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '../aws.ts';
import type { Asker } from './ask.ts';
import type { Attachments } from './attachments.ts';
import { describeEach, everyPage } from './pages.ts';
import type { Traffic } from './types.ts';

/** What was found of a service's load balancers, and what was not. */
interface Found {
  readonly traffic: Traffic;
  /** Each completes "not found: …". */
  readonly whys: readonly string[];
  readonly notes: readonly string[];
}

/** What the SDK's client of load balancers needs, loaded when it is first used. */
interface Elb {
  readonly sdk: typeof import('@aws-sdk/client-elastic-load-balancing-v2');
  readonly client: ElasticLoadBalancingV2Client;
}

/**
 * Follows a service's target groups to the load balancers before them, their listeners and rules.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Operations.html
 */
export async function findBalancers(
  asker: Asker,
  aws: Pick<Aws, 'elb'>,
  { targetGroups: arns, productionRules, testRules }: Attachments,
): Promise<Found> {
  const nothing = { targetGroups: [], loadBalancers: [], listeners: [], rules: new Map() };
  const traffic = { ...nothing, productionRules, testRules };
  if (arns.length === 0) return { traffic, whys: [], notes: [] };
  let loaded: Promise<Elb> | undefined;
  const elb = () => {
    loaded ??= load(aws);
    return loaded;
  };

  const groups = await describeEach(
    asker,
    describe('TargetGroups'),
    arns,
    async (some, abortSignal) => {
      const { sdk, client } = await elb();
      const command = new sdk.DescribeTargetGroupsCommand({ TargetGroupArns: some });
      return (await client.send(command, { abortSignal })).TargetGroups;
    },
  );
  const balancerArns = [
    ...new Set(groups.items.flatMap(({ LoadBalancerArns }) => LoadBalancerArns ?? [])),
  ];
  const [balancers, ...ways] = await Promise.all([
    describeEach(asker, describe('LoadBalancers'), balancerArns, async (some, abortSignal) => {
      const { sdk, client } = await elb();
      const command = new sdk.DescribeLoadBalancersCommand({ LoadBalancerArns: some });
      return (await client.send(command, { abortSignal })).LoadBalancers;
    }),
    ...balancerArns.map((arn) => findWays(asker, elb, arn)),
  ]);
  return {
    traffic: {
      targetGroups: groups.items,
      loadBalancers: balancers.items,
      listeners: ways.flatMap(({ listeners }) => listeners),
      rules: new Map(ways.flatMap(({ rules }) => [...rules])),
      productionRules,
      testRules,
    },
    whys: [...groups.whys, ...balancers.whys, ...ways.flatMap(({ whys }) => whys)],
    notes: [
      ...groups.missing.map((arn) => `the target group ${nameOf(arn)} does not exist`),
      ...balancers.missing.map((arn) => `the load balancer ${nameOf(arn)} does not exist`),
      ...(groups.items.length > 0 && balancerArns.length === 0
        ? ['no load balancer forwards to its target group']
        : []),
    ],
  };
}

const describe = (what: string) => `elasticloadbalancing:Describe${what}`;

async function load(aws: Pick<Aws, 'elb'>): Promise<Elb> {
  const [sdk, client] = await Promise.all([
    import('@aws-sdk/client-elastic-load-balancing-v2'),
    aws.elb(),
  ]);
  return { sdk, client };
}

interface Ways {
  readonly listeners: readonly Listener[];
  /** By the listener's ARN. */
  readonly rules: readonly (readonly [string, readonly Rule[]])[];
  readonly whys: readonly string[];
}

/** The listeners of a load balancer, and the rules of those that can have some. */
async function findWays(
  asker: Asker,
  elb: () => Promise<Elb>,
  LoadBalancerArn: string,
): Promise<Ways> {
  const listed = await everyPage(asker, describe('Listeners'), async (Marker, abortSignal) => {
    const { sdk, client } = await elb();
    const command = new sdk.DescribeListenersCommand({
      LoadBalancerArn,
      ...(Marker && { Marker }),
    });
    const answer = await client.send(command, { abortSignal });
    return { items: answer.Listeners, marker: answer.NextMarker };
  });
  const listeners = listed.items.map((listener) => ({ LoadBalancerArn, ...listener }));
  const asked = await Promise.all(
    listeners.filter(hasRules).map(async ({ ListenerArn = '' }) => ({
      ListenerArn,
      outcome: await everyPage(asker, describe('Rules'), async (Marker, abortSignal) => {
        const { sdk, client } = await elb();
        const command = new sdk.DescribeRulesCommand({ ListenerArn, ...(Marker && { Marker }) });
        const answer = await client.send(command, { abortSignal });
        return { items: answer.Rules, marker: answer.NextMarker };
      }),
    })),
  );
  return {
    listeners,
    rules: asked.flatMap(({ ListenerArn, outcome: { items } }) =>
      items.length > 0 ? [[ListenerArn, items] as const] : [],
    ),
    whys: [listed, ...asked.map(({ outcome }) => outcome)].flatMap((outcome) =>
      outcome.kind === 'none' ? outcome.why : [],
    ),
  };
}

/** Listeners of a Network Load Balancer have a default action alone. */
const hasRules = ({ Protocol }: Listener) => Protocol === 'HTTP' || Protocol === 'HTTPS';

/** `…:targetgroup/web/0123` → `web`, `…:loadbalancer/app/web/0123` → `web` */
function nameOf(arn: string): string {
  const name = arn.split('/').at(-2) ?? '';
  return /^[A-Za-z0-9-]{1,64}$/.test(name) ? name : 'of the service';
}
