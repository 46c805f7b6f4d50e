// Runs the tree's own Vitest with settings that the tree cannot loosen, and tells what it sees on a signed channel.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Reporter, TestCase, TestModule, TestProject, Vitest } from 'vitest/node';
import { type DriverEvent, type GuardMark, type Mode, type Order, signature, type TestError } from '../events.ts';

// Taken before any code of the tree runs in this process.
const { writeSync } = fs;
const { stringify } = JSON;
// This signal opens Node's inspector to whoever asks, code under test included, unless somebody listens to it.
process.on('SIGUSR1', () => {});
const order = JSON.parse(fs.readFileSync(0, 'utf8')) as Order;
const channel = fs.openSync(order.events, 'ax', 0o600);
let before = '';

function tell(event: DriverEvent): void {
  const line = stringify(event);
  before = signature(order.key, before, line);
  writeSync(channel, `${before} ${line}\n`);
}
function breakOff(reason: Extract<DriverEvent, { type: 'broken' }>['reason'], message: string): never {
  tell({ type: 'broken', reason, message });
  process.exit(3);
}

const relative = (file: string): string => path.relative(order.root, file).split(path.sep).join('/');
const plain = (text: string): string => text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '');
const inTree = (text: string): string => text.replaceAll(`${order.root}/`, '').replaceAll('file://', '');

function errorOf(error: unknown): TestError {
  const { name, message, diff, stack } = (typeof error === 'object' && error !== null ? error : { message: error }) as Record<
    string,
    unknown
  >;
  return {
    name: String(name ?? 'Error'),
    message: inTree(plain(String(message ?? ''))).slice(0, 4000),
    ...(typeof diff === 'string' ? { diff: plain(diff).slice(0, 4000) } : {}),
    ...(typeof stack === 'string' ? { stack: inTree(plain(stack)).split('\n').slice(0, 12).join('\n') } : {}),
  };
}

const projectPrefix = (project: TestProject): string => (project.name ? `[${project.name}] ` : '');
const modeOf = ({ options }: TestCase): Mode =>
  options.mode === 'skip' || options.mode === 'todo' ? options.mode : options.fails === true ? 'fails' : 'run';
const markOf = (meta: unknown): { readonly guard?: GuardMark } => {
  const mark = (meta as { readonly bexpert?: GuardMark }).bexpert;
  return mark === undefined ? {} : { guard: mark };
};

function tellCollected(module: TestModule): void {
  for (const test of module.children.allTests()) {
    tell({
      type: 'collected',
      file: relative(module.moduleId),
      name: projectPrefix(module.project) + test.fullName,
      mode: modeOf(test),
    });
  }
}
function tellFile(module: TestModule): void {
  const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
  tell({
    type: 'file',
    file: relative(module.moduleId),
    errors: [...module.errors(), ...suites].map(errorOf),
    ...markOf(module.meta()),
  });
}

const counts = { passed: 0, failed: 0, done: 0, total: 0 };

const toldTests = new Map<string, string>();

function tellTest(test: TestCase): void {
  const { state, errors = [] } = test.result();
  if (state === 'pending') return;
  // The same said twice is one fact; two states of one test are a contradiction, and both are told.
  if (toldTests.get(test.id) === state) return;
  toldTests.set(test.id, state);
  counts.done += 1;
  if (state !== 'skipped') counts[state] += 1;
  tell({
    type: 'test',
    file: relative(test.module.moduleId),
    name: projectPrefix(test.project) + test.fullName,
    state,
    mode: modeOf(test),
    ...(test.location === undefined ? {} : { line: test.location.line }),
    durationMs: test.diagnostic()?.duration ?? 0,
    errors: errors.map(errorOf),
    ...markOf(test.meta()),
  });
  process.stdout.write(`bexpert ${counts.done} ${counts.total}\n`);
}

