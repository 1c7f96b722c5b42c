import { ApiError, invalidParameter } from '../errors.ts';
import type { StoredImage } from '../images.ts';
import { findImage, findRepository, imagesOf } from '../images.ts';
import { authorize } from '../permissions.ts';
import type { RepositorySpec } from '../resources.ts';
import type { Json } from '../world.ts';
import type { Context, Room } from './room.ts';
import { isHere, jsonService, pageFrom, present } from './room.ts';

/** A private registry: what is in it, and how its layers are fetched. */
export const ecr = jsonService('ecr', 'AmazonEC2ContainerRegistry_V20150921', {
  DescribeRepositories: describeRepositories,
  DescribeImages: describeImages,
  BatchGetImage: batchGetImage,
  GetDownloadUrlForLayer: getDownloadUrl,
  GetRepositoryPolicy: getRepositoryPolicy,
  DescribePullThroughCacheRules: describeCacheRules,
});

interface ImageId {
  imageTag?: string;
  imageDigest?: string;
}

/** Checks the permission, then that the repository is there. */
function enter(
  input: Json,
  context: Context,
  action: string,
): { name: string; repository: RepositorySpec } {
  const { state, caller, region } = context;
  const { account, partition = 'aws' } = state.world;
  const registry = String(input.registryId ?? account);
  const name = String(input.repositoryName);
  const arn = `arn:${partition}:ecr:${region}:${registry}:repository/${name}`;
  authorize(caller, `ecr:${action}`, arn);
  if (registry !== account) {
    const reason = `because no resource-based policy allows the ecr:${action} action`;
    authorize({ ...caller, deny: [{ action: '*', reason }] }, `ecr:${action}`, arn);
  }
  const repository = isHere(context) ? findRepository(state.world, name) : undefined;
  if (repository === undefined) throw repositoryNotFound(name, registry);
  return { name, repository };
}

function repositoryNotFound(name: string, registry: string): ApiError {
  return new ApiError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registry}'`,
  );
}

function describeRepositories(input: Json, context: Context): Json {
  const { state, caller, region } = context;
  const { account, partition = 'aws', repositories = {} } = state.world;
  const arn = (name: string) => `arn:${partition}:ecr:${region}:${account}:repository/${name}`;
  const asked = input.repositoryNames as string[] | undefined;
  for (const name of asked ?? ['*']) authorize(caller, 'ecr:DescribeRepositories', arn(name));
  const names = asked ?? (isHere(context) ? Object.keys(repositories) : []);
  const missing = names.find((name) => findRepository(state.world, name) === undefined);
  if (missing !== undefined) throw repositoryNotFound(missing, account);
  const { items, next } = pageFrom(names, input.nextToken, Number(input.maxResults ?? 100));
  return present({
    repositories: items.map((name) => ({
      repositoryArn: arn(name),
      registryId: account,
      repositoryName: name,
      repositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
      createdAt: 1_700_000_000,
      imageTagMutability: 'MUTABLE',
    })),
    nextToken: next,
  });
}

function describeImages(input: Json, context: Context): Json {
  const { name } = enter(input, context, 'DescribeImages');
  const { world } = context.state;
  const ids = input.imageIds as ImageId[] | undefined;
  const size = Number(input.maxResults ?? 100);
  if (size < 1 || size > 1000) {
    throw invalidParameter(
      "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'",
    );
  }
  const { tagStatus = 'ANY' } = (input.filter ?? {}) as { tagStatus?: string };
  const all = imagesOf(world, name).filter(({ tags }) =>
    tagStatus === 'ANY' ? true : tags.length > 0 === (tagStatus === 'TAGGED'),
  );
  const images = ids?.map((id) => {
    const image = findImage(world, name, { tag: id.imageTag, digest: id.imageDigest });
    if (image !== undefined) return image;
    const { imageDigest = 'null', imageTag = 'null' } = id;
    throw new ApiError(
      'ImageNotFoundException',
      `The image with imageId {imageDigest:'${imageDigest}', imageTag:'${imageTag}'} does not exist within the repository with name '${name}' in the registry with id '${world.account}'`,
    );
  });
  const { items, next } = pageFrom(images ?? all, input.nextToken, size);
  return present({
    imageDetails: items.map((image) => details(image, name, context)),
    nextToken: next,
  });
}

function details(image: StoredImage, repositoryName: string, { state, at }: Context): Json {
  return {
    registryId: state.world.account,
    repositoryName,
    imageDigest: image.digest,
    ...(image.tags.length > 0 ? { imageTags: image.tags } : {}),
    imageSizeInBytes: 31_457_280,
    imagePushedAt: at / 1000 - image.pushedSecondsAgo,
    imageManifestMediaType: image.mediaType,
    imageStatus: 'ACTIVE',
  };
}

