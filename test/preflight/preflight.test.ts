import { GetRoleCommand, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { DescribeParametersCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { ask, longestSilence, mostAtOnce, once } from '../../src/preflight/ask.ts';
import { preflight } from '../../src/preflight/preflight.ts';
import type { Check, CheckResult } from '../../src/preflight/types.ts';
import {
  awsError,
  denied,
  everyCall,
  findings,
  healthyAccount,
  mocks,
  reasons,
  settle,
  silent,
  subjectOf,
  throttled,
  told,
  unsupported,
} from './support.ts';

beforeEach(healthyAccount);

describe('the preflight of a healthy setup', () => {
  it('passes everything but the JSON key, which only the value would show', async () => {
    const results = await preflight(subjectOf());
    expect(findings(results)).toEqual([]);
    expect(told(results.filter(({ mark }) => mark === 'not-checked'))).toEqual([
      'not-checked: JSON key password of secret web/db-AbCdEf',
    ]);
    expect(told(results.filter(({ mark }) => mark === 'passed'))).toEqual([
      'passed: service web of cluster prod is active, deployed by ECS',
      'passed: circuit breaker is on with rollback',
      'passed: policies allow the deployer deployer to pass the role web-execution',
      'passed: policies allow the deployer deployer to pass the role web-task',
      'passed: policies allow the deployer deployer to register the task definition web',
      'passed: policies allow the deployer deployer to update the service web',
      'passed: execution role web-execution exists and trusts ecs-tasks.amazonaws.com',
      'passed: task role web-task exists and trusts ecs-tasks.amazonaws.com',
      'passed: SSM parameter /web/prod/password exists',
      'passed: secret web/db-AbCdEf exists',
      'passed: policies allow the execution role web-execution to read SSM parameter /web/prod/password',
      'passed: policies allow the execution role web-execution to read secret web/db-AbCdEf',
      'passed: policies allow the execution role web-execution to sign in to ECR',
      'passed: policies allow the execution role web-execution to pull images of repository web',
      'passed: policies allow the execution role web-execution to write to log group /ecs/web',
      'passed: image web:v7 exists',
      'passed: image web:v7 is for linux/amd64',
      'passed: log group /ecs/web exists',
      'passed: target group web is of type ip',
      'passed: no environment variable looks like a credential',
    ]);
  });

  it('asks for the same thing once, whichever checks need it', async () => {
    await preflight(subjectOf());
    expect(mocks.ssm.commandCalls(DescribeParametersCommand)).toHaveLength(1);
    const roles = mocks.iam.commandCalls(GetRoleCommand).map(({ args }) => args[0].input.RoleName);
    expect(roles.toSorted()).toEqual(['deployer', 'web-execution', 'web-task']);
  });
});

describe('a deployer without any permission to look', () => {
  it('gets nothing but what passed and what was not checked, each with what it needs', async () => {
    everyCall(() => Promise.reject(denied()));
    const results = await preflight(subjectOf());
    expect(findings(results)).toEqual([]);
    const unchecked = results.filter((result) => result.mark === 'not-checked');
    expect(unchecked.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      'permissions of the deployer: needs `sts:GetCallerIdentity`',
      'execution role web-execution: needs `iam:GetRole`',
      'task role web-task: needs `iam:GetRole`',
      'SSM parameter /web/prod/password: needs `ssm:DescribeParameters`',
      'secret web/db-AbCdEf: needs `secretsmanager:DescribeSecret`',
      'execution role web-execution may read SSM parameter /web/prod/password, read secret web/db-AbCdEf, sign in to ECR and 2 more: needs `iam:SimulatePrincipalPolicy`',
      'execution role web-execution may use the key of SSM parameter /web/prod/password: needs `ssm:DescribeParameters`',
      'execution role web-execution may use the key of secret web/db-AbCdEf: needs `secretsmanager:DescribeSecret`',
      'image web:v7: needs `ecr:DescribeImages`',
      'log group /ecs/web: needs `logs:DescribeLogGroups`',
      'target group web: needs `elasticloadbalancing:DescribeTargetGroups`',
    ]);
  });

  it('is asked for nothing twice', async () => {
    mocks.iam.on(SimulatePrincipalPolicyCommand).rejects(denied());
    await preflight(subjectOf());
    const calls = mocks.iam.commandCalls(SimulatePrincipalPolicyCommand);
    const asked = calls.map(({ args }) => JSON.stringify(args[0].input));
    expect(new Set(asked).size).toBe(asked.length);
  });
});

describe.each([
  ['unsupported', unsupported],
  ['throttled', throttled],
  ['failing', () => awsError('InternalFailure', 500)],
  ['without credentials', () => awsError('ExpiredToken', 403)],
  ['refusing every request', () => awsError('ValidationException', 400)],
])('an account whose every call is %s', (_, error) => {
  it('has no finding and never rejects', async () => {
    everyCall(() => Promise.reject(error()));
    const results = await preflight(subjectOf());
    expect(findings(results)).toEqual([]);
    expect(reasons(results).length).toBeGreaterThan(8);
  });
});

it('an account whose every call is answered with nothing has no finding', async () => {
  everyCall(async () => ({}) as never);
  const results = await preflight(subjectOf());
  expect(findings(results)).toEqual([]);
  expect(reasons(results)).toContain('ssm:DescribeParameters answers with nothing');
  expect(reasons(results)).toContain('secretsmanager:DescribeSecret answers with nothing');
  expect(reasons(results)).toContain('logs:DescribeLogGroups answers with nothing');
});

describe('silence', () => {
  it('of every call costs less than two seconds in all', async () => {
    everyCall(silent);
    const subject = subjectOf();
    const running = preflight(subject);
    await settle();
    subject.clock.pass(longestSilence);
    const results = await running;
    expect(longestSilence).toBeLessThan(1_900);
    expect(findings(results)).toEqual([]);
    expect(reasons(results)).toContain('no answer from sts:GetCallerIdentity in time');
  });

  it.each([500, 900, 1_700])('costs no more where each denial takes %i ms', async (ms) => {
    const subject = subjectOf();
    const slowly = async (answer: () => Promise<never>) => {
      await subject.clock.sleep(ms);
      return answer();
    };
    everyCall(() => slowly(() => Promise.reject(denied())));
    const start = subject.clock.now();
    let results: readonly CheckResult[] | undefined;
    void preflight(subject).then((all) => {
      results = all;
    });
    while (!results && subject.clock.now() - start < 10_000) {
      await settle();
      subject.clock.pass(100);
      await settle();
    }
    expect(subject.clock.now() - start).toBeLessThan(2_000);
    expect(findings(results ?? [])).toEqual([]);
  });

  it('of one call leaves the others what they found out', async () => {
    mocks.iam.on(SimulatePrincipalPolicyCommand).callsFake(silent);
    mocks.ssm.on(DescribeParametersCommand).resolves({ Parameters: [] });
    const subject = subjectOf();
    const running = preflight(subject);
    await settle();
    subject.clock.pass(2_000);
    const results = await running;
    expect(findings(results).map(({ class: name }) => name)).toEqual(['secret-not-found']);
    expect(reasons(results)).toContain('no answer from iam:SimulatePrincipalPolicy in time');
  });

  it('is not waited for a second time, and stops the call', async () => {
    const subject = subjectOf();
    const signals: AbortSignal[] = [];
    const first = ask(subject, 'a:First', (signal) => {
      signals.push(signal);
      return silent();
    });
    subject.clock.pass(2_000);
    await expect(first).rejects.toThrow('no answer from a:First in time');
    expect(signals[0]?.aborted).toBe(true);
    await expect(ask(subject, 'a:Second', silent)).rejects.toThrow(
      'a:Second was not waited for, as another call had no answer',
    );
  });

  it('shorter than that is waited for', async () => {
    const subject = subjectOf();
    let answer = (_: string) => {};
    const asked = ask(
      subject,
      'a:Call',
      () => new Promise<string>((resolve) => (answer = resolve)),
    );
    await settle();
    subject.clock.pass(longestSilence - 1);
    answer('late');
    expect(await asked).toBe('late');
  });

  it('leaves a call some time that begins late because others were answered slowly', async () => {
    const subject = subjectOf();
    await ask(subject, 'a:Slow', async () => subject.clock.pass(longestSilence - 1));
    let answer = (_: string) => {};
    const asked = ask(subject, 'a:Next', () => new Promise<string>((done) => (answer = done)));
    await settle();
    subject.clock.pass(600);
    answer('in time');
    expect(await asked).toBe('in time');
  });

  it('ends with the job', async () => {
    everyCall(silent);
    const job = new AbortController();
    const running = preflight({ ...subjectOf(), signal: job.signal });
    await settle();
    job.abort();
    expect(new Set(reasons(await running))).toEqual(new Set(['the job was cancelled']));
  });
});

describe('a check', () => {
  const results = (run: Check['run']) => preflight(subjectOf(), [{ name: 'SSM parameters', run }]);

  it('that rejects is told as not made, in AWS’s words', async () => {
    expect(
      await results(async () => {
        throw awsError('ValidationException');
      }),
    ).toEqual([
      {
        mark: 'not-checked',
        what: 'SSM parameters',
        why: 'AWS answers ValidationException: ValidationException says no',
      },
    ]);
  });

  it('that throws at once is told as not made', async () => {
    const broken = () => {
      throw new Error('broken');
    };
    expect(reasons(await results(broken))).toEqual(['AWS answers Error: broken']);
  });

  it('quotes no more than a line of what AWS says', async () => {
    const [why] = reasons(
      await results(() =>
        Promise.reject(Object.assign(new Error('x'.repeat(5_000)), { name: 'E' })),
      ),
    );
    expect(why?.length).toBeLessThan(250);
  });
});

describe('each reason', () => {
  it.each([
    [denied(), 'needs `iam:GetRole`'],
    [awsError('AccessDenied', 403), 'needs `iam:GetRole`'],
    [unsupported(), 'there is no iam:GetRole here'],
    [throttled(), 'AWS throttles iam:GetRole'],
    [awsError('ExpiredToken', 403), 'AWS refuses these credentials for iam:GetRole'],
    [
      Object.assign(new Error('connect ECONNREFUSED'), { name: 'Error' }),
      'iam:GetRole failed with Error: connect ECONNREFUSED',
    ],
  ])('%s is told as %s', async (error, why) => {
    const asked = ask(subjectOf(), 'iam:GetRole', () => Promise.reject(error));
    await expect(asked).rejects.toThrow(why);
  });

  it('is told for what fails before it is sent', async () => {
    const asked = ask(subjectOf(), 'iam:GetRole', () => {
      throw new Error('no client');
    });
    await expect(asked).rejects.toThrow('iam:GetRole failed with Error: no client');
  });

  it('is left to the check where the request itself was refused', async () => {
    const error = awsError('NoSuchEntityException', 404);
    await expect(ask(subjectOf(), 'iam:GetRole', () => Promise.reject(error))).rejects.toBe(error);
  });
});

it('a look-up is made once for a subject, and again for the next', async () => {
  const subject = subjectOf();
  let calls = 0;
  const look = async () => ++calls;
  expect(await once(subject, 'key', look)).toBe(1);
  expect(await once(subject, 'key', look)).toBe(1);
  expect(await once(subjectOf(), 'key', look)).toBe(2);
});

describe('many look-ups', () => {
  const many = Array.from({ length: 100 }, (_, index) => index);

  it('are made some at a time, and all of them', async () => {
    const subject = subjectOf();
    let underWay = 0;
    let most = 0;
    const answers = many.map((index) =>
      ask(subject, 'a:Call', async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await settle();
        underWay -= 1;
        if (index % 3 === 0) throw denied();
        return index;
      }),
    );
    expect((await Promise.allSettled(answers)).map(({ status }) => status)).toEqual(
      many.map((index) => (index % 3 === 0 ? 'rejected' : 'fulfilled')),
    );
    expect(most).toBe(mostAtOnce);
  });

  it('that wait for their turn are not made any more once there is silence', async () => {
    const subject = subjectOf();
    let sent = 0;
    const answers = many.map(() =>
      ask(subject, 'a:Call', (signal) => {
        sent += 1;
        return new Promise<never>((_, fail) => {
          signal.addEventListener('abort', () => fail(new Error('aborted')));
        });
      }),
    );
    await settle();
    expect(await ask(subject, 'a:Other', async () => 'of another kind')).toBe('of another kind');
    subject.clock.pass(longestSilence);
    const ended = await Promise.allSettled(answers);
    expect(ended.every(({ status }) => status === 'rejected')).toBe(true);
    await settle();
    expect(sent).toBe(mostAtOnce);
  });
});
