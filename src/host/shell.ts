import { existsSync } from 'node:fs';

/** Places where bash may stand; sandboxes show the same system folders. */
const bashPaths = ['/usr/bin/bash', '/bin/bash', '/usr/local/bin/bash'] as const;

/**
 * Arguments that run one `run:` line. bash stops at the first failing command, also inside a pipe, and reads no start-up file;
 * where the machine has no bash, plain sh stops at the first failing command.
 */
export function shellArgv(command: string): readonly [string, ...string[]] {
  const bash = bashPaths.find((path) => existsSync(path));
  if (bash === undefined) return ['/bin/sh', '-e', '-c', command];
  return [bash, '--noprofile', '--norc', '-eo', 'pipefail', '-c', command];
}

/** A word as a POSIX shell reads it back unchanged. */
export const quoteWord = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
