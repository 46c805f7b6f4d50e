// Which runs are kept.
import type { KeptRun } from './kept-run.ts';

export interface Retention {
  /** Runs that were used since are kept. */
  readonly olderThanMs: number;
  /** So many of the newest are kept, however old. */
  readonly keep: number;
}

export const defaultRetention: Retention = { olderThanMs: 30 * 24 * 3_600_000, keep: 10 };

/** Runs that may go: old, not among the newest, and nobody can go on with them. `now`: milliseconds since 1970. */
export function expired(runs: readonly KeptRun[], options: Retention & { readonly now: number }): readonly KeptRun[] {
  const newest = new Set([...runs].sort((a, b) => b.usedAt - a.usedAt).slice(0, options.keep));
  return runs.filter((run) => !newest.has(run) && isOld(run, options) && (run.state === 'ended' || run.state === 'unreadable'));
}

export const isOld = (
  run: Pick<KeptRun, 'usedAt'>,
  options: Pick<Retention, 'olderThanMs'> & { readonly now: number },
): boolean => options.now - run.usedAt > options.olderThanMs;
