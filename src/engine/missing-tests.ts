// Tests that base has and that a report no longer names. Code under test that ends its process early takes its tests along, and what
// reports them tells of nothing that failed (INTEGRITY, "Evidence, not exit codes").
import type { ReportedTest } from '../findings/report.ts';
import type { Finding } from '../plugin-api.ts';
import { normalise } from './fingerprint.ts';

/** Names as they are alike in every tree and at any time. */
export const testNames = (tests: readonly ReportedTest[], ...states: readonly ReportedTest['state'][]): readonly string[] =>
  [...new Set(tests.filter(({ state }) => states.includes(state)).map(({ name }) => name))].map(normalise);

const code = (step: string): string => `${step}/passed-on-base`;

/** How a look at base tells which of its tests passed; nobody is shown it. */
export const passedOnBase = (step: string, names: readonly string[]): Finding => ({
  code: code(step),
  severity: 'warning',
  subject: 'tests',
  message: 'These tests passed on base.',
  evidence: names.join('\n'),
});

/** What the candidate lacks of the tests that passed on base, if anything. */
export function missingTests(o: {
  readonly step: string;
  readonly onBase: readonly Finding[];
  /** Names of all tests that the candidate's report has, skipped ones too: those count as silenced. */
  readonly names: readonly string[];
}): readonly Finding[] {
  const evidence = o.onBase.find((finding) => finding.code === code(o.step))?.evidence ?? '';
  const left = new Map<string, number>();
  for (const name of o.names) left.set(name, (left.get(name) ?? 0) + 1);
  const missing = evidence.split('\n').filter((name) => {
    const count = left.get(name) ?? 0;
    left.set(name, count - 1);
    return name !== '' && count <= 0;
  });
  if (missing.length === 0) return [];
  const shown = missing.slice(0, 5).map((name) => `"${name}"`);
  const more = missing.length > shown.length ? `, and ${missing.length - shown.length} more` : '';
  return [
    {
      code: `${o.step}/missing-tests`,
      severity: 'error',
      subject: 'tests',
      message: `The report of step ${o.step} does not name ${missing.length === 1 ? 'a test that passes' : `${missing.length} tests that pass`} on base: ${shown.join(', ')}${more}.`,
      hint: `Does the code that they test end the process, or can it not be loaded? Where tests were meant to go, waive \`${o.step}/missing-tests\`.`,
      evidence: missing.join('\n'),
    },
  ];
}
