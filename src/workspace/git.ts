// Starts git: the one place that knows how. Nothing of the caller's environment reaches it but what is given.
import { spawn } from 'node:child_process';
import { pluginError } from '../plugin-api.ts';

interface GitOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}
interface GitOptions {
  /** Written to standard input. */
  readonly stdin?: Uint8Array | string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends git once standard output has so many bytes; the output is then cut. */
  readonly atMost?: number;
}
export interface Git {
  /** Ends with whatever exit code; throws a PluginError only where git cannot be started. */
  run(args: readonly string[], options?: GitOptions): Promise<GitOutput>;
  /** Standard output without the last line break; any other exit code than 0 is a PluginError. */
  ask(args: readonly string[], options?: GitOptions): Promise<string>;
  /** The same as bytes. */
  bytes(args: readonly string[], options?: GitOptions): Promise<Buffer>;
}

/** git with fixed first arguments and a complete environment; `program` is found on the environment's PATH. */
export function gitWith(setting: { readonly first: readonly string[]; readonly env: Readonly<Record<string, string>> }): Git {
  const run = (args: readonly string[], options: GitOptions = {}) => {
    const env = { ...setting.env, ...options.env };
    return start({ args: [...setting.first, ...args], env, options });
  };
  const bytes = async (args: readonly string[], options: GitOptions = {}) => {
    const { code, stdout, stderr } = await run(args, options);
    const cut = options.atMost !== undefined && stdout.length >= options.atMost;
    if (code === 0 || cut) return stdout;
    throw pluginError({
      code: 'git/failed',
      message: `\`git ${args[0]}\` ended with ${code}: ${stderr.trim().split('\n').slice(-3).join(' ')}`,
      hint: /missing|unable to read|bad object|not a valid object/i.test(stderr)
        ? 'Objects are missing from the repository. `git fsck` says which; a partial clone needs `git fetch --refetch --no-filter`.'
        : 'Is the repository intact? `git fsck` says so. Is the disk full?',
    });
  };
  return { run, bytes, ask: async (args, options) => (await bytes(args, options)).toString('utf8').replace(/\n$/, '') };
}

function start(o: {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly options: GitOptions;
}): Promise<GitOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', o.args, { env: o.env, cwd: '/', stdio: 'pipe' });
    const chunks: Buffer[] = [];
    let size = 0;
    let stderr = '';
    const { atMost } = o.options;
    child.stdout.on('data', (chunk: Buffer) => {
      if (atMost !== undefined && size >= atMost) return;
      chunks.push(chunk);
      size += chunk.length;
      if (atMost !== undefined && size >= atMost) child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < 65_536) stderr += text;
    });
    child.on('error', (cause) =>
      reject(
        pluginError({
          code: 'git/missing',
          message: `git cannot be started: ${cause.message}.`,
          hint: 'Install git 2.30 or newer: https://git-scm.com/downloads.',
          cause,
        }),
      ),
    );
    child.on('close', (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(chunks, size), stderr }));
    // git may end before it has read everything; its exit code says what there is to say.
    child.stdin.on('error', () => {});
    child.stdin.end(o.options.stdin);
  });
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every git gets: no configuration but the repository's own, no prompts, English messages, no replaced objects. */
export function bareEnvironment(env: Environment, home: string): Record<string, string> {
  return {
    PATH: env.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    LC_ALL: 'C',
  };
}
