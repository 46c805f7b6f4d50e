// The one file that touches the process: arguments, streams, signals and the exit code.
import process from 'node:process';
import { reportBug } from './commands/bug.ts';
import type { Io } from './commands/io.ts';
import { processOutput } from './commands/output.ts';
import { main } from './main.ts';

/** Listened to only where it is asked for: what has started nothing may simply end. */
function interruption(): AbortSignal {
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
  return interrupt.signal;
}
let signal: AbortSignal | undefined;
const stdout = processOutput(1, () => process.stdout);
const stderr = processOutput(2, () => process.stderr);

/** Written to standard error, so that results stay by themselves. */
async function prompt(question: string): Promise<string | undefined> {
  const { promptOn } = await import('./commands/terminal-prompt.ts');
  return promptOn({ question, input: process.stdin, output: process.stderr, signal: io.signal });
}

const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  stdout,
  stderr,
  get prompt() {
    return process.stdin.isTTY && process.stderr.isTTY ? prompt : undefined;
  },
  get signal() {
    signal ??= interruption();
    return signal;
  },
  now: () => performance.now(),
  node: { version: process.versions.node, execPath: process.execPath, platform: process.platform, arch: process.arch },
};

// Nothing is left to wait for and there is still no result: that must never look like one.
process.once('beforeExit', () => process.exit(reportBug(new Error('the program came to its end without a result'), io)));
void main(process.argv.slice(2), io).then(async (exitCode) => {
  // Handles that a library left open must not keep a finished run alive; what is written is flushed first.
  await Promise.all([stdout.flush(), stderr.flush()]);
  const lost = stdout.lost ?? stderr.lost;
  if (lost !== undefined) stderr.write(`error The output could not be written: ${lost}\n`);
  process.exit(lost !== undefined && exitCode === 0 ? 3 : exitCode);
});
