import { containersOf } from '../../task-definition/rules/rule.ts';
import {
  findImage,
  isCached,
  newestImages,
  type Presence,
  readImageConfig,
  readImageManifest,
} from '../image-lookup.ts';
import { type Manifest, wantedPlatform } from '../image-platform.ts';
import { type EcrImage, parseEcrImage } from '../image-reference.ts';
import { runsOnFargate } from '../launch.ts';
import { advised, found, notChecked, passed } from '../results.ts';
import type { Check, CheckResult, Subject } from '../types.ts';

/** Each image exists in ECR and has the platform of the tasks. Other registries are not asked. */
export const images: Check = {
  name: 'images',
  async run(subject) {
    const named = containersOf(subject.plan.definition).map(({ container }) => container.image);
    const references = [...new Set(named.filter((image) => typeof image === 'string'))];
    const results = await Promise.all(
      references.map((reference) => {
        const image = parseEcrImage(reference);
        return image
          ? checkImage(subject, image)
          : [notChecked(`image ${reference}`, 'it is not in a private ECR registry')];
      }),
    );
    return results.flat();
  },
};

async function checkImage(subject: Subject, image: EcrImage): Promise<readonly CheckResult[]> {
  const what = `image ${shortOf(image)}`;
  const [described, manifest] = await Promise.all([
    findImage(subject, image),
    readImageManifest(subject, image),
  ]);
  // Either answer tells whether it is there; a deployer may be allowed only one of the questions.
  const presence = described.kind === 'unknown' ? presenceBy(manifest, described) : described;
  switch (presence.kind) {
    case 'unknown':
      return [notChecked(what, presence.why)];
    case 'no-repository':
      return [await missingRepository(subject, image, what, presence.says)];
    case 'no-image':
      return [await missingImage(subject, image, what, presence.says)];
    case 'there':
      return [passed(`${what} exists`), ...(await checkPlatform(subject, image, manifest))];
  }
}

function presenceBy(manifest: Manifest | Presence, otherwise: Presence): Presence {
  switch (manifest.kind) {
    case 'no-image':
    case 'no-repository':
      return manifest;
    case 'unknown':
    case 'there':
      return otherwise;
    case 'platforms':
    case 'config':
    case 'unreadable':
      return { kind: 'there' };
  }
}

async function missingRepository(
  subject: Subject,
  image: EcrImage,
  what: string,
  evidence: string,
): Promise<CheckResult> {
  const { reference, repository, account, region } = image;
  const known = {
    class: 'image-not-found' as const,
    evidence,
    resource: reference,
  };
  const cached = await isCached(subject, image);
  const summary = `There is no repository ${repository} in the ECR registry of account ${account} in ${region}.`;
  return cached === 'possible'
    ? found(subject, 'may-fail', what, known, {
        summary: `${summary} A pull-through cache may make it with the first pull.`,
      })
    : found(subject, 'fails', what, known, { summary });
}

async function missingImage(
  subject: Subject,
  image: EcrImage,
  what: string,
  evidence: string,
): Promise<CheckResult> {
  const known = {
    class: 'image-not-found' as const,
    evidence,
    resource: image.reference,
  };
  const [cached, newest] = await Promise.all([
    isCached(subject, image),
    newestImages(subject, image, 5),
  ]);
  const result = found(subject, cached === 'possible' ? 'may-fail' : 'fails', what, known);
  const tags = newest.map(({ imageTags = [], imagePushedAt }) => {
    const age =
      imagePushedAt && ` (pushed ${agoWords(subject.clock.now() - imagePushedAt.getTime())} ago)`;
    return `${imageTags[0]}${age ?? ''}`;
  });
  return tags.length === 0
    ? result
    : advised(result, { advice: `Newest tags in ${image.repository}: ${tags.join(', ')}.` });
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** @param ms milliseconds */
function agoWords(ms: number): string {
  for (const [unit, length] of units) {
    const amount = Math.floor(ms / length);
    if (amount >= 1) return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
  }
  return 'less than a minute';
}

async function checkPlatform(
  subject: Subject,
  image: EcrImage,
  manifest: Manifest | Presence,
): Promise<readonly CheckResult[]> {
  const { definition } = subject.plan;
  const wanted = wantedPlatform(definition, runsOnFargate(subject.plan));
  if (wanted === undefined) return [];
  const what = `platform ${wanted} of image ${shortOf(image)}`;
  const read = await platformsOf(subject, image, manifest);
  if (read.kind === 'unknown') return [notChecked(what, read.why)];
  if (read.platforms.includes(wanted)) return [passed(`image ${shortOf(image)} is for ${wanted}`)];
  const has = read.platforms.join(', ');
  const known = {
    class: 'image-platform-mismatch' as const,
    evidence: `ecr:BatchGetImage answers with the platform ${has}`,
    resource: image.reference,
    platform: wanted,
  };
  const summary = `The image ${shortOf(image)} is built for ${has}, but the tasks run on ${wanted}.`;
  return [found(subject, 'fails', what, known, { summary })];
}

/** The platforms of the image, or why they are not known. Never rejects. */
async function platformsOf(
  subject: Subject,
  image: EcrImage,
  manifest: Manifest | Presence,
): Promise<
  | { readonly kind: 'platforms'; readonly platforms: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: unknown }
> {
  switch (manifest.kind) {
    case 'platforms':
    case 'unknown':
      return manifest;
    case 'config':
      try {
        const platform = await readImageConfig(subject, image, manifest.digest);
        return platform === undefined
          ? { kind: 'unknown', why: 'its configuration cannot be read' }
          : { kind: 'platforms', platforms: [platform] };
      } catch (why) {
        return { kind: 'unknown', why };
      }
    case 'unreadable':
    case 'there':
    case 'no-image':
    case 'no-repository':
      return { kind: 'unknown', why: 'its manifest does not tell' };
  }
}

/** `web:v7`, without the registry. */
function shortOf({ reference }: EcrImage): string {
  return reference.slice(reference.indexOf('/') + 1);
}
