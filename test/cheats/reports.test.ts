// What a candidate can do to the report of a tool while the tool, its settings and its command are those of base.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseReport } from '../../src/findings/parse.ts';
import type { FindingsPlan } from '../../src/model/plan.ts';
import { root } from '../contract/sources.ts';
import type { Files } from '../rig/repository.ts';
import { finishOf, of, play, repositoryOf } from '../unit/engine/play.ts';

type Format = Exclude<FindingsPlan['format'], 'regex'>;
const read = (format: Format, text: string) => parseReport(Buffer.from(text), { format, from: 'stdout' });
/** Names of the failed tests, how many ran and how many did not; or why the report is refused. */
async function seen(format: Format, text: string): Promise<unknown> {
  const parsed = await read(format, text);
  if (!parsed.ok) return parsed.error;
  const { findings, examined, silenced } = parsed.value;
  return [findings.map(({ identity }) => identity).sort(), examined?.count, silenced];
}

describe('a test that fails beside one that base’s report has too', () => {
  /** `--reporter=tap` of Vitest: the tests of a file stand behind it, between braces. */
  function vitest(...files: readonly string[]): string {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-tap-'));
    try {
      symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
      writeFileSync(path.join(folder, 'vitest.config.mjs'), 'export default { test: { include: ["*.test.js"] } }');
      files.forEach((text, index) => {
        writeFileSync(
          path.join(folder, `${index}.test.js`),
          `import { describe, expect, it } from 'vitest';\nconst is = (n) => () => expect(n).toBe(1);\n${text}\n`,
        );
      });
      const bin = path.join(folder, 'node_modules/.bin/vitest');
      const env = { ...process.env, NO_COLOR: '1', VITEST: undefined };
      return spawnSync(bin, ['run', '--reporter=tap'], { cwd: folder, encoding: 'utf8', env }).stdout;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  it('has its own name in the TAP of Vitest, whichever file is the last, and however long it took', async () => {
    const text = vitest(
      "describe('sum', () => { it('fine', is(1)); it('old', is(2)); it.skip('later', is(1)); });",
      "it('fine', is(1)); it('old', is(2)); it('new', is(3));",
    );
    expect(text).toContain('{');
    const found = [['0.test.js > sum > old', '1.test.js > new', '1.test.js > old'], 5, 1];
    expect(await seen('tap', text)).toEqual(found);
    expect(await seen('tap', text.replace(/time=\S+/g, 'time=1234.5ms'))).toEqual(found);
  });
  it('is not lost where the test that it belongs to never came', async () => {
    expect(await seen('tap', '1..1\nok 1 - a\n    ok 1 - b\n    not ok 2 - c\n')).toMatch(/^it ends before the test/);
    expect(await seen('tap', '1..1\nok 1 - a {\n    1..2\n    ok 1 - b\n')).toMatch(/^it ends before the test/);
    expect(await seen('tap', '1..1\nok 1 - a {\n    1..2\n    ok 1 - b\n}\n')).toMatch(/names 2 tests, and it has 1/);
  });
  it('takes no brace of a name for the beginning of tests', async () => {
    const text = 'not ok 1 - reads {\n  ---\n  error: x\n  ...\nok 2 - reads }\nnot ok 3 - ends in {\n1..3\n';
    expect(await seen('tap', text)).toEqual([['ends in {', 'reads {'], 3, 0]);
  });
});

describe('a suite of JUnit XML', () => {
  const suites = (text: string) => `<testsuites>${text}</testsuites>`;
  it('that could not be loaded is red, though none of its tests is there to say so', async () => {
    const text = suites(
      '<testsuite name="old" tests="1" failures="1"><testcase name="a"><failure/></testcase></testsuite>' +
        '<testsuite name="gone" tests="0" failures="0" errors="1"/>',
    );
    expect(await seen('junit', text)).toEqual([['gone', 'old > a'], 1, 0]);
    expect(
      await seen('junit', '<testsuites errors="1"><testsuite name="a"><testcase name="b"/></testsuite></testsuites>'),
    ).toEqual([[''], 1, 0]);
  });
  it('that counts a test which is expected to fail tells of nothing new', async () => {
    const text = suites('<testsuite name="a" failures="1"><testcase name="b"><skipped/><failure/></testcase></testsuite>');
    expect(await seen('junit', text)).toEqual([[], 0, 1]);
  });
  it('does not count tests that were not run, which GoogleTest says by their state', async () => {
    const cases = '<testcase name="a" status="run" result="completed"/><testcase name="b" status="notrun" result="suppressed"/>';
    expect(await seen('junit', suites(`<testsuite name="s">${cases}</testsuite>`))).toEqual([[], 1, 1]);
  });
});

describe('a candidate whose code ends the process of its tests', () => {
  const tests = `import test from 'node:test';\nimport assert from 'node:assert';\nimport { sum } from '../src/sum.mjs';
test('adds', () => assert.equal(sum(1, 2), 3));\ntest('adds zero', () => assert.equal(sum(1, 0), 1));\n`;
  const honest = 'export const sum = (a, b) => a + b;\n';
  const judged = async (change: Files, o: { readonly format?: string; readonly more?: string; readonly base?: Files } = {}) => {
    const { format = 'tap', more = '' } = o;
    await using repository = await repositoryOf({
      'bexpert.yml': 'bexpert: 1\n',
      'src/sum.mjs': honest,
      'test/sum.test.mjs': tests,
      'test/zero.test.mjs': "import test from 'node:test';\nimport '../src/sum.mjs';\ntest('one alone', () => {});\n",
      'playbook.yml': `\nbexpert: 1\nname: p\nphases:\n  verify:\n    - { id: units, run: node --test --test-reporter=${format}, ${more}findings: { ${format}: stdout } }\n`,
      ...o.base,
    });
    await repository.write(change);
    const run = await play(repository, { mode: 'verify', base: 'HEAD', sandbox: 'preferred' });
    const gate = of(run.events, 'step-finished').find(({ step }) => step === 'units')?.result;
    if (gate?.kind !== 'gate') throw new Error(JSON.stringify(gate));
    const findings = gate.findings.map(({ code, standing }) => [code, standing]);
    return { verdict: gate.verdict, findings, said: gate.findings[0]?.message, ended: finishOf(run.events)?.verdict };
  };
  it.each(['tap', 'junit'])('is red in %s, though nothing of it failed', async (format) => {
    const seen = await judged({ 'src/sum.mjs': 'export const sum = () => 0;\nprocess.exit(0);\n' }, { format });
    expect(seen).toMatchObject({ verdict: 'fail', findings: [['units/missing-tests', 'counts']], ended: 'not-proven' });
    expect(seen.said).toMatch(/^The report of step units does not name 3 tests that pass on base: .*adds zero"/);
  });
  it('is told apart from one that has other tests, more of them, or base’s first', async () => {
    const more = `${tests}test('adds one', () => assert.equal(sum(1, 1), 2));\n`;
    const green = { verdict: 'pass', findings: [], ended: 'proven' };
    expect(await judged({ 'test/sum.test.mjs': more, 'src/sum.mjs': `// New.\n${honest}` })).toMatchObject(green);
    const none = { 'test/sum.test.mjs': '// None yet.\n', 'test/zero.test.mjs': '// None yet.\n' };
    expect(await judged({ 'test/new.test.mjs': tests }, { base: none })).toMatchObject(green);
    expect(await judged({ 'src/new.mjs': '' }, { more: 'report: all, ' })).toMatchObject(green);
  });
});
