import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StepResult } from '../../../src/model/step-result.ts';
import type { Files } from '../../rig/repository.ts';
import { finishOf, of, type Played, play, repositoryOf } from './play.ts';

type Gate = Extract<StepResult, { readonly kind: 'gate' }>;

/** A linter of the team: each line of `src/*.txt` that holds "bad" is an error, one with "meh" a warning. */
const linter = `
import { readdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
const [, , form, out] = process.argv;
const files = existsSync('src') ? readdirSync('src').sort() : [];
const results = files.map((name) => ({
  filePath: process.cwd() + '/src/' + name,
  messages: readFileSync('src/' + name, 'utf8').split('\\n').flatMap((text, index) =>
    /bad|meh/.test(text) ? [{ ruleId: '@acme/no-' + (/bad/.test(text) ? 'bad' : 'meh'), severity: /bad/.test(text) ? 2 : 1, message: 'Do not say this.', line: index + 1, column: text.search(/bad|meh/) + 1 }] : []),
}));
const text = form === 'lines'
  ? results.flatMap((file) => file.messages.map((m) => 'src/' + file.filePath.split('/').at(-1) + ':' + m.line + ': ' + m.message)).join('\\n') + '\\nChecked ' + files.length + ' files\\n'
  : JSON.stringify(results);
if (out === undefined) console.log(text); else writeFileSync(out, text);
process.exitCode = results.some((file) => file.messages.some((m) => m.severity === 2)) ? 1 : 0;
`;

/** Several gates in one run: how each ended, by its id. */
async function together(options: Omit<Parameters<typeof judged>[0], 'step'> & { readonly steps: readonly string[] }) {
  const { run } = await judged({ ...options, step: options.steps.join('\n    - ') });
  return new Map(
    of(run.events, 'step-finished').flatMap(({ step, result }) => (result.kind === 'gate' ? [[step, result] as const] : [])),
  );
}

async function judged(options: {
  readonly base?: Files;
  readonly change?: Files;
  readonly step: string;
  readonly before?: string;
  readonly sandbox?: 'preferred';
}): Promise<{ readonly gate: Gate; readonly run: Played; readonly results: readonly StepResult[] }> {
  const playbook = `\nbexpert: 1\nname: p\nphases:\n${options.before ?? ''}  verify:\n    - ${options.step}\n`;
  await using repository = await repositoryOf({
    'bexpert.yml': 'bexpert: 1\n',
    '.gitignore': 'ignored/\n',
    'lint.mjs': linter,
    'playbook.yml': playbook,
    ...options.base,
  });
  await repository.write(options.change ?? {});
  const run = await play(repository, {
    mode: 'verify',
    base: 'HEAD',
    ...(options.sandbox === undefined ? {} : { sandbox: options.sandbox }),
  });
  const results = of(run.events, 'step-finished').map(({ result }) => result);
  const gate = results.findLast((result) => result.kind === 'gate');
  if (gate?.kind !== 'gate') throw new Error(JSON.stringify(results));
  for (const { path: file } of gate.artifacts) {
    const kept = path.join(run.folder, 'artifacts', file);
    if (existsSync(kept)) artifacts.set(file, readFileSync(kept, 'utf8'));
  }
  return { gate, run, results };
}
const artifacts = new Map<string, string>();
const lint = '{ id: lint, run: node lint.mjs json, findings: { eslint: stdout } }';
const shown = ({ findings }: Gate) =>
  findings.map(({ code, standing, location, message }) => [standing, code, location?.file, location?.line, message]);

