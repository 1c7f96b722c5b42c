import { parseArn } from '../arn.ts';
import type { Place } from '../task-definition/types.ts';
import type { FailureClass } from './classes.ts';
import type { Cause, PrincipalKind } from './types.ts';

/** What of a place is known; each part null where it is not. */
export interface KnownPlace {
  readonly partition: string | null;
  readonly region: string | null;
  readonly account: string | null;
}

/** Text from AWS as one line without control characters, cut where it is longer than any name. */
export function plain(text: string, longest = 300): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what goes.
  const line = text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** What a text that names a parameter or secret says of it. */
export interface SecretName {
  /** Null for a bare name, which may be either. */
  readonly service: 'ssm' | 'secretsmanager' | null;
  /** Parameter without its leading slash; secret as in its ARN, with the six characters. */
  readonly name: string;
  /** The ARN without JSON key and version, as policies want it; null for a bare name. */
  readonly arn: string | null;
  /** JSON key of a secret; empty where there is none. */
  readonly key: string;
}

/**
 * Reads a parameter's name or ARN, or a secret's ARN with or without `:json-key:stage:id`.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export function parseSecretName(text: string): SecretName {
  const arn = parseArn(text);
  const [type = '', name = '', key = ''] = arn?.resource.split(':') ?? [];
  if (arn?.service === 'secretsmanager' && type === 'secret') {
    return { service: 'secretsmanager', name, arn: withoutFields(text, 7), key };
  }
  if (arn?.service === 'ssm' && type.startsWith('parameter/')) {
    const parameter = type.slice('parameter/'.length);
    return { service: 'ssm', name: parameter, arn: withoutFields(text, 6), key: '' };
  }
  return { service: null, name: text.replace(/^\//, ''), arn: null, key: '' };
}

/** The first `count` fields of an ARN. */
const withoutFields = (arn: string, count: number) => arn.split(':').slice(0, count).join(':');

/**
 * A secret's name without the six characters that AWS adds. They are told from a word of the name
 * by a digit or a capital, which all but a few of them have.
 */
export function withoutRandom(name: string): string {
  return name.replace(/-(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{6}$/, '');
}

/** For people: `/web/prod/password`, `password`, `prod/db`. */
export function secretTitle(text: string): string {
  const { service, name } = parseSecretName(text);
  if (service === null) return plain(text);
  if (service === 'secretsmanager') return plain(withoutRandom(name));
  return plain(name.includes('/') ? `/${name}` : name);
}

/** An image reference taken apart; `registry` is empty for Docker Hub. */
export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** Reads `[registry/]repository[:tag][@digest]`, also as Docker Hub's API names it. */
export function parseImage(reference: string): ImageName {
  const [named = '', digest = ''] = reference.split('@', 2);
  const first = named.split('/', 1)[0] ?? '';
  const hasRegistry = named.includes('/') && /[.:]|^localhost$/.test(first);
  const host = hasRegistry ? first : '';
  const rest = hasRegistry ? named.slice(first.length + 1) : named;
  const isHub = /(^|\.)docker\.io$/.test(host);
  const colon = rest.lastIndexOf(':');
  const repository = colon < 0 ? rest : rest.slice(0, colon);
  return {
    registry: isHub ? '' : host,
    repository: host === '' || isHub ? repository.replace(/^library\//, '') : repository,
    tag: colon < 0 ? '' : rest.slice(colon + 1),
    digest,
  };
}

/** For people: `web:9d04e11`, without the host of a private registry of Amazon ECR. */
export function imageTitle(reference: string): string {
  const { registry, repository, tag, digest } = parseImage(reference);
  const host = registry === '' || parseEcrHost(registry) ? '' : `${registry}/`;
  const version = tag ? `:${tag}` : digest && `@${digest}`;
  return plain(`${host}${repository}${version}`);
}

const ECR_HOST =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;

/** Where a private registry of Amazon ECR is, by its host; undefined for any other host. */
export function parseEcrHost(host: string): Place | undefined {
  const { account, region } = ECR_HOST.exec(host)?.groups ?? {};
  return account && region ? { account, region, partition: partitionOf(region) } : undefined;
}

/** Partition of a region that hosts under `amazonaws.com` or `amazonaws.com.cn`. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** A log group's name, given itself or an ARN of the group or of a stream in it. */
export function logGroupName(text: string): string {
  const arn = parseArn(text);
  if (arn?.service !== 'logs') return text;
  return arn.resource.replace(/^log-group:/, '').replace(/:.*$/, '');
}

/** For people: the part of an ARN after its account, e.g. `service/prod/web`; else the text. */
export function resourceTitle(text: string): string {
  return plain(parseArn(text)?.resource ?? text);
}

/** For people: a role's or user's name without the ARN and path around it. */
export function principalTitle(text: string): string {
  const resource = parseArn(text)?.resource;
  return plain(resource?.slice(resource.lastIndexOf('/') + 1) ?? text);
}

const REGION =
  /\b(?:us|eu|ap|ca|sa|me|af|il|mx|cn|eusc)(?:-gov|-iso[bef]?|-de)?-(?:central|north|south|east|west|northeast|northwest|southeast|southwest)-\d\b/g;

/** The region that a text names, where it names exactly one. */
export function regionIn(text: string): string | null {
  const regions = new Set(text.match(REGION));
  return regions.size === 1 ? ([...regions][0] ?? null) : null;
}

/** A word for a POSIX shell: as it is where nothing in it is special, else in single quotes. */
export function shellWord(text: string): string {
  const line = plain(text, 2048);
  return /^[\w./:@=,+-]+$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`;
}

/** Each kind of principal as it begins a sentence. */
export const principalKinds: Readonly<Record<PrincipalKind, string>> = {
  'execution-role': 'The execution role',
  'task-role': 'The task role',
  deployer: 'The deployer role',
  'service-linked-role': 'The service-linked role',
  'infrastructure-role': 'The infrastructure role',
};

/** The principal at the start of a sentence: `The execution role web-execution`. */
export function who({
  class: kind,
  principal,
  principalKind,
}: Pick<Cause, 'class' | 'principal' | 'principalKind'>): string {
  const name = principal === null ? '' : ` ${principalTitle(principal)}`;
  if (principal !== null && /:(?:federated-)?user\//.test(principal)) return `The user${name}`;
  if (principalKind !== null) return `${principalKinds[principalKind]}${name}`;
  if (principal !== null) return `The role${name}`;
  return startsTasks.has(kind) ? 'The execution role' : 'The caller';
}

/** What these deny, only an execution role asks for. */
const startsTasks: ReadonlySet<FailureClass> = new Set([
  'secret-access-denied',
  'secretsmanager-access-denied',
  'registry-auth-denied',
  'image-access-denied',
  'log-access-denied',
  'env-file',
]);
