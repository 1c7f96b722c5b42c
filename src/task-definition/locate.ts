import { isObject } from './json.ts';
import { counterpart } from './lists.ts';
import type { Location, Path, Source, TaskDefinition } from './types.ts';

/**
 * Finds the lines for paths of `definition`, which was made from `source` by changes: items may have
 * moved, and are found again by name. Absent for what the file does not say: a value that an input
 * set or changed, an item that it added, a member that it removed.
 */
export function locator(
  source: Source,
  definition: TaskDefinition,
): (path: Path) => Location | undefined {
  return (path) => {
    const written = originOf(path, definition, source.definition);
    return written && source.locate(written);
  };
}

function originOf(path: Path, after: unknown, before: unknown): Path | undefined {
  const origin: (string | number)[] = [];
  let list = '';
  let [now, then] = [after, before];
  for (const step of path) {
    let place = step;
    if (typeof step === 'number' && Array.isArray(now) && Array.isArray(then)) {
      place = counterpart(list, now, step, then);
    } else list = String(step);
    [now, then] = [memberOf(now, step), memberOf(then, place)];
    if ((now === undefined) !== (then === undefined)) return undefined;
    origin.push(place);
  }
  const holdsMore = typeof now === 'object';
  return holdsMore || now === then ? origin : undefined;
}

function memberOf(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return value[Number(step)];
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