function batchGetImage(input: Json, context: Context): Json {
  const { name } = enter(input, context, 'BatchGetImage');
  const { world } = context.state;
  const accepted = input.acceptedMediaTypes as string[] | undefined;
  const found: Json[] = [];
  const failures: Json[] = [];
  for (const imageId of (input.imageIds ?? []) as ImageId[]) {
    const { imageTag, imageDigest } = imageId;
    const image = findImage(world, name, { tag: imageTag, digest: imageDigest });
    // No capture is known of an image whose type is not among the accepted ones.
    if (image === undefined || accepted?.includes(image.mediaType) === false) {
      const failureReason = 'Requested image not found';
      failures.push({ imageId, failureCode: 'ImageNotFound', failureReason });
      continue;
    }
    found.push({
      registryId: world.account,
      repositoryName: name,
      imageId: { imageDigest: image.digest, ...(imageTag && { imageTag }) },
      imageManifest: image.manifest,
      imageManifestMediaType: image.mediaType,
    });
  }
  return { images: found, failures };
}

function getDownloadUrl(input: Json, context: Context): Json {
  const { name } = enter(input, context, 'GetDownloadUrlForLayer');
  const digest = String(input.layerDigest);
  if (blobOf(context, name, digest) === undefined) {
    throw new ApiError(
      'LayersNotFoundException',
      `The layer with digest '${digest}' does not exist within the repository with name '${name}' in the registry with id '${context.state.world.account}'`,
    );
  }
  return { downloadUrl: `${context.url}${layerPath}${name}/${digest}`, layerDigest: digest };
}

function blobOf({ state: { world } }: Context, repository: string, digest: string) {
  const images =
    world.repositories === undefined
      ? [findImage(world, repository, {})]
      : imagesOf(world, repository);
  return images.find((image) => image?.blobs[digest] !== undefined)?.blobs[digest];
}

function getRepositoryPolicy(input: Json, context: Context): Json {
  const { name, repository } = enter(input, context, 'GetRepositoryPolicy');
  const { account } = context.state.world;
  if (repository.policy === undefined) {
    throw new ApiError(
      'RepositoryPolicyNotFoundException',
      `Repository policy does not exist for the repository with name '${name}' in the registry with id '${account}'`,
    );
  }
  const policyText = JSON.stringify(repository.policy);
  return { registryId: account, repositoryName: name, policyText };
}

function describeCacheRules(input: Json, context: Context): Json {
  const { state, caller } = context;
  const { account, pullThroughCacheRules = [] } = state.world;
  authorize(caller, 'ecr:DescribePullThroughCacheRules', '*');
  const rules = isHere(context) ? pullThroughCacheRules : [];
  const prefixes = input.ecrRepositoryPrefixes as string[] | undefined;
  const missing = prefixes?.find((prefix) => !rules.some((rule) => rule.prefix === prefix));
  if (missing !== undefined) {
    throw new ApiError(
      'PullThroughCacheRuleNotFoundException',
      `The pull through cache rule with ecrRepositoryPrefix '${missing}' does not exist in the registry with id '${account}'`,
    );
  }
  const asked = rules.filter(({ prefix }) => prefixes?.includes(prefix) ?? true);
  const { items, next } = pageFrom(asked, input.nextToken, Number(input.maxResults ?? 100));
  return present({
    pullThroughCacheRules: items.map(({ prefix, upstream }) => ({
      ecrRepositoryPrefix: prefix,
      upstreamRegistryUrl: upstream,
      registryId: account,
      createdAt: 1_700_000_000,
    })),
    nextToken: next,
  });
}

const layerPath = '/ecr-layers/';

/** Where GetDownloadUrlForLayer points to: a plain download for whoever has the address. */
export const layers: Room = {
  name: 's3',
  admits: 'everyone',
  read: ({ method, path }) => {
    if (method !== 'GET' || !path.startsWith(layerPath)) return undefined;
    const [, repository = '', digest = ''] =
      /^(.+)\/([^/]+)$/.exec(path.slice(layerPath.length)) ?? [];
    return { operation: 'GetObject', input: { repository, digest } };
  },
  answer: ({ input }, context) => {
    const blob = blobOf(context, String(input.repository), String(input.digest));
    if (blob === undefined)
      throw new ApiError('NoSuchKey', 'The specified key does not exist.', 404);
    return { status: 200, type: 'application/octet-stream', body: blob };
  },
  refuse: ({ status, type, message }) => ({
    status,
    type: 'application/xml',
    body: `<Error><Code>${type}</Code><Message>${message}</Message></Error>`,
  }),
};
