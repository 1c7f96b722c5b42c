import type { Clock } from '../../clock.ts';
import type { Limited } from './client.ts';

/** How soon a report should be sent. */
export type Urgency =
  /** Something changed a little. */
  | 'usual'
  /** The phase changed, or there is a new finding. */
  | 'urgent'
  /** The last one. */
  | 'final';

/**
 * Keeps all writes of a step below GitHub's secondary limits (80 a minute and 500 an hour for what
 * creates content, and a second between two), with room for other steps that share the token.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export interface Pace {
  /**
   * Milliseconds until a report may be written.
   *
   * @param lastOwn when this report was last written
   */
  delay(urgency: Urgency, lastOwn: number | undefined): number;
  /** A write is being made. */
  wrote(): void;
  /** GitHub wants nothing for a while. */
  block(limit: Limited): void;
  /** The limit that keeps all reports waiting now. */
  limit(): Limited | undefined;
}

/** Milliseconds. */
const betweenUsual = 10_000;
const minute = 60_000;
const hour = 3_600_000;

/**
 * Milliseconds between two writes, and writes within a minute and an hour. The last ones are few, and
 * the step waits for them.
 */
const bounds = {
  usual: { between: 1_000, inMinute: 50, inHour: 240 },
  urgent: { between: 1_000, inMinute: 50, inHour: 400 },
  final: { between: 100, inMinute: 75, inHour: 480 },
} as const satisfies Record<Urgency, unknown>;

export function createPace(clock: Clock): Pace {
  let writes: number[] = [];
  let blockedUntil = 0;
  let met: Limited | undefined;
  return {
    delay(urgency, lastOwn) {
      const now = clock.now();
      writes = writes.filter((at) => at > now - hour);
      const { between, inMinute, inHour } = bounds[urgency];
      /** When the last `count` writes are `span` ago. */
      const after = (count: number, span: number) => (writes.at(-count) ?? -span) + span;
      const usual = urgency === 'usual' && lastOwn !== undefined ? lastOwn + betweenUsual : 0;
      return Math.max(
        0,
        ...[
          after(1, between),
          after(inMinute, minute),
          after(inHour, hour),
          usual,
          blockedUntil,
        ].map((at) => at - now),
      );
    },
    wrote() {
      writes.push(clock.now());
    },
    block(limit) {
      met = limit;
      blockedUntil = Math.max(blockedUntil, clock.now() + limit.wait);
    },
    limit: () => (blockedUntil > clock.now() ? met : undefined),
  };
}
