// What steps end with, as the journal keeps it.
import type { Artifact, BriefItem, Finding, GateResult, Json, Measurement, Outcome } from '../plugin-api.ts';
import type { Waiver } from './plan.ts';
import type { Verdict } from './verdict.ts';

/** A finding as the engine keeps it. */
export interface JudgedFinding extends Finding {
  /** Stable over attempts: sha256 of code, normalised subject and file, first 16 hex digits. */
  readonly fingerprint: string;
  /** `subtracted`: base has it too; `waived`: by `waive:`. Neither counts. */
  readonly standing: 'counts' | 'subtracted' | 'waived';
  /** Who waived it, until when and why. */
  readonly waiver?: { readonly until: string; readonly by: string; readonly reason: string };
}
/** A waiver of a gate and what became of it. */
export interface WaiverUse extends Waiver {
  /** `unused`: nothing that was found is covered by it; `expired`: its last day is over. */
  readonly state: 'used' | 'unused' | 'expired';
  /** Findings that do not count because of it. */
  readonly covered: number;
}
export interface StepFailure {
  /** Diagnostic code, e.g. `command/not-found`. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
export type StepResult =
  | { readonly kind: 'context'; readonly outputs: Json; readonly brief: readonly BriefItem[] }
  | {
      readonly kind: 'action';
      readonly outputs: Json;
      readonly outcome: Outcome | 'integrity';
      readonly summary: string;
      /** Git tree of the work tree after the step. */
      readonly tree: string;
      readonly changed: readonly string[];
      /** Changed files that a person should look at, with the rule that says so: lock files and dependencies, as a rule. */
      readonly review?: readonly { readonly path: string; readonly rule: string }[];
      readonly blocked?: { readonly reason: string; readonly evidence: string };
    }
  | {
      readonly kind: 'gate';
      readonly verdict: Verdict;
      /** Why, in one sentence, when the verdict is not plain pass or fail. */
      readonly reason?: string;
      /** What broke its means, or what the candidate broke. */
      readonly failure?: StepFailure;
      readonly outputs: Json;
      readonly examined: GateResult['examined'];
      readonly findings: readonly JudgedFinding[];
      readonly measurements: readonly Measurement[];
      readonly artifacts: readonly Artifact[];
      /** Where the playbook waives something. */
      readonly waivers?: readonly WaiverUse[];
      /** `exit code only` gates do not alone make a run proven. */
      readonly evidence: 'examined' | 'exit-code';
    }
  | { readonly kind: 'skipped'; readonly because: 'if' | 'when-changed' | 'needs' | 'phase'; readonly reason: string }
  | { readonly kind: 'failed'; readonly failure: StepFailure };

/** One attempt's verdict per gate, by step id, with the number of counting error findings. */
export interface AttemptSummary {
  readonly attempt: number;
  readonly commit: string;
  readonly tree: string;
  readonly gates: Readonly<Record<string, { readonly verdict: Verdict; readonly errors: number; readonly blocking: boolean }>>;
}
