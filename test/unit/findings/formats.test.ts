// Reports of real tools, and what no tool should write.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReport, together } from '../../../src/findings/parse.ts';
import type { ToolReport } from '../../../src/findings/report.ts';
import type { FindingsPlan } from '../../../src/model/plan.ts';
import { root } from '../../contract/sources.ts';

type Format = Exclude<FindingsPlan['format'], 'regex'>;
const read = (format: Format, text: string) => parseReport(Buffer.from(text), { format, from: 'stdout' });
async function report(format: Format, text: string): Promise<ToolReport> {
  const parsed = await read(format, text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
async function refusal(format: Format, text: string): Promise<string> {
  const parsed = await read(format, text);
  return parsed.ok ? `read: ${JSON.stringify(parsed.value)}` : parsed.error;
}
const short = ({ findings }: ToolReport) =>
  findings.map(({ rule, severity, file, line, column }) => [rule, severity, file?.replace(/^.*\/(?=src\/)/, ''), line, column]);

let folder = '';
const source = 'var x = 1;\nlet y = 2;\nexport function f(a: number): string { debugger; return a == 1 ? "a" : a; }\n';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-formats-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const files = {
    'src-a.ts': source,
    'biome.json': '{ "root": true }',
    'node.test.mjs': `import test from 'node:test'; import assert from 'node:assert';
test('adds', () => assert.equal(1 + 1, 2));
test('outer', async (t) => {
  await t.test('inner # fails', () => assert.equal(1, 2));
  await t.test('skipped', { skip: 'later' }, () => {});
  await t.test('for later', { todo: true }, () => { throw new Error('x'); });
});
`,
    'vitest.config.mjs': 'export default { test: { include: ["v.test.ts"] } }',
    'v.test.ts': `import { describe, expect, it } from 'vitest';
describe('sum', () => { it('adds', () => expect(1).toBe(1)); it('breaks <here> & "there"', () => expect(1).toBe(2)); it.skip('later', () => {}); });
`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tool(name: string, ...args: readonly string[]): string {
  const bin = name === 'node' ? process.execPath : path.join(folder, 'node_modules/.bin', name);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { stdout } = spawnSync(bin, [...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1', VITEST: undefined },
  });
  return stdout;
}

describe('real tools', () => {
  const biome = [
    ['lint/correctness/noUnusedVariables', 'warning', 'src-a.ts', 1, 5],
    ['lint/style/useConst', 'warning', 'src-a.ts', 2, 1],
    ['lint/correctness/noUnusedVariables', 'warning', 'src-a.ts', 2, 5],
    ['lint/suspicious/noDebugger', 'error', 'src-a.ts', 3, 40],
    ['lint/suspicious/noDoubleEquals', 'error', 'src-a.ts', 3, 59],
  ];
  it('Biome as SARIF', async () => {
    const read = await report('sarif', tool('biome', 'lint', '--reporter=sarif', 'src-a.ts'));
    expect(short(read).map(([rule, severity, file, ...rest]) => [rule, severity, path.basename(String(file)), ...rest])).toEqual(
      biome,
    );
    expect(read.findings[0]).toMatchObject({ message: 'This variable x is unused.', endLine: 1, endColumn: 6 });
    expect(read.examined).toEqual({ unit: 'tool runs', count: 1 });
  });
  it('Biome as Checkstyle', async () => {
    const read = await report('checkstyle', tool('biome', 'lint', '--reporter=checkstyle', 'src-a.ts'));
    expect(short(read)).toEqual(biome);
    expect(read.examined).toEqual({ unit: 'files', count: 1 });
  });
  it('Biome as JUnit', async () => {
    const read = await report('junit', tool('biome', 'lint', '--reporter=junit', 'src-a.ts'));
    expect(read.findings).toHaveLength(5);
    expect(read.findings[0]).toMatchObject({ rule: 'failed-test', line: 1, column: 5 });
  });
  it('the tests of Node as TAP', async () => {
    const read = await report('tap', tool('node', '--test', '--test-reporter=tap', 'node.test.mjs'));
    expect(read.examined).toEqual({ unit: 'tests', count: 2 });
    expect(read.silenced).toBe(2);
    expect(read.findings).toMatchObject([
      { rule: 'failed-test', identity: 'outer > inner # fails', file: path.join(folder, 'node.test.mjs'), line: 4 },
    ]);
    expect(read.findings[0]?.message).toContain('The test "outer > inner # fails" failed');
    expect(read.findings[0]?.evidence).toContain('ERR_ASSERTION');
  });
  it('the tests of Node as JUnit', async () => {
    const read = await report('junit', tool('node', '--test', '--test-reporter=junit', 'node.test.mjs'));
    expect(read.examined).toEqual({ unit: 'tests', count: 2 });
    expect(read.findings.map(({ identity }) => identity)).toEqual(['outer > test > inner # fails']);
  });
  it('Vitest as JUnit', async () => {
    const read = await report('junit', tool('vitest', 'run', '--reporter=junit'));
    expect(read.examined).toEqual({ unit: 'tests', count: 2 });
    expect(read.silenced).toBe(1);
    expect(read.findings).toMatchObject([{ rule: 'failed-test', severity: 'error' }]);
    expect(read.findings[0]?.message).toBe(
      'The test "v.test.ts > sum > breaks <here> & "there"" failed: expected 1 to be 2 // Object.is equality',
    );
    expect(read.findings[0]?.evidence).toContain('+ Received');
  });
  it('the TypeScript compiler, plain, pretty and with the number of files', async () => {
    const args = ['--noEmit', '--strict', '--ignoreConfig', 'src-a.ts'];
    const plain = await report('tsc', tool('tsc', '--pretty', 'false', ...args));
    expect(short(plain)).toEqual([['TS2322', 'error', 'src-a.ts', 3, 72]]);
    expect(plain.examined).toBeUndefined();
    const pretty = await report('tsc', tool('tsc', '--pretty', '--diagnostics', ...args));
    expect(short(pretty)).toEqual(short(plain));
    expect(pretty.examined?.count).toBeGreaterThan(10);
  });
});

describe('SARIF', () => {
  const log = (run: object) => JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 't', rules } }, ...run }] });
  const rules = [
    {
      id: 'A1',
      defaultConfiguration: { level: 'error' },
      messageStrings: { m: { text: 'Use {1} for {0}.' } },
      help: { text: 'Do so.' },
    },
    { id: 'B/2' },
  ];
  it('takes level, message and place from where the standard says', async () => {
    const read = await report(
      'sarif',
      log({
        originalUriBaseIds: { SRC: { uri: 'file:///srv/my%20app/' } },
        artifacts: [{ location: { uri: 'src/c.ts', uriBaseId: 'SRC' } }, {}],
        results: [
          {
            ruleIndex: 0,
            message: { id: 'm', arguments: ['this', 'that'] },
            locations: [{ physicalLocation: { artifactLocation: { index: 0 }, region: { startLine: 4 } } }],
          },
          {
            ruleId: 'B/2',
            message: { text: 'Hm.' },
            locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a%20b.ts' } } }],
          },
          { rule: { id: 'A1' }, level: 'note', message: { text: 'Note.' } },
          { ruleId: 'A1', message: { text: 'x' }, suppressions: [{ kind: 'inSource' }] },
          { ruleId: 'A1', message: { text: 'x' }, suppressions: [{ kind: 'external', status: 'rejected' }] },
          { ruleId: 'A1', kind: 'pass', message: { text: 'x' } },
          { ruleId: 'A1', baselineState: 'absent', message: { text: 'x' } },
        ],
      }),
    );
    expect(read.findings).toEqual([
      {
        rule: 'A1',
        severity: 'error',
        message: 'Use that for this.',
        file: 'file:///srv/my%20app/src/c.ts',
        line: 4,
        endLine: 4,
        hint: 'Do so.',
      },
      { rule: 'B/2', severity: 'warning', message: 'Hm.', file: 'src/a b.ts' },
      { rule: 'A1', severity: 'warning', message: 'Note.', hint: 'Do so.' },
      { rule: 'A1', severity: 'error', message: 'x', hint: 'Do so.' },
    ]);
    expect(read).toMatchObject({ silenced: 1, examined: { unit: 'files', count: 2 } });
  });
  it('examined nothing where no run has results', async () => {
    expect((await report('sarif', '{"version":"2.1.0","runs":[]}')).examined?.count).toBe(0);
    expect((await report('sarif', log({}))).examined?.count).toBe(0);
    expect((await report('sarif', log({ results: [] }))).examined?.count).toBe(1);
  });
  it('is refused where the tool says that it failed, and where it is something else', async () => {
    const failed = {
      invocations: [{ executionSuccessful: false, toolExecutionNotifications: [{ message: { text: 'out of memory' } }] }],
      results: [],
    };
    expect(await refusal('sarif', log(failed))).toBe('the tool says that it failed: out of memory');
    expect(await refusal('sarif', '{}')).toBe('it has no `version` and `runs`, which every SARIF log has');
    expect(await refusal('sarif', '{"version":"1.0.0","runs":[]}')).toBe('it is SARIF 1.0.0, and 2.1.0 is read');
    expect(await refusal('sarif', log({ results: ['x'] }))).toBe('its `results` are no list of results');
    expect(await refusal('sarif', '{"version":"2.1.0","runs":[1]}')).toBe('its `runs` are no list of runs');
    expect((await report('sarif', log({ results: [{ kind: 'new-kind', message: {} }] }))).findings).toHaveLength(1);
    expect(await refusal('sarif', log({ results: [] }).slice(0, -3))).toMatch(/^it is no JSON: /);
  });
});

