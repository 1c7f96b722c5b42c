import { parseArn } from '../arn.ts';
import { toFinding } from '../diagnosis/finding.ts';
import { nothingKnown } from '../diagnosis/signatures.ts';
import type { Cause, Finding } from '../diagnosis/types.ts';
import { whyOf } from './ask.ts';
import type { CheckResult, Subject } from './types.ts';

/** What a check knows of a cause: the class, its own evidence, and whatever else it found out. */
export type Known = Pick<Cause, 'class' | 'evidence'> & Partial<Cause>;

/** How a result that has a finding is marked. */
export type Mark = Exclude<CheckResult['mark'], 'passed' | 'not-checked'>;

/** A result that could not be had. */
export type NotChecked = Extract<CheckResult, { mark: 'not-checked' }>;

/** A result that has a finding. */
export interface FoundResult {
  readonly mark: Mark;
  readonly what: string;
  readonly finding: Finding;
}

export function passed(what: string): CheckResult {
  return { mark: 'passed', what };
}

/** @param error what the look-up threw, or the reason in words; completes "not checked: …" */
export function notChecked(what: string, error: unknown): NotChecked {
  return { mark: 'not-checked', what, why: typeof error === 'string' ? error : whyOf(error) };
}

/** The finding of `known`, tied to the subject's task definition. Null is what is not known. */
export function findingOf({ plan }: Subject, known: Known): Finding {
  return toFinding({ ...nothingKnown, ...known }, 1, plan.context);
}

/** A result with the finding of `known`; `words` replaces what only the check can say better. */
export function found(
  subject: Subject,
  mark: Mark,
  what: string,
  known: Known,
  words: Partial<Pick<Finding, 'summary' | 'fix' | 'container' | 'file' | 'line'>> = {},
): FoundResult {
  return { mark, what, finding: { ...findingOf(subject, known), ...words } };
}

/** `result` with a sentence of its own, and one more line before what there is to change. */
export function advised(
  result: FoundResult,
  { summary, advice }: { readonly summary?: string; readonly advice: string },
): FoundResult {
  const { finding } = result;
  const fix = [advice, finding.fix].filter((part) => part !== null).join('\n');
  return { ...result, finding: { ...finding, summary: summary ?? finding.summary, fix } };
}

/** Whether `arn` names something of another account than the service's. */
export function isForeign({ plan }: Subject, arn: string): boolean {
  const account = parseArn(arn)?.account;
  return account !== undefined && account !== '' && account !== plan.context.place.account;
}

/** `items` in parts of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
