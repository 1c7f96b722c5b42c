import {
  DescribeExpressGatewayServiceCommand,
  DescribeServiceRevisionsCommand,
  ECSClient,
  type Service as EcsService,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEndpoint } from '../../src/endpoint/find.ts';
import { waitingClock } from '../support/fake-clock.ts';
import { service } from '../support/rollout.ts';
import {
  alb,
  albArn,
  forward,
  group,
  groupArn,
  host,
  listenerArn,
  nlb,
  nlbArn,
  settle,
  traffic,
} from './support.ts';

const options = { region: 'eu-west-1', credentials: { accessKeyId: 'id', secretAccessKey: 'key' } };
const ecs = new ECSClient(options);
const client = new ElasticLoadBalancingV2Client(options);
const mocks = { ecs: mockClient(ecs), elb: mockClient(client) };
const { elb } = mocks;

const awsError = (name: string, httpStatusCode = 400) =>
  Object.assign(new Error('hostile <b>words</b>'), { name, $metadata: { httpStatusCode } });
const denied = awsError('AccessDenied', 403);

const https = listenerArn(albArn('web'), 443);
const seen = traffic({
  listeners: [
    {
      at: 443,
      protocol: 'HTTPS',
      rules: [{ if: [host('app.example.com')], do: [forward('web')] }],
    },
  ],
});

beforeEach(() => {
  mocks.ecs.reset();
  elb.reset();
  mocks.ecs.onAnyCommand().rejects(denied);
  elb.on(DescribeTargetGroupsCommand).resolves({ TargetGroups: [group()] });
  elb.on(DescribeLoadBalancersCommand).resolves({ LoadBalancers: [alb()] });
  elb.on(DescribeListenersCommand).resolves({ Listeners: [...seen.listeners] });
  elb.on(DescribeRulesCommand).resolves({ Rules: [...(seen.rules.get(https) ?? [])] });
});
afterEach(() => elb.reset());

const behindWeb: Partial<EcsService> = {
  loadBalancers: [{ targetGroupArn: groupArn('web'), containerName: 'app', containerPort: 8080 }],
};

function find(settings: Partial<EcsService> = behindWeb, signal = new AbortController().signal) {
  const clock = waitingClock();
  return {
    clock,
    found: findEndpoint({ ecs, elb: async () => client }, service({ settings: { ...settings } }), {
      clock,
      signal,
    }),
  };
}

const callsOf = () => elb.calls().map(({ args: [command] }) => command.constructor.name);

