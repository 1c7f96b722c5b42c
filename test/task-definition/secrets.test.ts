import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, vi } from 'vitest';
import { RejectedError, rejected } from '../../src/errors.ts';
import { describeSecretArn } from '../../src/task-definition/describe-secret.ts';
import { parseSecretReference } from '../../src/task-definition/secret-reference.ts';
import { resolveSecrets } from '../../src/task-definition/secrets.ts';
import type { Path } from '../../src/task-definition/types.ts';
import { ACCOUNT, container, definition, exception, PLACE, withContainer } from './factory.ts';

const SSM = `arn:aws:ssm:eu-central-1:${ACCOUNT}:parameter`;
const SECRET = `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:db-AbCdEf`;
const describeSecret = async (name: string) =>
  `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:${name}-AbCdEf`;

describe('a secret reference becomes the full ARN', () => {
  it.each([
    ['/web/prod/password', `${SSM}/web/prod/password`],
    ['password', `${SSM}/password`],
    ['web/password:3', `${SSM}/web/password:3`],
    ['ssm:/web/password', `${SSM}/web/password`],
    [
      'ssm:ghp_0123456789012345678901234567890123456789',
      `${SSM}/ghp_0123456789012345678901234567890123456789`,
    ],
    [`${SSM}/web/password`, `${SSM}/web/password`],
    [
      'arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/p',
      'arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/p',
    ],
    [SECRET, SECRET],
    [`${SECRET}:key`, `${SECRET}:key::`],
    [`${SECRET}:key:`, `${SECRET}:key::`],
    [`${SECRET}:key::`, `${SECRET}:key::`],
    [`${SECRET}::AWSPREVIOUS`, `${SECRET}::AWSPREVIOUS:`],
    [`${SECRET}:key::0123-id`, `${SECRET}:key::0123-id`],
    [
      'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!cluster-1a2b-XyZ123:username::',
      'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!cluster-1a2b-XyZ123:username::',
    ],
    ['secretsmanager:db', SECRET],
    ['secretsmanager:db:key', `${SECRET}:key::`],
    ['secretsmanager:db:key:AWSPREVIOUS', `${SECRET}:key:AWSPREVIOUS:`],
    ['secretsmanager:db:key::id', `${SECRET}:key::id`],
  ])('%s', async (valueFrom, arn) => {
    const before = withContainer({ secrets: [{ name: 'P', valueFrom }] });
    const after = await resolveSecrets(before, PLACE, describeSecret);
    expect(after).toEqual(withContainer({ secrets: [{ name: 'P', valueFrom: arn }] }));
    expect(await resolveSecrets(after, PLACE, describeSecret)).toEqual(after);
  });

  it('in the partition, region and account of the cluster', async () => {
    const before = withContainer({ secrets: [{ name: 'P', valueFrom: '/p' }] });
    const place = { partition: 'aws-cn', region: 'cn-north-1', account: '210987654321' };
    const after = await resolveSecrets(before, place, describeSecret);
    expect(after.containerDefinitions?.[0]?.secrets?.[0]?.valueFrom).toBe(
      'arn:aws-cn:ssm:cn-north-1:210987654321:parameter/p',
    );
  });

  it('in every container and its log options, asking for each name once', async () => {
    const asked = vi.fn(describeSecret);
    const before = definition({
      containerDefinitions: [
        container({ secrets: [{ name: 'A', valueFrom: 'secretsmanager:db:a' }] }),
        container({
          name: 'side',
          secrets: [{ name: 'B', valueFrom: 'secretsmanager:db:b' }],
          logConfiguration: {
            logDriver: 'splunk',
            secretOptions: [{ name: 'splunk-token', valueFrom: '/splunk' }],
          },
        }),
      ],
    });
    const copy = structuredClone(before);
    const [app, side] = (await resolveSecrets(before, PLACE, asked)).containerDefinitions ?? [];
    expect(app?.secrets?.[0]?.valueFrom).toBe(`${SECRET}:a::`);
    expect(side?.secrets?.[0]?.valueFrom).toBe(`${SECRET}:b::`);
    expect(side?.logConfiguration?.secretOptions?.[0]?.valueFrom).toBe(`${SSM}/splunk`);
    expect(asked.mock.calls).toEqual([['db']]);
    expect(before).toEqual(copy);
  });
});

