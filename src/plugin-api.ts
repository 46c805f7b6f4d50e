// The contract, version 1: the one module that a plugin imports from bexpert. Types and a few identity functions; no behaviour.

import type { Infer, Json, ObjectSchema } from './contract/schema.ts';

export type { Json, NumberFormat, ObjectSchema, Schema, StringFormat } from './contract/schema.ts';

// ---- Values shared by every kind ---------------------------------------------------------

/** A place in a file: 1-based, end exclusive. Paths are relative to the scope, with `/`. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
}

/** One thing a gate found wrong. It goes to the report, to CI annotations and, verbatim, to the next attempt. */
export interface Finding<Code extends string = string> {
  readonly code: Code;
  readonly severity: 'error' | 'warning';
  /** One sentence with what was measured and what was expected: "Line coverage 71.2 % is below 80 %." */
  readonly message: string;
  /**
   * Tells two findings of one code apart and stays the same from attempt to attempt. The engine normalises numbers, times,
   * hashes and absolute paths before it makes the fingerprint.
   */
  readonly subject: string;
  readonly location?: Location;
  readonly hint?: string;
  /** Raw excerpt; the engine cuts it at 4 KiB. */
  readonly evidence?: string;
  /** A command that shows this one finding again. */
  readonly repro?: string;
  /** The measured number, for codes with `baseline: ratchet`; bigger is worse. */
  readonly magnitude?: number;
}

/** A number with its unit; reports and charts are drawn from these, never from prose. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: 'count' | 'percent' | 'ratio' | 'milliseconds' | 'microseconds' | 'bytes' | 'per-second' | 'usd' | 'tokens';
  readonly limit?: { readonly at: number; readonly direction: 'at-least' | 'at-most' };
  readonly base?: number;
  /** Confidence interval and its level, 0 to 1. */
  readonly interval?: { readonly low: number; readonly high: number; readonly level: number };
}

/** A file that the report links to. `path` is relative to the run's artifact folder. */
export interface Artifact {
  readonly name: string;
  readonly path: string;
  readonly mediaType: string;
}

/** One piece of knowledge that a context step hands to later actions. */
export interface BriefItem {
  readonly title: string;
  readonly text: string;
  readonly source?: Location;
}

// ---- What a plugin declares: pure data ---------------------------------------------------------

/** Powers beyond reading the trees. A plugin receives only what it declares. */
export type Power = 'write' | 'exec' | 'network' | 'listen';

interface BaseManifest {
  /** Equals the folder name; what a step writes after `uses:`. */
  readonly name: string;
  readonly api: 1;
  /** One line for `bexpert plugins`. */
  readonly summary: string;
  readonly inputs: ObjectSchema;
  readonly outputs: ObjectSchema;
  readonly powers: readonly Power[];
  /** Environment variables that it may read; all else is withheld. */
  readonly env?: readonly string[];
  /** Alone on the machine. */
  readonly exclusive?: boolean;
  readonly cost?: 'cheap' | 'costly';
  /** Globs that decide whether an earlier result still holds; default: the whole candidate. */
  readonly reads?: readonly string[];
}
export interface ContextManifest extends BaseManifest {
  readonly kind: 'context';
}
export interface ActionManifest extends BaseManifest {
  readonly kind: 'action';
  /**
   * A language model fills the step: one of `env` must be set for it, or else the plugin `standIn` plays the script that the
   * playbook names. The stand-in gets the inputs `script` (its path), `script-text` (its content) and nothing else.
   */
  readonly model?: { readonly env: readonly string[]; readonly standIn: string };
}
export interface ServiceManifest extends BaseManifest {
  readonly kind: 'service';
}
/** How a finding that base has too is treated. `ratchet` is red only when the candidate's magnitude is worse than base's. */
export type Baseline = 'subtract' | 'absolute' | 'ratchet';
export interface GateManifest extends BaseManifest {
  readonly kind: 'gate';
  /** Can it run on base, so that what was there before can be told apart? */
  readonly runsOnBase: boolean;
  /** Every code it may report: its meaning, and how a finding that base has too is treated. */
  readonly findings: Readonly<Record<string, { readonly means: string; readonly baseline: Baseline }>>;
}
export type Manifest = ContextManifest | ActionManifest | ServiceManifest | GateManifest;

// ---- From schema to type -----------------

export type Inputs<M extends Manifest> = Infer<M['inputs']>;
export type Outputs<M extends Manifest> = Infer<M['outputs']>;

// ---- What a plugin receives ---------------------------------------------------------------

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

