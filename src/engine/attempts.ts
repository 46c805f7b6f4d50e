import type { PhasePlan } from '../model/plan.ts';
import type { AttemptSummary } from '../model/step-result.ts';
import type { Finding } from '../plugin-api.ts';
import { count, formatDuration } from '../report/quantity.ts';
import type { Snapshot } from '../workspace/contract.ts';
import { bestAttempt, countingAttempt, regressions } from './best.ts';
import type { Ending, GateEnd } from './conclude.ts';
import type { RunContext } from './context.ts';
import { counting } from './gate-ends.ts';

interface Attempt {
  readonly number: number;
  readonly from: Snapshot;
  readonly feedback: readonly Finding[];
}

/** Why another attempt would be the same again. */
type Standstill = 'nothing changed' | 'the same findings on the same tree';

/** The attempts of a run: what the gates said in each, whether there is another one, and where it begins. */
export class Attempts {
  readonly #context: RunContext;
  readonly #ends = new Map<number, readonly GateEnd[]>();
  #now: Attempt;

  constructor(context: RunContext, initial: Snapshot) {
    this.#context = context;
    this.#now = { number: 1, from: initial, feedback: [] };
  }

  /** The attempt that goes on. */
  get now(): Attempt {
    return this.#now;
  }

  /** What its gates said. */
  get ends(): readonly GateEnd[] {
    return this.#ends.get(this.#now.number) ?? [];
  }

  /** Keeps what the gates of a phase said in place of what they said before. */
  keep(phase: PhasePlan, ends: readonly GateEnd[]): void {
    const others = this.ends.filter((end) => end.phase !== phase);
    this.#ends.set(this.#now.number, [...others, ...ends]);
  }

  forget(): void {
    this.#ends.delete(this.#now.number);
  }

  async finish(snapshot: Snapshot): Promise<AttemptSummary> {
    const { number } = this.#now;
    const known = this.#context.progress.attempts.find(({ attempt }) => attempt === number);
    if (known !== undefined) return known;
    const gates = Object.fromEntries(
      this.ends.map(({ step, result }) => [
        step.id,
        {
          verdict: result.kind === 'gate' ? result.verdict : ('skipped' as const),
          errors: counting(result).length,
          blocking: step.level === 'block',
        },
      ]),
    );
    const summary: AttemptSummary = { attempt: number, commit: snapshot.commit, tree: snapshot.tree, gates };
    this.#context.progress.attempts.push(summary);
    await this.#context.record({ type: 'attempt-finished', ...summary });
    return summary;
  }

  /** Why there is no further attempt of at most so many, or undefined. */
  enough(last: AttemptSummary, attempts: number): Ending | undefined {
    if (this.#now.number >= attempts) return { kind: 'completed', note: `all ${attempts} attempts are spent` };
    const spent = this.#timeSpent();
    if (spent !== undefined) return { kind: 'budget', reason: spent };
    const standstill = this.#standstill(last);
    return standstill === undefined ? undefined : { kind: 'completed', note: `no further attempt: ${standstill}` };
  }

  /** The next attempt goes on from the last, unless that turned a green gate red: then from the best, with what both have to mend. */
  async goOn(last: AttemptSummary, from: string): Promise<void> {
    const context = this.#context;
    // After a resume the journal knows later attempts too.
    const best = bestAttempt(context.progress.attempts.filter(({ attempt }) => attempt <= last.attempt)) ?? last;
    const back = best.attempt !== last.attempt && regressions(best, last).length > 0;
    const base = back ? best : last;
    const of = (attempt: number): readonly Finding[] =>
      (this.#ends.get(attempt) ?? []).flatMap(({ step, result }) => (step.heldOut === true ? [] : counting(result)));
    const feedback = back ? [...of(best.attempt), ...of(last.attempt)] : of(last.attempt);
    const number = last.attempt + 1;
    this.#now = { number, from: { commit: base.commit, tree: base.tree }, feedback };
    // Phases before it are not played again; what their gates said still stands.
    const { phases } = context.plan;
    const first = phases.findIndex(({ id }) => id === from);
    const carried = (this.#ends.get(last.attempt) ?? []).filter(({ phase }) => phases.indexOf(phase) < first);
    this.#ends.set(number, carried);
    const because = back
      ? `attempt ${last.attempt} turned ${regressions(best, last).join(', ')} red; going on from attempt ${best.attempt}`
      : `${count(feedback.length, 'finding')} to mend`;
    if (context.progress.retries.has(number)) return;
    context.progress.retries.add(number);
    await context.record({ type: 'retrying', from, attempt: number, continues: base.attempt, because });
  }

  /** The attempt that is delivered, and what the gates said of it. */
  counting(): { readonly best: AttemptSummary | undefined; readonly ends: readonly GateEnd[] } {
    const best = countingAttempt(this.#context.progress.attempts);
    return { best, ends: this.#ends.get(best?.attempt ?? this.#now.number) ?? [] };
  }

  #standstill(last: AttemptSummary): Standstill | undefined {
    const before = this.#context.progress.attempts.filter(({ attempt }) => attempt < last.attempt);
    if (last.tree === this.#now.from.tree) return 'nothing changed';
    return before.some(({ tree }) => tree === last.tree) ? 'the same findings on the same tree' : undefined;
  }

  #timeSpent(): string | undefined {
    const { timeMs, reserve } = this.#context.plan.budget;
    const now = this.#context.clock.now();
    if (timeMs === undefined || now <= timeMs * (1 - reserve)) return undefined;
    return `no time is left for another attempt: the run has lasted ${formatDuration(now)} of ${formatDuration(timeMs)}`;
  }
}