describe('JUnit and Checkstyle', () => {
  it('names Java tests by class, and what broke beside tests', async () => {
    const read = await report(
      'junit',
      `<testsuite name="com.acme.CalcTest" tests="3"><properties/>
        <testcase classname="com.acme.CalcTest" name="adds"/>
        <testcase classname="com.acme.CalcTest" name="divides" file="src/CalcTest.java" line="12"><error message="/ by zero" type="X">at Calc</error></testcase>
        <testcase classname="com.acme.CalcTest" name="waits"><skipped/></testcase>
        <error message="teardown failed"/></testsuite>`,
    );
    expect(read.findings).toEqual([
      {
        rule: 'broken-test',
        severity: 'error',
        message: 'The test "com.acme.CalcTest > divides" ended with an error: / by zero',
        identity: 'com.acme.CalcTest > divides',
        file: 'src/CalcTest.java',
        line: 12,
        evidence: 'at Calc',
      },
      {
        rule: 'broken-test',
        severity: 'error',
        message: 'The suite "com.acme.CalcTest" ended with an error: teardown failed',
        identity: 'com.acme.CalcTest',
      },
    ]);
    expect(read.examined).toEqual({ unit: 'tests', count: 2 });
  });
  it('examined nothing with no test, or only skipped ones', async () => {
    expect((await report('junit', '<testsuites/>')).examined?.count).toBe(0);
    expect((await report('junit', '<testsuite><testcase name="a"><skipped/></testcase></testsuite>')).examined?.count).toBe(0);
    expect((await report('checkstyle', '<checkstyle version="4.3"/>')).examined).toBeUndefined();
  });
  it('reads the rules of Checkstyle by their short name, and drops what is ignored', async () => {
    const read = await report(
      'checkstyle',
      '<checkstyle><file name="A.java"><error line="3" severity="error" message="m" source="com.puppycrawl.tools.checkstyle.checks.naming.MethodNameCheck"/><error severity="ignore" message="n"/><error line="0" message="whole file" source="eslint.rules.no-var"/></file></checkstyle>',
    );
    expect(short(read)).toEqual([
      ['MethodName', 'error', 'A.java', 3, undefined],
      ['no-var', 'error', 'A.java', undefined, undefined],
    ]);
  });
  it('are refused cut off, short of tests, with entities of their own, and too deep', async () => {
    expect(await refusal('junit', '<testsuites><testsuite><testcase name="a"/>')).toMatch(
      /^it is no well-formed XML: .*unclosed tag/,
    );
    expect(await refusal('junit', '<testsuite tests="5"><testcase name="a"/></testsuite>')).toBe('it promises 5 tests and has 1');
    expect(await refusal('junit', '<checkstyle/>')).toBe(
      'its root is <checkstyle>, and <testsuites> or <testsuite> was expected',
    );
    expect(await refusal('checkstyle', '<checkstyle><file name="A"><exception/></file></checkstyle>')).toBe(
      'the tool failed at A',
    );
    expect(await refusal('junit', '')).toMatch(/XML/);
    const bomb = `<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>`;
    expect(await refusal('junit', bomb)).toMatch(/^it is no well-formed XML: .*undefined entity/);
    expect(await refusal('junit', '<testsuite>'.repeat(200))).toContain('more than 100 elements lie in each other');
    expect(await refusal('junit', '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite name="&x;"/>')).toMatch(
      /undefined entity/,
    );
  });
});

