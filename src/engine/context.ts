import type { StreamMask } from '../host/mask.ts';
import type { SandboxProvider } from '../host/sandbox/contract.ts';
import type { AskPerson } from '../model/approval.ts';
import type { JournalEvent, PassingEvent } from '../model/event.ts';
import type { ExitCode } from '../model/exit.ts';
import type { Plan } from '../model/plan.ts';
import type { AttemptSummary, StepResult } from '../model/step-result.ts';
import type { RunVerdict } from '../model/verdict.ts';
import type { Finding, Json } from '../plugin-api.ts';
import type { Registry } from '../registry/registry.ts';
import type { Snapshot, TreeFolder, Workspace } from '../workspace/contract.ts';
import { Ledger } from './budget.ts';
import type { ServiceTemplates } from './services/templates.ts';
import type { StandIn } from './stand-in.ts';
import type { StepTrace } from './state.ts';

/** Folders of one run, all below the state folder and outside every tree. */
export interface RunFolders {
  readonly run: string;
  readonly scratch: string;
  readonly artifacts: string;
  readonly logs: string;
  /** Locks that all runs on this machine share. */
  readonly machine: string;
}

/** What is known when the run goes on: filled by the fold over the journal on a resume, by the steps as they end otherwise. */
export interface Progress {
  readonly results: Map<string, StepResult>;
  /** What steps did before they were tried again, or before a resume. */
  readonly traces: Map<string, StepTrace>;
  readonly checkpoints: Map<string, Json>;
  readonly onBase: Map<string, readonly Finding[]>;
  readonly attempts: AttemptSummary[];
  /** Digest of what a person was asked last, by approval step. */
  readonly asked: Map<string, string>;
  /** Attempts whose start is in the journal. */
  readonly retries: Set<number>;
  readonly ledger: Ledger;
  /** Milliseconds that each action step has acted, by its id. */
  readonly acted: Map<string, number>;
}

/** Of a run that has done nothing yet. */
export const noProgress = (): Progress => ({
  results: new Map(),
  traces: new Map(),
  checkpoints: new Map(),
  onBase: new Map(),
  attempts: [],
  asked: new Map(),
  retries: new Set(),
  ledger: new Ledger(),
  acted: new Map(),
});

/** What the judges of an attempt look at. */
export interface Candidate {
  readonly snapshot: Snapshot;
  readonly folder: TreeFolder;
}

/** What steps of `finally` know. */
export interface FinalFacts {
  readonly verdict: RunVerdict;
  readonly exitCode: ExitCode;
  /** As Markdown. */
  readonly report: string;
}

/** Everything that the phases and steps of one run share. */
export interface RunContext {
  readonly id: string;
  readonly mode: 'run' | 'verify';
  readonly plan: Plan;
  readonly folders: RunFolders;
  readonly workspace: Workspace;
  readonly provider: SandboxProvider;
  readonly registry: Registry;
  readonly progress: Progress;
  readonly templates: ServiceTemplates;
  /** In a test of the playbook: nothing is loaded or started. */
  readonly standIn?: StandIn;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values of `secrets:`, for the `env` of commands and for nothing else. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly seed: number;
  readonly cores: number;
  readonly clock: { readonly now: () => number; readonly date: () => Date };
  /** `run` context of expressions, but for the attempt. */
  readonly facts: { readonly [key: string]: Json };
  /** Folder of the assets of plugins and of the runner. */
  readonly assets: string;
  /** In `finally` only. */
  readonly final?: FinalFacts;
  /** Where there is somebody to answer. */
  readonly ask?: AskPerson;
  record(event: JournalEvent): Promise<void>;
  emit(event: PassingEvent): void;
  mask(text: string): string;
  /** The same for one text that comes in pieces. */
  maskStream(): StreamMask;
  /** From now on it is masked too. */
  hide(secret: string): void;
}
