// The command line in this process, with a world of its own.
import type { Io } from '../../src/commands/io.ts';

export interface Here {
  readonly io: Io;
  /** What it wrote to standard output. */
  printed(): string;
  /** What it wrote to standard error. */
  told(): string;
  /** Both, in the order in which they came. */
  said(): string;
}

/** In the folder `cwd`, on no terminal; `more` takes the place of the rest. */
export function here(cwd: string, more: Partial<Io> = {}): Here {
  const texts: { readonly of: 'stdout' | 'stderr'; readonly text: string }[] = [];
  const stream = (of: 'stdout' | 'stderr'): Io['stdout'] => ({ isTTY: false, write: (text) => void texts.push({ of, text }) });
  const of = (which: 'stdout' | 'stderr'): string => texts.map((one) => (one.of === which ? one.text : '')).join('');
  return {
    io: {
      cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      stdout: stream('stdout'),
      stderr: stream('stderr'),
      signal: new AbortController().signal,
      now: () => performance.now(),
      node: { version: process.versions.node, execPath: process.execPath, platform: process.platform, arch: process.arch },
      ...more,
    },
    printed: () => of('stdout'),
    told: () => of('stderr'),
    said: () => texts.map(({ text }) => text).join(''),
  };
}
