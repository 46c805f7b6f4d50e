// The gate's dealings with one fresh copy of base's database.
import { type ExecResult, type Host, pluginError, type ServiceInstance } from '../../src/plugin-api.ts';
import type { manifest } from './manifest.ts';
import type { Canaries, DatabaseState, Flavour, StateRequest } from './state.ts';

type MigrationHost = Host<typeof manifest>;

/** Larger tables are compared by a digest per column. */
const rowsInDetail = 20_000;
const stateBytes = 256 * 1024 * 1024;

/** What a command of the repository did. */
export interface Ran {
  readonly command: string;
  readonly ok: boolean;
  readonly result: ExecResult;
  /** Its output and what the server wrote meanwhile: the failing statement is among it. */
  readonly evidence: string;
}

export class MigrationDatabase implements AsyncDisposable {
  readonly #host: MigrationHost;
  readonly #instance: ServiceInstance;
  readonly #timeoutMs: number;

  private constructor(host: MigrationHost, instance: ServiceInstance, timeoutMs: number) {
    this.#host = host;
    this.#instance = instance;
    this.#timeoutMs = timeoutMs;
  }
  static async open(
    host: MigrationHost,
    o: { readonly service: string; readonly timeoutMs: number },
  ): Promise<MigrationDatabase> {
    const instance = await host.services.start(o.service, { tree: host.trees.base });
    if (!/^postgres(ql)?:/.test(instance.url)) {
      throw pluginError({
        code: 'migration/no-database',
        message: `The service ${o.service} is no PostgreSQL database: its address starts with ${instance.url.split(':')[0]}:.`,
        hint: 'Name the database: `with: { service: db }`, where db says `uses: postgres` in bexpert.yml.',
      });
    }
    return new MigrationDatabase(host, instance, o.timeoutMs);
  }

  async #ask<Answer>(request: StateRequest): Promise<Answer> {
    // Run without a tree's folder as its own: only the script and the database take part.
    const result = await this.#host.commands.run('node', [this.#host.asset('state.mjs')], {
      tree: this.#host.trees.base,
      services: [this.#instance],
      stdin: JSON.stringify(request),
      keepBytes: stateBytes,
    });
    if (result.status === 'exited' && result.exitCode === 0 && !result.truncated) return JSON.parse(result.stdout) as Answer;
    throw pluginError({
      code: 'migration/unreadable',
      message: `The database cannot be read: ${result.truncated ? 'it is larger than this gate can hold' : result.stderr.trim().slice(-1000) || result.status}.`,
      hint: 'Look at the log of the service; seed fewer rows where the database is very large.',
    });
  }

  state(): Promise<DatabaseState> {
    return this.#ask({ do: 'state', url: this.#instance.url, rowsInDetail });
  }
  canaries(o: { readonly rows: number; readonly flavour: Flavour; readonly leave: readonly string[] }): Promise<Canaries> {
    return this.#ask({ do: 'canaries', url: this.#instance.url, first: 0, ...o });
  }

  /** Runs a command of the candidate against the database. */
  async run(command: string): Promise<Ran> {
    const before = (await this.#instance.log()).length;
    const result = await this.#host.commands.run('sh', ['-e', '-c', command], {
      tree: this.#host.trees.candidate,
      services: [this.#instance],
      timeoutMs: this.#timeoutMs,
    });
    // What a command leaves in the scratch folder would be there in no real rollback.
    for (const file of await this.#host.scratch.glob(['**'])) await this.#host.scratch.remove(file);
    if (result.status === 'not-found' || result.exitCode === 127) {
      throw pluginError({
        code: 'migration/command-not-found',
        message: `The command \`${command}\` was not found: ${result.stderr.trim().split('\n').at(-1) ?? ''}`,
        hint: 'Give the commands of this repository: `with: { up: …, down: … }`.',
      });
    }
    const ok = result.status === 'exited' && result.exitCode === 0;
    const output = `${result.stdout}\n${result.stderr}`.trim();
    const server = ok ? '' : await this.#failuresSince(before);
    return {
      command,
      ok,
      result,
      evidence: [`$ ${command}`, output.slice(-2000), server].filter(Boolean).join('\n'),
    };
  }

  /** The server's log comes by another way than the command's output and may arrive a moment later; a given server has none. */
  async #failuresSince(position: number): Promise<string> {
    for (let look = 0; ; look++) {
      const log = await this.#instance.log();
      const failures = failedStatements(log.slice(position));
      if (failures !== '' || log === '' || look === 20) return failures;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#instance[Symbol.asyncDispose]();
  }
}

/** Errors of the server's log with the statements that caused them. */
function failedStatements(log: string): string {
  const lines = log.split('\n');
  let shown = false;
  return lines
    .filter((line) => {
      if (/^\d{4}-\d\d-\d\d /.test(line)) shown = /\b(ERROR|STATEMENT|DETAIL|HINT|CONTEXT): {2}/.test(line);
      return shown;
    })
    .join('\n')
    .slice(-1500);
}

export const howItEnded = ({ result }: Ran): string =>
  result.status === 'exited'
    ? `exit code ${result.exitCode}`
    : result.status === 'limit'
      ? (result.limit ?? 'a limit')
      : result.status;
