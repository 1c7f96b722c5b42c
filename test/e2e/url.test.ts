import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  makeAuthority,
  makeCertificate,
  type Pair,
  serve,
  serveTls,
  stopServers,
} from '../endpoint/servers.ts';
import { hashOf } from '../simulator/ids.ts';
import { listenerPath } from '../simulator/services/elbv2/find.ts';
import type { Simulator } from '../simulator/simulator.ts';
import type { ListenerSpec, LoadBalancerSpec, ServiceSpec, World } from '../simulator/world.ts';
import { webWorld } from '../simulator/worlds.ts';
import {
  changesIn,
  inputsOf,
  printed,
  type StepOptions,
  simulate,
  startStep,
  step as stepWith,
  workspace,
} from './harness.ts';

const image = { image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11' };
const revision = (name: string) => `arn:aws:ecs:eu-west-1:123456789012:task-definition/${name}`;

const withoutPreflight = ({ inputs, ...options }: StepOptions): StepOptions => ({
  ...options,
  inputs: { preflight: 'off', ...inputs },
});
const step = (simulator: Simulator, options: StepOptions = {}) =>
  stepWith(simulator, withoutPreflight(options));

const findingsOf = ({ diagnosis = '[]' }: Record<string, string>) => JSON.parse(diagnosis);

const elb = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const groupArn = (name: string) => `${elb}:targetgroup/${name}/73e2d6bc24d8a067`;

const forward = (name: string) => ({ Type: 'forward', TargetGroupArn: groupArn(name) });
const hosts = (...Values: string[]) => ({ Field: 'host-header', HostHeaderConfig: { Values } });
const paths = (...Values: string[]) => ({ Field: 'path-pattern', PathPatternConfig: { Values } });
const notFound = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } };
const toHttps = {
  Type: 'redirect',
  RedirectConfig: { Protocol: 'HTTPS', Port: '443', Host: '#{host}', StatusCode: 'HTTP_301' },
};

/** An HTTPS listener with one rule, and nothing besides it. */
const https = (name: string, conditions: Record<string, unknown>[], port = 443): ListenerSpec => ({
  ...{ port, protocol: 'HTTPS', defaultActions: [notFound] },
  rules: [{ priority: 10, conditions, actions: [forward(name)] }],
});
const http = (action: Record<string, unknown>): ListenerSpec => ({
  ...{ port: 80, protocol: 'HTTP', defaultActions: [action] },
});

const usual = webWorld().clusters.prod?.services.web as ServiceSpec;

/** A service behind the target group of its name. */
const behind = (name: string, more: object = {}): ServiceSpec => ({
  ...usual,
  loadBalancers: [
    { targetGroupArn: groupArn(name), containerName: 'app', containerPort: 8080, ...more },
  ],
});

/** The usual world with these services, each named as its target group and load balancer. */
function worldOf(services: Record<string, ServiceSpec>, loadBalancers: LoadBalancerSpec[]): World {
  const { targetGroups: _, ...world } = webWorld();
  return { ...world, clusters: { prod: { services } }, loadBalancers };
}

