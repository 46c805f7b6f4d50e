import { describe, expect, it } from 'vitest';
import { preparedOf, whereOf } from './prepare-files.ts';
import { type Call, shown } from './prepare-folder.ts';

const lines = (...list: readonly string[]): string => `${list.join('\n')}\n`;
const policy = (...more: readonly string[]): string =>
  lines(
    'bexpert: 1',
    'name: company',
    'phases:',
    '  verify:',
    '    steps:',
    '      - uses: tests',
    '        level: block',
    '      - uses: coverage',
    '        with: { lines: 80 }',
    'defaults: { coverage: { report: full } }',
    'budget: { usd: 5 }',
    'sandbox: required',
    ...more,
  );
const playbook = (...more: readonly string[]): string => lines('bexpert: 1', 'extends: policy.yml', ...more);
const seen = async (files: Readonly<Record<string, string>>, call: Call = {}) => {
  const result = await preparedOf({ 'playbook.yml': playbook(), ...files }, call);
  return { codes: result.diagnostics.map(whereOf), text: shown(result), plan: result.plan, diagnostics: result.diagnostics };
};
const verify = (...steps: readonly string[]): string =>
  playbook('phases:', '  verify:', '    steps:', ...steps.map((step) => `      ${step}`));

describe('what is final', () => {
  const final = (paths: string): string => policy(`final: [${paths}]`);
  const tried = async (paths: string, own: string, call: Call = {}) =>
    (await seen({ 'policy.yml': final(paths), 'playbook.yml': own }, call)).codes;
  const tests = 'phases.verify.steps.tests';
  const coverage = 'phases.verify.steps.coverage';

  it('may stay as it is, be repeated, and have more beside it', async () => {
    const own = verify('- tests', '- { id: coverage, level: warn }', '- { id: more, run: npm run lint }');
    const { codes, plan } = await seen({
      'policy.yml': final(`${tests}, ${coverage}.with.lines`),
      'playbook.yml': own,
    });
    expect(codes).toEqual([]);
    expect(plan?.phases[0]?.steps.map(({ id }) => id)).toEqual(['tests', 'coverage', 'more']);
  });
  it.each([
    ['by another value', tests, verify('- { id: tests, level: warn }'), 'policy/final playbook.yml:6:29'],
    [
      'by a waiver',
      tests,
      verify('- { uses: tests, waive: [{ findings: ["tests/*"], until: "2099-01-01", by: A, reason: B }] }'),
      'policy/final playbook.yml:6:31',
    ],
    ['by a condition', tests, verify('- { id: tests, if: run.ci }'), 'policy/final playbook.yml:6:26'],
    ['by taking what it runs', tests, verify('- { id: tests, uses: null }'), 'policy/final playbook.yml:6:9'],
    ['by another plugin under its name', tests, verify('- { id: tests, uses: log-scan }'), 'policy/final playbook.yml:6:28'],
    [
      'by removing its phase',
      tests,
      playbook('phases: { verify: null, proof: { kind: verify, steps: [tests] } }'),
      'policy/final playbook.yml:3:19',
    ],
    ['by removing all phases', tests, playbook('phases: null'), 'policy/final playbook.yml:3:9'],
    ['by a condition of its phase', tests, playbook('phases: { verify: { if: run.ci } }'), 'policy/final playbook.yml:3:25'],
    ['by another kind of its phase', tests, playbook('phases: { verify: { kind: context } }'), 'policy/final playbook.yml:3:27'],
    [
      'by a smaller number',
      `${coverage}.with`,
      verify('- { id: coverage, with: { lines: 20 } }'),
      'policy/final playbook.yml:6:40',
    ],
    [
      'by removing a value',
      `${coverage}.with.lines`,
      verify('- { id: coverage, with: { lines: null } }'),
      'policy/final playbook.yml:6:40',
    ],
    [
      'by removing all values',
      `${coverage}.with.lines`,
      verify('- { id: coverage, with: null }'),
      'policy/final playbook.yml:6:31',
    ],
    [
      'by defaults that it did not have',
      `${coverage}.with`,
      playbook('defaults: { coverage: { label: mine } }'),
      'policy/final playbook.yml:3:32',
    ],
    [
      'by defaults that it had',
      coverage,
      playbook('defaults: { coverage: { report: summary } }'),
      'policy/final playbook.yml:3:33',
    ],
    ['by the time that it gets from defaults', coverage, playbook('defaults: { timeout: 1s }'), 'policy/final playbook.yml:3:22'],
    [
      'by a step that sets the defaults aside',
      'defaults.coverage.report',
      verify('- { id: coverage, with: { report: summary } }'),
      'policy/final playbook.yml:6:41',
    ],
    [
      'by a new step that sets the defaults aside',
      'defaults.coverage',
      verify('- { id: mine, uses: coverage, with: { report: summary } }'),
      'policy/final playbook.yml:6:53',
    ],
    ['by another amount', 'budget', playbook('budget: { usd: 50 }'), 'policy/final playbook.yml:3:16'],
    ['by something more in a map', 'budget', playbook('budget: { time: 5m }'), 'policy/final playbook.yml:3:17'],
    ['by one of all steps', 'phases.verify.steps.*', verify('- { id: coverage, timeout: 1s }'), 'policy/final playbook.yml:6:34'],
    ['by a text in place of a list', 'protect', playbook('protect: all'), 'policy/final playbook.yml:3:10'],
  ])('cannot be changed %s', async (_how, path, own, where) => {
    const text = final(path).concat('protect: ["golden/**"]\n');
    const { codes, diagnostics } = await seen({ 'policy.yml': text, 'playbook.yml': own });
    expect(codes).toContain(where);
    const told = diagnostics.filter(({ code }) => code === 'policy/final');
    expect(told).toHaveLength(1);
    expect(told[0]?.related?.[0]).toMatchObject({ place: { file: 'policy.yml', range: { start: { line: 13 } } } });
  });
  it('may be a key that is not there, which then cannot be set', async () => {
    const paths = `${coverage}.level, phases.verify.steps.*.waive, ${coverage}.if, budget.time, deliver`;
    expect(await tried(paths, verify('- { id: coverage, with: { lines: 90 } }'))).toEqual([]);
    const waiver = 'waive: [{ findings: ["tests/*"], until: "2099-01-01", by: A, reason: B }]';
    expect(
      await tried(
        paths,
        verify(`- { id: tests, ${waiver} }`, '- { id: coverage, level: warn, if: run.ci }').concat(
          'budget: { time: 5m }\ndeliver: { to: branch }\n',
        ),
      ),
    ).toEqual([
      'policy/final playbook.yml:6:29',
      'policy/final playbook.yml:7:32',
      'policy/final playbook.yml:7:42',
      'policy/final playbook.yml:8:17',
      'policy/final playbook.yml:9:10',
    ]);
    expect(await tried(`${coverage}.levle`, playbook())).toEqual(['policy/path policy.yml:13:9']);
  });
  it('cannot be changed by bexpert.yml, by a file between, or by a file that bexpert.yml extends', async () => {
    const own = 'bexpert: 1\nbudget: { usd: 50 }\n';
    const final5 = final('budget.usd');
    expect((await seen({ 'policy.yml': final5, 'bexpert.yml': own })).codes).toEqual(['policy/final bexpert.yml:2:16']);
    const between = {
      'policy.yml': final5,
      'playbook.yml': 'bexpert: 1\nextends: between.yml\n',
      'between.yml': `${own}extends: policy.yml\n`,
    };
    expect((await seen(between)).codes).toEqual(['policy/final between.yml:2:16']);
    const beside = { 'policy.yml': final5, 'bexpert.yml': 'bexpert: 1\nextends: more.yml\n', 'more.yml': own };
    expect((await seen(beside)).codes).toEqual(['policy/final more.yml:2:16']);
  });
  it('of a file that bexpert.yml extends holds for every playbook of the repository', async () => {
    const { codes } = await seen({
      'policy.yml': final('budget.usd'),
      'bexpert.yml': 'bexpert: 1\nextends: policy.yml\n',
      'playbook.yml': 'bexpert: 1\nbudget: { usd: 50 }\n',
    });
    expect(codes).toEqual(['policy/final playbook.yml:2:16']);
  });
  it('holds where the file changes it and another changes it back: what counts is the end', async () => {
    const { codes } = await seen({
      'policy.yml': final('budget.usd'),
      'bexpert.yml': 'bexpert: 1\nbudget: { usd: 50 }\n',
      'playbook.yml': playbook('budget: { usd: 5 }'),
    });
    expect(codes).toEqual([]);
  });
  it('cannot be widened by a `final` above, and one file may hold its own', async () => {
    expect(await tried(tests, verify('- { id: tests, level: warn }').concat('final: null\n'))).toEqual([
      'policy/final playbook.yml:6:29',
      'policy/lasting playbook.yml:7:8',
    ]);
    expect(
      (await seen({ 'policy.yml': policy(), 'playbook.yml': playbook('final: [budget]', 'budget: { usd: 1 }') })).codes,
    ).toEqual([]);
  });
  it('cannot be changed by the options of a call', async () => {
    const inputs = policy(
      'inputs: { share: { type: percent, default: 10% } }',
      'final: [inputs.share, sandbox]',
      'env: { A: "${{ inputs.share }}" }',
    );
    const files = { 'policy.yml': inputs };
    expect((await seen(files)).codes).toEqual([]);
    const given = await seen(files, { inputs: { share: '90%' } });
    expect(given.codes).toEqual(['policy/final']);
    expect(given.text).toContain('`inputs.share` is final, and with --input it is changed.');
    expect((await seen(files, { inputs: { share: '10%' } })).codes).toEqual([]);
    const file = { name: 'inputs.yml', text: 'share: 90%\n' };
    expect((await seen(files, { inputsFile: file })).codes).toEqual(['policy/final inputs.yml:1:8']);
    expect((await seen(files, { overrides: { sandbox: 'off' } })).text).toContain('with --sandbox it is changed');
    expect((await seen({ ...files, 'bexpert.yml': 'bexpert: 1\ninputs: { share: { default: 90% } }\n' })).codes).toEqual([
      'policy/final bexpert.yml:2:29',
    ]);
  });
  it('may be an `include`: its steps are what is final', async () => {
    const files = {
      'policy.yml': policy('final: [phases.verify.steps.all-coverage]').replace(
        '      - uses: coverage\n        with: { lines: 80 }\n',
        '      - include: { from: parts.yml, as: all }\n',
      ),
      'parts.yml': 'bexpert: 1\nsteps: [{ uses: coverage, with: { lines: 80 } }]\n',
    };
    expect((await seen(files)).codes).toEqual([]);
    expect((await seen({ ...files, 'playbook.yml': verify('- { id: all-coverage, level: warn }') })).codes).toEqual([
      'policy/final playbook.yml:6:36',
    ]);
  });
});