/** A tree as this step sees it. Paths given to its methods are relative to the scope, with `/`. */
export interface Tree {
  readonly id: 'base' | 'candidate' | 'work' | 'scratch';
  /** Content hash of the tracked content; empty for scratch. */
  readonly hash: string;
  /** Absolute folder of the scope as the step's commands see it; the same for base and candidate inside a sandbox. */
  readonly path: string;
  /** Throws a PluginError with code `file/not-found` where there is no such regular file. */
  read(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  exists(path: string): Promise<boolean>;
  /** Sorted paths of regular files that match; set-up outputs (`node_modules`) and ignored files are left out. */
  glob(patterns: readonly string[]): Promise<readonly string[]>;
}
export interface WritableTree extends Tree {
  write(path: string, content: string | Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
}

export interface ExecResult {
  readonly status: 'exited' | 'signalled' | 'timed-out' | 'not-found' | 'denied' | 'limit';
  readonly exitCode: number | undefined;
  /** The first and last half of what was kept when `truncated`. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  readonly durationMs: number;
  /** Which limit ended it, when status is `limit`: "more than 512 processes". */
  readonly limit?: string;
}
export interface CommandOptions {
  /** Whose files the command sees; default: the candidate (gates and context) or the work tree (actions). */
  readonly tree?: Tree;
  /** Relative to the tree's scope. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Instances whose network namespace (pod) the command joins. Without it the command has no network but its own loopback. */
  readonly services?: readonly ServiceInstance[];
  /** Bytes of each stream that are kept; default 1 MiB. */
  readonly keepBytes?: number;
}
export interface CpuTime {
  /** Microseconds. */
  readonly user: number;
  readonly system: number;
}
/** A process that the step owns; its whole process namespace ends with the step, however the step ends. */
export interface OwnedProcess extends AsyncDisposable {
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** User and system CPU time of the process tree so far. */
  cpu(): Promise<CpuTime>;
  stop(signal?: NodeJS.Signals): Promise<ExecResult>;
  readonly ended: Promise<ExecResult>;
}
export interface Commands {
  /** Runs to the end under the step's profile. Never throws for a non-zero exit. `node` is the runner's own Node. */
  run(file: string, args: readonly string[], options?: CommandOptions & { readonly stdin?: string }): Promise<ExecResult>;
  spawn(file: string, args: readonly string[], options?: CommandOptions): Promise<OwnedProcess>;
}

export interface ServiceInstance extends AsyncDisposable {
  readonly name: string;
  readonly tree: Tree;
  /** As seen by commands that join its pod. */
  readonly url: string;
  readonly address: ProxyAddress;
  readonly outputs: Json;
  /** All that it wrote to its log so far. */
  log(): Promise<string>;
  cpu(): Promise<CpuTime>;
  restart(): Promise<void>;
}
export interface ServiceOptions {
  /** Whose code the service runs; default: the candidate. */
  readonly tree?: Tree;
  readonly env?: Readonly<Record<string, string>>;
  /** Puts a proxy of the caller between the service and the named dependency. */
  readonly through?: Readonly<Record<string, ProxyAddress>>;
}
export interface Services {
  /** Names that the step may start: the playbook's `services:` of this step. */
  readonly names: readonly string[];
  /** A fresh instance with its dependencies; a database is a fresh copy of the migrated and seeded template. */
  start(name: string, options?: ServiceOptions): Promise<ServiceInstance>;
  /** The bearer token of a top-level `auth:` entry, made for this instance. */
  token(auth: string, instance: ServiceInstance): Promise<string>;
}
export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
}
export interface Net {
  /** Listens inside the pod of the given instance (default: a pod of the step's own), delivers the connections to the plugin. */
  listen(
    onConnection: (socket: import('node:stream').Duplex) => void,
    options?: { readonly pod?: ServiceInstance },
  ): Promise<ProxyAddress & AsyncDisposable>;
  /** Connects to an address inside the pod of the given instance. */
  connect(address: ProxyAddress, options?: { readonly pod?: ServiceInstance }): Promise<import('node:stream').Duplex>;
}

export interface Budget {
  /** What is left of the step's and the run's budget; undefined where none is set. */
  readonly left: { readonly tokens: number | undefined; readonly usd: number | undefined };
  /**
   * Before spending: the worst case in tokens and dollars. Throws a PluginError with code `budget/spent` when it would break
   * the run's budget or its reserve.
   */
  reserve(worst: { readonly tokens: number; readonly usd: number }): Promise<{
    settle(actual: { readonly tokens: number; readonly usd: number }): Promise<void>;
  }>;
}

interface BaseHost {
  /** Aborts on Ctrl-C, on the step's time-out, and when the run is already lost. */
  readonly signal: AbortSignal;
  /** Scoped to the step; secrets are masked before a line leaves. */
  readonly log: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of a monotonic clock; fake in tests. */
  readonly now: () => number;
  /** A seed from the journal, so that a replay draws the same numbers. */
  readonly seed: number;
  readonly trees: { readonly base: Tree; readonly candidate: Tree };
  /** Paths that differ between base and candidate. */
  changed(): Promise<readonly ChangedPath[]>;
  /** A private folder outside every tree, at the same place for all commands of the step. */
  readonly scratch: WritableTree;
  /** Keeps a file for the report. */
  artifact(name: string, mediaType: string, content: string | Uint8Array): Promise<Artifact>;
  progress(fraction: number, label: string): void;
}
export interface ChangedPath {
  readonly path: string;
  readonly status: 'added' | 'changed' | 'removed';
}
interface ExecPowers {
  readonly commands: Commands;
  readonly services: Services;
  /** Absolute path, as commands see it, of a file that the plugin ships in its `assets` folder. */
  asset(name: string): string;
}
type Powers<M extends Manifest> = M['powers'][number];
export type Host<M extends Manifest> = BaseHost &
  ('write' extends Powers<M> ? { readonly work: WritableTree } : unknown) &
  ('exec' extends Powers<M> ? ExecPowers : unknown) &
  ('listen' extends Powers<M> ? { readonly net: Net } : unknown) &
  ('network' extends Powers<M> ? { readonly fetch: typeof fetch } : unknown);

/** A tool that an action may offer to whoever fills the step. The runner owns its behaviour, its policy and its record. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema 2020-12 of the input. */
  readonly inputSchema: { readonly [key: string]: Json };
}
export interface ToolResult {
  readonly content: string;
  readonly isError: boolean;
}
/**
 * The tools of an action step: the same behaviour, policy and journal for every action plugin. A call that changes the work
 * tree is in the journal with a snapshot before it returns. Calls may overlap: reads run side by side, writes one by one.
 */