describe('the output url', () => {
  /** A name of the simulator's for a load balancer: `web-123…` */
  const named = (name: string) =>
    expect.stringMatching(new RegExp(`^http://${name}-\\d+\\.eu-west-1`));

  const green: LoadBalancerSpec = {
    name: 'green',
    listeners: [https('green', [hosts('green.example.com')]), https('blue', [], 8443)],
  };
  const ruleOf = (port: number) => {
    const path = listenerPath(green, { port, protocol: 'HTTPS', defaultActions: [] });
    return `${elb}:listener-rule/${path}/${hashOf(`${path}/10`).slice(0, 16)}`;
  };
  const pair = {
    alternateTargetGroupArn: groupArn('blue'),
    productionListenerRule: ruleOf(443),
    testListenerRule: ruleOf(8443),
  };

  const stories: Record<string, [unknown, LoadBalancerSpec | undefined, ServiceSpec?]> = {
    host: [
      'https://host.example.com',
      { name: 'host', listeners: [https('host', [hosts('host.example.com')]), http(toHttps)] },
    ],
    several: [
      'https://a.example.com',
      {
        name: 'several',
        listeners: [https('several', [hosts('www.a.example.com', 'a.example.com')])],
      },
    ],
    wildcard: ['', { name: 'wildcard', listeners: [https('wildcard', [hosts('*.example.com')])] }],
    prefix: [
      'https://prefix.example.com/api/',
      {
        name: 'prefix',
        listeners: [https('prefix', [hosts('prefix.example.com'), paths('/api/*')])],
      },
    ],
    plain: [named('plain'), { name: 'plain', listeners: [http(forward('plain'))] }],
    nlb: [
      expect.stringMatching(/^https:\/\/nlb-\d+\.eu-west-1\.elb\.amazonaws\.com$/),
      {
        ...{ name: 'nlb', type: 'network' },
        listeners: [{ port: 443, protocol: 'TLS', defaultActions: [forward('nlb')] }],
      },
    ],
    inside: [
      named('internal-inside'),
      { name: 'inside', scheme: 'internal', listeners: [http(forward('inside'))] },
    ],
    green: ['https://green.example.com', green, behind('green', { advancedConfiguration: pair })],
    express: [
      expect.stringMatching(/^https:\/\/ex-[0-9a-f]{32}\.ecs\.eu-west-1\.on\.aws$/),
      undefined,
      { ...usual, loadBalancers: [], express: {} },
    ],
    none: ['', undefined, { ...usual, loadBalancers: [] }],
  };

  it('is found behind each kind of listener and rule', async () => {
    const services = Object.entries(stories).map(([name, [, , one]]) => [
      name,
      one ?? behind(name),
    ]);
    const balancers = Object.values(stories).flatMap(([, balancer]) => balancer ?? []);
    const simulator = await simulate(worldOf(Object.fromEntries(services), balancers));
    const { outputs, exitCode, stdout } = await step(simulator, {
      inputs: { service: Object.keys(stories).join(), 'dry-run': 'true', ...image },
    });
    const results: { service: string; url: string }[] = JSON.parse(outputs.results ?? '[]');
    expect(Object.fromEntries(results.map(({ service, url }) => [service, url]))).toEqual(
      Object.fromEntries(Object.entries(stories).map(([name, [url]]) => [name, url])),
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain('host · prod: https://host.example.com\n');
    expect(stdout).toContain(
      'wildcard · prod: no URL, answers at any host that matches *.example.com\n',
    );
    expect(stdout).toMatch(
      /^inside · prod: http:\/\/\S+ \(internal: it answers only inside the VPC\)$/m,
    );
    expect(stdout).not.toContain('none · prod: no URL');
  });

  it('is the input where that is given', async () => {
    const simulator = await simulate(webWorld());
    const url = 'https://shop.example.com/start';
    const { outputs } = await step(simulator, { inputs: { url, 'dry-run': 'true', ...image } });
    expect(outputs).toMatchObject({ status: 'planned', url });
  });

  it('stands beside a failure as well', async () => {
    const simulator = await simulate(webWorld({ roleMayReadParameter: false }));
    const { outputs, exitCode } = await step(simulator, {
      inputs: { secrets: 'PASSWORD=/web/prod/password' },
    });
    expect(outputs).toMatchObject({ status: 'rolled-back', url: 'https://app.example.com' });
    expect(exitCode).toBe(1);
  });

  it('is empty where Elastic Load Balancing is denied, which is a line for each permission and nothing more', async () => {
    const arn = 'arn:aws:sts::123456789012:assumed-role/deployer/github';
    const deny = [{ action: 'elasticloadbalancing:*' }];
    const simulator = await simulate(webWorld({ world: { callers: { '*': { arn, deny } } } }));
    const { outputs, exitCode, stdout } = await step(simulator, { inputs: image });
    expect(outputs).toMatchObject({ status: 'succeeded', url: '', diagnosis: '[]' });
    expect(exitCode).toBe(0);
    const lines = stdout
      .split('\n')
      .filter((line) => line.includes('elasticloadbalancing:Describe'));
    expect(lines).toEqual([
      expect.stringMatching(
        /^ +target health cannot be read \(.*elasticloadbalancing:DescribeTargetHealth/,
      ),
      'web · prod: no URL, not found: needs elasticloadbalancing:DescribeTargetGroups',
    ]);
    expect(stdout).not.toMatch(/^::(?:warning|error)/m);
  });

  it('is not waited for where Elastic Load Balancing hangs, before or during the rollout', async () => {
    const operations = ['DescribeTargetGroups', 'DescribeTargetHealth'];
    const faults = operations.map((operation) => ({ operation, error: 'hang' as const }));
    const simulator = await simulate(webWorld({ world: { faults } }));
    const { outputs, exitCode, stdout } = await step(simulator, { inputs: image });
    expect(outputs).toMatchObject({ status: 'succeeded', url: '' });
    expect(exitCode).toBe(0);
    const why = 'no answer from elasticloadbalancing:DescribeTargetGroups within 10 s';
    expect(stdout).toContain(`web · prod: no URL, not found: ${why}`);
    expect(stdout.indexOf('2 of 2 running')).toBeGreaterThan(0);
    expect(stdout.indexOf('2 of 2 running')).toBeLessThan(stdout.indexOf(why));
    expect(stdout).not.toMatch(/^::(?:warning|error)/m);
  });
});

describe('check-url', () => {
  afterEach(stopServers);

  /** An app that answers with these, one request after the other, and then with the last one again. */
  async function app(...statuses: number[]) {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      const status = statuses[Math.min(asked.length, statuses.length - 1)] ?? 200;
      asked.push(request.url ?? '');
      response.writeHead(status, status === 302 ? { location: '/login' } : {}).end();
    });
    return { url, asked };
  }
  const checked = (simulator: Simulator, url: string, inputs: Record<string, string> = {}) =>
    step(simulator, { inputs: { url, 'check-url': '/health', ...image, ...inputs } });

  it.each([200, 302])('that answers %i after the rollout lets the step pass', async (status) => {
    const { url, asked } = await app(status);
    const { outputs, exitCode } = await checked(await simulate(webWorld()), url);
    expect(outputs).toMatchObject({ status: 'succeeded', url, diagnosis: '[]' });
    expect(outputs.summary).toMatch(new RegExp(`${url}/health answers ${status}\\.$`));
    expect(exitCode).toBe(0);
    expect(asked).toEqual(['/health']);
  });

  it('is asked again where it answers 503 at first', async () => {
    const { url, asked } = await app(503, 200);
    const { outputs } = await checked(await simulate(webWorld()), url);
    expect(outputs.status).toBe('succeeded');
    expect(asked).toHaveLength(2);
  });

  it('that answers 503 until its limit fails the step, which says that the rollout succeeded', async () => {
    const { url } = await app(503);
    const simulator = await simulate(webWorld());
    const { outputs, exitCode, stdout } = await checked(simulator, url, {
      'check-url-timeout': '1s',
    });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      ...{ status: 'failed', url },
      'running-task-definition-arn': revision('web:8'),
    });
    expect(outputs.summary).toBe(
      `web · prod: failed, the rollout itself succeeded, but its URL does not answer as it must. ${url}/health answered 503. web:8 serves.`,
    );
    expect(findingsOf(outputs)).toMatchObject([
      { class: 'other', resource: `${url}/health`, evidence: 'HTTP 503 after 1 attempt' },
    ]);
    expect(stdout).toContain(`cause: ${url}/health answered 503.`);
    expect(inputsOf(simulator, 'StopServiceDeployment')).toEqual([]);
  });

  it('that nobody listens at is told as such', async () => {
    const { url } = await app(200);
    await stopServers();
    const { outputs } = await checked(await simulate(webWorld()), url, {
      'check-url-timeout': '1s',
    });
    expect(outputs.status).toBe('failed');
    expect(outputs.summary).toContain('did not answer: the connection is refused (ECONNREFUSED).');
  });

  it('may be a path without a slash, which goes on where the URL ends, and a whole URL', async () => {
    const { url, asked } = await app(200);
    const simulator = await simulate(webWorld());
    await checked(simulator, `${url}/api`, { 'check-url': 'health' });
    const { outputs } = await checked(simulator, '', { 'check-url': `${url}/deep?x=1` });
    expect(outputs).toMatchObject({ status: 'unchanged', url: 'https://app.example.com' });
    expect(asked).toEqual(['/api/health', '/deep?x=1']);
  });

  it('is asked where nothing was deployed, too', async () => {
    const { url } = await app(404);
    const { outputs, exitCode } = await checked(await simulate(webWorld()), url, {
      ...{ image: '', 'check-url-timeout': '1s' },
    });
    expect(outputs).toMatchObject({
      status: 'failed',
      'running-task-definition-arn': revision('web:7'),
    });
    expect(outputs.summary).toContain('failed, nothing was deployed, but its URL');
    expect(outputs.summary).toContain('answered 404. web:7 serves.');
    expect(exitCode).toBe(1);
  });

  it('is not asked after a rollout that failed', async () => {
    const { url, asked } = await app(200);
    const simulator = await simulate(webWorld({ roleMayReadParameter: false }));
    const { outputs } = await checked(simulator, url, { secrets: 'PASSWORD=/web/prod/password' });
    expect(outputs.status).toBe('rolled-back');
    expect(asked).toEqual([]);
  });

  it('is asked for each of several services', async () => {
    const { url, asked } = await app(200, 503);
    const services = { web: usual, api: usual };
    const simulator = await simulate({ ...webWorld(), clusters: { prod: { services } } });
    const { outputs, exitCode } = await checked(simulator, '', {
      ...{ service: 'web, api', 'check-url': url, 'check-url-timeout': '1s' },
    });
    const results: { status: string }[] = JSON.parse(outputs.results ?? '[]');
    expect(results.map(({ status }) => status).sort()).toEqual(['failed', 'succeeded']);
    expect(outputs.status).toBe('failed');
    expect(exitCode).toBe(1);
    expect(asked).toHaveLength(2);
  });

  it('ends with the job that is cancelled', async () => {
    const url = await serve(() => {});
    const running = startStep(await simulate(webWorld()), {
      inputs: { preflight: 'off', url, 'check-url': '/health', ...image },
    });
    await printed(running, `asking ${url}/health`);
    running.kill('SIGINT');
    const { outputs, exitCode } = await running.result;
    expect(outputs).toMatchObject({
      status: 'cancelled',
      'running-task-definition-arn': revision('web:8'),
    });
    expect(outputs.summary).toContain(`Cancelled before ${url}/health had answered.`);
    expect(exitCode).toBe(1);
  });

  describe('with a certificate', () => {
    let authority: Pair;
    beforeAll(async () => {
      authority = await makeAuthority();
    });
    const checkedAt = async (pair: Pair) => {
      const folder = workspace({ 'authority.pem': authority.cert });
      return step(await simulate(webWorld()), {
        inputs: { url: await serveTls(pair), 'check-url': '/' },
        env: { NODE_EXTRA_CA_CERTS: `${folder}/authority.pem` },
      });
    };

    it('that is good is no matter', async () => {
      const { outputs } = await checkedAt(await makeCertificate({ authority }));
      expect(outputs.status).toBe('unchanged');
      expect(outputs.summary).toMatch(/answers 200\.$/);
    });

    it.each([
      [
        'expired',
        { from: -60, to: -2 },
        /the certificate of localhost has expired on \d{4}-\d\d-\d\d\./,
      ],
      [
        'not valid yet',
        { from: 2, to: 60 },
        /the certificate of localhost is not valid yet, only from \d{4}-\d\d-\d\d on\./,
      ],
      [
        'for another host',
        { name: 'www.example.com' },
        /the certificate is not made for localhost but for www\.example\.com\./,
      ],
    ] as const)('that is %s fails at once, and is named', async (_, how, words) => {
      const { outputs, exitCode } = await checkedAt(await makeCertificate({ authority, ...how }));
      expect(outputs.status).toBe('failed');
      expect(outputs.summary).toMatch(words);
      expect(findingsOf(outputs)).toMatchObject([{ fix: expect.stringMatching(/certificate/) }]);
      expect(exitCode).toBe(1);
    });
  });
});

