// Ways around a policy that change what a final step is without changing its own keys.
import { describe, expect, it } from 'vitest';
import { preparedOf, whereOf } from './prepare-files.ts';
import { type Call, shown } from './prepare-folder.ts';

const lines = (...list: readonly string[]): string => `${list.join('\n')}\n`;
const seen = async (policy: string, own: readonly string[], call: Call = {}) => {
  const result = await preparedOf(
    { 'policy.yml': policy, 'playbook.yml': lines('bexpert: 1', 'extends: policy.yml', ...own) },
    call,
  );
  return { codes: result.diagnostics.map(whereOf), text: shown(result), plan: result.plan };
};
const policy = (final: string, ...more: readonly string[]): string =>
  lines(
    'bexpert: 1',
    `final: [${final}]`,
    'phases:',
    '  verify:',
    '    steps:',
    '      - id: tests',
    '        run: npm test',
    '        findings: { tap: stdout }',
    '        env: { TZ: UTC }',
    '      - uses: coverage',
    '        with: { lines: 80 }',
    ...more,
  );
const tests = 'phases.verify.steps.tests';
const coverage = 'phases.verify.steps.coverage';

describe('a final step', () => {
  it.each([
    [
      'gets no variable',
      tests,
      ['env: { NODE_OPTIONS: "--require ./cheat.js" }'],
      'NODE_OPTIONS',
      'policy/final playbook.yml:3:22',
    ],
    ['of a plugin gets none either', coverage, ['env: { PATH: "./bin" }'], 'PATH', 'policy/final playbook.yml:3:14'],
    ['in a final phase gets none either', 'phases.verify', ['env: { PATH: "./bin" }'], 'PATH', 'policy/final playbook.yml:3:14'],
    ['runs in no other folder', tests, ['working-directory: sub'], 'working-directory', 'policy/final playbook.yml:3:20'],
    ['keeps its company', tests, ['phases: { verify: { parallel: 1 } }'], 'parallel', 'policy/final playbook.yml:3:31'],
  ])('%s that a file above says', async (_what, final, own, name, where) => {
    const { codes, text } = await seen(policy(final), own);
    expect(codes).toEqual([where]);
    expect(text).toContain(name);
    expect(text).toContain('policy.yml:2 decides it.');
  });
  it('lets through what it does not see, and what its owner has said and opened', async () => {
    const own = ['env: { TZ: Europe/Berlin }'];
    expect((await seen(policy(tests), own)).codes).toEqual([]);
    const cwd = ['working-directory: sub'];
    expect((await seen(policy(coverage), cwd)).codes).toEqual([]);
    expect((await seen(policy(`${tests}, "!env.LOG_LEVEL"`), ['env: { LOG_LEVEL: warn }'])).codes).toEqual([]);
    expect((await seen(policy(`${tests}, "!env"`), ['env: { LOG_LEVEL: warn }'])).codes).toEqual([]);
    expect((await seen(policy(tests, 'env: { CI: "1" }'), ['env: { CI: "1" }'])).codes).toEqual([]);
    expect((await seen(policy(tests, 'env: { CI: "1" }'), ['env: { CI: "0" }'])).codes).toEqual([
      'policy/final playbook.yml:3:12',
    ]);
    expect((await seen(policy(tests, 'env: { CI: "1" }'), ['env: { CI: null }'])).codes).toEqual([
      'policy/final playbook.yml:3:12',
    ]);
  });
  it('names the key that its owner could open', async () => {
    const { text } = await seen(policy(tests), ['env: { LOG_LEVEL: warn }']);
    expect(text).toContain(
      '`phases.verify.steps.tests` is final, and the variable `LOG_LEVEL`, which its commands see, is set here.',
    );
    expect(text).toContain("or have it opened with `'!env.LOG_LEVEL'` in `final`.");
  });

  const reads = (final: string, input: string): string =>
    policy(final, `inputs: { lines: ${input} }`).replace('lines: 80', 'lines: "${{ inputs.lines }}"');
  it.each([coverage, `${coverage}.with`, `${coverage}.with.lines`])('keeps the input that it reads: %s', async (final) => {
    const own = ['inputs: { lines: { default: 1% } }'];
    const text = reads(final, '{ type: percent, default: 80% }');
    expect((await seen(text, own)).codes).toEqual(['policy/final playbook.yml:3:29']);
    expect((await seen(text, ['inputs: { lines: { type: string } }'])).codes).toEqual(['policy/final playbook.yml:3:26']);
    expect((await seen(text, [], { inputs: { lines: '1%' } })).text).toContain(
      'with --input the input `lines`, which it reads, is changed.',
    );
    expect((await seen(text, [], { inputs: { lines: '80%' } })).codes).toEqual([]);
    expect((await seen(text, ['inputs: { lines: { description: Ours. } }'])).codes).toEqual([]);
    expect((await seen(text.replace(final, `${final}, "!inputs.lines"`), own)).codes).toEqual([]);
  });
  it('lets an input be set within its bounds, and one of its options be chosen', async () => {
    const bounded = reads(coverage, '{ type: percent, default: 80% }').concat('bounds: { inputs.lines: { min: 70 } }\n');
    expect((await seen(bounded, ['inputs: { lines: { default: 75% } }'])).codes).toEqual([]);
    expect((await seen(bounded, ['inputs: { lines: { default: 1% } }'])).codes).toEqual(['policy/bound playbook.yml:3:29']);
    expect((await seen(bounded, [], { inputs: { lines: '1%' } })).codes).toEqual(['policy/bound']);
    const chosen = policy(tests, 'inputs: { zone: { type: choice, options: [UTC, CET], default: UTC } }').replace(
      'TZ: UTC',
      'TZ: "${{ inputs.zone }}"',
    );
    expect((await seen(chosen, [], { inputs: { zone: 'CET' } })).codes).toEqual([]);
    expect((await seen(chosen, ['inputs: { zone: { options: [UTC, CET, ART] } }'])).codes).toEqual([
      'policy/final playbook.yml:3:28',
    ]);
  });
  it('that reads what a call must say is a warning for its owner', async () => {
    const asked = reads(coverage, '{ type: percent, required: true }');
    const { codes } = await seen(asked, [], { inputs: { lines: '1%' } });
    expect(codes).toEqual(['policy/open-input policy.yml:12:11']);
    const said = asked.replace(coverage, `${coverage}, "!inputs.lines"`);
    expect((await seen(said, [], { inputs: { lines: '1%' } })).codes).toEqual([]);
  });
  it('keeps inputs of conditions, of variables and of defaults', async () => {
    const inputs = 'inputs: { full: { type: boolean, default: true }, zone: { default: UTC } }';
    const off = [['inputs: { full: { default: false } }'], ['inputs: { zone: { default: CET } }']] as const;
    const step = policy(tests, inputs, 'env: { ZONE: "${{ inputs.zone }}" }').replace(
      '        run:',
      '        if: inputs.full\n        run:',
    );
    for (const own of off) expect((await seen(step, own)).codes).toHaveLength(1);
    const phase = policy(tests, inputs, 'env: { ZONE: "${{ inputs.zone }}" }').replace(
      '    steps:',
      '    if: Inputs.FULL\n    steps:',
    );
    for (const own of off) expect((await seen(phase, own)).codes).toHaveLength(1);
    const defaults = policy(coverage, inputs, 'defaults: { coverage: { label: "${{ inputs.zone }}" } }').replace(
      '        run:',
      '        if: inputs.full\n        run:',
    );
    expect((await seen(defaults, off[1])).codes).toEqual(['policy/final playbook.yml:3:28']);
    expect((await seen(defaults, off[0])).codes).toEqual([]);
  });
  it('keeps the step whose outputs it reads, and the service of its owner that it starts', async () => {
    const text = lines(
      'bexpert: 1',
      `final: [${coverage}]`,
      'services:',
      '  api: { run: node api.js, ready: { log: up } }',
      'phases:',
      '  context:',
      '    steps:',
      '      - { id: count, run: node count.js, outputs: { lines: number } }',
      '  verify:',
      '    steps:',
      '      - { uses: coverage, services: [api], with: { lines: "${{ steps.count.outputs.lines }}" } }',
    );
    expect((await seen(text, [])).codes).toEqual([]);
    expect((await seen(text, ['phases: { context: { steps: [{ id: count, run: echo lines=1 }] } }'])).codes).toEqual([
      'policy/final playbook.yml:3:48',
    ]);
    expect((await seen(text, ['services: { api: { run: node fake.js } }'])).codes).toEqual(['policy/final playbook.yml:3:25']);
    const role = text.replace('services:\n  api: { run: node api.js, ready: { log: up } }\n', '');
    expect((await seen(role, ['services: { api: { run: node ours.js, ready: { log: up } } }'])).codes).toEqual([]);
  });
});

