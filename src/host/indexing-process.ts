// A process of the runner's own that parses what others wrote: it may die, it has little memory, and it is given nothing but its input.
import { spawn } from 'node:child_process';
import os from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { nodePath } from './machine.ts';

export interface IndexingProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** How it ended: `SIGSEGV`, `exit code 1`. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** Mebibytes of the heap of JavaScript; what the parser itself takes is small beside it. */
const heap = 400;

/** Mebibytes for what is new: syntax trees are large and live shortly. */
const young = 32;

export function startIndexing(script: string): IndexingProcess {
  const child = spawn(nodePath(), [`--max-old-space-size=${heap}`, `--max-semi-space-size=${young}`, script], {
    cwd: os.tmpdir(),
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Writing to a process that has just died is no fault of anybody.
  child.stdin.on('error', () => {});
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return { stdin: child.stdin, stdout: child.stdout, ended, kill: () => child.kill('SIGKILL') };
}
