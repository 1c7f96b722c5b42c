import { shortName } from '../../arn.ts';
import { objectsOf } from '../../task-definition/json.ts';
import { type ContainerView, containersOf } from '../../task-definition/rules/rule.ts';
import { looksLikeCredential } from '../credential.ts';
import { found, passed } from '../results.ts';
import type { Check, CheckResult, Subject } from '../types.ts';

/**
 * No plain environment variable holds a credential: everyone who may describe the task definition
 * could read it. Values are looked at here and told nowhere.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
 */
export const plainCredentials: Check = {
  name: 'credentials in environment variables',
  async run(subject) {
    const containers = containersOf(subject.plan.definition);
    const results = containers.flatMap((view) =>
      objectsOf(view.container.environment).flatMap(([index, { name, value }]) =>
        typeof name === 'string' && typeof value === 'string' && looksLikeCredential(name, value)
          ? [advise(subject, view, index, name, containers.length)]
          : [],
      ),
    );
    return results.length > 0
      ? results
      : [passed('no environment variable looks like a credential')];
  },
};

function advise(
  subject: Subject,
  { name: container, path }: ContainerView,
  index: number,
  variable: string,
  containers: number,
): CheckResult {
  const { context, service } = subject.plan;
  // Only characters that a parameter's name may have, and that mean nothing to a shell.
  const safe = variable.replace(/[^\w.-]/g, '-');
  const parameter = `/${service.name}/${shortName(service.clusterArn)}/${safe}`;
  const target = containers > 1 ? `${container}/${variable}` : variable;
  const location = context.locate([...path, 'environment', index, 'value']);
  const what = `variable ${variable} of container ${container}`;
  return found(
    subject,
    'advice',
    what,
    {
      class: 'bad-task-definition',
      evidence: `environment of container ${container}: ${variable}`,
      resource: variable,
      container,
    },
    {
      summary: `The ${what} looks like a credential in plain text: whoever may read the task definition can read it.`,
      fix: [
        'Store the value as an SSM parameter, from a file that holds only the value:',
        `aws ssm put-parameter --region ${context.place.region} --type SecureString --name ${parameter} --value file://${safe}.txt`,
        'Then remove it from `environment` and give it to the container in this step:',
        'secrets: |',
        `  ${target}=${parameter}`,
        'Revisions that are registered keep the old value: change the credential itself as well.',
      ].join('\n'),
      container,
      file: location?.file ?? null,
      line: location?.line ?? null,
    },
  );
}
