// One PostgreSQL server: made, started, restarted, ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { adminUser, socketPort } from '../../protocol.ts';
import { type Account, accounts } from './accounts.ts';
import { type Binaries, binaries } from './binaries.ts';

const readyWithinMs = 60_000;
const fastStopMs = 5_000;

/** Written into postgresql.conf. Everything else stands as PostgreSQL's own default, so that the code under test sees what it knows. */
const settings: Readonly<Record<string, string>> = {
  max_connections: '200',
  shared_buffers: '32MB',
  // Files in the data folder: /dev/shm may be missing or tiny in a sandbox or container.
  dynamic_shared_memory_type: 'mmap',
  listen_addresses: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %q%d ',
};

export interface ClusterOptions {
  readonly packageFolder: string;
  readonly folder: string;
  readonly adminPassword: string;
}

export class Cluster {
  readonly #options: ClusterOptions;
  readonly #binaries: Binaries;
  readonly #account: Account;
  #server: ChildProcess | undefined;

  private constructor(options: ClusterOptions, found: Binaries, account: Account) {
    this.#options = options;
    this.#binaries = found;
    this.#account = account;
  }

  static async make(options: ClusterOptions): Promise<Cluster> {
    const found = await binaries(options.packageFolder, options.folder);
    const refused: string[] = [];
    for (const account of accounts()) {
      const cluster = new Cluster(options, found, account);
      const problem = await cluster.#initialise();
      if (problem === undefined) return cluster;
      refused.push(`as ${account.name}: ${problem}`);
    }
    throw new Error(`initdb does not work here: ${refused.join('; ')}`);
  }

  get #data(): string {
    return path.join(this.#options.folder, 'data');
  }
  get socketFolder(): string {
    return path.join(this.#options.folder, 'socket');
  }

  /** Why it did not work, or undefined. */
  async #initialise(): Promise<string | undefined> {
    const { folder, adminPassword } = this.#options;
    const passwordFile = path.join(folder, 'password');
    await rm(this.#data, { recursive: true, force: true });
    for (const made of [this.#data, this.socketFolder]) {
      await mkdir(made, { recursive: true, mode: 0o700 });
      await this.#give(made);
    }
    await writeFile(passwordFile, `${adminPassword}\n`, { mode: 0o600 });
    await this.#give(passwordFile);
    try {
      const child = this.#spawn(this.#binaries.initdb, [
        `--pgdata=${this.#data}`,
        `--username=${adminUser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-sync',
        '--no-instructions',
        ...Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`),
        `--set=unix_socket_directories=${this.socketFolder}`,
      ]);
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const code = await ended(child);
      return code === 0 ? undefined : said.trim().split('\n').slice(-3).join(' ') || `it ended with ${code}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      await rm(passwordFile, { force: true });
    }
  }

  async #give(file: string): Promise<void> {
    if (this.#account.ids !== undefined) await chown(file, this.#account.ids.uid, this.#account.ids.gid);
  }

  #spawn(file: string, args: readonly string[], output: 'pipe' | 'inherit' = 'pipe'): ChildProcess {
    const { prefix, ids, spawnAs } = this.#account;
    const [first = file, ...rest] = [...prefix, file, ...args];
    return spawn(first, rest, {
      cwd: '/',
      env: { ...this.#binaries.env },
      stdio: ['ignore', output === 'inherit' ? 2 : 'pipe', output === 'inherit' ? 2 : 'pipe'],
      ...(spawnAs === true && ids !== undefined ? ids : {}),
    });
  }

  /** Resolves with the server's version when it answers. */
  async start(): Promise<string> {
    const server = this.#spawn(this.#binaries.postgres, ['-D', this.#data], 'inherit');
    this.#server = server;
    let over: string | undefined;
    server.once('error', (error) => (over = error.message));
    server.once('exit', (code, signal) => (over ??= `it ended with ${code ?? signal}`));
    const deadline = performance.now() + readyWithinMs;
    for (;;) {
      const client = this.client();
      try {
        await client.connect();
        const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
        return rows[0]?.server_version ?? '';
      } catch (error) {
        if (over !== undefined) throw new Error(`the server does not start: ${over}`);
        if (performance.now() > deadline) throw new Error(`the server does not answer: ${String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }

  client(database = 'postgres'): Client {
    const client = new Client({
      host: this.socketFolder,
      port: socketPort,
      user: adminUser,
      password: this.#options.adminPassword,
      database,
      connectionTimeoutMillis: 5000,
    });
    // A server that ends takes its sessions along; the query that waits hears of it by itself.
    client.on('error', () => undefined);
    return client;
  }

  async session<T>(use: (client: Client) => Promise<T>, database?: string): Promise<T> {
    const client = this.client(database);
    try {
      await client.connect();
      return await use(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** `fast`: sessions are cut and the state is written. `immediate`: as if the power failed. */
  async stop(how: 'fast' | 'immediate'): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;
    const gone = once(server, 'exit');
    server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    const timer = setTimeout(() => server.kill('SIGQUIT'), fastStopMs);
    await gone;
    clearTimeout(timer);
  }

  /** For the end of the keeper, where nothing can be waited for. */
  kill(): void {
    this.#server?.kill('SIGQUIT');
  }
}

async function ended(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
