import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  type DescribeImagesCommandInput,
  DescribePullThroughCacheRulesCommand,
  GetDownloadUrlForLayerCommand,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { images } from '../../src/preflight/checks/image.ts';
import { parseEcrImage } from '../../src/preflight/image-reference.ts';
import { service } from '../support/rollout.ts';
import {
  ACCOUNT,
  awsError,
  definition,
  denied,
  findings,
  healthyAccount,
  image,
  mocks,
  REGION,
  reasons,
  runInSilence,
  silent,
  subjectOf,
  throttled,
  told,
  unsupported,
} from './support.ts';

beforeEach(healthyAccount);
afterEach(() => {
  vi.unstubAllGlobals();
});

const host = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const digest = `sha256:${'0'.repeat(64)}`;
const withImage = (reference: string, more: Parameters<typeof definition>[0] = {}) =>
  subjectOf({ definition: definition(more, { image: reference }) });
const arm = { runtimePlatform: { cpuArchitecture: 'ARM64' as const } };

const manifest = (content: unknown) =>
  mocks.ecr
    .on(BatchGetImageCommand)
    .resolves({ images: [{ imageManifest: JSON.stringify(content) }] });
const index = (...platforms: string[]) =>
  manifest({
    manifests: platforms.map((platform) => {
      const [os, architecture] = platform.split('/');
      return { platform: { os, architecture } };
    }),
  });

describe('an image reference', () => {
  it.each([
    [`${host}/web`, 'web', { imageTag: 'latest' }],
    [`${host}/web:v7`, 'web', { imageTag: 'v7' }],
    [`${host}/team/web:v7`, 'team/web', { imageTag: 'v7' }],
    [`${host}/web@${digest}`, 'web', { imageDigest: digest }],
    [`${host}/web:v7@${digest}`, 'web', { imageDigest: digest }],
    [`${ACCOUNT}.dkr.ecr-fips.us-east-1.amazonaws.com/web:v7`, 'web', { imageTag: 'v7' }],
    [`${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/web:v7`, 'web', { imageTag: 'v7' }],
    [`${ACCOUNT}.dkr-ecr.${REGION}.on.aws/web:v7`, 'web', { imageTag: 'v7' }],
  ])('%s is one of ECR', (reference, repository, id) => {
    expect(parseEcrImage(reference)).toMatchObject({ account: ACCOUNT, repository, id });
  });

  it('tells its Region', () => {
    expect(parseEcrImage(`${ACCOUNT}.dkr.ecr-fips.us-gov-west-1.amazonaws.com/w`)?.region).toBe(
      'us-gov-west-1',
    );
  });

  it.each([
    'nginx',
    'nginx:1.29',
    'public.ecr.aws/nginx/nginx:1.29',
    'ghcr.io/example/web:v7',
    `registry.example/${host}/web`,
    `${host}/`,
    `${host}/web:`,
  ])('%s is not', (reference) => {
    expect(parseEcrImage(reference)).toBeUndefined();
  });
});

