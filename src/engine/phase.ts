import { evaluateCondition } from '../expression/evaluate.ts';
import type { StepRef } from '../model/event.ts';
import type { PhasePlan, StepPlan } from '../model/plan.ts';
import type { Result } from '../model/result.ts';
import type { StepFailure, StepResult } from '../model/step-result.ts';
import type { Verdict } from '../model/verdict.ts';
import type { BriefItem, Finding } from '../plugin-api.ts';
import type { Snapshot } from '../workspace/contract.ts';
import { type ActionOptions, runAction } from './action-step.ts';
import type { Filler } from './actor.ts';
import { askPerson } from './approval.ts';
import type { GateEnd } from './conclude.ts';
import type { Candidate, RunContext } from './context.ts';
import { runContextStep } from './context-step.ts';
import { asFailure } from './failure.ts';
import { invalidGate, runGate, treeless, undecidedGate } from './gate-step.ts';
import { contextsOf } from './inputs.ts';
import { withMachine } from './machine.ts';
import { maskedValue } from './masked.ts';
import { withRetries } from './retry.ts';
import { schedule } from './schedule.ts';
import { keyOf } from './state.ts';
import { type GateBody, gateBody } from './step-body.ts';
import { falseWords, whyNot } from './when.ts';

type Skipped = Extract<StepResult, { readonly kind: 'skipped' }>;

/** One phase in one attempt. */
export interface PhaseOptions {
  readonly context: RunContext;
  readonly phase: PhasePlan;
  readonly attempt: number;
  /** The phase was judged before actions that changed the tree. */
  readonly again?: true;
}

/** What names a phase and its steps in this attempt. */
const turnOf = ({ phase, attempt, again }: PhaseOptions): Pick<StepRef, 'phase' | 'attempt' | 'again'> => ({
  phase: phase.id,
  attempt,
  ...(again === undefined ? {} : { again }),
});

/** Records the start and the end of a step, and does not run one again that the journal has. */
async function once(
  options: PhaseOptions & { readonly step: StepPlan; readonly tree: () => Promise<string>; readonly skipped?: Skipped },
  run: (ref: StepRef) => Promise<StepResult>,
): Promise<StepResult> {
  const { context, step } = options;
  const ref: StepRef = { ...turnOf(options), step: step.id };
  const known = context.progress.results.get(keyOf(ref));
  if (known !== undefined) return known;
  context.signal.throwIfAborted();
  const started = context.clock.now();
  const tree = await options.tree();
  await context.record({ type: 'step-started', ...ref, tree });
  const skipped = options.skipped ?? (await whyNot({ ...options, ref, tree }));
  // What one step says reaches others, and whoever acts: masked as the journal has it.
  const result = skipped ?? maskedValue(await run(ref), context.mask);
  context.signal.throwIfAborted();
  context.progress.results.set(keyOf(ref), result);
  await context.record({ type: 'step-finished', ...ref, result, durationMs: Math.round(context.clock.now() - started) });
  return result;
}

/** Records the start and the end of a phase, unless the journal has all of it already. */
async function framed<T>(options: PhaseOptions, run: () => Promise<T>): Promise<T> {
  const { context, phase } = options;
  if (phaseKnown(options)) return run();
  const started = context.clock.now();
  const turn = turnOf(options);
  await context.record({ type: 'phase-started', ...turn, kind: phase.kind, steps: phase.steps.map(({ id }) => id) });
  const value = await run();
  await context.record({ type: 'phase-finished', ...turn, durationMs: Math.round(context.clock.now() - started) });
  return value;
}

/** Has every step of this phase and attempt a result in the journal? */
function phaseKnown(options: PhaseOptions): boolean {
  const { context, phase } = options;
  return phase.steps.every(({ id }) => context.progress.results.has(keyOf({ ...turnOf(options), step: id })));
}

/** Does the phase's own `if` hold? */
export function phaseRuns({ context, phase, attempt }: PhaseOptions): boolean {
  return phase.if === undefined || evaluateCondition(phase.if, contextsOf(context, attempt));
}

/** Says of each step of a phase whose own `if` is false that it was not run. */
export async function skipPhase(options: PhaseOptions & { readonly tree: string }): Promise<readonly GateEnd[]> {
  const { phase } = options;
  return framed(options, async () => {
    const ends: GateEnd[] = [];
    const reason = falseWords(`the condition of the phase ${phase.id} is false`, phase);
    for (const step of phase.steps) {
      const tree = async () => options.tree;
      const skipped = { kind: 'skipped', because: 'phase', reason } as const;
      ends.push({ phase, step, result: await once({ ...options, step, tree, skipped }, async () => skipped) });
    }
    return ends;
  });
}

