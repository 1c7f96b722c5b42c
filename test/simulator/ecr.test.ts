import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  GetRepositoryPolicyCommand,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';
import { describe, expect, it } from 'vitest';
import { indexType, manifestType } from './images.ts';
import { account, clientOptions, deployer, tell, without } from './sdk.ts';
import type { ImageSpec, World } from './world.ts';
import { webWorld } from './worlds.ts';

async function begin(world: Partial<World> = {}, region?: string) {
  const story = await tell(webWorld({ world }));
  return { story, ecr: new ECRClient(clientOptions(story.simulator, region)) };
}

const repositoryName = 'web';
const web = (...tags: (string | ImageSpec)[]) => ({ repositories: { web: { tags } } });

describe('DescribeImages', () => {
  it('tells when a tag was pushed, and its digest', async () => {
    const { story, ecr } = await begin(
      web({ tag: 'a', alsoTagged: ['latest'], pushedSecondsAgo: 90 }),
    );
    const byTag = await ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'latest' }] }),
    );
    const [image] = byTag.imageDetails ?? [];
    expect(image).toMatchObject({ registryId: account, imageTags: ['a', 'latest'] });
    expect(image?.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(story.simulator.now() - (image?.imagePushedAt?.getTime() ?? 0)).toBeCloseTo(90_000, -2);
    const byDigest = await ecr.send(
      new DescribeImagesCommand({
        repositoryName,
        imageIds: [{ imageDigest: image?.imageDigest }],
      }),
    );
    expect(byDigest.imageDetails?.[0]?.imageTags).toEqual(['a', 'latest']);
  });

  it('lists all images page by page, with those that indexes hold', async () => {
    const { ecr } = await begin(web('a', { tag: 'b', platforms: ['linux/amd64', 'linux/arm64'] }));
    const tags: string[][] = [];
    for await (const { imageDetails = [] } of paginateDescribeImages(
      { client: ecr, pageSize: 2 },
      { repositoryName },
    )) {
      expect(imageDetails.length).toBeLessThanOrEqual(2);
      tags.push(...imageDetails.map(({ imageTags = [] }) => imageTags));
    }
    expect(tags).toEqual([['a'], ['b'], [], []]);
    const tagged = await ecr.send(
      new DescribeImagesCommand({ repositoryName, filter: { tagStatus: 'TAGGED' } }),
    );
    expect(tagged.imageDetails).toHaveLength(2);
  });

  it('does not know a tag or a repository that does not exist', async () => {
    const { ecr } = await begin(web('a'));
    await expect(
      ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'b' }] })),
    ).rejects.toMatchObject({
      name: 'ImageNotFoundException',
      message: `The image with imageId {imageDigest:'null', imageTag:'b'} does not exist within the repository with name 'web' in the registry with id '${account}'`,
    });
    await expect(
      ecr.send(new DescribeImagesCommand({ repositoryName: 'wbe' })),
    ).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
      message: `The repository with name 'wbe' does not exist in the registry with id '${account}'`,
    });
  });

  it('knows nothing in another region, and nothing of another account', async () => {
    const { ecr } = await begin({}, 'us-east-1');
    await expect(ecr.send(new DescribeImagesCommand({ repositoryName }))).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
    const there = new DescribeImagesCommand({ repositoryName, registryId: '999999999999' });
    await expect(ecr.send(there)).rejects.toMatchObject({
      message: expect.stringContaining('because no resource-based policy allows the ecr:'),
    });
  });

  it('finds every image where the world lists no repositories', async () => {
    const world = webWorld();
    delete world.repositories;
    const story = await tell(world);
    const ecr = new ECRClient(clientOptions(story.simulator));
    const ids = [{ imageTag: 'anything' }];
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({ repositoryName: 'any', imageIds: ids }),
    );
    expect(imageDetails?.[0]?.imageTags).toEqual(['anything']);
  });
});

