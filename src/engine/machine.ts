import path from 'node:path';
import { acquireMachineLock } from '../host/machine-lock.ts';
import type { StepRef } from '../model/event.ts';
import type { Plan, StepPlan } from '../model/plan.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import type { StepFailure } from '../model/step-result.ts';
import type { RunContext } from './context.ts';
import { startsCommands } from './integrity.ts';

/** Steps of a plugin that says so, when they start no commands. */
function disturbsNobody(plan: Plan, step: StepPlan): boolean {
  if (step.exclusive || step.body.kind !== 'plugin' || startsCommands(plan, step)) return false;
  return plan.plugins[step.body.plugin]?.manifest.cost === 'cheap';
}

/** How long a step waits for other runs on this machine before it gives up. */
const patienceMs = 15 * 60_000;

/** Runs a step while it holds its share of the machine: all of it for exclusive steps, so that nothing disturbs a measurement. */
export async function withMachine<T>(
  options: { readonly context: RunContext; readonly step: StepPlan; readonly ref: StepRef; readonly waitMs?: number },
  run: () => Promise<T>,
): Promise<Result<T, StepFailure>> {
  const { context, step, ref, waitMs = patienceMs } = options;
  if (context.standIn !== undefined || disturbsNobody(context.plan, step)) return succeed(await run());
  const lock = await acquireMachineLock({
    folder: path.join(context.folders.machine, 'lock'),
    mode: step.exclusive ? 'exclusive' : 'shared',
    waitMs,
    signal: context.signal,
    onWait: () => context.emit({ type: 'progress', ...ref, fraction: 0, label: 'waits for the machine' }),
  });
  context.signal.throwIfAborted();
  if (!lock.ok) {
    return fail({
      code: 'machine/busy',
      message: `The machine was taken by other runs for ${Math.round(waitMs / 1000)} s (processes ${lock.error.holders.join(', ')}).`,
      hint: 'A step that measures has the machine for itself. Wait for the other runs, or end them, and try again.',
    });
  }
  try {
    return succeed(await run());
  } finally {
    await lock.value[Symbol.asyncDispose]();
  }
}
