// Commands of whoever fills the step: in the step's sandbox, a few at a time, all ended with the step.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fail, type Result, succeed } from '../../model/result.ts';
import { type Commands, type ExecResult, isPluginError, type OwnedProcess } from '../../plugin-api.ts';
import { shellArgv } from '../shell.ts';
import { CommandLog } from './command-log.ts';
import type { ToolInputs } from './input.ts';

const mostAlive = 8;
const wallLimitMs = 10 * 60_000;
const shownCharacters = 12_000;

interface Running {
  readonly id: string;
  readonly owned: OwnedProcess;
  readonly log: CommandLog;
  readonly started: number;
  /** Resolves when the process has ended and its output is complete. */
  readonly over: Promise<ExecResult>;
  result: ExecResult | undefined;
}
export interface CommandAnswer {
  readonly text: string;
  /** The command ran and did not end with 0. */
  readonly failed: boolean;
}

export class ShellCommands {
  readonly #commands: Commands;
  readonly #logFolder: string;
  readonly #mask: (text: string) => string;
  readonly #all = new Map<string, Running>();
  #count = 0;

  constructor(options: { readonly commands: Commands; readonly logFolder: string; readonly mask: (text: string) => string }) {
    this.#commands = options.commands;
    this.#logFolder = options.logFolder;
    this.#mask = options.mask;
  }

  /** `cwd`: relative to the scope. */
  async run(input: ToolInputs['run_command'], cwd: string): Promise<Result<CommandAnswer, string>> {
    const alive = [...this.#all.values()].filter(({ result }) => result === undefined);
    if (alive.length >= mostAlive) {
      return fail(
        `${mostAlive} commands are running (${alive.map(({ id }) => id).join(', ')}). End one with command_status and Terminate.`,
      );
    }
    const wait = input.WaitMsBeforeAsync ?? 10_000;
    if (wait < 0 || wait > 120_000) return fail('WaitMsBeforeAsync must be 0 to 120000 milliseconds.');
    if (input.CommandLine.trim() === '') return fail('CommandLine is empty.');
    if (input.CommandLine.includes('\0')) return fail('A command line cannot hold a zero byte.');
    const running = await this.#start(input.CommandLine, cwd);
    if (!running.ok) return running;
    await settledWithin(running.value.over, wait);
    return succeed(this.#answer(running.value, shownCharacters, 'split'));
  }

  async #start(line: string, cwd: string): Promise<Result<Running, string>> {
    const [file, ...args] = shellArgv(line);
    await mkdir(this.#logFolder, { recursive: true });
    this.#count += 1;
    const id = `c${this.#count}`;
    let owned: OwnedProcess;
    try {
      owned = await this.#commands.spawn(file, args, { cwd, timeoutMs: wallLimitMs, keepBytes: 4096 });
    } catch (error) {
      if (isPluginError(error) && error.code === 'command/no-folder') return fail(error.message);
      throw error;
    }
    await owned.stdin.close().catch(() => undefined);
    const log = new CommandLog(path.join(this.#logFolder, `${id}.log`), this.#mask);
    const read = Promise.all([
      drain(owned.stdout, (chunk) => log.push('stdout', chunk)),
      drain(owned.stderr, (chunk) => log.push('stderr', chunk)),
    ]);
    const over = owned.ended.then(async (result) => {
      await read;
      await log.close();
      running.result = result;
      return result;
    });
    over.catch(() => undefined);
    const running: Running = { id, owned, log, started: performance.now(), over, result: undefined };
    this.#all.set(id, running);
    return succeed(running);
  }

  async status(input: ToolInputs['command_status']): Promise<Result<CommandAnswer, string>> {
    const running = this.#all.get(input.CommandId);
    if (running === undefined) {
      const known = [...this.#all.keys()].join(', ');
      return fail(
        `There is no command ${input.CommandId}. ${known === '' ? 'None was started in this step.' : `Known are ${known}.`}`,
      );
    }
    const wait = input.WaitDurationSeconds ?? 0;
    const count = input.OutputCharacterCount ?? shownCharacters;
    if (wait < 0 || wait > 60) return fail('WaitDurationSeconds must be 0 to 60.');
    if (count < 1 || count > 50_000) return fail('OutputCharacterCount must be 1 to 50000.');
    if (input.Terminate === true && running.result === undefined) await running.owned.stop();
    await settledWithin(running.over, input.Terminate === true ? 5000 : wait * 1000);
    return succeed(this.#answer(running, count, input.OutputPriority ?? 'split'));
  }

  #answer(running: Running, limit: number, priority: 'top' | 'bottom' | 'split'): CommandAnswer {
    const { result, log, id } = running;
    const output = log.text(limit, priority).trimEnd();
    const shown = output === '' ? '(no output)' : output;
    if (result === undefined) {
      const seconds = ((performance.now() - running.started) / 1000).toFixed(1);
      return { text: `Still running after ${seconds} s as command ${id}; ask command_status.\n${shown}`, failed: false };
    }
    const failed = result.status !== 'exited' || result.exitCode !== 0;
    return { text: `Command ${id}: ${ending(result)} after ${(result.durationMs / 1000).toFixed(1)} s.\n${shown}`, failed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(
      [...this.#all.values()].map(async (running) => {
        if (running.result === undefined) await running.owned.stop('SIGKILL');
        await settledWithin(running.over, 5000);
      }),
    );
  }
}

function ending(result: ExecResult): string {
  switch (result.status) {
    case 'exited':
      return `exit code ${result.exitCode}`;
    case 'signalled':
      return 'ended by a signal';
    case 'timed-out':
      return `ended at the limit of ${wallLimitMs / 60_000} minutes`;
    case 'limit':
      return `ended at a limit: ${result.limit ?? 'unknown'}`;
    case 'not-found':
      return 'bash was not found';
    case 'denied':
      return 'denied by the sandbox';
  }
}

async function drain(stream: ReadableStream<Uint8Array>, take: (chunk: Uint8Array) => void): Promise<void> {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) take(part.value);
  } catch {
    // The stream broke with its process; what came is kept.
  }
}

async function settledWithin(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise.then(() => undefined), late]).finally(() => clearTimeout(timer));
}
