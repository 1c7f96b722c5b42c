// Installs what package-lock.json says into node_modules, unless it is there already. Runs before
// the other npm scripts, as a shell of its own: the script that follows then finds the `node` of
// node_modules/.bin (the runner's major) first on its PATH. Plain JavaScript, for Node 20.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

/** The first Node that runs TypeScript files as they are; vitest needs as much. */
const oldestNode = [22, 18];

const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (!isFresh()) {
  const npm = spawnSync(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    },
  );
  if (npm.status !== 0) fail(`npm ci failed${npm.error ? `: ${npm.error.message}` : '.'}`);
}

if (!existsSync(join(root, 'node_modules', '.bin', 'node')) && !isRecent(process.versions.node)) {
  fail(
    `Node ${process.versions.node} is older than ${oldestNode.join('.')}, and the npm package ` +
      '"node", which brings a newer one, was installed without its install script. Run ' +
      '`npm rebuild node --ignore-scripts=false`, or use Node 24.',
  );
}

/**
 * Whether npm's record of what it installed agrees with the lockfile: each package of the one is the
 * same in the other, but for optional ones, which npm leaves out where they don't fit the platform.
 */
function isFresh() {
  const wanted = packages(join(root, 'package-lock.json'));
  const installed = packages(join(root, 'node_modules', '.package-lock.json'));
  return (
    Object.entries(wanted).every(
      ([path, wants]) =>
        path === '' ||
        isDeepStrictEqual(installed[path], wants) ||
        (wants.optional && !(path in installed)),
    ) && Object.keys(installed).every((path) => path in wanted)
  );
}

/** The `packages` of a lockfile by their path; none where there is no such file. */
function packages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function isRecent(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

function fail(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}
