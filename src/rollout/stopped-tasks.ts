import type { ECSClient } from '@aws-sdk/client-ecs';
import type { Clock } from '../clock.ts';
import { ownDeployment } from './deployments.ts';
import { describeStoppedTasks } from './describe.ts';
import { optionalSource } from './optional-source.ts';
import type { Attempt, Service, ServiceDeployment, StoppedTask } from './types.ts';

/** The tasks of one deployment that stopped. */
export interface StoppedTasksSource {
  /**
   * Those found, or found further on, since the last reading. Listing costs calls, so it looks when
   * the service shows that a task may have stopped, when this poll has not read the service, which
   * then cannot show it, and now and then all the same.
   */
  read(
    service: Service,
    record: ServiceDeployment | undefined,
    isServiceFresh: boolean,
  ): Promise<readonly StoppedTask[]>;
}

/** How often a failed task is looked for: it is counted a moment before it is listed. */
const looksPerFailure = 3;
/**
 * Milliseconds after which it looks although nothing hints at a stopped task. Where the record is read
 * as well, the polls that read it alone are the ones that look: in those no hint is seen.
 */
const blindness = { withoutRecord: 10_000, withRecord: 15_000, withRecordAlone: 5_000 } as const;
/**
 * Pages of 100 tasks: services that failed for long have many from before. Without a hint the budget
 * of calls allows few, unless the user has chosen how often to call.
 */
const mostPages = { hinted: 20, asked: 20, blind: 2 } as const;

/** Events that tell of a task which stopped, or of one that takes a stopped one's place. */
const hints = /unable to|failed|unhealthy|has started|has stopped|stopped \d+|draining/i;

/**
 * @param everyPoll whether to look at each reading: the user chose the interval, and pays for it
 * @param spend is told of each call before it is made
 */
export function stoppedTasksSource(
  attempt: Attempt,
  { ecs, clock, signal }: { ecs: ECSClient; clock: Clock; signal: AbortSignal },
  everyPoll: boolean,
  spend: (calls: number) => void,
  tell: (message: string) => void,
): StoppedTasksSource {
  const source = optionalSource('stopped tasks', clock, tell);
  /** What needs not be described again: tasks of others, and own ones that have come to their end. */
  const settled = new Set<string>();
  const stopping = new Set<string>();
  let counted = 0;
  let missing = 0;
  let looks = 0;
  let lookedAt = clock.now();
  let lastHint = '';
  let live = 0;

  /** Whether to look now, and why. */
  const wanted = (
    service: Service,
    record: ServiceDeployment | undefined,
    isServiceFresh: boolean,
  ): keyof typeof mostPages | 'no' => {
    const own = ownDeployment(attempt, service);
    const count = Math.max(own?.failed ?? 0, record?.breaker?.failures ?? 0);
    if (count > counted) {
      missing += count - counted;
      looks = looksPerFailure;
    }
    counted = count;
    const liveNow = (own?.running ?? 0) + (own?.pending ?? 0);
    const hint = service.events.find(({ message }) => hints.test(message))?.id ?? '';
    const isNew = hint !== lastHint && !attempt.knownEventIds.includes(hint);
    const moved = liveNow < live || (isNew && hint !== '');
    live = liveNow;
    lastHint = hint;
    if (moved) looks = Math.max(looks, 1);
    const mayFail = own?.rolloutState !== 'COMPLETED';
    const patience = record ? (isServiceFresh ? 'withRecord' : 'withRecordAlone') : 'withoutRecord';
    const isBlind = clock.now() - lookedAt >= blindness[patience];
    if (looks > 0 || stopping.size > 0) return 'hinted';
    if (!mayFail) return 'no';
    return everyPoll ? 'asked' : isBlind ? 'blind' : 'no';
  };

  return {
    async read(service, record, isServiceFresh) {
      const want = wanted(service, record, isServiceFresh);
      if (want === 'no') return [];
      looks = Math.max(0, looks - 1);
      lookedAt = clock.now();
      const answer = await source.read(() =>
        describeStoppedTasks(ecs, attempt, {
          isSettled: (arn) => settled.has(arn),
          enough: missing > 0 ? missing + stopping.size : Number.POSITIVE_INFINITY,
          mostPages: mostPages[want],
          onCall: () => spend(1),
          abortSignal: signal,
        }),
      );
      if (!answer) return [];
      for (const arn of answer.foreign) settled.add(arn);
      const fresh = answer.own.filter(({ arn }) => !stopping.has(arn));
      missing = Math.max(0, missing - fresh.length);
      if (missing === 0) looks = 0;
      for (const { arn, lastStatus } of answer.own) {
        if (lastStatus === 'STOPPED') {
          settled.add(arn);
          stopping.delete(arn);
        } else stopping.add(arn);
      }
      return answer.own;
    },
  };
}
