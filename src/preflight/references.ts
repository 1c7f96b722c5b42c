import { parseArn } from '../arn.ts';
import type { Context } from '../diagnosis/types.ts';
import { isObject, objectsOf } from '../task-definition/json.ts';
import { containersOf, logConfigurationOf } from '../task-definition/rules/rule.ts';

/** An SSM parameter that the task definition names. */
export interface ParameterReference {
  readonly kind: 'parameter';
  /** Without version or label. */
  readonly arn: string;
  /** As SSM calls it: `/web/prod/password`, or `password`. */
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** Version number or label. */
  readonly selector: string | undefined;
}

/** A Secrets Manager secret that the task definition names. */
export interface SecretReference {
  readonly kind: 'secret';
  /** ARN without JSON key and version; it may lack the six random characters. */
  readonly arn: string;
  /** For people: as the ARN says it. */
  readonly name: string;
  readonly region: string;
  readonly jsonKey: string | undefined;
  readonly stage: string | undefined;
  readonly versionId: string | undefined;
}

export type Reference = ParameterReference | SecretReference;

/**
 * Every different secret that the execution role reads for a task: `secrets`, the `secretOptions` of
 * log configurations and the credentials of private registries.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
 */
export function referencesOf({ definition, place }: Context): readonly Reference[] {
  const texts = containersOf(definition).flatMap(({ container }) => {
    const slots = [container.secrets, logConfigurationOf(container).secretOptions];
    const registry = isObject(container.repositoryCredentials)
      ? container.repositoryCredentials.credentialsParameter
      : undefined;
    const named = typeof registry === 'string' && !registry.startsWith('arn:');
    const credentials = named
      ? `arn:${place.partition}:secretsmanager:${place.region}:${place.account}:secret:${registry}`
      : registry;
    return [...slots.flatMap(objectsOf).map(([, { valueFrom }]) => valueFrom), credentials];
  });
  const different = new Set(texts.filter((text) => typeof text === 'string'));
  return [...different].map(parse).filter((reference) => reference !== undefined);
}

export function parametersOf(references: readonly Reference[]): readonly ParameterReference[] {
  return references.filter((reference) => reference.kind === 'parameter');
}

export function secretsOf(references: readonly Reference[]): readonly SecretReference[] {
  return references.filter((reference) => reference.kind === 'secret');
}

/** One of each ARN, in order. */
export function differentArns<T extends { readonly arn: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.arn, item])).values()];
}

function parse(text: string): Reference | undefined {
  const parts = parseArn(text);
  if (!parts) return undefined;
  const { partition, service, region, account, resource } = parts;
  const prefix = `arn:${partition}:${service}:${region}:${account}`;
  if (service === 'ssm') {
    const [path = '', selector] = resource.split(':');
    const name = path.replace(/^parameter\//, '');
    return {
      kind: 'parameter',
      arn: `${prefix}:${path}`,
      name: name.includes('/') ? `/${name}` : name,
      region,
      account,
      selector,
    };
  }
  if (service === 'secretsmanager') {
    const [, name = '', jsonKey, stage, versionId] = resource.split(':');
    return {
      kind: 'secret',
      arn: `${prefix}:secret:${name}`,
      name,
      region,
      jsonKey: jsonKey || undefined,
      stage: stage || undefined,
      versionId: versionId || undefined,
    };
  }
  return undefined;
}