const reporter: Reporter = {
  onTestModuleCollected(module) {
    counts.total += [...module.children.allTests()].length;
    tellCollected(module);
  },
  onTestCaseResult: tellTest,
  onTestModuleEnd: tellFile,
  onTestRunEnd(modules, unhandled) {
    // A test that must not run, such as one with `only`, has a result and no event of its own.
    for (const module of modules) for (const test of module.children.allTests()) tellTest(test);
    tell({ type: 'end', passed: counts.passed, failed: counts.failed, unhandled: unhandled.map(errorOf) });
  },
};

/** The package, not the shim in `.bin`, which any install script may replace. */
async function load(): Promise<{ readonly version: string; readonly node: typeof import('vitest/node') }> {
  const require = createRequire(path.join(order.root, 'package.json'));
  let manifest: string;
  try {
    manifest = require.resolve('vitest/package.json');
  } catch {
    return breakOff('not-installed', 'The package vitest is not installed in this tree.');
  }
  const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string };
  if (Number.parseInt(version, 10) < 3) {
    return breakOff('version', `Vitest ${version} is too old; version 3 or newer is needed for its event stream.`);
  }
  const entry = path.join(path.dirname(manifest), 'dist/node.js');
  return { version, node: (await import(pathToFileURL(entry).href)) as typeof import('vitest/node') };
}

/** Settings that decide what counts, set on what Vitest resolved: nothing in the tree's configuration comes after this. */
function pin(vitest: Vitest): void {
  for (const config of new Set([vitest.config, ...vitest.projects.map((project) => project.config)])) {
    if (config.browser?.enabled) breakOff('start', 'Tests in a browser (test.browser) are not supported yet.');
    Object.assign(config, {
      allowOnly: false,
      passWithNoTests: false,
      retry: 0,
      bail: 0,
      includeTaskLocation: true,
      setupFiles: [order.guard, ...config.setupFiles],
      exclude: [...config.exclude, '**/node_modules/**'],
      ...(order.include === undefined ? {} : { include: [...order.include] }),
      ...(order.testTimeout === undefined ? {} : { testTimeout: order.testTimeout }),
    });
    config.sequence.seed = order.seed;
    config.snapshotOptions.updateSnapshot = 'none';
    config.typecheck.enabled = false;
  }
}

async function drive(): Promise<number> {
  const { version, node } = await load();
  let vitest: Vitest;
  try {
    vitest = await node.createVitest(
      'test',
      {
        root: order.root,
        config: order.config as string,
        configLoader: 'runner',
        watch: false,
        run: true,
        reporters: [reporter],
        coverage: { enabled: false },
        api: false as never,
        ui: false,
        update: false,
        cache: false,
      },
      { cacheDir: order.cacheFolder, clearScreen: false },
    );
  } catch (error) {
    return breakOff('start', errorOf(error).stack ?? errorOf(error).message);
  }
  pin(vitest);
  const filters = (order.files ?? []).map((file) => path.join(order.root, file));
  const specifications = await vitest.getRelevantTestSpecifications(filters);
  const setUp = vitest.projects.flatMap(({ config }) => [...config.setupFiles, ...[config.globalSetup ?? []].flat()]);
  tell({
    type: 'begin',
    version,
    files: specifications.map(({ moduleId }) => relative(moduleId)),
    setUp: [...new Set(setUp)].filter((file) => file !== order.guard).map(relative),
  });
  if (specifications.length === 0) {
    tell({ type: 'end', passed: 0, failed: 0, unhandled: [] });
  } else if (order.mode === 'collect') {
    const { testModules, unhandledErrors } = await vitest.collect(filters);
    for (const module of testModules) {
      tellCollected(module);
      tellFile(module);
    }
    tell({ type: 'end', passed: 0, failed: 0, unhandled: unhandledErrors.map(errorOf) });
  } else {
    await vitest.start(filters);
  }
  const code = Number(process.exitCode ?? 0);
  // All is told; what does not end is killed with this process.
  await Promise.race([vitest.close(), setTimeout(15_000)]);
  return code;
}

drive().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${errorOf(error).stack ?? String(error)}\n`);
    process.exit(4);
  },
);
