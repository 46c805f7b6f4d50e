import { fstatSync, writeSync } from 'node:fs';
import type { Output } from '../report/reporter.ts';

/** Where a command writes, with what became of it. */
export interface ProcessOutput extends Output {
  /** Why not everything could be written, in the system's words. A reader that has gone is no reason. */
  readonly lost: string | undefined;
  /** Everything is written when it resolves. */
  flush(): Promise<void>;
}

/**
 * An output of the process. Files and pipes are written at once, as Node's own streams do on POSIX; but without the parts of Node
 * that make a stream, which take as long to load as a small command takes. Terminals, and pipes that are full and may not be waited
 * for, are left to Node. A reader that has gone (`| head`) ends no run: its exit code still says what was proven.
 */
export function processOutput(fd: number, stream: () => NodeJS.WriteStream): ProcessOutput {
  let opened: NodeJS.WriteStream | undefined;
  let lost: string | undefined;
  let unread = false;
  const failed = (error: NodeJS.ErrnoException): void => {
    unread = true;
    if (error.code !== 'EPIPE') lost ??= error.message;
  };
  const open = (): NodeJS.WriteStream => {
    opened ??= stream().on('error', failed);
    return opened;
  };
  let direct = isPlain(fd);
  return {
    get isTTY() {
      return !direct && open().isTTY === true;
    },
    get columns() {
      return direct ? undefined : open().columns;
    },
    get lost() {
      return lost;
    },
    write: (text) => {
      if (unread) return;
      let rest = Buffer.from(text);
      try {
        while (direct && rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
      } catch (error) {
        if (!isSystemError(error)) throw error;
        if (error.code === 'EAGAIN') direct = false;
        else failed(error);
      }
      if (!direct && rest.length > 0) open().write(rest);
    },
    flush: () => new Promise((done) => (opened === undefined ? done() : opened.write('', () => done()))),
  };
}

function isPlain(fd: number): boolean {
  try {
    const known = fstatSync(fd);
    return known.isFile() || known.isFIFO() || known.isSocket();
  } catch {
    return false;
  }
}
const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error;
