// What a plugin returns.
import type { CpuTime, ExecHost, ProxyAddress, WritableTree } from './host.ts';
import type { Json } from './schema.ts';
import type { Artifact, BriefItem, Finding, Measurement } from './values.ts';

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
  /**
   * Variables that every command which uses the service gets unless its own `env:` sets them, for the address that it will see:
   * `DATABASE_URL` of a database.
   */
  env?(address: ProxyAddress): Readonly<Record<string, string>>;
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

/** An input on which a gate must turn red: changes a copy of the candidate, or says why it does not apply here. */
export interface NegativeControl<Code extends string = string> {
  readonly name: string;
  readonly expects: Code;
  /** `host` of the plugin, in which `tree` is the candidate, for those that start a program to do it. */
  apply(tree: WritableTree, host?: ExecHost): Promise<'applied' | { readonly notApplicable: string }>;
}
