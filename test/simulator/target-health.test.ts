import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it, test } from 'vitest';
import { account, clientOptions, tell } from './sdk.ts';
import type { HealthSpec, ServiceSpec, TargetGroupSpec, World } from './world.ts';
import { webWorld } from './worlds.ts';

const arn = `arn:aws:elasticloadbalancing:eu-west-1:${account}:targetgroup/web/73e2d6bc24d8a067`;

async function begin(
  group: Partial<TargetGroupSpec> = {},
  service: Partial<ServiceSpec> = {},
  world: Partial<World> = {},
) {
  const story = await tell(
    webWorld({ service, world: { targetGroups: [{ arn, ...group }], ...world } }),
  );
  const elb = new ElasticLoadBalancingV2Client(clientOptions(story.simulator));
  const health = async (Targets?: { Id: string; Port?: number }[]) => {
    const command = new DescribeTargetHealthCommand({ TargetGroupArn: arn, Targets });
    return (await elb.send(command)).TargetHealthDescriptions ?? [];
  };
  return { story, elb, health };
}

describe('the health check of a target group', () => {
  const shown = async (group: Partial<TargetGroupSpec>) => {
    const { elb } = await begin(group);
    return (await elb.send(new DescribeTargetGroupsCommand({}))).TargetGroups?.[0];
  };

  it('is the usual one where nothing is said', async () => {
    expect(await shown({})).toMatchObject({
      ...{ HealthCheckProtocol: 'HTTP', HealthCheckPort: 'traffic-port', HealthCheckPath: '/' },
      ...{ HealthCheckIntervalSeconds: 30, HealthCheckTimeoutSeconds: 5 },
      ...{ HealthyThresholdCount: 5, UnhealthyThresholdCount: 2, HealthCheckEnabled: true },
      ...{ Matcher: { HttpCode: '200' }, ProtocolVersion: 'HTTP1' },
    });
  });

  it('is what the world says', async () => {
    const healthCheck = {
      ...{ path: '/healthz', port: '9000', codes: '200-299', intervalSeconds: 10 },
      ...{ timeoutSeconds: 3, healthyThreshold: 2, unhealthyThreshold: 4, protocol: 'HTTPS' },
    };
    expect(await shown({ healthCheck })).toMatchObject({
      ...{ HealthCheckProtocol: 'HTTPS', HealthCheckPort: '9000', HealthCheckPath: '/healthz' },
      ...{ HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 3 },
      ...{ HealthyThresholdCount: 2, UnhealthyThresholdCount: 4 },
      Matcher: { HttpCode: '200-299' },
    });
  });

  it('has no path for TCP, and codes of gRPC for gRPC', async () => {
    const tcp = await shown({ protocol: 'TCP' });
    expect(tcp).toMatchObject({ Protocol: 'TCP', HealthCheckProtocol: 'TCP' });
    expect(tcp?.HealthCheckPath).toBeUndefined();
    expect(tcp?.Matcher).toBeUndefined();
    expect(await shown({ protocolVersion: 'GRPC' })).toMatchObject({ Matcher: { GrpcCode: '12' } });
  });
});