describe('refused before anything is changed, by the name of the input', () => {
  it('is a path where no URL is known, with why', async () => {
    const simulator = await simulate(webWorld({ service: { loadBalancers: [] } }));
    const { outputs, exitCode, stdout } = await step(simulator, {
      inputs: { 'check-url': '/health', ...image },
    });
    expect(outputs.status).toBe('rejected');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'Input check-url: is a path, but no URL of the service was found: set `url`, or give a whole URL.',
    );
    expect(changesIn(simulator)).toEqual([]);
  });

  it('is a path where the URL may not be looked for, with the permission', async () => {
    const arn = 'arn:aws:sts::123456789012:assumed-role/deployer/github';
    const deny = [{ action: 'elasticloadbalancing:DescribeRules' }];
    const simulator = await simulate(webWorld({ world: { callers: { '*': { arn, deny } } } }));
    const { outputs, stdout } = await step(simulator, {
      inputs: { 'check-url': '/health', ...image },
    });
    expect(outputs.status).toBe('rejected');
    expect(stdout.match(/^::error.*$/gm)).toEqual([
      expect.stringContaining(
        'give a whole URL (not found: needs elasticloadbalancing:DescribeRules).',
      ),
    ]);
    expect(changesIn(simulator)).toEqual([]);
  });

  it('are bad values, with one error each', async () => {
    const simulator = await simulate(webWorld());
    const { outputs, stdout } = await step(simulator, {
      inputs: {
        url: 'app.example.com',
        'check-url': '//evil.example.com/x',
        'check-url-timeout': 'soon',
        ...image,
      },
    });
    expect(outputs.status).toBe('rejected');
    expect(
      stdout.match(/^::error.*$/gm)?.map((line) => line.replace(/^.*?::(?=Input)/, '')),
    ).toEqual([
      'Input url: is not an http:// or https:// URL (without user and password).',
      'Input check-url: names another host without https:// in front of it.',
      'Input check-url-timeout: "soon" is not a duration such as 90s, 30m or 2h (a bare number is minutes).',
    ]);
    expect(simulator.calls).toEqual([]);
  });
});
