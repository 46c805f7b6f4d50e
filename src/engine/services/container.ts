// One container of a service: made once, started and stopped, removed at the end.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { askEngine, attachContainer, type ContainerEngine, reasonIn } from '../../host/container-engine.ts';
import { signalGroup } from '../../host/machine.ts';
import { defaultLimits } from '../../host/sandbox/contract.ts';
import { type ExecResult, pluginError } from '../../plugin-api.ts';
import { endContainer, noteContainer } from './container-names.ts';
import type { LogFile } from './log-file.ts';

export const loopback = '127.0.0.1';
/** An image may have to be fetched first. */
const makeMs = 10 * 60_000;
const stopMs = 30_000;
/** How long a connection must stand to be one to the program. */
const heldMs = 100;

export interface ContainerOptions {
  readonly engine: ContainerEngine;
  /** Folder of the run, and its name. */
  readonly folder: string;
  readonly run: string;
  readonly service: string;
  readonly image: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** That its program listens on. */
  readonly port: number;
  readonly log: LogFile;
  readonly signal: AbortSignal;
}

export class Container implements AsyncDisposable {
  readonly #o: ContainerOptions;
  readonly #name: string;
  /** Of 127.0.0.1 of this machine. */
  readonly port: number;
  #ended: Promise<ExecResult> | undefined;
  #bytes = 0;

  private constructor(o: ContainerOptions, name: string, port: number) {
    this.#o = o;
    this.#name = name;
    this.port = port;
  }

  /** Makes it, and fetches its image where this machine does not have it. */
  static async make(o: ContainerOptions): Promise<Container> {
    const container = new Container(o, await noteContainer(o.folder, o.engine), await freePort());
    try {
      await container.#make();
      return container;
    } catch (error) {
      await container[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #make(): Promise<void> {
    const { engine, image, argv, env, port, signal } = this.#o;
    // No mounts, no terminal, no log beside ours. Variables are no arguments, which every user of the machine can read.
    const how = ['--pull', 'missing', '--env-file', '/dev/stdin', '--log-driver', 'none', '--no-healthcheck'];
    const walls = ['--security-opt', 'no-new-privileges', '--publish', `${loopback}:${this.port}:${port}`];
    const names = ['--name', this.#name, '--label', `io.bexpert.run=${this.#o.run}`];
    const input = Object.entries(env)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
    const said = await askEngine(engine, ['create', ...names, ...how, ...walls, image, ...argv], {
      signal,
      timeoutMs: makeMs,
      input,
    });
    if (said.code === 0) return;
    throw pluginError({
      code: 'service/image-failed',
      message: `The container of the service ${this.#o.service} could not be made of ${image}: ${reasonIn(said.stderr) || `no answer within ${makeMs / 60_000} minutes`}.`,
      hint: `Fetch the image by hand: \`${engine.name} pull ${image}\`. bexpert fetches one that this machine does not have, with the settings of ${engine.name}.`,
    });
  }

  /** Starts its program; `ended` resolves when that has ended and its last words are in the log. */
  start(): Promise<ExecResult> {
    const child = attachContainer(this.#o.engine, this.#name);
    const begun = performance.now();
    let limit: string | undefined;
    child.once('error', (error) => this.#o.log.write(`${error.message}\n`));
    const follow = async (stream: Readable): Promise<void> => {
      const decoder = new TextDecoder();
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        this.#bytes += chunk.length;
        if (this.#bytes > defaultLimits.outputBytes && limit === undefined) {
          limit = `more than ${defaultLimits.outputBytes / 1024 / 1024} MiB of output`;
          void this.#ask(['kill', this.#name]);
        }
        if (limit === undefined) this.#o.log.write(decoder.decode(chunk, { stream: true }));
      }
    };
    const ended = Promise.all([once(child, 'close'), follow(child.stdout), follow(child.stderr)]).then(
      ([[code]]): ExecResult => ({
        status: limit !== undefined ? 'limit' : typeof code === 'number' ? 'exited' : 'signalled',
        exitCode: typeof code === 'number' ? code : undefined,
        stdout: '',
        stderr: '',
        truncated: false,
        durationMs: performance.now() - begun,
        ...(limit === undefined ? {} : { limit }),
      }),
    );
    ended.catch(() => undefined);
    this.#ended = ended;
    this.#client = child.pid;
    return ended;
  }
  #client: number | undefined;

  async stop(): Promise<void> {
    await this.#ask(['stop', '--time', '2', this.#name]);
    await this.#ended;
  }

  /** Does a shell line succeed in it? */
  async runs(line: string, timeoutMs: number): Promise<boolean> {
    const { engine, signal } = this.#o;
    const said = await askEngine(engine, ['exec', this.#name, '/bin/sh', '-c', line], { signal, timeoutMs });
    return said.code === 0;
  }

  /** Pid of its program on this machine. */
  async pid(): Promise<number | undefined> {
    const { stdout } = await this.#ask(['inspect', '--format', '{{.State.Pid}}', this.#name]);
    return /^[1-9]\d*$/.test(stdout) ? Number(stdout) : undefined;
  }

  /**
   * To its program. Some engines take connections themselves before the program does, and close those at once: with `holds` a connection
   * must stand for a while.
   */
  async connect(holds: boolean): Promise<Socket> {
    const socket = connect({ host: loopback, port: this.port, noDelay: true });
    await once(socket, 'connect');
    socket.on('error', () => socket.destroy());
    if (!holds) return socket;
    const closed = once(socket.resume(), 'close').then(() => true);
    const waited = new Promise<false>((resolve) => setTimeout(() => resolve(false), heldMs));
    if (await Promise.race([closed, waited])) throw new Error('the connection was closed at once');
    return socket;
  }

  #ask(args: readonly string[]) {
    // It is stopped and looked at also where the run was interrupted.
    return askEngine(this.#o.engine, args, { signal: new AbortController().signal, timeoutMs: stopMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await endContainer(this.#o.folder, this.#o.engine, this.#name);
    } catch (error) {
      if (this.#client !== undefined) signalGroup(this.#client, 'SIGKILL');
      throw error;
    } finally {
      await this.#ended?.catch(() => undefined);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, loopback);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
