// Values of secrets, asked of this machine outside every sandbox: a file, or a command with the environment of whoever called.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { SecretSource } from '../model/plan.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { shellArgv } from './shell.ts';

const commandMs = 60_000;
const longest = 1024 * 1024;

export interface SecretAsker {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute folder of the scope. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** The value, or why there is none, in words. A line end behind it is no part of it. */
export async function readSecret(source: SecretSource, asker: SecretAsker): Promise<Result<string, string>> {
  switch (source.kind) {
    case 'env': {
      const value = asker.env[source.variable];
      return value === undefined || value === ''
        ? fail(`the variable ${source.variable} is not set`)
        : succeed(value.replace(/\r?\n$/, ''));
    }
    case 'file':
      return readFile(fileOf(source.path, asker), 'utf8').then(
        (text) => valued(text, `the file ${source.path} is empty`),
        (error: NodeJS.ErrnoException) =>
          fail(
            `the file ${source.path} cannot be read: ${error.code === 'ENOENT' ? 'it is not there' : (error.code ?? error.message)}`,
          ),
      );
    case 'command':
      return runForSecret(source.command, asker);
  }
}

function fileOf(written: string, { env, folder }: SecretAsker): string {
  if (written.startsWith('~/')) return path.join(env.HOME ?? os.homedir(), written.slice(2));
  return path.resolve(folder, written);
}

const valued = (text: string, empty: string): Result<string, string> => {
  const value = text.replace(/\r?\n$/, '');
  return value === '' ? fail(empty) : succeed(value);
};

/** What it writes to its standard error may hold anything, and nothing masks it yet: it is not repeated. */
function runForSecret(line: string, { env, folder, signal }: SecretAsker): Promise<Result<string, string>> {
  const [file, ...args] = shellArgv(line);
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env: { ...env }, timeout: commandMs, maxBuffer: longest, signal, encoding: 'utf8' } as const;
    const child = execFile(file, args, options, (error, stdout) => {
      if (signal.aborted) reject(signal.reason);
      else if (error === null) resolve(valued(stdout, `\`${line}\` printed nothing`));
      else if (error.killed === true) resolve(fail(`\`${line}\` took longer than ${commandMs / 1000} s, or printed too much`));
      else resolve(fail(`\`${line}\` ended with ${error.code ?? error.signal ?? 'an error'}`));
    });
    child.stdin?.end();
  });
}
