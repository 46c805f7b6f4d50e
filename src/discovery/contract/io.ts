import type { Place } from './place.ts';

export interface IoFinding extends Place {
  readonly rule: string;
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly hint: string;
  /** `GET /orders`. */
  readonly routes: readonly string[];
  /** From the handler to the place. */
  readonly chain: readonly { readonly name: string; readonly file: string; readonly line: number }[];
}
