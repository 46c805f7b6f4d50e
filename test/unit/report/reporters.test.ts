import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { parseReport } from '../../../src/findings/parse.ts';
import type { RunEvent } from '../../../src/model/event.ts';
import { annotationLine, withoutCommands } from '../../../src/report/annotation.ts';
import { chooseReporter } from '../../../src/report/choose.ts';
import { junitOfRun } from '../../../src/report/junit.ts';
import type { ReporterName } from '../../../src/report/reporter.ts';
import { viewRun } from '../../../src/report/run-view.ts';
import { sarifOfDiagnostics, sarifOfRun } from '../../../src/report/sarif-log.ts';
import { root } from '../../contract/sources.ts';
import { of, type Played, play, repositoryOf } from '../engine/play.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-reporters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The official schema is written in draft 4, of which it uses nothing that draft 7 does not have but the name of `$id`. */
const {
  id: _id,
  $schema: _schema,
  ...schema
} = JSON.parse(readFileSync(path.join(root, 'test/fixtures/sarif-2.1.0.json'), 'utf8'));
const valid = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false, allErrors: true }).compile(schema);
function checked(log: unknown): Log {
  const plain = JSON.parse(JSON.stringify(log)) as Log;
  expect(valid(plain), JSON.stringify(valid.errors)).toBe(true);
  return plain;
}
interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations?: readonly [
      {
        readonly executionSuccessful: boolean;
        readonly exitCode: number;
        readonly toolExecutionNotifications: readonly unknown[];
      },
    ];
    readonly results: readonly {
      readonly ruleId: string;
      readonly level: string;
      readonly baselineState?: string;
      readonly suppressions?: readonly { readonly justification: string }[];
      readonly locations?: readonly [
        { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region?: object } },
      ];
    }[];
  }[];
}

const nasty = 'Bad%0A::set-output name=x::y\\n::error::pwned ##[error]no';
/** A run with a new, an old and a waived finding, a gate that only warns, a green one and two that are broken. */
async function sample(): Promise<Played> {
  const lines = (...rules: readonly string[]) =>
    rules.map((rule, index) => `a b.txt:${index + 1}: ${rule} ${rule === 'new' ? 'Bad%0A::x' : 'Old.'}`).join('\n');
  const pattern = `findings: { regex: { pattern: '^(?<file>[^:]+):(?<line>\\d+): (?<rule>\\w+) (?<message>.+)$', examined: '.' } }`;
  await using repository = await repositoryOf({
    'bexpert.yml': 'bexpert: 1\n',
    'pkg/a b.txt': 'one\ntwo\nthree\n',
    'pkg/report.txt': `${lines('old')}\n`,
    'pkg/playbook.yml': `
bexpert: 1
name: p
phases:
  verify:
    - { id: lint, run: cat report.txt, ${pattern}, waive: [{ findings: [lint/known], until: "2099-01-31", by: Ann, reason: "Later, <soon>." }, { findings: [lint/nope], until: "2099-01-31", by: Bob, reason: Never. }] }
    - { id: soft, run: "echo '::error::from a log'; exit 1", level: warn }
    - { id: fine, run: "true", evidence: exit-code }
    - { id: gone, run: "true", findings: { sarif: out.sarif } }
    - { id: missing, run: no-such-command-here }
`,
  });
  await repository.write({ 'pkg/report.txt': `${lines('new', 'old', 'known').replace('a b.txt:2', 'a b.txt:1')}\n` });
  return await play(repository, {
    mode: 'verify',
    base: 'HEAD',
    repo: path.join(repository.folder, 'pkg'),
    playbook: path.join(repository.folder, 'pkg/playbook.yml'),
  });
}
const sampled = sample();