describe('a gate that is final as a whole', () => {
  it.each([
    ['when-changed: ["nothing/**"]'],
    ['if: run.ci'],
    ['level: warn'],
    ['inconclusive: warn'],
    ['allow-empty: We have none.'],
    ['needs: [tests]'],
    ['held-out: true'],
    ['retry: 2'],
    ['report: new'],
    ['timeout: 1ms'],
    ['services: []'],
    ['foreach: []'],
    ['env: { A: b }'],
    ['waive: [{ findings: ["coverage/*"], until: "2099-01-01", by: A, reason: B }]'],
    ['with: { branches: 1 }'],
  ])('refuses %s, and leaves open what its owner opens', async (key) => {
    const open = policy(`${coverage}, "!${coverage}.with.label"`, `bounds: { ${coverage}.with.lines: { min: 80 } }`);
    const above = (text: string): readonly string[] => [
      'phases:',
      '  verify:',
      '    steps:',
      `      - { id: coverage, ${text} }`,
    ];
    expect((await seen(open, above('with: { lines: 90, label: Ours }'))).codes).toEqual([]);
    expect((await seen(open, ['defaults: { coverage: { label: Ours } }'])).codes).toEqual([]);
    expect((await seen(open, above('with: { lines: 79 }'))).codes).toEqual(['policy/bound playbook.yml:6:40']);
    expect((await seen(open, above(key))).codes).toContainEqual(expect.stringMatching(/^policy\/final playbook\.yml:6:/));
  });
  it('refuses another command, its evidence, its findings and its outputs', async () => {
    for (const key of ['run: "true"', 'evidence: exit-code', 'findings: { tap: other.tap }', 'outputs: { a: string }']) {
      const own = ['phases:', '  verify:', '    steps:', `      - { id: tests, ${key} }`];
      expect((await seen(policy(tests), own)).codes[0], key).toMatch(/^policy\/final playbook\.yml:6:/);
    }
  });
  it('stays closed where a file above opens it, or where what is opened is misspelt', async () => {
    const own = ['phases:', '  verify:', '    steps:', '      - { id: coverage, level: warn }'];
    expect((await seen(policy(coverage), [...own, `final: ["!${coverage}.level"]`])).codes).toEqual([
      'policy/final playbook.yml:6:32',
    ]);
    expect((await seen(policy(coverage), [...own, `bounds: { ${coverage}.level: { min: 1 } }`])).codes).toContain(
      'policy/final playbook.yml:6:32',
    );
    expect((await seen(policy(`${coverage}, "!${coverage}.levle"`), [])).codes[0]).toMatch(/^policy\/path policy\.yml:2:/);
  });
  it('holds where a file between adds it with `append`', async () => {
    const files = {
      'company.yml': policy(tests),
      'policy.yml': lines('bexpert: 1', 'extends: company.yml', `final: { append: [${coverage}] }`),
      'playbook.yml': lines(
        'bexpert: 1',
        'extends: policy.yml',
        'phases: { verify: { steps: [{ id: coverage, level: warn }] } }',
      ),
    };
    expect((await preparedOf(files)).diagnostics.map(whereOf)).toEqual(['policy/final playbook.yml:3:52']);
  });
});

