// Podman or Docker of this machine. Its client runs outside every sandbox, with the environment of whoever called: it is they who set it up.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { signalGroup } from './machine.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const engineNames = ['podman', 'docker'] as const;
export type EngineName = (typeof engineNames)[number];

export interface ContainerEngine {
  readonly name: EngineName;
  readonly env: Environment;
}
export interface FoundEngine extends ContainerEngine {
  readonly version: string;
}
export interface EngineAnswer {
  /** Undefined: it was ended by a signal, or could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Asks for what only a working engine answers: a client of Docker without its daemon does not. */
const asks: { readonly [Name in EngineName]: readonly string[] } = {
  podman: ['info', '--format', '{{.Version.Version}}'],
  docker: ['version', '--format', '{{.Server.Version}}'],
};
const answerMs = 20_000;
const notInstalled = 'it is not installed';

/** The first one that answers, or why none does. */
export async function findEngine(o: {
  readonly env: Environment;
  readonly signal: AbortSignal;
}): Promise<FoundEngine | readonly string[]> {
  const reasons: string[] = [];
  for (const name of engineNames) {
    const engine = { name, env: o.env };
    const said = await askEngine(engine, asks[name], { signal: o.signal, timeoutMs: answerMs });
    if (said.code === 0 && said.stdout !== '') return { ...engine, version: said.stdout };
    reasons.push(`${name}: ${reasonIn(said.stderr) || `no answer within ${answerMs / 1000} s`}`);
  }
  return reasons;
}

/** The line of what a client says that says why; what follows it is advice on its use. */
export function reasonIn(words: string): string {
  const lines = words.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1))?.trim() ?? '';
}

interface Asking {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** What `/dev/stdin` is for it. */
  readonly input?: string;
}

/** One call of the client, waited for to its end; all that it started is ended with it. */
export async function askEngine(engine: ContainerEngine, args: readonly string[], o: Asking): Promise<EngineAnswer> {
  o.signal.throwIfAborted();
  // Standard input of a child of Node is a socket, which nobody can open by its name; through `cat` it is a pipe.
  const [file, argv] =
    o.input === undefined ? [engine.name, args] : ['/bin/sh', ['-c', 'cat | "$@"', 'sh', engine.name, ...args]];
  const child = spawn(file, argv, { cwd: '/', env: { ...engine.env }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const failed = new Promise<string>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ENOENT' ? notInstalled : error.message));
  });
  child.stdin.on('error', () => undefined).end(o.input ?? '');
  const over = AbortSignal.any([o.signal, AbortSignal.timeout(o.timeoutMs)]);
  const end = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL');
  over.addEventListener('abort', end);
  try {
    const said = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(([stdout, stderr, [code]]) => ({
      code: typeof code === 'number' ? code : undefined,
      stdout: stdout.trim(),
      stderr: stderr.trim(),
    }));
    said.catch(() => undefined);
    const answer = await Promise.race([said, failed.then((stderr) => ({ code: undefined, stdout: '', stderr }))]);
    o.signal.throwIfAborted();
    return answer;
  } finally {
    over.removeEventListener('abort', end);
  }
}

/** Starts a container that was made; the client lives as long as it does and has its streams. In a group of its own: Ctrl-C is for us. */
export const attachContainer = (
  { name, env }: ContainerEngine,
  container: string,
): ChildProcessByStdio<null, Readable, Readable> =>
  spawn(name, ['start', '--attach', container], {
    cwd: '/',
    env: { ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Removes a container with its anonymous volumes, whatever it is doing. The reason when it is still there. */
export async function removeContainer(engine: ContainerEngine, container: string): Promise<string | undefined> {
  const now = engine.name === 'podman' ? ['--time', '0'] : [];
  const said = await askEngine(engine, ['rm', '--force', '--volumes', ...now, container], {
    signal: new AbortController().signal,
    timeoutMs: 60_000,
  });
  const gone = said.code === 0 || /no such container/i.test(said.stderr) || said.stderr === notInstalled;
  return gone ? undefined : reasonIn(said.stderr) || 'no answer within 60 s';
}
