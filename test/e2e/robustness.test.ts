import { describe, expect, it } from 'vitest';
import type { Fault } from '../simulator/world.ts';
import { webWorld } from '../simulator/worlds.ts';
import { inputsOf, simulate, step } from './harness.ts';

const image = { image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:9d04e11' };
const faulty = (...faults: Fault[]) => simulate(webWorld({ world: { faults } }));
const throttling = { type: 'ThrottlingException', message: 'Rate exceeded', status: 400 };
const denial = {
  type: 'AccessDeniedException',
  message:
    'User: arn:aws:sts::123456789012:assumed-role/deployer/github is not authorized to perform: ecs:DescribeServices on resource: * because no identity-based policy allows the ecs:DescribeServices action',
  status: 400,
};

describe('while following', () => {
  it.each<[string, Fault['error']]>([
    ['throttling', throttling],
    ['a server error', { type: 'ServerException', message: 'Service Unavailable', status: 503 }],
    ['a proxy’s page', 'html-500'],
    ['a broken connection', 'reset'],
    ['a request that is never answered', 'hang'],
  ])('%s is lived through', async (_, error) => {
    const times = error === 'hang' ? 1 : 3;
    const simulator = await faulty({ operation: 'DescribeServices', afterCall: 2, times, error });
    const { exitCode, outputs, stdout } = await step(simulator, { inputs: image });
    expect(outputs.status).toBe('succeeded');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('(asking again)');
  });

  it('AccessDenied ends the wait at once and names its cause', async () => {
    const simulator = await faulty({ operation: 'DescribeServices', afterCall: 3, error: denial });
    const { exitCode, outputs } = await step(simulator, { inputs: { ...image, timeout: '60s' } });
    expect(exitCode).toBe(1);
    expect(outputs.status).toBe('failed');
    expect(outputs.summary).toContain('cannot be followed to its end; ECS goes on with it');
    expect(outputs.summary).toContain('not authorized to perform: ecs:DescribeServices');
    expect(inputsOf(simulator, 'DescribeServices')).toHaveLength(4);
  });

  it('stopped tasks that may not be read are a note, and events still tell the cause', async () => {
    const simulator = await simulate(
      webWorld({
        roleMayReadParameter: false,
        world: {
          callers: {
            '*': {
              arn: 'arn:aws:sts::123456789012:assumed-role/deployer/github',
              deny: [{ action: 'ecs:ListTasks' }],
            },
          },
        },
      }),
    );
    const { outputs, stdout } = await step(simulator, {
      inputs: { secrets: 'PASSWORD=/web/prod/password', preflight: 'off' },
    });
    expect(outputs.status).toBe('rolled-back');
    expect(outputs.summary).toContain('not authorized to perform: ssm:GetParameters');
    expect(stdout).toContain('stopped tasks cannot be read');
  });
});

describe('while starting', () => {
  it('an update whose answer is lost is not sent again', async () => {
    const simulator = await faulty({ operation: 'UpdateService', times: 1, error: 'reset-after' });
    const { outputs } = await step(simulator, {
      inputs: { ...image, 'force-new-deployment': 'true' },
    });
    expect(outputs.status).toBe('succeeded');
    expect(inputsOf(simulator, 'UpdateService')).toHaveLength(1);
  });

  it('waits its turn when others register the same family', async () => {
    const simulator = await faulty({
      operation: 'RegisterTaskDefinition',
      times: 1,
      error: {
        type: 'ClientException',
        message: 'Too many concurrent attempts to create a new revision of the specified family.',
      },
    });
    const { outputs } = await step(simulator, { inputs: image });
    expect(outputs.status).toBe('succeeded');
    expect(inputsOf(simulator, 'RegisterTaskDefinition')).toHaveLength(2);
  });

  it('an update that is never answered, nor carried out, is failed and says what is not known', async () => {
    const simulator = await faulty({ operation: 'UpdateService', error: 'reset' });
    const { exitCode, outputs } = await step(simulator, { inputs: image });
    expect(exitCode).toBe(1);
    expect(outputs.status).toBe('failed');
    expect(outputs.summary).toContain('whether ECS has carried it out is not known');
  });

  it('is throttled and tries again', async () => {
    const simulator = await faulty({ operation: 'UpdateService', times: 1, error: throttling });
    expect((await step(simulator, { inputs: image })).outputs.status).toBe('succeeded');
  });

  it('an error of RegisterTaskDefinition is rejected with AWS’s words', async () => {
    const simulator = await faulty({
      operation: 'RegisterTaskDefinition',
      error: { type: 'ClientException', message: 'Role is not valid', status: 400 },
    });
    const { exitCode, outputs, stdout } = await step(simulator, { inputs: image });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({ status: 'rejected', 'task-definition-arn': '' });
    expect(stdout).toContain('Role is not valid');
    expect(inputsOf(simulator, 'UpdateService')).toHaveLength(0);
  });

  it('an error of UpdateService is rejected and says that a revision was registered', async () => {
    const simulator = await faulty({
      operation: 'UpdateService',
      error: { type: 'InvalidParameterException', message: 'no such thing', status: 400 },
    });
    const { exitCode, outputs } = await step(simulator, { inputs: image });
    expect(exitCode).toBe(1);
    expect(outputs).toMatchObject({
      status: 'rejected',
      'task-definition-arn': 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:8',
      'running-task-definition-arn': 'arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7',
    });
    expect(outputs.summary).toContain('no such thing. web:8 is registered.');
  });
});

describe('text from AWS', () => {
  it('cannot give the runner commands', async () => {
    const stoppedReason =
      'bad\n::set-output name=status::succeeded\n##[error]x\u001b[31m::error::y';
    const simulator = await simulate(
      webWorld({
        service: {
          plays: [{ outcome: 'fail', fail: { stopCode: 'TaskFailedToStart', stoppedReason } }],
        },
      }),
    );
    const { outputs, stdout } = await step(simulator, { inputs: { ...image, preflight: 'off' } });
    expect(outputs.status).toBe('rolled-back');
    const commands = stdout.split('\n').filter((line) => /^\s*::/.test(line));
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatch(/^::error::web · prod: rolled back/);
    expect(stdout).not.toContain('##[');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('secrets', () => {
  it('a Secrets Manager secret by its name becomes its full ARN', async () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:web/prod-AbCdEf';
    const simulator = await simulate(
      webWorld({
        world: {
          secrets: [{ name: 'web/prod', arn, keys: ['password'] }],
          roles: {
            'web-execution': {
              managed: ['AmazonECSTaskExecutionRolePolicy'],
              allow: [{ action: 'secretsmanager:GetSecretValue', resource: arn }],
            },
            'web-task': {},
          },
        },
      }),
    );
    const { outputs } = await step(simulator, {
      inputs: { secrets: 'PASSWORD=secretsmanager:web/prod:password' },
    });
    expect(outputs.status).toBe('succeeded');
    expect(inputsOf(simulator, 'RegisterTaskDefinition')[0]).toMatchObject({
      containerDefinitions: [{ secrets: [{ name: 'PASSWORD', valueFrom: `${arn}:password::` }] }],
    });
  });

  it('no value is asked of AWS, and no environment value is printed or put out', async () => {
    const simulator = await simulate(webWorld());
    const { outputs, stdout, stderr } = await step(simulator, {
      inputs: {
        secrets: 'DB=/web/prod/password',
        environment: 'TOKEN=hunter2-value\nLOG_LEVEL=very-verbose',
        unset: 'PASSWORD',
      },
      env: { ACTIONS_STEP_DEBUG: 'true', RUNNER_DEBUG: '1' },
    });
    expect(outputs.status).toBe('succeeded');
    const everything = stdout + stderr + JSON.stringify(outputs);
    for (const value of ['hunter2-value', 'very-verbose', 'literal']) {
      expect(everything).not.toContain(value);
    }
    const operations = new Set(simulator.calls.map(({ operation }) => operation));
    expect([...operations].filter((name) => /GetParameter|GetSecretValue/.test(name))).toEqual([]);
    expect(inputsOf(simulator, 'RegisterTaskDefinition')[0]).toMatchObject({
      containerDefinitions: [
        {
          secrets: [
            {
              name: 'DB',
              valueFrom: 'arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password',
            },
          ],
        },
      ],
    });
  });
});
