import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/diagnosis/types.ts';
import type { Options, Simulator } from '../simulator/simulator.ts';
import type { HealthCheckSpec, World } from '../simulator/world.ts';
import { webWorld } from '../simulator/worlds.ts';
import { printed, simulate, startStep, step as stepWith } from './harness.ts';

const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11';
const group =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/73e2d6bc24d8a067';

const answered503 = 'Health checks failed with these codes: [503]';

const usual = { preflight: 'off', 'on-failure': 'wait', image };
const step = (simulator: Simulator, inputs: Record<string, string> = {}) =>
  stepWith(simulator, { inputs: { ...usual, ...inputs } });

/** The next rollout's tasks fail the health check of the load balancer with these words. */
const failing = (
  healthReason: string,
  healthCheck: HealthCheckSpec,
  world: Partial<World> = {},
  options: Options = { speed: 200 },
) =>
  simulate(
    webWorld({
      service: {
        desiredCount: 1,
        healthCheckGracePeriodSeconds: 0,
        plays: [{ outcome: 'unhealthy', healthReason }],
      },
      world: { targetGroups: [{ arn: group, port: 8080, healthCheck }], ...world },
    }),
    options,
  );

/** What is found of the health checks. */
const found = ({ diagnosis = '[]' }: Record<string, string>) =>
  (JSON.parse(diagnosis) as Finding[]).filter((one) => one.class === 'elb-health-check');

const deny = (...actions: string[]) => ({
  callers: {
    '*': {
      arn: 'arn:aws:sts::123456789012:assumed-role/deployer/github',
      deny: actions.map((action) => ({ action })),
    },
  },
});

describe('a rollout that fails the health checks of its load balancer', () => {
  it('is told by what was asked, what came back and what to change, in one finding', async () => {
    const simulator = await failing(answered503, { path: '/health' });
    const { outputs, exitCode } = await step(simulator);
    expect(exitCode).toBe(1);
    const words =
      'The tasks failed the health check of target group web: HTTP GET /health on port 8080 answered 503, expected 200';
    expect(outputs).toMatchObject({ status: 'rolled-back' });
    expect(outputs.summary).toContain(words);
    const [finding, ...more] = found(outputs);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ summary: `${words}.`, resource: group, container: 'app' });
    expect(finding?.fix?.split('\n')).toEqual([
      'Let the app answer 200 to HTTP GET /health on port 8080 instead of 503, or set another path:',
      `aws elbv2 modify-target-group --region eu-west-1 --target-group-arn ${group} --health-check-path "<path>"`,
      'or accept other codes:',
      `aws elbv2 modify-target-group --region eu-west-1 --target-group-arn ${group} --matcher HttpCode=200-399`,
      'A task has 30 s × 2 checks and a grace period of 0 s before it is given up. If the app needs longer to start, make that longer:',
      'aws ecs update-service --region eu-west-1 --cluster prod --service web --health-check-grace-period-seconds 120',
    ]);
  });

  it('by a timeout names the port and the time, and the grace period that this step sets', async () => {
    const simulator = await failing('Request timed out', { port: '9000', timeoutSeconds: 7 });
    const { outputs } = await step(simulator, {
      'service-overrides': 'healthCheckGracePeriodSeconds: 90',
    });
    const [finding] = found(outputs);
    expect(finding?.summary).toBe(
      'The tasks failed the health check of target group web: HTTP GET / on port 9000 did not answer within 7 s.',
    );
    expect(finding?.fix).toContain('lists port 9000 of the health check');
    expect(finding?.fix).toContain('a grace period of 90 s');
  });

  it('is told by its targets before ECS says a word', async () => {
    const simulator = await failing(answered503, {}, {}, { clock: 'manual' });
    await step(simulator, { wait: 'false' });
    simulator.advance(75);
    const running = startStep(simulator, { inputs: usual });
    await printed(
      running,
      'cause: The tasks failed the health check of target group web: HTTP GET',
    );
    running.kill('SIGINT');
    const { outputs, stdout } = await running.result;
    expect(outputs.status).toBe('cancelled');
    expect(stdout).toContain('AWS says: Health checks failed with these codes: [503]\n');
    expect(stdout).not.toContain('is unhealthy in');
  });

  it.each([
    ['the target groups', 'elasticloadbalancing:*', 'of target group web: they answered 503'],
    [
      'the targets',
      'elasticloadbalancing:DescribeTargetHealth',
      'of target group web: HTTP GET / on port 8080 answered 503, expected 200',
    ],
  ])('is told as far as it is known where %s may not be read', async (_, action, words) => {
    const simulator = await failing(answered503, {}, deny(action));
    const { outputs } = await step(simulator);
    expect(outputs.status).toBe('rolled-back');
    expect(outputs.summary).toContain(`The tasks failed the health check ${words}`);
  });
});

it('targets of others that are unhealthy are no cause', async () => {
  const targets = [{ id: '10.1.0.9', port: 8080, health: { reason: 'Target.Timeout' } }];
  const simulator = await simulate(
    webWorld({ world: { targetGroups: [{ arn: group, port: 8080, targets }] } }),
  );
  const { outputs, stdout } = await step(simulator);
  expect(outputs).toMatchObject({ status: 'succeeded', diagnosis: '[]' });
  expect(stdout).not.toContain('cause:');
});
