import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { findEndpoint } from '../../src/endpoint/find.ts';
import { describeServices } from '../../src/rollout/describe.ts';
import { clientOptions, tell, without } from '../simulator/sdk.ts';
import type { World } from '../simulator/world.ts';
import { webWorld } from '../simulator/worlds.ts';

const signal = new AbortController().signal;

async function begin(world: Partial<World> = {}) {
  const { simulator } = await tell(webWorld({ world }));
  const ecs = new ECSClient(clientOptions(simulator));
  const elb = new ElasticLoadBalancingV2Client(clientOptions(simulator));
  const [service] = await describeServices(ecs, 'prod', ['web']);
  if (!service) throw new Error('The simulator has no service web.');
  const aws = { ecs, elb: async () => elb };
  return { endpoint: await findEndpoint(aws, service, { clock: systemClock, signal }) };
}

it('finds the URL and the target groups over the wire', async () => {
  const { endpoint } = await begin();
  expect(endpoint).toMatchObject({
    url: 'https://app.example.com',
    notes: [],
    targetGroups: [{ name: 'web', targetType: 'ip' }],
  });
});

it('names the permission that the wire denies', async () => {
  const { endpoint } = await begin({
    callers: without('elasticloadbalancing:DescribeRules'),
  });
  expect(endpoint).toMatchObject({
    url: '',
    notes: ['not found: needs elasticloadbalancing:DescribeRules'],
  });
});
