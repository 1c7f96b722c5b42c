import { ApiError } from '../errors.ts';
import { findKey } from '../keys.ts';
import { authorize } from '../permissions.ts';
import type { Json } from '../world.ts';
import type { Context } from './room.ts';
import { isHere, jsonService } from './room.ts';

/** What a key is; nothing is encrypted or decrypted here. */
export const kms = jsonService('kms', 'TrentService', { DescribeKey: describeKey });

function describeKey(input: Json, context: Context): Json {
  const { state, caller, region } = context;
  const { account, partition = 'aws' } = state.world;
  const name = String(input.KeyId);
  const key = isHere(context) ? findKey(state.world, name) : undefined;
  const asked = name.startsWith('arn:')
    ? name
    : `arn:${partition}:kms:${region}:${account}:${name.startsWith('alias/') ? name : `key/${name}`}`;
  authorize(caller, 'kms:DescribeKey', key?.arn ?? asked);
  if (key === undefined) {
    const message = asked.includes(':alias/')
      ? `Alias ${asked} is not found.`
      : `Key '${asked}' does not exist`;
    throw new ApiError('NotFoundException', message);
  }
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
