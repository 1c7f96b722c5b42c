import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator/simulator.ts';
import type { Play, World } from '../simulator/world.ts';
import { realTimings, type WebOverrides, webWorld } from '../simulator/worlds.ts';
import { inputsOf, simulate, step } from './harness.ts';

const secret = { secrets: 'PASSWORD=/web/prod/password' };
const image = { image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11' };
const revision = (name: string) => `arn:aws:ecs:eu-west-1:123456789012:task-definition/${name}`;
const parameter = 'arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password';

/** A deployer that may not look at IAM and the rest: what is wrong shows in the tasks only. */
const blind: World['callers'] = {
  '*': {
    arn: 'arn:aws:sts::123456789012:assumed-role/deployer/github',
    allow: ['ecs:*', 'iam:PassRole', 'logs:GetLogEvents'].map((action) => ({ action })),
  },
};
const blindWorld = (overrides: WebOverrides = {}) =>
  webWorld({ ...overrides, world: { ...overrides.world, callers: blind } });
const playing = (play: Play) => blindWorld({ service: { plays: [play] } });

const findingsOf = (outputs: Readonly<Record<string, string>>) =>
  JSON.parse(outputs.diagnosis ?? 'null') as Record<string, unknown>[];

const secondsOf = ({ calls, now, state }: Simulator) => {
  const [first] = calls;
  return first ? ((state.now || now()) - first.at) / 1000 : 0;
};

describe('a secret that the execution role may not read', () => {
  it('is named with role, action, resource, container and fix, and rolled back at once', async () => {
    const simulator = await simulate(blindWorld({ roleMayReadParameter: false }));
    const { exitCode, outputs, stdout } = await step(simulator, {
      inputs: { ...secret, ...image },
    });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      status: 'rolled-back',
      'running-task-definition-arn': revision('web:7'),
    });
    expect(findingsOf(outputs)[0]).toMatchObject({
      class: 'secret-access-denied',
      principal: 'web-execution',
      principalKind: 'execution-role',
      action: 'ssm:GetParameters',
      resource: parameter,
      fixableInRole: true,
      container: 'app',
      secret: 'PASSWORD',
      count: 2,
      fix: expect.stringContaining(`"Resource": "${parameter}"`),
      evidence: expect.stringContaining('not authorized to perform: ssm:GetParameters'),
    });
    expect(outputs.summary).toContain(
      'The execution role web-execution may not read the SSM parameter /web/prod/password',
    );
    expect(stdout).toContain('this rollout is certain to fail: asked ECS to roll back');
    expect(inputsOf(simulator, 'StopServiceDeployment')).toMatchObject([{ stopType: 'ROLLBACK' }]);
  });

  it('is in the log at most one poll after the first failing tasks are visible', async () => {
    const simulator = await simulate(blindWorld({ roleMayReadParameter: false }));
    await step(simulator, { inputs: { ...secret, ...image } });
    const visible = Math.min(
      ...simulator.state.tasks.flatMap(({ stoppingAt, taskDefinition }) =>
        stoppingAt !== undefined && taskDefinition.endsWith(':8') ? [stoppingAt] : [],
      ),
    );
    const polls = simulator.calls.filter(({ operation }) => operation === 'DescribeServices');
    const asked = simulator.calls.find(({ operation }) => operation === 'StopServiceDeployment');
    // A poll that began just before sees them too, as tasks are looked at after the service.
    expect(asked).toBeDefined();
    const late = polls.filter(({ at }) => at >= visible && at < (asked?.at ?? 0));
    expect(late.length).toBeLessThanOrEqual(1);
  });

  it('ends at least five times sooner than the circuit breaker alone would end it', async () => {
    // Both tasks fail at once; the third failure, and with it the breaker, comes with the next try.
    const timings = { ...realTimings.secretDenied, retry: 608 };
    const play: Play = { outcome: 'healthy', timings };
    const deploy = async (onFailure: string) => {
      const world = blindWorld({ roleMayReadParameter: false, service: { plays: [play] } });
      // Real time of this machine counts thirtyfold: the rest of the run should be AWS's.
      const simulator = await simulate(world, { speed: 30 });
      const { outputs } = await step(simulator, {
        inputs: { ...secret, ...image, 'on-failure': onFailure, preflight: 'off' },
      });
      expect(outputs.status).toBe('rolled-back');
      return secondsOf(simulator);
    };
    const [asked, waited] = await Promise.all([deploy('rollback'), deploy('wait')]);
    expect(waited).toBeGreaterThan(5 * asked);
  });

  it('fails the step at once with on-failure: report, while ECS goes on', async () => {
    const simulator = await simulate(blindWorld({ roleMayReadParameter: false }));
    const { outputs } = await step(simulator, {
      inputs: { ...secret, ...image, 'on-failure': 'report' },
    });
    expect(outputs.status).toBe('failed');
    expect(outputs.summary).toContain('This step did not wait any longer');
    expect(findingsOf(outputs)[0]).toMatchObject({ class: 'secret-access-denied' });
    expect(inputsOf(simulator, 'StopServiceDeployment')).toEqual([]);
  });

  it('waits for the circuit breaker where the deployer may not stop the deployment', async () => {
    const callers = {
      '*': {
        arn: 'arn:aws:sts::123456789012:assumed-role/deployer/github',
        deny: ['ecs:StopServiceDeployment', 'iam:Get*', 'iam:Simulate*'].map((action) => ({
          action,
        })),
      },
    };
    const simulator = await simulate(webWorld({ roleMayReadParameter: false, world: { callers } }));
    const { outputs, stdout } = await step(simulator, { inputs: { ...secret, ...image } });
    expect(outputs.status).toBe('rolled-back');
    expect(stdout).toContain('needs ecs:StopServiceDeployment');
    expect(findingsOf(outputs).map(({ class: name }) => name)).toEqual([
      'secret-access-denied',
      'breaker-tripped',
    ]);
  });

  it('is not certain while the role’s new policy is not seen everywhere yet', async () => {
    const simulator = await simulate(
      blindWorld({
        service: { desiredCount: 1 },
        world: {
          roles: {
            'web-task': {},
            'web-execution': {
              managed: ['AmazonECSTaskExecutionRolePolicy'],
              allow: [{ action: 'ssm:GetParameters', resource: parameter, propagationSeconds: 30 }],
            },
          },
        },
      }),
    );
    const { outputs, stdout } = await step(simulator, { inputs: { ...secret, ...image } });
    expect(stdout).toContain('cause: The execution role web-execution may not read');
    expect(outputs).toMatchObject({ status: 'succeeded', diagnosis: '[]' });
  });
});

