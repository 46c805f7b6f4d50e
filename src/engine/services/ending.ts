import type { ExecResult } from '../../plugin-api.ts';

/** How a service ended, in words. */
export function endingOf({ status, exitCode, limit }: ExecResult): string {
  switch (status) {
    case 'exited':
      return `exit code ${exitCode}`;
    case 'limit':
      return `ended by bexpert: ${limit ?? 'a limit'}`;
    case 'signalled':
      return exitCode === undefined ? 'ended by bexpert' : `signal ${exitCode - 128}`;
    case 'not-found':
      return 'its command was not found';
    case 'denied':
      return 'its command may not be executed';
    case 'timed-out':
      return 'its time was over';
  }
}
