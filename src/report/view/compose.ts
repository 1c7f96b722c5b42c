/** A part of a report that can be told at different lengths. */
export interface Section {
  /** What is dropped last has the highest. */
  readonly weight: number;
  /** From the whole to the shortest; the empty string leaves it out. */
  readonly forms: readonly string[];
}

/** The same text at every length. */
export function whole(weight: number, text: string): Section {
  return { weight, forms: [text] };
}

/** The whole, or shorter, but never nothing. */
export function shortened(weight: number, ...forms: readonly string[]): Section {
  return { weight, forms };
}

/** The whole, or nothing. */
export function droppable(weight: number, ...forms: readonly string[]): Section {
  return { weight, forms: [...forms, ''] };
}

/**
 * Puts sections together, shortening the least telling ones first until all of it has at most `limit`
 * characters. What cannot be shortened stays: it is small by itself.
 */
export function compose(sections: readonly Section[], limit: number): string {
  const chosen = sections.map(() => 0);
  const form = (index: number) => sections[index]?.forms[chosen[index] ?? 0] ?? '';
  const text = () =>
    sections
      .map((_, index) => form(index))
      .filter((part) => part !== '')
      .join('\n\n');
  for (let now = text(); ; now = text()) {
    if (now.length <= limit) return now;
    const [least] = sections
      .map(({ weight, forms }, index) => ({
        weight,
        index,
        left: forms.length - 1 - (chosen[index] ?? 0),
      }))
      .filter(({ left }) => left > 0)
      .toSorted((one, other) => one.weight - other.weight);
    if (!least) return now;
    chosen[least.index] = (chosen[least.index] ?? 0) + 1;
  }
}
