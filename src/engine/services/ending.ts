import { constants } from 'node:os';
import type { ExecResult } from '../../plugin-api.ts';

/** How a service ended, in words. */
export function endingOf({ status, exitCode, limit }: ExecResult): string {
  switch (status) {
    case 'exited':
      return `exit code ${exitCode}`;
    case 'limit':
      return `ended by bexpert: ${limit ?? 'a limit'}`;
    case 'signalled':
      return exitCode === undefined ? 'ended by bexpert' : signalOf(exitCode - 128);
    case 'not-found':
      return 'its command was not found';
    case 'denied':
      return 'its command may not be executed';
    case 'timed-out':
      return 'its time was over';
  }
}

const signalOf = (number: number): string =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;

/** What to do about a service that ended before it was ready. */
export function adviceOn({ status, exitCode }: ExecResult): string {
  const byHand = 'Run its command by hand with the same variables; its `run:` and `env:` stand in bexpert.yml.';
  if (status === 'limit') return `Let it do less of that, or find out by hand why it does it. ${byHand}`;
  if (status === 'exited' && exitCode === 0) {
    return `A service stays in the foreground: leave out \`&\`, \`--daemon\`, \`--detach\` and what else sends it to the background. ${byHand}`;
  }
  return byHand;
}
