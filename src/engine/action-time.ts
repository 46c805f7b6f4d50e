// What `budget: time` leaves for actions. The run's is a limit on how long a person waits: everything from its start counts.
import type { StepPlan } from '../model/plan.ts';
import { formatDuration } from '../report/quantity.ts';
import type { RunContext } from './context.ts';

/** What the run's budget leaves before its reserve for the last verification, and what the step's own leaves after its earlier turns. */
function timeLeft(context: RunContext, step: StepPlan): { readonly run: number; readonly step: number } {
  const { timeMs, reserve } = context.plan.budget;
  const own = step.budget?.timeMs;
  return {
    run: timeMs === undefined ? Number.POSITIVE_INFINITY : timeMs * (1 - reserve) - context.clock.now(),
    step: own === undefined ? Number.POSITIVE_INFINITY : own - (context.progress.acted.get(step.id) ?? 0),
  };
}

/** Why no time is left to act, if none is. */
export function timeOver(context: RunContext, step: StepPlan): string | undefined {
  const left = timeLeft(context, step);
  const { timeMs = 0, reserve } = context.plan.budget;
  if (left.run <= 0) {
    const kept = reserve === 0 ? '' : `, of which ${Math.round(reserve * 100)} % are kept for the last verification`;
    return `The time for actions is over: the run has lasted ${formatDuration(context.clock.now())}, its budget is ${formatDuration(timeMs)}${kept}.`;
  }
  if (left.step > 0) return undefined;
  return `The time of the step ${step.id} is over: it has acted for ${formatDuration(context.progress.acted.get(step.id) ?? 0)}, its budget is ${formatDuration(step.budget?.timeMs ?? 0)}.`;
}

/** The step's own time-out, or what the budgets leave. */
export function timeFor(context: RunContext, step: StepPlan): { readonly milliseconds: number; readonly ofBudget: boolean } {
  const { run, step: own } = timeLeft(context, step);
  const left = Math.min(run, own);
  return left < step.timeoutMs ? { milliseconds: left, ofBudget: true } : { milliseconds: step.timeoutMs, ofBudget: false };
}
