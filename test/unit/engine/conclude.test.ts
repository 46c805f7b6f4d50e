import { describe, expect, it } from 'vitest';
import { conclude, type Ending } from '../../../src/engine/conclude.ts';
import type { StepPlan } from '../../../src/model/plan.ts';
import type { StepResult } from '../../../src/model/step-result.ts';
import { gate, phase, step } from './samples.ts';

const end = (result: StepResult, more: Partial<StepPlan> = {}, id = 'lint') => {
  const plan = step(id, more);
  return { phase: phase([plan]), step: plan, result };
};
const of = (
  ends: ReturnType<typeof end>[],
  ending: Ending = { kind: 'completed' },
  more: { partial?: boolean; verified?: boolean } = {},
) => {
  const { status, verdict, exitCode } = conclude({
    ending,
    ends,
    partial: more.partial ?? false,
    verified: more.verified ?? true,
  });
  return [status, verdict, exitCode];
};
const skipped = (because: 'if' | 'needs'): StepResult => ({ kind: 'skipped', because, reason: 'because' });

describe('a run is proven', () => {
  it('when a blocking gate passed on evidence', () => expect(of([end(gate('pass'))])).toEqual(['completed', 'proven', 0]));
  it('also beside a waived gate and one skipped by its own condition', () =>
    expect(of([end(gate('pass')), end(gate('waived')), end(skipped('if'))])).toEqual(['completed', 'proven', 0]));
  it('also beside a red gate that only warns', () =>
    expect(of([end(gate('pass')), end(gate('fail'), { level: 'warn' })])).toEqual(['completed', 'proven', 0]));
  it('by an exit code alone only where the playbook says so', () => {
    const bare = gate('pass', { evidence: 'exit-code' });
    expect(of([end(bare)])).toEqual(['completed', 'unverified', 3]);
    expect(of([end(bare, { evidence: 'exit-code' })])).toEqual(['completed', 'proven', 0]);
  });
});

describe('a run is never green', () => {
  it('when all that passed was allowed to examine nothing', () => {
    const nothing = gate('pass', { examined: { unit: 'tests', count: 0, min: 1 } });
    expect(of([end(nothing, { allowEmpty: 'a library' })])).toEqual(['completed', 'unverified', 3]);
    expect(of([end(nothing, { allowEmpty: 'a library' }), end(gate('pass'))])).toEqual(['completed', 'proven', 0]);
  });
  it('without a gate', () => expect(of([])).toEqual(['completed', 'unverified', 3]));
  it('when all gates were skipped', () => expect(of([end(skipped('if'))])).toEqual(['completed', 'unverified', 3]));
  it('when only gates that warn passed', () =>
    expect(of([end(gate('pass'), { level: 'warn' })])).toEqual(['completed', 'unverified', 3]));
  it('when all that passed was waived', () => expect(of([end(gate('waived'))])).toEqual(['completed', 'unverified', 3]));
  it('when nothing was verified after the change', () =>
    expect(of([end(gate('pass'))], { kind: 'completed' }, { verified: false })).toEqual(['completed', 'unverified', 3]));
  it('when only a part of it ran', () =>
    expect(of([end(gate('pass'))], { kind: 'completed' }, { partial: true })).toEqual(['partial', 'unverified', 3]));
  it('when a gate could not decide, was broken, or needs one that is red', () => {
    expect(of([end(gate('pass')), end(gate('inconclusive'))])).toEqual(['completed', 'inconclusive', 3]);
    expect(of([end(gate('pass')), end(gate('invalid'))])).toEqual(['completed', 'inconclusive', 3]);
    expect(of([end(gate('pass')), end(skipped('needs'))])).toEqual(['completed', 'inconclusive', 3]);
    expect(of([end(gate('pass')), end(gate('inconclusive'), { inconclusive: 'warn' })])).toEqual(['completed', 'proven', 0]);
  });
});

describe('the exit code', () => {
  it('of a red gate is 1, also beside one that could not decide', () =>
    expect(of([end(gate('fail')), end(gate('invalid'))])).toEqual(['completed', 'not-proven', 1]));
  it.each([
    ['blocked', 6],
    ['budget', 4],
    ['integrity', 5],
    ['environment', 3],
  ] as const)('of a run that ended %s is %i, and green gates do not make it proven', (kind, code) =>
    expect(of([end(gate('pass'))], { kind, reason: 'r' })).toEqual([kind, 'unverified', code]),
  );
  it('of an interrupted run is 130 whatever the gates say', () =>
    expect(of([end(gate('fail'))], { kind: 'interrupted' })).toEqual(['interrupted', 'not-proven', 130]));
  it('names a spent budget before a red gate', () =>
    expect(of([end(gate('fail'))], { kind: 'budget', reason: 'spent' })).toEqual(['budget', 'not-proven', 4]));
});

it('the reason says why there was no further attempt, unless everything is proven', () => {
  const reason = (result: StepResult) =>
    conclude({
      ending: { kind: 'completed', note: 'all 3 attempts are spent' },
      ends: [end(result)],
      partial: false,
      verified: true,
    }).reason;
  expect(reason(gate('fail'))).toBe('red: lint; all 3 attempts are spent');
  expect(reason(gate('pass'))).toBe('every blocking gate is green');
});
