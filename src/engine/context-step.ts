import type { StepRef } from '../model/event.ts';
import type { StepPlan } from '../model/plan.ts';
import type { StepResult } from '../model/step-result.ts';
import type { RunContext } from './context.ts';
import { withinTime } from './deadline.ts';
import { asFailure } from './failure.ts';
import { looking, startsCommands } from './integrity.ts';
import { runContextBody } from './step-body.ts';

/** One context step: it looks at base and leaves it as it is. */
export async function runContextStep(options: {
  readonly context: RunContext;
  readonly step: StepPlan;
  readonly ref: StepRef;
}): Promise<StepResult> {
  const { context, step } = options;
  try {
    const base = await context.workspace.baseTree();
    const { value, touched } = await looking({ tree: base, own: startsCommands(context.plan, step) }, (tree) =>
      withinTime({ milliseconds: step.timeoutMs, signal: context.signal }, (signal) =>
        runContextBody({ ...options, candidate: tree, base: tree, as: 'base', signal }),
      ),
    );
    if (touched.length === 0) return { kind: 'context', ...value };
    return {
      kind: 'failed',
      failure: {
        code: 'step/touched-tree',
        message: `Only action steps change the tree; step ${step.id} touched ${touched.slice(0, 10).join(', ')}.`,
        hint: 'Make it an action step, or let it write outside the tree.',
      },
    };
  } catch (error) {
    context.signal.throwIfAborted();
    return { kind: 'failed', failure: asFailure(error) };
  }
}
