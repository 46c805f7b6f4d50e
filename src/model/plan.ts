// A plan is what a playbook, bexpert.yml and the inputs mean together: checked, merged, bound, immutable and JSON. It is pinned in
// the journal at the start of a run and never read from the tree again.
import type { Json, Manifest } from '../plugin-api.ts';
import type { Place } from './location.ts';

/** A `${{ }}` whose value is known only while the run goes on. `text` is the source of the expression without the braces. */
export interface Expression {
  readonly text: string;
  readonly place: Place;
}
/** A value that may hold expressions. A whole `${{ }}` keeps its type; text around one makes a string. */
export type Template =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'map'; readonly entries: Readonly<Record<string, Template>> };

export type PhaseKind = 'context' | 'action' | 'verify' | 'approve';

/** What a step runs. */
export type StepBody =
  | { readonly kind: 'plugin'; readonly plugin: string; readonly with: Template }
  | { readonly kind: 'shell'; readonly command: string }
  | { readonly kind: 'argv'; readonly argv: readonly string[] }
  /** The one step of a phase of kind `approve`: a person decides. */
  | { readonly kind: 'approval' };

export interface AccessOpening {
  readonly paths: readonly string[];
  readonly as: 'edit' | 'append' | 'review';
  readonly reason: string;
}
export interface AccessRules {
  readonly edit?: readonly string[];
  readonly open?: readonly AccessOpening[];
  readonly deny?: readonly string[];
  readonly noRead?: readonly string[];
}
export interface Waiver {
  readonly findings: readonly string[];
  readonly in?: readonly string[];
  readonly until: string;
  readonly by: string;
  readonly reason: string;
}

/** Where the findings of a command's own report are, relative to the scope; a glob, or one of its streams. */
export type FindingsPlan =
  | { readonly format: 'sarif' | 'junit' | 'tap' | 'checkstyle' | 'tsc' | 'eslint'; readonly from: string }
  | { readonly format: 'regex'; readonly from: string; readonly pattern: string; readonly examined?: string };
export type OutputType = 'string' | 'number' | 'boolean';

export interface StepPlan {
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  readonly body: StepBody;
  readonly if?: Expression;
  /** What `if` asks for is made by the candidate's own code: where it is false, that is no proof. */
  readonly ifOfCandidate?: true;
  readonly whenChanged?: readonly string[];
  /** Ids of steps of this phase, or of an earlier one, that must be green: from `needs:` and from references in expressions. */
  readonly needs: readonly string[];
  /** Those of `needs` that stand in `needs:`; a red one skips this step, where a referenced one only orders it. */
  readonly requires: readonly string[];
  readonly env: Readonly<Record<string, Template>>;
  readonly services: readonly string[];
  readonly workingDirectory?: string;
  readonly timeoutMs: number;
  /** How often it is tried again when the environment fails it. */
  readonly retry?: number;
  readonly exclusive: boolean;
  readonly access?: AccessRules;
  /** In place of the playbook's. */
  readonly model?: ModelPlan;
  /** It acts behind walls or not at all. */
  readonly sandbox?: 'required';
  readonly network?: readonly string[];
  readonly budget?: BudgetPlan;
  readonly level: 'block' | 'warn';
  readonly inconclusive: 'block' | 'warn';
  readonly report?: 'new' | 'all';
  readonly allowEmpty?: string;
  /** What it finds is told to people, and not to whoever acts. */
  readonly heldOut?: true;
  readonly waive: readonly Waiver[];
  /** `run:` steps only: an exit code alone may make a run proven. */
  readonly evidence?: 'exit-code';
  /** Commands only: what their report holds, and the files that are kept of them. */
  readonly findings?: FindingsPlan;
  readonly artifacts?: readonly string[];
  /** Commands only: what they write to `$BEXPERT_OUTPUT`, by name. */
  readonly outputs?: Readonly<Record<string, OutputType>>;
}
export interface PhasePlan {
  readonly id: string;
  readonly kind: PhaseKind;
  readonly place: Place;
  readonly steps: readonly StepPlan[];
  /** How many steps at once; undefined: as many as the machine has cores. */
  readonly parallel?: number;
  readonly if?: Expression;
  /** As for a step. */
  readonly ifOfCandidate?: true;
  readonly onFailure?: { readonly retryFrom: string; readonly attempts: number };
}

