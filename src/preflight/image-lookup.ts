import type { ImageDetail } from '@aws-sdk/client-ecr';
import { isNamed } from '../task-definition/json.ts';
import { ask } from './ask.ts';
import { type Manifest, manifestTypes, readConfig, readManifest } from './image-platform.ts';
import type { EcrImage } from './image-reference.ts';
import type { Subject } from './types.ts';

/** Where an image is looked for, and whether it is there. */
export type Presence =
  | { readonly kind: 'there' }
  /** `says` is who says so, and how. */
  | { readonly kind: 'no-image'; readonly says: string }
  | { readonly kind: 'no-repository'; readonly says: string }
  | { readonly kind: 'unknown'; readonly why: unknown };

/** Bytes: larger than any configuration of an image. */
const largestConfig = 1_000_000;
/** Pages of 1,000 images, which ECR gives in no order. */
const mostPages = 3;

const inRegistry = ({ account, repository }: EcrImage) => ({
  registryId: account,
  repositoryName: repository,
});

async function ecr(subject: Subject, { region }: EcrImage) {
  const [client, commands] = await Promise.all([
    subject.aws.ecr(region),
    import('@aws-sdk/client-ecr'),
  ]);
  return { client, commands };
}

/**
 * Whether ECR has the image. Never rejects.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
 */
export async function findImage(subject: Subject, image: EcrImage): Promise<Presence> {
  try {
    await ask(subject, 'ecr:DescribeImages', async (abortSignal) => {
      const { client, commands } = await ecr(subject, image);
      const input = { ...inRegistry(image), imageIds: [image.id] };
      return client.send(new commands.DescribeImagesCommand(input), { abortSignal });
    });
    return { kind: 'there' };
  } catch (error) {
    return absence('ecr:DescribeImages', error);
  }
}

function absence(operation: string, error: unknown): Presence {
  const says = (name: string) => `${operation} answers ${name}`;
  if (isNamed(error, 'ImageNotFoundException')) return { kind: 'no-image', says: says(error.name) };
  if (isNamed(error, 'RepositoryNotFoundException')) {
    return { kind: 'no-repository', says: says(error.name) };
  }
  return { kind: 'unknown', why: error };
}

/**
 * The manifest of the image, or why there is none. Never rejects.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html
 */
export async function readImageManifest(
  subject: Subject,
  image: EcrImage,
): Promise<Manifest | Presence> {
  try {
    const answer = await ask(subject, 'ecr:BatchGetImage', async (abortSignal) => {
      const { client, commands } = await ecr(subject, image);
      const input = {
        ...inRegistry(image),
        imageIds: [image.id],
        acceptedMediaTypes: manifestTypes,
      };
      return client.send(new commands.BatchGetImageCommand(input), { abortSignal });
    });
    const text = answer.images?.[0]?.imageManifest;
    if (text !== undefined) return readManifest(text);
    const code = answer.failures?.[0]?.failureCode;
    if (code === 'ImageNotFound') {
      return { kind: 'no-image', says: `ecr:BatchGetImage answers ${code}` };
    }
    return { kind: 'unknown', why: `ECR answers ${code ?? 'without a manifest'}` };
  } catch (error) {
    return absence('ecr:BatchGetImage', error);
  }
}

/**
 * The platform of a single image, from its configuration; undefined where that cannot be read.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetDownloadUrlForLayer.html
 *
 * @throws as `ask`
 */
export async function readImageConfig(
  subject: Subject,
  image: EcrImage,
  layerDigest: string,
): Promise<string | undefined> {
  const { downloadUrl } = await ask(subject, 'ecr:GetDownloadUrlForLayer', async (abortSignal) => {
    const { client, commands } = await ecr(subject, image);
    const input = { ...inRegistry(image), layerDigest };
    return client.send(new commands.GetDownloadUrlForLayerCommand(input), { abortSignal });
  });
  if (downloadUrl === undefined) return undefined;
  const text = await ask(subject, 'ecr:GetDownloadUrlForLayer', (signal) =>
    download(downloadUrl, signal),
  );
  return text === undefined ? undefined : readConfig(text);
}

async function download(url: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) return undefined;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body) {
    size += part.byteLength;
    if (size > largestConfig) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The newest images of the repository that have a tag, newest first; none where ECR does not tell. */
export async function newestImages(
  subject: Subject,
  image: EcrImage,
  most: number,
): Promise<readonly ImageDetail[]> {
  const found: ImageDetail[] = [];
  let token: string | undefined;
  try {
    for (let page = 0; page < mostPages; page++) {
      const answer = await ask(subject, 'ecr:DescribeImages', async (abortSignal) => {
        const { client, commands } = await ecr(subject, image);
        const input = {
          ...inRegistry(image),
          filter: { tagStatus: 'TAGGED' as const },
          maxResults: 1000,
          ...(token === undefined ? {} : { nextToken: token }),
        };
        return client.send(new commands.DescribeImagesCommand(input), { abortSignal });
      });
      found.push(...(answer.imageDetails ?? []));
      token = answer.nextToken;
      if (token === undefined) break;
    }
  } catch {
    return [];
  }
  const pushedAt = ({ imagePushedAt }: ImageDetail) => imagePushedAt?.getTime() ?? 0;
  return found
    .filter(({ imageTags }) => (imageTags ?? []).length > 0)
    .toSorted((one, other) => pushedAt(other) - pushedAt(one))
    .slice(0, most);
}

/** First parts of the names of repositories that pull-through caches usually fill. */
const cachePrefix =
  /^(docker-?hub|ecr-public|quay|ghcr|github|kubernetes|k8s|gitlab|azure|chainguard|cgr)\//;

/**
 * Whether ECR could make a repository by the first pull from it, for a pull-through cache rule covers
 * it; where the rules may not be read, its name decides. Never rejects.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
 */
export async function isCached(subject: Subject, image: EcrImage): Promise<'possible' | 'no'> {
  try {
    let token: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const answer = await ask(
        subject,
        'ecr:DescribePullThroughCacheRules',
        async (abortSignal) => {
          const { client, commands } = await ecr(subject, image);
          const input = {
            registryId: image.account,
            ...(token === undefined ? {} : { nextToken: token }),
          };
          return client.send(new commands.DescribePullThroughCacheRulesCommand(input), {
            abortSignal,
          });
        },
      );
      const rules = answer.pullThroughCacheRules ?? [];
      const covers = rules.some(({ ecrRepositoryPrefix: prefix = '' }) =>
        prefix === 'ROOT' ? true : image.repository.startsWith(`${prefix.replace(/\/$/, '')}/`),
      );
      if (covers) return 'possible';
      token = answer.nextToken;
      if (token === undefined) break;
    }
    return 'no';
  } catch {
    return cachePrefix.test(image.repository) ? 'possible' : 'no';
  }
}
