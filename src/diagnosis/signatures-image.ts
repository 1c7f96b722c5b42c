import {
  always,
  denied,
  deniedAction,
  type Facts,
  has,
  network,
  type Reading,
  type Room,
  readDenial,
} from './signatures.ts';
import { find, imageReference } from './text.ts';

const ECR = /\.dkr[.-]ecr[.-]|\bECR\b|ecr:/i;

/**
 * The image that the text names whole: a reference after which the sentence goes on, or the
 * repository of the registry's URL.
 */
export const imageOf = ({ text }: Reading): string | null =>
  imageReference(text) ?? repositoryOf(text);

/** `https://HOST/v2/NAME/manifests/TAG`: without the host for Docker Hub, as people write it. */
function repositoryOf(text: string): string | null {
  const url =
    /https?:\/\/([^\s/"]+)\/v2\/([\w./-]+?)\/(?:manifests|blobs)\/([\w.:-]+)(?=["?: ])/i.exec(text);
  if (!url) return null;
  const [, host = '', name = '', reference = ''] = url;
  const tag = reference.replace(/:$/, '');
  const repository = /docker\.io$/i.test(host) ? name : `${host}/${name}`;
  return /^sha\d+:/i.test(tag) || url[0].includes('/blobs/') ? repository : `${repository}:${tag}`;
}

/** Host of the request that failed. */
const hostOf = ({ text }: Reading) =>
  /(?:https?:\/\/|\b(?:get|head|post) "?)([\w*-]+(?:\.[\w-]+)+)[:/"]/i.exec(text)?.[1] ?? null;

/**
 * A registry said no, in words of its own or with a code of the standard.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
const REFUSED =
  /\b401\b|pull access denied|no basic auth|authorization failed|authentication (?:is )?required|(?<!permission )\bdenied: |insufficient_scope|unauthori[sz]ed|access to the resource is denied|authorization token has expired|check that the role has the permissions|PullContainerAuth/i;

const image = (reading: Reading): Facts => ({ resource: imageOf(reading) });

export const imageRooms: readonly Room[] = [
  {
    frame: has(
      /CannotPull|can(?:no|')?t ?pull (?:the )?(?:image|container|')|failed to resolve ref|pull access denied|image manifest|pull image|pull command failed|pulling (?:image|from host)|failed to (?:pull|unpack) image|manifest unknown/i,
    ),
    signatures: [
      {
        class: 'registry-auth-denied',
        when: deniedAction(/:GetAuthorizationToken$/i),
        read: readDenial('execution-role', undefined, /:GetAuthorizationToken$/i),
      },
      {
        class: 'kms-denied',
        when: deniedAction(/^kms:/i),
        read: readDenial('execution-role', undefined, /^kms:/i),
      },
      {
        class: 'image-access-denied',
        when: ({ denials }) => denials.length > 0,
        read: readDenial('execution-role'),
      },
      {
        class: 'image-rate-limited',
        when: has(
          /toomanyrequests|pull rate limit|\b429\b|too many requests|rate exceeded|throttling/i,
        ),
        read: image,
      },
      {
        class: 'image-platform-mismatch',
        when: has(
          /descriptor matching platform|no matching manifest for|no match for platform|does not match the (?:specified|detected|host) platform|platform of (?:the )?image|operating system/i,
        ),
        read: (reading) => ({
          ...image(reading),
          platform: find(
            reading.text,
            /matching platform ["'](\w+\/[\w/.-]*\w)["']/i,
            /(?:matching platform|manifest for|platform in manifest) (\w+\/[\w/.-]*\w)[ ,:]/i,
          ),
        }),
      },
      {
        class: 'image-access-denied',
        when: (reading) => denied(reading) || REFUSED.test(reading.nameless),
        read: (reading) => ({
          ...image(reading),
          principalKind: ECR.test(reading.text) ? 'execution-role' : null,
        }),
      },
      {
        class: 'image-pull-other',
        when: has(
          /no space left on device|no processor for media-type|failed to (?:unpack|register layer)/i,
        ),
      },
      {
        class: 'registry-network',
        when: network,
        read: (reading) => ({ resource: hostOf(reading) }),
      },
      {
        class: 'image-not-found',
        when: has(
          /not found|manifest unknown|name unknown|does not exist|no such image|check whether the image exists|unable to find image|\b404\b/i,
        ),
        read: image,
      },
      { class: 'image-pull-other', when: always },
    ],
  },
];
