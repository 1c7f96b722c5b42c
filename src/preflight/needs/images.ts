import { containersOf } from '../../task-definition/rules/rule.ts';
import { type EcrImage, parseEcrImage } from '../image-reference.ts';
import { runsOnFargate } from '../launch.ts';
import { allowanceOfRepository } from '../resource-policy.ts';
import { isForeign, notChecked } from '../results.ts';
import type { Subject } from '../types.ts';
import {
  must,
  type Need,
  type NeedSource,
  nothingElse,
  should,
  somethingElse,
  usedOnEc2,
} from './need.ts';

/**
 * Pulling the images of private ECR registries: one token, and each repository.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_ECS.html
 */
export const imageNeeds: NeedSource = async (subject) => {
  const { plan } = subject;
  const images = containersOf(plan.definition).flatMap(
    ({ container }) => parseEcrImage(String(container.image)) ?? [],
  );
  if (images.length === 0) return [];
  if (!runsOnFargate(plan)) return [notChecked('pull the images from ECR', usedOnEc2)];
  const { partition, region } = plan.context.place;
  const repositories = new Map(images.map((image) => [repositoryArn(image, partition), image]));
  return [
    {
      class: 'registry-auth-denied',
      what: 'sign in to ECR',
      actions: [must('ecr:GetAuthorizationToken')],
      resources: ['*'],
      region,
      other: nothingElse,
    },
    ...[...repositories].map(([arn, image]) => pullNeed(subject, image, arn)),
  ];
};

/** A pull asks for layers only by their manifest: some clients never look whether they are there. */
const pullActions = [
  must('ecr:BatchGetImage'),
  must('ecr:GetDownloadUrlForLayer'),
  should('ecr:BatchCheckLayerAvailability'),
];

function pullNeed(subject: Subject, image: EcrImage, arn: string): Need {
  return {
    class: 'image-access-denied',
    what: `pull images of repository ${image.repository}`,
    actions: pullActions,
    resources: [arn],
    region: image.region,
    other: isForeign(subject, arn)
      ? somethingElse
      : (access) => allowanceOfRepository(subject, image, access),
  };
}

function repositoryArn({ account, region, repository }: EcrImage, partition: string): string {
  return `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
}