describe('a policy that bexpert.yml extends', () => {
  const under = async (mine: string, final = tests) =>
    (
      await preparedOf({
        'company.yml': policy(final),
        'bexpert.yml': lines('bexpert: 1', 'extends: company.yml'),
        'mine.yml': mine,
        'playbook.yml': lines('bexpert: 1', 'extends: mine.yml'),
      })
    ).diagnostics.map(whereOf);
  it('is not got around by a file that lies lower, because a playbook extends it', async () => {
    const step = (key: string): string =>
      lines('bexpert: 1', 'phases:', '  verify:', `    steps: [{ id: tests, run: npm test, ${key} }]`);
    expect(await under(step('level: warn'))).toEqual(['policy/final mine.yml:4:48']);
    expect(await under(step('when-changed: ["nothing/**"]'))).toHaveLength(1);
    expect(await under(lines('bexpert: 1', 'phases: { verify: { if: run.ci } }'))).toEqual(['policy/final mine.yml:2:25']);
    expect(await under(lines('bexpert: 1', 'env: { NODE_OPTIONS: "--require ./cheat.js" }'))).toEqual([
      'policy/final mine.yml:2:22',
    ]);
    expect(await under(lines('bexpert: 1', 'defaults: { coverage: { label: Ours } }'), coverage)).toEqual([
      'policy/final mine.yml:2:32',
    ]);
  });
  it('holds of what only such a file says what it says', async () => {
    const more = lines(
      'bexpert: 1',
      'phases: { verify: { steps: [{ id: more, run: npm run more, evidence: exit-code, level: warn }] } }',
    );
    expect(await under(more)).toEqual([]);
    expect(await under(more, `${tests}, phases.verify.steps.*.level`)).toEqual([]);
  });
});

describe('a token of the owner', () => {
  it('that requests of a final step carry is final too', async () => {
    const text = policy('phases.verify.steps.log-scan', 'auth: { user: { run: node token.mjs } }').replace(
      '      - uses: coverage\n        with: { lines: 80 }',
      '      - { uses: log-scan, with: { requests: [{ path: /a, auth: user }] } }',
    );
    const own = ['auth: { user: { run: echo none } }'];
    expect((await seen(text, own)).codes).toContain('policy/final playbook.yml:3:22');
  });
});

describe('what unites for good', () => {
  it('is not removed with null', async () => {
    const text = policy(tests, 'protect: ["golden/**"]', 'bounds: { budget.usd: { max: 5 } }', 'budget: { usd: 5 }');
    const { codes, plan } = await seen(text, ['protect: null']);
    expect(codes).toEqual(['policy/lasting playbook.yml:3:10']);
    expect(plan).toBeUndefined();
    expect((await seen(text, ['final: null'])).codes).toEqual(['policy/lasting playbook.yml:3:8']);
    expect((await seen(text, ['bounds: null'])).codes).toEqual(['policy/lasting playbook.yml:3:9']);
    expect((await seen(text, ['bounds: { budget.usd: null }'])).codes).toEqual(['policy/lasting playbook.yml:3:23']);
    expect((await seen(text, ['protect: []'])).plan?.protect).toEqual(['golden/**']);
  });
});
