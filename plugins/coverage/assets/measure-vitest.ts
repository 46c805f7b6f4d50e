// Runs the tree's own Vitest with its V8 provider, and hands over the coverage map itself: thresholds, excludes and reports of the tree's configuration take no part.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Reporter, Vitest } from 'vitest/node';
import {
  type FileCoverage,
  fromIstanbul,
  type Istanbul,
  type Report,
  sealed,
  type VitestOrder,
  withoutIgnores,
} from '../report.ts';

// This signal opens Node's inspector to whoever asks, code under test included, unless somebody listens to it.
process.on('SIGUSR1', () => {});
const order = JSON.parse(fs.readFileSync(0, 'utf8')) as VitestOrder;
const channel = fs.openSync(order.report, 'wx', 0o600);
const { writeSync } = fs;
let told = false;
function tell(report: Report): void {
  if (told) return;
  told = true;
  writeSync(channel, sealed(order.key, report));
}
function breakOff(reason: Extract<Report, { kind: 'broken' }>['reason'], message: string): never {
  tell({ kind: 'broken', reason, message });
  process.exit(3);
}

const relative = (file: string): string => path.relative(order.root, file).split(path.sep).join('/');
const absolute = (file: string): string => path.join(order.root, file);
const universe = new Map(order.files.map((file) => [absolute(file), file]));
const failures: string[] = [];
const counts = { passed: 0, done: 0, total: 0 };
let map: { readonly data?: Record<string, unknown> } | undefined;

/** What decides which files count: in Vitest 4 the first two, in Vitest 3 the third. */
interface Provider {
  isIncluded?: (file: string) => boolean;
  getUntestedFiles?: (tested: readonly string[]) => Promise<readonly string[]>;
  testExclude?: { shouldInstrument(file: string): boolean; glob(root: string): Promise<readonly string[]> };
}
const isListed = (file: string): boolean => universe.has(path.normalize(file.replace(/[?#].*$/, '')));

function replaceList(provider: Provider): void {
  if (provider.testExclude !== undefined) {
    provider.testExclude = { shouldInstrument: isListed, glob: async () => order.files };
    return;
  }
  provider.isIncluded = isListed;
  provider.getUntestedFiles = async (tested) => {
    const seen = new Set(tested.map((file) => path.normalize(file)));
    return [...universe.keys()].filter((file) => !seen.has(file));
  };
}

const reporter: Reporter & { vitest?: Vitest } = {
  onInit(vitest) {
    this.vitest = vitest;
  },
  onTestRunStart() {
    const provider = (this.vitest as unknown as { coverageProvider?: Provider | null }).coverageProvider;
    if (provider !== undefined && provider !== null) replaceList(provider);
  },
  onTestModuleCollected(module) {
    counts.total += [...module.children.allTests()].length;
  },
  onTestCaseResult(test) {
    const { state } = test.result();
    counts.done += 1;
    if (state === 'passed') counts.passed += 1;
    if (state === 'failed') failures.push(`${relative(test.module.moduleId)} > ${test.fullName}`);
    process.stdout.write(`bexpert ${counts.done} ${counts.total}\n`);
  },
  onTestRunEnd(modules, unhandled) {
    for (const module of modules) {
      const errors = [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())];
      if (errors.length > 0) failures.push(`${relative(module.moduleId)}: ${errors[0]?.message.split('\n')[0] ?? ''}`);
    }
    failures.push(...unhandled.map(({ message }) => `outside the tests: ${message.split('\n')[0] ?? ''}`));
  },
  onCoverage(coverage) {
    map = coverage as typeof map;
  },
};

interface Container {
  transform(code: string, id: string, ...rest: unknown[]): unknown;
}
interface Server {
  readonly environments?: Readonly<Record<string, { readonly pluginContainer: Container }>>;
  readonly pluginContainer: Container;
}
/** A plugin would reach the root project only: each project of a workspace has a server of its own. */
function expose(server: Server): void {
  const containers =
    server.environments === undefined
      ? [server.pluginContainer]
      : Object.values(server.environments).map((one) => one.pluginContainer);
  for (const container of containers) {
    const transform = container.transform.bind(container);
    container.transform = (code, id, ...rest) =>
      transform(withoutIgnores(code, order.exposed[relative(id.replace(/[?#].*$/, ''))] ?? []), id, ...rest);
  }
}

function find(name: string): { readonly version: string; readonly folder: string } | undefined {
  try {
    const manifest = createRequire(path.join(order.root, 'package.json')).resolve(`${name}/package.json`);
    const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string };
    return { version, folder: path.dirname(manifest) };
  } catch {
    return undefined;
  }
}

async function drive(): Promise<number> {
  const [tool, provider] = [find('vitest'), find('@vitest/coverage-v8')];
  if (tool === undefined) return breakOff('not-installed', 'The package vitest is not installed in this tree.');
  if (Number.parseInt(tool.version, 10) < 3)
    return breakOff('version', `Vitest ${tool.version} is too old; version 3 or newer is needed.`);
  if (provider === undefined) return breakOff('no-provider', 'The package @vitest/coverage-v8 is not installed in this tree.');
  const node = (await import(pathToFileURL(path.join(tool.folder, 'dist/node.js')).href)) as typeof import('vitest/node');
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
        coverage: { enabled: true, provider: 'v8' },
        api: false as never,
        ui: false,
        update: false,
        cache: false,
      },
      {
        cacheDir: path.join(order.folder, 'cache'),
        clearScreen: false,
      },
    );
  } catch (error) {
    return breakOff('start', error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  for (const server of new Set([vitest.vite, ...vitest.projects.map((project) => project.vite)]))
    expose(server as unknown as Server);
  for (const config of new Set([vitest.config, ...vitest.projects.map((project) => project.config)])) {
    Object.assign(config, { allowOnly: false, passWithNoTests: false, retry: 0, bail: 0 });
    config.sequence.seed = order.seed;
    config.snapshotOptions.updateSnapshot = 'none';
    config.typecheck.enabled = false;
  }
  Object.assign(vitest.config.coverage, {
    reportsDirectory: path.join(order.folder, 'coverage'),
    reporter: [],
    include: ['**'],
    exclude: ['**/node_modules/**'],
    thresholds: undefined,
    reportOnFailure: true,
    excludeAfterRemap: false,
    ignoreClassMethods: [],
    // Vitest 3 does neither by itself.
    all: true,
    experimentalAstAwareRemapping: true,
    clean: true,
  });
  try {
    await vitest.start();
  } catch (error) {
    const none =
      error instanceof Error &&
      /no test files|FILES_NOT_FOUND/i.test(`${error.name} ${error.message} ${(error as { code?: string }).code}`);
    if (!none) throw error;
    failures.push('no test file was found');
  }
  if (counts.passed === 0 && failures.length === 0) failures.push('no test passed');
  const files: Record<string, FileCoverage> = {};
  for (const [file, coverage] of Object.entries(JSON.parse(JSON.stringify(map ?? {})) as Record<string, Istanbul>)) {
    const name = universe.get(path.normalize(file));
    if (name !== undefined) files[name] = fromIstanbul(coverage);
  }
  tell({
    kind: 'measured',
    tool: `vitest ${tool.version}, @vitest/coverage-v8 ${provider.version}`,
    passed: counts.passed,
    failures,
    files,
  });
  const code = Number(process.exitCode ?? 0);
  // All is told; what does not end is killed with this process.
  await Promise.race([vitest.close(), setTimeout(15_000)]);
  return code;
}

drive().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(4);
  },
);
