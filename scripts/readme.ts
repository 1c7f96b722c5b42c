/**
 * Writes the tables of inputs and outputs in README.md from action.yml, between the marker comments.
 * With `--check` it writes nothing and fails when they are stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

interface Action {
  readonly inputs: Readonly<Record<string, Entry>>;
  readonly outputs: Readonly<Record<string, Entry>>;
}

interface Entry {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

const root = dirname(import.meta.dirname);
const file = join(root, 'README.md');
const action: Action = parse(readFileSync(join(root, 'action.yml'), 'utf8'));

const before = readFileSync(file, 'utf8');
const after = replace(
  replace(
    before,
    'inputs',
    table(
      ['Input', 'Default', 'Meaning'],
      Object.entries(action.inputs).map(([name, input]) => [
        `\`${name}\``,
        input.required ? '**required**' : input.default ? `\`${input.default}\`` : '',
        input.description,
      ]),
    ),
  ),
  'outputs',
  table(
    ['Output', 'Meaning'],
    Object.entries(action.outputs).map(([name, output]) => [`\`${name}\``, output.description]),
  ),
);

if (after !== before) {
  if (process.argv.includes('--check')) {
    console.error('The tables in README.md are not those of action.yml. Run `npm run fix`.');
    process.exitCode = 1;
  } else {
    writeFileSync(file, after);
  }
}

/** The text with what stands between `<!-- name -->` and `<!-- /name -->` replaced. */
function replace(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md lacks the markers ${start} … ${end}.`);
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => text.trim().replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
  const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}