describe('BatchGetImage and the layers', () => {
  const get = (tag: string, acceptedMediaTypes = [indexType, manifestType]) =>
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: tag }], acceptedMediaTypes });

  it('gives a single manifest, whose configuration can be downloaded without a signature', async () => {
    const { story, ecr } = await begin(web({ tag: 'arm', platforms: ['linux/arm64'] }));
    const { images } = await ecr.send(get('arm'));
    expect(images?.[0]?.imageManifestMediaType).toBe(manifestType);
    const { config } = JSON.parse(images?.[0]?.imageManifest ?? '');
    const { downloadUrl = '' } = await ecr.send(
      new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: config.digest }),
    );
    const blob = await (await fetch(downloadUrl)).text();
    expect(blob).toHaveLength(config.size);
    expect(JSON.parse(blob)).toMatchObject({ os: 'linux', architecture: 'arm64' });
    expect(story.simulator.calls.at(-1)).toMatchObject({ service: 's3', operation: 'GetObject' });
    expect((await fetch(`${downloadUrl}0`)).status).toBe(404);
  });

  it('gives an index with its platforms and an attestation', async () => {
    const platforms = ['linux/amd64', 'linux/arm64/v8'];
    const { ecr } = await begin(web({ tag: 'both', platforms }));
    const { images } = await ecr.send(get('both'));
    expect(images?.[0]?.imageManifestMediaType).toBe(indexType);
    const { manifests } = JSON.parse(images?.[0]?.imageManifest ?? '');
    expect(manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64', variant: 'v8' },
      { os: 'unknown', architecture: 'unknown' },
    ]);
    const child = new BatchGetImageCommand({
      repositoryName,
      imageIds: [{ imageDigest: manifests[0].digest }],
    });
    expect((await ecr.send(child)).images?.[0]?.imageManifestMediaType).toBe(manifestType);
  });

  it('tells what it did not find among its failures', async () => {
    const { ecr } = await begin(web('a', { tag: 'b', manifest: 'index' }));
    expect((await ecr.send(get('nope'))).failures).toEqual([
      {
        imageId: { imageTag: 'nope' },
        failureCode: 'ImageNotFound',
        failureReason: 'Requested image not found',
      },
    ]);
    expect((await ecr.send(get('b', [manifestType]))).images).toEqual([]);
  });
});

describe('around images', () => {
  it('tells the policy of a repository, or that it has none', async () => {
    const policy = {
      Statement: [{ Effect: 'Allow' as const, Action: 'ecr:*', Principal: '*' as const }],
    };
    const { ecr } = await begin({
      repositories: { web: { tags: [], policy }, bare: { tags: [] } },
    });
    const { policyText } = await ecr.send(new GetRepositoryPolicyCommand({ repositoryName }));
    expect(JSON.parse(policyText ?? '')).toEqual(policy);
    await expect(
      ecr.send(new GetRepositoryPolicyCommand({ repositoryName: 'bare' })),
    ).rejects.toMatchObject({ name: 'RepositoryPolicyNotFoundException' });
  });

  it('tells the pull-through cache rules', async () => {
    const { ecr } = await begin({
      pullThroughCacheRules: [{ prefix: 'docker-hub', upstream: 'registry-1.docker.io' }],
    });
    const all = await ecr.send(new DescribePullThroughCacheRulesCommand({}));
    expect(all.pullThroughCacheRules).toMatchObject([
      { ecrRepositoryPrefix: 'docker-hub', upstreamRegistryUrl: 'registry-1.docker.io' },
    ]);
    const other = new DescribePullThroughCacheRulesCommand({ ecrRepositoryPrefixes: ['quay'] });
    await expect(ecr.send(other)).rejects.toMatchObject({
      name: 'PullThroughCacheRuleNotFoundException',
    });
  });

  it('lists repositories', async () => {
    const { ecr } = await begin();
    const { repositories } = await ecr.send(new DescribeRepositoriesCommand({}));
    expect(repositories?.[0]).toMatchObject({
      repositoryName: 'web',
      repositoryUri: `${account}.dkr.ecr.eu-west-1.amazonaws.com/web`,
    });
  });

  it.each([
    ['ecr:DescribeImages', new DescribeImagesCommand({ repositoryName })],
    ['ecr:BatchGetImage', new BatchGetImageCommand({ repositoryName, imageIds: [] })],
    ['ecr:GetRepositoryPolicy', new GetRepositoryPolicyCommand({ repositoryName })],
    [
      'ecr:GetDownloadUrlForLayer',
      new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: 'sha256:0' }),
    ],
  ])('needs %s', async (action, command) => {
    const { ecr } = await begin({ callers: without(action) });
    await expect(ecr.send(command as DescribeImagesCommand)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${deployer} is not authorized to perform: ${action} on resource: arn:aws:ecr:eu-west-1:${account}:repository/web because no identity-based policy allows the ${action} action`,
    });
  });
});
