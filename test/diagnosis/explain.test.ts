import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError, readRequest } from '../../scripts/explain-input.ts';

const root = join(import.meta.dirname, '../..');

/** Runs the script as `npm run -s explain` does. */
function explain(input: string | object) {
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  const { stdout, stderr, status } = spawnSync(process.execPath, ['scripts/explain.ts'], {
    cwd: root,
    input: text,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return { stdout, stderr, status };
}

const explained = (input: string | object) => {
  const { stdout, stderr, status } = explain(input);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout;
};

const role =
  'arn:aws:sts::123456789012:assumed-role/web-execution/0123456789abcdef0123456789abcdef';
const denied = `ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: service call has been retried 1 time(s): operation error SSM: GetParameters, https response error StatusCode: 400, RequestID: 8f5f2f1c-6a6c-4c0b-9d0d-3f0f4d1f8d11, api error AccessDeniedException: User: ${role} is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password because no identity-based policy allows the ssm:GetParameters action`;

describe('explain, given an array of cases', () => {
  it('prints a JSON array with the findings of each, and nothing else', () => {
    const answer = explained([
      {
        id: 'a',
        kind: 'stopped-task',
        input: {
          stopCode: 'TaskFailedToStart',
          stoppedReason: denied,
          containers: [{ name: 'app', exitCode: null, reason: null }],
        },
      },
      {
        id: 'b',
        kind: 'service-event',
        input: { message: '(service web) has reached a steady state.' },
      },
      {
        id: 3,
        kind: 'api-error',
        input: {
          operation: 'UpdateService',
          name: 'ClusterNotFoundException',
          message: 'Cluster not found.',
        },
      },
    ]);
    expect(JSON.parse(answer)).toMatchObject([
      {
        id: 'a',
        findings: [
          {
            class: 'secret-access-denied',
            summary:
              'The execution role web-execution may not read the SSM parameter /web/prod/password.',
            principal: 'web-execution',
            principalKind: 'execution-role',
            action: 'ssm:GetParameters',
            resource: 'arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password',
            fixableInRole: true,
            container: null,
            secret: null,
            count: 1,
            evidence: denied,
            file: null,
            line: null,
          },
        ],
      },
      { id: 'b', findings: [] },
      { id: 3, findings: [{ class: 'cluster-not-found' }] },
    ]);
  });

  it('takes fields that are missing or null for unknown', () => {
    const cases = [
      { id: 1, kind: 'stopped-task', input: {} },
      {
        id: 2,
        kind: 'stopped-task',
        input: { stoppedReason: null, containers: [{ name: 'app' }] },
      },
      {
        id: 3,
        kind: 'stopped-task',
        input: { stoppedReason: 'OutOfMemoryError', logs: { app: null } },
      },
      { id: 4, kind: 'service-event', input: {} },
      { id: 5, kind: 'api-error', input: { name: 'ServerException' } },
      { id: 6, kind: 'target-health', input: { state: 'unhealthy' } },
      { id: 7, kind: 'service-deployment', input: { status: 'ROLLBACK_SUCCESSFUL' } },
      {
        id: 8,
        kind: 'stopped-task',
        input: {
          stopCode: 'EssentialContainerExited',
          containers: [null, {}, { name: 'app', exitCode: 1, reason: 7 }],
          logs: { app: ['exec /app: exec format error', 5] },
        },
      },
    ];
    const answers = JSON.parse(explained(cases)) as { id: number; findings: { class: string }[] }[];
    expect(answers.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const classes = answers.map(({ findings }) => findings.map((finding) => finding.class));
    expect(classes[2]).toEqual(['out-of-memory']);
    expect(classes[4]).toEqual(['aws-error']);
    expect(classes[5]).toEqual(['elb-health-check']);
    expect(classes[7]).toEqual(['exec-format']);
  });

  it('answers none with none', () => {
    expect(JSON.parse(explained('  []\n'))).toEqual([]);
  });

  it('answers a thousand, and ten million characters', () => {
    const one = { kind: 'stopped-task', input: { stoppedReason: denied, containers: [] } };
    const cases = Array.from({ length: 1000 }, (_, id) => ({ id, ...one }));
    expect(JSON.parse(explained(cases))).toHaveLength(1000);
    const long = { id: 'long', kind: 'stopped-task', input: { stoppedReason: 'a:'.repeat(5e6) } };
    expect(JSON.parse(explained([long]))).toMatchObject([{ findings: [{ class: 'other' }] }]);
  });
});

describe('explain, given the output of the AWS CLI', () => {
  it('explains stopped tasks, each cause once with its count', () => {
    const task = {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode: 1 }],
    };
    const answer = explained({ tasks: [task, task, { lastStatus: 'RUNNING' }], failures: [] });
    expect(answer).toMatch(/^Container app exited with code 1\. \(2 times\)\n/);
  });

  it('explains the events of services', () => {
    const events = [
      { message: '(service web) has reached a steady state.' },
      {
        message:
          '(service web) (task 0123456789abcdef0123456789abcdef) failed container health checks.',
      },
    ];
    expect(explained({ services: [{ serviceName: 'web', events }] })).toMatch(
      /^A container failed the health check of its own\.\n/,
    );
  });

  it('explains service deployments and targets', () => {
    const statusReason =
      'Service deployment rolled back because the circuit breaker threshold was exceeded.';
    const serviceDeployments = [{ status: 'ROLLBACK_SUCCESSFUL', statusReason }];
    expect(explained({ serviceDeployments })).toMatch(/^ECS gave the deployment up/);
    const TargetHealth = {
      State: 'unhealthy',
      Reason: 'Target.Timeout',
      Description: 'Request timed out',
    };
    expect(explained({ TargetHealthDescriptions: [{ TargetHealth }] })).toContain(
      '(elb-health-check)',
    );
  });

  it('says so where nothing went wrong', () => {
    expect(explained({ tasks: [], failures: [] })).toBe(
      'Nothing in it says that something went wrong.\n',
    );
  });

  it('explains one case to a person', () => {
    const input = { message: '(service web) has reached a steady state.' };
    expect(explained({ kind: 'service-event', input })).toBe(
      'This is normal life of a service: nothing went wrong.\n',
    );
  });
});

describe('explain, given text', () => {
  it('says what it is, what it means, what to change, and what AWS said', () => {
    const answer = explained(`\n${denied}\n`);
    expect(
      answer,
    ).toBe(`The execution role web-execution may not read the SSM parameter /web/prod/password.

SSM parameter: access denied (secret-access-denied). The execution role may not read a parameter that the task definition names under secrets. The task role does not count here: ECS reads secrets before the container runs.
Certain from the second task on, or from the first where a check before the deployment found it: a new role or policy takes up to a minute to be seen everywhere.

What to change:
  Add to the policies of the execution role web-execution:
  {
    "Effect": "Allow",
    "Action": "ssm:GetParameters",
    "Resource": "arn:aws:ssm:eu-west-1:123456789012:parameter/web/prod/password"
  }

AWS's own words:
  ${denied}

More: docs/failures.md#secret-access-denied
`);
  });

  it.each([
    ['(service web) has started 2 tasks: (task 1) (task 2).'],
    ['has reached a steady state.'],
    ['Scaling activity initiated by (deployment ecs-svc/1234567890123456789)'],
    [
      '(service web) has reached a steady state.\n(service web) registered 1 targets in (target-group x)',
    ],
  ])('recognises normal life: %s', (text) => {
    expect(explained(text)).toBe('This is normal life of a service: nothing went wrong.\n');
  });

  it.each([
    [
      'an error of the AWS CLI',
      'An error occurred (ClientException) when calling the RegisterTaskDefinition operation: No Fargate configuration exists for given values.',
      'bad-task-definition',
    ],
    [
      'an error of the AWS CLI after retries',
      'An error occurred (ThrottlingException) when calling the DescribeServices operation (reached max retries: 4): Rate exceeded',
      'throttled',
    ],
    [
      'an error of the SDK for Go',
      'operation error ECS: UpdateService, https response error StatusCode: 400, RequestID: 8f5f2f1c-6a6c-4c0b-9d0d-3f0f4d1f8d11, ClusterNotFoundException: Cluster not found.',
      'cluster-not-found',
    ],
    [
      'an error of Terraform, in its box',
      '│ Error: creating ECS Task Definition (web): operation error ECS:\n│ RegisterTaskDefinition, https response error StatusCode: 400, ClientException:\n│ Invalid setting for container web.\n│ ',
      'bad-task-definition',
    ],
    [
      'what ECS says of a task definition, alone',
      'Fargate requires task definition to have execution role ARN to support ECR images.',
      'bad-task-definition',
    ],
    [
      'an exception alone',
      'ClientException: No Fargate configuration exists for given values.',
      'bad-task-definition',
    ],
    [
      'an event',
      '(service web) was unable to place a task. Reason: Capacity is unavailable at this time.',
      'capacity-unavailable',
    ],
    [
      'an event without its service',
      'was unable to place a task because no container instance met all of its requirements.',
      'placement-failed',
    ],
    [
      'a status reason',
      'Service deployment rolled back because of one or more active alarms.',
      'alarm-rollback',
    ],
    ['the health of a target', 'Health checks failed with these codes: [502]', 'elb-health-check'],
    [
      'a denial alone',
      'User: arn:aws:sts::123456789012:assumed-role/deployer/x is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-west-1:123456789012:service/prod/web because no identity-based policy allows the ecs:UpdateService action',
      'deployer-access-denied',
    ],
    [
      'text in brackets',
      '[ERROR] OutOfMemoryError: Container killed due to memory usage',
      'out-of-memory',
    ],
    [
      'text in braces',
      '{task} OutOfMemoryError: Container killed due to memory usage',
      'out-of-memory',
    ],
  ])('recognises %s', (_, text, name) => {
    expect(explained(text)).toContain(`(${name})`);
  });

  it('tells several events apart', () => {
    const answer = explained(
      [
        '(service web) was unable to place a task. Reason: Capacity is unavailable at this time.',
        '',
        '(service web) (task 0123456789abcdef0123456789abcdef) failed container health checks.',
      ].join('\n'),
    );
    expect(answer).toContain('(capacity-unavailable)');
    expect(answer).toContain('\n----\n');
    expect(answer).toContain('(container-health-check)');
  });

  it('says so where it does not know the text', () => {
    const answer = explained('The moon is full');
    expect(answer).toMatch(/^This is not recognised/);
    expect(answer).toContain('  The moon is full\n');
  });

  it('lets no control character of the text reach the terminal', () => {
    const answer = explained(
      'OutOfMemoryError: \u001b]0;title\u0007\u001b[31mContainer\u009b2J killed\r due to memory usage\n::error::x',
    );
    expect(answer).toContain('(out-of-memory)');
    expect(answer).not.toMatch(/[^\P{Cc}\n]/u);
    expect(answer).not.toMatch(/^\s*::/m);
  });
});

describe('explain, given what it cannot read', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['blanks', ' \n\t'],
    ['a broken array', '[{"id": "a", "kind": "stopped-task"'],
    ['a broken object', '{"tasks": ['],
    ['another object', '{"hello": 1}'],
    ['an array of other things', '[1, 2]'],
    ['a case without an id', '[{"kind": "service-event", "input": {}}]'],
    ['a case of another kind', '[{"id": 1, "kind": "toString", "input": {}}]'],
    ['a case without an input', '[{"id": 1, "kind": "service-event"}]'],
  ])('refuses %s', (_, input) => {
    expect(() => readRequest(input)).toThrow(InputError);
  });

  it('fails with one line on stderr and nothing on stdout', () => {
    const { stdout, stderr, status } = explain('{"tasks": [');
    expect({ stdout, stderr, status }).toEqual({
      stdout: '',
      stderr: 'explain: The input begins like JSON, but is broken: is its end missing?\n',
      status: 1,
    });
  });
});

describe('npm run -s explain', () => {
  it('leaves standard output to the answer', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(scripts.preexplain).toBe('node scripts/setup.mjs 1>&2');
    const { stdout, status } = spawnSync('npm', ['run', '-s', 'explain'], {
      cwd: root,
      input: '[]',
      encoding: 'utf8',
    });
    expect({ stdout, status }).toEqual({ stdout: '[]\n', status: 0 });
  });
});