describe('TAP', () => {
  it('is refused without a plan, with another number of tests, and cut off', async () => {
    expect(await refusal('tap', 'ok 1\n')).toContain('it has no plan');
    expect(await refusal('tap', '1..3\nok 1\nok 2\n')).toBe('its plan names 3 tests, and it has 2');
    expect(await refusal('tap', '1..1\nnot ok 1 - a\n  ---\n  error: x\n')).toBe('it ends within the details of a test');
    expect(await refusal('tap', '1..1\nok 1\n1..1\n')).toContain('two plans');
    expect(await refusal('tap', '    1..2\n    ok 1\nok 1 - outer\n1..1\n')).toBe('its plan names 2 tests, and it has 1');
  });
  it('examined nothing with an empty plan or only skipped tests', async () => {
    expect((await report('tap', '1..0 # SKIP no database\n')).examined?.count).toBe(0);
    expect((await report('tap', '1..1\nok 1 - a # SKIP\n')).examined?.count).toBe(0);
  });
  it('tells a bail out, and a parent that failed by itself', async () => {
    expect((await report('tap', 'ok 1\nBail out! No database.\n')).findings).toMatchObject([
      { rule: 'bail-out', message: 'Bail out! No database.' },
    ]);
    const own = await report('tap', '    ok 1 - inner\n    1..1\nnot ok 1 - outer\n1..1\n');
    expect(own.findings.map(({ identity }) => identity)).toEqual(['outer']);
  });
});

