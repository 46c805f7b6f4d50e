// All that can happen in a run. State, reports, resume and replay are folds over these; nothing else is kept.

import type { Finding, Json } from '../plugin-api.ts';
import type { ExitCode } from './exit.ts';
import type { PhaseKind, Plan } from './plan.ts';
import type { AttemptSummary, StepFailure, StepResult } from './step-result.ts';
import type { RunStatus, RunVerdict, Verdict } from './verdict.ts';

/** Where a step stands: the same step runs again in a later attempt. */
export interface StepRef {
  readonly phase: string;
  readonly step: string;
  readonly attempt: number;
  /** A gate of an earlier phase that looks again, because actions after it changed the tree. */
  readonly again?: true;
}

/** Kept in the journal, in this order, with a hash chain. */
export type JournalEvent =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly format: 1;
      readonly bexpert: string;
      readonly mode: 'run' | 'verify';
      readonly plan: Plan;
      readonly repository: string;
      /** Folder of the scope inside the repository, '' for its root. */
      readonly scope: string;
      readonly base: { readonly commit: string; readonly tree: string };
      /** Candidate when no action phase makes one. */
      readonly candidate?: { readonly commit: string; readonly tree: string };
      readonly seed: number;
      /** Who fills action steps, in words: "the model X" or "the script bexpert.script.yml, no model". */
      readonly actor?: string;
      readonly sandbox: string;
      readonly notes: readonly string[];
      /** Partial runs (`--only`, `--from`) are never proven. */
      readonly partial: boolean;
    }
  | { readonly type: 'run-resumed'; readonly bexpert: string }
  | {
      readonly type: 'tree-ready';
      readonly tree: 'base' | 'work' | 'gate';
      readonly hash: string;
      readonly setup: 'run' | 'stored' | 'none';
      readonly durationMs: number;
    }
  | {
      readonly type: 'phase-started';
      readonly phase: string;
      /** `finally`: the steps behind the last phase, which change nothing of the verdict. */
      readonly kind: PhaseKind | 'finally';
      readonly attempt: number;
      readonly again?: true;
      readonly steps: readonly string[];
    }
  | ({ readonly type: 'step-started' } & StepRef & { readonly tree: string })
  | ({
      readonly type: 'tool-called';
      readonly index: number;
      readonly name: string;
      readonly input: Json;
      readonly result: string;
      readonly isError: boolean;
      /** Git tree after it, when it changed the work tree. */
      readonly tree?: string;
    } & StepRef)
  | ({ readonly type: 'budget-reserved'; readonly id: string; readonly tokens: number; readonly usd: number } & StepRef)
  | ({ readonly type: 'budget-settled'; readonly id: string; readonly tokens: number; readonly usd: number } & StepRef)
  | ({ readonly type: 'checkpoint'; readonly state: Json; readonly tree: string } & StepRef)
  | ({ readonly type: 'base-finished'; readonly findings: readonly Finding[]; readonly failure?: StepFailure } & StepRef)
  /** The environment failed a step that may be tried again: `retry` is the number of the try that follows, of at most `of`. */
  | ({ readonly type: 'step-retried'; readonly retry: number; readonly of: number; readonly failure: StepFailure } & StepRef)
  | ({ readonly type: 'step-finished'; readonly result: StepResult; readonly durationMs: number } & StepRef)
  | {
      readonly type: 'phase-finished';
      readonly phase: string;
      readonly attempt: number;
      readonly again?: true;
      readonly durationMs: number;
    }
  | ({
      readonly type: 'approval-asked';
      readonly tree: string;
      readonly gates: Readonly<Record<string, Verdict>>;
      readonly changed: number;
      readonly patch: string;
      readonly digest: string;
    } & StepRef)
  | ({ readonly type: 'attempt-finished' } & AttemptSummary)
  | {
      readonly type: 'retrying';
      readonly from: string;
      readonly attempt: number;
      readonly continues: number;
      readonly because: string;
    }
  | { readonly type: 'delivered'; readonly ref: string; readonly commit: string; readonly attempt: number }
  | {
      readonly type: 'run-finished';
      readonly status: RunStatus;
      readonly verdict: RunVerdict;
      readonly exitCode: ExitCode;
      readonly reason: string;
      readonly durationMs: number;
    };

/** Shown and forgotten. */
export type PassingEvent =
  | ({ readonly type: 'progress'; readonly fraction: number; readonly label: string } & StepRef)
  | ({ readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn'; readonly message: string } & StepRef)
  | { readonly type: 'notice'; readonly level: 'info' | 'warn'; readonly message: string };

export type RunEvent = JournalEvent | PassingEvent;

/** A line of `events.jsonl`. `hash` covers `previous` and the rest of the line. */
export interface JournalRecord {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event: JournalEvent;
  readonly previous: string;
  readonly hash: string;
}
