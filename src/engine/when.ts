import picomatch from 'picomatch';
import { evaluateCondition } from '../expression/evaluate.ts';
import type { StepRef } from '../model/event.ts';
import type { PhasePlan, StepPlan } from '../model/plan.ts';
import type { StepResult } from '../model/step-result.ts';
import type { RunContext } from './context.ts';
import { contextsOf } from './inputs.ts';
import { playedPhases } from './played.ts';
import { fromScope } from './step-view.ts';

const green = (result: StepResult | undefined): boolean => {
  if (result === undefined) return false;
  switch (result.kind) {
    case 'context':
      return true;
    case 'action':
      return result.outcome === 'ok';
    case 'gate':
      return result.verdict === 'pass' || result.verdict === 'waived';
    case 'skipped':
      return result.because !== 'needs';
    case 'failed':
      return false;
  }
};

/** `what`: which condition is false. */
export const falseWords = (what: string, { if: condition, ifOfCandidate }: Pick<StepPlan, 'if' | 'ifOfCandidate'>): string =>
  `${what}: ${condition?.text}${ifOfCandidate === true ? " (the candidate's own code decided it, which proves nothing)" : ''}`;

/** Why a step is skipped, if it is: its `needs`, its `if`, its `when-changed`, in this order. */
export async function whyNot(options: {
  readonly context: RunContext;
  readonly phase: PhasePlan;
  readonly step: StepPlan;
  readonly ref: StepRef;
  readonly tree: string;
}): Promise<Extract<StepResult, { readonly kind: 'skipped' }> | undefined> {
  const { context, step, ref, tree } = options;
  const { plan, mode } = context;
  const resultOf = (id: string): StepResult | undefined => {
    const keys = [...context.progress.results].filter(([key]) => key.split('/')[2] === id);
    return keys.at(-1)?.[1];
  };
  // Where no action is played, the candidate is what its steps would have left.
  const played = playedPhases(plan, mode);
  const wanted = step.requires.filter((id) =>
    plan.phases.some((phase) => played.has(phase.id) && phase.steps.some((other) => other.id === id)),
  );
  const missing = wanted.filter((id) => !green(resultOf(id)));
  if (missing.length > 0)
    return { kind: 'skipped', because: 'needs', reason: `needs ${missing.join(', ')}, which did not end green` };
  if (step.if !== undefined && !evaluateCondition(step.if, contextsOf(context, ref.attempt))) {
    return { kind: 'skipped', because: 'if', reason: falseWords('its condition is false', step) };
  }
  if (step.whenChanged !== undefined) {
    const matches = picomatch([...step.whenChanged], { dot: true });
    const { base, repository } = context.workspace;
    const changed = await context.workspace.changed(base.tree, tree);
    if (!changed.some(({ path }) => matches(fromScope(path, repository.scope)))) {
      return { kind: 'skipped', because: 'when-changed', reason: `nothing changed below ${step.whenChanged.join(', ')}` };
    }
  }
  return undefined;
}
