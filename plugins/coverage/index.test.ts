import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Scene, testGate } from '../../src/testing.ts';
import coverage from './index.ts';

const outputs = { node_modules: path.resolve(import.meta.dirname, '../../node_modules') };
const manifest = JSON.stringify({ name: 'shop', type: 'module' });
const grade = `export function grade(points: number): string {
  if (points > 90) {
    return 'good';
  }
  return points > 50 ? 'fair' : 'poor';
}
`;
const test = `import { expect, it } from 'vitest';
import { grade } from '../src/grade.ts';
it('grades', () => {
  expect(grade(95)).toBe('good');
});
`;
const project = { 'package.json': manifest, 'src/grade.ts': grade, 'test/grade.test.ts': test };
const run = (scene: Scene) => testGate(coverage, { outputs, ...scene });
type Seen = Awaited<ReturnType<typeof run>>;
const found = (seen: Seen, code: string) => seen.result?.findings.filter((finding) => finding.code === code) ?? [];

describe('limits', () => {
  it('are held against all files that count, also those that no test loads', async () => {
    const seen = await run({
      candidate: {
        ...project,
        'src/never.js': 'export const never = () => {\n  return 1;\n};\n',
        'src/types.ts': 'export interface Grade { readonly points: number }\n',
        'vitest.config.js':
          "export default { test: { coverage: { include: ['nothing/**'], exclude: ['src/**'], thresholds: { lines: 0 } } } };\n",
      },
      with: {
        lines: 90,
        branches: '80%',
        functions: 100,
        statements: 90,
        critical: [{ files: 'src/grade.ts', lines: 100, branches: 100 }],
      },
    });
    expect(seen.failure).toBeUndefined();
    expect(found(seen, 'coverage/lines')[0]).toMatchObject({
      severity: 'error',
      message: 'Line coverage is 40 % (2 of 5 lines); at least 90 % is asked for.',
      evidence: 'src/never.js: 0 of 2 lines; lines without a test: 1–2\nsrc/grade.ts: 2 of 3 lines; lines without a test: 5',
    });
    expect(found(seen, 'coverage/branches')[0]?.message).toBe(
      'Branch coverage is 25 % (1 of 4 branches); at least 80 % is asked for.',
    );
    expect(found(seen, 'coverage/functions')[0]?.message).toBe(
      'Function coverage is 50 % (1 of 2 functions); at least 100 % is asked for.',
    );
    expect(found(seen, 'coverage/statements')[0]?.message).toContain('at least 90 % is asked for');
    expect(found(seen, 'coverage/critical').map(({ message, location }) => [message, location])).toEqual([
      [
        'Line coverage of src/grade.ts is 66.66 % (2 of 3 lines); at least 100 % is asked for in src/grade.ts.',
        { file: 'src/grade.ts', line: 5 },
      ],
      [
        'Branch coverage of src/grade.ts is 25 % (1 of 4 branches); at least 100 % is asked for in src/grade.ts.',
        { file: 'src/grade.ts', line: 5 },
      ],
    ]);
    expect(found(seen, 'coverage/not-loaded')).toMatchObject([{ severity: 'warning', location: { file: 'src/never.js' } }]);
    expect(seen.result?.examined).toEqual({ unit: 'lines', count: 5, min: 1 });
    expect(seen.result?.outputs).toMatchObject({ lines: 40, branches: 25, functions: 50, 'changed-lines': null, files: 3 });
    expect(seen.result?.measurements).toContainEqual({
      name: 'lines',
      value: 40,
      unit: 'percent',
      limit: { at: 90, direction: 'at-least' },
    });
    expect(JSON.parse(seen.artifacts['coverage.json'] ?? '{}')).toMatchObject({
      total: { lines: { covered: 2, total: 5 } },
      files: [
        { file: 'src/grade.ts', uncovered: '5' },
        { file: 'src/never.js', uncovered: '1–2', touched: false },
        { file: 'src/types.ts' },
      ],
    });
  });
  it('are met by tests that execute the code', async () => {
    const seen = await run({
      candidate: {
        ...project,
        'test/grade.test.ts': `${test}it('grades less', () => { expect([grade(60), grade(1)]).toEqual(['fair', 'poor']); });\n`,
      },
      with: { lines: 100, branches: 100, functions: 100, statements: 100 },
    });
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.outputs).toMatchObject({ lines: 100, branches: 100 });
    expect(seen.progress.at(-1)?.label).toBe('2 of 2 tests on candidate');
  });
  it('do not count files that cannot be parsed as covered', async () => {
    const seen = await run({
      candidate: { ...project, 'src/broken.js': 'export const one = (;\n\n// why\nconst two = 2;\n' },
      with: { lines: 100 },
    });
    expect(found(seen, 'coverage/not-loaded')).toMatchObject([
      { severity: 'error', message: 'The coverage report does not know src/broken.js; all of it counts as uncovered.' },
    ]);
    expect(found(seen, 'coverage/lines')[0]?.message).toContain('(2 of 5 lines)');
  });
});

