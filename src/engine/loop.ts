// Context, action, verify, and back to action with the findings until everything is proven or something is spent (LANGUAGE rule 8).
import type { ApprovalQuestion } from '../model/approval.ts';
import type { PhasePlan } from '../model/plan.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import type { AttemptSummary, StepFailure } from '../model/step-result.ts';
import type { BriefItem } from '../plugin-api.ts';
import type { Snapshot } from '../workspace/contract.ts';
import { endingOf } from './action-ending.ts';
import type { Filler } from './actor.ts';
import { WaitsForPerson } from './approval.ts';
import { Attempts } from './attempts.ts';
import type { Ending, GateEnd } from './conclude.ts';
import type { Candidate, RunContext } from './context.ts';
import { asFailure } from './failure.ts';
import { are, isGood, isRed, verdictsOf } from './gate-ends.ts';
import { actionPhase, approvalPhase, contextPhase, type PhaseOptions, phaseRuns, skipPhase, verifyPhase } from './phase.ts';
import { playedPhases } from './played.ts';
import { keyOf } from './state.ts';

/** Where the loop ended. */
export interface LoopEnd {
  readonly ending: Ending;
  /** What the gates said of the candidate that counts. */
  readonly ends: readonly GateEnd[];
  readonly verified: boolean;
  /** The attempt to deliver, when there was an action. */
  readonly best: AttemptSummary | undefined;
}

interface Judged {
  readonly phase: PhasePlan;
  readonly ends: readonly GateEnd[];
}
type Next = 'next' | { readonly goTo: string } | Ending;

export class Loop {
  readonly #context: RunContext;
  readonly #fillers: ReadonlyMap<string, Filler>;
  readonly #attempts: Attempts;
  /** The tree that a verify phase judged last, by the phase's id. */
  readonly #about = new Map<string, string>();
  /** The tree that the gates of a phase saw when they last looked again, by attempt and phase. */
  readonly #lookedAgain = new Map<string, string>();
  #brief: readonly BriefItem[] = [];
  #candidate: Candidate | undefined;
  #snapshot: Snapshot;
  /** Did an action of this attempt end? */
  #acted = false;
  /** Did one of any attempt? */
  #everActed = false;
  /** Set when no action may follow: what is there is judged a last time, then the run ends so. */
  #afterJudging: Ending | undefined;

  /** `initial`: base when actions make the candidate, else the candidate itself. */
  constructor(options: {
    readonly context: RunContext;
    readonly fillers: ReadonlyMap<string, Filler>;
    readonly initial: Snapshot;
  }) {
    this.#context = options.context;
    this.#fillers = options.fillers;
    this.#snapshot = options.initial;
    this.#attempts = new Attempts(options.context, options.initial);
  }

  async run(): Promise<LoopEnd> {
    const { phases } = this.#context.plan;
    let index = 0;
    for (let phase = phases[index]; phase !== undefined; phase = phases[index]) {
      const outcome = await this.#phase(phase);
      if (outcome === 'next') index += 1;
      else if ('goTo' in outcome) index = phases.findIndex(({ id }) => id === outcome.goTo);
      else return await this.#end(outcome);
    }
    return this.#end(this.#afterJudging ?? { kind: 'completed' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#candidate?.folder[Symbol.asyncDispose]();
  }

