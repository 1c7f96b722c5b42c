import { hashOf } from './ids.ts';
import type { ImageSpec, RepositorySpec } from './resources.ts';
import type { World } from './world.ts';

/** An image or a list of images as a registry stores it. */
export interface StoredImage {
  digest: string;
  tags: string[];
  kind: 'single' | 'index';
  mediaType: string;
  manifest: string;
  platforms: string[];
  pushedSecondsAgo: number;
  /** The configurations behind the manifest, by digest: what layers are fetched as. */
  blobs: Record<string, string>;
}

/** Where an image reference points to in a private ECR registry. */
export interface EcrReference {
  host: string;
  account: string;
  region: string;
  repository: string;
  tag: string | undefined;
  digest: string | undefined;
}

export const indexType = 'application/vnd.oci.image.index.v1+json';
export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';

/** Reads `A.dkr.ecr.R.amazonaws.com/repository[:tag][@digest]`; undefined for other registries. */
export function readEcrReference(image: unknown): EcrReference | undefined {
  const [, host, account = '', region = '', repository = '', tag, digest] =
    /^((\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.[^/]+)\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(
      String(image),
    ) ?? [];
  if (host === undefined) return undefined;
  return { host, account, region, repository, tag, digest };
}

/** The repository of that name; where the world lists none, every one exists. */
export function findRepository(world: World, name: string): RepositorySpec | undefined {
  if (world.repositories === undefined) return { tags: [] };
  return Object.hasOwn(world.repositories, name) ? world.repositories[name] : undefined;
}

/** All that is stored in a repository: the tagged images, and those that indexes hold. */
export function imagesOf(world: World, repository: string): StoredImage[] {
  return (findRepository(world, repository)?.tags ?? []).flatMap((spec) => store(repository, spec));
}

/** The image with that digest, else that tag. Where the world lists no repositories, it exists. */
export function findImage(
  world: World,
  repository: string,
  { tag, digest }: { tag?: string | undefined; digest?: string | undefined },
): StoredImage | undefined {
  if (world.repositories === undefined) {
    const [image] = store(repository, tag ?? 'latest');
    return image && { ...image, digest: digest ?? image.digest };
  }
  return imagesOf(world, repository).find((image) =>
    digest === undefined ? image.tags.includes(tag ?? 'latest') : image.digest === digest,
  );
}

function store(repository: string, spec: string | ImageSpec): StoredImage[] {
  const {
    tag,
    alsoTagged = [],
    pushedSecondsAgo = 3600,
    ...image
  }: ImageSpec = typeof spec === 'string' ? { tag: spec } : spec;
  const { platforms = ['linux/amd64'] } = image;
  const kind = image.manifest ?? (platforms.length > 1 ? 'index' : 'single');
  const tags = [tag, ...alsoTagged];
  const singles = platforms.map((platform) => single(`${repository}:${tag}`, platform));
  if (kind === 'single') {
    return singles.slice(0, 1).map((one) => ({ ...one, tags, pushedSecondsAgo }));
  }
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [...singles.map(descriptor), attestation(`${repository}:${tag}`)],
  });
  const index: StoredImage = {
    digest: digestOf(manifest),
    tags,
    kind,
    mediaType: indexType,
    manifest,
    platforms,
    pushedSecondsAgo,
    blobs: {},
  };
  return [index, ...singles.map((one) => ({ ...one, pushedSecondsAgo }))];
}

function single(name: string, platform: string): StoredImage {
  const [os, architecture, variant] = platform.split('/');
  const config = JSON.stringify({
    architecture,
    os,
    ...(variant && { variant }),
    config: { Cmd: ['/app'] },
    rootfs: { type: 'layers', diff_ids: [digestOf(`${name} layer`)] },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest: digestOf(config), size: config.length },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: digestOf(`${name} ${platform}`),
        size: 31_457_280,
      },
    ],
  });
  return {
    digest: digestOf(manifest),
    tags: [],
    kind: 'single',
    mediaType: manifestType,
    manifest,
    platforms: [platform],
    pushedSecondsAgo: 0,
    blobs: { [digestOf(config)]: config },
  };
}

function descriptor({ digest, manifest, platforms: [platform = ''] }: StoredImage) {
  const [os, architecture, variant] = platform.split('/');
  return {
    mediaType: manifestType,
    digest,
    size: manifest.length,
    platform: { architecture, os, ...(variant && { variant }) },
  };
}

/** What BuildKit adds to every index: the provenance, as an image of no platform. */
function attestation(name: string) {
  return {
    mediaType: manifestType,
    digest: digestOf(`${name} attestation`),
    size: 566,
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    platform: { architecture: 'unknown', os: 'unknown' },
  };
}

function digestOf(content: string): string {
  return `sha256:${hashOf(content)}`;
}
