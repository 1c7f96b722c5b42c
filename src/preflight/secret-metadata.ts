import type { DescribeSecretResponse } from '@aws-sdk/client-secrets-manager';
import { ask, once, UnansweredError } from './ask.ts';
import type { Subject } from './types.ts';

/**
 * The metadata of a secret, asked for once a subject; never its value.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
 *
 * @param arn with or without the six random characters
 * @throws as `ask`; AWS's `ResourceNotFoundException` when there is no such secret
 */
export function describeSecret(
  subject: Subject,
  { arn, region }: { readonly arn: string; readonly region: string },
): Promise<DescribeSecretResponse> {
  return once(subject, `secret ${arn}`, () =>
    ask(subject, 'secretsmanager:DescribeSecret', async (abortSignal) => {
      const [client, { DescribeSecretCommand }] = await Promise.all([
        subject.aws.secretsManager(region),
        import('@aws-sdk/client-secrets-manager'),
      ]);
      const answer = await client.send(new DescribeSecretCommand({ SecretId: arn }), {
        abortSignal,
      });
      if (answer.ARN === undefined) {
        throw new UnansweredError('silent', 'secretsmanager:DescribeSecret answers with nothing');
      }
      return answer;
    }),
  );
}
