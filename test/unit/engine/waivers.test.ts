import { describe, expect, it } from 'vitest';
import { isOneOfSeveral, waiverFor, waiverUse } from '../../../src/engine/waiver.ts';
import type { Waiver } from '../../../src/model/plan.ts';
import type { JudgedFinding } from '../../../src/model/step-result.ts';
import { planOf } from '../playbook/prepare-files.ts';

const waiver = (findings: readonly string[], more: Partial<Waiver> = {}): Waiver => ({
  findings,
  until: '2026-11-25',
  by: 'Ann',
  reason: 'Old.',
  ...more,
});
const finding = (code: string, file?: string): JudgedFinding => ({
  code,
  severity: 'error',
  message: 'm',
  subject: 's',
  fingerprint: 'f',
  standing: 'counts',
  ...(file === undefined ? {} : { location: { file } }),
});
const on = (day: string) => new Date(`${day}T23:59:59Z`);

describe('a waiver', () => {
  it('holds to the end of its last day, and no longer', () => {
    const list = [waiver(['lint/*'])];
    expect(waiverFor(finding('lint/no-var'), list, on('2026-11-25'))).toBe(list[0]);
    expect(waiverFor(finding('lint/no-var'), list, on('2026-11-26'))).toBeUndefined();
  });
  it('covers codes as they are written, also with signs that globs use', () => {
    for (const [pattern, code, covered] of [
      ['lint/@acme/no-sql', 'lint/@acme/no-sql', true],
      ['lint/*', 'lint/@acme/no-sql', true],
      ['lint/no-*', 'lint/no-var', true],
      ['lint/no-*', 'lint/@acme/no-sql', false],
      ['lint/no-var', 'lint/no-vars', false],
      ['lint/*', 'style/no-var', false],
    ] as const) {
      expect(waiverFor(finding(code), [waiver([pattern])], on('2026-11-25')) !== undefined, `${pattern} ${code}`).toBe(covered);
    }
  });
  it('with `in` covers findings in these files, and none without a file', () => {
    const list = [waiver(['lint/*'], { in: ['legacy/**'] })];
    expect(waiverFor(finding('lint/a', 'legacy/.old/x.js'), list, on('2026-11-25'))).toBeDefined();
    expect(waiverFor(finding('lint/a', 'src/x.js'), list, on('2026-11-25'))).toBeUndefined();
    expect(waiverFor(finding('lint/a'), list, on('2026-11-25'))).toBeUndefined();
  });
  it('is told as used with how much it covers, as unused, or as expired', () => {
    const list = [waiver(['a/*'], { until: '2099-01-01' }), waiver(['b/*'], { until: '2099-01-01' }), waiver(['a/*'])];
    expect(waiverUse([finding('a/x'), finding('a/y'), finding('c/z')], list, { today: on('2026-11-26') }).waivers).toMatchObject([
      { findings: ['a/*'], state: 'used', covered: 2 },
      { findings: ['b/*'], state: 'unused', covered: 0 },
      { findings: ['a/*'], state: 'expired', covered: 0 },
    ]);
    const shared = { today: on('2026-11-26'), shared: true };
    expect(waiverUse([finding('a/x')], list, shared).waivers).toMatchObject([{ state: 'used' }, { state: 'expired' }]);
    expect(waiverUse([finding('a/x')], [], { today: on('2026-11-26') })).toEqual({});
  });
});

it('waivers of steps that were written once are for all of them', async () => {
  const text =
    'bexpert: 1\nphases:\n  verify:\n    - { id: lint, foreach: [a, b], run: "true" }\n    - { id: types, run: "true" }\n';
  const plan = await planOf({ 'playbook.yml': text, 'bexpert.yml': 'bexpert: 1\n' });
  const steps = plan.phases.flatMap((phase) => phase.steps);
  expect(steps.map((step) => [step.id, isOneOfSeveral(step, plan)])).toEqual([
    ['lint-a', true],
    ['lint-b', true],
    ['types', false],
  ]);
});
