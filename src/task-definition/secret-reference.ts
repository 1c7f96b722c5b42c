/** What a secret reference names; `invalid` carries why, never the text: it may be the secret. */
export type SecretReference =
  | { readonly kind: 'arn'; readonly arn: string }
  | { readonly kind: 'ssm'; readonly name: string }
  /** `suffix` is empty or `:json-key:version-stage:version-id`. */
  | { readonly kind: 'secretsmanager'; readonly name: string; readonly suffix: string }
  | { readonly kind: 'invalid'; readonly reason: string };

const FORMS =
  'Write the name of an SSM parameter (/web/prod/password), ssm:NAME, secretsmanager:NAME, or the full ARN of either.';

const ARN = /^arn:aws[\w-]*:(?<service>[\w-]*):(?<region>[\w-]*):(?<account>\d*):(?<resource>.*)$/s;
const PARAMETER_NAME = /^\/?[\w.-]+(\/[\w.-]+)*(:\d+)?$/;
const PARAMETER_RESOURCE = /^parameter(\/[\w.-]+)+(:[\w.-]+)?$/;
/** The `!` is of secrets that AWS manages: `rds!cluster-…`. */
const SECRET_NAME = /^[\w/+=.@!-]+$/;

/** Secrets themselves: tokens of GitHub, npm, AWS, Slack, Stripe, GitLab and others, JWT, random. */
const VALUES = [
  /^(gh[opsur]_|npm_|AIza)[\w-]{30,}$/,
  /^(github_pat_|glpat-|xox[abp]-|[rs]k_(live|test)_|sk-(proj|ant)-)[\w-]{10,}$/,
  /^A[KS]IA[0-9A-Z]{16}$/,
  /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/,
  /^[0-9a-f]{32,}$/i,
  /^(?=.{20})(?:[A-Za-z]+\d+){3,}[A-Za-z]*$/,
];

/**
 * Reads a reference as the input `secrets` and a task definition's `valueFrom` hold it: an SSM
 * parameter's name or ARN, a Secrets Manager ARN with or without its suffix, `ssm:NAME` or
 * `secretsmanager:NAME[:json-key[:version-stage[:version-id]]]`. A suffix comes back with its three
 * fields, as ECS asks for them all once one is used. The reason of an `invalid` one completes "the
 * reference of PASSWORD …".
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export function parseSecretReference(text: string): SecretReference {
  if (text.trim() === '') return invalid('is empty');
  if (/\$\{|\$\(|\$[A-Za-z_]|\{\{/.test(text)) {
    return invalid('holds a placeholder that nothing has filled in');
  }
  if (text.startsWith('arn:')) return parseArn(text);
  if (text.startsWith('secretsmanager:')) return parseSecretName(text.replace(/^[^:]*:/, ''));
  const isExplicit = text.startsWith('ssm:');
  const name = isExplicit ? text.replace('ssm:', '') : text;
  if (!PARAMETER_NAME.test(name)) {
    return invalid(
      isExplicit
        ? 'holds characters that no parameter name has'
        : 'is no reference to a parameter or secret. If it is the secret itself, store it there first',
    );
  }
  if (!isExplicit && VALUES.some((value) => value.test(name))) {
    return invalid(
      'looks like a secret itself, not like the name of one (if it is a name, write ssm: before it)',
    );
  }
  return { kind: 'ssm', name };
}

function parseArn(text: string): SecretReference {
  const { service, region, account, resource = '' } = ARN.exec(text)?.groups ?? {};
  if (service !== 'ssm' && service !== 'secretsmanager') {
    return invalid('is an ARN of something else than a parameter or secret');
  }
  if (!region || account?.length !== 12) {
    return invalid('is an ARN without a region or the 12 digits of an account');
  }
  if (service === 'ssm') {
    return PARAMETER_RESOURCE.test(resource)
      ? { kind: 'arn', arn: text }
      : invalid('is no ARN of a parameter: after parameter comes exactly one slash, then the name');
  }
  const [type, name = '', ...fields] = resource.split(':');
  if (type !== 'secret' || !SECRET_NAME.test(name)) {
    return invalid('is no ARN of a secret: it ends in secret:NAME-6chars');
  }
  return withSuffix(fields, (suffix) => ({
    kind: 'arn',
    arn: `arn:${text.split(':')[1]}:${service}:${region}:${account}:secret:${name}${suffix}`,
  }));
}

function parseSecretName(text: string): SecretReference {
  const [name = '', ...fields] = text.split(':');
  if (!SECRET_NAME.test(name)) return invalid('holds characters that no secret name has');
  return withSuffix(fields, (suffix) => ({ kind: 'secretsmanager', name, suffix }));
}

function withSuffix(
  fields: readonly string[],
  build: (suffix: string) => SecretReference,
): SecretReference {
  if (fields.length === 0) return build('');
  const [key = '', stage = '', id = '', ...more] = fields;
  if (more.length > 0) return invalid('has more fields than :json-key:version-stage:version-id');
  if (stage !== '' && id !== '') return invalid('has a version stage and a version id: keep one');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (/[\x00-\x1f]/.test(key) || /[^\w.+=/@-]/.test(stage + id)) {
    return invalid('has a suffix with invalid characters');
  }
  return build(`:${key}:${stage}:${id}`);
}

function invalid(what: string): SecretReference {
  return { kind: 'invalid', reason: `${what}. ${FORMS}` };
}
