import type { Picture } from './picture.ts';

/** Why a report could not be made. */
export interface Shortfall {
  /** For a warning. */
  readonly words: string;
  /** Whether it was refused, so that the report's remedy may help. */
  readonly kind: 'refused' | 'limited' | 'unanswered';
}

/** One way of telling what happened. Nothing that it does can fail a deploy. */
export interface Report {
  /** For a warning, e.g. `The pull request comment`. */
  readonly name: string;
  /** What may be done where it is refused. */
  readonly remedy: string;
  /** Shows how things stand; returns at once. */
  show(pictures: readonly Picture[]): void;
  /**
   * Shows how it ended.
   *
   * @param deadline on the local clock, in milliseconds
   * @returns why it could not be made
   */
  finish(pictures: readonly Picture[], deadline: number): Promise<readonly Shortfall[]>;
}
