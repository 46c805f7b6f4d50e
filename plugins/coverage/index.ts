import {
  defineGate,
  type Finding,
  type Measurement,
  pluginError,
  type ServiceInstance,
  type Tree,
} from '../../src/plugin-api.ts';
import { controls } from './controls.ts';
import { countFile, type FileCounts, metrics, percentOf, ranges, type Share, sum } from './counts.ts';
import { changedCode, changedLines, critical, ignored, notLoaded, overall, ratchet } from './limits.ts';
import { type Code, manifest } from './manifest.ts';
import { type CoverageHost, type Measured, measure } from './measure.ts';
import { type CountedFile, configOf, countedFiles } from './universe.ts';

/** Measures one tree with fresh instances of the services. */
async function withServices(
  host: CoverageHost,
  options: { readonly names: readonly string[]; readonly tree: Tree },
  use: (services: readonly ServiceInstance[]) => Promise<Measured>,
): Promise<Measured> {
  const instances: ServiceInstance[] = [];
  try {
    for (const name of options.names) instances.push(await host.services.start(name, { tree: options.tree }));
    return await use(instances);
  } finally {
    for (const instance of instances.reverse()) await instance[Symbol.asyncDispose]();
  }
}

const countAll = (counted: readonly CountedFile[], { files }: Measured): readonly FileCounts[] =>
  counted.map(({ file, text }) => countFile(file, text, files[file]));

export default defineGate(
  manifest,
  async (inputs, host) => {
    const { base, candidate } = host.trees;
    const { lines, branches, functions, statements, include, exclude } = inputs;
    const limits = {
      ...(lines === undefined ? {} : { lines }),
      ...(branches === undefined ? {} : { branches }),
      ...(functions === undefined ? {} : { functions }),
      ...(statements === undefined ? {} : { statements }),
    };
    const changedLimit = inputs['changed-lines'];
    if (inputs.critical.some(({ paths }) => paths !== undefined)) {
      throw pluginError({
        code: 'coverage/paths',
        message: 'Path coverage (`critical: [{paths: …}]`) is not supported yet.',
        hint: 'Set `lines` and `branches` for these files until then.',
      });
    }
    const same = base.hash === candidate.hash;
    const unlimited = Object.keys(limits).length === 0 && changedLimit === undefined && inputs.critical.length === 0;
    const compare = (inputs.ratchet ?? unlimited) && !same;
    const config = await configOf(base);
    const names = inputs.services.length > 0 ? inputs.services : host.services.names;
    const run = (options: {
      readonly tree: Tree;
      readonly counted: readonly CountedFile[];
      readonly from: number;
      readonly to: number;
    }) =>
      withServices(host, { names, tree: options.tree }, (services) =>
        measure(host, {
          tree: options.tree,
          files: options.counted.map(({ file }) => file),
          exposed: Object.fromEntries(
            options.counted
              .filter(({ ignores }) => ignores.exposed.length > 0)
              .map(({ file, ignores }) => [file, ignores.exposed]),
          ),
          config,
          command: inputs.command,
          env: inputs.env,
          services,
          progress: (done, total) =>
            host.progress(
              options.from + ((options.to - options.from) * Math.min(done, total)) / Math.max(1, total),
              `${done} of ${total} tests on ${options.tree.id}`,
            ),
        }),
      );

    host.progress(0, 'listing files');
    const counted = await countedFiles({ base, candidate, include, exclude });
    const groups = await criticalFiles(candidate, counted, inputs.critical);
    const share = compare ? 0.5 : 0.95;
    const measured = await run({ tree: candidate, counted, from: 0.05, to: share });
    const files = countAll(counted, measured);
    const total = sum(files, 'lines');
    const changed = changedCode(files, counted);
    const nothing = { unit: 'lines', count: 0, min: 1 };
    const outputs = {
      ...(Object.fromEntries(metrics.map((metric) => [metric, percentOf(sum(files, metric))])) as Record<
        (typeof metrics)[number],
        number
      >),
      'changed-lines': changed.part.total === 0 ? null : percentOf(changed.part),
      files: files.length,
    };
    if (measured.failures.length > 0) {
      return {
        outputs,
        examined: total.total === 0 ? nothing : { unit: 'lines', count: total.total, min: 1 },
        findings: [],
        inconclusive: `coverage of a red test run proves nothing: ${measured.failures.slice(0, 5).join('; ')}${measured.failures.length > 5 ? ` and ${measured.failures.length - 5} more` : ''}`,
      };
    }
    const noData = Object.keys(measured.files).length === 0;
    const before = compare
      ? await baseCounts(host, inputs, (tree, its) => run({ tree, counted: its, from: share, to: 0.95 }))
      : undefined;
    if (changedLimit !== undefined && changed.part.total === 0)
      host.log.info('No executable line differs from base, so there is nothing to hold against changed-lines.');
    const findings: readonly Finding<Code>[] = [
      ...overall(files, limits),
      ...changedLines(changed, changedLimit),
      ...groups.flatMap(({ rule, files: names }) =>
        critical(
          files.filter(({ file }) => names.has(file)),
          rule,
        ),
      ),
      ...(before === undefined || typeof before === 'string' ? [] : ratchet(files, before)),
      ...notLoaded(files),
      ...(same ? [] : ignored(counted)),
    ];
    return {
      outputs,
      examined: noData ? nothing : { unit: 'lines', count: total.total, min: 1 },
      findings,
      measurements: measurements({
        files,
        before: typeof before === 'string' ? undefined : before,
        limits,
        changed: changed.part,
        changedLimit,
      }),
      artifacts: [await host.artifact('coverage.json', 'application/json', summary(measured.tool, files, changed.files))],
      ...(typeof before === 'string' ? { inconclusive: `base could not be measured: ${before}` } : {}),
    };
  },
  { prove: controls },
);

