/**
 * Builds dist/, what the runner executes: `tsc` to lib/, then `ncc` into one ES module with its lazy
 * chunks and their licenses. The result depends on the sources and the lockfile alone, so that
 * `--check` can tell whether the committed dist/ is theirs.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const dist = join(root, 'dist');

build();
if (process.argv.includes('--check')) check();

function build(): void {
  rmSync(join(root, 'lib'), { recursive: true, force: true });
  run('typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
  rmSync(dist, { recursive: true, force: true });
  run('@vercel/ncc/dist/ncc/cli.js', [
    ...['build', 'lib/main.js', '-o', 'dist', '--no-cache', '--quiet'],
    ...['--stats-out', 'lib/stats.json'],
  ]);
  const stats: Module = JSON.parse(readFileSync(join(root, 'lib/stats.json'), 'utf8'));
  writeFileSync(join(dist, 'licenses.txt'), licenses(stats));
}

/** Runs a tool of node_modules with this Node. What it has to say, it prints itself. */
function run(script: string, args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

interface Module {
  /** The file that it was made from. */
  readonly nameForCondition?: string | null;
  readonly modules?: readonly Module[];
}

/** The license of each package in the bundle. (`ncc --license` knows those of lazy chunks only.) */
function licenses(stats: Module): string {
  const directories = new Map<string, string>();
  const visit = (module: Module): void => {
    const match = /^.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(
      module.nameForCondition ?? '',
    );
    if (match?.[1]) directories.set(match[0], match[1].replace('\\', '/'));
    module.modules?.forEach(visit);
  };
  visit(stats);
  return [...directories]
    .map(([directory, name]) => license(directory, name))
    .sort()
    .join('\n');
}

function license(directory: string, name: string): string {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const texts = readdirSync(directory)
    .filter((file) => /^(licen[cs]e|notice)(\.|$)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(directory, file), 'utf8').trimEnd());
  if (texts.length === 0 && !manifest.license) throw new Error(`${name} has no license.`);
  return [`${name} ${manifest.version} (${manifest.license})`, ...texts, ''].join('\n\n');
}

function check(): void {
  const changes = execFileSync('git', ['status', '--porcelain', '--', 'dist'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (changes === '') return;
  console.error(
    `dist/ is not what the sources build:\n${changes}Run \`npm run build\` and commit dist/.`,
  );
  process.exitCode = 1;
}
