import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

const running = new Set<Server>();

async function listen(server: Server): Promise<number> {
  running.add(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Serves on loopback. @returns the URL, without a slash at its end */
export async function serve(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(answer))}`;
}

/** A certificate and its key, PEM. */
export interface Pair {
  readonly cert: string;
  readonly private: string;
}

/** Serves over TLS with 200. @returns the URL, by the name localhost */
export async function serveTls(pair: Pair): Promise<string> {
  const server = createTlsServer({ cert: pair.cert, key: pair.private }, (_, answer) =>
    answer.end(),
  );
  return `https://localhost:${await listen(server)}`;
}

export async function stopServers(): Promise<void> {
  for (const server of running) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  running.clear();
}

const day = 24 * 3600 * 1000;

/** A certificate authority that no machine trusts. */
export function makeAuthority(name = 'Test authority'): Promise<Pair> {
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 400 * day),
    notAfterDate: new Date(Date.now() + 4000 * day),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

/**
 * A certificate, signed by itself unless an authority is given.
 *
 * @param from days from now
 * @param to days from now
 */
export function makeCertificate({
  name = 'localhost',
  from = -1,
  to = 30,
  authority,
}: {
  name?: string;
  from?: number;
  to?: number;
  authority?: Pair;
} = {}): Promise<Pair> {
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() + from * day),
    notAfterDate: new Date(Date.now() + to * day),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
    ...(authority && { ca: { key: authority.private, cert: authority.cert } }),
  });
}