async function drawn(
  name: ReporterName,
  events: readonly RunEvent[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const text: string[] = [];
  const reporter = await chooseReporter(name, {
    output: { isTTY: false, write: (more) => void text.push(more) },
    env,
    cwd: '/nowhere',
    signal: new AbortController().signal,
    now: () => 0,
  });
  for (const event of events) reporter.on(event);
  await reporter.close();
  await reporter.close();
  return text.join('');
}
const viewOf = (run: Played) => {
  const view = viewRun(run.events);
  if (view === undefined) throw new Error('no run');
  return view;
};

describe('a waiver', () => {
  it('is in the result with what it covers, and one that covers nothing is told', async () => {
    const run = await sampled;
    const lint = of(run.events, 'step-finished').find(({ step }) => step === 'lint')?.result;
    expect(lint).toMatchObject({
      kind: 'gate',
      waivers: [
        { by: 'Ann', state: 'used', covered: 1 },
        { by: 'Bob', state: 'unused', covered: 0 },
      ],
    });
    expect(await drawn('plain', run.shown)).toContain('1 waiver covers nothing');
  });
});

describe('the SARIF reporter', () => {
  it('writes one valid log of what every gate said last', async () => {
    const run = await sampled;
    const log = checked(JSON.parse(await drawn('sarif', run.shown)));
    const [{ results, invocations, tool }] = log.runs as [Log['runs'][0]];
    expect(
      results.map(({ ruleId, level, baselineState, suppressions, locations }) => [
        ruleId,
        level,
        baselineState,
        suppressions?.[0]?.justification,
        locations?.[0].physicalLocation.artifactLocation.uri,
      ]),
    ).toEqual([
      ['lint/new', 'error', 'new', undefined, 'pkg/a%20b.txt'],
      ['run/exit-code', 'warning', undefined, undefined, undefined],
      ['lint/old', 'error', 'unchanged', undefined, 'pkg/a%20b.txt'],
      ['lint/known', 'error', 'new', 'Later, <soon>. (Ann, until 2099-01-31)', 'pkg/a%20b.txt'],
    ]);
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(['lint/new', 'run/exit-code', 'lint/old', 'lint/known']);
    expect(invocations?.[0]).toMatchObject({ executionSuccessful: true, exitCode: 1 });
    expect(invocations?.[0].toolExecutionNotifications).toMatchObject([
      { descriptor: { id: 'report/missing' }, level: 'error' },
      { descriptor: { id: 'command/not-found' }, level: 'error' },
    ]);
  });
  it('says of a run that was cut off that it did not work', async () => {
    const run = await sampled;
    const events = run.events.filter(({ type }) => type !== 'run-finished');
    const view = viewRun(events);
    if (view === undefined) throw new Error('no run');
    expect(checked(sarifOfRun(view)).runs[0]?.invocations?.[0].executionSuccessful).toBe(false);
  });
  it('can be read again as findings', async () => {
    const run = await sampled;
    const parsed = await parseReport(Buffer.from(await drawn('sarif', run.shown)), { format: 'sarif', from: 'stdout' });
    if (!parsed.ok) throw new Error(parsed.error);
    expect(parsed.value.findings[0]).toMatchObject({ rule: 'lint/new', file: 'pkg/a b.txt', line: 1 });
    expect(parsed.value.silenced).toBe(1);
  });
  it('tells diagnostics with their places', () => {
    const place = { file: 'a.yml', range: { start: { line: 3, column: 5 }, end: { line: 3, column: 9 } } };
    const log = checked(
      sarifOfDiagnostics([
        {
          code: 'step/duplicate-id',
          severity: 'error',
          message: 'm',
          hint: 'h',
          place,
          related: [{ place, message: 'The other one.' }],
        },
        { code: 'cli/usage', severity: 'warning', message: 'n' },
      ]),
    );
    expect(log.runs[0]?.results[0]?.locations?.[0].physicalLocation).toMatchObject({
      artifactLocation: { uri: 'a.yml' },
      region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
    });
    checked(sarifOfDiagnostics([]));
  });
});

describe('the GitHub reporter', () => {
  it('annotates what counts, groups phases, and writes a summary', async () => {
    const run = await sampled;
    const summary = path.join(folder, 'summary.md');
    const text = await drawn('github', run.shown, { GITHUB_STEP_SUMMARY: summary });
    const commands = text.split('\n').filter((line) => line.startsWith('::'));
    expect(commands.map((line) => line.slice(0, 72))).toEqual([
      '::group::verify, attempt 1',
      '::endgroup::',
      '::error file=pkg/a b.txt,line=1,title=lint%3A lint/new::Bad%250A::x',
      expect.stringMatching(/^::warning title=soft%3A run\/exit-code::The command of step soft /),
      expect.stringMatching(/^::error title=gone%3A report\/missing::/),
      expect.stringMatching(/^::error title=missing%3A command\/not-found::/),
    ]);
    const told = readFileSync(summary, 'utf8');
    expect(told).toContain('## bexpert: p NOT PROVEN');
    expect(told).toContain('| `lint` | **FAIL** |');
    expect(told).toContain('- error `lint/new` at `pkg/a b.txt:1`: Bad%0A::x');
    expect(told).not.toContain('lint/old');
  });
  it('lets no text of a tool become a command', () => {
    expect(
      annotationLine({
        level: 'error',
        title: 'a,b:c',
        message: '1%\n::set-env::x',
        file: 'x,y=1.ts',
        line: 2,
        column: 3,
        endLine: 2,
        endColumn: 4,
      }),
    ).toBe('::error file=x%2Cy=1.ts,line=2,endLine=2,col=3,endColumn=4,title=a%2Cb%3Ac::1%25%0A::set-env::x');
    for (const line of withoutCommands(`${nasty.replaceAll('\\n', '\n')}\n  ::add-mask::x\n::stop`).split('\n')) {
      expect(line.trimStart().startsWith('::'), line).toBe(false);
      expect(line).not.toContain('##[');
    }
  });
});

describe('a report as JUnit XML', () => {
  it('has a case for each gate, and can be read by what reads JUnit', async () => {
    const run = await sampled;
    const xml = junitOfRun(viewOf(run));
    const parsed = await parseReport(Buffer.from(xml), { format: 'junit', from: 'stdout' });
    if (!parsed.ok) throw new Error(`${parsed.error}\n${xml}`);
    expect(parsed.value.findings.map(({ rule, identity }) => [rule, identity])).toEqual([
      ['failed-test', 'verify > lint'],
      ['broken-test', 'verify > gone'],
      ['broken-test', 'verify > missing'],
    ]);
    expect(parsed.value).toMatchObject({ examined: { count: 4 }, silenced: 1 });
    expect(xml).toContain('tests="5" failures="1" errors="2" skipped="1"');
    expect(parsed.value.findings[0]?.evidence).toBe('error lint/new at a b.txt:1: Bad%0A::x');
  });
});
