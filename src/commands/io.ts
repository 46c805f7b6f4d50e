import type { Output } from '../report/reporter.ts';

/** The world as the command line sees it; only cli.ts makes one from the process, tests make their own. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results. */
  readonly stdout: Output;
  /** What is wrong, and what a person should know beside the result. */
  readonly stderr: Output;
  /** Asks the person at the terminal for a line; undefined: there is none. Left out where nobody can answer. */
  readonly prompt?: ((question: string) => Promise<string | undefined>) | undefined;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly node: { readonly version: string; readonly execPath: string; readonly platform: string; readonly arch: string };
}
