import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { originsOf, resolvedRoot, resolvedYaml } from '../../../src/commands/resolved-yaml.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { openRegistry } from '../../../src/registry/registry.ts';
import { root } from '../../contract/sources.ts';
import fc from '../../rig/property.ts';
import { folderOf } from '../playbook/prepare-files.ts';
import { type Call, prepareFolder, shown } from '../playbook/prepare-folder.ts';

type Files = Readonly<Record<string, string>>;

/** A plan without the places and the files that it was made of: what it means. */
const meaning = (plan: Plan): unknown =>
  JSON.parse(JSON.stringify({ ...plan, sources: [] }), (key, value) => (key === 'place' ? undefined : value));

/** Resolves the playbook of these files, and gives the plan before and after, with what was printed. */
async function roundTrip(files: Files, call: Call = {}) {
  const before = await prepareFolder(folderOf(files), call);
  if (before.plan === undefined || before.merged === undefined) throw new Error(shown(before));
  const yaml = resolvedYaml(resolvedRoot(before.merged, before.merged.name));
  const others = Object.entries(files).filter(([name]) => name !== 'playbook.yml' && name !== 'bexpert.yml');
  const after = await prepareFolder(folderOf({ ...Object.fromEntries(others), 'playbook.yml': yaml }), call);
  if (after.plan === undefined) throw new Error(`${shown(after)}\n${yaml}`);
  return { before: meaning(before.plan), after: meaning(after.plan), yaml };
}

describe('a resolved playbook', () => {
  const files = {
    'playbook.yml':
      'bexpert: 1\nextends: base.yml\nbudget: { usd: 3 }\nphases:\n  verify:\n    steps:\n      - id: coverage\n        with: { lines: 90 }\n',
    'base.yml':
      'bexpert: 1\nname: base\nbudget: { usd: 5, time: 10m }\nphases:\n  verify: [tests, { uses: coverage, with: { lines: 80, label: all } }]\n',
    'bexpert.yml':
      'bexpert: 1\ninputs: { other: { default: 1 } }\nenv:\n  TEXT: |\n    one # no comment\n      two: "${{ run.id }}"\n',
  };
  it('is one file in which each value says where it comes from', async () => {
    expect((await roundTrip(files)).yaml).toBe(
      [
        'bexpert: 1 # playbook.yml:1',
        'name: playbook # playbook.yml:1',
        'env:',
        '  TEXT: | # bexpert.yml:4',
        '    one # no comment',
        '      two: "${{ run.id }}"',
        'phases:',
        '  verify:',
        '    steps:',
        '      - tests # base.yml:5',
        '      - uses: coverage # base.yml:5',
        '        with:',
        '          lines: 90 # playbook.yml:8',
        '          label: all # base.yml:5',
        '        id: coverage # playbook.yml:7',
        'budget:',
        '  usd: 3 # playbook.yml:3',
        '  time: "10m" # base.yml:3',
        '',
      ].join('\n'),
    );
  });
  it('gives for a program the path, the value and the place of each', async () => {
    const { merged } = await prepareFolder(folderOf(files));
    if (merged === undefined) throw new Error('it cannot be read');
    expect(originsOf(resolvedRoot(merged, merged.name))).toContainEqual({
      path: 'phases.verify.steps.coverage.with.lines',
      value: 90,
      file: 'playbook.yml',
      line: 8,
      column: 24,
    });
  });
  const whole = (folder: string): Files =>
    Object.fromEntries(
      ['playbook.yml', 'bexpert.yml', 'base.yml', 'steps.yml', 'bexpert.script.yml', 'stand-in.yml'].flatMap((name) => {
        try {
          return [[name, readFileSync(path.join(folder, name), 'utf8')]];
        } catch {
          return [];
        }
      }),
    );
  it.each(['shortest', 'every-key', 'migration'])('means the same: %s', async (name) => {
    const folder = path.join(root, 'test/playbooks/good', name);
    const { before, after } = await roundTrip(whole(folder), { inputs: name === 'shortest' ? {} : { goal: 'Add a column' } });
    expect(after).toEqual(before);
  });
  it.each([
    ['playbooks/migration.yml', 'examples/orders-api', { goal: 'Add a column' }],
    ['examples/custom-plugin/playbooks/quality.yml', 'examples/custom-plugin', {}],
  ])('means the same with the plugins that it uses: %s', async (playbook, scope, inputs) => {
    const scopeFolder = path.join(root, scope);
    const cacheFolder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-resolved-'));
    try {
      const { before, after } = await roundTrip(
        {
          'playbook.yml': readFileSync(path.join(root, playbook), 'utf8'),
          'bexpert.yml': readFileSync(path.join(scopeFolder, 'bexpert.yml'), 'utf8'),
          'bexpert.script.yml': '',
        },
        { inputs, registry: openRegistry({ scopeFolder, cacheFolder }) },
      );
      expect(after).toEqual(before);
    } finally {
      rmSync(cacheFolder, { recursive: true });
    }
  });
});

