// Every test that base has must still run on the candidate, by file and full name.
import type { Finding } from '../../src/plugin-api.ts';
import type { Code } from './manifest.ts';
import type { Collected, VitestRun } from './vitest-run.ts';

export interface TestName {
  readonly file: string;
  readonly name: string;
}
export const keyOf = ({ file, name }: TestName): string => `${file}\0${name}`;

/**
 * A subject that keeps tests apart which differ in numbers only: fingerprints replace numbers, and "answers 404" is not "answers 500".
 * The letters are those that no pattern of hashes matches.
 */
export function subjectOf({ file, name }: TestName): string {
  const digits = name.match(/\d+/g);
  if (digits === null) return `${file} > ${name}`;
  const letters = [...digits.join('.')].map((character) => 'ghijklmnop'[Number(character)] ?? 'z').join('');
  return `${file} > ${name} (${letters})`;
}

export const reproOf = ({ file, name }: TestName): string => {
  const words = name.replaceAll(' > ', ' ').replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `npx vitest run ${file} -t '${words.replaceAll("'", "'\\''")}'`;
};

function grouped<T extends TestName>(tests: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const test of tests) groups.set(keyOf(test), [...(groups.get(keyOf(test)) ?? []), test]);
  return groups;
}

/** What base lists against what the candidate ran. */
export function compareInventory(base: readonly Collected[], run: VitestRun): readonly Finding<Code>[] {
  const present = new Set(run.collected.map(({ file }) => file));
  const broken = new Set(run.files.filter(({ errors }) => errors.length > 0).map(({ file }) => file));
  const gone = new Map<string, number>();
  const findings: Finding<Code>[] = [];
  const [listed, results] = [grouped(run.collected), grouped(run.tests)];

  for (const [key, tests] of grouped(base)) {
    const [test] = tests;
    if (test === undefined) continue;
    if (!present.has(test.file)) {
      // A file that does not load has its own finding.
      if (!broken.has(test.file)) gone.set(test.file, (gone.get(test.file) ?? 0) + tests.length);
      continue;
    }
    if ((listed.get(key)?.length ?? 0) < tests.length) {
      findings.push({
        code: 'tests/missing',
        severity: 'error',
        subject: subjectOf(test),
        message: `Base has the test "${test.name}" in ${test.file}; the candidate has not.`,
        location: { file: test.file },
        hint: 'Bring the test back under its name. New tests come beside the existing ones.',
      });
      continue;
    }
    const wanted = tests.filter(({ mode }) => mode === 'run').length;
    const ran = results.get(key) ?? [];
    const idle = ran.find(({ state, mode }) => state === 'skipped' || mode !== 'run');
    if (idle === undefined || ran.length - ran.filter((one) => one.state === 'skipped' || one.mode !== 'run').length >= wanted)
      continue;
    const how = idle.mode === 'fails' ? 'expects it to fail' : idle.mode === 'todo' ? 'has it as to do' : 'skips it';
    findings.push({
      code: 'tests/skipped',
      severity: 'error',
      subject: subjectOf(test),
      message: `Base runs the test "${test.name}" in ${test.file}; the candidate ${how}.`,
      location: { file: test.file, ...(idle.line === undefined ? {} : { line: idle.line }) },
      hint: 'Let the test run as it did.',
      repro: reproOf(test),
    });
  }
  return [
    ...findings,
    ...[...gone].map(
      ([file, count]): Finding<Code> => ({
        code: 'tests/missing',
        severity: 'error',
        subject: file,
        message: `Base has ${count} ${count === 1 ? 'test' : 'tests'} in ${file}; the candidate does not run that file.`,
        location: { file },
        hint: 'Bring the file back at its place.',
      }),
    ),
  ];
}

/** On base itself: what is skipped while it runs, so that the same on the candidate is nothing new. */
export function skippedWhileRunning(run: VitestRun): readonly Finding<Code>[] {
  return run.tests
    .filter(({ state, mode }) => state === 'skipped' && mode === 'run')
    .map((test) => ({
      code: 'tests/skipped',
      severity: 'warning',
      subject: subjectOf(test),
      message: `The test "${test.name}" in ${test.file} skips itself.`,
      location: { file: test.file },
    }));
}
