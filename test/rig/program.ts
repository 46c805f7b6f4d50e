import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { root } from '../contract/sources.ts';

/** The built program, as a user starts it. */
export const programPath = path.join(root, 'dist/cli.js');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the output holds the text; rejects when the program ends before. */
  says(text: string | RegExp): Promise<void>;
}
export interface Call {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `bexpert` with an environment of its own: no key of a model, no CI, unless the test says so. */
export function start(args: readonly string[], call: Call): Started {
  const { PATH = '', HOME = '', NODE_EXTRA_CA_CERTS, NODE_V8_COVERAGE } = process.env;
  const child = spawn(process.execPath, [programPath, ...args], {
    cwd: call.cwd,
    env: {
      PATH,
      HOME,
      ...(NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS }),
      // Set by `npm run coverage`, which measures the built program.
      ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE }),
      ...call.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const take = (add: (text: string) => void) => (chunk: Buffer) => {
    add(chunk.toString('utf8'));
    for (const look of [...waiting]) look();
  };
  child.stdout?.on(
    'data',
    take((text) => (stdout += text)),
  );
  child.stderr?.on(
    'data',
    take((text) => (stderr += text)),
  );
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const all = stdout + stderr;
          if (typeof text === 'string' ? all.includes(text) : text.test(all)) {
            waiting.delete(look);
            resolve();
          }
        };
        waiting.add(look);
        look();
        void ended.then(() => {
          look();
          reject(new Error(`the program ended and never said ${text}:\n${stdout}\n${stderr}`));
        });
      }),
  };
}

/** Runs `bexpert` to its end. */
export const program = (args: readonly string[], call: Call): Promise<Ended> => start(args, call).ended;
