import { defineGate, type GateResult } from '../../../../src/plugin-api.ts';
import { manifest } from './manifest.ts';
import { lookAtCommands, lookAtNet, lookAtServices } from './powers.ts';

/** Looks at everything once and hands what it saw to the test. */
export default defineGate(
  manifest,
  async (inputs, host): Promise<GateResult<{ seen: never }, keyof typeof manifest.findings>> => {
    host.log.debug('a detail');
    host.log.info('a fact');
    host.log.warn('a worry');
    host.progress(0.5, 'half');
    const { base, candidate } = host.trees;
    const files = await candidate.glob([inputs.pattern]);
    await host.scratch.write('notes/one.txt', 'one');
    const note = await host.scratch.read('notes/one.txt');
    await host.scratch.remove('notes/one.txt');
    const artifact = await host.artifact('seen.txt', 'text/plain', `${files.join('\n')}\n`);
    const seen = {
      inputs,
      aborted: host.signal.aborted,
      env: host.env,
      clock: Number.isFinite(host.now()),
      seed: host.seed,
      trees: [base.id, candidate.id],
      sameHash: base.hash === candidate.hash,
      changed: await host.changed(),
      text: await candidate.read('src/a.js'),
      bytes: (await base.readBytes('src/a.js')).length,
      exists: [await candidate.exists('src/a.js'), await candidate.exists('src/none.js')],
      missing: await candidate.read('src/none.js').catch((error: { code: string }) => error.code),
      outside: await candidate.read('../secret').catch((error: { code: string }) => error.code),
      files,
      note,
      noteGone: !(await host.scratch.exists('notes/one.txt')),
      commands: await lookAtCommands(host),
      services: await lookAtServices(host, inputs.service),
      net: await lookAtNet(host),
      packages: [host.packageFolder('yaml') !== undefined, host.packageFolder('@bexpert/not-installed') !== undefined],
      asset: host.asset('x.mjs').endsWith('/gate-probe/x.mjs'),
      fetch: typeof host.fetch,
    };
    return {
      outputs: { seen: seen as never },
      examined: { unit: 'files', count: files.length, min: 1 },
      findings: [
        {
          code: 'gate-probe/more',
          severity: 'error',
          message: '2 things; 1 was expected.',
          subject: 'things',
          location: { file: 'src/a.js', line: 1, column: 1, endLine: 1, endColumn: 2 },
          hint: 'Remove one.',
          evidence: 'thing thing',
          repro: 'grep thing src/a.js',
          magnitude: 2,
        },
      ],
      measurements: [
        {
          name: 'things',
          value: 2,
          unit: 'count',
          limit: { at: 1, direction: 'at-most' },
          base: 1,
          interval: { low: 1, high: 3, level: 0.99 },
        },
      ],
      artifacts: [artifact],
    };
  },
  {
    prove: [
      {
        name: 'a new file',
        expects: 'gate-probe/new',
        apply: async (tree) => {
          await tree.write('src/new.js', 'new');
          return 'applied';
        },
      },
      { name: 'never', expects: 'gate-probe/always', apply: async () => ({ notApplicable: 'it has nothing to spoil' }) },
    ],
    doctor: async (env) => [{ ok: env.PROBE_VARIABLE !== undefined, what: 'probe', todo: 'Set PROBE_VARIABLE.' }],
    prices: async () => ({}),
  },
);
