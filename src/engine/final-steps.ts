// `finally:`: what is done when the verdict is known, whatever it is. It is shown, and changes nothing of it.
import type { JournalEvent, StepRef } from '../model/event.ts';
import type { PhasePlan, StepPlan } from '../model/plan.ts';
import type { StepResult } from '../model/step-result.ts';
import { isPluginError } from '../plugin-api.ts';
import type { Conclusion } from './conclude.ts';
import type { FinalFacts, RunContext } from './context.ts';
import { runContextStep } from './context-step.ts';
import { asFailure } from './failure.ts';
import { maskedValue } from './masked.ts';
import { withRetries } from './retry.ts';
import { readRunJournal } from './run-journal.ts';
import { schedule } from './schedule.ts';
import { whyNot } from './when.ts';

/** How long all of them may take once a person has interrupted the run. */
const afterInterruptMs = 30_000;

/** Runs the steps one after the other; each to its end, whatever became of those before it. */
export async function finalSteps(outer: RunContext, conclusion: Conclusion): Promise<void> {
  const steps = outer.plan.finally ?? [];
  // A run that waits is not over: its steps come when it is.
  if (steps.length === 0 || conclusion.status === 'waiting') return;
  const interrupted = outer.signal.aborted;
  const context: RunContext = {
    ...outer,
    ...(interrupted ? { signal: new AbortController().signal } : {}),
    final: await factsOf(outer, conclusion),
  };
  const attempt = outer.progress.attempts.at(-1)?.attempt ?? 1;
  const phase: PhasePlan = { id: 'finally', kind: 'context', place: (steps[0] as StepPlan).place, steps };
  const started = context.clock.now();
  await context.record({ type: 'phase-started', phase: 'finally', kind: 'finally', attempt, steps: steps.map(({ id }) => id) });
  await schedule({
    steps,
    parallel: 1,
    run: async (step) => {
      const left = interrupted ? afterInterruptMs - (context.clock.now() - started) : step.timeoutMs;
      const limited = { ...step, timeoutMs: Math.max(1, Math.min(step.timeoutMs, left)) };
      await one({ context, phase, step: limited, ref: { phase: 'finally', step: step.id, attempt } });
    },
  });
  const durationMs = Math.round(context.clock.now() - started);
  await context.record({ type: 'phase-finished', phase: 'finally', attempt, durationMs });
}

async function one(options: {
  readonly context: RunContext;
  readonly phase: PhasePlan;
  readonly step: StepPlan;
  readonly ref: StepRef;
}): Promise<void> {
  const { context, ref } = options;
  const { tree } = context.workspace.base;
  const started = context.clock.now();
  await context.record({ type: 'step-started', ...ref, tree });
  const result = maskedValue(await resultOf({ ...options, tree }), context.mask);
  context.progress.results.set(`${ref.attempt}/${ref.phase}/${ref.step}`, result);
  await context.record({ type: 'step-finished', ...ref, result, durationMs: Math.round(context.clock.now() - started) });
}

async function resultOf(options: Parameters<typeof one>[0] & { readonly tree: string }): Promise<StepResult> {
  const { signal } = options.context;
  try {
    return (
      (await whyNot(options)) ??
      (await withRetries(
        options,
        () => runContextStep(options),
        (result) => (result.kind === 'failed' ? result.failure : undefined),
      ))
    );
  } catch (error) {
    if (signal.aborted) {
      return {
        kind: 'failed',
        failure: { code: 'finally/interrupted', message: 'The step was interrupted, and nobody waits for it.' },
      };
    }
    // Its condition has no value, say: a fault of this step, and none of the run.
    if (isPluginError(error)) return { kind: 'failed', failure: asFailure(error) };
    throw error;
  }
}

/** What `finally` knows of the run: its end, and the report as it stands now. */
async function factsOf(context: RunContext, conclusion: Conclusion): Promise<FinalFacts> {
  const { verdict, exitCode } = conclusion;
  const records = await readRunJournal(context.folders.run);
  const last = records.ok ? records.value.at(-1) : undefined;
  const event: JournalEvent = { type: 'run-finished', ...conclusion, durationMs: Math.round(context.clock.now()) };
  const { markdownReport } = await import('../report/markdown.ts');
  const report =
    records.ok && last !== undefined
      ? markdownReport([...records.value, { ...last, seq: last.seq + 1, event }], { cwd: context.workspace.repository.root })
      : undefined;
  return { verdict, exitCode, report: context.mask(report ?? '') };
}
