/** An image of a private ECR registry. */
export interface EcrImage {
  /** As the definition has it. */
  readonly reference: string;
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  /** What is pulled: a digest wins over a tag, and neither means the tag `latest`. */
  readonly id: { readonly imageDigest: string } | { readonly imageTag: string };
}

const pattern =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.[a-z0-9.-]+\/(?<repository>[a-z0-9][a-z0-9._/-]*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha\d+:[0-9a-f]+))?$/;

/**
 * The parts of an image reference, or undefined where it is not one of a private ECR registry (by
 * either of its names, `ACCOUNT.dkr.ecr.REGION.amazonaws.com` and `ACCOUNT.dkr-ecr.REGION.on.aws`).
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 */
export function parseEcrImage(reference: string): EcrImage | undefined {
  const parts = pattern.exec(reference)?.groups;
  if (!parts) return undefined;
  const { account = '', region = '', repository = '', tag = 'latest', digest } = parts;
  const id = digest === undefined ? { imageTag: tag } : { imageDigest: digest };
  return { reference, account, region, repository, id };
}
