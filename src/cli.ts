#!/usr/bin/env node
// The one file that touches the process: arguments, streams, signals and the exit code.
import process from 'node:process';
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
const unread = new Set<NodeJS.WriteStream>();
let lost: string | undefined;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    unread.add(stream);
    if (error.code !== 'EPIPE') lost ??= error.message;
  });
}

const output = (stream: NodeJS.WriteStream): Output => ({
  isTTY: stream.isTTY === true,
  get columns() {
    return stream.columns;
  },
  write: (text) => void (unread.has(stream) || stream.write(text)),
});

const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  signal: interrupt.signal,
  now: () => performance.now(),
  node: { version: process.versions.node, execPath: process.execPath, platform: process.platform, arch: process.arch },
};

const exitCode = await main(process.argv.slice(2), io);
// Handles that a library left open must not keep a finished run alive; what is written is flushed first.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
if (lost !== undefined) io.stderr.write(`error The output could not be written: ${lost}\n`);
process.exit(lost !== undefined && exitCode === 0 ? 3 : exitCode);
