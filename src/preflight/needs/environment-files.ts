import { objectsOf } from '../../task-definition/json.ts';
import { containersOf } from '../../task-definition/rules/rule.ts';
import { must, type Need, type NeedSource, should, somethingElse } from './need.ts';

/**
 * Reading environment files of S3. The policy of the bucket may allow it as well.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
 */
export const environmentFileNeeds: NeedSource = async ({ plan }) => {
  const { region } = plan.context.place;
  const files = containersOf(plan.definition).flatMap(({ container }) =>
    objectsOf(container.environmentFiles).map(([, { value }]) => String(value)),
  );
  const objects = [...new Set(files)].flatMap((arn) => {
    const bucket = /^(arn:[^:]+:s3:::[^/]+)\/./.exec(arn)?.[1];
    return bucket === undefined ? [] : [{ arn, bucket }];
  });
  const need = (part: Pick<Need, 'what' | 'actions' | 'resources'>): Need => ({
    class: 'env-file',
    region,
    other: somethingElse,
    ...part,
  });
  return [
    ...objects.map(({ arn }) =>
      need({
        what: `read environment file ${arn.slice(arn.indexOf(':::') + 3)}`,
        actions: [must('s3:GetObject')],
        resources: [arn],
      }),
    ),
    ...[...new Set(objects.map(({ bucket }) => bucket))].map((bucket) =>
      need({
        what: `find the Region of bucket ${bucket.slice(bucket.indexOf(':::') + 3)}`,
        actions: [should('s3:GetBucketLocation')],
        resources: [bucket],
      }),
    ),
  ];
};
