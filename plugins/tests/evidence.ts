// Does the run say one thing? Events, counts and exit code must agree, and the canaries must have run.
import type { Finding } from '../../src/plugin-api.ts';
import { keyOf, subjectOf, type TestName } from './inventory.ts';
import type { Code } from './manifest.ts';
import type { VitestRun } from './vitest-run.ts';

const noEvidence = (subject: string, message: string): Finding<Code> => ({
  code: 'tests/no-evidence',
  severity: 'error',
  subject,
  message,
  hint: 'Code under test must not end its process, write to the runner, or start what outlives the tests.',
});
const tail = (text: string): string => text.trim().split('\n').slice(-15).join('\n');

function countByName(tests: readonly TestName[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const test of tests) counts.set(keyOf(test), (counts.get(keyOf(test)) ?? 0) + 1);
  return counts;
}

export function contradictions(run: VitestRun): readonly Finding<Code>[] {
  const { end, exec, begin } = run;
  const how = exec.status === 'exited' ? `exit code ${exec.exitCode}` : (exec.limit ?? exec.status);
  if (run.forged) return [noEvidence('events', 'The event file of the test run holds lines that the runner did not write.')];
  if (end === undefined) {
    const output = tail(exec.stderr);
    return [
      {
        ...noEvidence(
          'end',
          `The test run ended with ${how} before it was finished: ${run.tests.length} tests had been reported.`,
        ),
        ...(output === '' ? {} : { evidence: output }),
      },
    ];
  }
  const findings: Finding<Code>[] = [];
  const [listed, reported] = [countByName(run.collected), countByName(run.tests)];
  for (const test of new Map([...run.collected, ...run.tests].map((one) => [keyOf(one), one])).values()) {
    const [wanted, seen] = [listed.get(keyOf(test)) ?? 0, reported.get(keyOf(test)) ?? 0];
    if (wanted === seen) continue;
    findings.push(
      noEvidence(subjectOf(test), `The test "${test.name}" in ${test.file} was listed ${wanted} × and reported ${seen} ×.`),
    );
  }
  const finished = new Set(run.files.map(({ file }) => file));
  for (const file of begin?.files ?? []) {
    if (!finished.has(file)) findings.push(noEvidence(file, `The test file ${file} was started and never finished.`));
  }
  const [passed, failed] = (['passed', 'failed'] as const).map(
    (state) => run.tests.filter((test) => test.state === state).length,
  );
  if (end.passed !== passed || end.failed !== failed) {
    findings.push(
      noEvidence(
        'counts',
        `The run counts ${end.passed} passed and ${end.failed} failed; its events say ${passed} and ${failed}.`,
      ),
    );
  }
  const red = end.failed > 0 || run.files.some(({ errors }) => errors.length > 0);
  const clean = !red && end.unhandled.length === 0;
  if (begin !== undefined && begin.files.length > 0 && ((red && exec.exitCode === 0) || (clean && exec.exitCode !== 0))) {
    findings.push(noEvidence('exit code', `The run reports ${end.failed} failed tests and ended with ${how}.`));
  }
  return findings;
}

/** What the canaries saw in the test processes. */
export function tampering(run: VitestRun): readonly Finding<Code>[] {
  const byFile = new Map<string, Set<string>>();
  for (const { file, guard } of [...run.tests, ...run.files]) {
    for (const what of guard?.tampered ?? []) byFile.set(file, (byFile.get(file) ?? new Set()).add(what));
  }
  const unguarded = run.tests.filter(({ state, guard }) => state === 'passed' && guard === undefined);
  return [
    ...[...byFile].map(
      ([file, names]): Finding<Code> => ({
        code: 'tests/tampered',
        severity: 'error',
        subject: file,
        message: `After ${file} ran, ${[...names].slice(0, 8).join(', ')} ${names.size === 1 ? 'is' : 'are'} not what the runner put there.`,
        location: { file },
        evidence: [...names].join('\n'),
        hint: 'A failed assertion must throw, and built-ins must stay as they are. Use `vi.spyOn` or `vi.useFakeTimers` in tests, and nothing of the kind in the code.',
      }),
    ),
    ...unguarded.slice(0, 10).map(
      (test): Finding<Code> => ({
        code: 'tests/tampered',
        severity: 'error',
        subject: subjectOf(test),
        message: `The canaries did not run after the test "${test.name}" in ${test.file}, so its result proves nothing.`,
        location: { file: test.file },
      }),
    ),
  ];
}
