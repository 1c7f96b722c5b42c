import { describe, expect, it } from 'vitest';
import type { Simulator } from '../simulator/simulator.ts';
import type { Fault } from '../simulator/world.ts';
import { webWorld } from '../simulator/worlds.ts';
import {
  changesIn,
  inputsOf,
  printed,
  type StepOptions,
  simulate,
  startStep,
  step as stepWith,
} from './harness.ts';

/** A step that leaves everything to ECS: what is judged here is how ECS ends it. */
const step = (simulator: Simulator, options: StepOptions = {}) =>
  stepWith(simulator, {
    ...options,
    inputs: { preflight: 'off', 'on-failure': 'wait', ...options.inputs },
  });

const secret = { secrets: 'PASSWORD=/web/prod/password' };
const image = { image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11' };
const revision = (name: string) => `arn:aws:ecs:eu-west-1:123456789012:task-definition/${name}`;
const breaker = (rollback: boolean) => ({
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback } },
});

/** The same stories with and without the ServiceDeployments API must end in the same verdict. */
const denied = {
  '*': {
    arn: 'arn:aws:sts::123456789012:assumed-role/deployer/github',
    deny: [{ action: 'ecs:ListServiceDeployments' }, { action: 'ecs:DescribeServiceDeployments' }],
  },
};

