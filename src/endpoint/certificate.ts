import { isIP } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate } from 'node:tls';

/** What is wrong with the certificate that a host shows. Names are the host's text, untrusted. */
export interface CertificateProblem {
  readonly problem: 'expired' | 'not-yet-valid' | 'wrong-host' | 'untrusted';
  /** The host that was asked. */
  readonly host: string;
  /** Node's or OpenSSL's code, e.g. `CERT_HAS_EXPIRED`. */
  readonly code: string;
  /** Milliseconds since the epoch; undefined where the certificate could not be read. */
  readonly validFrom: number | undefined;
  readonly validTo: number | undefined;
  /** The host names that it is made for. */
  readonly names: readonly string[];
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const problems: Readonly<Record<string, CertificateProblem['problem']>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-host',
  HOSTNAME_MISMATCH: 'wrong-host',
  ...Object.fromEntries(
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'CERT_UNTRUSTED',
      'CERT_REJECTED',
      'CERT_REVOKED',
      'CERT_SIGNATURE_FAILURE',
      'CERT_CHAIN_TOO_LONG',
      'PATH_LENGTH_EXCEEDED',
      'INVALID_CA',
      'INVALID_PURPOSE',
    ].map((code) => [code, 'untrusted'] as const),
  ),
};

/** Whether an error's code tells of a certificate. */
export function isCertificateCode(code: string): boolean {
  return Object.hasOwn(problems, code);
}

/**
 * What the problem is, by the code of the refused connection and the certificate itself. The code
 * tells of dates before trust and of trust before names, though a name that is not the host's says
 * more than a lack of trust.
 */
export function certificateProblem(
  code: string,
  host: string,
  certificate: PeerCertificate | undefined,
): CertificateProblem {
  const validFrom = certificate && timeOf(certificate.valid_from);
  const validTo = certificate && timeOf(certificate.valid_to);
  const byCode = problems[code] ?? 'untrusted';
  const facts = { host, code, validFrom, validTo, names: certificate ? namesOf(certificate) : [] };
  if (byCode !== 'untrusted' || !certificate) return { problem: byCode, ...facts };
  return {
    problem: checkServerIdentity(host, certificate) ? 'wrong-host' : 'untrusted',
    ...facts,
  };
}

/** Of `Jan  1 00:00:00 2026 GMT`. */
function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Of `DNS:example.com, IP Address:10.0.0.1`; the common name where it has no such list. */
function namesOf({ subjectaltname, subject }: PeerCertificate): string[] {
  const listed = (subjectaltname ?? '')
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
  return listed.length > 0 ? listed : [subject?.CN ?? []].flat();
}

/**
 * Reads the certificate that a host shows by a handshake alone. Node's error of a refused connection
 * does not bring it, and a certificate can be read only where it is not refused. Nothing is sent to
 * the host, nor believed of it.
 */
export function readCertificate(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<PeerCertificate | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(isIP(host) ? {} : { servername: host }),
    });
    const end = (certificate?: PeerCertificate) => {
      signal.removeEventListener('abort', give);
      socket.destroy();
      resolve(certificate);
    };
    const give = () => end();
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      end(Object.keys(certificate ?? {}).length > 0 ? certificate : undefined);
    });
    socket.once('error', give);
    socket.once('close', give);
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
  });
}