describe('changed lines', () => {
  const candidate = {
    ...project,
    'src/grade.ts': grade.replace(
      '  return points',
      "  if (points < 0) {\n    throw new Error(\n      'below zero',\n    );\n  }\n  // between\n  return points",
    ),
    'src/new.ts': 'export const double = (n: number): number => {\n  return 2 * n;\n};\n',
  };
  it('must be executed, line by line, in old and new files', async () => {
    const seen = await run({ base: project, candidate, with: { 'changed-lines': 100 } });
    expect(found(seen, 'coverage/changed-lines').map(({ message, location }) => [message, location])).toEqual([
      [
        '3 of 3 changed lines of src/grade.ts are executed by no test: 5–7. Of all changed lines 0 % are covered; at least 100 % is asked for.',
        { file: 'src/grade.ts', line: 5 },
      ],
      [
        '2 of 2 changed lines of src/new.ts are executed by no test: 1–2. Of all changed lines 0 % are covered; at least 100 % is asked for.',
        { file: 'src/new.ts', line: 1 },
      ],
    ]);
    expect(seen.result?.outputs).toMatchObject({ 'changed-lines': 0 });
  });
  it('cannot be hidden by ignore comments, while those of base go on working', async () => {
    const old = `${grade}/* v8 ignore next 3 -- @preserve */\nexport const old = () => {\n  return 'old';\n};\n`;
    const hidden = `${old}/* v8 ignore start -- @preserve */\nexport const fresh = () => {\n  return 1;\n};\n`;
    const seen = await run({
      base: { ...project, 'src/grade.ts': old },
      candidate: { ...project, 'src/grade.ts': hidden },
      with: { 'changed-lines': 100, lines: 60 },
    });
    expect(found(seen, 'coverage/ignored')).toMatchObject([{ severity: 'error', location: { file: 'src/grade.ts', line: 11 } }]);
    expect(found(seen, 'coverage/changed-lines')[0]?.evidence).toBe('src/grade.ts: 12–13');
    // 3 lines of grade and 2 of fresh count; those of old do not.
    expect(seen.result?.examined.count).toBe(5);
  });
});

