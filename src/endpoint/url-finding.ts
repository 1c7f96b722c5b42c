import type { Finding } from '../diagnosis/types.ts';
import type { UrlCheck } from './check-url.ts';

/** What an address that should have answered did instead. */
type Failing = Exclude<UrlCheck, { kind: 'answered' | 'cancelled' }>;

/** A finding about the address that `check-url` names: what it did, and where to look. */
export function urlFinding(url: string, check: Failing): Finding {
  return {
    class: 'other',
    ...wordsOf(url, check),
    ...{ principal: null, principalKind: null, action: null, fixableInRole: null },
    ...{ container: null, secret: null, file: null, line: null },
    resource: url,
    count: 1,
  };
}

/** Whether a finding is about the address: its evidence is what the address did, no word of AWS's. */
export function isUrlFinding({ class: name, resource }: Finding): boolean {
  return name === 'other' && /^https?:/.test(resource ?? '');
}

function wordsOf(url: string, check: Failing): Pick<Finding, 'summary' | 'evidence' | 'fix'> {
  switch (check.kind) {
    case 'refused':
      return {
        summary: `${url} answered ${check.status}.`,
        evidence: `HTTP ${check.status} after ${check.attempts} attempt${check.attempts === 1 ? '' : 's'}`,
        fix:
          check.status >= 500
            ? 'The load balancer or the app fails: see the log of the containers, and that check-url names a path that the app knows.'
            : 'See that check-url names a path that answers 2xx or 3xx without signing in, and that the rule of the listener forwards it to this service.',
      };
    case 'unreachable':
      return {
        summary: `${url} did not answer: ${check.why}.`,
        evidence: check.why,
        fix: 'See that the name points to the load balancer and that its security group lets the runner in. An internal load balancer answers only inside its VPC: use a runner there, or leave check-url out.',
      };
    case 'certificate':
      return {
        summary: `${url}: ${certificateWords[check.problem](check.host, day(check.validTo), day(check.validFrom), check.names)}.`,
        evidence: check.code,
        fix: certificateFixes[check.problem](check.host),
      };
  }
}

type CertificateKind = Extract<Failing, { kind: 'certificate' }>['problem'];

const certificateWords: Readonly<
  Record<
    CertificateKind,
    (host: string, until: string, from: string, names: readonly string[]) => string
  >
> = {
  expired: (host, until) => `the certificate of ${host} has expired${until && ` on ${until}`}`,
  'not-yet-valid': (host, _, from) =>
    `the certificate of ${host} is not valid yet${from && `, only from ${from} on`}`,
  'wrong-host': (host, _until, _from, names) =>
    `the certificate is not made for ${host}${names.length > 0 ? ` but for ${names.slice(0, 5).join(', ')}` : ''}`,
  untrusted: (host) => `the certificate of ${host} is signed by nobody that is trusted here`,
};

const certificateFixes: Readonly<Record<CertificateKind, (host: string) => string>> = {
  expired: (host) => `Renew the certificate of ${host}, and attach the new one to the listener.`,
  'not-yet-valid': () => 'Attach a certificate to the listener that is valid now.',
  'wrong-host': (host) =>
    `Attach a certificate for ${host} to the listener, or set url to a name that its certificate is made for.`,
  untrusted: () =>
    'Attach a certificate of a public authority (ACM) to the listener, or give the runner the authority’s own with NODE_EXTRA_CA_CERTS.',
};

function day(time: number | undefined): string {
  return time === undefined ? '' : new Date(time).toISOString().slice(0, 10);
}