const BAD = [
  ['', /empty/],
  ['   ', /empty/],
  ['my password', /no reference/],
  ['p@ss', /no reference/],
  ['https://example.com/p', /no reference/],
  [`$${'{{'} secrets.PASSWORD }}`, /placeholder/],
  ['/web/$STAGE/password', /placeholder/],
  ['/web/$' + '{STAGE}/password', /placeholder/],
  ['ssm:', /characters/],
  ['ssm:my password', /characters/],
  ['/web//password', /no reference/],
  ['arn:aws:s3:::bucket/password', /something else/],
  ['arn:nonsense', /something else/],
  [`${SSM}//web/password`, /exactly one slash/],
  [`${SSM}`, /exactly one slash/],
  ['arn:aws:ssm:eu-central-1::parameter/p', /12 digits/],
  ['arn:aws:ssm::123456789012:parameter/p', /region/],
  ['arn:aws:secretsmanager:eu-central-1:123456789012:parameter:x', /no ARN of a secret/],
  [`${SECRET}:key:AWSCURRENT:id`, /keep one/],
  [`${SECRET}:key:::`, /more fields/],
  [`${SECRET}:key:a b:`, /invalid characters/],
  ['secretsmanager:', /characters/],
  ['secretsmanager:a b', /characters/],
  ['secretsmanager:db:key:stage:id', /keep one/],
  ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', /looks like a secret/],
  ['AKIAIOSFODNN7EXAMPLE', /looks like a secret/],
  ['eyJhbGciOi.eyJzdWIi.c2ln', /looks like a secret/],
  ['0123456789abcdef0123456789abcdef', /looks like a secret/],
  ['a1B2c3D4e5F6g7H8i9J0', /looks like a secret/],
] as const;

describe('a bad secret reference', () => {
  it.each(BAD)('is told with its reason: %s', (text, reason) => {
    expect(parseSecretReference(text)).toMatchObject({
      kind: 'invalid',
      reason: expect.stringMatching(reason),
    });
  });

  it.each([
    'MyAppProductionDatabasePassword2',
    'web-prod-db-v2-password',
    'npm_registry_token',
    'DB1',
  ])('is not what is an ordinary name: %s', (text) => {
    expect(parseSecretReference(text)).toEqual({ kind: 'ssm', name: text });
  });

  it('is told by variable, container and line, all at once, and never by its text', async () => {
    const secrets = BAD.map(([valueFrom], index) => ({ name: `S${index}`, valueFrom }));
    const locate = (path: Path) => ({ file: 'task.json', line: Number(path[3]) + 1 });
    const error = await resolveSecrets(
      withContainer({ secrets }),
      PLACE,
      describeSecret,
      locate,
    ).catch((thrown: unknown) => thrown as RejectedError);
    const problems = (error as RejectedError).problems;
    expect(problems).toHaveLength(BAD.length);
    expect(problems[3]).toMatchObject({
      path: 'containerDefinitions[0].secrets[3].valueFrom',
      file: 'task.json',
      line: 4,
      message: expect.stringContaining('secret S3 of container app'),
    });
    for (const [text] of BAD.filter(
      ([text]) => text.trim() !== '' && text !== 'ssm:' && text !== 'secretsmanager:',
    )) {
      expect(String(error)).not.toContain(text);
    }
  });

  it('is one without a valueFrom', async () => {
    const before = withContainer({ secrets: [{ name: 'P' }] });
    await expect(resolveSecrets(before, PLACE, describeSecret)).rejects.toThrow(/P .*empty/);
  });

  it('is one whose secret is not there; other errors pass', async () => {
    const before = withContainer({
      secrets: [
        { name: 'A', valueFrom: 'secretsmanager:gone' },
        { name: 'B', valueFrom: 'secretsmanager:gone' },
      ],
    });
    const missing = async () => Promise.reject(rejected('secrets', 'names gone, …'));
    await expect(resolveSecrets(before, PLACE, missing)).rejects.toMatchObject({
      problems: [
        { message: expect.stringMatching(/A .* names gone/) },
        { message: expect.stringMatching(/B /) },
      ],
    });
    const down = exception('InternalServiceError');
    await expect(resolveSecrets(before, PLACE, () => Promise.reject(down))).rejects.toBe(down);
  });
});

describe('describing a secret', () => {
  const manager = mockClient(SecretsManagerClient);
  const ask = () => {
    const arn = describeSecretArn(new SecretsManagerClient({}))('db');
    return arn.finally(() => manager.reset());
  };

  it('gives its ARN and asks for metadata alone', async () => {
    manager.on(DescribeSecretCommand, { SecretId: 'db' }).resolves({ ARN: SECRET });
    const answer = describeSecretArn(new SecretsManagerClient({}))('db');
    await expect(answer).resolves.toBe(SECRET);
    expect(manager.calls().map(({ args }) => args[0].constructor.name)).toEqual([
      'DescribeSecretCommand',
    ]);
    manager.reset();
  });

  it.each([
    ['ResourceNotFoundException', /no such secret/],
    ['AccessDeniedException', /secretsmanager:DescribeSecret.*full ARN/],
  ])('turns %s into what to do', async (name, message) => {
    manager.on(DescribeSecretCommand).rejects(exception(name));
    const error = await ask().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RejectedError);
    expect(String(error)).toMatch(message);
  });

  it('refuses one that is about to be deleted, and lets other errors pass', async () => {
    manager.on(DescribeSecretCommand).resolves({ ARN: SECRET, DeletedDate: new Date(0) });
    await expect(ask()).rejects.toThrow(/scheduled for deletion/);
    manager.on(DescribeSecretCommand).rejects(exception('InternalServiceError'));
    await expect(ask()).rejects.toThrow('InternalServiceError');
  });
});
