/**
 * Writes docs/failures.md from the catalogue of failures. Summaries and remedies in it are those of
 * the real diagnosis of each example. With `--check` it writes nothing and fails when it is stale.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { catalogue, certaintyTexts, type Group, groups } from '../src/diagnosis/catalogue.ts';
import { certainties, type FailureClass } from '../src/diagnosis/classes.ts';
import { diagnose } from '../src/diagnosis/diagnose.ts';
import type { Evidence } from '../src/diagnosis/types.ts';

const file = join(dirname(import.meta.dirname), 'docs', 'failures.md');
const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
const after = page();

if (after !== before) {
  if (process.argv.includes('--check')) {
    console.error('docs/failures.md is not what the catalogue says. Run `npm run fix`.');
    process.exitCode = 1;
  } else {
    writeFileSync(file, after);
  }
}

function page(): string {
  return `${[
    '# What can go wrong',
    'Each `class` of a finding: what AWS says, what it means, and what to change. This page is written from `src/diagnosis/`, with examples of account `123456789012`; a finding of your own names your role, parameter and line.',
    'To have a text of AWS explained, paste it: `npm run -s explain`, then the text, then Ctrl-D.',
    groups.map(contents).join('\n'),
    ...groups.flatMap(({ title, classes }) => [`## ${title}`, ...classes.map(section)]),
  ].join('\n\n')}\n`;
}

function contents({ title, classes }: Group): string {
  const links = classes.map((name) => `[\`${name}\`](#${name})`);
  return `- ${title}: ${links.join(' · ')}`;
}

function section(name: FailureClass): string {
  const { title, meaning, example, change } = catalogue[name];
  const finding = diagnose([example]).find((one) => one.class === name);
  if (!finding) throw new Error(`The example of ${name} is not diagnosed as that.`);
  const parts = [
    `### ${name}`,
    `**${title}.** ${meaning}`,
    'AWS says:',
    fenced(wordsOf(example)),
    `In short: ${finding.summary}`,
    change ? `What to change: ${change}` : 'What to change:',
    finding.fix === null ? '' : fenced(finding.fix),
    `*${certaintyTexts[certainties[name]]}*`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/** What people see of the evidence in the console or in an error. */
function wordsOf(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'stopped-task': {
      const containers = evidence.containers.flatMap(({ name, exitCode, reason }) => {
        const log = (evidence.logs?.[name] ?? []).map((line) => `log of ${name}: ${line}`);
        if (exitCode === null && reason === null) return log;
        const end = [exitCode === null ? '' : `exit code ${exitCode}`, reason ?? ''];
        return [`container ${name}: ${end.filter(Boolean).join(', ')}`, ...log];
      });
      return [evidence.stoppedReason ?? '', ...containers].join('\n');
    }
    case 'service-event':
      return evidence.message;
    case 'api-error':
      return `An error occurred (${evidence.name}) when calling the ${evidence.operation} operation: ${evidence.message}`;
    case 'target-health':
      return `${evidence.state}: ${evidence.reason ?? ''} ${evidence.description ?? ''}`;
    case 'service-deployment':
      return evidence.statusReason ?? evidence.status;
  }
}