describe('other causes', () => {
  it.each<[string, Play, string, boolean]>([
    ['an image that is not there', { outcome: 'image-missing' }, 'image-not-found', true],
    ['a rate limit', { outcome: 'rate-limited' }, 'image-rate-limited', false],
    ['no route', { outcome: 'no-route' }, 'secret-network', false],
    ['no capacity', { outcome: 'no-capacity' }, 'capacity-unavailable', false],
    ['failed health checks', { outcome: 'unhealthy' }, 'elb-health-check', false],
    ['too little memory', { outcome: 'oom' }, 'out-of-memory', true],
    ['the wrong architecture', { outcome: 'exec-format' }, 'exec-format', true],
    ['an app that exits', { outcome: 'app-exit' }, 'app-exit', true],
  ])('%s', async (_, play, name, isCertain) => {
    const simulator = await simulate(blindWorld({ service: { desiredCount: 1, plays: [play] } }));
    const { outputs } = await step(simulator, {
      inputs: { ...secret, ...image, timeout: isCertain ? '30m' : '10' },
    });
    expect(findingsOf(outputs)[0]?.class).toBe(name);
    expect(inputsOf(simulator, 'StopServiceDeployment')).toHaveLength(isCertain ? 1 : 0);
    expect(['rolled-back', 'timed-out']).toContain(outputs.status);
  });

  it('a role that cannot be assumed leaves no task, only an event', async () => {
    const roles = { ...webWorld().roles };
    delete roles['web-task'];
    const simulator = await simulate(blindWorld({ world: { roles } }));
    const { outputs } = await step(simulator, { inputs: { ...secret, ...image } });
    expect(outputs.status).toBe('rolled-back');
    expect(findingsOf(outputs)[0]).toMatchObject({
      class: 'role-not-assumable',
      principal: 'arn:aws:iam::123456789012:role/web-task',
    });
  });
});

describe('the log of a failed container', () => {
  const crash: Play = {
    outcome: 'app-exit',
    logs: { app: ['starting', '::error::pwned', 'Error: connect ECONNREFUSED 10.0.0.1:5432'] },
  };

  it('is shown as untrusted text, at most the lines asked for', async () => {
    const simulator = await simulate(playing(crash));
    const { stdout } = await step(simulator, { inputs: { ...image, 'log-lines': '2' } });
    expect(stdout).toContain('last 2 lines of container app (/ecs/web, app/app/');
    expect(stdout).toMatch(/^ +\| : :error::pwned$/m);
    expect(stdout).toMatch(/^ +\| Error: connect ECONNREFUSED 10\.0\.0\.1:5432$/m);
    expect(stdout).not.toContain('| starting');
  });

  it('is not asked for with log-lines: 0', async () => {
    const simulator = await simulate(playing(crash));
    await step(simulator, { inputs: { ...image, 'log-lines': '0' } });
    expect(inputsOf(simulator, 'GetLogEvents')).toEqual([]);
  });

  it('that may not be read is a note, not an error', async () => {
    const callers = {
      '*': {
        arn: 'arn:aws:sts::123456789012:assumed-role/deployer/github',
        deny: [{ action: 'logs:*' }, { action: 'iam:Simulate*' }],
      },
    };
    const simulator = await simulate(webWorld({ service: { plays: [crash] }, world: { callers } }));
    const { outputs, stdout } = await step(simulator, { inputs: image });
    expect(outputs.status).toBe('rolled-back');
    expect(stdout).toContain(
      'no log of container app: /ecs/web cannot be read (needs logs:GetLogEvents)',
    );
  });

  it('of ten megabytes, with a thousand stopped tasks, changes nothing', async () => {
    const simulator = await simulate(
      blindWorld({
        service: {
          plays: [{ ...crash, logBytes: 10_000_000 }],
          stoppedTasks: {
            count: 1000,
            stopCode: 'TaskFailedToStart',
            stoppedReason: 'CannotPullContainerError: of another time',
          },
        },
      }),
    );
    const { outputs, stdout } = await step(simulator, { inputs: { ...image, 'log-lines': '100' } });
    expect(outputs.status).toBe('rolled-back');
    expect(findingsOf(outputs)[0]).toMatchObject({ class: 'app-exit', container: 'app' });
    expect(stdout).toContain('ECONNREFUSED');
    expect(stdout.length).toBeLessThan(1_000_000);
  });
});