describe.each([
  ['with the ServiceDeployments API', {}],
  ['where the ServiceDeployments API is denied', { callers: denied }],
  [
    'where it does not exist',
    { unsupported: ['ListServiceDeployments', 'DescribeServiceDeployments'] },
  ],
])('%s', (_, world) => {
  it('a healthy rollout is succeeded', async () => {
    const simulator = await simulate(webWorld({ world }));
    const { exitCode, outputs, stdout } = await step(simulator, {
      inputs: { ...secret, ...image },
    });
    expect(stdout).toContain('deployed. web:8 serves with 2 of 2 tasks');
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({
      status: 'succeeded',
      'task-definition-arn': revision('web:8'),
      'previous-task-definition-arn': revision('web:7'),
      'running-task-definition-arn': revision('web:8'),
    });
    expect(outputs['deployment-id']).toMatch(/^ecs-svc\/\d+$/);
  });

  it('a secret that the execution role may not read is rolled-back, with AWS’s own words', async () => {
    const simulator = await simulate(webWorld({ roleMayReadParameter: false, world }));
    const { exitCode, outputs, stdout } = await step(simulator, { inputs: secret });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      status: 'rolled-back',
      'task-definition-arn': revision('web:8'),
      'running-task-definition-arn': revision('web:7'),
    });
    expect(outputs.summary).toContain('web:7 still serves.');
    expect(outputs.summary).toContain(
      'is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password',
    );
    expect(stdout).toContain('rolling back');
  });

  it('a forced redeploy of the same revision that rolls back is rolled-back, not a success', async () => {
    const simulator = await simulate(
      webWorld({ service: { plays: [{ outcome: 'app-exit' }] }, world }),
    );
    const { exitCode, outputs } = await step(simulator, {
      inputs: { 'force-new-deployment': 'true' },
    });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      status: 'rolled-back',
      'task-definition-arn': revision('web:7'),
      'running-task-definition-arn': revision('web:7'),
    });
    expect(inputsOf(simulator, 'RegisterTaskDefinition')).toHaveLength(0);
  });

  it('a breaker without rollback is failed, and the old tasks serve', async () => {
    const simulator = await simulate(
      webWorld({ service: { ...breaker(false), plays: [{ outcome: 'image-missing' }] }, world }),
    );
    const { exitCode, outputs } = await step(simulator, { inputs: image });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      status: 'failed',
      'running-task-definition-arn': revision('web:7'),
    });
    expect(outputs.summary).toContain('CannotPullContainerError');
  });

  it('a failed deployment with no completed one before it has nothing to go back to: failed', async () => {
    const simulator = await simulate(
      webWorld({
        service: {
          baseline: { rollout: 'FAILED' },
          plays: [{ outcome: 'app-exit' }],
        },
        world,
      }),
    );
    const { exitCode, outputs } = await step(simulator, { inputs: image });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ status: 'failed', 'running-task-definition-arn': '' });
    expect(outputs.summary).toContain('Container app exited with code 1');
  });

  it('an alarm that goes off is rolled-back', async () => {
    const simulator = await simulate(
      webWorld({
        service: {
          deploymentConfiguration: {
            alarms: { alarmNames: ['web-5xx'], enable: true, rollback: true },
          },
          plays: [{ outcome: 'alarm' }],
        },
        world,
      }),
    );
    const { exitCode, outputs } = await step(simulator, { inputs: image });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      status: 'rolled-back',
      'running-task-definition-arn': revision('web:7'),
    });
    expect(outputs.summary).toMatch(/alarm/);
  });

  it('a newer deployment makes it superseded', async () => {
    const simulator = await simulate(
      webWorld({ world: { ...world, interventions: [{ atSeconds: 30, do: 'supersede' }] } }),
    );
    const { exitCode, outputs } = await step(simulator, { inputs: image });
    expect(exitCode).toBe(1);
    expect(outputs.status).toBe('superseded');
    expect(outputs.summary).toContain('Another deployment of web:8 replaced the one of web:8');
  });

  it('someone who stops the deployment makes it stopped', async () => {
    const simulator = await simulate(
      webWorld({ world: { ...world, interventions: [{ atSeconds: 10, do: 'stop' }] } }),
    );
    const { exitCode, outputs } = await step(simulator, { inputs: image });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      status: 'stopped',
      'running-task-definition-arn': revision('web:7'),
    });
  });

  it('a deleted service is failed', async () => {
    const simulator = await simulate(
      webWorld({ world: { ...world, interventions: [{ atSeconds: 20, do: 'delete-service' }] } }),
    );
    const { exitCode, outputs } = await step(simulator, { inputs: image });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ status: 'failed', 'running-task-definition-arn': '' });
    expect(outputs.summary).toContain('The service was deleted');
  });

  it('tasks that never become healthy without a breaker are timed-out', async () => {
    const simulator = await simulate(
      webWorld({
        service: {
          deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
          plays: [{ outcome: 'app-exit' }],
        },
        world,
      }),
    );
    const { exitCode, outputs, stdout } = await step(simulator, {
      inputs: { ...image, timeout: '4s' },
    });
    expect(stdout).toContain('::warning');
    expect(stdout).toContain('The circuit breaker is off');
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      status: 'timed-out',
      'running-task-definition-arn': revision('web:7'),
    });
    expect(outputs.summary).toContain('Container app exited with code 1');
  });

  it('an answer that is older than the update is not read as a rollback', async () => {
    const simulator = await simulate(
      webWorld({ world: { ...world, eventuallyConsistentSeconds: 30 } }),
    );
    const { outputs } = await step(simulator, { inputs: image });
    expect(outputs.status).toBe('succeeded');
  });
});

