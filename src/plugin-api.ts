// The contract, version 1: the one module that a plugin imports from bexpert. Types, a few identity functions, and what several plugins
// must do alike.
import type { Host, Turn } from './contract/host.ts';
import type {
  ActionManifest,
  ContextManifest,
  GateManifest,
  Inputs,
  Manifest,
  Outputs,
  ServiceManifest,
} from './contract/manifest.ts';
import type { ActionResult, ContextResult, GateResult, NegativeControl, PluginError, ServiceHandle } from './contract/result.ts';
import type { Json } from './contract/schema.ts';

export { fitted } from './contract/brief.ts';
export type * from './contract/host.ts';
export type * from './contract/manifest.ts';
export { randomOf } from './contract/random.ts';
export { drawsOf, filledBody, type Request, requestFault, requestSchema, titleOf } from './contract/request.ts';
export type * from './contract/result.ts';
export type { Json, NumberFormat, ObjectSchema, Schema, StringFormat } from './contract/schema.ts';
export type * from './contract/values.ts';

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
  /**
   * Absolute folder of this machine with files that its commands execute, in place of those that were built with bexpert: commands see
   * it read-only, `host.asset` names files of it. bexpert sets it for plugins of a repository or of a package.
   */
  readonly files?: string;
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
