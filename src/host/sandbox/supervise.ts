// What is the same for every provider: start the process, hand over its environment, keep its output, watch its limits, end all of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { type CpuTime, type ExecResult, pluginError } from '../../plugin-api.ts';
import { type SignalName, sendSignal, signalGroup } from '../machine.ts';
import { defaultLimits, type Sandboxed, type StartSpec } from './contract.ts';
import { type Ending, ended } from './ending.ts';
import { Freezer } from './freezer.ts';
import { type LauncherWord, launcherEnvironment, parseLauncherWord, stageEnvironment } from './launcher.ts';
import { bytesInWords, watchLimits } from './limits.ts';
import { KeptOutput } from './output.ts';
import { cpuTime, innermostPid, processTree, readStat } from './processes.ts';

export interface Launch {
  /** Complete command line on this machine; its last part is the launcher's. */
  readonly argv: readonly string[];
  /** Read by the sandbox's own programs from descriptor 4. */
  readonly preparation?: string;
  /** The same from descriptor 5: a filter of system calls. */
  readonly filter?: Uint8Array;
  /** True where the start has a pid namespace of its own. */
  readonly namespace: boolean;
  /** Processes of the start that left its tree; only where there is no namespace. */
  readonly strays?: () => readonly number[];
  /** Ends what was made for this start only. */
  readonly release?: () => PromiseLike<void>;
}

const graceMs = 2000;
const defaultKeepBytes = 1024 * 1024;

/** Starts the process and waits until its command runs or is known not to. Throws a PluginError when the sandbox cannot be made. */
export async function supervise(launch: Launch, spec: StartSpec): Promise<Sandboxed> {
  const started = performance.now();
  const [file = '', ...args] = launch.argv;
  const child = spawn(file, args, {
    detached: true,
    cwd: '/',
    env: { ...stageEnvironment },
    stdio: [
      ...(['pipe', 'pipe', 'pipe', 'pipe'] as const),
      launch.preparation === undefined ? 'ignore' : 'pipe',
      ...(launch.filter === undefined ? [] : (['pipe'] as const)),
    ],
  });
  const root = child.pid;
  if (root === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    await launch.release?.();
    throw pluginError({ code: 'sandbox/start-failed', message: `${file} could not be started: ${error.message}`, cause: error });
  }
  return new Start({ child, root, launch, spec, started }).begin();
}

interface StartParts {
  readonly child: ChildProcess;
  readonly root: number;
  readonly launch: Launch;
  readonly spec: StartSpec;
  readonly started: number;
}

class Start implements Sandboxed {
  readonly pid: number;
  readonly stdin: NodeJS.WritableStream | undefined;
  readonly ended: Promise<ExecResult>;
  readonly #parts: StartParts;
  readonly #stdout: KeptOutput;
  readonly #stderr: KeptOutput;
  readonly #word: Promise<LauncherWord | undefined>;
  /** Why it was ended from outside, if it was. */
  #ending: Ending = { kind: 'itself' };
  /** Pid of the command on this machine, once it runs. */
  #command: number | undefined;
  /** First process of the pid namespace: when it is gone, all are. */
  #init: { readonly pid: number; readonly started: number } | undefined;
  #cpu: CpuTime = { user: 0, system: 0 };
  #over = false;
  readonly #freezer = new Freezer(() => this.#everyProcess());

