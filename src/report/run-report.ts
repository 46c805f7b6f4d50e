// The report of a run as data: stable, documented in docs/reports.md. The Markdown report is drawn from the same view.
import type { JournalRecord } from '../model/event.ts';
import type { StepFailure, StepResult } from '../model/step-result.ts';
import type { Json } from '../plugin-api.ts';
import { type RunView, type StepView, stepPlan, viewRun } from './run-view.ts';
import { actorWords, isUnsandboxed, nextCommands, type Where } from './run-words.ts';

export interface StepReport {
  readonly phase: string;
  readonly step: string;
  readonly kind: string;
  /** The gate looked again, at the tree that later actions left; what it said before in this attempt does not count. */
  readonly again?: true;
  /** Git tree that the step started from; for a gate the one that it judged. */
  readonly tree?: string;
  /** `not-finished` when the run ended before it. */
  readonly durationMs: number;
  readonly toolCalls: number;
  /** Failures of the environment after which it was tried again. */
  readonly retried?: readonly StepFailure[];
  /** A gate that is `warn` does not count. */
  readonly level: 'block' | 'warn';
  readonly result: StepResult | { readonly kind: 'not-finished' };
}
export interface RunReport {
  readonly format: 1;
  readonly run: string;
  readonly bexpert: string;
  readonly mode: 'run' | 'verify';
  readonly playbook: {
    readonly name: string;
    readonly description?: string;
    readonly sources: RunView['started']['plan']['sources'];
  };
  readonly inputs: Readonly<Record<string, Json>>;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly actor: string;
  readonly sandbox: { readonly name: string; readonly isolates: boolean };
  readonly repository: string;
  readonly scope: string;
  readonly base: { readonly commit: string; readonly tree: string };
  readonly candidate?: { readonly commit: string; readonly tree: string };
  readonly notes: readonly string[];
  readonly partial: boolean;
  readonly resumes: number;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly commit?: string;
    readonly tree?: string;
    readonly steps: readonly StepReport[];
    readonly retriedBecause?: string;
  }[];
  /** `review`: why a person should look at it. */
  readonly changedFiles: readonly { readonly path: string; readonly review?: string }[];
  readonly spend: RunView['spend'];
  readonly delivered?: { readonly ref: string; readonly commit: string; readonly attempt: number };
  /** Missing while the run goes on, and after it was killed. */
  readonly outcome?: {
    readonly status: string;
    readonly verdict: string;
    readonly exitCode: number;
    readonly reason: string;
    readonly durationMs: number;
  };
  readonly next: readonly { readonly what: string; readonly command: string }[];
}

/** Attempts that led to this one, itself included: one that was thrown away is none of them. */
function wayTo(view: RunView, last: number): ReadonlySet<number> {
  const way = new Set<number>();
  const before = (attempt: number) => view.attempts.find((other) => other.attempt === attempt - 1)?.retry?.continues;
  for (let at: number | undefined = last; at !== undefined && !way.has(at); at = before(at)) way.add(at);
  return way;
}

/** Files that action steps changed on the way to the delivered attempt, else to the last one. */
export function changedFiles(view: RunView): RunReport['changedFiles'] {
  const way = wayTo(view, view.delivered?.attempt ?? view.attempts.at(-1)?.attempt ?? 1);
  const results = view.attempts
    .filter((attempt) => way.has(attempt.attempt))
    .flatMap((attempt) => attempt.steps)
    .flatMap(({ result }) => (result?.kind === 'action' ? [result] : []));
  const review = new Map(results.flatMap((result) => result.review ?? []).map(({ path, rule }) => [path, rule]));
  return [...new Set(results.flatMap(({ changed }) => changed))].sort().map((path) => {
    const rule = review.get(path);
    return rule === undefined ? { path } : { path, review: rule };
  });
}

function stepReport(view: RunView, step: StepView): StepReport {
  return {
    phase: step.phase,
    step: step.step,
    kind: step.kind,
    ...(step.again === undefined ? {} : { again: step.again }),
    ...(step.tree === undefined ? {} : { tree: step.tree }),
    durationMs: Math.round(step.durationMs),
    toolCalls: step.toolCalls,
    ...(step.retried.length === 0 ? {} : { retried: step.retried }),
    level: stepPlan(view.started.plan, step)?.level ?? 'block',
    result: step.result ?? { kind: 'not-finished' },
  };
}

/** Undefined when the records do not start a run. `where` decides how the commands in `next` are written. */
export function makeRunReport(records: readonly JournalRecord[], where: Where): RunReport | undefined {
  const view = viewRun(records.map((record) => record.event));
  const first = records[0];
  const last = records.at(-1);
  if (view === undefined || first === undefined || last === undefined) return undefined;
  const { started, finished, delivered } = view;
  return {
    format: 1,
    run: started.run,
    bexpert: started.bexpert,
    mode: started.mode,
    playbook: {
      name: started.plan.name,
      ...(started.plan.description === undefined ? {} : { description: started.plan.description }),
      sources: started.plan.sources,
    },
    inputs: started.plan.inputs,
    startedAt: first.time,
    endedAt: last.time,
    actor: actorWords(started),
    sandbox: { name: started.sandbox, isolates: !isUnsandboxed(started.sandbox) },
    repository: started.repository,
    scope: started.scope,
    base: started.base,
    ...(started.candidate === undefined ? {} : { candidate: started.candidate }),
    notes: started.notes,
    partial: started.partial,
    resumes: view.resumes,
    attempts: view.attempts.map(({ attempt, steps, summary, retry }) => ({
      attempt,
      ...(summary === undefined ? {} : { commit: summary.commit, tree: summary.tree }),
      steps: steps.map((step) => stepReport(view, step)),
      ...(retry === undefined ? {} : { retriedBecause: retry.because }),
    })),
    changedFiles: changedFiles(view),
    spend: view.spend,
    ...(delivered === undefined
      ? {}
      : { delivered: { ref: delivered.ref, commit: delivered.commit, attempt: delivered.attempt } }),
    ...(finished === undefined
      ? {}
      : {
          outcome: {
            status: finished.status,
            verdict: finished.verdict,
            exitCode: finished.exitCode,
            reason: finished.reason,
            durationMs: Math.round(finished.durationMs),
          },
        }),
    next: nextCommands(view, where),
  };
}
