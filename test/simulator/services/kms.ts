import { ApiError } from '../errors.ts';
import { findKey } from '../keys.ts';
import { authorize } from '../permissions.ts';
import type { KeySpec } from '../resources.ts';
import type { Json } from '../world.ts';
import type { Context } from './room.ts';
import { isHere, jsonService } from './room.ts';

/** What a key is; nothing is encrypted or decrypted here. */
export const kms = jsonService('kms', 'TrentService', {
  DescribeKey: describeKey,
  GetKeyPolicy: getKeyPolicy,
});

function enter(input: Json, context: Context, operation: string): KeySpec {
  const { state, caller, region } = context;
  const { account, partition = 'aws' } = state.world;
  const name = String(input.KeyId);
  const key = isHere(context) ? findKey(state.world, name) : undefined;
  const asked = name.startsWith('arn:')
    ? name
    : `arn:${partition}:kms:${region}:${account}:${name.startsWith('alias/') ? name : `key/${name}`}`;
  authorize(caller, `kms:${operation}`, key?.arn ?? asked);
  if (key === undefined) {
    const message = asked.includes(':alias/')
      ? `Alias ${asked} is not found.`
      : `Key '${asked}' does not exist`;
    throw new ApiError('NotFoundException', message);
  }
  return key;
}

/** The key policy that KMS gives a key by itself leaves it to the account's IAM policies. */
function getKeyPolicy(input: Json, context: Context): Json {
  const { policy } = enter(input, context, 'GetKeyPolicy');
  const { account, partition = 'aws' } = context.state.world;
  const usual = {
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  };
  return { Policy: JSON.stringify(policy ?? usual), PolicyName: 'default' };
}

function describeKey(input: Json, context: Context): Json {
  const key = enter(input, context, 'DescribeKey');
  const { account } = context.state.world;
  return {
    KeyMetadata: {
      AWSAccountId: account,
      KeyId: key.arn.slice(key.arn.lastIndexOf('/') + 1),
      Arn: key.arn,
      CreationDate: 1_700_000_000,
      Enabled: true,
      Description: '',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: 'Enabled',
      Origin: 'AWS_KMS',
      KeyManager: key.manager ?? 'CUSTOMER',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: false,
    },
  };
}