  constructor(parts: StartParts) {
    const { child, spec, launch } = parts;
    this.#parts = parts;
    this.pid = parts.root;
    this.#stdout = new KeptOutput(spec.keepBytes ?? defaultKeepBytes);
    this.#stderr = new KeptOutput(spec.keepBytes ?? defaultKeepBytes);
    this.stdin = spec.stdin === 'pipe' ? (child.stdin ?? undefined) : undefined;
    this.#feed(child.stdin, spec.stdin === 'pipe' ? undefined : (spec.stdin ?? ''));
    this.#feed(child.stdio[3] as Writable | null, launcherEnvironment(spec.env));
    this.#feed(child.stdio[4] as Writable | null, launch.preparation);
    // Typed as five, of which the last ones depend on what was asked for.
    const [, , , , , filter] = child.stdio as readonly unknown[];
    if (launch.filter !== undefined) this.#feed(filter as Writable, launch.filter);
    this.#collect('stdout', child.stdout, this.#stdout);
    this.#collect('stderr', child.stderr, this.#stderr);
    this.#word = firstLine(child.stdio[3] as Readable).then(parseLauncherWord);
    this.ended = this.#run();
    this.ended.catch(() => undefined);
  }

  async begin(): Promise<Sandboxed> {
    const word = await this.#word;
    if (word?.kind === 'started') this.#identify(word.pid);
    else await this.ended;
    return this;
  }

