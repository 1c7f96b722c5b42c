import type { Finding } from './diagnosis/types.ts';

/** Something that keeps the deploy from starting, in words that its user can act on. */
export interface Problem {
  /** What is wrong and what to do about it: a sentence or two, then lines to paste, if any. */
  readonly message: string;
  /** The action's input that it concerns, e.g. `secrets`. */
  readonly input?: string;
  /** Where in the task definition, e.g. `containerDefinitions[0].image`. */
  readonly path?: string;
  /** Workspace-relative file and its line, counted from 1, where the value was written. */
  readonly file?: string;
  readonly line?: number;
  /** What it means, where AWS said it. */
  readonly findings?: readonly Finding[];
}

/**
 * The deploy was refused before the service was changed. Carries every problem found, so that they
 * can be mended in one go. Ends the step with `status=rejected`.
 */
export class RejectedError extends Error {
  override readonly name = 'RejectedError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(describeProblem).join('\n'), options);
    this.problems = problems;
  }
}

/** Shorthand for the one problem of one input. */
export function rejected(input: string, message: string, cause?: unknown): RejectedError {
  return new RejectedError([{ input, message }], cause === undefined ? undefined : { cause });
}

/** One line for people: `task-definition.json:24 (secrets): …`. */
export function describeProblem(problem: Problem): string {
  const where = [
    problem.file && problem.line ? `${problem.file}:${problem.line}` : problem.file,
    problem.input && `Input ${problem.input}`,
  ].filter(Boolean);
  return where.length > 0 ? `${where.join(', ')}: ${problem.message}` : problem.message;
}
