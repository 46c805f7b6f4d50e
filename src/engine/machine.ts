import path from 'node:path';
import { acquireMachineLock } from '../host/machine-lock.ts';
import type { StepRef } from '../model/event.ts';
import type { StepPlan } from '../model/plan.ts';
import type { StepResult } from '../model/step-result.ts';
import type { RunContext } from './context.ts';

/** How long a step waits for other runs on this machine before it gives up undecided. */
const patience = 15 * 60_000;

/** Runs a step while it holds its share of the machine: all of it for exclusive steps, so that nothing disturbs a measurement. */
export async function withMachine(
  options: { readonly context: RunContext; readonly step: StepPlan; readonly ref: StepRef },
  run: () => Promise<StepResult>,
): Promise<StepResult> {
  const { context, step, ref } = options;
  const lock = await acquireMachineLock({
    folder: path.join(context.folders.machine, 'lock'),
    mode: step.exclusive ? 'exclusive' : 'shared',
    waitMs: patience,
    signal: context.signal,
    onWait: () => context.emit({ type: 'progress', ...ref, fraction: 0, label: 'waits for the machine' }),
  });
  context.signal.throwIfAborted();
  if (!lock.ok) {
    const reason = `the machine was taken by other runs for ${patience / 60_000} minutes`;
    return {
      kind: 'gate',
      verdict: 'inconclusive',
      reason,
      outputs: {},
      examined: { unit: 'nothing', count: 0, min: 1 },
      findings: [],
      measurements: [],
      artifacts: [],
      evidence: 'examined',
    };
  }
  try {
    return await run();
  } finally {
    await lock.value[Symbol.asyncDispose]();
  }
}