describe('a linter that the team has', () => {
  it('proves a clean tree on the files that it looked at', async () => {
    const { gate, run } = await judged({ base: { 'src/a.txt': 'good\n' }, change: { 'src/b.txt': 'good too\n' }, step: lint });
    expect(gate).toMatchObject({ verdict: 'pass', examined: { unit: 'files', count: 2 }, evidence: 'examined', findings: [] });
    expect(finishOf(run.events)).toMatchObject({ verdict: 'proven', exitCode: 0 });
  });

  it('is red for what is new, at its line, and not for what base has, wherever that has moved', async () => {
    const { gate } = await judged({
      base: { 'src/a.txt': 'bad old\n' },
      change: { 'src/a.txt': 'one\ntwo\nbad old\nbad new\n' },
      step: lint,
    });
    expect(gate.verdict).toBe('fail');
    expect(shown(gate)).toEqual([
      ['subtracted', 'lint/@acme/no-bad', 'src/a.txt', 3, 'Do not say this.'],
      ['counts', 'lint/@acme/no-bad', 'src/a.txt', 4, 'Do not say this.'],
    ]);
    expect(gate.findings[1]).toMatchObject({ evidence: 'bad new', location: { column: 1 } });
  });

  it('counts three equal lines where base has two as one new finding', async () => {
    const { gate } = await judged({
      base: { 'src/a.txt': 'bad\nbad\n' },
      change: { 'src/a.txt': 'bad\nbad\nbad\n' },
      step: lint,
    });
    expect(gate.findings.map(({ standing }) => standing)).toEqual(['subtracted', 'subtracted', 'counts']);
  });

  it('passes on old findings alone, though its exit code is 1, and fails on them with `report: all`', async () => {
    const same = { base: { 'src/a.txt': 'bad\n' }, change: { 'src/b.txt': 'good\n' } };
    const lenient = await judged({ ...same, step: lint });
    expect(lenient.gate.verdict).toBe('pass');
    const strict = await judged({ ...same, step: lint.replace('findings', 'report: all, findings') });
    expect(strict.gate.verdict).toBe('fail');
  });

  it('only tells warnings, unless the command was told to fail for them', async () => {
    const tree = { base: { 'src/a.txt': 'good\n' }, change: { 'src/a.txt': 'meh\n' } };
    expect((await judged({ ...tree, step: lint })).gate).toMatchObject({ verdict: 'pass', findings: [{ severity: 'warning' }] });
    const strict = await judged({ ...tree, step: lint.replace('node lint.mjs json', '"node lint.mjs json; exit 1"') });
    expect(strict.gate).toMatchObject({ verdict: 'fail', findings: [{ code: 'lint/@acme/no-meh', severity: 'error' }] });
  });

  it('is red by its exit code where its report does not say why, also when base is red in the same way', async () => {
    const { gate } = await judged({
      base: { 'src/a.txt': 'good\n' },
      change: { 'src/b.txt': 'good\n' },
      step: lint.replace('node lint.mjs json', '"node lint.mjs json; exit 3"'),
    });
    expect(gate).toMatchObject({ verdict: 'fail', findings: [{ code: 'lint/exit-code', standing: 'counts' }] });
    expect(gate.findings[0]?.message).toContain('exit code 3');
  });

  it('is red for errors that it reports with exit code 0', async () => {
    const { gate } = await judged({
      base: { 'src/a.txt': 'good\n' },
      change: { 'src/a.txt': 'bad\n' },
      step: lint.replace('node lint.mjs json', '"node lint.mjs json || true"'),
    });
    expect(gate).toMatchObject({ verdict: 'fail', findings: [{ code: 'lint/@acme/no-bad' }] });
  });

  it('has nothing to examine where the files are gone, and that is a fault of who took them away', async () => {
    const nowhere = await judged({ change: { 'other.txt': 'x\n' }, step: lint });
    expect(nowhere.gate).toMatchObject({ verdict: 'invalid', examined: { count: 0 } });
    const gone = await judged({
      base: { 'src/a.txt': 'good\n' },
      change: { 'lint.mjs': "console.log('[]')\n" },
      step: lint,
    });
    expect(gone.gate).toMatchObject({ verdict: 'fail', findings: [{ code: 'lint/nothing-examined' }] });
  });

  it('can be waived by rule for a while, slashes in names of rules or not', async () => {
    const waive = (id: string, pattern: string) =>
      lint
        .replace('id: lint', `id: ${id}`)
        .replace('findings', `waive: [{ findings: ["${id}/${pattern}"], until: "2099-01-31", by: Ann, reason: Old. }], findings`);
    const gates = await together({
      base: { 'src/a.txt': 'good\n' },
      change: { 'src/a.txt': 'bad\n' },
      steps: [waive('exact', '@acme/no-bad'), waive('all', '*'), waive('some', '@acme/*'), waive('other', '@acme/no-good')],
    });
    expect([...gates].map(([id, { verdict, findings }]) => [id, verdict, findings[0]?.standing]).sort()).toEqual([
      ['all', 'waived', 'waived'],
      ['exact', 'waived', 'waived'],
      ['other', 'fail', 'counts'],
      ['some', 'waived', 'waived'],
    ]);
  });
});

