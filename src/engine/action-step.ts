import path from 'node:path';
import { createTools } from '../host/tools/tools.ts';
import type { StepRef } from '../model/event.ts';
import type { PhasePlan, StepPlan } from '../model/plan.ts';
import type { StepResult } from '../model/step-result.ts';
import type { ActionResult, BriefItem, Commands, Finding, Json, Tools, Turn } from '../plugin-api.ts';
import type { Access, Snapshot, TreeFolder } from '../workspace/contract.ts';
import { violations } from '../workspace/violations.ts';
import { timeFor, timeOver } from './action-time.ts';
import type { Filler } from './actor.ts';
import { stepBudget } from './budget.ts';
import { runCommand } from './command.ts';
import type { RunContext } from './context.ts';
import { withinTime } from './deadline.ts';
import { asFailure } from './failure.ts';
import { keyOf, type StepTrace } from './state.ts';
import { runActionBody, type Setting } from './step-body.ts';
import { fromScope } from './step-view.ts';

export interface ActionOptions {
  readonly context: RunContext;
  readonly phase: PhasePlan;
  readonly step: StepPlan;
  readonly ref: StepRef;
  readonly filler: Filler | undefined;
  /** What the work tree holds when the step starts. */
  readonly from: Snapshot;
  readonly feedback: readonly Finding[];
  readonly brief: readonly BriefItem[];
}

/** One action step: it alone changes the work tree, inside its access rules, every change in the journal before it is relied on. */
export async function runAction(options: ActionOptions): Promise<StepResult> {
  const { context, step, ref, from } = options;
  const access = context.workspace.access(step.access, context.plan.protect);
  const trace = context.progress.traces.get(keyOf(ref));
  const over = timeOver(context, step);
  if (over !== undefined && trace?.tree === undefined) return { ...untouched(from), summary: over };

  let ofBudget = false;
  let began: number | undefined;
  let ended: ActionResult<Json>;
  let blocked: Tools['blocked'];
  try {
    const work = await context.workspace.work(from, access);
    await context.workspace.restoreWork(trace?.tree === undefined ? from : { commit: from.commit, tree: trace.tree });
    await using base = await (await context.workspace.baseTree()).copy();
    const time = timeFor(context, step);
    ofBudget = time.ofBudget;
    began = context.clock.now();
    const act = async (signal: AbortSignal): Promise<ActionResult<Json>> => {
      const setting: Setting = { context, step, ref, candidate: work, base, work, as: 'candidate', signal };
      if (context.standIn !== undefined) return context.standIn.action(setting);
      if (options.filler === undefined) return commandResult(setting);
      return runActionBody(setting, options.filler, async (commands) => {
        const turn = openTurn({ ...options, access, work, commands, signal });
        return {
          turn: turn.turn,
          async [Symbol.asyncDispose]() {
            blocked = turn.tools.blocked;
            await turn.tools[Symbol.asyncDispose]();
          },
        };
      });
    };
    // Asked again: the set-up of the tree may have taken what was left.
    const late = timeOver(context, step);
    ended =
      late === undefined
        ? await withinTime({ milliseconds: time.milliseconds, signal: context.signal }, act)
        : { outputs: {}, outcome: 'budget', summary: late };
  } catch (error) {
    context.signal.throwIfAborted();
    const failure = asFailure(error);
    if (!ofBudget || failure.code !== 'step/timed-out') return { kind: 'failed', failure };
    ended = { outputs: {}, outcome: 'budget', summary: 'The time that the budget leaves for actions ran out in this step.' };
  } finally {
    const { acted } = context.progress;
    if (began !== undefined) acted.set(step.id, (acted.get(step.id) ?? 0) + context.clock.now() - began);
  }

  const tree = await context.workspace.recordWork();
  const changed = (await context.workspace.changed(from.tree, tree)).map(({ path: file }) => file);
  const broken = await violations({ workspace: context.workspace, access, from: from.tree, to: tree });
  const review = changed.flatMap((file) => {
    const decision = access.decide(fromScope(file, context.workspace.repository.scope));
    return decision.class === 'review' ? [{ path: file, rule: decision.rule }] : [];
  });
  const result = { kind: 'action', outputs: ended.outputs, tree, changed, ...(review.length === 0 ? {} : { review }) } as const;
  if (broken.length > 0) {
    const list = broken.slice(0, 10).map(({ path: file, rule }) => `${file} (${rule})`);
    return { ...result, outcome: 'integrity', summary: `Protected content changed: ${list.join(', ')}` };
  }
  if (blocked !== undefined) return { ...result, outcome: 'blocked', summary: blocked.reason, blocked };
  return { ...result, outcome: ended.outcome, summary: ended.summary };
}

