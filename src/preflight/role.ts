import type { Role } from '@aws-sdk/client-iam';
import type { Place } from '../task-definition/types.ts';
import { ask, once } from './ask.ts';
import type { Subject } from './types.ts';

/** A role as the task definition or STS names it. */
export interface RoleName {
  readonly arn: string;
  /** Without its path. */
  readonly name: string;
}

/** Task definitions name a role by its ARN or by its name alone. */
export function roleNamed(text: string, { partition, account }: Place): RoleName {
  const arn = text.startsWith('arn:') ? text : `arn:${partition}:iam::${account}:role/${text}`;
  return { arn, name: arn.slice(arn.lastIndexOf('/') + 1) };
}

/**
 * The role called `name` of the caller's account, asked for once a subject.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 *
 * @throws as `ask`; AWS's `NoSuchEntityException` when there is no such role
 */
export function readRole(subject: Subject, name: string): Promise<Role | undefined> {
  return once(subject, `role ${name}`, () =>
    ask(subject, 'iam:GetRole', async (abortSignal) => {
      const [client, { GetRoleCommand }] = await Promise.all([
        subject.aws.iam(),
        import('@aws-sdk/client-iam'),
      ]);
      const answer = await client.send(new GetRoleCommand({ RoleName: name }), { abortSignal });
      return answer.Role;
    }),
  );
}

/** The error names of IAM for something that does not exist: as modelled, and as sent. */
export const noSuchEntity = ['NoSuchEntityException', 'NoSuchEntity'] as const;