  async #phase(phase: PhasePlan): Promise<Next> {
    const { mode, plan } = this.#context;
    if (!playedPhases(plan, mode).has(phase.id) || (phase.kind === 'action' && this.#afterJudging !== undefined)) return 'next';
    if (phase.kind === 'verify') return this.#judged({ phase, ends: await this.#verify(phase) });
    if (phase.kind === 'approve') return this.#approve(phase);
    const options = { context: this.#context, phase, attempt: phase.kind === 'context' ? 1 : this.#attempts.now.number };
    if (!phaseRuns(options)) {
      await skipPhase({ ...options, tree: this.#snapshot.tree });
      return 'next';
    }
    switch (phase.kind) {
      case 'context': {
        const { brief, failed } = await contextPhase(options);
        this.#brief = [...this.#brief, ...brief];
        return failed?.kind === 'failed'
          ? { kind: 'environment', reason: `${failed.failure.code}: ${failed.failure.message}` }
          : 'next';
      }
      case 'action':
        return this.#act(phase);
    }
  }

  /** A person sees what is delivered if nothing more is done: gates before the last action look again before they are asked. */
  async #approve(phase: PhasePlan): Promise<Next> {
    // Nothing was done: there is nothing to approve.
    if (!this.#everActed) return 'next';
    const options = { context: this.#context, phase, attempt: this.#attempts.now.number };
    const { tree } = this.#snapshot;
    const again = await this.#lookAgain({ phase, ends: [] });
    if (!isGood(again.ends)) return this.#judged(again);
    const gates = verdictsOf(this.#attempts.ends.filter((end) => end.phase !== phase));
    try {
      const ends = phaseRuns(options) ? await approvalPhase({ ...options, tree, gates }) : await skipPhase({ ...options, tree });
      this.#attempts.keep(phase, ends);
      return await this.#judged({ phase, ends });
    } catch (error) {
      if (error instanceof WaitsForPerson) return { kind: 'waiting', reason: waitingWords(error.question) };
      throw error;
    }
  }

  async #act(phase: PhasePlan): Promise<'next' | Ending> {
    const context = this.#context;
    const { number, from, feedback } = this.#attempts.now;
    const results = await actionPhase({
      context,
      phase,
      attempt: number,
      fillers: this.#fillers,
      from: this.#acted ? this.#snapshot : from,
      feedback,
      brief: this.#brief,
    });
    const last = results.at(-1);
    const parent = this.#acted ? this.#snapshot : from;
    const tree = results.findLast((result) => result.kind === 'action')?.tree ?? parent.tree;
    const stopped = last === undefined ? undefined : endingOf(last, phase);
    // Spent or going in circles: the work that is there is still judged, which is what the reserve of the budget is for.
    const judgeable = stopped?.kind === 'budget' || stopped?.kind === 'completed';
    if (stopped !== undefined && !(judgeable && tree !== from.tree)) return stopped;
    this.#afterJudging = stopped;
    // What gates said of base before anything was done does not count for the change.
    if (!this.#everActed) {
      this.#attempts.forget();
      this.#about.clear();
    }
    this.#everActed = true;
    this.#acted = true;
    this.#snapshot = await this.#snapshotOf(number, parent, tree);
    await this.#candidate?.folder[Symbol.asyncDispose]();
    this.#candidate = undefined;
    return 'next';
  }

  /** After a resume the work tree may hold anything; the journal says what the steps left. */
  async #snapshotOf(number: number, parent: Snapshot, tree: string): Promise<Snapshot> {
    const { workspace, progress } = this.#context;
    const known = progress.attempts.find(({ attempt }) => attempt === number);
    if (known !== undefined) return { commit: known.commit, tree: known.tree };
    await workspace.work(parent);
    await workspace.restoreWork({ commit: parent.commit, tree });
    return workspace.snapshotWork(`bexpert attempt ${number}`, parent.commit);
  }

  /** Judges what is there now, and keeps what the gates of the phase said of it in place of what they said before. */
  async #verify(phase: PhasePlan, again?: true): Promise<readonly GateEnd[]> {
    const options = {
      context: this.#context,
      phase,
      attempt: this.#attempts.now.number,
      ...(again === undefined ? {} : { again }),
    };
    const ends = phaseRuns(options) ? await this.#look(options) : await skipPhase({ ...options, tree: this.#snapshot.tree });
    this.#attempts.keep(phase, ends);
    this.#about.set(phase.id, this.#snapshot.tree);
    return ends;
  }

  #look(options: PhaseOptions): Promise<readonly GateEnd[]> {
    let made: Promise<Result<Candidate, StepFailure>> | undefined;
    const candidate = () => {
      made ??= this.#judgedTree().then(succeed, (error: unknown) => fail(asFailure(error)));
      return made;
    };
    return verifyPhase({ ...options, snapshot: this.#snapshot, candidate });
  }

  /**
   * A gate's verdict counts for the tree that it looked at. Verify phases before the last action of this attempt look again at what that
   * action left; the first that is not green decides.
   */
  async #lookAgain(last: Judged): Promise<Judged> {
    const { phases } = this.#context.plan;
    for (const phase of phases.slice(0, phases.indexOf(last.phase))) {
      const about = this.#about.get(phase.id);
      if (about === undefined || about === this.#snapshot.tree) continue;
      this.#forgetOthers(phase);
      const ends = await this.#verify(phase, true);
      if (!isGood(ends)) return { phase, ends };
    }
    return last;
  }

  /** Before a person is asked gates look again too; what they said then is about another tree where an action came after that. */
  #forgetOthers(phase: PhasePlan): void {
    const turn = { phase: phase.id, attempt: this.#attempts.now.number, again: true } as const;
    const before = this.#lookedAgain.get(`${turn.attempt}/${turn.phase}`);
    this.#lookedAgain.set(`${turn.attempt}/${turn.phase}`, this.#snapshot.tree);
    if (before === undefined || before === this.#snapshot.tree) return;
    for (const step of phase.steps) this.#context.progress.results.delete(keyOf({ ...turn, step: step.id }));
  }

  /** What follows from what the gates of a phase said. */
  async #judged({ phase, ends }: Judged): Promise<Next> {
    const context = this.#context;
    const later = context.plan.phases.slice(context.plan.phases.indexOf(phase) + 1);
    const good = isGood(ends);
    if (!this.#everActed) {
      const acts = context.mode === 'run' && later.some(({ kind }) => kind === 'action');
      return good || !acts ? 'next' : { kind: 'completed', note: 'no action was begun' };
    }
    if (good && later.some(({ kind }) => kind === 'verify' || kind === 'approve')) return 'next';
    const decisive = good ? await this.#lookAgain({ phase, ends }) : { phase, ends };
    const summary = await this.#attempts.finish(this.#snapshot);
    if (isGood(decisive.ends)) return 'next';
    if (!are(decisive.ends, 'red') || this.#afterJudging !== undefined) return this.#afterJudging ?? { kind: 'completed' };
    const retry = decisive.phase.onFailure ?? this.#afterRejection(decisive.phase);
    if (retry === undefined) return { kind: 'completed' };
    if (decisive.ends.filter(isRed).every(({ step }) => step.heldOut === true)) {
      return { kind: 'completed', note: 'no further attempt: what held-out gates find is not told to whoever acts' };
    }
    const enough = this.#attempts.enough(summary, retry.attempts);
    if (enough !== undefined) return enough;
    await this.#attempts.goOn(summary, retry.retryFrom);
    this.#snapshot = this.#attempts.now.from;
    this.#acted = false;
    return { goTo: retry.retryFrom };
  }

  /** A person may reject as often as they like; what the playbook allows to be spent ends that too. */
  #afterRejection(phase: PhasePlan): PhasePlan['onFailure'] {
    const { phases } = this.#context.plan;
    const action = phases.slice(0, phases.indexOf(phase)).findLast(({ kind }) => kind === 'action');
    if (phase.kind !== 'approve' || action === undefined) return undefined;
    return { retryFrom: action.id, attempts: Number.POSITIVE_INFINITY };
  }

  async #judgedTree(): Promise<Candidate> {
    if (this.#candidate !== undefined) return this.#candidate;
    const { workspace, plan, mode } = this.#context;
    const acts = mode === 'run' && plan.phases.some(({ kind }) => kind === 'action');
    // Gates run on what the strictest reading of the access rules leaves of the candidate: every action step's openings count.
    const open = plan.phases.flatMap(({ steps }) => steps.flatMap(({ access }) => access?.open ?? []));
    const access = workspace.access({ open }, plan.protect, acts ? 'closed' : 'as-inside');
    const folder = await workspace.gateTree(this.#snapshot, access);
    this.#candidate = { snapshot: { ...this.#snapshot, tree: folder.tree }, folder };
    return this.#candidate;
  }

  async #end(ending: Ending): Promise<LoopEnd> {
    const { best, ends } = this.#attempts.counting();
    return { ending, ends, verified: ends.length > 0 && (best !== undefined || !this.#everActed), best };
  }
}

const waitingWords = ({ run, tree }: ApprovalQuestion): string =>
  `the tree ${tree.slice(0, 12)} awaits an answer: \`bexpert approve ${run} --tree ${tree.slice(0, 12)}\`, or \`bexpert reject ${run} --tree ${tree.slice(0, 12)} --reason "..."\``;
