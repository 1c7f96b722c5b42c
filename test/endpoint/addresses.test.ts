import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { addressesOf } from '../../src/endpoint/addresses.ts';
import {
  alb,
  albArn,
  fixed,
  forward,
  group,
  groupArn,
  host,
  listenerArn,
  nlb,
  nlbArn,
  path,
  ruleArn,
  type TrafficSpec,
  toHttps,
  traffic,
  weighted,
} from './support.ts';

const dns = 'web-1234.eu-west-1.elb.amazonaws.com';
const own = forward('web');
const https = listenerArn(albArn('web'), 443);
const http = listenerArn(albArn('web'), 80);

/** One HTTPS listener with these rules. */
const rules = (...all: { if: RuleCondition[]; do: Action[] }[]): TrafficSpec => ({
  listeners: [{ at: 443, protocol: 'HTTPS', rules: all }],
});
/** One HTTPS listener with one rule that forwards to the service. */
const rule = (...conditions: RuleCondition[]) => rules({ if: conditions, do: [own] });
const app = host('app.example.com');

const pair = [group('blue'), group('green')];

const world = {
  'HTTPS and a host': [rule(app), ['https://app.example.com']],
  'a host in the older place of values': [
    rule({ Field: 'host-header', Values: ['app.example.com'] }),
    ['https://app.example.com'],
  ],
  'values in both places': [
    rule({
      Field: 'host-header',
      Values: ['app.example.com'],
      HostHeaderConfig: { Values: ['app.example.com'] },
    }),
    ['https://app.example.com'],
  ],
  'HTTP alone': [{ listeners: [{ at: 80, protocol: 'HTTP', default: [own] }] }, [`http://${dns}`]],
  'HTTPS before HTTP': [
    {
      listeners: [
        { at: 80, protocol: 'HTTP', rules: [{ if: [app], do: [own] }] },
        { at: 443, protocol: 'HTTPS', rules: [{ if: [app], do: [own] }] },
      ],
    },
    ['https://app.example.com', 'http://app.example.com'],
  ],
  'a host that only HTTP names, at the default action of HTTPS': [
    {
      listeners: [
        { at: 80, protocol: 'HTTP', rules: [{ if: [app], do: [own] }] },
        { at: 443, protocol: 'HTTPS', default: [own] },
      ],
    },
    ['https://app.example.com', `https://${dns}`, 'http://app.example.com'],
  ],
  'a host that another rule names, matched by a pattern': [
    {
      listeners: [
        { at: 80, protocol: 'HTTP', rules: [{ if: [app], do: [own] }] },
        { at: 443, protocol: 'HTTPS', rules: [{ if: [host('*.example.com')], do: [own] }] },
      ],
    },
    ['https://app.example.com', 'http://app.example.com'],
  ],
  'a host that another load balancer names': [
    {
      loadBalancers: [alb('one'), alb('two')],
      listeners: [
        { at: 80, protocol: 'HTTP', balancer: albArn('one'), rules: [{ if: [app], do: [own] }] },
        { at: 443, protocol: 'HTTPS', balancer: albArn('two'), default: [own] },
      ],
    },
    ['https://two-1234.eu-west-1.elb.amazonaws.com', 'http://app.example.com'],
  ],
  'a redirect from 80 to 443': [
    {
      listeners: [
        { at: 80, protocol: 'HTTP', default: [toHttps] },
        { at: 443, protocol: 'HTTPS', rules: [{ if: [app], do: [own] }] },
      ],
    },
    ['https://app.example.com'],
  ],
  'a redirect of everything before a rule of HTTP': [
    {
      listeners: [
        {
          at: 80,
          protocol: 'HTTP',
          rules: [
            { if: [path('*')], do: [toHttps] },
            { if: [app], do: [own] },
          ],
        },
        { at: 443, protocol: 'HTTPS', rules: [{ if: [app], do: [own] }] },
      ],
    },
    ['https://app.example.com'],
  ],
  'a redirect alone': [{ listeners: [{ at: 80, protocol: 'HTTP', default: [toHttps] }] }, []],
  'apex to www': [
    rules(
      {
        if: [host('example.com')],
        do: [
          {
            Type: 'redirect',
            RedirectConfig: { Host: 'www.example.com', StatusCode: 'HTTP_301' },
          },
        ],
      },
      { if: [host('www.example.com')], do: [own] },
    ),
    ['https://www.example.com'],
  ],
  'apex to www within the hosts of one rule': [
    rules(
      {
        if: [host('example.com')],
        do: [
          {
            Type: 'redirect',
            RedirectConfig: { Host: 'www.example.com', StatusCode: 'HTTP_301' },
          },
        ],
      },
      { if: [host('example.com', 'www.example.com')], do: [own] },
    ),
    ['https://www.example.com'],
  ],
  'a redirect from the root to a page of the same host': [
    rules(
      {
        if: [app, path('/')],
        do: [{ Type: 'redirect', RedirectConfig: { Path: '/home', StatusCode: 'HTTP_302' } }],
      },
      { if: [app], do: [own] },
    ),
    ['https://app.example.com'],
  ],
  'a host before the own name': [
    {
      listeners: [
        { at: 443, protocol: 'HTTPS', rules: [{ if: [app], do: [own] }], default: [own] },
      ],
    },
    ['https://app.example.com', `https://${dns}`],
  ],
  'several hosts, the shortest first': [
    rule(host('www.example.com', 'example.com')),
    ['https://example.com', 'https://www.example.com'],
  ],
  'rules in order of priority': [
    {
      listeners: [
        {
          at: 443,
          protocol: 'HTTPS',
          rules: [
            { if: [host('later.example.com')], do: [own], priority: 100 },
            { if: [host('sooner.example.com')], do: [own], priority: 20 },
          ],
        },
      ],
    },
    ['https://sooner.example.com', 'https://later.example.com'],
  ],
  'any host': [rule(host('*')), [`https://${dns}`]],
  'a host pattern for the own name': [rule(host('*.elb.amazonaws.com')), [`https://${dns}`]],
  'the own name as a host': [rule(host(dns.toUpperCase())), [`https://${dns}`]],
  'a wildcard host': [rule(host('*.example.com')), []],
  'one character left open': [rule(host('app?.example.com')), []],
  'a wildcard and a host': [
    rule(host('*.example.com', 'app.example.com')),
    ['https://app.example.com'],
  ],
  'a wildcard host, then a host in another rule': [
    rules({ if: [host('*.example.com')], do: [own] }, { if: [app], do: [own] }),
    ['https://app.example.com'],
  ],
  'a regular expression of hosts': [
    rule({ Field: 'host-header', HostHeaderConfig: { RegexValues: ['^app\\.example\\.com$'] } }),
    [],
  ],
  'a regular expression in the other place': [
    rule({ Field: 'host-header', RegexValues: ['^app\\.example\\.com$'] }),
    [],
  ],
  'a path prefix': [rule(app, path('/api/*')), ['https://app.example.com/api/']],
  'a path prefix without a slash': [rule(app, path('/api*')), ['https://app.example.com/api']],
  'a literal path': [rule(app, path('/api')), ['https://app.example.com/api']],
  'a path and all under it': [
    rule(app, path('/api', '/api/*')),
    ['https://app.example.com/api', 'https://app.example.com/api/'],
  ],
  'every path': [rule(app, path('/*')), ['https://app.example.com']],
  'every path, shorter': [rule(app, path('*')), ['https://app.example.com']],
  'a path on the own name': [
    {
      listeners: [{ at: 80, protocol: 'HTTP', rules: [{ if: [path('/api/*')], do: [own] }] }],
    },
    [`http://${dns}/api/`],
  ],
  'no path before a path': [
    rules({ if: [app, path('/api/*')], do: [own] }, { if: [host('www.example.com')], do: [own] }),
    ['https://www.example.com', 'https://app.example.com/api/'],
  ],
  'an open path last': [
    rules(
      { if: [app, path('/users/*/files')], do: [own] },
      { if: [app, path('/a-rather-long-prefix/*')], do: [own] },
    ),
    ['https://app.example.com/a-rather-long-prefix/', 'https://app.example.com/users/'],
  ],
  'a regular expression of paths last': [
    rules(
      { if: [app, { Field: 'path-pattern', RegexValues: ['^/v[0-9]+/'] }], do: [own] },
      { if: [host('www.example.com'), path('/api/*')], do: [own] },
    ),
    ['https://www.example.com/api/', 'https://app.example.com'],
  ],
  'a path that none can match': [rule(app, path('api/*')), []],
  'a path with markup': [
    rule(app, path('/a"b)<i>`|x/*')),
    ['https://app.example.com/a%22b%29%3Ci%3E%60%7Cx/'],
  ],
  'a path that shows as a query': [rule(app, path('/a#b/*')), ['https://app.example.com/a%23b/']],
  'hostile hosts': [
    rule(host('app.example.com/@evil.test', 'evil.test)[x](http://y', '-a.test', 'a..test')),
    [],
  ],
  'a hostile host beside a good one': [
    rule(host('a b.test\r\n', 'app.example.com')),
    ['https://app.example.com'],
  ],
  'a hostile own name': [
    {
      loadBalancers: [alb('web', { DNSName: 'evil.test/<script>' })],
      listeners: [{ at: 443, protocol: 'HTTPS', default: [own] }],
    },
    [],
  ],
  'another port': [
    { listeners: [{ at: 8443, protocol: 'HTTPS', rules: [{ if: [app], do: [own] }] }] },
    ['https://app.example.com:8443'],
  ],
  'the default port before others': [
    {
      listeners: [
        { at: 8443, protocol: 'HTTPS', rules: [{ if: [app], do: [own] }] },
        { at: 443, protocol: 'HTTPS', rules: [{ if: [host('www.example.com')], do: [own] }] },
      ],
    },
    ['https://www.example.com', 'https://app.example.com:8443'],
  ],
  'an HTTP port that is not 80': [
    { listeners: [{ at: 443, protocol: 'HTTP', default: [own] }] },
    [`http://${dns}:443`],
  ],
  'another service': [rules({ if: [app], do: [forward('other')] }), []],
  'a weight of 0': [rules({ if: [app], do: [weighted({ web: 0, other: 100 })] }), []],
  'a part of the weight': [
    rules({ if: [app], do: [weighted({ web: 10, other: 90 })] }),
    ['https://app.example.com'],
  ],
  'a forward without a weight': [
    rules({
      if: [app],
      do: [
        {
          Type: 'forward',
          ForwardConfig: { TargetGroups: [{ TargetGroupArn: groupArn('web') }] },
        },
      ],
    }),
    ['https://app.example.com'],
  ],
  'a forward in the older form': [
    rules({ if: [app], do: [{ Type: 'forward', TargetGroupArn: groupArn('web') }] }),
    ['https://app.example.com'],
  ],
  'after a login': [
    rules({
      if: [app],
      do: [
        { Type: 'authenticate-oidc', Order: 1 },
        { ...own, Order: 2 },
      ],
    }),
    ['https://app.example.com'],
  ],
  'after a check of tokens': [
    rules({
      if: [app],
      do: [
        { Type: 'jwt-validation', Order: 1 },
        { ...own, Order: 2 },
      ],
    }),
    ['https://app.example.com'],
  ],
  'a default action with a forward configuration': [
    { listeners: [{ at: 80, protocol: 'HTTP', default: [weighted({ web: 1 })] }] },
    [`http://${dns}`],
  ],
  'a default action, as rules may not be read': [
    { listeners: [{ at: 80, protocol: 'HTTP', default: [own] }], withoutRules: true },
    [`http://${dns}`],
  ],
  'blue has the traffic': [
    {
      ...rules({ if: [app], do: [weighted({ blue: 100, green: 0 })] }),
      targetGroups: pair,
      productionRules: [ruleArn(https, 1)],
    },
    ['https://app.example.com'],
  ],
  'green has the traffic': [
    {
      ...rules({ if: [app], do: [weighted({ blue: 0, green: 100 })] }),
      targetGroups: pair,
      productionRules: [ruleArn(https, 1)],
    },
    ['https://app.example.com'],
  ],
  'the test rule is left out': [
    {
      ...rules(
        { if: [host('test.example.com')], do: [forward('green')] },
        { if: [app], do: [forward('blue')] },
      ),
      targetGroups: pair,
      testRules: [ruleArn(https, 1)],
      productionRules: [ruleArn(https, 2)],
    },
    ['https://app.example.com'],
  ],
  'the default rule of a test listener is left out': [
    {
      listeners: [
        { at: 443, protocol: 'HTTPS', default: [forward('blue')] },
        { at: 8443, protocol: 'HTTPS', default: [forward('green')] },
      ],
      targetGroups: pair,
      productionRules: [ruleArn(https, 'default')],
      testRules: [ruleArn(listenerArn(albArn('web'), 8443), 'default')],
    },
    [`https://${dns}`],
  ],
  'the test listener is left out though its rules may not be read': [
    {
      listeners: [
        { at: 443, protocol: 'HTTPS', default: [forward('blue')] },
        { at: 8443, protocol: 'HTTPS', default: [forward('green')] },
      ],
      withoutRules: true,
      targetGroups: pair,
      productionRules: [ruleArn(https, 'default')],
      testRules: [ruleArn(listenerArn(albArn('web'), 8443), 'default')],
    },
    [`https://${dns}`],
  ],
  'the production rule comes first': [
    {
      listeners: [
        { at: 443, protocol: 'HTTPS', rules: [{ if: [app], do: [forward('blue')] }] },
        { at: 80, protocol: 'HTTP', default: [forward('blue')] },
      ],
      targetGroups: pair,
      productionRules: [ruleArn(http, 'default')],
    },
    ['http://app.example.com', `http://${dns}`, 'https://app.example.com'],
  ],
  'an earlier rule of another service takes the host': [
    rules({ if: [host('*.example.com')], do: [forward('other')] }, { if: [app], do: [own] }),
    [],
  ],
  'an earlier rule of another service takes the root alone': [
    rules(
      { if: [app, path('/')], do: [forward('other')] },
      { if: [app, path('/api/*')], do: [own] },
    ),
    ['https://app.example.com/api/'],
  ],
  'an earlier rule for some does not take the host': [
    rules(
      {
        if: [app, { Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }],
        do: [fixed],
      },
      { if: [app], do: [own] },
    ),
    ['https://app.example.com'],
  ],
  'a header': [
    rule(app, {
      Field: 'http-header',
      HttpHeaderConfig: { HttpHeaderName: 'X-Origin', Values: ['secret'] },
    }),
    ['https://app.example.com'],
  ],
  'a header after all that need none': [
    {
      listeners: [
        {
          at: 443,
          protocol: 'HTTPS',
          rules: [{ if: [app, { Field: 'http-header' }], do: [own] }],
        },
        { at: 80, protocol: 'HTTP', default: [own] },
      ],
    },
    [`http://${dns}`, 'https://app.example.com'],
  ],
  'a method that is not GET last': [
    rules(
      {
        if: [app, { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST'] } }],
        do: [own],
      },
      { if: [host('www.example.com'), path('/long/*')], do: [own] },
    ),
    ['https://www.example.com/long/', 'https://app.example.com'],
  ],
  'methods with GET among them': [
    rules(
      {
        if: [
          app,
          { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET', 'HEAD'] } },
        ],
        do: [own],
      },
      { if: [host('www.example.com')], do: [own] },
    ),
    ['https://app.example.com', 'https://www.example.com'],
  ],
  'a query string and a source last': [
    rules(
      { if: [host('a.example.com'), { Field: 'query-string' }], do: [own] },
      { if: [host('b.example.com'), { Field: 'source-ip' }], do: [own] },
      { if: [host('www.example.com')], do: [own] },
    ),
    ['https://www.example.com', 'https://a.example.com', 'https://b.example.com'],
  ],
  internal: [
    { ...rule(app), loadBalancers: [alb('web', { Scheme: 'internal' })] },
    ['https://app.example.com'],
  ],
  'facing the internet before internal': [
    {
      loadBalancers: [alb('inner', { Scheme: 'internal' }), alb('outer')],
      listeners: [
        {
          at: 443,
          protocol: 'HTTPS',
          balancer: albArn('inner'),
          rules: [{ if: [app], do: [own] }],
        },
        { at: 80, protocol: 'HTTP', balancer: albArn('outer'), default: [own] },
      ],
    },
    ['http://outer-1234.eu-west-1.elb.amazonaws.com', 'https://app.example.com'],
  ],
  'several target groups': [
    {
      targetGroups: [group('web'), group('admin')],
      ...rules(
        { if: [host('admin.example.com'), path('/admin/*')], do: [forward('admin')] },
        { if: [app], do: [own] },
      ),
    },
    ['https://app.example.com', 'https://admin.example.com/admin/'],
  ],
  'a load balancer that may not be read': [
    { ...rule(app), loadBalancers: [] },
    ['https://app.example.com'],
  ],
  'an own name that may not be read': [{ ...rule(), loadBalancers: [] }, []],
  'a load balancer that failed': [
    { ...rule(app), loadBalancers: [alb('web', { State: { Code: 'failed' } })] },
    [],
  ],
  'a load balancer in the making': [
    { ...rule(app), loadBalancers: [alb('web', { State: { Code: 'provisioning' } })] },
    ['https://app.example.com'],
  ],
  'another partition': [
    {
      ...rule(),
      loadBalancers: [alb('web', { DNSName: 'web-1.cn-north-1.elb.amazonaws.com.cn' })],
    },
    ['https://web-1.cn-north-1.elb.amazonaws.com.cn'],
  ],
  'a name of both stacks': [
    { ...rule(), loadBalancers: [alb('web', { DNSName: `dualstack.${dns}` })] },
    [`https://dualstack.${dns}`],
  ],
  nothing: [{ listeners: [], loadBalancers: [], targetGroups: [] }, []],
} satisfies Record<string, [TrafficSpec, string[]]>;

const urls = (spec: TrafficSpec) => addressesOf(traffic(spec)).addresses.map(({ url }) => url);

describe('addresses behind an Application Load Balancer', () => {
  it.each(Object.entries(world))('%s', (_, [spec, expected]) => {
    expect(urls(spec as TrafficSpec)).toEqual(expected);
  });

  it('does not change with what the target sees of the request', () => {
    const made = traffic(rule(app, path('/api/*')));
    const rewritten = [...made.rules].map(
      ([listener, all]) =>
        [
          listener,
          all.map((one) => ({ ...one, Transforms: [{ Type: 'url-rewrite' as const }] })),
        ] as const,
    );
    const { addresses } = addressesOf({ ...made, rules: new Map(rewritten) });
    expect(addresses[0]?.url).toBe('https://app.example.com/api/');
  });
});

const name = 'net-5678.elb.eu-west-1.amazonaws.com';
const tcp = (overrides = {}) =>
  group('web', { Protocol: 'TCP', HealthCheckProtocol: 'TCP', ...overrides });

describe('addresses behind a Network Load Balancer', () => {
  it.each([
    ['TLS', 443, tcp(), `https://${name}`],
    ['TLS', 8883, tcp(), `https://${name}:8883`],
    ['TCP', 443, tcp(), `https://${name}`],
    ['TCP', 80, tcp(), `http://${name}`],
    ['TCP', 8080, tcp(), `http://${name}:8080`],
    ['TCP', 3000, tcp({ HealthCheckProtocol: 'HTTP' }), `http://${name}:3000`],
    ['TCP', 3000, tcp({ HealthCheckProtocol: 'HTTPS' }), `https://${name}:3000`],
    ['TCP', 5432, tcp(), `tcp://${name}:5432`],
    ['UDP', 53, tcp(), `udp://${name}:53`],
    ['TCP_UDP', 53, tcp(), `tcp://${name}:53`],
    ['QUIC', 443, tcp(), `https://${name}`],
    ['TCP_QUIC', 443, tcp(), `https://${name}`],
    ['GENEVE', 6081, tcp(), undefined],
  ] as const)('%s at %i', (protocol, at, targetGroup, expected) => {
    const spec = {
      targetGroups: [targetGroup],
      loadBalancers: [nlb()],
      listeners: [{ at, protocol, balancer: nlbArn('net'), default: [own] }],
    };
    expect(urls(spec)[0]).toBe(expected);
  });

  it('leaves the test listener out, and has TLS before TCP before UDP', () => {
    const at = (port: number) => listenerArn(nlbArn('net'), port);
    const listener = (port: number, protocol: 'TLS' | 'TCP' | 'UDP') => ({
      at: port,
      protocol,
      balancer: nlbArn('net'),
      default: [own],
    });
    const spec = {
      targetGroups: [tcp()],
      loadBalancers: [nlb()],
      listeners: [
        listener(53, 'UDP'),
        listener(5432, 'TCP'),
        listener(443, 'TLS'),
        listener(444, 'TLS'),
      ],
      testRules: [at(444)],
    };
    expect(urls(spec)).toEqual([`https://${name}`, `tcp://${name}:5432`, `udp://${name}:53`]);
    expect(urls({ ...spec, productionRules: [at(5432)] })[0]).toBe(`tcp://${name}:5432`);
  });
});

describe('notes', () => {
  const notesOf = (spec: TrafficSpec) => {
    const { addresses, notes } = addressesOf(traffic(spec));
    return [...(addresses[0]?.notes ?? []), ...notes];
  };

  it.each<[string, TrafficSpec, string]>([
    [
      'internal',
      { ...rule(app), loadBalancers: [alb('web', { Scheme: 'internal' })] },
      'internal: it answers only inside the VPC',
    ],
    [
      'wildcards',
      rule(host('*.example.com', '*.example.org'), path('/api/*')),
      'answers at any host that matches *.example.com or *.example.org, under /api/',
    ],
    [
      'a regular expression',
      rule({ Field: 'host-header', RegexValues: ['.*'] }),
      'answers at the hosts that a regular expression of its rule matches',
    ],
    [
      'hostile hosts',
      rule(host('*.example.com](http://evil.test)')),
      'the host of its rule is no host name, so it is not shown',
    ],
    [
      'a header',
      rule(app, { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Origin' } }),
      'answers only to requests with the header X-Origin that its rule asks for',
    ],
    [
      'a hostile header',
      rule(app, { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: '<b>' } }),
      'answers only to requests with a header that its rule asks for',
    ],
    ['an open path', rule(app, path('/*/x')), 'its rule asks for a path that is not known in full'],
    [
      'a load balancer that failed',
      { ...rule(app), loadBalancers: [alb('web', { State: { Code: 'failed' } })] },
      'its load balancer has failed to be set up',
    ],
    [
      'a load balancer in the making',
      { ...rule(app), loadBalancers: [alb('web', { State: { Code: 'provisioning' } })] },
      'its load balancer is still being provisioned',
    ],
    [
      'an earlier rule',
      rules({ if: [path('*')], do: [fixed] }, { if: [app], do: [own] }),
      'rule 2 of its listener is not asked: an earlier rule takes the requests',
    ],
    [
      'the own name over HTTPS',
      rule(),
      "the load balancer's own name, which no certificate is made for: set `url` to yours",
    ],
  ])('tell of %s', (_, spec, expected) => {
    expect(notesOf(spec)).toEqual([expected]);
  });

  it('are silent of a plain address', () => {
    expect(notesOf(rule(app))).toEqual([]);
  });
});
