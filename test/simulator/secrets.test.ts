import { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { account, clientOptions, tell, without } from './sdk.ts';
import type { SecretSpec, World } from './world.ts';
import { webWorld } from './worlds.ts';

const keyArn = `arn:aws:kms:eu-west-1:${account}:key/0f5a2c1e-7d3b-4a6f-9c8e-1b2d3c4e5f60`;
const secretArn = `arn:aws:secretsmanager:eu-west-1:${account}:secret:web/db-AbC123`;

async function begin(world: Partial<World> = {}, region?: string) {
  const { simulator } = await tell(webWorld({ world }));
  const options = clientOptions(simulator, region);
  return {
    kms: new KMSClient(options),
    ssm: new SSMClient(options),
    secretsManager: new SecretsManagerClient(options),
  };
}

describe('KMS keys', () => {
  const keys = [{ arn: keyArn, aliases: ['alias/web'] }];
  const id = keyArn.slice(keyArn.indexOf('/') + 1);

  it.each([keyArn, id, 'alias/web', `arn:aws:kms:eu-west-1:${account}:alias/web`])(
    'are known as %s',
    async (KeyId) => {
      const { kms } = await begin({ keys });
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
      expect(KeyMetadata).toMatchObject({ Arn: keyArn, KeyId: id, KeyManager: 'CUSTOMER' });
    },
  );

  it('of AWS itself exist in every account', async () => {
    const { kms } = await begin();
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/aws/ssm' }));
    expect(KeyMetadata?.KeyManager).toBe('AWS');
  });

  it('that a parameter names exist without more words', async () => {
    const { kms } = await begin({ parameters: [{ name: '/a', kmsKeyArn: keyArn }] });
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyArn }));
    expect(KeyMetadata?.Arn).toBe(keyArn);
  });

  it('have the policy of the world, or the one that KMS gives them', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow' as const, Principal: '*' as const, Action: 'kms:Decrypt' }],
    };
    const own = await begin({ keys: [{ arn: keyArn, policy }] });
    const told = await own.kms.send(new GetKeyPolicyCommand({ KeyId: keyArn }));
    expect(JSON.parse(told.Policy ?? '')).toEqual(policy);
    const { kms } = await begin({ keys });
    const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: keyArn }));
    expect(Policy).toContain(`arn:aws:iam::${account}:root`);
  });

  it('that do not exist say so', async () => {
    const { kms } = await begin();
    const missing = (KeyId: string) => kms.send(new DescribeKeyCommand({ KeyId }));
    await expect(missing('alias/nope')).rejects.toMatchObject({
      name: 'NotFoundException',
      message: `Alias arn:aws:kms:eu-west-1:${account}:alias/nope is not found.`,
    });
    await expect(missing(keyArn)).rejects.toMatchObject({
      message: `Key '${keyArn}' does not exist`,
    });
  });

  it('need kms:DescribeKey', async () => {
    const { kms } = await begin({ keys, callers: without('kms:DescribeKey') });
    await expect(kms.send(new DescribeKeyCommand({ KeyId: 'alias/web' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`kms:DescribeKey on resource: ${keyArn} because`),
    });
  });
});

describe('secrets', () => {
  const begun = (secret: Partial<SecretSpec> = {}, more: Partial<World> = {}, region?: string) =>
    begin({ secrets: [{ arn: secretArn, name: 'web/db', ...secret }], ...more }, region);
  const SecretId = 'web/db';

  it('tell their versions, their key and when they were deleted', async () => {
    const versions = { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT', 'blue'] };
    const { secretsManager } = await begun({ versions, kmsKeyArn: keyArn, deletedSecondsAgo: 60 });
    const described = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
    expect(described).toMatchObject({ VersionIdsToStages: versions, KmsKeyId: keyArn });
    expect(described.DeletedDate).toBeInstanceOf(Date);
  });

  it('without a value have no version, and by default no key of their own', async () => {
    const { secretsManager } = await begun({ empty: true });
    const described = await secretsManager.send(new DescribeSecretCommand({ SecretId: secretArn }));
    expect(described.VersionIdsToStages).toBeUndefined();
    expect(described.KmsKeyId).toBeUndefined();
    expect(described.DeletedDate).toBeUndefined();
  });

  it('tell their resource policy, or that they have none', async () => {
    const policy = {
      Statement: [{ Effect: 'Deny' as const, Principal: '*' as const, Action: 'secretsmanager:*' }],
    };
    const { secretsManager } = await begun({ policy });
    const with_ = await secretsManager.send(new GetResourcePolicyCommand({ SecretId }));
    expect(JSON.parse(with_.ResourcePolicy ?? '')).toEqual(policy);
    const { secretsManager: bare } = await begun();
    const without_ = await bare.send(new GetResourcePolicyCommand({ SecretId }));
    expect(without_).toMatchObject({ ARN: secretArn, Name: 'web/db' });
    expect(without_.ResourcePolicy).toBeUndefined();
  });

  it('are unknown in another region, and closed without the permission', async () => {
    const { secretsManager } = await begun({}, {}, 'us-east-1');
    await expect(
      secretsManager.send(new DescribeSecretCommand({ SecretId })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const denied = await begun({}, { callers: without('secretsmanager:GetResourcePolicy') });
    await expect(
      denied.secretsManager.send(new GetResourcePolicyCommand({ SecretId })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`on resource: ${secretArn} because`),
    });
  });
});

describe('parameters', () => {
  const find = (...Values: string[]) =>
    new DescribeParametersCommand({
      ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values }],
    });

  it('tell their key: an alias, an ARN or the default one', async () => {
    const { ssm } = await begin({
      parameters: [
        { name: '/a', kmsKeyArn: 'alias/web' },
        { name: '/b', kmsKeyArn: keyArn },
        { name: '/c' },
        { name: '/d', type: 'String' },
      ],
    });
    const { Parameters } = await ssm.send(find('/a', '/b', '/c', '/d'));
    expect(Parameters?.map(({ KeyId }) => KeyId)).toEqual([
      'alias/web',
      keyArn,
      'alias/aws/ssm',
      undefined,
    ]);
  });

  it('of a hierarchy are named with their slash', async () => {
    const { ssm } = await begin({ parameters: [{ name: '/a/b' }, { name: 'c' }] });
    expect((await ssm.send(find('a/b', 'c'))).Parameters).toHaveLength(1);
    expect((await ssm.send(find('/a/b', '/c'))).Parameters).toHaveLength(2);
  });

  it('may be on a later page than the first, which is then empty', async () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ name: `/other/${index}` }));
    const { ssm } = await begin({ parameters: [...many, { name: '/a' }] });
    const pages: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = await ssm.send(
        new DescribeParametersCommand({ ...find('/a').input, MaxResults: 50, NextToken }),
      );
      pages.push(page.Parameters?.length ?? 0);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(pages).toEqual([0, 1]);
  });

  it('are asked for by fifty names at most', async () => {
    const { ssm } = await begin();
    await expect(ssm.send(find(...Array(51).fill('/a')))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('are unknown in another region', async () => {
    const { ssm } = await begin({}, 'us-east-1');
    expect((await ssm.send(find('/web/prod/password'))).Parameters).toEqual([]);
  });
});
