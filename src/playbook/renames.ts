import type { Part } from './grammar.ts';

/** A key that has another name now. It works for a year, with a warning that shows its successor; `bexpert migrate` rewrites it. */
export interface Rename {
  readonly part: Part;
  readonly key: string;
  readonly to: string;
  /** The version of bexpert in which it got its new name. */
  readonly since: string;
  /** The last day on which the old name works. */
  readonly until: string;
}

/** Of version 1 of the language: none so far. */
export const renames: readonly Rename[] = [];
