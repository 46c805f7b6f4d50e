import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInPlugins } from '../../../src/commands/known-plugins.ts';
import { allCodes } from '../../../src/diagnostics/codes.ts';
import { environmentCodes } from '../../../src/diagnostics/codes-environment.ts';
import { codesOf, explainCode } from '../../../src/explain/codes.ts';
import { explainMeaning, languageKeys, meaningAt } from '../../../src/explain/language.ts';
import { main } from '../../../src/main.ts';
import { root } from '../../contract/sources.ts';
import { here } from '../../rig/here.ts';
import { folderOf } from '../playbook/prepare-files.ts';

const plugins = await builtInPlugins();
const factsOf = (answer: ReturnType<typeof explainCode>) => Object.fromEntries(answer?.facts ?? []);

async function explained(args: readonly string[], cwd = path.join(root, 'examples/orders-api')) {
  const world = here(cwd);
  const code = await main(['explain', ...args], world.io);
  return { code, said: world.said() };
}

describe('every code', () => {
  it.each(codesOf(plugins))('%s has an answer', (code) => {
    const answer = explainCode(code, plugins);
    expect(answer?.means).toMatch(/^\S.{8,}\.$/);
    expect(factsOf(answer)).toHaveProperty(answer?.kind === 'finding' ? ['found by'] : ['found']);
  });
  it('of the tables and of every gate is among them', () => {
    const findings = plugins.flatMap(({ manifest }) => (manifest.kind === 'gate' ? Object.keys(manifest.findings) : []));
    const all = new Set(codesOf(plugins));
    const missing = [...Object.keys(allCodes), ...Object.keys(environmentCodes), ...findings].filter((code) => !all.has(code));
    expect(missing).toEqual([]);
    expect(findings.length).toBeGreaterThan(20);
  });
  it('of a diagnostic says what it says and the way out', () => {
    expect(factsOf(explainCode('input/missing', plugins))).toMatchObject({
      severity: 'error',
      says: expect.stringContaining('{name}'),
      'way out': expect.stringContaining('--input'),
    });
  });
  it('of a finding says which gate has it, and what base has to do with it', () => {
    expect(factsOf(explainCode('log-scan/new-error', plugins) ?? explainCode('tests/failed', plugins))).toHaveProperty([
      'with base',
    ]);
    expect(explainCode('coverage/nothing-examined', plugins)?.means).toBe(
      'Base has something to examine, and the candidate left nothing of it.',
    );
  });
});

describe('every key', () => {
  it.each(languageKeys)('%s has an answer', (key) => {
    const meaning = meaningAt(key.split('.'), plugins);
    expect(meaning, key).toBeDefined();
    if (meaning === undefined) return;
    const answer = explainMeaning(meaning);
    expect(answer.means.length).toBeGreaterThan(3);
    expect(Object.fromEntries(answer.facts)['enforced by']).toMatch(/\w{3}/);
    expect(Object.fromEntries(answer.facts).takes).toMatch(/\w{3}/);
  });
  it('is found by its path in a playbook too', () => {
    const subject = (at: string) => {
      const meaning = meaningAt(at.split('.'), plugins);
      return meaning === undefined ? undefined : explainMeaning(meaning).subject;
    };
    expect(subject('phases.verify.on-failure.attempts')).toBe('retry.attempts');
    expect(subject('phases.verify.steps.load.needs')).toBe('step.needs');
    expect(subject('phases.verify.steps.load.with.compare.tolerance')).toBe('load.with.compare.tolerance');
    expect(subject('phases.verify.load.with.requests.0.path')).toBe('load.with.requests.0.path');
    expect(subject('services.api.ready.http')).toBe('ready.http');
    expect(subject('services.postgres.with.server')).toBe('postgres.with.server');
    expect(subject('defaults.coverage.lines')).toBe('coverage.with.lines');
    expect(subject('coverage.lines')).toBe('coverage.with.lines');
    expect(subject('inputs.goal.type')).toBe('input.type');
    expect(subject('phases.verify.steps.load.with.nothing')).toBeUndefined();
    expect(subject('services.api.nothing')).toBeUndefined();
  });
  it('of many parts is shown for each of them', async () => {
    const { code, said } = await explained(['env']);
    expect(code).toBe(0);
    for (const subject of ['env', 'step.env', 'service.env', 'setup.env', 'auth.env'])
      expect(said).toMatch(new RegExp(`^${subject}$`, 'm'));
  });
});

