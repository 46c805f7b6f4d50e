// `retry:` of a step: what the environment broke is tried again. A verdict never is.
import type { StepRef } from '../model/event.ts';
import type { StepPlan } from '../model/plan.ts';
import type { StepFailure } from '../model/step-result.ts';
import type { RunContext } from './context.ts';

/** The same step would do the same again. */
const lasting = /^(?:step\/(?:touched-tree|inputs)|expression\/|plugin\/)/;

/** Runs `work` until it does not fail or all tries are used; each that failed is in the journal. */
export async function withRetries<T>(
  options: { readonly context: RunContext; readonly step: StepPlan; readonly ref: StepRef },
  work: () => Promise<T>,
  failureOf: (value: T) => StepFailure | undefined,
): Promise<T> {
  const { context, step, ref } = options;
  const retries = step.retry ?? 0;
  for (let used = 0; ; used += 1) {
    const value = await work();
    const failure = failureOf(value);
    if (failure === undefined || used >= retries || lasting.test(failure.code) || context.signal.aborted) return value;
    await context.record({ type: 'step-retried', ...ref, retry: used + 1, of: retries, failure });
  }
}
