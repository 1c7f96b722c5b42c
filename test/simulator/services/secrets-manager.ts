import { ApiError } from '../errors.ts';
import { authorize } from '../permissions.ts';
import type { Json } from '../world.ts';
import type { Context } from './room.ts';
import { jsonService } from './room.ts';

/** Metadata only: a world has no values, and asking for one is refused. */
export const secretsManager = jsonService('secretsmanager', 'secretsmanager', {
  DescribeSecret: (input, context) => {
    const secret = findSecret(input, context);
    authorize(
      context.caller,
      'secretsmanager:DescribeSecret',
      secret?.arn ?? String(input.SecretId),
    );
    if (secret === undefined) {
      const message = "Secrets Manager can't find the specified secret.";
      throw new ApiError('ResourceNotFoundException', message);
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      ...(secret.kmsKeyArn === undefined ? {} : { KmsKeyId: secret.kmsKeyArn }),
      ...(secret.empty === true
        ? {}
        : { VersionIdsToStages: { 'a1b2c3d4-5678-90ab-cdef-example11111': ['AWSCURRENT'] } }),
    };
  },
  GetSecretValue: (input, context) => {
    const arn = findSecret(input, context)?.arn ?? String(input.SecretId);
    authorize({ ...context.caller, allow: [] }, 'secretsmanager:GetSecretValue', arn);
    return {};
  },
});

/** By name, by ARN, or by ARN without the six random characters. */
function findSecret(input: Json, { state }: Context) {
  const id = String(input.SecretId);
  return state.world.secrets?.find(({ arn, name }) => [name, arn, arn.slice(0, -7)].includes(id));
}
