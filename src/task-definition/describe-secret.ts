import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { rejected } from '../errors.ts';
import { isNamed } from './json.ts';
import type { DescribeSecret } from './secrets.ts';

/**
 * Asks Secrets Manager for the ARN of a secret by its name: metadata only, never a value. The
 * command is loaded with the first question, as most deploys ask none. Rejects with a
 * `RejectedError` when there is no such secret, when it is about to be deleted, and when the role
 * may not describe it; other errors pass through. Messages complete "the reference …".
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
 */
export function describeSecretArn(client: Pick<SecretsManagerClient, 'send'>): DescribeSecret {
  return async (name) => {
    const { DescribeSecretCommand } = await import('@aws-sdk/client-secrets-manager');
    const answer = await client
      .send(new DescribeSecretCommand({ SecretId: name }))
      .catch((error: unknown) => {
        if (isNamed(error, 'ResourceNotFoundException')) {
          throw rejected('secrets', `names ${name}, but there is no such secret here.`, error);
        }
        if (isNamed(error, 'AccessDeniedException')) {
          throw rejected(
            'secrets',
            `names ${name}, and the role of this workflow needs secretsmanager:DescribeSecret on it to find its ARN; or give the full ARN.`,
            error,
          );
        }
        throw error;
      });
    if (!answer.ARN) throw new Error(`Secrets Manager described ${name} without an ARN`);
    if (answer.DeletedDate) {
      throw rejected(
        'secrets',
        `names ${name}, which is scheduled for deletion: no task could read it. Restore it or name another.`,
      );
    }
    return answer.ARN;
  };
}
