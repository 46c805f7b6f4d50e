// What a step runs, in one form for plugins and for `run:` and `argv:` steps.
import type { StepRef } from '../model/event.ts';
import type { StepPlan } from '../model/plan.ts';
import {
  type ActionResult,
  type Artifact,
  type Commands,
  type ContextResult,
  type GateManifest,
  type GateResult,
  type Json,
  type Manifest,
  type Plugin,
  pluginError,
  type ServiceInstance,
  type Turn,
} from '../plugin-api.ts';
import type { TreeFolder } from '../workspace/contract.ts';
import { startAll, withCommand } from './command.ts';
import { commandGate } from './command-gate.ts';
import type { RunContext } from './context.ts';
import { inputsOf } from './inputs.ts';
import { type OpenedHost, openHost } from './step-host.ts';

/** Where one look or one action happens. */
export interface Setting {
  readonly context: RunContext;
  readonly step: StepPlan;
  readonly ref: StepRef;
  readonly candidate: TreeFolder;
  readonly base: TreeFolder;
  /** The tree that an action writes. */
  readonly work?: TreeFolder;
  readonly as: 'candidate' | 'base';
  readonly signal: AbortSignal;
  /** Told of each file that is kept for the report, so that it is known also where the step then breaks. */
  readonly onArtifact?: (artifact: Artifact) => void;
}
export interface GateBody {
  readonly manifest: GateManifest;
  readonly evidence: 'examined' | 'exit-code';
  /** `one`: it sees the tree that it judges and no other, so that no second copy is made for it. */
  readonly trees: 'both' | 'one';
  /**
   * `evidence`: what this look was worth, where that shows only then. `tests`: names of those that ran or were skipped, to be held
   * against base's.
   */
  run(setting: Setting): Promise<GateResult & { readonly evidence?: 'exit-code'; readonly tests?: readonly string[] }>;
}

const tail = (text: string): string => text.slice(-4000);

async function loaded<K extends Plugin['kind']>(
  context: RunContext,
  name: string,
  kind: K,
): Promise<Extract<Plugin, { readonly kind: K }>> {
  const pinned = context.plan.plugins[name];
  const plugin = await context.registry.load(name, pinned);
  if (plugin.kind !== kind)
    throw pluginError({ code: 'plugin/kind', message: `The plugin ${name} is a ${plugin.kind}, not a ${kind}.` });
  return plugin as Extract<Plugin, { readonly kind: K }>;
}

/** Outputs are checked against the manifest: what later steps read has the declared shape, or the plugin is at fault. */
async function checked(context: RunContext, manifest: Manifest, outputs: unknown): Promise<Json> {
  const result = await context.registry.validateOutputs(manifest.name, (outputs ?? {}) as Json);
  if (result.ok) return result.value;
  throw pluginError({
    code: 'plugin/outputs',
    message: `The plugin ${manifest.name} gave outputs that its manifest does not allow: ${result.error.map(({ message }) => message).join('; ')}`,
    hint: 'This is a fault of the plugin.',
  });
}

export async function gateBody(context: RunContext, step: StepPlan): Promise<GateBody> {
  if (context.standIn !== undefined) return context.standIn.gate(step);
  if (step.body.kind !== 'plugin') return commandGate(step);
  const plugin = await loaded(context, step.body.plugin, 'gate');
  return {
    manifest: plugin.manifest,
    evidence: 'examined',
    trees: 'both',
    run: async (setting) => {
      const inputs = await inputsOf(setting, plugin.manifest);
      await using opened = await openHost(setting, plugin.manifest, plugin);
      const result = await plugin.run(inputs, opened.host);
      for (const { code } of result.findings) {
        if (plugin.manifest.findings[code] === undefined) {
          throw pluginError({
            code: 'plugin/finding',
            message: `The gate ${plugin.manifest.name} reported ${code}, which its manifest does not declare.`,
          });
        }
      }
      return { ...result, outputs: await checked(context, plugin.manifest, result.outputs) };
    },
  };
}

export async function runContextBody(setting: Setting): Promise<ContextResult<Json>> {
  const { context, step } = setting;
  if (context.standIn !== undefined) return context.standIn.context(setting);
  if (step.body.kind !== 'plugin') {
    const { result, outputs } = await withCommand(setting, {}, async (ran) => ran);
    if (result.exitCode !== 0) {
      throw pluginError({
        code: 'command/failed',
        message: `The command of step ${step.id} ended with ${result.exitCode ?? result.status}: ${tail(result.stderr.trim())}`,
      });
    }
    return { outputs: { ...outputs, stdout: result.stdout }, brief: [{ title: step.name, text: result.stdout }] };
  }
  const plugin = await loaded(context, step.body.plugin, 'context');
  const inputs = await inputsOf(setting, plugin.manifest);
  await using opened = await openHost(setting, plugin.manifest, plugin);
  const result = await plugin.run(inputs, opened.host);
  return { outputs: await checked(context, plugin.manifest, result.outputs), brief: result.brief };
}

/** Commands of an action run beside the step's services, which are started when the first command is. */
function besideServices(setting: Setting, opened: OpenedHost): Commands {
  let started: Promise<readonly ServiceInstance[]> | undefined;
  const instances = () => {
    started ??= startAll(setting, opened);
    return started;
  };
  return {
    run: async (file, args, options) => opened.commands.run(file, args, { services: await instances(), ...options }),
    spawn: async (file, args, options) => opened.commands.spawn(file, args, { services: await instances(), ...options }),
  };
}

/** `name`: the plugin that really fills the step, which may be a stand-in; `given`: the inputs for one. */
export async function runActionBody(
  setting: Setting,
  filler: { readonly name: string; readonly given?: Json },
  turnOf: (commands: Commands) => Promise<{ readonly turn: Turn } & AsyncDisposable>,
): Promise<ActionResult<Json>> {
  const { context } = setting;
  const plugin = await loaded(context, filler.name, 'action');
  const inputs = await inputsOf(setting, plugin.manifest, filler.given);
  await using opened = await openHost(setting, plugin.manifest, plugin);
  await using turn = await turnOf(besideServices(setting, opened));
  const result = await plugin.run(inputs, opened.host, turn.turn);
  return { ...result, outputs: await checked(context, plugin.manifest, result.outputs) };
}