describe('an image', () => {
  it('that exists for the platform passes', async () => {
    expect(told(await images.run(subjectOf()))).toEqual([
      'passed: image web:v7 exists',
      'passed: image web:v7 is for linux/amd64',
    ]);
  });

  it('is asked for in its own registry and Region', async () => {
    const subject = withImage('210987654321.dkr.ecr.us-east-1.amazonaws.com/team/web:v7');
    await images.run(subject);
    expect(mocks.ecr.commandCalls(DescribeImagesCommand)[0]?.args[0].input).toEqual({
      registryId: '210987654321',
      repositoryName: 'team/web',
      imageIds: [{ imageTag: 'v7' }],
    });
    expect(subject.regions).toContain('us-east-1');
  });

  it('of several containers is asked for once', async () => {
    const [container] = definition().containerDefinitions ?? [];
    const containerDefinitions = [container ?? {}, { ...container, name: 'worker' }];
    await images.run(subjectOf({ definition: definition({ containerDefinitions }) }));
    expect(mocks.ecr.commandCalls(DescribeImagesCommand)).toHaveLength(1);
  });

  it('of another registry is not checked, a line each', async () => {
    expect(await images.run(withImage('nginx:1.29'))).toEqual([
      {
        mark: 'not-checked',
        what: 'image nginx:1.29',
        why: 'it is not in a private ECR registry',
      },
    ]);
  });

  describe('that is missing', () => {
    const missing = (pages: readonly object[] = [{ imageDetails: [] }]) => {
      mocks.ecr.on(DescribeImagesCommand).callsFake((input: DescribeImagesCommandInput) => {
        if (input.imageIds) throw awsError('ImageNotFoundException');
        return pages[input.nextToken ? Number(input.nextToken) : 0];
      });
      mocks.ecr
        .on(BatchGetImageCommand)
        .resolves({ images: [], failures: [{ failureCode: 'ImageNotFound' }] });
    };

    it('fails and tells the newest tags that are there', async () => {
      const subject = subjectOf();
      const pushed = (minutes: number, ...imageTags: string[]) => ({
        imageTags,
        imagePushedAt: new Date(subject.clock.now() - minutes * 60_000),
      });
      missing([
        { imageDetails: [pushed(3_000, 'v4'), pushed(5, 'v6', 'stable')], nextToken: '1' },
        { imageDetails: [pushed(61, 'v5'), { imagePushedAt: new Date() }] },
      ]);
      const [finding] = findings(await images.run(subject));
      expect(finding).toMatchObject({ mark: 'fails', class: 'image-not-found', resource: image });
      expect(finding?.fix).toMatch(
        /^Newest tags in web: v6 \(pushed 5 minutes ago\), v5 \(pushed 1 hour ago\), v4 \(pushed 2 days ago\)\./,
      );
    });

    it('fails without them where they may not be listed', async () => {
      mocks.ecr.on(DescribeImagesCommand).callsFake((input: DescribeImagesCommandInput) => {
        throw input.imageIds ? awsError('ImageNotFoundException') : denied();
      });
      const [finding] = findings(await images.run(subjectOf()));
      expect(finding?.mark).toBe('fails');
      expect(finding?.fix ?? '').not.toContain('Newest tags');
    });

    it('is found missing by its manifest where it may not be described', async () => {
      missing();
      mocks.ecr.on(DescribeImagesCommand).rejects(denied());
      expect(findings(await images.run(subjectOf()))).toMatchObject([
        {
          mark: 'fails',
          class: 'image-not-found',
          evidence: 'ecr:BatchGetImage answers ImageNotFound',
        },
      ]);
    });

    it('may yet be fetched by a pull-through cache', async () => {
      missing();
      mocks.ecr
        .on(DescribePullThroughCacheRulesCommand)
        .resolves({ pullThroughCacheRules: [{ ecrRepositoryPrefix: 'mirror' }] });
      const subject = withImage(`${host}/mirror/library/nginx:1`);
      expect(findings(await images.run(subject))).toMatchObject([{ mark: 'may-fail' }]);
    });
  });

  describe('of a repository that is missing', () => {
    beforeEach(() => {
      mocks.ecr
        .on(DescribeImagesCommand)
        .rejects(awsError('RepositoryNotFoundException'))
        .on(BatchGetImageCommand)
        .rejects(awsError('RepositoryNotFoundException'));
    });

    it('fails and says so', async () => {
      expect(findings(await images.run(subjectOf()))).toMatchObject([
        {
          mark: 'fails',
          class: 'image-not-found',
          resource: image,
          summary: `There is no repository web in the ECR registry of account ${ACCOUNT} in ${REGION}.`,
        },
      ]);
    });

    it.each([
      ['hub', 'hub/library/nginx', 'may-fail'],
      ['ROOT', 'web', 'may-fail'],
      ['hub', 'hubble/web', 'fails'],
    ])('with the cache rule %s and the name %s', async (ecrRepositoryPrefix, name, mark) => {
      mocks.ecr
        .on(DescribePullThroughCacheRulesCommand)
        .resolvesOnce({ pullThroughCacheRules: [], nextToken: 'two' })
        .resolves({ pullThroughCacheRules: [{ ecrRepositoryPrefix }] });
      expect(findings(await images.run(withImage(`${host}/${name}:1`)))).toMatchObject([{ mark }]);
    });

    it.each([
      ['docker-hub/library/nginx', 'may-fail'],
      ['ghcr/example/web', 'may-fail'],
      ['web', 'fails'],
      ['quayside/web', 'fails'],
    ])('called %s is judged by its name where the rules may not be read', async (name, mark) => {
      mocks.ecr.on(DescribePullThroughCacheRulesCommand).rejects(denied());
      expect(findings(await images.run(withImage(`${host}/${name}:1`)))).toMatchObject([{ mark }]);
    });
  });

  it.each([
    ['denied', denied(), 'needs `ecr:DescribeImages`'],
    ['unsupported', unsupported(), 'there is no ecr:DescribeImages here'],
    ['throttled', throttled(), 'AWS throttles ecr:DescribeImages'],
  ])('is not checked when %s', async (_, error, why) => {
    mocks.ecr.on(DescribeImagesCommand).rejects(error).on(BatchGetImageCommand).rejects(error);
    expect(reasons(await images.run(subjectOf()))).toEqual([why]);
  });

  it('is not checked when nothing answers', async () => {
    mocks.ecr.onAnyCommand().callsFake(silent);
    mocks.ecr
      .on(DescribeImagesCommand)
      .callsFake(silent)
      .on(BatchGetImageCommand)
      .callsFake(silent);
    expect(findings(await runInSilence(images, subjectOf()))).toEqual([]);
  });
});

