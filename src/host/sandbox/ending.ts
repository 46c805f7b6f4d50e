import { constants } from 'node:os';
import type { ExecResult } from '../../plugin-api.ts';
import type { LauncherWord } from './launcher.ts';
import type { KeptOutput } from './output.ts';

/** Who ended a start. */
export type Ending =
  | { readonly kind: 'itself' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'limit'; readonly limit: string };

/** Signals that end a program; a shell and every sandbox hand them on as exit code 128 + number. */
const deadly = new Set(
  (
    [
      'SIGHUP',
      'SIGINT',
      'SIGQUIT',
      'SIGILL',
      'SIGTRAP',
      'SIGABRT',
      'SIGBUS',
      'SIGFPE',
      'SIGKILL',
      'SIGSEGV',
      'SIGPIPE',
      'SIGTERM',
    ] as const
  ).map((name) => constants.signals[name] + 128),
);

/** The result in the words of the contract; the same for every provider. */
export function ended(o: {
  readonly word: LauncherWord | undefined;
  readonly ending: Ending;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: KeptOutput;
  readonly stderr: KeptOutput;
  readonly durationMs: number;
}): ExecResult {
  const code = o.code ?? (o.signal === null ? undefined : 128 + constants.signals[o.signal]);
  const rest = {
    stdout: o.stdout.text(),
    stderr: o.stderr.text(),
    truncated: o.stdout.truncated || o.stderr.truncated,
    durationMs: o.durationMs,
  };
  switch (o.ending.kind) {
    case 'timed-out':
      return { status: 'timed-out', exitCode: undefined, ...rest };
    case 'limit':
      return { status: 'limit', limit: o.ending.limit, exitCode: undefined, ...rest };
    case 'aborted':
      return { status: 'signalled', exitCode: undefined, ...rest };
    case 'itself':
      break;
  }
  if (o.word?.kind === 'not-found' || o.word?.kind === 'denied') return { status: o.word.kind, exitCode: code, ...rest };
  return { status: code === undefined || deadly.has(code) ? 'signalled' : 'exited', exitCode: code, ...rest };
}
