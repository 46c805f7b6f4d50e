import type { StepPlan } from '../model/plan.ts';

/**
 * Runs the steps of a context or verify phase side by side: each when all that it needs of this phase has ended, at most `parallel`
 * at once, those that want the machine for themselves after the others that are ready. Resolves when every step has ended.
 */
export async function schedule(options: {
  readonly steps: readonly StepPlan[];
  readonly parallel: number;
  /** When it aborts, what still runs is waited for, so that nothing goes on behind the back of whoever asked. */
  readonly signal?: AbortSignal;
  readonly run: (step: StepPlan) => Promise<void>;
}): Promise<void> {
  const waiting = new Set(options.steps);
  const ids = new Set(options.steps.map(({ id }) => id));
  const ended = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const ready = (step: StepPlan): boolean => step.needs.every((need) => !ids.has(need) || ended.has(need));

  while (waiting.size > 0 || running.size > 0) {
    const next = [...waiting].filter(ready).sort((a, b) => Number(a.exclusive) - Number(b.exclusive));
    for (const step of next.slice(0, Math.max(0, options.parallel - running.size))) {
      waiting.delete(step);
      running.set(
        step.id,
        options.run(step).finally(() => {
          running.delete(step.id);
          ended.add(step.id);
        }),
      );
    }
    if (running.size === 0)
      throw new Error(`no step can start: ${[...waiting].map(({ id }) => id).join(', ')} wait for each other`);
    try {
      await Promise.race(running.values());
    } catch (error) {
      if (options.signal?.aborted === true) await Promise.allSettled(running.values());
      throw error;
    }
  }
}
