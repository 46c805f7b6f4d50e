import type { JudgedFinding, StepResult } from '../model/step-result.ts';
import type { Verdict } from '../model/verdict.ts';
import { type GateEnd, standing } from './conclude.ts';

/** Do blocking gates stand so? */
export const are = (ends: readonly GateEnd[], what: 'red' | 'undecided'): boolean =>
  ends.some((end) => end.step.level === 'block' && standing(end) === what);
export const isRed = (end: GateEnd): boolean => are([end], 'red');
export const isGood = (ends: readonly GateEnd[]): boolean => !are(ends, 'red') && !are(ends, 'undecided');

export const verdictsOf = (ends: readonly GateEnd[]): Readonly<Record<string, Verdict>> =>
  Object.fromEntries(ends.map(({ step, result }) => [step.id, result.kind === 'gate' ? result.verdict : 'skipped']));

/** Errors that count, of a gate that is red. */
export const counting = (result: StepResult): readonly JudgedFinding[] =>
  result.kind === 'gate' && result.verdict === 'fail'
    ? result.findings.filter(({ severity, standing: as }) => severity === 'error' && as === 'counts')
    : [];