describe('what is silenced', () => {
  const step = '{ id: lint, run: cat report.json, findings: { eslint: stdout } }';
  const report = (silenced: number) =>
    `${JSON.stringify([{ filePath: 'a.txt', messages: [], suppressedMessages: Array(silenced).fill({}) }])}\n`;
  const verdict = async (before: number, after: number, how = step) =>
    (
      await judged({
        base: { 'report.json': report(before) },
        change: { 'report.json': report(after), 'b.txt': 'x\n' },
        step: how,
      })
    ).gate;
  it('may stay and shrink, and not grow without a waiver', async () => {
    expect(await verdict(2, 2)).toMatchObject({ verdict: 'pass', measurements: [{ name: 'silenced or skipped', value: 2 }] });
    expect((await verdict(2, 1)).verdict).toBe('pass');
    expect(await verdict(1, 2)).toMatchObject({ verdict: 'fail', findings: [{ code: 'lint/silenced', standing: 'counts' }] });
    expect((await verdict(0, 1)).verdict).toBe('fail');
    const waived = step.replace(
      'findings',
      'waive: [{ findings: [lint/silenced], until: "2099-01-31", by: Ann, reason: Meant so. }], findings',
    );
    expect((await verdict(0, 1, waived)).verdict).toBe('waived');
    expect((await verdict(0, 1, step.replace('findings', 'report: all, findings'))).verdict).toBe('pass');
  });
  it('is no news where base and candidate are one tree', async () => {
    expect((await judged({ base: { 'report.json': report(3) }, step })).gate.verdict).toBe('pass');
  });
});

describe('in the sandbox of this machine', () => {
  it('places, files and outputs are the same as without one', async () => {
    const out =
      '{ id: lint, working-directory: ., run: \'node lint.mjs json ignored/r.json || echo "n=1" >> "$BEXPERT_OUTPUT"\', outputs: { n: number }, findings: { eslint: "ignored/*.json" }, artifacts: ["ignored/*.json"] }';
    const { gate, run } = await judged({
      base: { 'src/a.txt': 'good\n', 'ignored/keep': '' },
      change: { 'src/a.txt': 'good\nbad\n' },
      step: out.replace("run: 'node", "run: 'mkdir -p ignored; node"),
      sandbox: 'preferred',
    });
    expect(gate).toMatchObject({ verdict: 'fail', outputs: { n: 1 }, artifacts: [{ name: 'ignored/r.json' }] });
    expect(shown(gate)).toEqual([['counts', 'lint/@acme/no-bad', 'src/a.txt', 2, 'Do not say this.']]);
    expect(of(run.events, 'run-started')[0]?.sandbox).toBeDefined();
  });
});

