import { parseArn } from '../arn.ts';
import { ask, once } from './ask.ts';
import { readRole } from './role.ts';
import type { Subject } from './types.ts';

/** Who makes the calls of this step. */
export type Caller =
  /** The account's root user, whom no policy of the account binds. */
  | { readonly kind: 'root' }
  /** A role or user; `principal` is the role's name, or the user's ARN, as denials name them. */
  | { readonly kind: 'principal'; readonly arn: string; readonly principal: string }
  | { readonly kind: 'unknown'; readonly why: unknown };

/**
 * Finds out whose credentials these are. A session's ARN lacks the path of its role, which only
 * iam:GetRole tells; without that permission the role is taken to have none. Never rejects.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function identifyCaller(subject: Subject): Promise<Caller> {
  return once(subject, 'caller', async () => {
    try {
      return await toCaller(subject, await callerArn(subject));
    } catch (why) {
      return { kind: 'unknown', why };
    }
  });
}

async function callerArn(subject: Subject): Promise<string> {
  const answer = await ask(subject, 'sts:GetCallerIdentity', async (abortSignal) => {
    const [client, { GetCallerIdentityCommand }] = await Promise.all([
      subject.aws.sts(),
      import('@aws-sdk/client-sts'),
    ]);
    return client.send(new GetCallerIdentityCommand({}), { abortSignal });
  });
  return answer.Arn ?? '';
}

async function toCaller(subject: Subject, arn: string): Promise<Caller> {
  const { partition, service, account, resource } = parseArn(arn) ?? {};
  if (service === 'iam' && resource === 'root') return { kind: 'root' };
  if (service === 'iam' && resource?.startsWith('user/')) {
    return { kind: 'principal', arn, principal: arn };
  }
  const role = resource?.startsWith('assumed-role/') ? resource.split('/')[1] : undefined;
  if (role === undefined) {
    return { kind: 'unknown', why: 'IAM cannot evaluate the policies of this kind of caller' };
  }
  const read = await readRole(subject, role).catch(() => undefined);
  const withoutPath = `arn:${partition}:iam::${account}:role/${role}`;
  return { kind: 'principal', arn: read?.Arn ?? withoutPath, principal: role };
}
