import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { toFinding } from '../../src/diagnosis/finding.ts';
import type { Context, Evidence, TargetGroupFacts } from '../../src/diagnosis/types.ts';
import { cause, context, definition } from './finding-factory.ts';
import { GROUP, TASK } from './table.ts';

type Check = Partial<TargetGroupFacts['healthCheck']>;

const group = (check: Check = {}, facts: Partial<TargetGroupFacts> = {}): TargetGroupFacts => ({
  arn: GROUP,
  healthCheck: {
    ...{ protocol: 'HTTP', path: '/health', port: 'traffic-port', codes: '200' },
    ...{ interval: 30, timeout: 5, unhealthyThreshold: 2 },
    ...check,
  },
  ...{ container: 'app', port: 8080 },
  ...facts,
});
const tcp = { protocol: 'TCP', path: undefined, codes: undefined };

/** A deployment whose target groups are known. */
const known = (...groups: TargetGroupFacts[]): Context => ({
  ...context(),
  service: { name: 'web', cluster: 'prod', gracePeriod: 0 },
  targetGroups: () => groups,
});

const failing = (evidence: string, where?: Context, resource: string | null = GROUP) =>
  toFinding(cause({ class: 'elb-health-check', evidence, resource }), 1, where);

const answered503 = 'Health checks failed with these codes: [503]';
const event = (why: string): Evidence => ({
  kind: 'service-event',
  message: `(service web) (task ${TASK}) (port 8080) is unhealthy in (target-group ${GROUP}) due to (reason ${why}).`,
});
const killed: Evidence = {
  kind: 'stopped-task',
  stopCode: 'ServiceSchedulerInitiated',
  stoppedReason: `Task failed ELB health checks in (target-group ${GROUP})`,
  containers: [{ name: 'app', exitCode: 137, reason: null }],
};
const target = (reason: string, description: string): Evidence => ({
  ...{ kind: 'target-health', group: GROUP, state: 'unhealthy', reason, description },
});

describe('a failed health check says what was asked and what came back', () => {
  it.each<[string, string, Check?, Partial<TargetGroupFacts>?]>([
    [answered503, 'HTTP GET /health on port 8080 answered 503, expected 200'],
    ['Request timed out', 'HTTP GET /health on port 8080 did not answer within 5 s'],
    ['Health checks failed', 'HTTP GET /health on port 8080 got no connection or no valid answer'],
    [
      'Health checks failed with these codes: [302, 404]',
      'HTTPS GET /status on port 9000 answered 302, 404, expected 200-299',
      { protocol: 'HTTPS', path: '/status', port: '9000', codes: '200-299' },
    ],
    [
      'Target.ResponseCodeMismatch',
      'HTTP GET /health on the container port answered another code, expected 200',
      {},
      { port: undefined },
    ],
    [
      'Health checks failed with these codes: [2]',
      'gRPC /AWS.ALB/healthcheck on port 8080 answered 2, expected 12',
      { path: '/AWS.ALB/healthcheck', codes: '12' },
    ],
    ['Health checks failed', 'a TCP connection to port 8080 was not accepted', tcp],
    [
      'Request timed out',
      'a TCP connection to port 8080 was not accepted within 10 s',
      { ...tcp, timeout: 10 },
    ],
    ['Elb.InternalError', 'the load balancer had an error of its own'],
    ['Health checks failed due to an internal error', 'the load balancer had an error of its own'],
    ['due to TARGET GROUP IS NOT FOUND.', 'that target group does not exist'],
  ])('%s: %s', (evidence, words, check, facts) => {
    expect(failing(evidence, known(group(check, facts))).summary).toBe(
      `The tasks failed the health check of target group web: ${words}.`,
    );
  });

  it('where AWS says no more than that it failed', () => {
    const evidence = `Task failed ELB health checks in (target-group ${GROUP})`;
    expect(failing(evidence, known(group())).summary).toBe(
      'The tasks failed the health check of target group web (HTTP GET /health on port 8080, expected 200).',
    );
    expect(failing(evidence, known(group(tcp))).summary).toBe(
      'The tasks failed the health check of target group web (a TCP connection to port 8080).',
    );
  });

  it('as far as AWS’s words go where the target group could not be read', () => {
    expect(failing(answered503, context()).summary).toBe(
      'The tasks failed the health check of target group web: they answered 503.',
    );
    expect(failing('Request timed out', undefined, null).summary).toBe(
      'The tasks failed the health checks of the load balancer: they did not answer in time.',
    );
    expect(failing('Health checks failed', undefined, 'web-classic').summary).toBe(
      'The tasks failed the health checks of the load balancer: the load balancer got no connection or no valid answer.',
    );
  });

  it('with a path that holds line breaks in one line', () => {
    const { summary } = failing(answered503, known(group({ path: '/a\n::error::b' })));
    expect(summary).toContain('GET /a ::error::b on port 8080');
  });
});