describe('a report that is a file', () => {
  const toFile =
    '{ id: lint, run: node lint.mjs json report.json, findings: { eslint: report.json }, artifacts: ["report.json", "no/*.txt"] }';
  it('may lie in the tree, and is kept', async () => {
    const { gate, run } = await judged({
      base: { 'src/a.txt': 'good\n' },
      change: { 'src/a.txt': 'bad\n' },
      step: toFile,
    });
    expect(gate.verdict).toBe('fail');
    expect(gate.artifacts).toMatchObject([{ name: 'report.json', mediaType: 'application/json' }]);
    expect([...artifacts.values()].at(-1)).toContain('@acme/no-bad');
    expect(JSON.stringify(run.shown)).toContain('artifacts: nothing matches no/*.txt.');
  });
  it.each([
    ['crashes', 'kill -SEGV $$', '', 'command/crashed'],
    ['names a program that is not there', 'no-such-program', '', 'command/not-found'],
    ['leaves no report', 'true', '', 'report/missing'],
    ['gives an output of another type', 'echo n=many >> $BEXPERT_OUTPUT', ', outputs: { n: number }', 'output/type'],
    ['hangs', 'sleep 600', ', timeout: 2s', 'step/timed-out'],
  ])('is not there where the command %s, and what it wrote until then is kept', async (_, last, more, code) => {
    const { gate } = await judged({
      change: { 'src/a.txt': 'good\n' },
      step: `{ id: lint, run: "echo so far > progress.txt; ${last}", findings: { eslint: report.json }, artifacts: ["progress.txt"]${more} }`,
    });
    const kept = [{ name: 'progress.txt', mediaType: 'text/plain' }];
    expect(gate).toMatchObject({ verdict: 'invalid', failure: { code }, artifacts: kept });
    expect([...artifacts.values()].at(-1)).toBe('so far\n');
  });
  it('does not excuse a command that changes what git tracks', async () => {
    const step = toFile.replace('node lint.mjs json report.json', '"node lint.mjs json report.json; echo x >> src/a.txt"');
    const { gate } = await judged({ base: { 'src/a.txt': 'good\n' }, change: { 'src/b.txt': 'good\n' }, step });
    expect(gate.failure?.code ?? gate.reason).toContain('step/touched-tree');
  });

  it('proves nothing where it is missing, empty, of another form, cut off, older than the command, or behind a link', async () => {
    const cases: Readonly<Record<string, readonly [code: string, run: string, from: string]>> = {
      a: ['report/missing', 'true', 'ignored/report.json'],
      b: ['report/empty', 'mkdir -p ignored && : > ignored/report.json', 'ignored/report.json'],
      c: ['report/unreadable', 'mkdir -p ignored && echo "<xml/>" > ignored/report.json', 'ignored/report.json'],
      d: ['report/unreadable', `printf '[{"filePath":"a","messages":['`, 'stdout'],
      e: ['report/stale', 'true', 'old.json'],
      f: ['report/empty', 'true', 'stdout'],
      g: ['command/crashed', 'echo "[]"; kill -9 $$', 'stdout'],
      h: ['command/crashed', 'echo "[]"; exit 139', 'stdout'],
      i: ['report/missing', 'mkdir -p ignored && ln -s /etc/passwd ignored/report.json', 'ignored/report.json'],
      j: ['report/missing', 'mkdir -p ignored && echo "[]" > ignored/real.json && ln -s . ignored/way', 'ignored/way/real.json'],
    };
    const gates = await together({
      base: { 'src/a.txt': 'x\n', 'old.json': '[]' },
      change: { 'src/b.txt': 'y\n' },
      steps: Object.entries(cases).map(
        ([id, [, run, from]]) => `{ id: ${id}, run: ${JSON.stringify(run)}, findings: { eslint: ${from} } }`,
      ),
    });
    expect(Object.fromEntries([...gates].map(([id, { failure }]) => [id, failure?.code]))).toEqual(
      Object.fromEntries(Object.entries(cases).map(([id, [code]]) => [id, code])),
    );
    for (const { verdict, findings } of gates.values()) expect([verdict, findings]).toEqual(['invalid', []]);
  });
  it('that only the candidate breaks is a fault of the work', async () => {
    const { gate } = await judged({
      base: { 'src/a.txt': 'good\n' },
      change: { 'lint.mjs': "console.log('oops')\n" },
      step: lint,
    });
    expect(gate).toMatchObject({ verdict: 'fail', findings: [{ code: 'lint/nothing-examined', subject: 'report/unreadable' }] });
  });
});

