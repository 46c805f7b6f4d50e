// Context, action, verify, and back to action with the findings until everything is proven or something is spent (LANGUAGE rule 8).
import type { PhasePlan } from '../model/plan.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import type { AttemptSummary, JudgedFinding, StepFailure, StepResult } from '../model/step-result.ts';
import type { BriefItem, Finding } from '../plugin-api.ts';
import type { Snapshot } from '../workspace/contract.ts';
import type { Filler } from './actor.ts';
import { bestAttempt, regressions } from './best.ts';
import type { Ending, GateEnd } from './conclude.ts';
import type { Candidate, RunContext } from './context.ts';
import { asFailure } from './failure.ts';
import { actionPhase, contextPhase, phaseRuns, verifyPhase } from './phase.ts';

/** Where the loop ended. */
export interface LoopEnd {
  readonly ending: Ending;
  /** What the gates said of the candidate that counts. */
  readonly ends: readonly GateEnd[];
  readonly verified: boolean;
  /** The attempt to deliver, when there was an action. */
  readonly best: AttemptSummary | undefined;
}

/** Why another attempt would be the same again. */
type Standstill = 'nothing changed' | 'the same findings on the same tree';

interface Attempt {
  readonly number: number;
  readonly from: Snapshot;
  readonly feedback: readonly Finding[];
}

export class Loop {
  readonly #context: RunContext;
  readonly #fillers: ReadonlyMap<string, Filler>;
  /** Gate ends by attempt. */
  readonly #ends = new Map<number, GateEnd[]>();
  #brief: readonly BriefItem[] = [];
  #candidate: Candidate | undefined;
  #attempt: Attempt;
  #snapshot: Snapshot;
  #acted = false;

  /** `initial`: base when actions make the candidate, else the candidate itself. */
  constructor(options: {
    readonly context: RunContext;
    readonly fillers: ReadonlyMap<string, Filler>;
    readonly initial: Snapshot;
  }) {
    this.#context = options.context;
    this.#fillers = options.fillers;
    this.#snapshot = options.initial;
    this.#attempt = { number: 1, from: options.initial, feedback: [] };
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
    return this.#end({ kind: 'completed' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#candidate?.folder[Symbol.asyncDispose]();
  }