export interface Tools {
  readonly specs: readonly ToolSpec[];
  /** Never throws for a bad call: unknown tools, invalid input and refusals are results with `isError`. */
  call(name: string, input: Json): Promise<ToolResult>;
  /** Set once `report_blocked` was called. */
  readonly blocked: { readonly reason: string; readonly evidence: string } | undefined;
}

/** Where an action stands in the loop. */
export interface Turn {
  /** 1 on the first try. */
  readonly attempt: number;
  /** FAIL findings of the attempt that this one continues from. */
  readonly feedback: readonly Finding[];
  readonly brief: readonly BriefItem[];
  readonly tools: Tools;
  /** What the last checkpoint of this step held, in this run or before a resume. */
  readonly state: Json | undefined;
  checkpoint(state: Json): Promise<void>;
  readonly budget: Budget;
  /** What may be edited, what is protected and why, in words for whoever fills the step. */
  readonly rules: string;
}

// ---- What a plugin returns -----------------------------------------------------------------

export interface ContextResult<O = unknown> {
  readonly outputs: O;
  readonly brief: readonly BriefItem[];
}

export type Outcome = 'ok' | 'blocked' | 'refused' | 'truncated' | 'budget' | 'looping' | 'infrastructure';

/** What changed is not the action's to say: the engine compares trees. */
export interface ActionResult<O = unknown> {
  readonly outputs: O;
  readonly outcome: Outcome;
  readonly summary: string;
}

/** There is no `passed`: the engine decides from what was examined and what was found. */
export interface GateResult<O = unknown, Code extends string = string> {
  readonly outputs: O;
  readonly examined: { readonly unit: string; readonly count: number; readonly min: number };
  readonly findings: readonly Finding<Code>[];
  readonly measurements?: readonly Measurement[];
  readonly artifacts?: readonly Artifact[];
  /** Why it could not decide, when it could not. */
  readonly inconclusive?: string;
}