describe('the target group of a failed health check', () => {
  const other = group({ path: '/other' }, { arn: GROUP.replace('/web/', '/api/'), container: 'x' });

  it('is the one that the text names, with its container', () => {
    const found = failing(answered503, known(other, group()));
    expect(found.summary).toContain('GET /health');
    expect(found).toMatchObject({ container: 'app', resource: GROUP });
    expect(found).toMatchObject({ file: 'containerDefinitions[0].portMappings', line: 24 });
  });

  it('is the only one where the text names none, and none of several', () => {
    expect(failing(answered503, known(group()), null)).toMatchObject({ resource: GROUP });
    const several = failing(answered503, known(group(), other), null);
    expect(several.resource).toBeNull();
    expect(several.summary).toBe(
      'The tasks failed the health checks of the load balancer: they answered 503.',
    );
  });

  it('is none of the others where the text names one that is not known', () => {
    expect(failing(answered503, known(other)).summary).toContain('group web: they answered 503');
  });
});

describe('the remedy of a failed health check', () => {
  const modify = `aws elbv2 modify-target-group --region eu-west-1 --target-group-arn ${GROUP}`;
  const longer = [
    'A task has 30 s × 2 checks and a grace period of 0 s before it is given up. If the app needs longer to start, make that longer:',
    'aws ecs update-service --region eu-west-1 --cluster prod --service web --health-check-grace-period-seconds 120',
  ];

  it('of another code names path, codes and grace period, with the commands', () => {
    expect(failing(answered503, known(group())).fix?.split('\n')).toEqual([
      'Let the app answer 200 to HTTP GET /health on port 8080 instead of 503, or set another path:',
      `${modify} --health-check-path "<path>"`,
      'or accept other codes:',
      `${modify} --matcher HttpCode=200-399`,
      ...longer,
    ]);
  });

  it('of gRPC accepts codes of gRPC', () => {
    expect(failing(answered503, known(group({ codes: '0,12' }))).fix).toContain(
      '--matcher GrpcCode=0-99',
    );
  });

  it.each(['Request timed out', 'Health checks failed'])(
    'of %s names port, listening address and time',
    (evidence) => {
      expect(failing(evidence, known(group())).fix?.split('\n')).toEqual([
        'Let the load balancer reach the container: its security group must let in port 8080 from that of the load balancer, the app must listen on 0.0.0.0 and on port 8080, and answer within 5 s.',
        'If the app answers elsewhere, let the health check ask there:',
        `${modify} --health-check-port "<port>" --health-check-path "<path>"`,
        ...longer,
      ]);
    },
  );

  it('over TCP sets no path', () => {
    expect(failing('Request timed out', known(group(tcp))).fix).not.toContain('path');
  });

  it('tells of a port that no container lists', () => {
    const words = 'No container of the task definition lists port 9000 of the health check';
    expect(failing(answered503, known(group({ port: '9000' }))).fix).toContain(words);
    expect(failing(answered503, known(group({ port: '8080' }))).fix).not.toContain('lists port');
    const ranged = { name: 'app', portMappings: [{ containerPortRange: '8000-9999' }] };
    const where = {
      ...known(group({ port: '9000' })),
      definition: { ...definition, containerDefinitions: [ranged] },
    };
    expect(failing(answered503, where).fix).not.toContain('lists port');
  });

  it('doubles a long grace period, and says nothing of the checks where they are not known', () => {
    const service = { name: 'web', cluster: 'prod', gracePeriod: 300 };
    const { fix } = failing('no word', { ...context(), service });
    expect(fix).toContain('A task has a grace period of 300 s before');
    expect(fix).toContain('--health-check-grace-period-seconds 600');
    expect(fix).not.toContain('healthCheckGracePeriodSeconds');
  });

  it('without a context is what AWS’s words allow', () => {
    expect(failing('no word').fix).toBe(
      'See that the app listens on 0.0.0.0 and on the container port, that the health check asks for a path which answers 200, and that healthCheckGracePeriodSeconds of the service is longer than the app takes to start.',
    );
  });
});

describe('one failed health check seen in tasks, events and targets is one finding', () => {
  const timeout = 'Request timed out';
  it.each<[string, Evidence[], string]>([
    ['the event says why', [killed, event(answered503)], 'answered 503'],
    ['the target says why', [killed, target('Target.Timeout', timeout)], 'did not answer'],
    [
      'a target says more than an event',
      [event(timeout), target('Target.ResponseCodeMismatch', answered503)],
      'answered 503',
    ],
    ['a later event says more', [event(timeout), event(answered503)], 'answered 503'],
    ['an earlier event says more', [event(answered503), event(timeout)], 'answered 503'],
  ])('%s', (_, evidence, words) => {
    const found = diagnose(evidence, known(group()));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ class: 'elb-health-check', resource: GROUP });
    expect(found[0]?.summary).toContain(words);
  });

  it('counts the tasks', () => {
    const found = diagnose([killed, killed, event(answered503)], known(group()));
    expect(found).toMatchObject([{ count: 2, evidence: expect.stringContaining('[503]') }]);
  });

  it('but those of two target groups are two', () => {
    const elsewhere = { ...target('Target.Timeout', timeout), group: `${GROUP}0` } as Evidence;
    expect(diagnose([target('Target.Timeout', timeout), elsewhere])).toHaveLength(2);
  });
});
