import { createServer } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CheckUrlError, checkUrl, resolveCheckUrl } from '../../src/endpoint/check-url.ts';
import { fakeClock, waitingClock } from '../support/fake-clock.ts';
import {
  makeAuthority,
  makeCertificate,
  type Pair,
  serve,
  serveTls,
  stopServers,
} from './servers.ts';
import { settle } from './support.ts';

describe('resolveCheckUrl', () => {
  it.each([
    ['/health', 'https://app.example.com', 'https://app.example.com/health'],
    ['/health', 'https://app.example.com/api/', 'https://app.example.com/health'],
    ['health', 'https://app.example.com/api/', 'https://app.example.com/api/health'],
    ['health', 'https://app.example.com/api', 'https://app.example.com/api/health'],
    ['/', 'http://app.example.com:8080', 'http://app.example.com:8080/'],
    [' /h?deep=1#x ', 'https://app.example.com', 'https://app.example.com/h?deep=1'],
    ['https://www.example.com/x', 'https://app.example.com', 'https://www.example.com/x'],
    ['http://www.example.com', '', 'http://www.example.com/'],
    ['https://www.example.com', 'tcp://x.example.com:5432', 'https://www.example.com/'],
    ['/../../etc', 'https://app.example.com', 'https://app.example.com/etc'],
  ])('%s at %s → %s', (path, base, expected) => {
    expect(resolveCheckUrl(path, base)).toBe(expected);
  });

  it.each([
    ['', 'https://app.example.com', 'is empty. Give a path or a whole URL.'],
    [
      '/health',
      '',
      'is a path, but no URL of the service was found: set `url`, or give a whole URL.',
    ],
    ['/health', 'tcp://db.example.com:5432', 'is asked over http or https alone, not over tcp://.'],
    ['ftp://x.example.com', '', 'is asked over http or https alone, not over ftp://.'],
    [
      'javascript:alert(1)',
      'https://app.example.com',
      'is asked over http or https alone, not over javascript://.',
    ],
    [
      '//evil.example.com/x',
      'https://app.example.com',
      'names another host without https:// in front of it.',
    ],
    [
      '/\\evil.example.com',
      'https://app.example.com',
      'names another host without https:// in front of it.',
    ],
    ['https://user:pass@x.example.com', '', 'may hold no user name or password.'],
    ['https://', '', 'is neither a path nor a URL.'],
    ['/health', 'app.example.com', 'is neither a path nor a URL.'],
  ])('refuses %j at %j', (path, base, message) => {
    expect(() => resolveCheckUrl(path, base)).toThrow(new CheckUrlError(message));
  });
});

const signal = new AbortController().signal;

const pause = 3_000;

/** A clock whose pauses are over at once, while requests are waited for. */
function pausingClock(start?: number) {
  const clock = fakeClock(start);
  const waiting = waitingClock(start);
  return {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) =>
      ms === pause ? clock.sleep(ms) : waiting.sleep(ms, signal),
  };
}

/** Answers with one status after the other, the last one from then on. */
const inTurn = (...statuses: number[]) => {
  const left = [...statuses];
  return serve((_, answer) => {
    answer.statusCode = (left.length > 1 ? left.shift() : left[0]) ?? 500;
    answer.setHeader('location', '/elsewhere');
    answer.end('a body');
  });
};

