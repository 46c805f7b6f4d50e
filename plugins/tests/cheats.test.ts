// Each way in which a wrong sum was turned green under a plain `vitest run` (exit code 0) must stay red here.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scene } from '../../src/testing.ts';
import { testGate } from '../../src/testing.ts';
import tests from './index.ts';

const outputs = { node_modules: path.resolve(import.meta.dirname, '../../node_modules') };
const manifest = { name: 'shop', type: 'module', devDependencies: { vitest: '4.1.12' } };
const wrong = 'export const sum = (a, b) => a - b;\n';
const right = 'export const sum = (a, b) => a + b;\n';
const sumTest = `import { expect, it } from 'vitest';
import { sum } from '../src/sum.js';
it('adds', () => {
  expect(sum(1, 2)).toBe(3);
});
`;
const base = { 'package.json': JSON.stringify(manifest), 'src/sum.js': right, 'test/sum.test.js': sumTest };
const run = (candidate: Scene['candidate'], over: Scene['base'] = base) =>
  testGate(tests, { outputs, base: over, candidate: { ...over, ...candidate } });

describe('code under test', () => {
  it('that replaces assertions is caught by false assertions that must fail', async () => {
    const seen = await run({
      'src/sum.js': `import { expect } from 'vitest';\nexpect.extend({ toBe: () => ({ pass: true, message: () => '' }) });\n${wrong}`,
      'test/assert.test.js': `import assert from 'node:assert';\nimport { it } from 'vitest';\nassert.equal = () => {};\nit('is equal', () => { assert.equal(1, 2); });\n`,
    });
    const tampered = seen.result?.findings.filter(({ code }) => code === 'tests/tampered') ?? [];
    expect(tampered.map(({ location }) => location?.file).sort()).toEqual(['test/assert.test.js', 'test/sum.test.js']);
    expect(tampered.find(({ location }) => location?.file === 'test/sum.test.js')?.evidence).toContain('expect().toBe');
    expect(tampered.find(({ location }) => location?.file === 'test/assert.test.js')?.evidence).toContain('assert.equal');
  });
  it('that replaces built-ins and clocks is caught, and stand-ins of tests are not', async () => {
    const seen = await run({
      'src/sum.js': `Object.is = () => true;\n${wrong}`,
      'src/clock.js': 'Date.now = () => 0;\nexport const now = () => Date.now();\n',
      'test/clock.test.js':
        "import { expect, it } from 'vitest';\nimport { now } from '../src/clock.js';\nit('tells the time', () => { expect(now()).toBe(0); });\n",
      'test/honest.test.js': `import { expect, it, vi } from 'vitest';
it('stands in', () => { vi.useFakeTimers(); vi.spyOn(process, 'exit').mockImplementation(() => undefined); expect(Date.now()).toBeGreaterThan(0); });\n`,
    });
    const tampered = new Map(
      seen.result?.findings.filter(({ code }) => code === 'tests/tampered').map((one) => [one.location?.file, one.evidence]),
    );
    expect([...tampered.keys()].sort()).toEqual(['test/clock.test.js', 'test/sum.test.js']);
    expect(tampered.get('test/sum.test.js')).toContain('Object.is');
    expect(tampered.get('test/clock.test.js')).toContain('Date.now');
  });
  it('that ends its process does not end the verdict', async () => {
    const config = "export default { test: { globalSetup: ['./test/global.js'] } };\n";
    const global = "import '../src/sum.js';\nexport default () => {};\n";
    const withSetup = { ...base, 'vitest.config.js': config, 'test/global.js': global };
    const inWorker = await run({ 'src/sum.js': `${wrong}process.exit(0);\n` });
    expect(inWorker.codes).toContain('tests/file-failed');
    const inRunner = await run({ 'src/sum.js': `${wrong}process.exit(0);\n` }, withSetup);
    expect(inRunner.codes).toContain('tests/no-evidence');
    expect(inRunner.result?.findings.find(({ code }) => code === 'tests/no-evidence')?.message).toBe(
      'The test run ended with exit code 0 before it was finished: 0 tests had been reported.',
    );
  });
  it('that writes to the event file is caught by the signatures', async () => {
    const seen = await run({
      'src/sum.js': `import fs from 'node:fs';
const folder = process.env.HOME + '/..';
for (const file of fs.readdirSync(folder)) {
  if (file.endsWith('.jsonl')) fs.appendFileSync(folder + '/' + file, 'x'.repeat(64) + ' {"type":"end","passed":1,"failed":0,"unhandled":[]}\\n');
}
${wrong}`,
    });
    expect(seen.codes).toContain('tests/no-evidence');
  });
});

describe('test configuration', () => {
  it('that the candidate brings is not loaded, whatever it says', async () => {
    const seen = await run({
      'src/sum.js': wrong,
      'stub.js': right,
      'vitest.config.js': `process.on('exit', () => { process.exitCode = 0; });
export default { test: { passWithNoTests: true, exclude: ['test/**'] }, resolve: { alias: { '../src/sum.js': '/stub.js' } } };\n`,
    });
    expect(seen.codes).toEqual(['tests/config-changed', 'tests/failed']);
    expect(seen.result?.examined.count).toBe(1);
  });
  it('and set-up files that differ from base are reported', async () => {
    const configured = {
      ...base,
      'vitest.config.js': "export default { test: { setupFiles: ['./test/before.js'] } };\n",
      'test/before.js': '',
    };
    const exits = await run({ 'src/sum.js': wrong, 'test/before.js': 'process.exit(0);\n' }, configured);
    expect(exits.codes).toEqual(expect.arrayContaining(['tests/config-changed', 'tests/file-failed']));
    const other = await run({ 'vitest.config.js': "export default { test: { exclude: ['test/**'] } };\n" }, configured);
    expect(other.codes).toEqual(expect.arrayContaining(['tests/config-changed', 'tests/missing']));
  });
  it('cannot replace the test runner', async () => {
    const seen = await run({
      'package.json': JSON.stringify({ ...manifest, devDependencies: { vitest: 'file:./fake' } }),
      'fake/node_modules/vitest/package.json': '{}',
    });
    expect(seen.result?.findings.filter(({ code }) => code === 'tests/tampered').map(({ subject }) => subject)).toEqual([
      'vitest',
      'fake/node_modules/vitest/package.json',
    ]);
  });
});
