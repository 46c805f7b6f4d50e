// What a plugin declares: pure data.
import type { Infer, ObjectSchema } from './schema.ts';

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
  /**
   * npm packages, installed with bexpert, whose files its commands execute; `host.packageFolder` says where. A package that is
   * not installed here (another platform's binaries) is left out.
   */
  readonly packages?: readonly string[];
  /** Alone on the machine. */
  readonly exclusive?: boolean;
  /**
   * `cheap`: milliseconds of work. Where it starts no commands either, such a step does not wait for those that measure on this
   * machine. Default: neither.
   */
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
   * playbook names. The stand-in gets the inputs `script` (its path), `script-text` (its content) and nothing else. A model that the
   * playbook names comes as the input `model`, where the manifest has one and the step names none.
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
  /** Runs the project's own tests: a playbook that verifies an action without such a gate gets a warning. */
  readonly runsTests?: true;
  /** Every code it may report: its meaning, and how a finding that base has too is treated. */
  readonly findings: Readonly<Record<string, { readonly means: string; readonly baseline: Baseline }>>;
}
export type Manifest = ContextManifest | ActionManifest | ServiceManifest | GateManifest;

export type Inputs<M extends Manifest> = Infer<M['inputs']>;
export type Outputs<M extends Manifest> = Infer<M['outputs']>;
