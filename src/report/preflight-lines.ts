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

/** One line for each result, the worst first. What fails is explained elsewhere. */
export function preflightLines(results: readonly CheckResult[]): string[] {
  return marks.flatMap(([mark, words]) =>
    results
      .filter((result) => result.mark === mark)
      .map((result) => {
        const why = result.mark === 'not-checked' ? ` (${result.why})` : '';
        return `${words.padEnd(longestMark)}  ${untrusted(result.what + why)}`;
      }),
  );
}

const marks = [
  ['fails', 'fails for certain'],
  ['may-fail', 'may fail'],
  ['advice', 'advice'],
  ['not-checked', 'not checked'],
  ['passed', 'passed'],
] as const satisfies readonly (readonly [CheckResult['mark'], string])[];

const longestMark = Math.max(...marks.map(([, words]) => words.length));
