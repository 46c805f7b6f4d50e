// How long actions have acted: what `budget: time` of a step is a share of.
import type { JournalRecord } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';

/**
 * Milliseconds by id of the action step, over all attempts and resumes. A turn begins when its tree is ready and lasts to its end, or to
 * the last record before its process was ended. Actions run one after the other, so that no record between belongs to another step.
 */
export function actedMs(records: readonly JournalRecord[], plan: Plan): Map<string, number> {
  const actions = new Set(plan.phases.flatMap(({ kind, steps }) => (kind === 'action' ? steps.map(({ id }) => id) : [])));
  const total = new Map<string, number>();
  let open: { readonly step: string; readonly from: number } | undefined;
  let last = 0;
  const close = (at: number) => {
    if (open !== undefined) total.set(open.step, (total.get(open.step) ?? 0) + Math.max(0, at - open.from));
    open = undefined;
  };
  for (const { time, event } of records) {
    const at = Date.parse(time);
    if (event.type === 'run-resumed') close(last);
    else if (event.type === 'step-started' && actions.has(event.step)) open = { step: event.step, from: at };
    else if (event.type === 'tree-ready' && open !== undefined) open = { step: open.step, from: at };
    else if (event.type === 'step-finished' && event.step === open?.step) close(at);
    last = at;
  }
  close(last);
  return total;
}
