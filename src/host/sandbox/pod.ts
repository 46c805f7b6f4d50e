// A pod of its own network namespace: one small process of ours holds it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { type PluginError, type ProxyAddress, pluginError } from '../../plugin-api.ts';
import { nodePath } from '../machine.ts';
import type { Pod } from './contract.ts';
import { stageEnvironment } from './launcher.ts';
import type { PodAnswer, PodRequest } from './pod-protocol.ts';
import { relay } from './relay.ts';
import { reachableSocket } from './socket-path.ts';

export interface NamespacePod extends Pod {
  /** Pid of the process whose user and network namespace the starts join. */
  readonly holder: number;
}
export const isNamespacePod = (pod: Pod): pod is NamespacePod => 'holder' in pod;

const loopback = '127.0.0.1';
type Wanted = PodRequest extends infer One ? (One extends PodRequest ? Omit<One, 'id'> : never) : never;
interface Answered {
  readonly port: number;
  readonly handle: unknown;
}

/** The holder as a partner in talk: one promise for each request. */
class Holder {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, { resolve(answer: Answered): void; reject(error: Error): void }>();
  readonly ready: Promise<number>;
  readonly gone: Promise<string>;
  #said = '';
  #over = false;
  #last = 0;

  constructor(argv: readonly string[]) {
    const [file = '', ...args] = argv;
    this.#child = spawn(file, args, {
      detached: true,
      cwd: '/',
      env: { ...stageEnvironment },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString('utf8')).slice(-2000);
    });
    this.gone = this.#run();
    this.ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message: PodAnswer, handle: unknown) => {
        if (message.kind === 'ready') resolve(message.pid);
        else this.#answered(message, handle);
      });
      void this.gone.then((reason) => reject(this.#failure(reason)));
    });
    this.ready.catch(() => undefined);
  }

  /** Resolves with the reason when the holder has ended. Not by `close`, which never comes after a disconnect of ours. */
  async #run(): Promise<string> {
    const child = this.#child;
    const reason = await new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`exit code ${code ?? signal}`));
    });
    if (child.pid !== undefined && child.stderr?.closed === false) await once(child.stderr, 'close');
    this.#over = true;
    for (const { reject } of this.#open.values()) reject(this.#ended());
    this.#open.clear();
    return this.#said.trim() || reason;
  }

  #failure(reason: string): PluginError {
    return pluginError({
      code: 'sandbox/pod-failed',
      message: `A network of its own for the step's services could not be made: ${reason}`,
      hint: 'Run `bexpert doctor` to see which sandbox works on this machine.',
    });
  }

  #ended(): PluginError {
    const reason = this.#said.trim();
    return pluginError({
      code: 'sandbox/pod-ended',
      message: `The network of the step's services is gone: its holder ended${reason === '' ? '.' : `: ${reason}`}`,
    });
  }

  #answered(message: Exclude<PodAnswer, { kind: 'ready' }>, handle: unknown): void {
    const waiting = this.#open.get(message.id);
    this.#open.delete(message.id);
    if (message.kind === 'done') waiting?.resolve({ port: message.port, handle });
    else waiting?.reject(Object.assign(new Error(message.message), { code: message.code }));
  }

  ask(wanted: Wanted): { readonly id: number; readonly answer: Promise<Answered> } {
    this.#last += 1;
    const id = this.#last;
    const answer = new Promise<Answered>((resolve, reject) => {
      if (this.#over) return reject(this.#ended());
      this.#open.set(id, { resolve, reject });
      this.#child.send({ ...wanted, id }, (error) => {
        if (error !== null) reject(this.#ended());
      });
    });
    return { id, answer };
  }

  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 1000);
    await this.gone;
    clearTimeout(timer);
  }
}

/** Sockets of a server, so that its end is theirs. */
function tracked(server: Server, onConnection: (socket: Socket) => void): AsyncDisposable {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    onConnection(socket);
  });
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `argv`: a command line to which the holder's own is added; what it starts has a network namespace of its own, loopback up. */
export async function openPod(o: { readonly argv: readonly string[]; readonly assetsFolder: string }): Promise<NamespacePod> {
  const holder = new Holder([...o.argv, nodePath(), path.join(o.assetsFolder, 'runner/pod.mjs')]);
  const pid = await holder.ready;
  const open = new Set<AsyncDisposable>();
  const given = new Set<number>();
  const kept = <T extends AsyncDisposable>(one: T): T => {
    open.add(one);
    return one;
  };

  async function listen(o: {
    readonly allowHalfOpen: boolean;
    readonly onConnection: (socket: Socket) => void;
  }): Promise<ProxyAddress & AsyncDisposable> {
    const { port, handle } = await holder.ask({ kind: 'listen' }).answer;
    const server = Object.assign(handle as Server, { allowHalfOpen: o.allowHalfOpen });
    return kept({ host: loopback, port, ...tracked(server, o.onConnection) });
  }

  return {
    id: `pod-${pid}`,
    holder: pid,
    async freePort() {
      for (;;) {
        const { port } = await holder.ask({ kind: 'free-port' }).answer;
        if (given.has(port)) continue;
        given.add(port);
        return port;
      }
    },
    async admit(target) {
      if (!('socketPath' in target)) {
        return listen({
          allowHalfOpen: true,
          onConnection: (near) => relay(near, connect({ ...target, noDelay: true, allowHalfOpen: true })),
        });
      }
      const socket = kept(await reachableSocket(target.socketPath));
      const { id, answer } = holder.ask({ kind: 'relay', socketPath: socket.path });
      const { port } = await answer;
      return {
        host: loopback,
        port,
        async [Symbol.asyncDispose]() {
          await holder.ask({ kind: 'close', relay: id }).answer.catch(() => undefined);
          await socket[Symbol.asyncDispose]();
        },
      };
    },
    listen: (onConnection) => listen({ allowHalfOpen: false, onConnection }),
    async connect(address) {
      const { handle } = await holder.ask({ kind: 'connect', host: address.host, port: address.port }).answer;
      return handle as Socket;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open].map((one) => one[Symbol.asyncDispose]()));
      open.clear();
      await holder.end();
    },
  };
}