describe('the health of a target', () => {
  it('begins with its registration', async () => {
    const { story, health } = await begin({}, { desiredCount: 1 });
    await story.deploy();
    const last = async () => (await health()).at(-1)?.TargetHealth;
    story.pass(31);
    expect(await last()).toEqual({
      State: 'initial',
      Reason: 'Elb.RegistrationInProgress',
      Description: 'Target registration is in progress',
    });
    story.pass(4);
    expect(await last()).toMatchObject({ Reason: 'Elb.InitialHealthChecking' });
    story.pass(20);
    expect(await last()).toEqual({ State: 'healthy' });
  });

  test.each([
    ['Health checks failed with these codes: [502]', 'unhealthy', 'Target.ResponseCodeMismatch'],
    ['Request timed out', 'unhealthy', 'Target.Timeout'],
    ['Health checks failed', 'unhealthy', 'Target.FailedHealthChecks'],
    ['Target.Timeout', 'unhealthy', 'Target.Timeout'],
    ['Elb.InternalError', 'unhealthy', 'Elb.InternalError'],
    ['Target is in an Availability Zone that is not enabled', 'unused', 'Target.NotInUse'],
    ['Target.IpUnusable', 'unused', 'Target.IpUnusable'],
  ])('in a play with %s is %s', async (healthReason, State, Reason) => {
    const play = { outcome: 'unhealthy', healthReason } as const;
    const { story, health } = await begin({}, { desiredCount: 1, plays: [play] });
    await story.deploy();
    story.pass(75);
    const seen = (await health()).at(-1)?.TargetHealth;
    expect(seen).toMatchObject({ State, Reason });
    story.pass(60);
    const told = (await story.told()).find((message) => message.includes('is unhealthy in'));
    expect(told).toContain(`due to (reason ${seen?.Description})`);
  });

  test.each<[HealthSpec, object]>([
    [{ reason: 'Target.InvalidState' }, { State: 'unused' }],
    [{ reason: 'Target.HealthCheckDisabled' }, { State: 'unavailable' }],
    [{ state: 'unhealthy.draining', reason: 'Target.DeregistrationInProgress' }, {}],
    [{ reason: 'Elb.InternalError' }, { State: 'unhealthy' }],
    [{}, { State: 'healthy' }],
  ])('is %o where the world says so, also while it runs', async (given, expected) => {
    const { story, health } = await begin();
    const [group] = story.simulator.state.world.targetGroups ?? [];
    Object.assign(group ?? {}, { health: given });
    const { reason, state } = given;
    expect((await health())[0]?.TargetHealth).toMatchObject({
      ...(reason !== undefined && { Reason: reason, Description: expect.any(String) }),
      ...(state !== undefined && { State: state }),
      ...expected,
    });
  });

  it('cannot be known without checks', async () => {
    const { health } = await begin({ healthCheck: { enabled: false } });
    expect((await health())[0]?.TargetHealth).toMatchObject({ State: 'unavailable' });
  });

  it('may be that of others, or of none that is registered', async () => {
    const targets = [{ id: '10.1.0.9', port: 80, health: { reason: 'Target.Timeout' } }];
    const { health } = await begin({ targets, healthCheck: { port: '9000' } }, { desiredCount: 1 });
    expect(await health()).toMatchObject([
      { HealthCheckPort: '9000', TargetHealth: { State: 'healthy' } },
      { Target: { Id: '10.1.0.9' }, TargetHealth: { Reason: 'Target.Timeout' } },
    ]);
    expect(await health([{ Id: '10.1.0.9' }, { Id: '10.1.0.10', Port: 80 }])).toMatchObject([
      { TargetHealth: { State: 'unhealthy' } },
      { TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered' } },
    ]);
  });
});

describe('the rules of', () => {
  const forward = [{ Type: 'forward', Order: 1, TargetGroupArn: arn }];
  const balanced = (type: 'network' | 'gateway', protocol: string) =>
    begin(
      {},
      {},
      {
        loadBalancers: [
          { name: 'nlb', type, listeners: [{ port: 443, protocol, defaultActions: forward }] },
        ],
      },
    );
  const listenerOf = async (elb: ElasticLoadBalancingV2Client) => {
    const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({}));
    const { LoadBalancerArn } = LoadBalancers?.[0] ?? {};
    return (await elb.send(new DescribeListenersCommand({ LoadBalancerArn }))).Listeners?.[0];
  };

  it('a Network Load Balancer are the default one', async () => {
    const { elb } = await balanced('network', 'TLS');
    const { ListenerArn } = (await listenerOf(elb)) ?? {};
    const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
    expect(Rules).toMatchObject([{ Priority: 'default', IsDefault: true, Actions: forward }]);
    expect(Rules?.[0]?.RuleArn).toContain(':listener-rule/net/nlb/');
  });

  it('a Gateway Load Balancer are not found', async () => {
    const { elb } = await balanced('gateway', 'GENEVE');
    const listener = await listenerOf(elb);
    expect(listener?.Port).toBeUndefined();
    const { ListenerArn } = listener ?? {};
    await expect(elb.send(new DescribeRulesCommand({ ListenerArn }))).rejects.toMatchObject({
      name: 'ListenerNotFoundException',
    });
  });
});