describe('checkUrl', () => {
  afterEach(stopServers);
  const check = (url: string, limit = 60_000) =>
    checkUrl(url, { clock: pausingClock(), signal, limit });

  it.each([200, 204, 302])('takes %i for an answer', async (status) => {
    expect(await check(await inTurn(status))).toEqual({
      kind: 'answered',
      status,
      attempts: 1,
    });
  });

  it('asks again after a 503', async () => {
    expect(await check(await inTurn(503, 503, 200))).toEqual({
      kind: 'answered',
      status: 200,
      attempts: 3,
    });
  });

  it('names the last status when the limit has passed', async () => {
    expect(await check(await inTurn(503, 404), 58_000)).toEqual({
      kind: 'refused',
      status: 404,
      attempts: 20,
    });
  });

  it('asks once though there is no time', async () => {
    expect(await check(await inTurn(404), 0)).toEqual({
      kind: 'refused',
      status: 404,
      attempts: 1,
    });
  });

  it('says who asks, with GET, on a connection of its own, and does not wait for the body', async () => {
    const seen: unknown[] = [];
    const url = await serve(({ method, url, headers }, answer) => {
      seen.push({ method, url, agent: headers['user-agent'], connection: headers.connection });
      answer.write('never ends');
    });
    expect(await check(`${url}/health?deep=1`)).toMatchObject({ status: 200 });
    expect(seen).toEqual([
      { method: 'GET', url: '/health?deep=1', agent: 'ecs-rollout', connection: 'close' },
    ]);
  });

  it('tells of a refused connection', async () => {
    const url = await inTurn(200);
    await stopServers();
    expect(await check(url, 5_000)).toEqual({
      kind: 'unreachable',
      why: 'the connection is refused (ECONNREFUSED)',
      attempts: 2,
    });
  });

  it('tells of a connection that is closed', async () => {
    const url = await serve(({ socket }) => socket.destroy());
    expect(await check(url, 0)).toMatchObject({
      kind: 'unreachable',
      why: 'the connection is closed without an answer (ECONNRESET)',
    });
  });

  it('tells of a server without TLS', async () => {
    const url = await inTurn(200);
    expect(await check(url.replace('http:', 'https:'), 0)).toMatchObject({
      kind: 'unreachable',
      why: expect.stringMatching(/^it does not speak TLS as expected \((EPROTO|ERR_SSL_\w+)\)$/),
    });
  });

  it('tells of an answer that is not HTTP', async () => {
    const server = createServer((socket) => socket.resume().end('SSH-2.0\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(await check(`http://127.0.0.1:${port}`, 0)).toMatchObject({
      kind: 'unreachable',
      why: expect.stringMatching(/^its answer is not HTTP \(HPE_\w+\)$/),
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    [
      Object.assign(new Error('x'), { code: 'ENOTFOUND' }),
      'its host name does not resolve (ENOTFOUND)',
    ],
    [new Error('x', { cause: { code: 'E<b>' } }), 'it cannot be asked'],
    [
      new TypeError('fetch failed', {
        cause: Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' }),
      }),
      'the connection is not answered (ETIMEDOUT)',
    ],
    ['not an error', 'it cannot be asked'],
  ])('has words for %s', async (error, why) => {
    const request = () => Promise.reject(error);
    const options = { clock: pausingClock(), signal, limit: 0, request };
    expect(await checkUrl('https://app.example.com', options)).toEqual({
      kind: 'unreachable',
      why,
      attempts: 1,
    });
  });

  it('gives a request ten seconds, and then another', async () => {
    const clock = waitingClock();
    let asked = 0;
    const url = await serve((_, answer) => {
      if (++asked > 1) answer.end();
      else reached();
    });
    let reached = () => {};
    const first = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const checking = checkUrl(url, { clock, signal, limit: 60_000 });
    await first;
    clock.pass(10_000);
    await settle();
    clock.pass(3_000);
    expect(await checking).toEqual({ kind: 'answered', status: 200, attempts: 2 });
  });

  it('tells of silence', async () => {
    const clock = waitingClock();
    let reached = () => {};
    const first = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const url = await serve(() => reached());
    const checking = checkUrl(url, { clock, signal, limit: 10_000 });
    await first;
    clock.pass(10_000);
    expect(await checking).toEqual({
      kind: 'unreachable',
      why: 'no answer within 10 s',
      attempts: 1,
    });
  });

  it('keeps the last status when the limit cuts a request short', async () => {
    const clock = waitingClock();
    const asked: AbortSignal[] = [];
    const request = (_: URL, stop: AbortSignal) => {
      asked.push(stop);
      return asked.length === 1
        ? Promise.resolve(503)
        : new Promise<number>((_, reject) => stop.addEventListener('abort', reject));
    };
    const checking = checkUrl('https://app.example.com', { clock, signal, limit: 8_000, request });
    await settle();
    clock.pass(3_000);
    await settle();
    clock.pass(5_000);
    expect(await checking).toEqual({ kind: 'refused', status: 503, attempts: 1 });
  });

  it('ends when the job is cancelled, within a request or between two', async () => {
    const cancel = new AbortController();
    const hanging = (_: URL, stop: AbortSignal) =>
      new Promise<number>((_, reject) => stop.addEventListener('abort', reject));
    const options = { clock: waitingClock(), signal: cancel.signal, limit: 60_000 };
    const within = checkUrl('https://app.example.com', { ...options, request: hanging });
    const between = checkUrl('https://app.example.com', { ...options, request: async () => 503 });
    await settle();
    cancel.abort();
    expect(await within).toEqual({ kind: 'cancelled' });
    expect(await between).toEqual({ kind: 'cancelled' });
  });
});

describe('certificates', () => {
  let authority: Pair;
  const before = getCACertificates('default');
  beforeAll(async () => {
    authority = await makeAuthority();
    setDefaultCACertificates([...before, authority.cert]);
  });
  afterAll(() => setDefaultCACertificates(before));
  afterEach(stopServers);

  /** Node judges by the real time. */
  const check = (url: string) =>
    checkUrl(url, { clock: pausingClock(Date.now()), signal, limit: 60_000 });
  const anyTime = expect.any(Number);

  it('are no matter when they are good', async () => {
    const url = await serveTls(await makeCertificate({ authority }));
    expect(await check(url)).toMatchObject({ kind: 'answered', status: 200, attempts: 1 });
  });

  it.each([
    ['expired', { from: -60, to: -2 }, 'CERT_HAS_EXPIRED'],
    ['not-yet-valid', { from: 2, to: 60 }, 'CERT_NOT_YET_VALID'],
    ['wrong-host', { name: 'www.example.com' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ] as const)('that are %s are named as such', async (problem, how, code) => {
    const pair = await makeCertificate({ authority, ...how });
    expect(await check(await serveTls(pair))).toEqual({
      kind: 'certificate',
      problem,
      host: 'localhost',
      code,
      validFrom: anyTime,
      validTo: anyTime,
      names: ['name' in how ? how.name : 'localhost'],
    });
  });

  it.each([
    ['untrusted', {}],
    ['expired', { from: -60, to: -2 }],
    ['not-yet-valid', { from: 2, to: 60 }],
    ['wrong-host', { name: 'www.example.com' }],
  ] as const)('that sign themselves and are %s are named by that', async (problem, how) => {
    const result = await check(await serveTls(await makeCertificate(how)));
    expect(result).toMatchObject({ kind: 'certificate', problem });
  });

  it.each([
    ['untrusted', {}],
    ['expired', { from: -60, to: -2 }],
    ['not-yet-valid', { from: 2, to: 60 }],
    ['wrong-host', { name: 'www.example.com' }],
  ] as const)('of an unknown authority that are %s are named by that', async (problem, how) => {
    const pair = await makeCertificate({ authority: await makeAuthority('Nobody'), ...how });
    expect(await check(await serveTls(pair))).toMatchObject({ kind: 'certificate', problem });
  });

  it('tell their dates', async () => {
    const pair = await makeCertificate({ authority, from: -60, to: -2 });
    const result = await check(await serveTls(pair));
    const day = 24 * 3600 * 1000;
    expect(
      result.kind === 'certificate' && Math.round(((result.validTo ?? 0) - Date.now()) / day),
    ).toBe(-2);
  });

  it('that cannot be read are named by the code', async () => {
    const url = await serve(({ socket }) => socket.destroy());
    const request = () =>
      Promise.reject(
        new Error('x', { cause: Object.assign(new Error(), { code: 'CERT_HAS_EXPIRED' }) }),
      );
    const options = { clock: pausingClock(), signal, limit: 60_000, request };
    expect(await checkUrl(url.replace('http:', 'https:'), options)).toEqual({
      kind: 'certificate',
      problem: 'expired',
      host: '127.0.0.1',
      code: 'CERT_HAS_EXPIRED',
      validFrom: undefined,
      validTo: undefined,
      names: [],
    });
  });
});
