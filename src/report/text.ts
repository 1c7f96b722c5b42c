import { shortName } from '../arn.ts';

/**
 * Makes text from AWS, logs or pull requests harmless in the runner's log: one line, no control
 * characters, nothing that the runner reads as a command (`::` at a line's start never happens,
 * since every line starts with the step's own words; `##[` counts anywhere).
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function untrusted(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what goes.
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
      // What turns or hides the text after it.
      .replace(/[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
      .replaceAll('##[', '## [')
      .replace(/^\s*::/, ': :')
      .trim()
  );
}

/** The same for a line whose indentation tells something. */
export function indented(line: string): string {
  return (/^ */.exec(line)?.[0] ?? '') + untrusted(line);
}

/** `0:07`, `12:34`, `1:02:03` from milliseconds. */
export function stopwatch(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** `45s`, `2m 31s`, `1h 5m` from milliseconds. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m ${seconds % 60}s`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

/** `1 task`, `2 tasks`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The last part of an ARN, e.g. `web:7`; made harmless, as an ARN comes from AWS too. */
export function nameOf(arn: string): string {
  return untrusted(shortName(arn));
}
