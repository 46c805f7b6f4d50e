// `host.commands`: everything that a step starts, over the provider and with the step's profile.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import {
  type CommandOptions,
  type Commands,
  type ExecResult,
  type OwnedProcess,
  pluginError,
  type ServiceInstance,
  type Tree,
} from '../plugin-api.ts';
import { baseEnvironment } from './environment.ts';
import { nodePath } from './machine.ts';
import {
  insidePaths,
  type Limits,
  type Mount,
  type Network,
  type Pod,
  type ProfileKind,
  type Sandboxed,
  type SandboxProvider,
  type StartSpec,
} from './sandbox/contract.ts';
import { outsidePath } from './sandbox/inside.ts';
import { UnreadStream } from './unread-stream.ts';

export interface StepCommandsOptions {
  readonly provider: SandboxProvider;
  readonly profile: ProfileKind;
  /** What every command of the step sees besides a tree: scratch and assets. */
  readonly mounts: readonly Mount[];
  /** Whose files a command sees that names no tree; undefined: none. */
  readonly tree: Tree | undefined;
  /** Mounts of a tree, with the access that the step's profile has to it. */
  readonly treeMounts: (tree: Tree) => readonly Mount[];
  /** Pod of the named instances; they are all of one pod. */
  readonly podOf?: (instances: readonly ServiceInstance[]) => Promise<Pod> | Pod;
  /** Pod that commands without `services` join; default: none, every command has its own loopback only. */
  readonly pod?: Pod;
  /** For commands that join no pod; default `none`. */
  readonly network?: Network;
  /** The step's own `env:`; lies over the base environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Limits>;
  /** For commands that name none. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** Pids are of this machine and nothing that a plugin should see. */
const starts = new WeakMap<OwnedProcess, Sandboxed>();
/** The start behind an owned process. */
export function startOf(owned: OwnedProcess): Sandboxed {
  const start = starts.get(owned);
  if (start === undefined) throw new Error('a process that these commands did not start');
  return start;
}

/**
 * Commands of one step. Disposing ends every process that it still owns. `run` and `spawn` throw a PluginError when the sandbox cannot be
 * made or the working folder is missing; everything else that goes wrong is a status of the result.
 */
export function stepCommands(o: StepCommandsOptions): Commands & AsyncDisposable {
  const owned = new Set<Sandboxed>();
  const over = new AbortController();
  const signal = AbortSignal.any([o.signal, over.signal]);

  async function start(
    file: string,
    args: readonly string[],
    options: CommandOptions,
    rest: Pick<StartSpec, 'stdin' | 'onOutput'>,
  ) {
    if (over.signal.aborted) throw new Error('a command was started after its step had ended');
    const tree = options.tree ?? o.tree;
    const mounts = [...(tree === undefined ? [] : o.treeMounts(tree)), ...o.mounts];
    const scratch = o.provider.inside(insidePaths.scratch, mounts);
    const home = path.join(scratch, 'home');
    await mkdir(path.join(outsidePath(insidePaths.scratch, mounts), 'home'), { recursive: true });
    const services = options.services ?? [];
    if (services.length > 0 && o.podOf === undefined) {
      throw pluginError({ code: 'services/none', message: `The command ${file} names services, but this step has none.` });
    }
    const pod = services.length > 0 ? await o.podOf?.(services) : o.pod;
    const timeoutMs = options.timeoutMs ?? o.timeoutMs;
    const sandboxed = await o.provider.start({
      argv: [file === 'node' ? nodePath() : file, ...args],
      profile: o.profile,
      mounts,
      cwd: path.join(tree?.path ?? scratch, options.cwd ?? ''),
      env: {
        ...baseEnvironment({ node: nodePath(), home, temporary: o.provider.isolates ? '/tmp' : scratch }),
        ...o.env,
        ...options.env,
      },
      network: pod === undefined ? (o.network ?? { kind: 'none' }) : { kind: 'none' },
      ...(pod === undefined ? {} : { pod }),
      ...(o.limits === undefined ? {} : { limits: o.limits }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(options.keepBytes === undefined ? {} : { keepBytes: options.keepBytes }),
      ...rest,
      signal,
    });
    owned.add(sandboxed);
    const forget = () => owned.delete(sandboxed);
    sandboxed.ended.then(forget, forget);
    return sandboxed;
  }

  return {
    async run(file, args, options = {}): Promise<ExecResult> {
      const sandboxed = await start(file, args, options, options.stdin === undefined ? {} : { stdin: options.stdin });
      return sandboxed.ended;
    },
    async spawn(file, args, options = {}): Promise<OwnedProcess> {
      const streams = { stdout: new UnreadStream('stdout'), stderr: new UnreadStream('stderr') };
      const sandboxed = await start(file, args, options, {
        stdin: 'pipe',
        onOutput: (stream, chunk) => streams[stream].push(chunk),
      });
      const close = () => {
        streams.stdout.close();
        streams.stderr.close();
      };
      sandboxed.ended.then(close, close);
      if (sandboxed.stdin === undefined) throw new Error('the provider gave no standard input');
      const started: OwnedProcess = {
        stdin: Writable.toWeb(sandboxed.stdin as Writable),
        stdout: streams.stdout.readable,
        stderr: streams.stderr.readable,
        cpu: () => sandboxed.cpu(),
        stop: (name) => sandboxed.stop(name),
        ended: sandboxed.ended,
        async [Symbol.asyncDispose]() {
          await sandboxed.stop();
        },
      };
      starts.set(started, sandboxed);
      return started;
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await Promise.allSettled([...owned].map((sandboxed) => sandboxed.ended));
    },
  };
}
