// Starts the driver and gives what it told, as far as its signatures hold.
import { randomBytes } from 'node:crypto';
import { type ExecResult, type Host, pluginError, type ServiceInstance, type Tree } from '../../src/plugin-api.ts';
import { type DriverEvent, type Order, readEvents } from './events.ts';
import type { manifest } from './manifest.ts';

type TestsHost = Host<typeof manifest>;
type EventOf<T extends DriverEvent['type']> = Extract<DriverEvent, { readonly type: T }>;
export type Collected = EventOf<'collected'>;
export type TestResult = EventOf<'test'>;
export type FileResult = EventOf<'file'>;

export interface VitestRun {
  readonly begin: EventOf<'begin'> | undefined;
  readonly collected: readonly Collected[];
  readonly tests: readonly TestResult[];
  readonly files: readonly FileResult[];
  readonly end: EventOf<'end'> | undefined;
  readonly broken: EventOf<'broken'> | undefined;
  /** A line without its signature: something else wrote to the channel. */
  readonly forged: boolean;
  readonly exec: ExecResult;
}

export interface RunOptions {
  readonly tree: Tree;
  readonly config: string | false;
  readonly mode: Order['mode'];
  /** Only these files. */
  readonly only?: readonly string[];
  readonly include: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly testTimeout: number | undefined;
  readonly services: readonly ServiceInstance[];
  readonly progress: (done: number, total: number) => void;
}

const of = <T extends DriverEvent['type']>(events: readonly DriverEvent[], type: T): readonly EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);

async function follow(stream: ReadableStream<Uint8Array>, progress: RunOptions['progress']): Promise<void> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
    rest = (lines.pop() ?? '').slice(-200);
    const last = lines.flatMap((line) => line.match(/^bexpert (\d+) (\d+)$/) ?? []).slice(-2);
    if (last.length === 2) progress(Number(last[0]), Number(last[1]));
  }
}

/** Throws a PluginError when the driver cannot start; everything that the tree does wrong is in the run. */
export async function runVitest(host: TestsHost, options: RunOptions): Promise<VitestRun> {
  const name = randomBytes(16).toString('hex');
  const key = randomBytes(32).toString('hex');
  const order: Order = {
    key,
    events: `${host.scratch.path}/${name}.jsonl`,
    root: options.tree.path,
    config: options.config,
    guard: host.asset('guard.mjs'),
    cacheFolder: `${host.scratch.path}/${name}.cache`,
    mode: options.mode,
    seed: host.seed,
    ...(options.only === undefined ? {} : { files: options.only }),
    ...(options.include.length === 0 ? {} : { include: options.include }),
    ...(options.testTimeout === undefined ? {} : { testTimeout: options.testTimeout }),
  };
  await using driver = await host.commands.spawn('node', [host.asset('drive-vitest.mjs')], {
    tree: options.tree,
    env: { ...options.env },
    ...(options.services.length === 0 ? {} : { services: options.services }),
  });
  const followed = follow(driver.stdout, options.progress);
  const writer = driver.stdin.getWriter();
  // A process that died already says so by its status.
  await writer.write(new TextEncoder().encode(JSON.stringify(order))).catch(() => undefined);
  await writer.close().catch(() => undefined);
  const exec = await driver.ended;
  await followed;
  host.signal.throwIfAborted();
  if (exec.status === 'not-found' || exec.status === 'denied') {
    throw pluginError({
      code: 'tests/start',
      message: `The test process could not be started: ${exec.status}. ${exec.stderr.trim()}`,
    });
  }
  const file = `${name}.jsonl`;
  const text = (await host.scratch.exists(file)) ? await host.scratch.read(file) : '';
  const { events, forged } = readEvents(text, key);
  return {
    begin: of(events, 'begin')[0],
    collected: of(events, 'collected'),
    tests: of(events, 'test'),
    files: of(events, 'file'),
    end: of(events, 'end')[0],
    broken: of(events, 'broken')[0],
    forged,
    exec,
  };
}
