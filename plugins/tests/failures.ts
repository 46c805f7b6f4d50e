// Findings for what failed, with what a person or a model needs to repair it.
import type { Finding, Location } from '../../src/plugin-api.ts';
import type { TestError } from './events.ts';
import { keyOf, reproOf, subjectOf } from './inventory.ts';
import type { Code } from './manifest.ts';
import type { TestResult, VitestRun } from './vitest-run.ts';

/** Frames of the tree's own files. */
const ownFrames = (stack: string): readonly string[] =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !/node_modules|node:|<anonymous>|drive-vitest|guard\.mjs/.test(line));

function evidenceOf(errors: readonly TestError[]): string {
  return errors
    .map(({ name, message, diff, stack }) =>
      [`${name}: ${message}`, ...(diff === undefined ? [] : [diff]), ...ownFrames(stack ?? '').slice(0, 5)].join('\n'),
    )
    .join('\n\n');
}

function placeOf(file: string, errors: readonly TestError[], line?: number): Location {
  for (const frame of errors.flatMap(({ stack }) => ownFrames(stack ?? ''))) {
    const match = frame.match(/(?:\(|at )([^()]+?):(\d+):(\d+)\)?$/);
    if (match?.[1] === file) return { file, line: Number(match[2]), column: Number(match[3]) };
  }
  return { file, ...(line === undefined ? {} : { line }) };
}
const firstLine = (errors: readonly TestError[]): string => errors[0]?.message.split('\n')[0]?.slice(0, 300) ?? 'no message';

function failed(test: TestResult): Finding<Code> {
  return {
    code: 'tests/failed',
    severity: 'error',
    subject: subjectOf(test),
    message: `The test "${test.name}" in ${test.file} failed: ${firstLine(test.errors)}`,
    location: placeOf(test.file, test.errors, test.line),
    evidence: evidenceOf(test.errors),
    repro: reproOf(test),
  };
}

/** What failed in the run; tests that passed the second time are flaky. */
export function failures(run: VitestRun, flaky: ReadonlySet<string>): readonly Finding<Code>[] {
  const tests = run.tests.filter(({ state }) => state === 'failed');
  return [
    ...tests.filter((test) => !flaky.has(keyOf(test))).map(failed),
    ...tests
      .filter((test) => flaky.has(keyOf(test)))
      .map(
        (test): Finding<Code> => ({
          ...failed(test),
          code: 'tests/flaky',
          severity: 'warning',
          message: `The test "${test.name}" in ${test.file} failed, and passed when its file ran once more: ${firstLine(test.errors)}`,
        }),
      ),
    ...run.files
      .filter(({ errors }) => errors.length > 0)
      .map(
        ({ file, errors }): Finding<Code> => ({
          code: 'tests/file-failed',
          severity: 'error',
          subject: file,
          message: `The test file ${file} failed outside its tests: ${firstLine(errors)}`,
          location: placeOf(file, errors),
          evidence: evidenceOf(errors),
          repro: `npx vitest run ${file}`,
        }),
      ),
    ...(run.end?.unhandled ?? []).map(
      (error): Finding<Code> => ({
        code: 'tests/unhandled-error',
        severity: 'error',
        subject: `${error.name}: ${error.message.split('\n')[0] ?? ''}`,
        message: `An error was thrown outside every test: ${error.message.split('\n')[0] ?? ''}`,
        evidence: evidenceOf([error]),
        hint: 'Await what the test starts, and handle what it rejects with.',
      }),
    ),
  ];
}

/** One finding a file: tests that passed and asserted nothing that `expect` counts. */
export function withoutAssertions(run: VitestRun, severity: 'error' | 'warning'): readonly Finding<Code>[] {
  const byFile = new Map<string, string[]>();
  for (const { file, name, state, guard } of run.tests) {
    if (state === 'passed' && guard?.assertions === 0) byFile.set(file, [...(byFile.get(file) ?? []), name]);
  }
  return [...byFile].map(([file, names]) => ({
    code: 'tests/no-assertions',
    severity,
    subject: file,
    message: `${names.length} ${names.length === 1 ? 'test' : 'tests'} in ${file} passed without a call of expect: ${names.slice(0, 5).join('; ')}`,
    location: { file },
    evidence: names.join('\n'),
    hint: 'Assert with `expect` what the test is about; calls of node:assert and of other libraries are not counted.',
  }));
}
