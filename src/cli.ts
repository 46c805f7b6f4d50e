// The one file that touches the process: arguments, streams, signals and the exit code.
import process from 'node:process';
import { reportBug } from './commands/bug.ts';
import type { Io } from './commands/io.ts';
import { main } from './main.ts';
import type { Output } from './report/reporter.ts';

const interrupt = new AbortController();
let interrupted = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    interrupted += 1;
    // Once: end in good order. The third time a person really means it; what the run started dies with this process.
    if (interrupted >= 3) process.exit(130);
    interrupt.abort(new DOMException(`ended by ${name}`, 'AbortError'));
  });
}
// A reader that has gone (`| head`), or a stream that was never open (`>&-`), ends no run: its exit code still says what was proven.
const opened = new Set<NodeJS.WriteStream>();
const unread = new Set<NodeJS.WriteStream>();
let lost: string | undefined;
function open(name: 'stdout' | 'stderr'): NodeJS.WriteStream {
  const stream = process[name];
  if (opened.has(stream)) return stream;
  opened.add(stream);
  return stream.on('error', (error: NodeJS.ErrnoException) => {
    unread.add(stream);
    if (error.code !== 'EPIPE') lost ??= error.message;
  });
}
/** Opened when it is first asked for anything, because that takes Node a millisecond. */
const output = (name: 'stdout' | 'stderr'): Output => ({
  get isTTY() {
    return open(name).isTTY === true;
  },
  get columns() {
    return open(name).columns;
  },
  write: (text) => void (unread.has(open(name)) || open(name).write(text)),
});

const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  stdout: output('stdout'),
  stderr: output('stderr'),
  signal: interrupt.signal,
  now: () => performance.now(),
  node: { version: process.versions.node, execPath: process.execPath, platform: process.platform, arch: process.arch },
};

// Nothing is left to wait for and there is still no result: that must never look like one.
process.once('beforeExit', () => process.exit(reportBug(new Error('the program came to its end without a result'), io)));
void main(process.argv.slice(2), io).then(async (exitCode) => {
  // Handles that a library left open must not keep a finished run alive; what is written is flushed first.
  await Promise.all([...opened].map((stream) => new Promise((done) => stream.write('', done))));
  if (lost !== undefined) io.stderr.write(`error The output could not be written: ${lost}\n`);
  process.exit(lost !== undefined && exitCode === 0 ? 3 : exitCode);
});
