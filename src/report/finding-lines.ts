import type { Finding } from '../diagnosis/types.ts';
import { isUrlFinding } from '../endpoint/url-finding.ts';
import type { Problem } from '../errors.ts';
import type { LogTail } from '../rollout/types.ts';
import { indented, untrusted } from './text.ts';

/** Tells one finding from another; a finding whose count has grown is still the same. */
export function findingKey(finding: Finding): string {
  const { class: name, principal, action, resource, container, secret } = finding;
  // What is not recognised differs by its words only.
  const words = name === 'other' ? finding.summary : '';
  return JSON.stringify([name, principal, action, resource, container, secret, words]);
}

/** The whole of a finding as lines of the log: what, where, the fix to paste and who said so. */
export function findingLines(finding: Finding): string[] {
  const { summary, file, line, evidence } = finding;
  const source = isUrlFinding(finding) ? 'seen' : 'AWS says';
  const where = file === null ? [] : [`at: ${untrusted(file)}${line === null ? '' : `:${line}`}`];
  return [
    `cause: ${untrusted(summary)}`,
    ...[...where, ...fixLines(finding), `${source}: ${untrusted(evidence)}`].map(
      (one) => `  ${one}`,
    ),
  ];
}

/** `fix: …`, the lines below indented as they are. */
function fixLines({ fix }: Finding): string[] {
  if (fix === null) return [];
  const [first = '', ...rest] = fix.split('\n');
  return [`fix: ${untrusted(first)}`, ...rest.map((line) => `  ${indented(line)}`)];
}

/** A finding as an error or a warning of the step, tied to the line that caused it. */
export function findingProblem(finding: Finding): Problem {
  const { summary, file, line } = finding;
  return {
    message: [untrusted(summary), ...fixLines(finding)].join('\n'),
    ...(file === null ? {} : { file }),
    ...(line === null ? {} : { line }),
  };
}

/** The end of a container's log; each line behind a bar, so that it is told apart from the step's. */
export function logTailLines({ container, group, stream, lines }: LogTail): string[] {
  return [
    `last ${lines.length === 1 ? 'line' : `${lines.length} lines`} of container ${untrusted(container)} (${untrusted(group)}, ${untrusted(stream)}):`,
    ...lines.map((line) => `  | ${indented(line)}`),
  ];
}
