import { awsErrorKind, awsWords } from './aws.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import type { Context, Finding } from './diagnosis/types.ts';
import type { Problem } from './errors.ts';

/** What an error of one AWS call means: none where it is no answer of AWS's. */
export function apiFindings(
  operation: string,
  error: unknown,
  context?: Context,
): readonly Finding[] {
  if (!(error instanceof Error)) return [];
  const { name, message } = error;
  return diagnose([{ kind: 'api-error', operation, name, message }], context);
}

/**
 * The problem that one refused AWS call is: AWS's words, and what to do where that is known.
 *
 * @param what what did not come about, e.g. `ECS did not register the task definition`
 */
export function apiProblem(
  what: string,
  operation: string,
  error: unknown,
  context?: Context,
): Problem {
  const findings = apiFindings(operation, error, context);
  const words = `${what}: ${awsWords(error).replace(/\.?$/, '.')}`;
  const [first] = findings;
  const place = first?.file && first.line ? { file: first.file, line: first.line } : {};
  if (first?.fix) return { message: `${words}\n${first.fix}`, findings, ...place };
  const isDenied = awsErrorKind(error) === 'access-denied';
  return { message: isDenied ? `${words} Allow it to the role of this job.` : words, findings };
}
