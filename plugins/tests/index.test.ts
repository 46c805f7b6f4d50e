import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scene } from '../../src/testing.ts';
import { testGate } from '../../src/testing.ts';
import tests from './index.ts';

const root = path.resolve(import.meta.dirname, '../..');
const outputs = { node_modules: path.join(root, 'node_modules') };
const manifest = JSON.stringify({ name: 'shop', type: 'module', devDependencies: { vitest: '4.1.12' } });
const head = "import { expect, it } from 'vitest';\n";
const sum = 'export const sum = (a, b) => a + b;\n';
const sumTest = `${head}import { sum } from '../src/sum.js';\nit('adds', () => {\n  expect(sum(1, 2)).toBe(3);\n});\n`;
const project = { 'package.json': manifest, 'src/sum.js': sum, 'test/sum.test.js': sumTest };
const run = (scene: Scene) => testGate(tests, { outputs, ...scene });
const found = (seen: Awaited<ReturnType<typeof run>>, code: string) =>
  seen.result?.findings.filter((finding) => finding.code === code) ?? [];

describe('a suite that is green', () => {
  it('is examined test by test, beside the tests that base has', async () => {
    const seen = await run({
      base: project,
      candidate: {
        ...project,
        'test/more.test.js': `${head}it.each([1, 2])('counts %i', (n) => { expect(n).toBeGreaterThan(0); });\n`,
      },
    });
    expect(seen.failure).toBeUndefined();
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.examined).toEqual({ unit: 'tests', count: 3, min: 1 });
    expect(seen.result?.outputs).toEqual({ passed: 3, failed: 0, skipped: 0, files: 2 });
    expect(seen.result?.measurements).toContainEqual({ name: 'tests of base', value: 1, unit: 'count' });
    expect(JSON.parse(seen.artifacts['tests.json'] ?? '[]')).toHaveLength(3);
    expect(seen.progress.at(-1)?.label).toBe('3 of 3 tests');
  });
  it('keeps the configuration of base: set-up files, environment, include', async () => {
    const files = {
      ...project,
      'vitest.config.ts': `import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { include: ['checks/**/*.check.js'], setupFiles: ['./checks/before.js'], env: { PLACE: 'shop' }, retry: 3, passWithNoTests: true } });\n`,
      'checks/before.js': 'globalThis.before = true;\n',
      'checks/a.check.js': `${head}it('sees both', () => { expect([globalThis.before, process.env.PLACE, process.env.GIVEN]).toEqual([true, 'shop', 'yes']); });\n`,
    };
    const seen = await run({ candidate: files, with: { env: { GIVEN: 'yes' } } });
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.outputs).toEqual({ passed: 1, failed: 0, skipped: 0, files: 1 });
  });
});

describe('a suite that is red', () => {
  it('says what failed, where, why, and how to see it again', async () => {
    const seen = await run({
      base: project,
      candidate: {
        ...project,
        'src/sum.js': 'export const sum = (a, b) => a - b;\n',
        'test/broken.test.js': "import { none } from '../src/none.js';\nnone();\n",
        'test/late.test.js': `${head}it('returns', () => { expect(1).toBe(1); setTimeout(() => { throw new Error('too late'); }, 0); return new Promise((done) => setTimeout(done, 20)); });\n`,
      },
    });
    expect(seen.codes).toEqual(['tests/failed', 'tests/file-failed', 'tests/unhandled-error']);
    const [failed] = found(seen, 'tests/failed');
    expect(failed).toMatchObject({
      severity: 'error',
      message: 'The test "adds" in test/sum.test.js failed: expected -1 to be 3 // Object.is equality',
      location: { file: 'test/sum.test.js', line: 4 },
      repro: "npx vitest run test/sum.test.js -t 'adds'",
    });
    expect(failed?.evidence).toContain('- Expected\n+ Received\n\n- 3\n+ -1\n    at test/sum.test.js:4:21');
    expect(failed?.evidence).not.toContain('node_modules');
    expect(found(seen, 'tests/file-failed')[0]?.message).toContain("Cannot find module '../src/none.js'");
    expect(found(seen, 'tests/unhandled-error')[0]?.message).toContain('too late');
    expect(seen.result?.inconclusive).toBeUndefined();
  });
  it('is undecided where a test fails and then passes on the same code', async () => {
    const flaky = `${head}import fs from 'node:fs';
const marker = process.env.HOME + '/seen';
it('works the second time', () => { const seen = fs.existsSync(marker); fs.writeFileSync(marker, ''); expect(seen).toBe(true); });\n`;
    const seen = await run({ candidate: { ...project, 'test/flaky.test.js': flaky } });
    expect(seen.codes).toEqual(['tests/flaky']);
    expect(found(seen, 'tests/flaky')[0]?.severity).toBe('warning');
    expect(seen.result?.inconclusive).toBe(
      '1 failed and then passed on the same code: test/flaky.test.js > works the second time',
    );
  });
  it('counts tests without assertions as errors only where they are required', async () => {
    const files = {
      'package.json': manifest,
      'test/a.test.js': `${head}it('does nothing', () => {});\nit('asserts', () => { expect(1).toBe(1); });\n`,
    };
    const [asked, unasked] = [
      await run({ candidate: files, with: { 'require-assertions': true } }),
      await run({ candidate: files }),
    ];
    expect(found(asked, 'tests/no-assertions')).toMatchObject([
      { severity: 'error', message: '1 test in test/a.test.js passed without a call of expect: does nothing' },
    ]);
    expect(found(unasked, 'tests/no-assertions')[0]?.severity).toBe('warning');
  });
});