describe('the other endings', () => {
  it('a new count without room for its tasks is timed-out, whatever the old deployment was', async () => {
    const simulator = await simulate(
      webWorld({
        service: { baseline: { rollout: 'COMPLETED', play: { outcome: 'no-capacity' } } },
      }),
    );
    const { exitCode, outputs } = await step(simulator, {
      inputs: { 'desired-count': '4', timeout: '3s' },
    });
    expect(exitCode).toBe(1);
    expect(outputs.status).toBe('timed-out');
  });

  it('going back to the revision that ECS is rolling back to anyway is succeeded', async () => {
    const simulator = await simulate(webWorld({ service: { plays: [{ outcome: 'app-exit' }] } }), {
      speed: 20,
    });
    const failing = startStep(simulator, { inputs: image });
    await printed(failing, 'rolling back to deployment');
    const { exitCode, outputs } = await step(simulator, { inputs: { 'task-definition': 'web:7' } });
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({
      status: 'succeeded',
      'running-task-definition-arn': revision('web:7'),
    });
    expect((await failing.result).outputs.status).toBe('rolled-back');
  });

  it('a cancelled job whose request hangs still writes its outputs before the runner kills it', async () => {
    const faults: Fault[] = [{ operation: 'DescribeServices', error: 'hang' }];
    const simulator = await simulate(webWorld({ world: { faults } }));
    const running = startStep(simulator, { inputs: image });
    while (simulator.calls.length === 0) await new Promise((next) => setTimeout(next, 20));
    running.kill('SIGINT');
    const { exitCode, outputs } = await running.result;
    expect(exitCode).toBe(1);
    expect(outputs.status).toBe('cancelled');
  });

  it('the revision that runs already is unchanged, and nothing is called to change anything', async () => {
    const simulator = await simulate(webWorld());
    const { exitCode, outputs } = await step(simulator);
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({
      status: 'unchanged',
      'task-definition-arn': revision('web:7'),
      'running-task-definition-arn': revision('web:7'),
    });
    expect(changesIn(simulator)).toEqual([]);
  });

  it('deploying the same change twice is unchanged the second time', async () => {
    const simulator = await simulate(webWorld());
    const inputs = { ...secret, ...image, tags: 'commit=9d04e11' };
    expect((await step(simulator, { inputs })).outputs.status).toBe('succeeded');
    expect((await step(simulator, { inputs })).outputs.status).toBe('unchanged');
    expect(inputsOf(simulator, 'RegisterTaskDefinition')).toHaveLength(1);
  });

  it('a dry run is planned, names what changes and changes nothing', async () => {
    const simulator = await simulate(webWorld());
    const { exitCode, outputs } = await step(simulator, {
      inputs: { ...secret, 'dry-run': 'true' },
    });
    expect(exitCode).toBe(0);
    expect(outputs.status).toBe('planned');
    expect(JSON.parse(outputs.plan ?? '')).toEqual({
      source: 'web:7',
      register: true,
      taskDefinition: [
        { kind: 'environment', container: 'app', name: 'PASSWORD', change: 'removed' },
        { kind: 'secret', container: 'app', name: 'PASSWORD', change: 'added' },
      ],
      service: [],
    });
    expect(changesIn(simulator)).toEqual([]);
  });

  it('wait: false is started', async () => {
    const simulator = await simulate(webWorld());
    const { exitCode, outputs } = await step(simulator, { inputs: { ...image, wait: 'false' } });
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({ status: 'started', 'task-definition-arn': revision('web:8') });
    expect(outputs['deployment-id']).toMatch(/^ecs-svc\/\d+$/);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s, as at a cancelled job, is cancelled',
    async (signal) => {
      const simulator = await simulate(webWorld({ service: { plays: [{ outcome: 'hang' }] } }));
      const running = startStep(simulator, { inputs: image });
      await printed(running, 'following');
      running.kill(signal);
      const { exitCode, outputs } = await running.result;
      expect(exitCode).toBe(1);
      expect(outputs.status).toBe('cancelled');
      expect(outputs.summary).toContain('web:7 still serves');
    },
  );

  it('a deployment of the same revision that is under way is followed, not started again', async () => {
    const simulator = await simulate(webWorld(), { speed: 15 });
    await step(simulator, { inputs: { ...image, wait: 'false' } });
    const { exitCode, outputs } = await step(simulator, { inputs: image });
    expect(exitCode).toBe(0);
    expect(outputs.status).toBe('succeeded');
    expect(inputsOf(simulator, 'UpdateService')).toHaveLength(1);
  });

  it('a revision whose deployment FAILED is deployed anew', async () => {
    const simulator = await simulate(
      webWorld({ service: { ...breaker(false), plays: [{ outcome: 'app-exit' }] } }),
    );
    expect((await step(simulator, { inputs: image })).outputs.status).toBe('failed');
    expect((await step(simulator, { inputs: image })).outputs.status).toBe('succeeded');
    expect(inputsOf(simulator, 'UpdateService').map((input) => input.forceNewDeployment)).toEqual([
      undefined,
      true,
    ]);
  });
});