export interface SetupPlan {
  readonly run: string;
  readonly cacheKey: readonly string[];
  readonly outputs: readonly string[];
  readonly network: readonly string[];
  readonly workingDirectory?: string;
  readonly env: Readonly<Record<string, Template>>;
}
export interface ReadyPlan {
  readonly http?: string;
  readonly tcp?: number;
  readonly log?: string;
  readonly command?: string;
  readonly withinMs: number;
}
/** A command that runs before a service is used. */
export interface PreparationPlan {
  readonly run: string;
  readonly env: Readonly<Record<string, Template>>;
  readonly workingDirectory?: string;
}
export interface ServicePlan {
  readonly name: string;
  readonly place: Place;
  readonly body:
    | { readonly kind: 'plugin'; readonly plugin: string; readonly with: Template }
    | { readonly kind: 'shell'; readonly command: string }
    | { readonly kind: 'argv'; readonly argv: readonly string[] }
    /** A container; `argv` in place of the command of the image, `port` that its program listens on. */
    | { readonly kind: 'image'; readonly image: string; readonly port: number; readonly argv: readonly string[] };
  readonly env: Readonly<Record<string, Template>>;
  readonly dependencies: readonly string[];
  readonly migrate?: string;
  readonly seed?: string;
  /** Before a command is started; of a plugin's service in its template, behind `seed`. */
  readonly prepare?: readonly PreparationPlan[];
  /** Names of further ports. */
  readonly ports?: readonly string[];
  /** A file that it writes its log to, relative to the scope. */
  readonly log?: string;
  readonly ready: ReadyPlan;
  readonly workingDirectory?: string;
}
/** Where a secret comes from when a run starts; its value is in no plan. */
export type SecretSource =
  | { readonly kind: 'env'; readonly variable: string }
  /** Absolute, below `~/`, or relative to the scope. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'command'; readonly command: string };
export interface SecretPlan {
  readonly place: Place;
  readonly source: SecretSource;
}
/** How a bearer token is made: by a command whose standard output it is, or by a context plugin as its output `token`. */
export type AuthPlan =
  | {
      readonly kind: 'command';
      readonly place: Place;
      readonly run: string;
      readonly env: Readonly<Record<string, Template>>;
    }
  | { readonly kind: 'plugin'; readonly place: Place; readonly plugin: string; readonly with: Template };
export interface BudgetPlan {
  readonly usd?: number;
  readonly tokens?: number;
  readonly timeMs?: number;
  /** Share of tokens, dollars and time kept for the last verification, 0 to 1. */
  readonly reserve: number;
}
export interface ModelPlan {
  /** `auto`: the model when the environment has what its plugin asks for, else the script, else an error. */
  readonly use: 'auto' | 'live' | 'script';
  /** Name of the model, for the plugin that calls it. */
  readonly name?: string;
  /** Path of the stand-in's script, relative to the scope, read from base. */
  readonly script?: string;
}

/** What a step's plugin looked like when the plan was made. */
export interface PinnedPlugin {
  readonly manifest: Manifest;
  /** sha256 of its code as loaded; for built-in plugins the version of bexpert. */
  readonly digest: string;
  /** `built-in`, or the folder relative to the scope. */
  readonly origin: string;
}

export interface Plan {
  readonly name: string;
  readonly description?: string;
  /** Every file that the plan was made of, with the sha256 of its content, first the playbook. */
  readonly sources: readonly { readonly file: string; readonly digest: string }[];
  readonly inputs: Readonly<Record<string, Json>>;
  readonly env: Readonly<Record<string, Template>>;
  readonly secrets?: Readonly<Record<string, SecretPlan>>;
  readonly setup: readonly SetupPlan[];
  readonly services: Readonly<Record<string, ServicePlan>>;
  readonly auth: Readonly<Record<string, AuthPlan>>;
  readonly phases: readonly PhasePlan[];
  /** Run when the verdict is known. */
  readonly finally?: readonly StepPlan[];
  readonly protect: readonly string[];
  readonly budget: BudgetPlan;
  readonly model: ModelPlan;
  readonly sandbox: 'required' | 'preferred' | 'off';
  readonly deliver: { readonly to: 'branch' | 'none' };
  /** By the name that a step or service writes after `uses:`. */
  readonly plugins: Readonly<Record<string, PinnedPlugin>>;
}
