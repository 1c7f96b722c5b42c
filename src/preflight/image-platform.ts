import { isObject, type JsonObject, objectsOf } from '../task-definition/json.ts';
import type { TaskDefinition } from '../task-definition/types.ts';

/** What the manifest of an image says of its platforms. */
export type Manifest =
  /** An index, or an old manifest that tells it itself: `linux/amd64` and the like. */
  | { readonly kind: 'platforms'; readonly platforms: readonly string[] }
  /** One image: the platform is in the blob with this digest. */
  | { readonly kind: 'config'; readonly digest: string }
  | { readonly kind: 'unreadable' };

/** The kinds of manifests that are read; an index is preferred to what it lists. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/**
 * Reads an image manifest, JSON. https://github.com/opencontainers/image-spec/blob/main/image-index.md
 */
export function readManifest(text: string): Manifest {
  const manifest = parse(text);
  if (!manifest) return { kind: 'unreadable' };
  if (Array.isArray(manifest.manifests)) {
    const listed = objectsOf(manifest.manifests).map(([, { platform }]) => platform);
    // An image that does not say its platform may be the one.
    if (!listed.every(isObject)) return { kind: 'unreadable' };
    const platforms = listed.flatMap((platform) => platformOf(platform) ?? []);
    return platforms.length > 0
      ? { kind: 'platforms', platforms: [...new Set(platforms)] }
      : { kind: 'unreadable' };
  }
  const { config } = manifest;
  return isObject(config) && typeof config.digest === 'string'
    ? { kind: 'config', digest: config.digest }
    : { kind: 'unreadable' };
}

/** The platform in the configuration of an image, JSON; undefined where it says none. */
export function readConfig(text: string): string | undefined {
  const config = parse(text);
  return config && platformOf(config);
}

/** Attestations stand in an index as `unknown/unknown`: they are no platform. */
function platformOf({ os, architecture }: JsonObject): string | undefined {
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined;
  if (os === '' || architecture === '' || os === 'unknown') return undefined;
  return `${os}/${architecture}`.toLowerCase();
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The platform that the tasks ask for: what the definition says, or on Fargate its default; undefined
 * where the instances decide it.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RuntimePlatform.html
 */
export function wantedPlatform(
  { runtimePlatform }: TaskDefinition,
  onFargate: boolean,
): string | undefined {
  const { cpuArchitecture, operatingSystemFamily } = runtimePlatform ?? {};
  if (!onFargate && cpuArchitecture === undefined) return undefined;
  const os = /^WINDOWS/.test(operatingSystemFamily ?? '') ? 'windows' : 'linux';
  return `${os}/${cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64'}`;
}