/** Runs the context steps and returns the first failure, if any. */
export async function contextPhase(
  options: PhaseOptions,
): Promise<{ readonly brief: readonly BriefItem[]; readonly failed: StepResult | undefined }> {
  const { context, phase } = options;
  const results = new Map<string, StepResult>();
  await framed(options, () =>
    schedule({
      steps: phase.steps,
      parallel: phase.parallel ?? context.cores,
      signal: context.signal,
      run: async (step) => {
        const result = await once({ ...options, step, tree: async () => context.workspace.base.tree }, (ref) =>
          orFailed(
            withMachine({ context, step, ref }, () =>
              withRetries({ context, step, ref }, () => runContextStep({ context, step, ref }), failureOf),
            ),
          ),
        );
        results.set(step.id, result);
      },
    }),
  );
  const ordered = phase.steps.map(({ id }) => results.get(id));
  return {
    brief: ordered.flatMap((result) => (result?.kind === 'context' ? result.brief : [])),
    failed: ordered.find((result) => result?.kind === 'failed'),
  };
}

/** Runs the action steps one after the other; the first that does not end well ends the phase. */
export async function actionPhase(
  options: PhaseOptions & {
    readonly fillers: ReadonlyMap<string, Filler>;
    readonly from: ActionOptions['from'];
    readonly feedback: readonly Finding[];
    readonly brief: readonly BriefItem[];
  },
): Promise<readonly StepResult[]> {
  const { context, phase } = options;
  return framed(options, async () => {
    const results: StepResult[] = [];
    let tree = options.from.tree;
    for (const step of phase.steps) {
      const from = { commit: options.from.commit, tree };
      const result = await once({ ...options, step, tree: async () => from.tree }, (ref) =>
        orFailed(
          withMachine({ context, step, ref }, () =>
            withRetries(
              { context, step, ref },
              () =>
                runAction({
                  context,
                  phase,
                  step,
                  ref,
                  filler: options.fillers.get(step.id),
                  from,
                  feedback: options.feedback,
                  brief: options.brief,
                }),
              failureOf,
            ),
          ),
        ),
      );
      results.push(result);
      if (result.kind === 'failed' || (result.kind === 'action' && result.outcome !== 'ok')) break;
      if (result.kind === 'action') tree = result.tree;
    }
    return results;
  });
}

/** Asks a person. Throws `WaitsForPerson` when nobody answers; a resume asks again. */
export async function approvalPhase(
  options: PhaseOptions & { readonly tree: string; readonly gates: Readonly<Record<string, Verdict>> },
): Promise<readonly GateEnd[]> {
  const { context, phase, tree, gates } = options;
  return framed(options, async () => {
    const ends: GateEnd[] = [];
    for (const step of phase.steps) {
      const result = await once({ ...options, step, tree: async () => tree }, (ref) => askPerson({ context, ref, tree, gates }));
      ends.push({ phase, step, result });
    }
    return ends;
  });
}

/** The tree that gates look at, made when the first of them asks; a failure is why it could not be made. */
export interface GateTree {
  readonly snapshot: Snapshot;
  readonly candidate: () => Promise<Result<Candidate, StepFailure>>;
}

/** Runs the gates of a phase, all of them to the end. */
export async function verifyPhase(options: PhaseOptions & GateTree): Promise<readonly GateEnd[]> {
  const { context, phase, candidate } = options;
  const ends = new Map<string, GateEnd>();
  await framed(options, () =>
    schedule({
      steps: phase.steps,
      parallel: phase.parallel ?? context.cores,
      signal: context.signal,
      run: async (step) => {
        const tree = async () => {
          const made = await candidate();
          return made.ok ? made.value.snapshot.tree : options.snapshot.tree;
        };
        const result = await once({ ...options, step, tree }, async (ref) =>
          decided({ context, phase, step, ref, candidate: await candidate() }),
        );
        ends.set(step.id, { phase, step, result });
      },
    }),
  );
  return phase.steps.flatMap(({ id }) => ends.get(id) ?? []);
}

/**
 * A gate that could not decide is asked once more about the same tree; noise and flakes never reach whoever fills the step. One that
 * cannot even be loaded, or whose tree cannot be made, examined nothing.
 */
async function decided(options: {
  readonly context: RunContext;
  readonly phase: PhasePlan;
  readonly step: StepPlan;
  readonly ref: StepRef;
  readonly candidate: Result<Candidate, StepFailure>;
}): Promise<StepResult> {
  const { context, step, candidate } = options;
  let body: GateBody;
  try {
    body = await gateBody(context, step);
  } catch (error) {
    return invalidGate(asFailure(error));
  }
  if (!candidate.ok) return treeless({ context, step, body, failure: candidate.error });
  const look = () => withMachine(options, () => runGate({ ...options, candidate: candidate.value, body }));
  const first = await look();
  const last = first.ok && first.value.verdict === 'inconclusive' ? await look() : first;
  return last.ok ? last.value : undecidedGate(last.error);
}

/** What the environment did to a step that does not judge. */
function failureOf(result: StepResult): StepFailure | undefined {
  if (result.kind === 'failed') return result.failure;
  if (result.kind !== 'action' || result.outcome !== 'infrastructure') return undefined;
  return { code: 'step/infrastructure', message: result.summary };
}

const orFailed = async (result: Promise<Result<StepResult, StepFailure>>): Promise<StepResult> => {
  const ended = await result;
  return ended.ok ? ended.value : { kind: 'failed', failure: ended.error };
};
