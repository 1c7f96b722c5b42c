import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import { parameters } from '../../src/preflight/checks/parameters.ts';
import { secrets } from '../../src/preflight/checks/secrets.ts';
import {
  ACCOUNT,
  awsError,
  definition,
  denied,
  findings,
  healthyAccount,
  mocks,
  OTHER_ACCOUNT,
  parameterArn,
  REGION,
  reasons,
  runInSilence,
  secretArn,
  silent,
  subjectOf,
  throttled,
  told,
  unsupported,
} from './support.ts';

beforeEach(healthyAccount);

const withSecrets = (...arns: string[]) =>
  subjectOf({
    definition: definition(
      {},
      { secrets: arns.map((valueFrom, index) => ({ name: `SECRET_${index}`, valueFrom })) },
    ),
  });

const listed = (...names: string[]) =>
  mocks.ssm
    .on(DescribeParametersCommand)
    .resolves({ Parameters: names.map((Name) => ({ Name, Version: 3 })) });

describe('SSM parameters', () => {
  it('that exist pass', async () => {
    expect(told(await parameters.run(subjectOf()))).toEqual([
      'passed: SSM parameter /web/prod/password exists',
    ]);
  });

  it('that are missing fail, by name', async () => {
    listed('/web/prod/other');
    const [finding] = findings(await parameters.run(subjectOf()));
    expect(finding).toMatchObject({
      mark: 'fails',
      class: 'secret-not-found',
      resource: '/web/prod/password',
      principal: null,
    });
  });

  it.each([
    ['password', 'password'],
    ['password', '/password'],
    ['/web/password', '/web/password'],
  ])('in the ARN of %s are found as %s', async (written, name) => {
    listed(name);
    const arn = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/${written.replace(/^\//, '')}`;
    expect(told(await parameters.run(withSecrets(arn)))).toEqual([
      `passed: SSM parameter ${written} exists`,
    ]);
  });

  it.each([
    ['3', []],
    ['4', ['fails: version 4 of SSM parameter /a/b']],
    ['stable', ['not-checked: version stable of SSM parameter /a/b']],
  ])('with the version or label %s', async (selector, more) => {
    listed('/a/b');
    const results = await parameters.run(withSecrets(`${parameterArn('/a/b')}:${selector}`));
    expect(told(results)).toEqual(['passed: SSM parameter /a/b exists', ...more]);
  });

  it('of another account are not asked for', async () => {
    const arn = `arn:aws:ssm:${REGION}:${OTHER_ACCOUNT}:parameter/shared`;
    const results = await parameters.run(withSecrets(arn));
    expect(reasons(results)).toEqual(["SSM lists only one's own account's parameters"]);
    expect(mocks.ssm.commandCalls(DescribeParametersCommand)).toHaveLength(0);
  });

  it.each([
    ['/aws/service/ecs/version', 'SSM does not list the public parameters of AWS'],
    ['/aws/reference/secretsmanager/db', 'SSM reads it from Secrets Manager and does not list it'],
  ])('called %s cannot be listed', async (name, why) => {
    expect(reasons(await parameters.run(withSecrets(parameterArn(name))))).toEqual([why]);
  });

  it('are asked for by exact name, fifty a call, in their own Region', async () => {
    const names = Array.from({ length: 51 }, (_, index) => `/p/${index}`);
    listed(...names);
    const subject = withSecrets(
      ...names.map((name) => parameterArn(name)),
      parameterArn('/p/us', 'us-east-1'),
    );
    const results = await parameters.run(subject);
    const inputs = mocks.ssm
      .commandCalls(DescribeParametersCommand)
      .map(({ args }) => args[0].input);
    expect(inputs.map((input) => input.ParameterFilters?.[0]?.Values?.length)).toEqual([50, 1, 1]);
    expect(inputs[0]?.ParameterFilters?.[0]).toMatchObject({ Key: 'Name', Option: 'Equals' });
    expect(subject.regions).toContain('us-east-1');
    expect(told(results).filter((line) => line.startsWith('fails'))).toEqual([
      'fails: SSM parameter /p/us',
    ]);
  });

  it('are found on later pages, even after an empty one', async () => {
    mocks.ssm
      .on(DescribeParametersCommand)
      .resolvesOnce({ Parameters: [], NextToken: 'two' })
      .resolvesOnce({ Parameters: [{ Name: '/web/prod/password' }] });
    expect(told(await parameters.run(subjectOf()))).toEqual([
      'passed: SSM parameter /web/prod/password exists',
    ]);
    expect(mocks.ssm.commandCalls(DescribeParametersCommand)[1]?.args[0].input.NextToken).toBe(
      'two',
    );
  });

  it('are not checked where the pages come to no end', async () => {
    mocks.ssm.on(DescribeParametersCommand).resolves({ Parameters: [], NextToken: 'more' });
    expect(reasons(await parameters.run(subjectOf()))).toEqual([
      'ssm:DescribeParameters comes to no end',
    ]);
  });

  it.each([
    ['denied', denied(), 'needs `ssm:DescribeParameters`'],
    ['unsupported', unsupported(), 'there is no ssm:DescribeParameters here'],
    ['throttled', throttled(), 'AWS throttles ssm:DescribeParameters'],
  ])('are not checked when %s', async (_, error, why) => {
    mocks.ssm.on(DescribeParametersCommand).rejects(error);
    expect(reasons(await parameters.run(subjectOf()))).toEqual([why]);
  });

  it('are not checked when nothing answers', async () => {
    mocks.ssm.on(DescribeParametersCommand).callsFake(silent);
    expect(reasons(await runInSilence(parameters, subjectOf()))).toEqual([
      'no answer from ssm:DescribeParameters in time',
    ]);
  });
});

describe('Secrets Manager secrets', () => {
  const described = (answer: object) =>
    mocks.secrets.on(DescribeSecretCommand).resolves({ ARN: secretArn, ...answer });

  it('that exist pass; their JSON keys are not checked', async () => {
    const results = await secrets.run(
      withSecrets(`${secretArn}:user::`, `${secretArn}:password::`, secretArn),
    );
    expect(told(results)).toEqual([
      'passed: secret web/db-AbCdEf exists',
      'not-checked: JSON key user of secret web/db-AbCdEf',
      'not-checked: JSON key password of secret web/db-AbCdEf',
    ]);
    expect(reasons(results)[0]).toBe('a JSON key cannot be checked without reading the value');
    const calls = mocks.secrets.commandCalls(DescribeSecretCommand);
    expect(calls.map(({ args }) => args[0].input)).toEqual([{ SecretId: secretArn }]);
  });

  it('that are missing fail, by the ARN without its suffix', async () => {
    mocks.secrets.on(DescribeSecretCommand).rejects(awsError('ResourceNotFoundException'));
    const [finding] = findings(await secrets.run(withSecrets(`${secretArn}:user::`)));
    expect(finding).toMatchObject({
      mark: 'fails',
      class: 'secretsmanager-not-found',
      resource: secretArn,
    });
  });

  it.each([
    [
      'scheduled for deletion',
      secretArn,
      { DeletedDate: new Date(), VersionIdsToStages: { id: ['AWSCURRENT'] } },
      'fails',
      'The secret web/db-AbCdEf is scheduled for deletion: no task can read it.',
    ],
    [
      'without a value',
      secretArn,
      {},
      'fails',
      'The secret web/db-AbCdEf has no version with the stage AWSCURRENT.',
    ],
    [
      'without the stage',
      `${secretArn}::AWSPREVIOUS:`,
      { VersionIdsToStages: { id: ['AWSCURRENT'] } },
      'fails',
      'The secret web/db-AbCdEf has no version with the stage AWSPREVIOUS.',
    ],
    [
      'without the version',
      `${secretArn}:::gone`,
      { VersionIdsToStages: { id: ['AWSCURRENT'] } },
      'may-fail',
      'The secret web/db-AbCdEf has no version gone with a stage.',
    ],
  ])('%s', async (_, arn, answer, mark, summary) => {
    described(answer);
    const results = await secrets.run(withSecrets(arn));
    expect(findings(results)).toMatchObject([{ mark, summary, class: 'secretsmanager-not-found' }]);
    expect(told(results).some((line) => line.startsWith('passed'))).toBe(false);
  });

  it.each([`${secretArn}::AWSPREVIOUS:`, `${secretArn}:::id-0`, secretArn])(
    'pass with the version of %s',
    async (arn) => {
      described({ VersionIdsToStages: { 'id-0': ['AWSPREVIOUS'], 'id-1': ['AWSCURRENT'] } });
      expect(told(await secrets.run(withSecrets(arn)))).toEqual([
        'passed: secret web/db-AbCdEf exists',
      ]);
    },
  );

  it('of private registries are checked too, by ARN or by name', async () => {
    mocks.secrets.on(DescribeSecretCommand).rejects(awsError('ResourceNotFoundException'));
    const repositoryCredentials = { credentialsParameter: 'registry' };
    const subject = subjectOf({
      definition: definition({}, { secrets: [], repositoryCredentials }),
    });
    expect(told(await secrets.run(subject))).toEqual(['fails: secret registry']);
  });

  it('of log drivers are checked too, in their own Region', async () => {
    const valueFrom = secretArn.replace(REGION, 'us-east-1');
    const logConfiguration = {
      logDriver: 'splunk' as const,
      secretOptions: [{ name: 'splunk-token', valueFrom }],
    };
    const subject = subjectOf({ definition: definition({}, { secrets: [], logConfiguration }) });
    expect(told(await secrets.run(subject))).toEqual(['passed: secret web/db-AbCdEf exists']);
    expect(subject.regions).toContain('us-east-1');
  });

  it.each([
    ['denied', denied(), 'needs `secretsmanager:DescribeSecret`'],
    ['unsupported', unsupported(), 'there is no secretsmanager:DescribeSecret here'],
    ['throttled', throttled(), 'AWS throttles secretsmanager:DescribeSecret'],
  ])('are not checked when %s', async (_, error, why) => {
    mocks.secrets.on(DescribeSecretCommand).rejects(error);
    expect(reasons(await secrets.run(withSecrets(secretArn)))).toEqual([why]);
  });

  it('are not checked when nothing answers', async () => {
    mocks.secrets.on(DescribeSecretCommand).callsFake(silent);
    expect(reasons(await runInSilence(secrets, withSecrets(secretArn)))).toEqual([
      'no answer from secretsmanager:DescribeSecret in time',
    ]);
  });
});
