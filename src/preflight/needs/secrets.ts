import {
  differentArns,
  type ParameterReference,
  parametersOf,
  referencesOf,
  type SecretReference,
  secretsOf,
} from '../references.ts';
import { allowanceOfSecret } from '../resource-policy.ts';
import { isForeign, type NotChecked, notChecked } from '../results.ts';
import { describeSecret } from '../secret-metadata.ts';
import type { Subject } from '../types.ts';
import { must, type Need, type NeedSource, nothingElse, somethingElse } from './need.ts';

/** Reading the values of all parameters and secrets; their keys are needs of their own. */
export const secretNeeds: NeedSource = async (subject) => {
  const references = referencesOf(subject.plan.context);
  const parameters = differentArns(parametersOf(references));
  const secrets = differentArns(secretsOf(references));
  return [
    ...parameters.map((parameter) => parameterNeed(subject, parameter)),
    ...(await Promise.all(secrets.map((secret) => secretNeed(subject, secret)))),
  ];
};

function parameterNeed(subject: Subject, { arn, name, region }: ParameterReference): Need {
  return {
    class: 'secret-access-denied',
    what: `read SSM parameter ${name}`,
    actions: [must('ssm:GetParameters')],
    resources: [arn],
    region,
    other: isForeign(subject, arn) ? somethingElse : nothingElse,
  };
}

/** Policies name a secret by its whole ARN, with the six characters that a reference may lack. */
async function secretNeed(subject: Subject, secret: SecretReference): Promise<Need | NotChecked> {
  const what = `read secret ${secret.name}`;
  const arn = await describeSecret(subject, secret).then(
    (described) => described.ARN ?? secret.arn,
    (error: unknown) => (/-[A-Za-z0-9]{6}$/.test(secret.arn) ? secret.arn : { error }),
  );
  if (typeof arn !== 'string') {
    return notChecked(what, arn.error);
  }
  return {
    class: 'secretsmanager-access-denied',
    what,
    actions: [must('secretsmanager:GetSecretValue')],
    resources: [arn],
    region: secret.region,
    other: isForeign(subject, arn)
      ? somethingElse
      : (access) => allowanceOfSecret(subject, { arn, region: secret.region }, access),
  };
}
