import { versionsOf } from '../engine/secret-errors.ts';
import { ApiError } from '../errors.ts';
import { authorize } from '../permissions.ts';
import type { SecretSpec } from '../resources.ts';
import type { Json } from '../world.ts';
import type { Context } from './room.ts';
import { jsonService, present } from './room.ts';

/** Metadata only: a world has no values, and asking for one is refused. */
export const secretsManager = jsonService('secretsmanager', 'secretsmanager', {
  DescribeSecret: (input, context) => {
    const secret = enter(input, context, 'DescribeSecret');
    const versions = versionsOf(secret);
    const { deletedSecondsAgo } = secret;
    return present({
      ARN: secret.arn,
      Name: secret.name,
      KmsKeyId: secret.kmsKeyArn,
      CreatedDate: 1_700_000_000,
      LastChangedDate: 1_700_000_000,
      DeletedDate:
        deletedSecondsAgo === undefined ? undefined : context.at / 1000 - deletedSecondsAgo,
      VersionIdsToStages: Object.keys(versions).length === 0 ? undefined : versions,
    });
  },
  GetResourcePolicy: (input, context) => {
    const { arn, name, policy } = enter(input, context, 'GetResourcePolicy');
    const document = policy === undefined ? undefined : JSON.stringify(policy);
    return present({ ARN: arn, Name: name, ResourcePolicy: document });
  },
  GetSecretValue: (input, context) => {
    const arn = findSecret(input, context)?.arn ?? String(input.SecretId);
    authorize({ ...context.caller, allow: [] }, 'secretsmanager:GetSecretValue', arn);
    return {};
  },
});

/** Checks the permission, then that the secret is there. */
function enter(input: Json, context: Context, action: string): SecretSpec {
  const secret = findSecret(input, context);
  const resource = secret?.arn ?? String(input.SecretId);
  authorize(context.caller, `secretsmanager:${action}`, resource);
  if (secret !== undefined) return secret;
  const message = "Secrets Manager can't find the specified secret.";
  throw new ApiError('ResourceNotFoundException', message);
}

/** By name, by ARN, or by ARN without the six random characters; only in its own region. */
function findSecret(input: Json, { state, region }: Context): SecretSpec | undefined {
  const id = String(input.SecretId);
  return state.world.secrets?.find(
    ({ arn, name }) => arn.split(':')[3] === region && [name, arn, arn.slice(0, -7)].includes(id),
  );
}
