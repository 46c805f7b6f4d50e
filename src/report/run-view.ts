// What a run looks like to people: a fold over its events, used by the screen and by reports alike.
import type { JournalEvent, StepRef } from '../model/event.ts';
import type { PhaseKind, Plan, StepPlan } from '../model/plan.ts';
import type { AttemptSummary, StepFailure, StepResult } from '../model/step-result.ts';

type Of<T extends JournalEvent['type']> = Extract<JournalEvent, { readonly type: T }>;

export interface StepView {
  readonly phase: string;
  readonly step: string;
  readonly kind: PhaseKind | 'finally';
  readonly attempt: number;
  /** A gate that looked again at the tree that later actions left; what it said before does not count. */
  readonly again?: true;
  /** Git tree that it started from, which is what a gate judged. */
  readonly tree?: string;
  readonly durationMs: number;
  readonly toolCalls: number;
  /** Failures of the environment after which it was tried again. */
  readonly retried: readonly StepFailure[];
  /** Undefined: it started and did not end. */
  readonly result: StepResult | undefined;
  /** How the gate did on base, where it was asked. */
  readonly base: { readonly findings: number; readonly failure?: StepFailure } | undefined;
}
export interface AttemptView {
  readonly attempt: number;
  readonly steps: readonly StepView[];
  readonly summary: AttemptSummary | undefined;
  /** Why another attempt followed. */
  readonly retry: Of<'retrying'> | undefined;
}
export interface Spend {
  readonly tokens: number;
  readonly usd: number;
  /** Requests that never got an answer; they count at their reservation. */
  readonly unanswered: number;
}
export interface RunView {
  readonly started: Of<'run-started'>;
  readonly resumes: number;
  readonly trees: readonly Of<'tree-ready'>[];
  readonly attempts: readonly AttemptView[];
  readonly spend: Spend;
  /** What a person was asked last. */
  readonly asked: Of<'approval-asked'> | undefined;
  readonly delivered: Of<'delivered'> | undefined;
  readonly finished: Of<'run-finished'> | undefined;
}

/** The step of a plan, by phase and id. */
export function stepPlan(plan: Plan, at: { readonly phase: string; readonly step: string }): StepPlan | undefined {
  if (at.phase === 'finally') return plan.finally?.find((step) => step.id === at.step);
  return plan.phases.find((phase) => phase.id === at.phase)?.steps.find((step) => step.id === at.step);
}

/** Collects events one by one; `view` is undefined until the run has started. */
export class RunFold {
  #started: Of<'run-started'> | undefined;
  #resumes = 0;
  readonly #trees: Of<'tree-ready'>[] = [];
  readonly #steps = new Map<string, StepView>();
  readonly #summaries = new Map<number, AttemptSummary>();
  readonly #retries = new Map<number, Of<'retrying'>>();
  readonly #reserved = new Map<string, { tokens: number; usd: number }>();
  readonly #settled = { tokens: 0, usd: 0 };
  #asked: Of<'approval-asked'> | undefined;
  #delivered: Of<'delivered'> | undefined;
  #finished: Of<'run-finished'> | undefined;

  add(event: JournalEvent): void {
    switch (event.type) {
      case 'run-started':
        this.#started = event;
        return;
      case 'run-resumed':
        this.#resumes += 1;
        this.#finished = undefined;
        return;
      case 'tree-ready':
        this.#trees.push(event);
        return;
      case 'step-started':
        this.#step(event, { result: undefined, durationMs: 0, tree: event.tree });
        return;
      case 'tool-called':
        this.#step(event, { toolCalls: event.index + 1 });
        return;
      case 'step-retried':
        this.#step(event, { retried: [...(this.step(event)?.retried ?? []), event.failure] });
        return;
      case 'base-finished':
        this.#step(event, {
          base: { findings: event.findings.length, ...(event.failure === undefined ? {} : { failure: event.failure }) },
        });
        return;
      case 'step-finished':
        this.#step(event, { result: event.result, durationMs: event.durationMs });
        return;
      case 'budget-reserved':
        this.#reserved.set(event.id, { tokens: event.tokens, usd: event.usd });
        return;
      case 'budget-settled':
        this.#reserved.delete(event.id);
        this.#settled.tokens += event.tokens;
        this.#settled.usd += event.usd;
        return;
      case 'approval-asked':
        this.#asked = event;
        return;
      case 'attempt-finished':
        this.#summaries.set(event.attempt, event);
        return;
      case 'retrying':
        // `attempt` is the one that begins.
        this.#retries.set(event.attempt - 1, event);
        return;
      case 'delivered':
        this.#delivered = event;
        return;
      case 'run-finished':
        this.#finished = event;
        return;
      case 'phase-started':
      case 'phase-finished':
      case 'checkpoint':
        return;
    }
  }

  get view(): RunView | undefined {
    if (this.#started === undefined) return undefined;
    const steps = [...this.#steps.values()];
    const attempts = [...new Set(steps.map((step) => step.attempt))].sort((a, b) => a - b);
    const open = [...this.#reserved.values()];
    return {
      started: this.#started,
      resumes: this.#resumes,
      trees: this.#trees,
      attempts: attempts.map((attempt) => ({
        attempt,
        steps: steps.filter((step) => step.attempt === attempt),
        summary: this.#summaries.get(attempt),
        retry: this.#retries.get(attempt),
      })),
      spend: {
        tokens: this.#settled.tokens + open.reduce((sum, one) => sum + one.tokens, 0),
        usd: this.#settled.usd + open.reduce((sum, one) => sum + one.usd, 0),
        unanswered: open.length,
      },
      asked: this.#asked,
      delivered: this.#delivered,
      finished: this.#finished,
    };
  }

  /** Looked up by reporters when a step ends. */
  step(at: StepRef): StepView | undefined {
    return this.#steps.get(key(at));
  }

  #step(at: StepRef, change: Partial<StepView>): void {
    const kind =
      at.phase === 'finally' ? 'finally' : (this.#started?.plan.phases.find((phase) => phase.id === at.phase)?.kind ?? 'verify');
    const before = this.#steps.get(key(at)) ?? {
      phase: at.phase,
      step: at.step,
      attempt: at.attempt,
      ...(at.again === undefined ? {} : { again: at.again }),
      kind,
      durationMs: 0,
      toolCalls: 0,
      retried: [],
      result: undefined,
      base: undefined,
    };
    this.#steps.set(key(at), { ...before, ...change });
  }
}

const key = (at: StepRef): string => `${at.attempt}/${at.phase}/${at.step}${at.again === true ? '/again' : ''}`;

/** The view of a whole run; undefined when the events do not start one. */
export function viewRun(events: Iterable<JournalEvent>): RunView | undefined {
  const fold = new RunFold();
  for (const event of events) fold.add(event);
  return fold.view;
}

/** Characters that the longest step name of a run takes. */
export function stepWidth(view: RunView | undefined): number {
  return Math.max(8, ...(view?.started.plan.phases ?? []).flatMap((phase) => phase.steps.map((step) => step.id.length)));
}
