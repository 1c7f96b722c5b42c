import type { CheckResult } from '../../preflight/types.ts';
import type { Picture } from '../picture.ts';
import { preflightSummary } from '../preflight-lines.ts';
import { namesIn } from './findings.ts';
import { details, prose } from './markdown.ts';

/** All checks of the preflight, folded away, the worst first. */
export function preflightDetails({ checks }: Picture, most: number): string {
  if (checks.length === 0) return '';
  const sorted = marks.flatMap((mark) => checks.filter((check) => check.mark === mark));
  const lines = sorted.slice(0, most).map((check) => `- ${icons[check.mark]} ${words(check)}`);
  const more = sorted.length - lines.length;
  return details(
    `Preflight: ${preflightSummary(checks)}`,
    [...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n'),
  );
}

const marks = ['fails', 'may-fail', 'advice', 'not-checked', 'passed'] as const;

const icons: Readonly<Record<CheckResult['mark'], string>> = {
  fails: '❌',
  'may-fail': '⚠️',
  advice: '💡',
  'not-checked': '➖',
  passed: '✅',
};

function words(check: CheckResult): string {
  switch (check.mark) {
    case 'passed':
      return prose(check.what);
    case 'not-checked':
      return `${prose(check.what)}: not checked, ${prose(check.why)}`;
    default:
      return prose(check.finding.summary, namesIn(check.finding));
  }
}
