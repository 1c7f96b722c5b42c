/**
 * `npm run -s explain`: explains what AWS says. Standard input is an array of `{id, kind, input}`,
 * answered by a JSON array of `{id, findings}`; or a stopped reason, an event or an error as text,
 * or JSON of the AWS CLI, explained for a person. Exits with 1 where the input cannot be read.
 */
import { text } from 'node:stream/consumers';
import { catalogue, certaintyTexts } from '../src/diagnosis/catalogue.ts';
import { certainties } from '../src/diagnosis/classes.ts';
import { diagnose } from '../src/diagnosis/diagnose.ts';
import type { Finding } from '../src/diagnosis/types.ts';
import { untrusted } from '../src/report/text.ts';
import { InputError, type Request, readingsOf, readRequest } from './explain-input.ts';

if (process.stdin.isTTY)
  console.error('Paste what AWS says, then press Ctrl-D on a line of its own.');

// Whoever reads the answer may stop reading it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.stdout.write(answer(readRequest(await text(process.stdin))));
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(`explain: ${error.message}`);
  process.exitCode = 1;
}

function answer(request: Request): string {
  switch (request.kind) {
    case 'cases': {
      const answers = request.cases.map(({ id, evidence }) => ({
        id,
        findings: diagnose([evidence]),
      }));
      return `${JSON.stringify(answers, null, 2)}\n`;
    }
    case 'evidence':
      if (request.evidence.length === 0) return 'Nothing in it says that something went wrong.\n';
      return forPeople(diagnose(request.evidence));
    case 'text':
      return forPeople(recognise(request.text));
  }
}

/** The findings of the first reading of a text that knows it; else of the likeliest. */
function recognise(pasted: string): readonly Finding[] {
  const all = readingsOf(pasted).map((evidence) => diagnose(evidence));
  const isKnown = (findings: readonly Finding[]) => findings.some((one) => one.class !== 'other');
  return all.find(isKnown) ?? all[0] ?? [];
}

function forPeople(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'This is normal life of a service: nothing went wrong.\n';
  return `${findings.map(explanation).join('\n\n----\n\n')}\n`;
}

function explanation(finding: Finding): string {
  const { class: name, summary, count, evidence, fix } = finding;
  const { title, meaning, change } = catalogue[name];
  const times = count > 1 ? ` (${count} times)` : '';
  const what =
    name === 'other'
      ? ["This is not recognised: AWS's words are all that there is."]
      : [
          `${untrusted(summary)}${times}`,
          `${title} (${name}). ${meaning}\n${certaintyTexts[certainties[name]]}`,
        ];
  const advice = fix ?? (name === 'other' ? undefined : change);
  return [
    ...what,
    ...(advice ? [`What to change:\n${indented(advice)}`] : []),
    `AWS's own words:\n${indented(evidence)}`,
    `More: docs/failures.md#${name}`,
  ].join('\n\n');
}

/** Each line on its own, with what it begins with kept and all else harmless in a terminal. */
function indented(lines: string): string {
  return lines
    .split('\n')
    .map((line) => `  ${/^ */.exec(line)?.[0] ?? ''}${untrusted(line)}`)
    .join('\n');
}
