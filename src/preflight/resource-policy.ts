import { isNamed, isObject, objectsOf } from '../task-definition/json.ts';
import { ask, UnansweredError } from './ask.ts';
import type { EcrImage } from './image-reference.ts';
import type { Subject } from './types.ts';
import type { OtherAllowance } from './verdict.ts';

/**
 * Whether the resource policy of a secret could allow what no policy of the role does. Never rejects.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html
 */
export function allowanceOfSecret(
  subject: Subject,
  { arn, region }: { readonly arn: string; readonly region: string },
): Promise<OtherAllowance> {
  return allowanceOf(async () => {
    const answer = await ask(subject, 'secretsmanager:GetResourcePolicy', async (abortSignal) => {
      const [client, { GetResourcePolicyCommand }] = await Promise.all([
        subject.aws.secretsManager(region),
        import('@aws-sdk/client-secrets-manager'),
      ]);
      return client.send(new GetResourcePolicyCommand({ SecretId: arn }), { abortSignal });
    });
    return answer.ResourcePolicy;
  });
}

/**
 * Whether the policy of an image's repository could allow what no policy of the role does. Never
 * rejects. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html
 */
export function allowanceOfRepository(subject: Subject, image: EcrImage): Promise<OtherAllowance> {
  return allowanceOf(async () => {
    const answer = await ask(subject, 'ecr:GetRepositoryPolicy', async (abortSignal) => {
      const [client, { GetRepositoryPolicyCommand }] = await Promise.all([
        subject.aws.ecr(image.region),
        import('@aws-sdk/client-ecr'),
      ]);
      const { account: registryId, repository: repositoryName } = image;
      return client.send(new GetRepositoryPolicyCommand({ registryId, repositoryName }), {
        abortSignal,
      });
    });
    return answer.policyText;
  });
}

async function allowanceOf(read: () => Promise<string | undefined>): Promise<OtherAllowance> {
  try {
    const document = await read();
    return document !== undefined && hasAllowance(document) ? 'possible' : 'none';
  } catch (error) {
    const isKnownToLackOne =
      isNamed(error, 'RepositoryPolicyNotFoundException') ||
      // An endpoint without the operation has no such policies.
      (error instanceof UnansweredError && error.kind === 'unsupported');
    return isKnownToLackOne ? 'none' : 'possible';
  }
}

/** Whether a policy, JSON, has a statement that allows something. */
function hasAllowance(document: string): boolean {
  const policy: unknown = JSON.parse(document);
  if (!isObject(policy)) return false;
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return objectsOf(statements).some(([, { Effect }]) => Effect === 'Allow');
}