describe('findEndpoint', () => {
  it('follows the target group to the rule, in one call a step', async () => {
    expect(await find().found).toEqual({
      url: 'https://app.example.com',
      notes: [],
      targetGroups: [
        {
          arn: groupArn('web'),
          name: 'web',
          targetType: 'ip',
          healthCheck: {
            protocol: 'HTTP',
            path: '/health',
            port: 'traffic-port',
            codes: '200',
            interval: 30,
            timeout: 5,
            unhealthyThreshold: 2,
          },
        },
      ],
    });
    expect(callsOf().toSorted()).toEqual([
      'DescribeListenersCommand',
      'DescribeLoadBalancersCommand',
      'DescribeRulesCommand',
      'DescribeTargetGroupsCommand',
    ]);
    expect(mocks.ecs.calls()).toEqual([]);
  });

  it.each([
    [DescribeTargetGroupsCommand, '', 'not found'],
    [DescribeLoadBalancersCommand, 'https://app.example.com', 'not all was seen'],
    [DescribeListenersCommand, '', 'not found'],
    [DescribeRulesCommand, '', 'not found'],
  ])('names the permission that %o needs', async (command, url, beginning) => {
    elb.on(command as typeof DescribeRulesCommand).rejects(denied);
    const { found } = find();
    const permission = command.name.replace('Command', '');
    expect(await found).toMatchObject({
      url,
      notes: [`${beginning}: needs elasticloadbalancing:${permission}`],
    });
  });

  it('names all permissions when all is denied', async () => {
    elb.reset();
    elb.onAnyCommand().rejects(denied);
    expect(await find().found).toEqual({
      url: '',
      notes: ['not found: needs elasticloadbalancing:DescribeTargetGroups'],
      targetGroups: [],
    });
  });

  it.each([
    ['ExpiredToken', 'AWS refuses these credentials for elasticloadbalancing:DescribeTargetGroups'],
    ['Throttling', 'AWS throttles elasticloadbalancing:DescribeTargetGroups'],
    ['ValidationError', 'elasticloadbalancing:DescribeTargetGroups failed (ValidationError)'],
    ['<b>', 'elasticloadbalancing:DescribeTargetGroups failed'],
    ['InvalidAction', 'there is no elasticloadbalancing:DescribeTargetGroups here'],
  ])('says in our words what %s means', async (name, why) => {
    elb.on(DescribeTargetGroupsCommand).rejects(awsError(name));
    expect((await find().found).notes).toEqual([`not found: ${why}`]);
  });

  it('survives a client that cannot be made', async () => {
    const { clock } = find();
    const aws = { ecs, elb: () => Promise.reject(new Error('no such file')) };
    const of = service({ settings: { ...behindWeb } });
    const endpoint = await findEndpoint(aws, of, { clock, signal: new AbortController().signal });
    expect(endpoint.notes).toEqual([
      'not found: elasticloadbalancing:DescribeTargetGroups failed (Error)',
    ]);
  });

  it.each([
    [DescribeTargetGroupsCommand, ''],
    [DescribeLoadBalancersCommand, 'https://app.example.com'],
    [DescribeListenersCommand, ''],
    [DescribeRulesCommand, ''],
  ])('waits ten seconds for %o', async (command, url) => {
    elb.on(command as typeof DescribeRulesCommand).callsFake(() => new Promise(() => {}));
    const { found, clock } = find();
    await settle();
    clock.pass(10_000);
    const endpoint = await found;
    expect(endpoint.url).toBe(url);
    expect(endpoint.notes).toEqual([
      `${url ? 'not all was seen' : 'not found'}: no answer from elasticloadbalancing:` +
        `${command.name.replace('Command', '')} within 10 s`,
    ]);
  });

  it('ends at once when the job is cancelled', async () => {
    elb.on(DescribeTargetGroupsCommand).callsFake(() => new Promise(() => {}));
    const cancel = new AbortController();
    const { found } = find(behindWeb, cancel.signal);
    await settle();
    cancel.abort();
    expect((await found).notes).toEqual(['not found: the job was cancelled']);
  });

  it('goes through all pages', async () => {
    const [listener] = seen.listeners;
    const [rule, last] = seen.rules.get(https) ?? [];
    elb
      .on(DescribeListenersCommand)
      .resolves({ Listeners: [], NextMarker: 'two' })
      .on(DescribeListenersCommand, { Marker: 'two' })
      .resolves({ Listeners: listener ? [listener] : [] })
      .on(DescribeRulesCommand)
      .resolves({ Rules: last ? [last] : [], NextMarker: 'two' })
      .on(DescribeRulesCommand, { Marker: 'two' })
      .resolves({ Rules: rule ? [rule] : [] });
    expect(await find().found).toMatchObject({ url: 'https://app.example.com', notes: [] });
  });

  it('ends though the pages do not', async () => {
    elb
      .on(DescribeRulesCommand)
      .resolves({ Rules: [...(seen.rules.get(https) ?? [])], NextMarker: 'again' });
    expect((await find().found).url).toBe('https://app.example.com');
  });

  it('leaves out a target group that does not exist', async () => {
    elb
      .on(DescribeTargetGroupsCommand)
      .rejects(awsError('TargetGroupNotFoundException'))
      .on(DescribeTargetGroupsCommand, { TargetGroupArns: [groupArn('web')] })
      .resolves({ TargetGroups: [group()] });
    const { found } = find({
      loadBalancers: [{ targetGroupArn: groupArn('web') }, { targetGroupArn: groupArn('gone') }],
    });
    expect(await found).toMatchObject({
      url: 'https://app.example.com',
      notes: ['the target group gone does not exist'],
      targetGroups: [{ name: 'web' }],
    });
    expect(elb.commandCalls(DescribeTargetGroupsCommand)).toHaveLength(3);
  });

  it('leaves out a load balancer that does not exist', async () => {
    elb.on(DescribeLoadBalancersCommand).rejects(awsError('LoadBalancerNotFoundException'));
    elb.on(DescribeListenersCommand).rejects(awsError('LoadBalancerNotFoundException'));
    expect(await find().found).toMatchObject({
      url: '',
      notes: ['the load balancer web does not exist'],
    });
  });

  it('tells that no load balancer forwards', async () => {
    elb
      .on(DescribeTargetGroupsCommand)
      .resolves({ TargetGroups: [group('web', { LoadBalancerArns: [] })] });
    expect(await find().found).toMatchObject({
      url: '',
      notes: ['no load balancer forwards to its target group'],
    });
    expect(callsOf()).toEqual(['DescribeTargetGroupsCommand']);
  });

  it('asks twenty load balancers at a time', async () => {
    const LoadBalancerArns = Array.from({ length: 45 }, (_, at) => albArn(`lb-${at}`));
    elb
      .on(DescribeTargetGroupsCommand)
      .resolves({ TargetGroups: [group('web', { LoadBalancerArns })] });
    elb.on(DescribeListenersCommand).resolves({});
    await find().found;
    const asked = elb.commandCalls(DescribeLoadBalancersCommand);
    expect(asked.map(({ args: [{ input }] }) => input.LoadBalancerArns?.length)).toEqual([
      20, 20, 5,
    ]);
  });

  it('knows both of a blue/green pair, and which rule is the production one', async () => {
    elb
      .on(DescribeTargetGroupsCommand)
      .resolves({ TargetGroups: [group('web'), group('green')] })
      .on(DescribeListenersCommand)
      .resolves({
        Listeners: [...seen.listeners],
      });
    const { found } = find({
      loadBalancers: [
        {
          targetGroupArn: groupArn('green'),
          advancedConfiguration: {
            alternateTargetGroupArn: groupArn('web'),
            productionListenerRule: seen.rules.get(https)?.[0]?.RuleArn,
          },
        },
      ],
    });
    expect(await found).toMatchObject({
      url: 'https://app.example.com',
      targetGroups: [{ name: 'web' }, { name: 'green' }],
    });
    const [{ args } = { args: [] }] = elb.commandCalls(DescribeTargetGroupsCommand);
    expect(args[0]?.input).toEqual({ TargetGroupArns: [groupArn('green'), groupArn('web')] });
  });

  it('leaves out what only the test rule answers', async () => {
    const { found } = find({
      loadBalancers: [
        {
          targetGroupArn: groupArn('web'),
          advancedConfiguration: { testListenerRule: seen.rules.get(https)?.[0]?.RuleArn },
        },
      ],
    });
    expect((await found).url).toBe('');
  });

  it('reads the target groups of task sets', async () => {
    const { found } = find({
      taskSets: [{ loadBalancers: [{ targetGroupArn: groupArn('web') }] }],
    });
    expect((await found).url).toBe('https://app.example.com');
  });

  it('asks no rules of a Network Load Balancer', async () => {
    const net = traffic({
      listeners: [{ at: 443, protocol: 'TLS', balancer: nlbArn('net'), default: [forward('web')] }],
    });
    elb
      .on(DescribeTargetGroupsCommand)
      .resolves({ TargetGroups: [group('web', { LoadBalancerArns: [nlbArn('net')] })] })
      .on(DescribeLoadBalancersCommand)
      .resolves({ LoadBalancers: [nlb()] })
      .on(DescribeListenersCommand)
      .resolves({ Listeners: [...net.listeners] });
    expect((await find().found).url).toBe('https://net-5678.elb.eu-west-1.amazonaws.com');
    expect(callsOf()).not.toContain('DescribeRulesCommand');
  });

  it.each<[string, Partial<EcsService>, string[]]>([
    ['no load balancer', {}, []],
    [
      'a Classic Load Balancer',
      { loadBalancers: [{ loadBalancerName: 'old', containerName: 'app' }] },
      ['a Classic Load Balancer is not looked into: set `url`'],
    ],
    [
      'Service Connect',
      {
        deployments: [
          {
            serviceConnectConfiguration: {
              enabled: true,
              services: [{ portName: 'http', clientAliases: [{ port: 80 }] }],
            },
          },
        ],
      },
      ['Service Connect: it answers to other services of its namespace'],
    ],
    [
      'Service Connect as a client',
      { deployments: [{ serviceConnectConfiguration: { enabled: true } }] },
      [],
    ],
    [
      'VPC Lattice',
      {
        deployments: [
          {
            vpcLatticeConfigurations: [{ roleArn: 'arn', targetGroupArn: 'arn', portName: 'http' }],
          },
        ],
      },
      ['VPC Lattice: it answers at the address of a Lattice service'],
    ],
  ])('finds no URL with %s, and asks nothing', async (_, settings, notes) => {
    expect(await find(settings).found).toEqual({ url: '', notes, targetGroups: [] });
    expect(elb.calls()).toEqual([]);
    expect(mocks.ecs.calls()).toEqual([]);
  });
});

