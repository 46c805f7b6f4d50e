// What a plugin receives.
import type { Manifest } from './manifest.ts';
import type { Json } from './schema.ts';
import type { Artifact, BriefItem, Finding } from './values.ts';

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

/** How a service is. */
export type ServiceState =
  /** `listeners`: names for the processes that listen on its port, never used twice; none where the system does not say. */
  | { readonly kind: 'running'; readonly listeners: readonly string[] }
  /** `how` in words: "exit code 1". */
  | { readonly kind: 'ended'; readonly how: string };
/** What happened to a service that should have stood still. */
export interface Thawed {
  /** CPU time in microseconds that its processes used: one that wakes itself has some. */
  readonly used: number;
  /** Bytes and connections that wait on its port: somebody else sent them. */
  readonly waiting: number;
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
  state(): Promise<ServiceState>;
  /**
   * Stops every process of it, and of the services of its tree that it depends on, until `thaw`: what stands still does not disturb what
   * is measured beside it. Connections stay open. Nothing happens to a service that a plugin runs, such as a database. Throws a
   * PluginError `service/not-frozen`.
   */
  freeze(): Promise<void>;
  /** Lets it go on. */
  thaw(): Promise<Thawed>;
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
  /**
   * A fresh instance with its dependencies; a database is a copy of the migrated and seeded template. Different services of one tree
   * belong together: they share what they depend on, also with what the step started itself. A service that is started once more begins
   * a new set, with dependencies of its own.
   */
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
  /** When the step's `timeout:` is over, in milliseconds of `now`. */
  readonly deadline: number;
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
  /**
   * Absolute folder of base's scope that commands see beside the candidate, read-only; undefined: they see one tree only. Plugins with
   * `files` of their own have it.
   */
  readonly baseBeside: string | undefined;
  /** Absolute folder, as commands see it, of an npm package that the manifest names in `packages`; undefined: not installed. */
  packageFolder(name: string): string | undefined;
  /** The path on this machine of a path that commands see, such as a socket in scratch that the plugin itself connects to. */
  outside(path: string): string;
}
/** Of a plugin that starts programs. */
export type ExecHost = BaseHost & ExecPowers;
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