describe('generated playbooks', () => {
  /** Texts that YAML, or a reader of another kind, could take for something else. */
  const text = fc.oneof(
    fc.constantFrom(
      'yes',
      'null',
      '~',
      '0x10',
      '1e3',
      '20.10',
      ' lead',
      'trail ',
      '# no',
      'a: b',
      '- x',
      '[a]',
      '{a: b}',
      '*a',
      '&a',
      '!t',
      '%x',
      '@x',
      '`x`',
      "it's",
      '"q"',
      '\\n',
      'a\nb',
      'a\n\nb\n',
      '  x\n y',
      'a \nb',
      'tab\there',
      'ünï',
      '\u2028',
      '😀',
      'a #b',
      '>',
      '|',
      '?',
      ':',
      'true',
      '012',
      '.inf',
    ),
    fc.string({ minLength: 1, maxLength: 12 }).filter((value) => !value.includes('${{')),
  );
  const env = fc.dictionary(
    fc.stringMatching(/^[A-Z][A-Z0-9_]{0,6}$/),
    fc.oneof(
      text,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
      fc.boolean(),
      fc.constant('${{ run.id }} x'),
    ),
    { maxKeys: 4 },
  );
  const step = fc.record(
    {
      run: text,
      env,
      name: text,
      timeout: fc.constantFrom('5m', '1h30m'),
      level: fc.constantFrom('warn', 'block'),
      if: fc.constantFrom("run.ci && run.branch != 'b # c'", "${{ run.mode == 'run' }}"),
      foreach: fc.constantFrom(['a', 'b'], [1, 2], '${{ inputs.hosts }}'),
    },
    { requiredKeys: ['run'] },
  );
  const layer = fc.record(
    {
      env,
      description: text,
      protect: fc.uniqueArray(fc.constantFrom('a/**', '*.md', '!src/x', 'b'), { maxLength: 3 }),
      budget: fc.record({ usd: fc.integer({ min: 0, max: 9 }), time: fc.constantFrom('5m', '1h') }, { requiredKeys: [] }),
      defaults: fc.record(
        { coverage: fc.record({ label: text, lines: fc.integer({ min: 0, max: 100 }) }, { requiredKeys: [] }) },
        { requiredKeys: [] },
      ),
      steps: fc.dictionary(fc.constantFrom('one', 'two', 'three'), step, { maxKeys: 3 }),
      removed: fc.constantFrom(undefined, 'env', 'budget', 'defaults'),
    },
    { requiredKeys: [] },
  );
  type Generated = typeof layer extends fc.Arbitrary<infer T> ? T : never;
  const fileOf = ({ steps = {}, removed, ...keys }: Generated, more: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({
      bexpert: 1,
      ...more,
      ...keys,
      ...(removed === undefined ? {} : { [removed]: null }),
      phases: {
        verify: {
          steps: ['tests', { uses: 'coverage', id: 'cov' }, ...Object.entries(steps).map(([id, own]) => ({ id, ...own }))],
        },
      },
    });

  it('mean the same when what resolve prints is read again', async () => {
    await fc.assert(
      fc.asyncProperty(layer, layer, layer, async (template, own, top) => {
        const inputs = { hosts: { type: 'list', default: ['x', 'y'] } };
        const files = {
          'base.yml': fileOf({ ...template, removed: undefined }, { inputs }),
          'bexpert.yml': fileOf(own, {}),
          'playbook.yml': fileOf(top, { extends: 'base.yml' }),
        };
        const { plan } = await prepareFolder(folderOf(files));
        // A null where there is nothing below, and a text that is no id, are problems and no plans.
        fc.pre(plan !== undefined);
        const { before, after, yaml } = await roundTrip(files);
        expect(after, yaml).toEqual(before);
        expect(parseDocument(yaml).errors).toEqual([]);
      }),
      { numRuns: process.env.BEXPERT_TEST === 'full' ? 1000 : 200 },
    );
  }, 120_000);
});
