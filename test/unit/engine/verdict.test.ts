import { describe, expect, it } from 'vitest';
import { type BaseLook, judge, needsBase } from '../../../src/engine/verdict.ts';
import type { StepPlan } from '../../../src/model/plan.ts';
import type { GateResult } from '../../../src/plugin-api.ts';
import { finding, found, manifest, step } from './samples.ts';

const same: BaseLook = { kind: 'same' };
const base = (findings: GateResult['findings'], examinedEnough = true): BaseLook => ({ kind: 'found', findings, examinedEnough });
const missing: BaseLook = { kind: 'missing', reason: 'base does not build' };
const verdict = (result: GateResult, look: BaseLook = same, more: Partial<StepPlan> = {}) =>
  judge({ result, manifest, step: step('lint', more), base: look, today: new Date('2026-11-23T12:00:00Z') });

describe('the verdict of a gate', () => {
  it('is pass when something was examined and nothing was found', () => {
    expect(verdict(found([])).verdict).toBe('pass');
  });
  it('is fail for one error', () => {
    expect(verdict(found([finding('lint/always', 'a')])).verdict).toBe('fail');
  });
  it('is pass for a warning alone, which stays in the list', () => {
    const judged = verdict(found([finding('lint/always', 'a', { severity: 'warning' })]));
    expect([judged.verdict, judged.findings.length]).toEqual(['pass', 1]);
  });
  it('is invalid when nothing was examined', () => {
    const judged = verdict(found([], { examined: { unit: 'tests', count: 0, min: 1 } }));
    expect(judged).toMatchObject({ verdict: 'invalid', reason: '0 tests examined, at least 1 needed' });
  });
  it('is invalid when nothing was examined even if the plugin says that none is enough', () => {
    expect(verdict(found([], { examined: { unit: 'tests', count: 0, min: 0 } })).verdict).toBe('invalid');
  });
  it('is pass on nothing only with a reason in the playbook, which is told', () => {
    const nothing = found([], { examined: { unit: 'tests', count: 0, min: 1 } });
    expect(verdict(nothing, same, { allowEmpty: 'a library without services' })).toMatchObject({
      verdict: 'pass',
      reason: '0 tests examined, which the playbook allows: a library without services',
    });
  });
  it('is fail, with a finding, when base has something to examine and the candidate has not', () => {
    const judged = verdict(found([], { examined: { unit: 'tests', count: 0, min: 1 } }), base([]));
    expect(judged.verdict).toBe('fail');
    expect(judged.findings).toMatchObject([{ code: 'lint/nothing-examined', standing: 'counts' }]);
  });
  it('is inconclusive when the gate says so, and fail when it also found an error', () => {
    expect(verdict(found([], { inconclusive: 'too noisy' }))).toMatchObject({ verdict: 'inconclusive', reason: 'too noisy' });
    expect(verdict(found([finding('lint/always', 'a')], { inconclusive: 'too noisy' })).verdict).toBe('fail');
  });
});

describe('what base has too', () => {
  it('does not count for a code that is subtracted, and stays in the list', () => {
    const judged = verdict(found([finding('lint/new', 'a')]), base([finding('lint/new', 'a')]));
    expect(judged.verdict).toBe('pass');
    expect(judged.findings).toMatchObject([{ standing: 'subtracted' }]);
  });
  it('counts for an absolute code', () => {
    expect(verdict(found([finding('lint/always', 'a')]), base([finding('lint/always', 'a')])).verdict).toBe('fail');
  });
  it('counts when the subject differs in more than numbers', () => {
    expect(verdict(found([finding('lint/new', 'a 1 ms')]), base([finding('lint/new', 'a 2 ms')])).verdict).toBe('pass');
    expect(verdict(found([finding('lint/new', 'b 1 ms')]), base([finding('lint/new', 'a 2 ms')])).verdict).toBe('fail');
  });
  it('counts for a ratchet only when there is more of it', () => {
    const of = (magnitude: number) => finding('lint/count', 'skips', { magnitude });
    expect(verdict(found([of(3)]), base([of(3)])).verdict).toBe('pass');
    expect(verdict(found([of(4)]), base([of(3)])).verdict).toBe('fail');
  });
  it('is not subtracted where base and candidate are one tree', () => {
    expect(verdict(found([finding('lint/new', 'a')]), same).verdict).toBe('fail');
  });
  it('counts with `report: all`, and is subtracted with `report: new`', () => {
    expect(verdict(found([finding('lint/new', 'a')]), base([finding('lint/new', 'a')]), { report: 'all' }).verdict).toBe('fail');
    expect(verdict(found([finding('lint/always', 'a')]), base([finding('lint/always', 'a')]), { report: 'new' }).verdict).toBe(
      'pass',
    );
  });
  it('that cannot be looked at makes a subtractable finding undecided, not an absolute one', () => {
    expect(verdict(found([finding('lint/new', 'a')]), missing).verdict).toBe('inconclusive');
    expect(verdict(found([finding('lint/always', 'a'), finding('lint/new', 'a')]), missing).verdict).toBe('fail');
    expect(verdict(found([]), missing).verdict).toBe('pass');
  });
  it('is looked at only where it can change the verdict', () => {
    const needs = (result: GateResult, more: Partial<StepPlan> = {}) => needsBase(result, manifest, step('lint', more));
    expect(needs(found([]))).toBe(false);
    expect(needs(found([finding('lint/always', 'a')]))).toBe(false);
    expect(needs(found([finding('lint/new', 'a')]))).toBe(true);
    expect(needs(found([finding('lint/new', 'a')]), { report: 'all' })).toBe(false);
    expect(needs(found([], { examined: { unit: 'tests', count: 0, min: 1 } }))).toBe(true);
  });
});

describe('a waiver', () => {
  const waiver = { findings: ['lint/*'], until: '2026-11-23', by: 'ana', reason: 'next sprint' };
  it('covers its findings until the end of its last day', () => {
    expect(verdict(found([finding('lint/always', 'a')]), same, { waive: [waiver] }).verdict).toBe('waived');
    expect(verdict(found([finding('lint/always', 'a')]), same, { waive: [{ ...waiver, until: '2026-11-22' }] }).verdict).toBe(
      'fail',
    );
  });
  it('covers only the files it names', () => {
    const at = (file: string) => finding('lint/always', 'a', { location: { file } });
    const only = { ...waiver, in: ['src/old/**'] };
    expect(verdict(found([at('src/old/a.ts')]), same, { waive: [only] }).verdict).toBe('waived');
    expect(verdict(found([at('src/new/a.ts')]), same, { waive: [only] }).verdict).toBe('fail');
    expect(verdict(found([finding('lint/always', 'a')]), same, { waive: [only] }).verdict).toBe('fail');
  });
});

it('evidence is cut at 4 KiB and stays text', () => {
  const judged = verdict(found([finding('lint/always', 'a', { evidence: 'é'.repeat(4000) })]));
  const evidence = judged.findings[0]?.evidence ?? '';
  expect(Buffer.byteLength(evidence)).toBeLessThan(4200);
  expect(evidence).toMatch(/^é+\n… cut at 4 KiB$/);
});
