/** Names that end so hold a credential, not something about one (`…_FILE`, `…_TTL`, `…_NAME`). */
const namesOfCredentials =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|TOKEN|CREDENTIALS?|(API|ACCESS|PRIVATE|SECRET|SIGNING|ENCRYPTION|MASTER|LICENSE|AUTH)_?KEY|SECRET_KEY_BASE)_?\d*$/;

/** What is meant for everyone to see, e.g. in a browser. */
const publicNames = /(^|_)(PUBLIC|PUBLISHABLE)(_|$)/;

/** Values that are a setting, a place or a reference and no credential, whatever the name is. */
const plainValues = [
  /^$/,
  /^(true|false|yes|no|on|off|null|none|nil|undefined|enabled?|disabled?|required|optional|auto|default)$/i,
  /^[\d.,_]+\s*(ms|s|m|h|d|[kmg]b?)?$/i,
  // What fetch() calls credentials, and names of headers.
  /^(include|omit|same-origin)$/i,
  /^x(-[a-z]+)+$/i,
  // Paths and files.
  /^(~|\.{0,2})\//,
  /^[A-Za-z]:\\/,
  // ARNs, names of stored secrets, addresses.
  /^arn:/,
  /^[a-z]+:\/\/[^@]*$/i,
  /^(ssm|secretsmanager|vault|file|env):/i,
  /^[a-z][a-z0-9-]*(\/[a-z][a-z0-9-]*)+$/,
  // Placeholders, and values that are masked.
  /\$\{|\$\(|^\$[A-Za-z_]\w*$|\{\{|^<.*>$|^%\w+%$/,
  /^[*x.]+$/i,
];

/** Values that are credentials by their own form. */
const formsOfCredentials = [
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[opsur]_[A-Za-z0-9]{20,}/,
  /\b(github_pat_|glpat-|npm_)[\w-]{20,}/,
  /\bxox[abeprs]-[\w-]{10,}/,
  /\b[rs]k_live_[A-Za-z0-9]{10,}/,
  /\bsk-(proj|ant)-[\w-]{20,}/,
  /\bAIza[\w-]{35}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/,
  /\bhooks\.slack\.com\/services\/T\w+\/B\w+\/\w{10,}/,
  // A connection string, or a query, with a password or key that is no placeholder.
  /(^|[;&?\s])(password|pwd|accountkey|sharedaccesskey)\s?=\s?(?!["']?([*x.]+|[${<%]))[^\s;&]{4,}/i,
  // An address with a password that is no placeholder.
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]*:(?![*x]+@|[${<]|%\w+%@)[^\s/@]+@/i,
];

/** Whether a plain environment variable looks like a credential that belongs into a secret store. */
export function looksLikeCredential(name: string, value: string): boolean {
  if (formsOfCredentials.some((form) => form.test(value))) return true;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  return (
    namesOfCredentials.test(words) &&
    !publicNames.test(words) &&
    !plainValues.some((plain) => plain.test(value.trim()))
  );
}
