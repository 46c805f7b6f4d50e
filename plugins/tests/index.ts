import { defineGate, type Finding, type Host, pluginError, type ServiceInstance, type Tree } from '../../src/plugin-api.ts';
import { controls } from './controls.ts';
import { contradictions, tampering } from './evidence.ts';
import { failures, withoutAssertions } from './failures.ts';
import { compareInventory, keyOf, skippedWhileRunning } from './inventory.ts';
import { type Code, manifest } from './manifest.ts';
import { changedMeans, configOf } from './pinned.ts';
import { type Collected, type RunOptions, runVitest, type VitestRun } from './vitest-run.ts';

type TestsHost = Host<typeof manifest>;
/** More failures than this are no flakiness, and a second run would only cost time. */
const rerunLimit = 20;

/** Runs with fresh instances of the services, so that no run sees the rows of another. */
async function withServices<T>(
  host: TestsHost,
  options: { readonly names: readonly string[]; readonly tree: Tree },
  use: (instances: readonly ServiceInstance[]) => Promise<T>,
): Promise<T> {
  const instances: ServiceInstance[] = [];
  try {
    for (const name of options.names) instances.push(await host.services.start(name, { tree: options.tree }));
    return await use(instances);
  } finally {
    for (const instance of instances.reverse()) await instance[Symbol.asyncDispose]();
  }
}

function startedOrThrow(run: VitestRun): VitestRun {
  const { broken } = run;
  if (broken === undefined) return run;
  throw pluginError({
    code: `tests/${broken.reason}`,
    message: broken.message,
    ...(broken.reason === 'start'
      ? {}
      : { hint: 'Add vitest 3 or newer to devDependencies, and let `setup:` in bexpert.yml install it.' }),
  });
}

export default defineGate(
  manifest,
  async (inputs, host) => {
    const { base, candidate } = host.trees;
    const names = inputs.services.length > 0 ? inputs.services : host.services.names;
    const same = base.hash === candidate.hash;
    const config = await configOf(base);
    const common = { config, include: inputs.files, env: inputs.env, testTimeout: inputs.timeout } as const;
    const run = (options: Pick<RunOptions, 'tree' | 'mode' | 'only' | 'progress'>) =>
      withServices(host, { names, tree: options.tree }, (services) => runVitest(host, { ...common, ...options, services }));

    let known: readonly Collected[] = [];
    let unknown: string | undefined;
    if (!same) {
      host.progress(0, 'listing the tests of base');
      const listed = await inventoryOfBase(host, () => run({ tree: base, mode: 'collect', progress: () => {} }));
      if (typeof listed === 'string') unknown = `the tests of base could not be listed: ${listed}`;
      else known = listed;
    }

    host.progress(0.1, 'starting the tests');
    const first = startedOrThrow(
      await run({
        tree: candidate,
        mode: 'run',
        progress: (done, total) =>
          host.progress(0.1 + (0.8 * Math.min(done, total)) / Math.max(1, total), `${done} of ${total} tests`),
      }),
    );
    const flaky = await secondLook(host, first, (only) => run({ tree: candidate, mode: 'run', only, progress: () => {} }));
    const findings: readonly Finding<Code>[] = [
      ...contradictions(first),
      ...tampering(first),
      ...(same
        ? skippedWhileRunning(first)
        : [...(await changedMeans({ base, candidate, setUp: first.begin?.setUp ?? [] })), ...compareInventory(known, first)]),
      ...failures(first, flaky),
      ...withoutAssertions(first, inputs['require-assertions'] ? 'error' : 'warning'),
    ];

    const count = (state: string) => first.tests.filter((test) => test.state === state).length;
    const outputs = {
      passed: count('passed'),
      failed: count('failed'),
      skipped: count('skipped'),
      files: first.begin?.files.length ?? 0,
    };
    const flakyNames = first.tests.filter((test) => flaky.has(keyOf(test))).map(({ file, name }) => `${file} > ${name}`);
    const undecided =
      flakyNames.length === 0
        ? unknown
        : `${flakyNames.length} failed and then passed on the same code: ${flakyNames.join('; ')}`;
    return {
      outputs,
      examined: { unit: 'tests', count: outputs.passed + outputs.failed, min: 1 },
      findings,
      measurements: [
        { name: 'tests passed', value: outputs.passed, unit: 'count' },
        { name: 'tests failed', value: outputs.failed, unit: 'count', limit: { at: 0, direction: 'at-most' } },
        { name: 'tests skipped', value: outputs.skipped, unit: 'count' },
        { name: 'tests of base', value: same ? outputs.passed + outputs.failed + outputs.skipped : known.length, unit: 'count' },
        { name: 'time in tests', value: first.tests.reduce((sum, test) => sum + test.durationMs, 0), unit: 'milliseconds' },
      ],
      artifacts: [await host.artifact('tests.json', 'application/json', `${JSON.stringify(first.tests, null, 2)}\n`)],
      ...(undecided === undefined ? {} : { inconclusive: undecided }),
    };
  },
  { prove: controls },
);

/** The tests of base, or why they are not known. */
async function inventoryOfBase(host: TestsHost, collect: () => Promise<VitestRun>): Promise<readonly Collected[] | string> {
  let listed: VitestRun;
  try {
    listed = await collect();
  } catch (error) {
    host.signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
  if (listed.broken?.reason === 'not-installed') {
    host.log.info('Base has no Vitest, so there are no tests to hold the results against.');
    return [];
  }
  if (listed.broken !== undefined) return listed.broken.message;
  if (listed.end === undefined || listed.forged) return listed.exec.stderr.trim().split('\n').at(-1) ?? listed.exec.status;
  return listed.collected;
}

/** Keys of tests that failed and pass when their files run once more, in a fresh process with fresh services. */
async function secondLook(
  host: TestsHost,
  first: VitestRun,
  again: (files: readonly string[]) => Promise<VitestRun>,
): Promise<ReadonlySet<string>> {
  const failed = first.tests.filter(({ state }) => state === 'failed');
  if (failed.length === 0 || failed.length > rerunLimit || first.end === undefined) return new Set();
  host.progress(0.9, `running the files of ${failed.length === 1 ? '1 failed test' : `${failed.length} failed tests`} once more`);
  const second = await again([...new Set(failed.map(({ file }) => file))]);
  if (second.end === undefined || second.forged) return new Set();
  const passed = new Set(second.tests.filter(({ state }) => state === 'passed').map(keyOf));
  return new Set(failed.map(keyOf).filter((key) => passed.has(key)));
}