describe('the ratchet', () => {
  it('is on where no limit is set, and compares with base', async () => {
    const seen = await run({
      base: project,
      candidate: { ...project, 'src/more.ts': 'export const more = (n: number) => {\n  return n > 1 ? n : 0;\n};\n' },
    });
    expect(found(seen, 'coverage/ratchet').map(({ message, evidence }) => [message, evidence])).toEqual([
      ['3 lines are uncovered, 2 more than the 1 of base.', 'src/more.ts: 0 of 2 lines; lines without a test: 1–2'],
      ['5 branches are uncovered, 2 more than the 3 of base.', 'src/more.ts: 0 of 2 branches; lines without a test: 1–2'],
    ]);
    expect(seen.result?.measurements?.find(({ name }) => name === 'lines')?.base).toBeCloseTo(66.67, 1);
  });
  it('lets uncovered code move', async () => {
    const seen = await run({
      base: { ...project, 'src/a.ts': 'export const a = (): number => {\n  return 1;\n};\n' },
      candidate: {
        ...project,
        'src/b.ts': 'export const a = (): number => {\n  return 1;\n};\n',
        'src/a.ts': "export * from './b.ts';\n",
      },
      with: { ratchet: true },
    });
    expect(found(seen, 'coverage/ratchet')).toEqual([]);
  });
});

describe('a run that proves nothing', () => {
  it('is undecided when the tests are red', async () => {
    const seen = await run({
      candidate: { ...project, 'test/red.test.ts': test.replace("'good'", "'bad'") },
      with: { lines: 100 },
    });
    expect(seen.result?.findings).toEqual([]);
    expect(seen.result?.inconclusive).toBe('coverage of a red test run proves nothing: test/red.test.ts > grades');
  });
  it('examines nothing where no file counts', async () => {
    const seen = await run({ candidate: project, with: { lines: 100, include: ['lib/**'] } });
    expect(seen.result?.examined.count).toBe(0);
  });
  it('leaves no report when the code ends the runner', async () => {
    const seen = await run({
      candidate: {
        ...project,
        'vitest.config.js': "export default { test: { globalSetup: './exit.js' } };\n",
        'exit.js': 'process.exit(0);\n',
      },
    });
    expect(seen.failure?.code).toBe('coverage/no-report');
    expect(seen.failure?.message).toContain('ended with exit code 0 and left no report');
  });
  it.each([
    [{ critical: [{ files: 'src/**', paths: 100 }] }, 'coverage/paths'],
    [{ critical: [{ files: 'lib/**', lines: 100 }] }, 'coverage/critical-empty'],
    [{ command: 'no-such-runner --all' }, 'coverage/command-not-found'],
  ])('says what cannot be done: %o', async (inputs, code) => {
    const seen = await run({ candidate: project, with: inputs });
    expect(seen.failure?.code).toBe(code);
    expect(seen.failure?.hint).toBeDefined();
  });
  it('says what is not installed', async () => {
    const seen = await testGate(coverage, { candidate: project });
    expect(seen.failure?.code).toBe('coverage/not-installed');
  });
});

describe('the tests of another runner', () => {
  const files = {
    'package.json': manifest,
    'src/grade.js': grade.replaceAll(/: (number|string)/g, ''),
    'src/never.cjs': 'exports.never = () => {\n  return 1;\n};\n',
    'test/a.test.js': `import assert from 'node:assert';\nimport test from 'node:test';\nimport { grade } from '../src/grade.js';\ntest('a', () => assert.equal(grade(95), 'good'));\n`,
    'test/b.test.js': `import assert from 'node:assert';\nimport test from 'node:test';\nimport { grade } from '../src/grade.js';\ntest('b', () => assert.equal(grade(60), 'fair'));\n`,
  };
  it('are measured over all their processes', async () => {
    const seen = await testGate(coverage, { candidate: files, with: { command: 'node --test', lines: 100 } });
    expect(seen.result?.inconclusive).toBeUndefined();
    expect(found(seen, 'coverage/lines')[0]?.evidence).toBe('src/never.cjs: 0 of 2 lines; lines without a test: 1–2');
    expect(seen.result?.outputs).toMatchObject({ lines: 60, branches: 75 });
    const red = await testGate(coverage, {
      candidate: { ...files, 'test/a.test.js': 'process.exit(3);\n' },
      with: { command: 'node --test', lines: 100 },
    });
    expect(red.result?.inconclusive).toContain('`node --test` ended with exit code 1');
  });
});