interface Rule {
  readonly files: string;
  readonly lines?: number;
  readonly branches?: number;
}
async function criticalFiles(tree: Tree, counted: readonly CountedFile[], rules: readonly Rule[]) {
  return Promise.all(
    rules.map(async (rule) => {
      const names = new Set((await tree.glob([rule.files])).filter((file) => counted.some((one) => one.file === file)));
      if (names.size > 0) return { rule, files: names };
      throw pluginError({
        code: 'coverage/critical-empty',
        message: `No file that counts matches \`critical: ${rule.files}\`.`,
        hint: 'Correct the glob, or the `include` and `exclude` of this gate.',
      });
    }),
  );
}

/** The counts of base, or why there are none. */
async function baseCounts(
  host: CoverageHost,
  inputs: { readonly include: readonly string[]; readonly exclude: readonly string[] },
  run: (tree: Tree, counted: readonly CountedFile[]) => Promise<Measured>,
): Promise<readonly FileCounts[] | string> {
  const { base } = host.trees;
  try {
    const counted = await countedFiles({ base, candidate: base, include: inputs.include, exclude: inputs.exclude });
    const measured = await run(base, counted);
    if (Object.keys(measured.files).length === 0) return 'its coverage report is empty';
    if (measured.failures.length > 0)
      host.log.warn(`Tests of base fail, so its coverage may be lower than it was: ${measured.failures.slice(0, 3).join('; ')}`);
    return countAll(counted, measured);
  } catch (error) {
    host.signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
}

function measurements(options: {
  readonly files: readonly FileCounts[];
  readonly before: readonly FileCounts[] | undefined;
  readonly limits: Readonly<Partial<Record<(typeof metrics)[number], number>>>;
  readonly changed: Share;
  readonly changedLimit: number | undefined;
}): readonly Measurement[] {
  const { files, before, limits, changed, changedLimit } = options;
  const atLeast = (limit: number | undefined) =>
    limit === undefined ? {} : { limit: { at: limit, direction: 'at-least' } as const };
  return [
    ...metrics.map(
      (metric): Measurement => ({
        name: metric,
        value: percentOf(sum(files, metric)),
        unit: 'percent',
        ...atLeast(limits[metric]),
        ...(before === undefined ? {} : { base: percentOf(sum(before, metric)) }),
      }),
    ),
    ...(changed.total === 0
      ? []
      : [{ name: 'changed lines', value: percentOf(changed), unit: 'percent', ...atLeast(changedLimit) } as const]),
    { name: 'files', value: files.length, unit: 'count', ...(before === undefined ? {} : { base: before.length }) },
  ];
}

function summary(
  tool: string,
  files: readonly FileCounts[],
  changed: readonly { readonly file: string; readonly uncovered: readonly number[]; readonly total: number }[],
): string {
  const rows = files.map((file) => ({
    file: file.file,
    ...Object.fromEntries(metrics.map((metric) => [metric, file[metric]])),
    uncovered: ranges(file.uncoveredLines),
    touched: file.touched,
  }));
  const total = Object.fromEntries(metrics.map((metric) => [metric, sum(files, metric)]));
  const lines = changed.map(({ file, uncovered, total: all }) => ({ file, total: all, uncovered: ranges(uncovered) }));
  return `${JSON.stringify({ tool, total, changed: lines, files: rows }, null, 2)}\n`;
}
