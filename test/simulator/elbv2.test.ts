import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { account, clientOptions, deployer, tell, without } from './sdk.ts';
import type { ServiceSpec, World } from './world.ts';
import { webWorld } from './worlds.ts';

const group = `arn:aws:elasticloadbalancing:eu-west-1:${account}:targetgroup/web/73e2d6bc24d8a067`;

async function begin(world: Partial<World> = {}, service: Partial<ServiceSpec> = {}) {
  const story = await tell(webWorld({ world, service }));
  return { story, elb: new ElasticLoadBalancingV2Client(clientOptions(story.simulator)) };
}

const groups = (...arns: string[]) => new DescribeTargetGroupsCommand({ TargetGroupArns: arns });

describe('the way from a service to its address', () => {
  it('leads by target group, load balancer and listener to the rule with the host', async () => {
    const { elb } = await begin();
    const { TargetGroups } = await elb.send(groups(group));
    expect(TargetGroups).toMatchObject([{ TargetGroupName: 'web', TargetType: 'ip', Port: 8080 }]);
    const LoadBalancerArns = TargetGroups?.[0]?.LoadBalancerArns;
    expect(LoadBalancerArns).toHaveLength(1);
    const { LoadBalancers } = await elb.send(
      new DescribeLoadBalancersCommand({ LoadBalancerArns }),
    );
    expect(LoadBalancers).toMatchObject([
      { Scheme: 'internet-facing', Type: 'application', State: { Code: 'active' } },
    ]);
    expect(LoadBalancers?.[0]?.DNSName).toMatch(/^web-\d+\.eu-west-1\.elb\.amazonaws\.com$/);
    const [LoadBalancerArn] = LoadBalancerArns ?? [];
    const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
    expect(Listeners).toMatchObject([
      { Port: 443, Protocol: 'HTTPS', DefaultActions: [{ Type: 'fixed-response' }] },
      {
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } }],
      },
    ]);
    const ListenerArn = Listeners?.[0]?.ListenerArn;
    const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
    expect(Rules).toMatchObject([
      {
        Priority: '10',
        IsDefault: false,
        Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['app.example.com'] } }],
        Actions: [{ Type: 'forward', TargetGroupArn: group }],
      },
      { Priority: 'default', IsDefault: true, Conditions: [] },
    ]);
  });

  it('is lost where one of them does not exist', async () => {
    const { elb } = await begin();
    await expect(elb.send(groups(`${group}0`))).rejects.toMatchObject({
      name: 'TargetGroupNotFoundException',
      message: 'One or more target groups not found',
    });
    const arn = `arn:aws:elasticloadbalancing:eu-west-1:${account}:loadbalancer/app/no/0`;
    await expect(
      elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] })),
    ).rejects.toMatchObject({ name: 'LoadBalancerNotFoundException' });
    await expect(
      elb.send(new DescribeListenersCommand({ LoadBalancerArn: arn })),
    ).rejects.toMatchObject({ name: 'LoadBalancerNotFoundException' });
    await expect(elb.send(new DescribeRulesCommand({ ListenerArn: arn }))).rejects.toMatchObject({
      name: 'ListenerNotFoundException',
    });
  });

  it('starts at the group of a service even where the world lists none', async () => {
    const world = webWorld();
    delete world.targetGroups;
    const story = await tell(world);
    const elb = new ElasticLoadBalancingV2Client(clientOptions(story.simulator));
    expect((await elb.send(groups(group))).TargetGroups).toMatchObject([{ TargetType: 'ip' }]);
  });

  it('may start at a group of another type', async () => {
    const { elb } = await begin({ targetGroups: [{ arn: group, targetType: 'instance' }] });
    expect((await elb.send(groups(group))).TargetGroups?.[0]?.TargetType).toBe('instance');
  });

  it('needs permissions, whose denial names no resource', async () => {
    const action = 'elasticloadbalancing:DescribeTargetGroups';
    const { elb } = await begin({ callers: without(action) });
    await expect(elb.send(groups(group))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: ${deployer} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
      $metadata: { httpStatusCode: 403 },
    });
  });
});

describe('target health', () => {
  const health = new DescribeTargetHealthCommand({ TargetGroupArn: group });

  it('goes with the tasks: initial, unhealthy with a reason, draining', async () => {
    const play = { outcome: 'unhealthy', healthReason: 'Request timed out' } as const;
    const { story, elb } = await begin({}, { desiredCount: 1, plays: [play] });
    const states = async () => {
      const { TargetHealthDescriptions = [] } = await elb.send(health);
      return TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth).map((one) =>
        [one?.State, one?.Reason].filter((text) => text !== undefined).join(' '),
      );
    };
    expect(await states()).toEqual(['healthy']);
    await story.deploy();
    story.pass(35);
    expect(await states()).toEqual(['healthy', 'initial Elb.InitialHealthChecking']);
    story.pass(35);
    expect(await states()).toEqual(['healthy', 'unhealthy Target.Timeout']);
    story.pass(40);
    expect(await states()).toEqual(['healthy', 'draining Target.DeregistrationInProgress']);
  });

  it('names the address that the task shows', async () => {
    const { story, elb } = await begin();
    const { TargetHealthDescriptions = [] } = await elb.send(health);
    const listed = await story.ecs('ListTasks', { cluster: 'prod', serviceName: 'web' });
    const { json } = await story.ecs('DescribeTasks', {
      cluster: 'prod',
      tasks: listed.json.taskArns,
    });
    const tasks = json.tasks as { attachments: { details: { name: string; value: string }[] }[] }[];
    const addresses = tasks.map(
      ({ attachments }) =>
        attachments[0]?.details.find(({ name }) => name === 'privateIPv4Address')?.value,
    );
    const ids = TargetHealthDescriptions.map(({ Target }) => Target?.Id);
    expect(ids.toSorted()).toEqual(addresses.toSorted());
  });

  it('is unused where no load balancer forwards to the group', async () => {
    const { elb } = await begin({ loadBalancers: [] });
    const { TargetHealthDescriptions = [] } = await elb.send(health);
    expect(TargetHealthDescriptions[0]?.TargetHealth).toMatchObject({
      State: 'unused',
      Reason: 'Target.NotInUse',
    });
  });
});