  /** A command may close its input or end before it has read all of it: no error of ours. */
  #feed(stream: Writable | null, text: string | Uint8Array | undefined): void {
    stream?.on('error', () => undefined);
    if (text !== undefined) stream?.end(text);
  }

  #collect(name: 'stdout' | 'stderr', stream: Readable | null, kept: KeptOutput): void {
    const limit = this.#parts.spec.limits?.outputBytes ?? defaultLimits.outputBytes;
    stream?.on('error', () => undefined);
    stream?.on('data', (chunk: Uint8Array) => {
      kept.push(chunk);
      this.#parts.spec.onOutput?.(name, chunk);
      if (this.#stdout.total + this.#stderr.total > limit) {
        this.#end({ kind: 'limit', limit: `more than ${bytesInWords(limit)} of output` });
      }
    });
  }

  /** Finds the command and the namespace's first process among our descendants. */
  #identify(inner: number): void {
    if (!this.#parts.launch.namespace) {
      this.#command = this.pid;
      return;
    }
    for (const pid of processTree(this.pid)) {
      if (pid === this.pid) continue;
      const seen = innermostPid(pid);
      if (seen === inner) this.#command ??= pid;
      const stat = seen === 1 && this.#init === undefined ? readStat(pid) : undefined;
      if (stat !== undefined) this.#init = { pid, started: stat.started };
    }
  }

  async #run(): Promise<ExecResult> {
    const { child, spec, launch, started } = this.#parts;
    const abort = () => this.#end({ kind: 'aborted' });
    if (spec.signal.aborted) abort();
    spec.signal.addEventListener('abort', abort, { once: true });
    const timer = spec.timeoutMs === undefined ? undefined : setTimeout(() => this.#end({ kind: 'timed-out' }), spec.timeoutMs);
    const watch = watchLimits(this.pid, spec, {
      exceeded: (limit) => this.#end({ kind: 'limit', limit }),
      tick: () => void this.#sampleCpu(),
    });
    try {
      const [code, signal] = (await once(child, 'exit')) as [number | null, SignalName | null];
      const word = await Promise.race([this.#word, later(graceMs)]);
      await this.#endRest();
      await Promise.race([Promise.all([closed(child.stdout), closed(child.stderr)]), later(graceMs)]);
      if (word === undefined && this.#ending.kind === 'itself') throw this.#setupFailure(code);
      if (word?.kind === 'no-folder') {
        throw pluginError({
          code: 'command/no-folder',
          message: `The working directory ${spec.cwd} does not exist, so ${spec.argv[0]} was not started.`,
          hint: '`working-directory:` is relative to the folder of bexpert.yml; git keeps no empty folders.',
        });
      }
      return ended({
        word,
        ending: this.#ending,
        code,
        signal,
        stdout: this.#stdout,
        stderr: this.#stderr,
        durationMs: performance.now() - started,
      });
    } finally {
      this.#over = true;
      clearTimeout(timer);
      watch.stop();
      spec.signal.removeEventListener('abort', abort);
      for (const stream of child.stdio) stream?.destroy();
      await launch.release?.();
    }
  }

  #setupFailure(code: number | null): Error {
    const said = this.#stderr.text().trim();
    return pluginError({
      code: 'sandbox/setup-failed',
      message: `The sandbox for ${this.#parts.spec.argv[0]} could not be made (exit code ${code}): ${said === '' ? 'no reason given' : said}`,
      hint: 'Run `bexpert doctor` to see which sandbox works on this machine.',
    });
  }

  #end(ending: Ending): void {
    if (this.#over || this.#ending.kind !== 'itself') return;
    this.#ending = ending;
    this.#sampleCpu();
    this.#killAll();
  }

  /** Without a namespace also those that left the tree. */
  #everyProcess(): readonly number[] {
    return [...new Set([...processTree(this.pid), ...(this.#parts.launch.strays?.() ?? [])])];
  }

  #killAll(): void {
    const pids = this.#everyProcess();
    if (this.#init !== undefined) sendSignal(this.#init.pid, 'SIGKILL');
    signalGroup(this.pid, 'SIGKILL');
    for (const pid of pids) sendSignal(pid, 'SIGKILL');
  }

  /** After the command has ended: whatever it left behind ends too, and is gone when this resolves. */
  async #endRest(): Promise<void> {
    signalGroup(this.pid, 'SIGKILL');
    const deadline = performance.now() + 5000;
    while (performance.now() < deadline) {
      const strays = this.#parts.launch.strays?.() ?? [];
      for (const pid of strays) sendSignal(pid, 'SIGKILL');
      const init = this.#init;
      const initLives = init !== undefined && isRunning(init);
      if (initLives) sendSignal(init.pid, 'SIGKILL');
      if (strays.length === 0 && !initLives) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #sampleCpu(pids: readonly number[] = processTree(this.pid)): void {
    if (this.#over) return;
    const now = cpuTime(pids);
    // A process that ended unobserved takes its time along: never let the sum go back.
    if (now.user + now.system >= this.#cpu.user + this.#cpu.system) this.#cpu = now;
  }

  async cpu(): Promise<CpuTime> {
    if (!this.#over) this.#sampleCpu(this.#everyProcess());
    return this.#cpu;
  }

  async freeze(): Promise<void> {
    if (!this.#over) await this.#freezer.freeze();
  }

  thaw(): number {
    return this.#over ? 0 : this.#freezer.thaw();
  }

  async stop(signal: SignalName = 'SIGTERM'): Promise<ExecResult> {
    if (!this.#over && this.#command !== undefined) {
      this.#sampleCpu();
      // The command's whole group, as a terminal would: `sh -c "npm start"` alone would leave its child running until the kill.
      const group = readStat(this.#command)?.group;
      if (group === undefined || !signalGroup(group, signal)) sendSignal(this.#command, signal);
      // What stands still hears no signal but SIGKILL.
      this.#freezer.thaw();
    } else if (!this.#over) this.#end({ kind: 'aborted' });
    const timer = setTimeout(() => this.#end({ kind: 'aborted' }), graceMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A zombie has ended: its namespace was emptied before, and only its parent can take it away. */
function isRunning(init: { readonly pid: number; readonly started: number }): boolean {
  const stat = readStat(init.pid);
  return stat !== undefined && stat.started === init.started && !'ZX'.includes(stat.state);
}

/** Resolves with undefined: something that took too long. */
const later = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms, undefined).unref());

async function closed(stream: Readable | null): Promise<void> {
  if (stream === null || stream.closed || stream.readableEnded) return;
  await once(stream, 'close').catch(() => undefined);
}

function firstLine(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const done = () => resolve(text.split('\n')[0] ?? '');
    stream.on('data', (chunk: Buffer) => {
      text += text.length > 200 ? '' : chunk.toString('latin1');
      if (text.includes('\n')) done();
    });
    stream.on('close', done).on('end', done).on('error', done);
  });
}