const untouched = (from: Snapshot) => ({ kind: 'action', outputs: {}, tree: from.tree, changed: [], outcome: 'budget' }) as const;

/** A `run:` step as an action: a code generator, say. */
async function commandResult(setting: Setting): Promise<ActionResult<Json>> {
  const result = await runCommand(setting);
  const ok = result.status === 'exited' && result.exitCode === 0;
  return {
    outputs: { stdout: result.stdout },
    outcome: ok ? 'ok' : 'infrastructure',
    summary: ok
      ? `${setting.step.name} ran`
      : `${setting.step.name} ended with ${result.exitCode ?? result.status}: ${result.stderr.trim().slice(-500)}`,
  };
}

function openTurn(
  options: ActionOptions & {
    readonly access: Access;
    readonly work: TreeFolder;
    readonly commands: Commands;
    readonly signal: AbortSignal;
  },
): { readonly turn: Turn; readonly tools: Tools & AsyncDisposable } {
  const { context, step, ref, access } = options;
  const { plan, progress, workspace } = context;
  const trace = progress.traces.get(keyOf(ref));
  // Numbers go on where the journal stopped, so that the records of a resumed step stay in order.
  let seen: StepTrace = trace ?? { calls: 0, tree: undefined, checkpoint: undefined, done: [], unknown: 0 };
  const remember = (more: Partial<StepTrace>): void => {
    seen = { ...seen, ...more };
    progress.traces.set(keyOf(ref), seen);
  };
  const tools = createTools({
    folder: options.work,
    scopeFolder: path.join(options.work.root, workspace.repository.scope),
    access,
    commands: options.commands,
    signal: options.signal,
    logFolder: path.join(context.folders.logs, `${ref.attempt}-${step.id}`),
    mask: (text) => context.mask(text),
    before: { calls: trace?.done ?? [], unknown: trace?.unknown ?? 0 },
    record: async (call) => {
      // What an interrupt cut short did not happen: a resume starts before it.
      options.signal.throwIfAborted();
      const tree =
        call.changed === undefined ? undefined : await workspace.recordWork(call.changed === 'all' ? undefined : call.changed);
      await context.record({
        type: 'tool-called',
        ...ref,
        index: seen.calls,
        name: call.name,
        input: call.input,
        result: call.result,
        isError: call.isError,
        ...(tree === undefined ? {} : { tree }),
      });
      const { calls, done, unknown } = seen;
      remember({ calls: calls + 1, tree: tree ?? seen.tree, done: [...done, call], unknown: unknown + 1 });
    },
  });
  const turn: Turn = {
    attempt: ref.attempt,
    feedback: options.feedback,
    brief: options.brief,
    tools,
    state: progress.checkpoints.get(`${ref.phase}/${ref.step}`),
    checkpoint: async (state) => {
      progress.checkpoints.set(`${ref.phase}/${ref.step}`, state);
      const tree = await workspace.recordWork();
      await context.record({ type: 'checkpoint', ...ref, state, tree });
      remember({ checkpoint: state, tree, unknown: 0 });
    },
    budget: stepBudget({
      run: plan.budget,
      step: step.budget,
      name: step.id,
      ledger: progress.ledger,
      record: (event) => context.record({ ...event, ...ref }),
    }),
    rules: access.describe(),
  };
  return { turn, tools };
}