describe('a value of a playbook', () => {
  const files = {
    'bexpert.yml':
      'bexpert: 1\ndefaults:\n  coverage: { lines: 70 }\n  timeout: 20m\nbounds: { budget.usd: { max: 9 } }\nbudget: { usd: 3 }\n',
    'more.yml': 'bexpert: 1\ndescription: What is always proven.\nsteps: [log-scan]\n',
    'playbook.yml': `bexpert: 1
inputs: { tier: { default: quick } }
budget: { usd: 5 }
services: { api: { run: node server.js, ready: { http: / } } }
phases:
  verify:
    - uses: tests
      env: { TIER: "\${{ inputs.tier }}" }
    - coverage
    - include: { from: more.yml }
`,
  };
  const at = (what: string) => explained([what, '--playbook', 'playbook.yml'], folderOf(files));
  it('is shown with its line, and with what it overrules', async () => {
    const { code, said } = await at('budget.usd');
    expect(code).toBe(0);
    expect(said).toMatch(/value +5\n/);
    expect(said).toMatch(/written in +playbook\.yml:3\n/);
    expect(said).toMatch(/overruled +bexpert\.yml:6 says 3\n/);
    expect(said).toMatch(/bounds +\{"max":9\} by bexpert\.yml:5\n/);
  });
  it('comes from `defaults` where the step says nothing', async () => {
    expect((await at('phases.verify.steps.coverage.with.lines')).said).toMatch(
      /value +70\n +written in +bexpert\.yml:3, under `defaults`/,
    );
    expect((await at('phases.verify.steps.coverage.timeout')).said).toMatch(/value +"20m"\n +written in +bexpert\.yml:4/);
  });
  it('is the default of the plugin where no file says one', async () => {
    expect((await at('phases.verify.steps.coverage.with.changed-lines')).said).toContain('no file says it');
  });
  it('says what is final, and not of what its owner opens again', async () => {
    const step = 'phases.verify.steps.coverage';
    const closed = { ...files, 'playbook.yml': `${files['playbook.yml']}final: [${step}, "!${step}.with.label"]\n` };
    const said = async (what: string) => (await explained([what, '--playbook', 'playbook.yml'], folderOf(closed))).said;
    expect(await said(`${step}.with.lines`)).toMatch(/final +no file above playbook\.yml:11 may change it\n/);
    expect(await said(`${step}.with.label`)).not.toContain('may change it');
  });
  it('has the values of the inputs in it', async () => {
    expect((await at('phases.verify.steps.tests.env')).said).toMatch(/input +`tier` is "quick"\n/);
  });
  it('says which file of steps brought it in, and what for', async () => {
    expect((await at('phases.verify.steps.log-scan')).said).toMatch(
      /brought in by +`include` of more\.yml: What is always proven\.\n/,
    );
  });
  it.each([
    ['phases.verify.steps.tsts', 'phases.verify.steps.tests'],
    ['phases.verfy.steps.tests', 'phases.verify.steps.tests'],
    ['verify', 'phases.verify'],
  ])('that is nearly %s is led to', async (typed, meant) => {
    expect((await at(typed)).said).toContain(`Did you mean \`${meant}\`?`);
  });
  it('that is not there and cannot be is unknown', async () => {
    const { code, said } = await at('phases.verify.steps.coverage.levle');
    expect(code).toBe(2);
    expect(said).toContain('[cli/nothing-to-explain]');
  });
});

describe('a file', () => {
  const decided = async (file: string) => (await explained(['--path', file, '--playbook', 'migration'])).said;
  it('is open or closed by a rule that is named', async () => {
    expect(await decided('src/app.js')).toContain('The step `implement` may change it.\n  rule         free');
    expect(await decided('test/auth.test.js')).toContain('append-only by default');
    expect(await decided('migrations/0001_customers.up.sql')).toContain('protected by default: migrations that base has');
    expect(await decided('../elsewhere.js')).toContain('outside the scope');
  });
  it('needs the playbook whose rules are asked about', async () => {
    const { code, said } = await explained(['--path', 'src/app.js']);
    expect(code).toBe(2);
    expect(said).toContain('`--path` asks about a playbook');
  });
});

it('a plugin of the repository is explained as any other', async () => {
  const { code, said } = await explained(['./plugins/money-columns', '--repo', 'examples/custom-plugin'], root);
  expect(code).toBe(0);
  expect(said).toContain('Columns that hold money have an exact type.');
  const finding = await explained(['money-columns/inexact', '--repo', 'examples/custom-plugin'], root);
  expect(finding.said).toMatch(/found by +the gate `\.\/plugins\/money-columns`/);
});
it('an answer can be read by a program', async () => {
  const { said } = await explained(['step.needs', '--json']);
  expect(JSON.parse(said)).toMatchObject({ format: 1, answers: [{ kind: 'key', subject: 'step.needs' }] });
});
it('nothing to explain is a wrong call', async () => {
  expect((await explained([])).said).toContain('name one thing to explain');
});
