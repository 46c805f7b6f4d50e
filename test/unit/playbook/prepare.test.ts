import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Call, prepareFolder, shown } from './prepare-folder.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function prepared(files: Readonly<Record<string, string>>, call: Call = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-prepare-'));
  folders.push(folder);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return prepareFolder(folder, call);
}
const gates = (more = ''): string => `bexpert: 1\nphases:\n  verify: [tests]\n${more}`;
const acting = (more = ''): string =>
  `bexpert: 1\nphases:\n  context: [map]\n  action:\n    steps:\n      - uses: model\n        with: { goal: Add a column }\n  verify: [tests]\n${more}`;

describe('a playbook above bexpert.yml', () => {
  const own = [
    'bexpert: 1',
    'env: { A: one, B: two }',
    'protect: ["test/**"]',
    'services:',
    '  db: { uses: postgres, migrate: npm run migrate }',
    'defaults:',
    '  coverage: { lines: 80, label: own }',
    'phases:',
    '  verify:',
    '    steps:',
    '      - uses: coverage',
    '        needs: [tests]',
    '        when-changed: ["src/**"]',
    '      - tests',
    '',
  ].join('\n');
  it('merges maps by key, steps by id, and unites protect', async () => {
    const { plan } = await prepared({
      'bexpert.yml': own,
      'playbook.yml': [
        'bexpert: 1',
        'env: { B: three, C: four }',
        'protect: ["golden/**", "test/**"]',
        'services: { db: { seed: npm run seed } }',
        'phases:',
        '  verify:',
        '    parallel: 1',
        '    steps:',
        '      - id: coverage',
        '        level: warn',
        '        with: { lines: 90 }',
        '      - uses: migration',
        '',
      ].join('\n'),
    });
    expect(plan?.env).toEqual({
      A: { kind: 'literal', value: 'one' },
      B: { kind: 'literal', value: 'three' },
      C: { kind: 'literal', value: 'four' },
    });
    expect(plan?.protect).toEqual(['test/**', 'golden/**']);
    expect(plan?.services.db).toMatchObject({ migrate: 'npm run migrate', seed: 'npm run seed' });
    expect(plan?.phases[0]?.steps.map(({ id }) => id)).toEqual(['coverage', 'tests', 'migration']);
    expect(plan?.phases[0]?.steps[0]).toMatchObject({ level: 'warn', requires: ['tests'], whenChanged: ['src/**'] });
    expect(plan?.phases[0]?.steps[0]?.body).toMatchObject({ with: { kind: 'literal', value: { lines: 90, label: 'own' } } });
  });
  it('replaces lists, adds with append, and removes with null', async () => {
    const { plan, diagnostics } = await prepared({
      'bexpert.yml': own.replace('["src/**"]', '["src/**", "lib/**"]'),
      'playbook.yml': [
        'bexpert: 1',
        'env: null',
        'services: { db: { migrate: null } }',
        'phases:',
        '  verify:',
        '    steps:',
        '      - id: coverage',
        '        needs: null',
        '        when-changed: { append: ["bin/**"] }',
        '',
      ].join('\n'),
    });
    expect(diagnostics).toEqual([]);
    expect(plan?.env).toEqual({});
    expect(plan?.services.db).not.toHaveProperty('migrate');
    expect(plan?.phases[0]?.steps[0]).toMatchObject({ requires: [], whenChanged: ['src/**', 'lib/**', 'bin/**'] });
  });
  it('points into the file that a value came from', async () => {
    const { diagnostics } = await prepared({
      'bexpert.yml': own.replace('lines: 80', 'lines: many'),
      'playbook.yml': 'bexpert: 1\nphases:\n  verify:\n    steps:\n      - id: coverage\n        level: loud\n',
    });
    expect(diagnostics.map(({ code, place }) => [code, place?.file, place?.range.start])).toEqual([
      ['playbook/form', 'bexpert.yml', { line: 7, column: 22 }],
      ['playbook/choice', 'playbook.yml', { line: 6, column: 16 }],
    ]);
  });
  it('takes the default of an input from bexpert.yml, and leaves those of other playbooks alone', async () => {
    const { plan, diagnostics } = await prepared({
      'bexpert.yml': 'bexpert: 1\ninputs:\n  goal: { default: Add a column }\n  other: { default: for another playbook }\n',
      'playbook.yml': acting('inputs: { goal: { type: string, required: true } }\n').replace(
        'goal: Add a column',
        'goal: "${{ inputs.goal }}"',
      ),
    });
    expect(diagnostics).toEqual([]);
    expect(plan?.inputs).toEqual({ goal: 'Add a column' });
  });
  it('reports what is wrong in both files at once, also when one of them is no YAML', async () => {
    const { plan, diagnostics } = await prepared({
      'bexpert.yml': 'bexpert: 1\nbudgt: {}\n',
      'playbook.yml': 'bexpert: 1\nphases:\n  verify: [tests\n',
    });
    expect(plan).toBeUndefined();
    expect(diagnostics.map(({ code, place }) => [code.split('/')[0], place?.file])).toEqual([
      ['playbook', 'bexpert.yml'],
      ['yaml', 'playbook.yml'],
    ]);
  });
});

