import { describe, expect, it } from 'vitest';
import { planOf, preparedOf, whereOf } from './prepare-files.ts';
import { shown } from './prepare-folder.ts';

const including = (include: string, more = ''): string =>
  `bexpert: 1\n${more}phases:\n  context: [map]\n  verify:\n    steps:\n      - tests\n      - include: ${include}\n`;
const stepsOf = async (files: Readonly<Record<string, string>>, inputs = {}) =>
  (await planOf(files, { inputs })).phases[1]?.steps ?? [];

describe('include', () => {
  const parts = [
    'bexpert: 1',
    'inputs:',
    '  lines: { type: percent, default: 70% }',
    '  label: { type: string, required: true }',
    '  hosts: { type: list, default: [alpha] }',
    'steps:',
    '  - uses: coverage',
    '    needs: [first, tests]',
    '    if: steps.first.outputs.stdout != inputs.label && inputs.lines > 50',
    '    with: { lines: "${{ inputs.lines }}", label: "cov of ${{ inputs.label }}" }',
    '  - id: first',
    '    run: npm run compile',
    '    env: { LABEL: "${{ inputs.label }}", HOSTS: "${{ join(inputs.hosts, \'+\') }}", TABLES: "${{ steps.map.outputs.count }}" }',
    '',
  ].join('\n');
  it('brings steps with the values of its inputs, under ids with the prefix', async () => {
    const steps = await stepsOf({
      'playbook.yml': including('{ from: parts.yml, as: orders, with: { label: Orders, lines: 90% } }'),
      'parts.yml': parts.replace('steps.first.outputs.stdout != inputs.label && ', ''),
    });
    expect(steps.map(({ id }) => id)).toEqual(['tests', 'orders-coverage', 'orders-first']);
    expect(steps[1]).toMatchObject({
      requires: ['orders-first', 'tests'],
      if: { text: '90 > 50' },
      body: { with: { kind: 'literal', value: { lines: 90, label: 'cov of Orders' } } },
    });
    expect(steps[2]?.env).toMatchObject({
      LABEL: { kind: 'literal', value: 'Orders' },
      TABLES: { kind: 'expression', expression: { text: 'steps.map.outputs.count' } },
    });
  });
  it('hands expressions of the playbook on, whole and inside of a text', async () => {
    const steps = await stepsOf(
      {
        'playbook.yml': including(
          '{ from: parts.yml, with: { label: "${{ inputs.goal }} of ${{ steps.map.outputs.count }}", lines: "${{ inputs.share }}", hosts: "${{ inputs.hosts }}" } }',
          'inputs: { goal: { type: string }, share: { type: percent, default: 60% }, hosts: { type: list, default: [a, b] } }\n',
        ),
        'parts.yml': parts.replace(/ {4}if: .*\n/, ''),
      },
      { goal: 'x' },
    );
    expect(steps[1]?.body).toMatchObject({
      with: {
        kind: 'map',
        entries: {
          lines: { value: 60 },
          label: { kind: 'text', parts: ['cov of ', { text: 'inputs.goal' }, ' of ', { text: 'steps.map.outputs.count' }] },
        },
      },
    });
    expect(steps[2]?.env.HOSTS).toEqual({ kind: 'literal', value: 'a+b' });
  });
  it('can be used twice with different prefixes, and by files that are included themselves', async () => {
    const steps = await stepsOf({
      'playbook.yml':
        including('{ from: deep/outer.yml, as: a, with: { label: one } }') +
        '      - include: { from: deep/outer.yml, as: b, with: { label: two } }\n',
      'deep/outer.yml':
        'bexpert: 1\ninputs: { label: { required: true } }\nsteps:\n  - include: { from: inner.yml, as: in, with: { label: "<${{ inputs.label }}>" } }\n',
      'deep/inner.yml':
        'bexpert: 1\ninputs: { label: { required: true } }\nsteps: [{ uses: coverage, with: { label: "${{ inputs.label }}" } }]\n',
    });
    expect(
      steps.map(({ id, body }) => [id, body.kind === 'plugin' && body.with.kind === 'literal' ? body.with.value : undefined]),
    ).toEqual([
      ['tests', {}],
      ['a-in-coverage', { label: '<one>' }],
      ['b-in-coverage', { label: '<two>' }],
    ]);
  });
  it('points into the included file, and names the line that includes it', async () => {
    const result = await preparedOf({
      'playbook.yml': including('{ from: parts.yml }'),
      'parts.yml': 'bexpert: 1\nsteps:\n  - uses: coverage\n    with: { lines: many, lable: x }\n  - uses: covrage\n',
    });
    expect(result.diagnostics.map(whereOf)).toEqual([
      'playbook/form parts.yml:4:20',
      'playbook/unknown-key parts.yml:4:26',
      'plugin/unknown parts.yml:5:11',
    ]);
    for (const { related } of result.diagnostics)
      expect(related).toMatchObject([{ place: { file: 'playbook.yml', range: { start: { line: 7, column: 26 } } } }]);
  });
  it('points at the character of an expression that was replaced around', async () => {
    const result = await preparedOf({
      'playbook.yml': including('{ from: parts.yml, with: { label: a long text in place of a name } }'),
      'parts.yml':
        'bexpert: 1\ninputs: { label: {} }\nsteps:\n  - id: first\n    run: "true"\n    env: { A: "${{ inputs.label }} ${{ steps.none.outputs }}" }\n',
    });
    expect(result.diagnostics.map(whereOf)).toEqual(['expression/unknown-property parts.yml:6:46']);
  });
  it('is refused where it is no include: keys beside it, unknown keys, a file of another form, a circle', async () => {
    const codes = async (files: Readonly<Record<string, string>>) => (await preparedOf(files)).diagnostics.map(whereOf);
    const good = 'bexpert: 1\nsteps: [coverage]\n';
    expect(
      await codes({ 'playbook.yml': `${including('{ from: parts.yml }')}        level: warn\n`, 'parts.yml': good }),
    ).toEqual(['step/key-kind playbook.yml:8:9']);
    expect(await codes({ 'playbook.yml': including('{ from: parts.yml, form: 1 }'), 'parts.yml': good })).toEqual([
      'playbook/unknown-key playbook.yml:7:37',
    ]);
    expect(await codes({ 'playbook.yml': including('{ as: x }') })).toEqual(['playbook/missing-key playbook.yml:7:20']);
    expect(
      await codes({
        'playbook.yml': including('{ from: parts.yml }'),
        'parts.yml': 'bexpert: 1\nphases: { verify: [coverage] }\n',
      }),
    ).toEqual(['playbook/missing-key parts.yml:1:1', 'playbook/unknown-key parts.yml:2:1']);
    expect(
      await codes({
        'playbook.yml': including('{ from: parts.yml }'),
        'parts.yml': 'bexpert: 1\nsteps: [{ include: { from: ./parts.yml } }]\n',
      }),
    ).toEqual(['reuse/cycle parts.yml:2:28']);
    expect(await codes({ 'playbook.yml': including('{ from: parts.yml }'), 'parts.yml': 'bexpert: 1\nsteps: [\n' })).toEqual([
      'yaml/unclosed parts.yml:2:8',
    ]);
  });
  it.each([
    [
      'files',
      (level: number) =>
        `steps: [${Array.from({ length: 9 }, (_, at) => `{ include: { from: l${level + 1}.yml, as: s${at} } }`).join(', ')}]\n`,
      'steps: [coverage]\n',
    ],
    [
      'characters',
      (level: number) =>
        `inputs: { x: { default: abcdefgh } }\nsteps: [{ include: { from: l${level + 1}.yml, with: { x: "${'${{ inputs.x }}'.repeat(9)}" } } }]\n`,
      'inputs: { x: {} }\nsteps: [{ uses: coverage, with: { label: "a ${{ inputs.x }}" } }]\n',
    ],
    [
      'values',
      (level: number) =>
        `inputs: { x: { type: list, default: [a] } }\nsteps: [{ include: { from: l${level + 1}.yml, with: { x: [${Array(9).fill('"${{ inputs.x }}"').join(', ')}] } } }]\n`,
      'inputs: { x: { type: list } }\nsteps: [{ uses: coverage, with: { include: "${{ inputs.x }}" } }]\n',
    ],
  ])('is no bomb of %s', async (what, level, last) => {
    const files = Object.fromEntries(
      [1, 2, 3, 4, 5, 6, 7, 8].map((at) => [`l${at}.yml`, `bexpert: 1\n${at === 8 ? last : level(at)}`]),
    );
    const result = await preparedOf({ ...files, 'playbook.yml': including('{ from: l1.yml }') });
    expect(result.plan).toBeUndefined();
    expect(result.diagnostics.map(({ code }) => code)).toContain('reuse/too-large');
    expect(shown(result)).toContain(what === 'files' ? 'may include files 500 times' : `may have 100000 ${what}`);
  });
  it('is merged by the ids that it brings', async () => {
    const steps = await stepsOf({
      'playbook.yml':
        'bexpert: 1\nextends: base.yml\nphases:\n  verify:\n    steps:\n      - id: orders-coverage\n        level: warn\n',
      'base.yml': including('{ from: parts.yml, as: orders }'),
      'parts.yml': 'bexpert: 1\nsteps: [coverage]\n',
    });
    expect(steps.map(({ id, level }) => [id, level])).toEqual([
      ['tests', 'block'],
      ['orders-coverage', 'warn'],
    ]);
  });
});

