import { awsErrorKind, awsWords } from '../aws.ts';
import type { Clock } from '../clock.ts';

/** A source of observations that only adds to the picture: the verdict can do without it. */
export interface OptionalSource {
  /** Whether asking makes sense now: not given up, and not pausing after it was throttled. */
  isOpen(): boolean;
  /** Gives it up without a word. */
  close(): void;
  /** What `ask` brings, or undefined where it cannot be asked or failed. Never throws. */
  read<T>(ask: () => Promise<T>): Promise<T | undefined>;
}

/** How often other errors than a denial may come in a row before it is left alone. */
const mostTries = 3;
/** Milliseconds of pause after throttling, doubled each time. */
const firstPause = 4_000;
const longestPause = 30_000;

/**
 * Where the source is denied or not there it is told once and left alone; throttling pauses it, and
 * only it; other errors are tried again, a few times where it has never answered.
 *
 * @param tell is given a message for the log when the source is given up
 */
export function optionalSource(
  name: string,
  clock: Clock,
  tell: (message: string) => void,
): OptionalSource {
  let tries = 0;
  let answered = false;
  let closed = false;
  let pause = firstPause;
  let openAt = 0;
  const isOpen = () => !closed && clock.now() >= openAt;
  return {
    isOpen,
    close() {
      closed = true;
    },
    async read(ask) {
      if (!isOpen()) return undefined;
      try {
        const value = await ask();
        tries = 0;
        answered = true;
        pause = firstPause;
        return value;
      } catch (error) {
        const kind = awsErrorKind(error);
        if (kind === 'throttled') {
          openAt = clock.now() + pause;
          pause = Math.min(pause * 2, longestPause);
          return undefined;
        }
        tries += 1;
        closed = kind !== 'transient' || (!answered && tries >= mostTries);
        if (closed)
          tell(`${name} cannot be read (${awsWords(error)}); going by the service itself`);
        return undefined;
      }
    },
  };
}
