/**
 * `npm run test:moto`: runs the packaged action against moto, a server of AWS's protocols that has
 * nothing in common with this project. Installs it into .venv/ (once), starts it on loopback, runs
 * test/moto/*.itg.ts and stops it again. Arguments go to vitest.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '../..');
const venv = join(root, '.venv');
const requirements = join(import.meta.dirname, 'requirements.txt');

install();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const server = spawn(join(venv, 'bin/moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
  // Services have their tasks running at once, so that a deployment can come to its end.
  env: { ...process.env, MOTO_ECS_SERVICE_RUNNING: '1' },
  stdio: ['ignore', 'ignore', 'pipe'],
});
let log = '';
server.stderr.setEncoding('utf8').on('data', (text: string) => {
  log = (log + text).slice(-4000);
});
process.once('exit', () => server.kill('SIGKILL'));

await answers(server);
const vitest = spawn(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--config', join(import.meta.dirname, 'vitest.config.ts')],
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, MOTO_URL: url } },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => vitest.kill(signal));
const [status] = await once(vitest, 'exit');
server.kill();
await once(server, 'exit');
process.exit(status ?? 1);

/** Puts the pinned requirements into .venv/, unless they are there. */
function install(): void {
  const installed = join(venv, 'requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return;
  console.log(`Installing ${wanted.trim()} into .venv/`);
  execFileSync('python3', ['-m', 'venv', '--clear', venv], { stdio: 'inherit' });
  execFileSync(
    join(venv, 'bin/python'),
    ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
    { stdio: 'inherit' },
  );
  copyFileSync(requirements, installed);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port was found.');
  return address.port;
}

/** Waits until the server answers. */
async function answers(server: ChildProcess): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    if (server.exitCode !== null) throw new Error(`moto_server ended at once:\n${log}`);
    const response = await fetch(`${url}/moto-api/`).catch(() => undefined);
    if (response?.ok) return;
  }
  throw new Error(`moto_server did not answer within a minute:\n${log}`);
}
