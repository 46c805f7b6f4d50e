import { exitCodes } from '../model/exit.ts';
import { RunBug } from '../model/run-bug.ts';
import type { Io } from './io.ts';

/** Says that bexpert itself is broken, where the journal is and what to do. Gives the exit code. */
export function reportBug(thrown: unknown, io: Io): number {
  const [error, journal] = thrown instanceof RunBug ? [thrown.cause, thrown.journal] : [thrown];
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = [
    'internal error: this is a bug in bexpert, not in your playbook and not in your code.',
    stack,
    ...(journal === undefined ? [] : [`The journal of the run: ${journal}`]),
    `Please report it with this text, the output of \`bexpert doctor\`${journal === undefined ? '' : ' and the journal (look through it first: it holds parts of your code)'}; CONTRIBUTING.md says where.`,
  ];
  io.stderr.write(`${lines.join('\n')}\n`);
  return exitCodes.internal;
}