describe('foreach', () => {
  const each = (items: string, more = ''): string =>
    `bexpert: 1\ninputs: { hosts: { type: list, default: [alpha, beta] } }\nphases:\n  verify:\n    steps:\n      - tests\n      - id: probe\n        foreach: ${items}\n        run: curl "$URL"\n        env: { URL: "https://\${{ item }}/health", ALL: "\${{ join(inputs.hosts) }}" }\n        evidence: exit-code\n${more}`;
  const made = async (items: string, more = '', inputs = {}) =>
    (await planOf({ 'playbook.yml': each(items, more) }, { inputs })).phases[0]?.steps.slice(1) ?? [];

  it('makes a step for each item of a list, and of an input', async () => {
    expect((await made('[one, 2]')).map(({ id, env }) => [id, env.URL])).toEqual([
      ['probe-one', { kind: 'literal', value: 'https://one/health' }],
      ['probe-2', { kind: 'literal', value: 'https://2/health' }],
    ]);
    expect((await made('${{ inputs.hosts }}', '', { hosts: 'gamma' })).map(({ id }) => id)).toEqual(['probe-gamma']);
  });
  it('counts where the items are no part of an id, or not all different', async () => {
    expect((await made('["a b", c/d]')).map(({ id }) => id)).toEqual(['probe-1', 'probe-2']);
    expect((await made('[a, a]')).map(({ id }) => id)).toEqual(['probe-1', 'probe-2']);
  });
  it('gives parts of an item that is a map, keeps types, and compares without complaint', async () => {
    const plan = await planOf({
      'playbook.yml':
        'bexpert: 1\nphases:\n  verify:\n    steps:\n      - tests\n      - uses: coverage\n        name: Lines\n        foreach:\n          - { lines: 80, files: ["src/**"], name: core }\n          - { lines: 60, files: ["lib/**"], name: rest }\n        if: item.name == \'core\' || run.ci\n        with: { lines: "${{ item.lines }}", include: "${{ item.files }}", label: "${{ item[\'name\'] }}!" }\n',
    });
    const [, first, second] = plan.phases[0]?.steps ?? [];
    expect(first).toMatchObject({
      id: 'coverage-1',
      name: 'Lines (1)',
      body: { with: { kind: 'literal', value: { lines: 80, include: ['src/**'], label: 'core!' } } },
    });
    expect(second).toMatchObject({ id: 'coverage-2', body: { with: { kind: 'literal', value: { lines: 60, label: 'rest!' } } } });
  });
  it('is needed as a whole, and each of its steps has outputs', async () => {
    const steps = await made('[a, b]', '      - id: after\n        run: "true"\n        needs: [probe]\n');
    expect(steps.at(-1)?.requires).toEqual(['probe-a', 'probe-b']);
  });
  it('takes as many items as a matrix of GitHub Actions', async () => {
    const hosts = (count: number): string => Array.from({ length: count }, (_, at) => `h${at}`).join(',');
    expect(await made('${{ inputs.hosts }}', '', { hosts: hosts(256) })).toHaveLength(256);
    const result = await preparedOf({ 'playbook.yml': each('${{ inputs.hosts }}') }, { inputs: { hosts: hosts(257) } });
    expect(shown(result)).toContain('the list has 257 items, and 256 are the limit');
  });
  it('has `item` in its own step only, and knows what an item has', async () => {
    const result = await preparedOf({
      'playbook.yml':
        'bexpert: 1\nphases:\n  verify:\n    steps:\n      - uses: coverage\n        with: { label: "${{ item }}" }\n      - id: each\n        foreach: [{ host: a }]\n        run: "true"\n        env: { A: "x ${{ item.hots }}" }\n',
    });
    expect(result.diagnostics.map(whereOf)).toEqual([
      'expression/unknown-name playbook.yml:6:29',
      'expression/unknown-property playbook.yml:10:26',
    ]);
    expect(shown(result)).toContain('Did you mean `host`?');
    expect(shown(result)).toContain('It exists in a step with `foreach`, and in nothing else.');
  });
  it('never becomes shell text', async () => {
    const result = await preparedOf({
      'playbook.yml':
        'bexpert: 1\nphases:\n  verify:\n    steps:\n      - id: each\n        foreach: [a]\n        run: curl ${{ item }}\n',
    });
    expect(result.diagnostics.map(whereOf)).toContain('step/run-expression playbook.yml:7:19');
  });
});