describe('ESLint', () => {
  it('says which files it looked at, what it could not parse, and what is silenced', async () => {
    const read = await report(
      'eslint',
      JSON.stringify([
        {
          filePath: '/w/src/a.js',
          messages: [{ ruleId: 'no-console', severity: 1, message: 'No.', line: 1, column: 14, endLine: 1, endColumn: 25 }],
          suppressedMessages: [{}],
        },
        {
          filePath: '/w/src/b.js',
          messages: [
            { ruleId: null, fatal: true, severity: 2, message: 'Parsing error: Unexpected token =', line: 1, column: 7 },
          ],
        },
        { filePath: '/w/src/c.js', messages: [] },
      ]),
    );
    expect(short(read)).toEqual([
      ['no-console', 'warning', 'src/a.js', 1, 14],
      ['parsing', 'error', 'src/b.js', 1, 7],
    ]);
    expect(read).toMatchObject({ examined: { unit: 'files', count: 3 }, silenced: 1 });
    expect((await report('eslint', '[]')).examined?.count).toBe(0);
  });
  it('is refused as anything else', async () => {
    expect(await refusal('eslint', '{}')).toContain('it is no list');
    expect(await refusal('eslint', '[{"x":1}]')).toContain('no `filePath` and `messages`');
    expect(await refusal('eslint', '[{"filePath":"a","messages":[1]}]')).toContain('no `filePath` and `messages`');
    expect(await refusal('eslint', '> npm run lint\n[]')).toMatch(/^it is no JSON/);
    const bytes = await parseReport(new Uint8Array([0xff, 0xfe, 0x5b]), { format: 'eslint', from: 'x' });
    expect(bytes).toEqual({ ok: false, error: 'it is not written in UTF-8' });
  });
});

describe('a pattern', () => {
  const search = (pattern: string, text: string, examined?: string) =>
    parseReport(Buffer.from(text), { format: 'regex', from: 'stdout', pattern, ...(examined === undefined ? {} : { examined }) });
  it('gives what its groups name', async () => {
    const parsed = await search(
      '^(?<file>\\S+):(?<line>\\d+):(?<column>\\d+): (?<severity>\\w+): (?<message>.*) \\[(?<rule>[\\w-]+)\\]$',
      'a.py:3:7: error: No such name [name-defined]\r\nb.py:1:1: note: See here [misc]\nFound 2 errors\n',
    );
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        examined: undefined,
        findings: [
          { rule: 'name-defined', severity: 'error', message: 'No such name', file: 'a.py', line: 3, column: 7 },
          { rule: 'misc', severity: 'warning', file: 'b.py' },
        ],
      },
    });
  });
  it('that takes for ever is ended and said', async () => {
    expect(await search('^(a+)+$', `${'a'.repeat(60)}!\n`)).toEqual({
      ok: false,
      error: 'the pattern took longer than 2 s; repetitions within repetitions, such as (a+)+, do that',
    });
  });
  it('counts what was looked at, and several reports together', async () => {
    const one = await search('^bad', 'Checked 3 files\n', 'Checked (?<count>\\d+) files');
    const two = await search('^bad', 'ok a\nok b\nbad c\n', '^(ok|bad) ');
    if (!one.ok || !two.ok) throw new Error('not read');
    expect([one.value.examined?.count, two.value.examined?.count]).toEqual([3, 3]);
    expect(together([one.value, two.value])).toMatchObject({ examined: { count: 6 }, findings: [{ rule: 'match' }] });
  });
});