describe('bounds', () => {
  const bounds = (text: string, ...more: readonly string[]): string => policy(`bounds: { ${text} }`, ...more);
  const tried = async (text: string, own: string, call: Call = {}) =>
    (await seen({ 'policy.yml': bounds(text), 'playbook.yml': own }, call)).codes;

  it.each([
    ['budget.usd: { max: 5 }', playbook('budget: { usd: 4.5 }')],
    ['budget.time: { min: 5m, max: 1h }', playbook('budget: { time: 3600s }')],
    ['budget.tokens: { max: 2M }', playbook('budget: { tokens: 2000000 }')],
    ['budget.reserve: { min: 10% }', playbook('budget: { reserve: 0.2% }').replace('0.2%', '20%')],
    ['phases.verify.steps.coverage.with.lines: { min: 80% }', verify('- { id: coverage, with: { lines: 80.5% } }')],
    ['phases.verify.steps.coverage.with.lines: { min: 80 }', verify('- { id: coverage, with: { lines: 80% } }')],
    ['phases.*.steps.*.timeout: { max: 10m }', playbook()],
    ['phases.*.steps.migration.timeout: { max: 1m }', playbook()],
    ['defaults.coverage.lines: { min: 80 }', verify('- { id: more, uses: coverage, with: { lines: 90 } }')],
    ['phases.verify.steps.tests.with.timeout: { min: 1s }', playbook()],
  ])('let through what is within %s', async (text, own) => {
    expect(await tried(text, own)).toEqual([]);
  });
  it.each([
    ['more than the most', 'budget.usd: { max: 5 }', playbook('budget: { usd: 5.01 }'), 'policy/bound playbook.yml:3:16'],
    [
      'less than the least, in another unit',
      'budget.time: { min: 5m }',
      playbook('budget: { time: 299s }'),
      'policy/bound playbook.yml:3:17',
    ],
    [
      'another way to write a count',
      'budget.tokens: { max: 2M }',
      playbook('budget: { tokens: 2001k }'),
      'policy/bound playbook.yml:3:19',
    ],
    ['no value, where none is no limit', 'budget.usd: { max: 5 }', playbook('budget: { usd: null, time: 5m }'), 'policy/bound'],
    [
      'a smaller share',
      'phases.verify.steps.coverage.with.lines: { min: 80 }',
      verify('- { id: coverage, with: { lines: 79.9% } }'),
      'policy/bound playbook.yml:6:40',
    ],
    [
      'a removed share',
      'phases.verify.steps.coverage.with.lines: { min: 80 }',
      verify('- { id: coverage, with: { lines: null } }'),
      'policy/bound playbook.yml:6:9',
    ],
    [
      'a removed step',
      'phases.verify.steps.coverage.with.lines: { min: 80 }',
      verify('- { id: coverage, uses: null }'),
      'policy/bound',
    ],
    [
      'a removed phase',
      'phases.verify.steps.coverage.with.lines: { min: 80 }',
      playbook('phases: { verify: null, proof: { kind: verify, steps: [tests] } }'),
      'policy/bound',
    ],
    [
      'a step with another id',
      'phases.verify.steps.coverage.with.lines: { min: 80 }',
      verify('- { id: coverage, uses: null }', '- { id: mine, uses: coverage, with: { lines: 1 } }'),
      'policy/bound playbook.yml:7:52',
    ],
    [
      'another step beside the bounded one',
      'defaults.coverage.lines: { min: 80 }',
      verify('- { id: mine, uses: coverage, with: { lines: 1 } }'),
      'policy/bound playbook.yml:6:52',
    ],
    [
      'a step in another phase',
      'phases.*.steps.coverage.with.lines: { min: 80 }',
      playbook('phases: { late: { kind: verify, steps: [{ id: mine, uses: coverage, with: { lines: 1 } }] } }'),
      'policy/bound playbook.yml:3:84',
    ],
    [
      'defaults',
      'defaults.coverage.lines: { min: 80 }',
      verify('- { id: coverage, with: { lines: null } }').concat('defaults: { coverage: { lines: 1 } }\n'),
      'policy/bound playbook.yml:7:32',
    ],
    [
      'what a plugin takes by default',
      'phases.verify.steps.tests.with.timeout: { min: 10s }',
      playbook(),
      'policy/bound policy.yml:6:9',
    ],
    [
      'the time of steps by default',
      'phases.*.steps.*.timeout: { max: 5m }',
      verify('- { id: tests, timeout: 5m }'),
      'policy/bound policy.yml:8:9',
    ],
    [
      'the time of all steps',
      'defaults.timeout: { max: 5m }',
      playbook('defaults: { timeout: 6m }'),
      'policy/bound playbook.yml:3:22',
    ],
    [
      'steps of foreach',
      'phases.verify.steps.each.with.lines: { min: 80 }',
      verify('- { id: each, foreach: [90, 70], uses: coverage, with: { lines: "${{ item }}" } }'),
      'policy/bound playbook.yml:6:35',
    ],
    [
      'steps of an include',
      'defaults.coverage.lines: { min: 80 }',
      verify('- include: { from: parts.yml, with: { lines: 70% } }'),
      'policy/bound playbook.yml:6:52',
    ],
    [
      'a value that only the run knows',
      'defaults.coverage.label: { min: 1 }',
      verify('- { id: coverage, with: { label: "${{ run.attempt }}" } }'),
      'policy/bound playbook.yml:6:40',
    ],
    [
      'something that is no amount',
      'defaults.coverage.label: { min: 1 }',
      verify('- { id: coverage, with: { label: many } }'),
      'policy/bound playbook.yml:6:40',
    ],
    [
      'an amount without a unit against one with a unit',
      'budget.time: { max: 600 }',
      playbook('budget: { time: 5m }'),
      'policy/bound playbook.yml:3:17',
    ],
  ])('stop %s', async (_what, text, own, where) => {
    const files = {
      'policy.yml': bounds(text),
      'playbook.yml': own,
      'parts.yml':
        'bexpert: 1\ninputs: { lines: {} }\nsteps: [{ id: part, uses: coverage, with: { lines: "${{ inputs.lines }}" } }]\n',
    };
    const { codes, diagnostics } = await seen(files);
    expect(codes).toContain(where);
    expect(diagnostics.find(({ code }) => code === 'policy/bound')?.related?.slice(0, 1)).toMatchObject([
      { place: { file: 'policy.yml', range: { start: { line: 13 } } } },
    ]);
  });
  it('take names with dots in quotes', async () => {
    const own = playbook('defaults: { "./gates/x": { lines: 1 } }');
    const text = policy(`final: ['defaults."./gates/x".lines']`).replace(
      'report: full }',
      'report: full }, "./gates/x": { lines: 5 }',
    );
    const { codes } = await seen({ 'policy.yml': text, 'playbook.yml': own });
    expect(codes).toContain('policy/final playbook.yml:3:35');
  });
  it('hold for inputs, whoever gives them', async () => {
    const text = policy(
      'bounds: { inputs.share: { max: 20% }, inputs.wait: { min: 1s, max: 1m } }',
      'inputs: { share: { type: percent, default: 10% }, wait: { type: duration, default: 2s } }',
      'env: { A: "${{ inputs.share }} ${{ inputs.wait }}" }',
    );
    const codes = async (call: Call, more: Readonly<Record<string, string>> = {}) =>
      (await seen({ 'policy.yml': text, ...more }, call)).codes;
    expect(await codes({})).toEqual([]);
    expect(await codes({ inputs: { share: '20%', wait: '1m' } })).toEqual([]);
    expect(await codes({ inputs: { share: '20.1%' } })).toEqual(['policy/bound']);
    expect(await codes({ inputs: { wait: '999ms' } })).toEqual(['policy/bound']);
    expect(await codes({ inputsFile: { name: 'inputs.yml', text: 'share: 21%\n' } })).toEqual(['policy/bound inputs.yml:1:8']);
    expect(await codes({}, { 'playbook.yml': playbook('inputs: { share: { default: 30% } }') })).toEqual([
      'policy/bound playbook.yml:3:29',
    ]);
  });
  it('hold for a value that a step gets from an input', async () => {
    const text = policy(
      'bounds: { defaults.coverage.lines: { min: 80 } }',
      'inputs: { lines: { type: percent, default: 90% } }',
    ).replace('lines: 80 }', 'lines: "${{ inputs.lines }}" }');
    expect((await seen({ 'policy.yml': text })).codes).toEqual([]);
    expect((await seen({ 'policy.yml': text }, { inputs: { lines: '70%' } })).codes).toEqual(['policy/bound policy.yml:9:24']);
  });
  it('cannot be widened by bounds above', async () => {
    expect(
      await tried('budget.usd: { max: 5 }', playbook('budget: { usd: 50 }', 'bounds: { budget.usd: { max: 100 } }')),
    ).toEqual(['policy/bound playbook.yml:3:16']);
    expect(await tried('budget.usd: { max: 5 }', playbook('budget: { usd: 50 }', 'bounds: null'))).toEqual([
      'policy/bound playbook.yml:3:16',
      'policy/lasting playbook.yml:4:9',
    ]);
  });
});
