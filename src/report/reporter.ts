import type { Diagnostic } from '../model/diagnostic.ts';
import type { JournalEvent, RunEvent } from '../model/event.ts';
import type { Where } from './run-words.ts';

/** Draws a run while it goes on. It cannot change an outcome, and the engine never waits for it. */
export interface Reporter {
  on(event: RunEvent): void;
  /** Problems beside the run, for those whose output is read by a program. */
  diagnose?(list: readonly Diagnostic[]): void;
  /** What was told so far is drawn when it resolves, and nothing moves before the next event. */
  drawn?(): Promise<void>;
  /** Everything is drawn when it resolves. */
  close(): Promise<void>;
}

/** Where a reporter writes. */
export interface Output {
  readonly isTTY: boolean;
  /** Characters in a line of a terminal. */
  readonly columns?: number | undefined;
  write(text: string): void;
}

export const reporterNames = ['tty', 'plain', 'json', 'github', 'sarif'] as const;
export type ReporterName = (typeof reporterNames)[number];

export interface ReporterOptions extends Where {
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** What happened before a resume: known, not told again. */
  readonly history?: readonly JournalEvent[];
  /** Where a reporter that writes one document writes it, so that progress can be drawn beside it. */
  readonly document?: Output;
}