describe('values of inputs', () => {
  const play = acting('inputs: { share: { type: percent, default: 10% }, deep: { type: boolean, default: false } }\n').replace(
    'goal: Add a column',
    'goal: "${{ format(\'{0} {1}\', inputs.share, inputs.deep) }}"',
  );
  it('of the call win over those of the file, and those over defaults', async () => {
    const file = { name: 'inputs.json', text: '{"share": "20%", "deep": true}' };
    expect((await prepared({ 'playbook.yml': play })).plan?.inputs).toEqual({ share: 10, deep: false });
    expect((await prepared({ 'playbook.yml': play }, { inputsFile: file })).plan?.inputs).toEqual({ share: 20, deep: true });
    expect((await prepared({ 'playbook.yml': play }, { inputsFile: file, inputs: { share: '30%' } })).plan?.inputs).toEqual({
      share: 30,
      deep: true,
    });
  });
  it('point into the inputs file when they are wrong', async () => {
    const { diagnostics, sources } = await prepared(
      { 'playbook.yml': play },
      { inputsFile: { name: 'inputs.yml', text: 'share: lots\n' } },
    );
    expect(diagnostics.map(({ code, place }) => [code, place?.file, place?.range.start.column])).toEqual([
      ['input/value', 'inputs.yml', 8],
    ]);
    expect(sources.map(({ file }) => file)).toContain('inputs.yml');
  });
});

describe('who acts, and in which sandbox', () => {
  it('is the model when its key is set, unless the call says otherwise', async () => {
    const files = { 'playbook.yml': acting('model: { script: play.yml }\n'), 'play.yml': '' };
    const model = async (name: string | undefined) =>
      (await prepared(files, name === undefined ? {} : { overrides: { model: name } })).plan?.model;
    expect(await model(undefined)).toEqual({ use: 'auto', script: 'play.yml' });
    expect(await model('script')).toEqual({ use: 'script', script: 'play.yml' });
    expect(await model('some-model-5')).toEqual({ use: 'live', name: 'some-model-5', script: 'play.yml' });
  });
  it('is required in CI when something acts, and preferred elsewhere', async () => {
    const sandbox = async (text: string, call: Call) => (await prepared({ 'playbook.yml': text }, call)).plan?.sandbox;
    expect(await sandbox(acting(), { env: { CI: 'true' } })).toBe('required');
    expect(await sandbox(acting(), { env: { CI: 'true' }, mode: 'verify' })).toBe('preferred');
    expect(await sandbox(gates(), { env: { CI: 'true' } })).toBe('preferred');
    expect(await sandbox(gates('sandbox: required\n'), {})).toBe('required');
    expect(await sandbox(gates('sandbox: required\n'), { overrides: { sandbox: 'off' } })).toBe('off');
  });
});

describe('expressions', () => {
  it('may use the outputs of a step of the same phase, which then runs first', async () => {
    const { plan } = await prepared({
      'playbook.yml':
        'bexpert: 1\nphases:\n  verify:\n    steps:\n      - uses: coverage\n        if: steps.tests.outputs.passed > 3\n      - tests\n',
    });
    expect(plan?.phases[0]?.steps[0]).toMatchObject({ needs: ['tests'], requires: [] });
  });
  it('are checked against what the steps before declare', async () => {
    const result = await prepared({
      'playbook.yml':
        'bexpert: 1\nphases:\n  context: [map]\n  verify:\n    steps:\n      - tests\n      - uses: coverage\n        with: { label: "${{ steps.map.outputs.tabels }}" }\n',
    });
    expect(shown(result)).toContain('`steps.map.outputs` has no `tabels`. [expression/unknown-property]');
    expect(shown(result)).toContain('Did you mean `tables`?');
  });
  it('cannot ask for the address of a service that the service does not depend on', async () => {
    const result = await prepared({
      'playbook.yml': gates(
        'services:\n  db: { uses: postgres }\n  api: { run: node api.js, env: { URL: "${{ services.db.url }}" } }\n',
      ),
    });
    expect(shown(result)).toContain('`db` is not among the dependencies: `dependencies: [db]`.');
  });
});

describe('finding the playbook', () => {
  it('takes the name of one that comes with bexpert', async () => {
    const { sources } = await prepared({}, { playbook: 'migration' });
    expect(sources[0]?.file).toBe('bexpert:migration');
  });
  it('never throws, whatever the file holds', async () => {
    for (const text of [
      '',
      '\0',
      '- - -',
      '{',
      'bexpert: {',
      '&a [*a]',
      'phases: 1',
      'null',
      'bexpert: 1\nphases: { verify: [null, 1, [], {}] }',
    ]) {
      const { plan, diagnostics } = await prepared({ 'playbook.yml': text });
      expect(plan).toBeUndefined();
      expect(diagnostics.length).toBeGreaterThan(0);
    }
  });
});
