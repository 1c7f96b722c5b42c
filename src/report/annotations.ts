import { type AnnotationProperties, error, info, warning } from '@actions/core';

/** The kinds of annotations that a step makes. */
type Level = 'error' | 'warning';

/** Errors that are kept for how the step ends, and warnings for reports that could not be made. */
export const errorsForEndings = 2;
const warningsForReports = 3;

/**
 * The runner shows ten annotations of each kind of a step and drops the others without a word.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
const most = 10;
const kept: Readonly<Record<Level, number>> = {
  error: errorsForEndings,
  warning: warningsForReports,
};

/** @param isLast whether it is about the step's end, for which some are kept */
type Annotate = (level: Level, text: string, at?: AnnotationProperties, isLast?: boolean) => void;

/**
 * Makes errors and warnings that appear at their file and line in the pull request's changes, as many
 * as are shown; what is more than that stands in the log all the same.
 */
export function annotator(): Annotate {
  const shown: Record<Level, number> = { error: 0, warning: 0 };
  return (level, text, at, isLast = false) => {
    const properties = { title: 'ECS Rollout', ...at };
    const room = isLast ? most : most - kept[level];
    if (shown[level] >= room) return info(`${level}: ${text}`);
    shown[level] += 1;
    if (level === 'error') error(text, properties);
    else warning(text, properties);
  };
}
