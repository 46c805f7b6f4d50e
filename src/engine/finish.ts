// The end of a run: the best attempt delivered, what was proven said once, in the journal.

import { exitCodes } from '../model/exit.ts';
import { systemFault } from '../model/system-fault.ts';
import { isPluginError } from '../plugin-api.ts';
import type { Snapshot } from '../workspace/contract.ts';
import type { Filler } from './actor.ts';
import { type Conclusion, conclude, type Ending, standing } from './conclude.ts';
import type { RunContext } from './context.ts';
import { finalSteps } from './final-steps.ts';
import { Loop, type LoopEnd } from './loop.ts';

export interface PlayOptions {
  readonly context: RunContext;
  readonly fillers: ReadonlyMap<string, Filler>;
  /** What the loop starts from: base, or the candidate where no action makes one. */
  readonly initial: Snapshot;
  readonly delivered: boolean;
  readonly partial: boolean;
}

/** Plays the phases to their end, delivers, concludes, records. A bug is recorded too, and thrown on. */
export async function play(options: PlayOptions): Promise<Pick<Conclusion, 'status' | 'exitCode'>> {
  const { context, partial } = options;
  let judged: Pick<LoopEnd, 'ends' | 'verified'> = { ends: [], verified: false };
  const finish = async (ending: Ending, end: Pick<LoopEnd, 'ends' | 'verified'>): Promise<Conclusion> => {
    const conclusion = conclude({ ending, ends: end.ends, partial, verified: end.verified });
    await finalSteps(context, conclusion);
    await context.record({ type: 'run-finished', ...conclusion, durationMs: Math.round(context.clock.now()) });
    return conclusion;
  };
  await using loop = new Loop(options);
  try {
    const played = await loop.run();
    judged = played;
    const refused = unseen(context, played);
    const end = refused === undefined ? played : { ...played, ending: refused };
    // A resume goes on after a fault of the environment, and an approval after waiting; each delivers what it comes to.
    if (!options.delivered && refused === undefined && end.ending.kind !== 'environment' && end.ending.kind !== 'waiting')
      await deliver(context, end);
    return await finish(end.ending, end);
  } catch (error) {
    if (context.signal.aborted) return await finish({ kind: 'interrupted' }, judged);
    if (isPluginError(error)) {
      const reason = context.mask(`${error.code}: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`);
      return await finish({ kind: 'environment', reason }, judged);
    }
    const fault = systemFault(error);
    if (fault !== undefined) {
      // Where the disk is full the journal has no room for its end either; what stands in it is enough to resume.
      return await finish({ kind: 'environment', reason: `system/fault: ${fault}` }, { ends: [], verified: false }).catch(() => {
        throw error;
      });
    }
    await context.record({
      type: 'run-finished',
      status: 'internal',
      verdict: 'unverified',
      exitCode: exitCodes.internal,
      reason: context.mask(error instanceof Error ? error.message : String(error)),
      durationMs: Math.round(context.clock.now()),
    });
    throw error;
  }
}

/** Nothing is delivered past a person who was to approve it. */
function isApproved({ plan }: RunContext, { ends }: LoopEnd): boolean {
  return plan.phases
    .filter(({ kind }) => kind === 'approve')
    .every(({ id }) => ends.some((end) => end.phase.id === id && ['green', 'not-run'].includes(standing(end))));
}

/** An answer holds for the tree that was shown. What came after the last one waits for a person, whatever gates say of it. */
function unseen({ plan }: RunContext, { ending, ends, best }: LoopEnd): Ending | undefined {
  if (best === undefined || ending.kind !== 'completed') return undefined;
  const asked = plan.phases.flatMap(({ id, kind }) => (kind === 'approve' ? ends.filter((end) => end.phase.id === id) : []));
  const answer = asked.findLast(({ result }) => result.kind === 'gate');
  if (answer === undefined || answer.result.kind !== 'gate') return undefined;
  const { outputs } = answer.result;
  const tree = outputs !== null && typeof outputs === 'object' && 'tree' in outputs ? outputs.tree : undefined;
  if (tree === best.tree) return undefined;
  const reason = `what ${answer.phase.id} was asked about is not what is there at the end: nobody has approved the tree ${best.tree.slice(0, 12)}`;
  return { kind: 'blocked', reason };
}

/** Writes the best attempt to the user's repository, unless nothing changed, the playbook wants none, or nobody approved. */
async function deliver(context: RunContext, end: LoopEnd): Promise<void> {
  const { best } = end;
  if (!isApproved(context, end)) return;
  if (best === undefined || context.plan.deliver.to !== 'branch' || best.tree === context.workspace.base.tree) return;
  const { ref, commit } = await context.workspace.deliver(context.id, { commit: best.commit, tree: best.tree });
  await context.record({ type: 'delivered', ref, commit, attempt: best.attempt });
}
