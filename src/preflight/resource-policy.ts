import { parseArn } from '../arn.ts';
import type { JsonObject } from '../task-definition/json.ts';
import { isNamed, isObject } from '../task-definition/json.ts';
import { ask, UnansweredError } from './ask.ts';
import type { EcrImage } from './image-reference.ts';
import {
  conditionsOf,
  coversAction,
  like,
  listOf,
  positiveOperator,
  statementsOf,
} from './policy.ts';
import type { Subject } from './types.ts';
import type { OtherAllowance } from './verdict.ts';

/** What a role wants to do with the resource whose policy is read. */
export interface Access {
  /** ARN of the role. */
  readonly principal: string;
  readonly action: string;
  /** ARN. */
  readonly resource: string;
  /** What the request carries, by condition key. */
  readonly context: Readonly<Record<string, string>>;
}

/**
 * Whether the resource policy of a secret could allow what no policy of the role does. Never rejects.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html
 */
export function allowanceOfSecret(
  subject: Subject,
  { arn, region }: { readonly arn: string; readonly region: string },
  access: Access,
): Promise<OtherAllowance> {
  return allowanceOf(access, async () => {
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
export function allowanceOfRepository(
  subject: Subject,
  image: EcrImage,
  access: Access,
): Promise<OtherAllowance> {
  return allowanceOf(access, async () => {
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

/**
 * Whether the policy of a key could allow what no policy of the role does: keys are often shared so.
 * Grants are not read. Never rejects.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
 */
export async function allowanceOfKey(
  subject: Subject,
  region: string,
  access: Access,
): Promise<OtherAllowance> {
  const allowance = await allowanceOf(access, async () => {
    const answer = await ask(subject, 'kms:GetKeyPolicy', async (abortSignal) => {
      const [client, { GetKeyPolicyCommand }] = await Promise.all([
        subject.aws.kms(region),
        import('@aws-sdk/client-kms'),
      ]);
      return client.send(new GetKeyPolicyCommand({ KeyId: access.resource }), { abortSignal });
    });
    return answer.Policy;
  });
  return allowance === 'granted' ? allowance : 'possible';
}

async function allowanceOf(
  access: Access,
  read: () => Promise<string | undefined>,
): Promise<OtherAllowance> {
  try {
    const document = await read();
    return document === undefined ? 'none' : judgeResourcePolicy(document, access);
  } catch (error) {
    const isKnownToLackOne =
      isNamed(error, 'RepositoryPolicyNotFoundException') ||
      // An endpoint without the operation has no such policies.
      (error instanceof UnansweredError && error.kind === 'unsupported');
    return isKnownToLackOne ? 'none' : 'possible';
  }
}

/**
 * What the policy of a resource, JSON, says for a role of the same account that no policy of its own
 * allows anything. Only a statement that names the role, or everyone, grants it; whatever is not
 * plain is `possible`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function judgeResourcePolicy(document: string, access: Access): OtherAllowance {
  const statements = statementsOf(document);
  if (!statements) return 'possible';
  const allowing = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .map((statement) => grantOf(statement, access));
  const isDenying = statements.some(
    (statement) => statement.Effect === 'Deny' && !isAboutPlaintext(statement),
  );
  if (allowing.includes('granted')) return isDenying ? 'possible' : 'granted';
  return allowing.includes('possible') ? 'possible' : 'none';
}

/** Many policies deny what comes without TLS: no task's request does. */
function isAboutPlaintext(statement: JsonObject): boolean {
  return conditionsOf(statement).some(
    ({ operator, key, values }) =>
      /^Bool(IfExists)?$/.test(operator) &&
      key.toLowerCase() === 'aws:securetransport' &&
      values.every((value) => value === 'false'),
  );
}

function grantOf(statement: JsonObject, access: Access): OtherAllowance {
  const isInverted = ['NotPrincipal', 'NotAction', 'NotResource'].some((key) => key in statement);
  if (isInverted) return 'possible';
  const resources = listOf(statement.Resource).map(String);
  const isMeant =
    coversAction(statement, access.action) &&
    // The policies of repositories name no resource.
    (resources.length === 0 || resources.some((pattern) => like(pattern, access.resource)));
  const named = isMeant ? nameOfRole(statement, access.principal) : 'none';
  if (named !== 'granted') return named;
  const context = requestContext(access);
  const tests = conditionsOf(statement).map(({ operator, key, values }) => {
    const sent = context.get(key.toLowerCase());
    if (sent === undefined || !positiveOperator.test(operator)) return 'possible';
    return values.some((value) => like(value, sent)) ? 'granted' : 'none';
  });
  if (tests.includes('none')) return 'none';
  return tests.includes('possible') ? 'possible' : 'granted';
}

/** Whether the principals of a statement are the role: its account, or an id, may stand for it. */
function nameOfRole({ Principal }: JsonObject, role: string): OtherAllowance {
  const named = (isObject(Principal) ? listOf(Principal.AWS) : listOf(Principal)).map(String);
  if (named.some((one) => one === '*' || one === role)) return 'granted';
  const account = parseArn(role)?.account;
  const stands = (one: string) =>
    one === account || one.endsWith(`:iam::${account}:root`) || !one.includes(':');
  return named.some(stands) ? 'possible' : 'none';
}

/** By condition key in lower case, as keys have no case. */
function requestContext({ principal, context }: Access): ReadonlyMap<string, string> {
  const account = parseArn(principal)?.account ?? '';
  const known = {
    'aws:PrincipalArn': principal,
    'aws:PrincipalAccount': account,
    'kms:CallerAccount': account,
    ...context,
  };
  return new Map(Object.entries(known).map(([key, value]) => [key.toLowerCase(), value]));
}