/** A service that a plugin runs outside the pods, such as a database server; the runner makes it reachable from inside. */
export interface ServiceHandle extends AsyncDisposable {
  /** Where the runner reaches it: an address of this machine, or a Unix socket; a relay brings it into the pods. */
  readonly address: ProxyAddress | { readonly socketPath: string };
  /** What `${{ services.<name>.url }}` gives, with the address that the caller will see. */
  url(address: ProxyAddress): string;
  readonly outputs: Json;
  log(): Promise<string>;
  cpu(): Promise<CpuTime>;
  restart(): Promise<void>;
  /**
   * A copy of the state that the service has now, for one step; without it every step gets a fresh start and `migrate` and
   * `seed` run each time.
   */
  copy?(): Promise<ServiceHandle>;
}

/** "I could not do my job": a missing tool, an unreachable port. Known by `brand`, never by instanceof. The model never sees it. */
export interface PluginError extends Error {
  readonly brand: 'bexpert/plugin-error';
  readonly code: string;
  readonly hint?: string;
}

/** Makes a PluginError. `code` is `<area>/<what>` in kebab case. */
export function pluginError(facts: {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly cause?: unknown;
}): PluginError {
  const error = new Error(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
  return Object.assign(error, {
    name: 'PluginError',
    brand: 'bexpert/plugin-error' as const,
    code: facts.code,
    ...(facts.hint === undefined ? {} : { hint: facts.hint }),
  });
}

export function isPluginError(value: unknown): value is PluginError {
  return value instanceof Error && 'brand' in value && value.brand === 'bexpert/plugin-error';
}

/** An input on which a gate must turn red: changes a copy of the candidate, or says why it does not apply here. */
export interface NegativeControl<Code extends string = string> {
  readonly name: string;
  readonly expects: Code;
  apply(tree: WritableTree): Promise<'applied' | { readonly notApplicable: string }>;
}

// ---- How a plugin is written ---------------------------------------------------------------

export interface DoctorLine {
  readonly ok: boolean;
  readonly what: string;
  readonly todo?: string;
}
interface Extras {
  /** Lines for `bexpert doctor`. */
  doctor?(env: Readonly<Record<string, string | undefined>>): Promise<readonly DoctorLine[]>;
  /** Dollars per million tokens of the models that an action may call, with the day they were read. */
  prices?(): Promise<Json>;
}
export type Plugin =
  | ({
      readonly kind: 'context';
      readonly manifest: ContextManifest;
      run(inputs: unknown, host: unknown): Promise<ContextResult>;
    } & Extras)
  | ({
      readonly kind: 'action';
      readonly manifest: ActionManifest;
      run(inputs: unknown, host: unknown, turn: Turn): Promise<ActionResult>;
    } & Extras)
  | ({
      readonly kind: 'service';
      readonly manifest: ServiceManifest;
      start(inputs: unknown, host: unknown): Promise<ServiceHandle>;
    } & Extras)
  | ({
      readonly kind: 'gate';
      readonly manifest: GateManifest;
      run(inputs: unknown, host: unknown): Promise<GateResult>;
      readonly prove: readonly NegativeControl[];
    } & Extras);

/** The author's types end here: the engine has checked inputs and outputs against the schemas. */
function erase(kind: Plugin['kind'], manifest: object, plugin: object): Plugin {
  return { ...plugin, kind, manifest } as unknown as Plugin;
}

export function defineManifest<const M extends Manifest>(manifest: M): M {
  return manifest;
}

export function defineContext<M extends ContextManifest>(
  manifest: M,
  run: (inputs: Inputs<M>, host: Host<M>) => Promise<ContextResult<Outputs<M>>>,
  extras: Extras = {},
): Plugin {
  return erase('context', manifest, { run, ...extras });
}
export function defineAction<M extends ActionManifest>(
  manifest: M,
  run: (inputs: Inputs<M>, host: Host<M>, turn: Turn) => Promise<ActionResult<Outputs<M>>>,
  extras: Extras = {},
): Plugin {
  return erase('action', manifest, { run, ...extras });
}
export function defineService<M extends ServiceManifest>(
  manifest: M,
  start: (inputs: Inputs<M>, host: Host<M>) => Promise<ServiceHandle>,
  extras: Extras = {},
): Plugin {
  return erase('service', manifest, { start, ...extras });
}
/** At least one negative control: a gate that was never seen red proves nothing. */
export function defineGate<M extends GateManifest>(
  manifest: M,
  run: (inputs: Inputs<M>, host: Host<M>) => Promise<GateResult<Outputs<M>, keyof M['findings'] & string>>,
  extras: Extras & {
    readonly prove: readonly [NegativeControl<keyof M['findings'] & string>, ...NegativeControl<keyof M['findings'] & string>[]];
  },
): Plugin {
  return erase('gate', manifest, { run, ...extras });
}
