import type { CheckResult } from '../preflight/types.ts';
import { untrusted } from './text.ts';

/** `12 passed, 1 fails for certain, 2 not checked`. */
export function preflightSummary(results: readonly CheckResult[]): string {
  const counts = marks.flatMap(([mark, words]) => {
    const number = results.filter((result) => result.mark === mark).length;
    return number > 0 ? [`${number} ${words}`] : [];
  });
  return counts.join(', ') || 'nothing to check';
}

/** One line for each result, the worst first. */
export function preflightLines(results: readonly CheckResult[]): string[] {
  return marks.flatMap(([mark, words]) =>
    results
      .filter((result) => result.mark === mark)
      .map((result) => `${words.padEnd(longestMark)}  ${untrusted(told(result))}`),
  );
}

/** What a check is about where all is well, and what is wrong where it is not. */
function told(result: CheckResult): string {
  switch (result.mark) {
    case 'passed':
      return result.what;
    case 'not-checked':
      return `${result.what} (${result.why})`;
    case 'fails':
    case 'may-fail':
    case 'advice':
      return result.finding.summary;
  }
}

const marks = [
  ['fails', 'fails for certain'],
  ['may-fail', 'may fail'],
  ['advice', 'advice'],
  ['not-checked', 'not checked'],
  ['passed', 'passed'],
] as const satisfies readonly (readonly [CheckResult['mark'], string])[];

const longestMark = Math.max(...marks.map(([, words]) => words.length));
