// Starts the asset that measures a tree and gives its report.
import { randomBytes } from 'node:crypto';
import { type Host, pluginError, type ServiceInstance, type Tree } from '../../src/plugin-api.ts';
import type { manifest } from './manifest.ts';
import { type Order, type Report, unsealed } from './report.ts';

export type CoverageHost = Host<typeof manifest>;
export type Measured = Extract<Report, { readonly kind: 'measured' }>;

export interface MeasureOptions {
  readonly tree: Tree;
  readonly files: readonly string[];
  readonly exposed: Order['exposed'];
  /** Vitest's configuration file; false: none. */
  readonly config: string | false;
  readonly command: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly services: readonly ServiceInstance[];
  readonly progress: (done: number, total: number) => void;
}

const hints = {
  'not-installed':
    'Add vitest 3 or newer to devDependencies and let `setup:` in bexpert.yml install it, or give the tests as `command:`.',
  'no-provider':
    'Add @vitest/coverage-v8 in the version of vitest to devDependencies: `npm install --save-dev @vitest/coverage-v8`.',
  version: 'Update vitest, or give the tests as `command:`.',
  start: 'See the message of Vitest; the same configuration must work in `npx vitest run --coverage`.',
} as const;

/** Throws a PluginError when nothing could be measured. */
export async function measure(host: CoverageHost, options: MeasureOptions): Promise<Measured> {
  const name = randomBytes(16).toString('hex');
  const key = randomBytes(32).toString('hex');
  const order: Order = {
    key,
    report: `${host.scratch.path}/${name}.report`,
    root: options.tree.path,
    files: options.files,
    exposed: options.exposed,
  };
  const folder = `${host.scratch.path}/${name}`;
  const failed =
    options.command === undefined ? [] : await runCommand(host, { ...options, command: options.command, raw: folder });
  const asset = options.command === undefined ? 'measure-vitest.mjs' : 'remap-v8.mjs';
  const given =
    options.command === undefined ? { ...order, config: options.config, folder, seed: host.seed } : { ...order, raw: folder };

  await using driver = await host.commands.spawn('node', [host.asset(asset)], {
    tree: options.tree,
    env: { ...options.env },
    ...(options.services.length === 0 ? {} : { services: options.services }),
  });
  const followed = follow(driver.stdout, options.progress);
  const writer = driver.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(given))).catch(() => undefined);
  await writer.close().catch(() => undefined);
  const exec = await driver.ended;
  await followed;
  host.signal.throwIfAborted();
  const file = `${name}.report`;
  const report = (await host.scratch.exists(file)) ? unsealed(key, await host.scratch.read(file)) : undefined;
  if (report === undefined) {
    throw pluginError({
      code: 'coverage/no-report',
      message: `The coverage run ended with ${exec.limit ?? (exec.status === 'exited' ? `exit code ${exec.exitCode}` : exec.status)} and left no report. ${exec.stderr.trim().split('\n').slice(-5).join(' ')}`,
      hint: 'The code under test must not end its process.',
    });
  }
  if (report.kind === 'broken') {
    throw pluginError({ code: `coverage/${report.reason}`, message: report.message, hint: hints[report.reason] });
  }
  return { ...report, failures: [...failed, ...report.failures] };
}

/** Runs the tests of another runner; every Node process below it leaves its V8 data. */
async function runCommand(
  host: CoverageHost,
  options: MeasureOptions & { readonly command: string; readonly raw: string },
): Promise<readonly string[]> {
  const result = await host.commands.run('sh', ['-e', '-c', options.command], {
    tree: options.tree,
    env: { ...options.env, NODE_V8_COVERAGE: options.raw },
    ...(options.services.length === 0 ? {} : { services: options.services }),
  });
  if (result.status === 'exited' && result.exitCode === 127) {
    throw pluginError({
      code: 'coverage/command-not-found',
      message: `The command \`${options.command}\` was not found: ${result.stderr.trim().split('\n').at(-1) ?? ''}`,
      hint: 'Install it in `setup:`, or give its path.',
    });
  }
  if (result.status === 'exited' && result.exitCode === 0) return [];
  return [
    `\`${options.command}\` ended with ${result.status === 'exited' ? `exit code ${result.exitCode}` : (result.limit ?? result.status)}`,
  ];
}

async function follow(stream: ReadableStream<Uint8Array>, progress: MeasureOptions['progress']): Promise<void> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const last = [...decoder.decode(value, { stream: true }).matchAll(/^bexpert (\d+) (\d+)$/gm)].at(-1);
    if (last !== undefined) progress(Number(last[1]), Number(last[2]));
  }
}