  async #phase(phase: PhasePlan): Promise<'next' | { readonly goTo: string } | Ending> {
    const options = { context: this.#context, phase, attempt: this.#attempt.number };
    if (!phaseRuns(options)) return 'next';
    switch (phase.kind) {
      case 'context': {
        if (this.#context.mode === 'verify' && !this.#referenced(phase)) return 'next';
        const { brief, failed } = await contextPhase({ ...options, attempt: 1 });
        this.#brief = [...this.#brief, ...brief];
        return failed?.kind === 'failed'
          ? { kind: 'environment', reason: `${failed.failure.code}: ${failed.failure.message}` }
          : 'next';
      }
      case 'action':
        return this.#context.mode === 'verify' ? 'next' : this.#act(phase);
      case 'verify':
        return this.#verify(phase);
      case 'approve':
        return { kind: 'blocked', reason: `the phase ${phase.id} waits for a person` };
    }
  }

  /** Without an action, a context phase matters only to steps that need its outputs. */
  #referenced(phase: PhasePlan): boolean {
    const ids = new Set(phase.steps.map(({ id }) => id));
    return this.#context.plan.phases.some(
      ({ kind, steps }) => kind === 'verify' && steps.some(({ needs }) => needs.some((id) => ids.has(id))),
    );
  }

  async #act(phase: PhasePlan): Promise<'next' | Ending> {
    const context = this.#context;
    const { number, from, feedback } = this.#attempt;
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
    const stopped = last === undefined ? undefined : endingOf(last, phase);
    if (stopped !== undefined) return stopped;
    const parent = this.#acted ? this.#snapshot : from;
    this.#acted = true;
    this.#snapshot = await this.#snapshotOf(number, parent, last);
    await this.#candidate?.folder[Symbol.asyncDispose]();
    this.#candidate = undefined;
    return 'next';
  }

  /** After a resume the work tree may hold anything; the journal says what the steps left. */
  async #snapshotOf(number: number, parent: Snapshot, last: StepResult | undefined): Promise<Snapshot> {
    const { workspace, progress } = this.#context;
    const known = progress.attempts.find(({ attempt }) => attempt === number);
    if (known !== undefined) return { commit: known.commit, tree: known.tree };
    await workspace.work(parent);
    if (last?.kind === 'action') await workspace.restoreWork({ commit: parent.commit, tree: last.tree });
    return workspace.snapshotWork(`bexpert attempt ${number}`, parent.commit);
  }

  async #verify(phase: PhasePlan): Promise<'next' | { readonly goTo: string } | Ending> {
    const context = this.#context;
    const { number } = this.#attempt;
    let judged: Promise<Result<Candidate, StepFailure>> | undefined;
    const candidate = () => {
      judged ??= this.#judgedTree().then(succeed, (error: unknown) => fail(asFailure(error)));
      return judged;
    };
    const ends = await verifyPhase({ context, phase, attempt: number, snapshot: this.#snapshot, candidate });
    this.#ends.set(number, [...(this.#ends.get(number) ?? []), ...ends]);
    const red = ends.filter(({ step, result }) => step.level === 'block' && result.kind === 'gate' && result.verdict === 'fail');
    const later = context.plan.phases.slice(context.plan.phases.indexOf(phase) + 1).some(({ kind }) => kind === 'verify');
    if (!this.#acted) return 'next';
    if (red.length === 0 && later && !undecided(ends)) return 'next';
    const summary = await this.#finishAttempt();
    if (red.length === 0) return 'next';
    const retry = phase.onFailure;
    if (retry === undefined || number >= retry.attempts) return { kind: 'completed' };
    if (this.#budgetSpent()) return { kind: 'budget', reason: 'the time that the budget leaves for another attempt is over' };
    const standstill = this.#standstill(summary);
    if (standstill !== undefined) {
      context.emit({ type: 'notice', level: 'warn', message: `No further attempt: ${standstill}.` });
      return { kind: 'completed' };
    }
    await this.#continue(summary, retry.retryFrom);
    return { goTo: retry.retryFrom };
  }

  async #judgedTree(): Promise<Candidate> {
    if (this.#candidate !== undefined) return this.#candidate;
    const { workspace, plan } = this.#context;
    // Gates run on what the strictest reading of the access rules leaves of the candidate: every action step's openings count.
    const open = plan.phases.flatMap(({ steps }) => steps.flatMap(({ access }) => access?.open ?? []));
    const access = workspace.access({ open }, plan.protect);
    const folder = await workspace.gateTree(this.#snapshot, access);
    this.#candidate = { snapshot: { ...this.#snapshot, tree: folder.tree }, folder };
    return this.#candidate;
  }

  async #finishAttempt(): Promise<AttemptSummary> {
    const { number } = this.#attempt;
    const known = this.#context.progress.attempts.find(({ attempt }) => attempt === number);
    if (known !== undefined) return known;
    const gates = Object.fromEntries(
      (this.#ends.get(number) ?? []).map(({ step, result }) => [
        step.id,
        {
          verdict: result.kind === 'gate' ? result.verdict : ('skipped' as const),
          errors: counting(result).length,
          blocking: step.level === 'block',
        },
      ]),
    );
    const summary: AttemptSummary = { attempt: number, commit: this.#snapshot.commit, tree: this.#snapshot.tree, gates };
    this.#context.progress.attempts.push(summary);
    await this.#context.record({ type: 'attempt-finished', ...summary });
    return summary;
  }

  /** The next attempt goes on from the last, unless that turned a green gate red: then from the best, with what both have to mend. */
  async #continue(last: AttemptSummary, from: string): Promise<void> {
    const context = this.#context;
    const best = bestAttempt(context.progress.attempts) ?? last;
    const back = best.attempt !== last.attempt && regressions(best, last).length > 0;
    const base = back ? best : last;
    const of = (attempt: number): readonly Finding[] => (this.#ends.get(attempt) ?? []).flatMap(({ result }) => counting(result));
    const feedback = back ? [...of(best.attempt), ...of(last.attempt)] : of(last.attempt);
    const number = last.attempt + 1;
    this.#attempt = { number, from: { commit: base.commit, tree: base.tree }, feedback };
    this.#snapshot = this.#attempt.from;
    this.#acted = false;
    const because = back
      ? `attempt ${last.attempt} turned ${regressions(best, last).join(', ')} red; going on from attempt ${best.attempt}`
      : `${feedback.length} finding(s) to mend`;
    if (context.progress.retries.has(number)) return;
    context.progress.retries.add(number);
    await context.record({ type: 'retrying', from, attempt: number, continues: base.attempt, because });
  }

  #standstill(last: AttemptSummary): Standstill | undefined {
    const before = this.#context.progress.attempts.filter(({ attempt }) => attempt < last.attempt);
    if (last.tree === this.#attempt.from.tree) return 'nothing changed';
    return before.some(({ tree }) => tree === last.tree) ? 'the same findings on the same tree' : undefined;
  }

  #budgetSpent(): boolean {
    const { timeMs, reserve } = this.#context.plan.budget;
    return timeMs !== undefined && this.#context.clock.now() > timeMs * (1 - reserve);
  }

  async #end(ending: Ending): Promise<LoopEnd> {
    const { attempts } = this.#context.progress;
    const best = bestAttempt(attempts);
    const counted = best?.attempt ?? this.#attempt.number;
    const ends = this.#ends.get(counted) ?? [];
    return { ending, ends, verified: ends.length > 0 && (best !== undefined || !this.#acted), best };
  }
}

const counting = (result: StepResult): readonly JudgedFinding[] =>
  result.kind === 'gate' && result.verdict === 'fail'
    ? result.findings.filter(({ severity, standing }) => severity === 'error' && standing === 'counts')
    : [];

const undecided = (ends: readonly GateEnd[]): boolean =>
  ends.some(
    ({ step, result }) =>
      step.level === 'block' && result.kind === 'gate' && (result.verdict === 'invalid' || result.verdict === 'inconclusive'),
  );

/** How an action step's result ends the run, if it does. */
function endingOf(result: StepResult, phase: PhasePlan): Ending | undefined {
  if (result.kind === 'failed') return { kind: 'environment', reason: `${result.failure.code}: ${result.failure.message}` };
  if (result.kind !== 'action') return undefined;
  switch (result.outcome) {
    case 'ok':
      return undefined;
    case 'blocked':
      return { kind: 'blocked', reason: result.summary };
    case 'budget':
      return { kind: 'budget', reason: result.summary };
    case 'integrity':
      return { kind: 'integrity', reason: result.summary };
    case 'looping':
      return { kind: 'completed' };
    case 'refused':
    case 'truncated':
    case 'infrastructure':
      return { kind: 'environment', reason: `${phase.id} ended ${result.outcome}: ${result.summary}` };
  }
}