const revision = 'arn:aws:ecs:eu-west-1:123456789012:service-revision/prod/web/1';
const express: Partial<EcsService> = {
  resourceManagementType: 'ECS',
  currentServiceRevisions: [{ arn: revision }],
};
const endpoint = 'we-0123456789abcdef0123456789abcdef.ecs.eu-west-1.on.aws';

describe('an Express service', () => {
  const configured = (ingressPaths: { accessType: 'PUBLIC' | 'PRIVATE'; endpoint: string }[]) =>
    mocks.ecs
      .on(DescribeExpressGatewayServiceCommand)
      .resolves({ service: { activeConfigurations: [{ ingressPaths }] } });

  it('answers at its public endpoint', async () => {
    configured([
      { accessType: 'PRIVATE', endpoint: `private.${endpoint}` },
      { accessType: 'PUBLIC', endpoint },
    ]);
    expect(await find(express).found).toEqual({
      url: `https://${endpoint}`,
      notes: [],
      targetGroups: [],
    });
    expect(mocks.ecs.calls()).toHaveLength(1);
  });

  it('says that a private endpoint is internal', async () => {
    configured([{ accessType: 'PRIVATE', endpoint: `https://${endpoint}/` }]);
    expect(await find(express).found).toMatchObject({
      url: `https://${endpoint}`,
      notes: ['internal: it answers only inside the VPC'],
    });
  });

  it('prefers the endpoint of the newest configuration', async () => {
    mocks.ecs.on(DescribeExpressGatewayServiceCommand).resolves({
      service: {
        activeConfigurations: [
          {
            createdAt: new Date(1),
            ingressPaths: [{ accessType: 'PUBLIC', endpoint: 'old.example.com' }],
          },
          {
            createdAt: new Date(2),
            ingressPaths: [{ accessType: 'PUBLIC', endpoint: 'new.example.com' }],
          },
        ],
      },
    });
    expect((await find(express).found).url).toBe('https://new.example.com');
  });

  it('is looked up by its revisions where that is denied', async () => {
    mocks.ecs.on(DescribeServiceRevisionsCommand, { serviceRevisionArns: [revision] }).resolves({
      serviceRevisions: [
        { ecsManagedResources: { ingressPaths: [{ accessType: 'PUBLIC', endpoint }] } },
      ],
    });
    expect(await find(express).found).toMatchObject({ url: `https://${endpoint}`, notes: [] });
  });

  it('names both permissions where neither is given', async () => {
    expect((await find(express).found).notes).toEqual([
      'not found: needs ecs:DescribeExpressGatewayService; needs ecs:DescribeServiceRevisions',
    ]);
  });

  it.each(['', 'javascript:alert(1)', 'a b.example.com', 'user@example.com', 'x.test](http://y)'])(
    'takes no address from %j',
    async (hostile) => {
      configured([{ accessType: 'PUBLIC', endpoint: hostile }]);
      expect((await find(express).found).url).toBe('');
    },
  );

  it('comes before its load balancer, whose target groups are kept', async () => {
    configured([{ accessType: 'PUBLIC', endpoint }]);
    expect(await find({ ...express, ...behindWeb }).found).toMatchObject({
      url: `https://${endpoint}`,
      targetGroups: [{ name: 'web' }],
    });
  });
});

describe('a service behind a gateway', () => {
  const revisions = { currentServiceRevisions: [{ arn: revision }] };

  it('answers at the URL of its connection', async () => {
    mocks.ecs.on(DescribeServiceRevisionsCommand).resolves({
      serviceRevisions: [
        {
          ecsManagedResources: {
            gatewayConnections: [
              { serviceUrl: 'https://web.example.com/app', accessType: 'PUBLIC' },
            ],
          },
        },
      ],
    });
    expect((await find(revisions).found).url).toBe('https://web.example.com/app');
  });

  it('is not missed where nobody may tell', async () => {
    expect(await find(revisions).found).toMatchObject({ url: '', notes: [] });
  });

  it('is not looked for behind a load balancer', async () => {
    await find({ ...revisions, ...behindWeb }).found;
    expect(mocks.ecs.calls()).toEqual([]);
  });
});