describe('the tests of base', () => {
  it('must all still run: none deleted, renamed, skipped, to do or expected to fail', async () => {
    const names = ['kept', 'deleted', 'skipped', 'to do', 'fails', 'skips itself', 'renamed 1'];
    const file = (rows: readonly string[]) => head + rows.join('\n');
    const plain = (name: string) => `it('${name}', () => { expect(1).toBe(1); });`;
    const seen = await run({
      base: { ...project, 'test/gone.test.js': sumTest, 'test/a.test.js': file(names.map(plain)) },
      candidate: {
        ...project,
        'test/a.test.js': file([
          plain('kept'),
          "it.skip('skipped', () => { expect(1).toBe(1); });",
          "it.todo('to do');",
          "it.fails('fails', () => { expect(1).toBe(2); });",
          "it('skips itself', (context) => { context.skip(); });",
          plain('renamed 2'),
          "it.skip('new and skipped', () => {});",
        ]),
      },
    });
    expect(found(seen, 'tests/missing').map(({ message }) => message)).toEqual([
      'Base has the test "deleted" in test/a.test.js; the candidate has not.',
      'Base has the test "renamed 1" in test/a.test.js; the candidate has not.',
      'Base has 1 test in test/gone.test.js; the candidate does not run that file.',
    ]);
    expect(found(seen, 'tests/skipped').map(({ message }) => message)).toEqual([
      'Base runs the test "skipped" in test/a.test.js; the candidate skips it.',
      'Base runs the test "to do" in test/a.test.js; the candidate has it as to do.',
      'Base runs the test "fails" in test/a.test.js; the candidate expects it to fail.',
      'Base runs the test "skips itself" in test/a.test.js; the candidate skips it.',
    ]);
    expect(seen.codes.filter((code) => code !== 'tests/missing' && code !== 'tests/skipped')).toEqual([]);
  });
  it('cannot be hidden behind it.only', async () => {
    const other = `${head}it('a', () => { expect(1).toBe(1); });\nit('b', () => { expect(1).toBe(2); });\n`;
    const seen = await run({
      base: { ...project, 'test/b.test.js': other },
      candidate: { ...project, 'test/b.test.js': other.replace("it('a'", "it.only('a'") },
    });
    expect(seen.codes).toEqual(['tests/failed', 'tests/skipped']);
    expect(found(seen, 'tests/failed')[0]?.message).toContain('Unexpected .only modifier');
    expect(seen.result?.findings.every(({ severity }) => severity === 'error')).toBe(true);
  });
});

describe('a tree that has no way to be tested', () => {
  it('examines nothing without test files, also with passWithNoTests', async () => {
    const config = "export default { test: { passWithNoTests: true, exclude: ['**'] } };\n";
    const seen = await run({ candidate: { ...project, 'vitest.config.js': config } });
    expect(seen.result?.examined.count).toBe(0);
  });
  it('says that Vitest is missing and how to get it', async () => {
    const seen = await testGate(tests, { candidate: project });
    expect(seen.failure).toMatchObject({
      code: 'tests/not-installed',
      message: 'The package vitest is not installed in this tree.',
    });
    expect(seen.failure?.hint).toContain('devDependencies');
  });
  it('shows the message of a configuration that does not load', async () => {
    const seen = await run({ candidate: { ...project, 'vitest.config.js': "throw new Error('no licence');\n" } });
    expect(seen.failure?.code).toBe('tests/start');
    expect(seen.failure?.message).toContain('no licence');
  });
});