describe('the platform of an image', () => {
  it.each([
    ['linux/amd64', {}, ['linux/amd64', 'linux/arm64'], 'passed'],
    ['linux/arm64', arm, ['linux/amd64', 'linux/arm64'], 'passed'],
    ['linux/amd64', {}, ['linux/arm64'], 'fails'],
    ['linux/arm64', arm, ['linux/amd64', 'unknown/unknown'], 'fails'],
    [
      'windows/amd64',
      { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' as const } },
      ['linux/amd64'],
      'fails',
    ],
  ])('%s is looked for', async (wanted, more, has, mark) => {
    index(...has);
    const [, result] = await images.run(withImage(image, more));
    expect(result?.mark).toBe(mark);
    expect(result?.what).toContain(wanted);
  });

  it('that differs fails, and says which there are', async () => {
    index('linux/arm64', 'unknown/unknown');
    expect(findings(await images.run(subjectOf()))).toMatchObject([
      {
        mark: 'fails',
        class: 'image-platform-mismatch',
        resource: image,
        summary: 'The image web:v7 is built for linux/arm64, but the tasks run on linux/amd64.',
      },
    ]);
  });

  it('is that of the instances on EC2, where the definition names none', async () => {
    index('linux/arm64');
    const onEc2 = {
      service: service({ launchesOnFargate: false }),
      definition: definition({ requiresCompatibilities: ['EC2'] }),
    };
    expect(told(await images.run(subjectOf(onEc2)))).toEqual(['passed: image web:v7 exists']);
  });

  it.each([
    [
      'an index of attestations',
      { manifests: [{ platform: { os: 'unknown', architecture: 'x' } }] },
    ],
    [
      'an index with an image of no said platform',
      { manifests: [{ platform: { os: 'linux', architecture: 'arm64' } }, { digest: 'sha256:a' }] },
    ],
    ['a manifest without a configuration', { layers: [] }],
    ['something else', 'text'],
  ])('is not checked for %s', async (_, content) => {
    manifest(content);
    expect(reasons(await images.run(subjectOf()))).toEqual(['its manifest does not tell']);
  });

  it('is not checked where the manifest may not be read', async () => {
    mocks.ecr.on(BatchGetImageCommand).rejects(denied());
    const results = await images.run(subjectOf());
    expect(told(results)[0]).toBe('passed: image web:v7 exists');
    expect(reasons(results)).toEqual(['needs `ecr:BatchGetImage`']);
  });

  describe('of a single image', () => {
    const config = 'sha256:c0';
    beforeEach(() => {
      manifest({ config: { digest: config } });
      mocks.ecr
        .on(GetDownloadUrlForLayerCommand)
        .resolves({ downloadUrl: 'https://layers.example/config' });
    });
    const answering = (body: string, status = 200) => {
      const fetched = vi.fn(async () => new Response(body, { status }));
      vi.stubGlobal('fetch', fetched);
      return fetched;
    };

    it('is in its configuration', async () => {
      const fetched = answering(JSON.stringify({ os: 'linux', architecture: 'arm64' }));
      expect(findings(await images.run(subjectOf()))).toMatchObject([
        { mark: 'fails', class: 'image-platform-mismatch' },
      ]);
      expect(fetched).toHaveBeenCalledWith('https://layers.example/config', expect.anything());
      expect(mocks.ecr.commandCalls(GetDownloadUrlForLayerCommand)[0]?.args[0].input).toMatchObject(
        { layerDigest: config, repositoryName: 'web' },
      );
    });

    it.each([
      ['is not found', '', 404],
      ['is no JSON', '<html>', 200],
      ['says nothing', '{}', 200],
      [
        'is larger than any configuration',
        JSON.stringify({ os: 'linux', architecture: 'arm64', x: 'x'.repeat(2_000_000) }),
        200,
      ],
    ])('is not checked where that %s', async (_, body, status) => {
      answering(body, status);
      expect(reasons(await images.run(subjectOf()))).toEqual(['its configuration cannot be read']);
    });

    it('is not checked where layers may not be read', async () => {
      mocks.ecr.on(GetDownloadUrlForLayerCommand).rejects(denied());
      expect(reasons(await images.run(subjectOf()))).toEqual([
        'needs `ecr:GetDownloadUrlForLayer`',
      ]);
    });

    it('is not checked where the download never ends', async () => {
      vi.stubGlobal('fetch', silent);
      expect(reasons(await runInSilence(images, subjectOf()))).toEqual([
        'no answer from ecr:GetDownloadUrlForLayer in time',
      ]);
    });
  });
});
