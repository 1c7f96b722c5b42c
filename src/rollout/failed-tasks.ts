import type { ECSClient } from '@aws-sdk/client-ecs';
import type { Clock } from '../clock.ts';
import { ownDeployment } from './deployments.ts';
import { describeStoppedTasks } from './describe.ts';
import { optionalSource } from './optional-source.ts';
import type { Attempt, Service, ServiceDeployment, StoppedTask } from './types.ts';

/** The tasks of one deployment that failed. */
export interface FailedTasksSource {
  /** Those found since the last reading; looks only while counted failures are not found yet. */
  read(service: Service, record: ServiceDeployment | undefined): Promise<readonly StoppedTask[]>;
}

/** How often a failed task is looked for: it is counted a moment before it has stopped. */
const looksPerFailure = 3;

/** @param spend is told of the calls that were made */
export function failedTasksSource(
  attempt: Attempt,
  { ecs, clock, signal }: { ecs: ECSClient; clock: Clock; signal: AbortSignal },
  spend: (calls: number) => void,
  tell: (message: string) => void,
): FailedTasksSource {
  const source = optionalSource('stopped tasks', clock, tell);
  const known = new Set<string>();
  let counted = 0;
  let missing = 0;
  let looks = 0;
  return {
    async read(service, record) {
      const count = failureCount(attempt, service, record);
      if (count > counted) {
        missing += count - counted;
        looks = looksPerFailure;
      }
      counted = count;
      if (missing === 0 || looks === 0) return [];
      looks -= 1;
      const answer = await source.read(() => describeStoppedTasks(ecs, attempt, known, signal));
      if (!answer) return [];
      spend(answer.calls);
      for (const { arn } of answer.stopped) known.add(arn);
      missing = Math.max(0, missing - answer.stopped.length);
      return answer.stopped;
    },
  };
}

/** How many tasks of this deployment have failed; AWS may set it back to 0. */
function failureCount(
  attempt: Attempt,
  service: Service,
  record: ServiceDeployment | undefined,
): number {
  return Math.max(ownDeployment(attempt, service)?.failed ?? 0, record?.breaker?.failures ?? 0);
}
