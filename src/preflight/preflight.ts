import { checks } from './checks.ts';
import { notChecked } from './results.ts';
import type { Check, CheckResult, Subject } from './types.ts';

/**
 * Makes all checks of one service side by side; they only read, and no silence of AWS holds them up
 * for two seconds. Never rejects: a check that does is told as not made.
 *
 * @returns the results of all checks, in the order of the list
 */
export async function preflight(
  subject: Subject,
  list: readonly Check[] = checks,
): Promise<CheckResult[]> {
  const results = await Promise.all(
    list.map(async (check): Promise<readonly CheckResult[]> => {
      try {
        return await check.run(subject);
      } catch (error) {
        return [notChecked(check.name, error)];
      }
    }),
  );
  return results.flat();
}
