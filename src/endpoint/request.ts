import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/**
 * Makes one GET and brings the status code; a redirect is not followed and no body is read. Not with
 * `fetch`, which keeps connections, so that a draining target would answer again, does not ask every
 * port, and hides the code of an error behind one of its own.
 */
export function get(url: URL, signal: AbortSignal): Promise<number> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      {
        method: 'GET',
        agent: false,
        signal,
        headers: { 'user-agent': 'ecs-rollout', accept: '*/*' },
      },
      (answer) => {
        resolve(answer.statusCode ?? 0);
        answer.on('error', () => {});
        answer.destroy();
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

/** The code of an error, or of its causes where it has none; empty where there is none. */
export function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
  }
  return '';
}

const words: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name does not resolve',
  EAI_AGAIN: 'DNS does not answer',
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: 'the connection is closed without an answer',
  EPIPE: 'the connection is closed without an answer',
  ETIMEDOUT: 'the connection is not answered',
  EHOSTUNREACH: 'there is no way to its address',
  ENETUNREACH: 'there is no way to its address',
  EPROTO: 'it does not speak TLS as expected',
};

/** Why there is no answer: a clause in our words, with the error's code where it has one. */
export function unreachableWords(error: unknown): string {
  const code = codeOf(error);
  const said =
    words[code] ??
    (code.startsWith('ERR_SSL_')
      ? words.EPROTO
      : code.startsWith('HPE_')
        ? 'its answer is not HTTP'
        : 'it cannot be asked');
  return /^[A-Z0-9_]{1,64}$/.test(code) ? `${said} (${code})` : `${said}`;
}