describe('a pattern of the team', () => {
  const pattern = (more: string, form = 'lines') =>
    `{ id: words, run: node lint.mjs ${form}, findings: { regex: { pattern: '^(?<file>[^:]+):(?<line>\\d+): (?<message>.+)$'${more} } } }`;
  it('finds lines, and says by `examined` that it looked at something', async () => {
    const tree = { base: { 'src/a.txt': 'good\n' }, change: { 'src/a.txt': 'good\nbad\n' } };
    const { gate } = await judged({ ...tree, step: pattern(", examined: 'Checked (?<count>\\d+) files'") });
    expect(shown(gate)).toEqual([['counts', 'words/match', 'src/a.txt', 2, 'Do not say this.']]);
    const clean = await judged({
      base: { 'src/a.txt': 'good\n' },
      change: { 'src/b.txt': 'good\n' },
      step: pattern(", examined: 'Checked (?<count>\\d+) files'"),
    });
    expect(clean.gate).toMatchObject({ verdict: 'pass', examined: { count: 2 }, evidence: 'examined' });
    expect(finishOf(clean.run.events)?.verdict).toBe('proven');
  });
  it('without it is worth no more than an exit code where it finds nothing', async () => {
    const { gate, run } = await judged({ base: { 'src/a.txt': 'good\n' }, change: { 'src/b.txt': 'good\n' }, step: pattern('') });
    expect(gate).toMatchObject({ verdict: 'pass', evidence: 'exit-code' });
    expect(finishOf(run.events)?.verdict).toBe('unverified');
  });
});

describe('outputs of a command', () => {
  const context = (run: string, outputs: string) =>
    `  context: [{ id: count, run: ${JSON.stringify(run)}, outputs: ${outputs} }]\n`;
  it('have the types that are declared, in conditions and variables', async () => {
    const { results } = await judged({
      change: { 'a.txt': 'x\n' },
      before: context(
        `echo files=3 >> "$BEXPERT_OUTPUT"; printf 'text<<END\\na b\\nEND\\nbig=true\\n' >> "$BEXPERT_OUTPUT"`,
        '{ files: number, text: string, big: boolean }',
      ),
      step: `{ id: g, run: 'test "$N $T" = "3 a b"', if: steps.count.outputs.files > 2 && steps.count.outputs.big, env: { N: "\${{ steps.count.outputs.files }}", T: "\${{ steps.count.outputs.text }}" } }`,
    });
    expect(results[0]).toMatchObject({ kind: 'context', outputs: { files: 3, text: 'a b', big: true } });
  });
  it('of a gate are there for the next', async () => {
    const { gate, results } = await judged({
      change: { 'a.txt': 'x\n' },
      step: `{ id: first, run: 'echo "n=7" >> "$BEXPERT_OUTPUT"', outputs: { n: number } }\n    - { id: second, run: 'test "$N" = 7', env: { N: "\${{ steps.first.outputs.n }}" } }`,
    });
    expect(results[0]).toMatchObject({ kind: 'gate', outputs: { n: 7 } });
    expect(gate.verdict).toBe('pass');
  });
  it('that are missing, not declared, of another type or malformed break the step', async () => {
    const runs = {
      a: 'true',
      b: 'echo m=1 >> "$BEXPERT_OUTPUT"',
      c: 'echo n=many >> "$BEXPERT_OUTPUT"',
      d: 'echo what >> "$BEXPERT_OUTPUT"',
    };
    const gates = await together({
      change: { 'a.txt': 'x\n' },
      steps: Object.entries(runs).map(([id, run]) => `{ id: ${id}, run: ${JSON.stringify(run)}, outputs: { n: number } }`),
    });
    expect([...gates].map(([id, { verdict, failure }]) => [id, verdict, failure?.code]).sort()).toEqual([
      ['a', 'invalid', 'output/missing'],
      ['b', 'invalid', 'output/unknown'],
      ['c', 'invalid', 'output/type'],
      ['d', 'invalid', 'output/form'],
    ]);
  });
});
