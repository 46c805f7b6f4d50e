// What a step runs, in one form for plugins and for `run:` and `argv:` steps.
import { shellArgv } from '../host/shell.ts';
import type { StepRef } from '../model/event.ts';
import type { StepPlan } from '../model/plan.ts';
import {
  type ActionResult,
  type Commands,
  type ContextResult,
  type ExecResult,
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
}
export interface GateBody {
  readonly manifest: GateManifest;
  readonly evidence: 'examined' | 'exit-code';
  run(setting: Setting): Promise<GateResult>;
}

const nothing = { type: 'object', properties: {}, additionalProperties: false } as const;
const commandManifest = {
  kind: 'gate',
  name: 'run',
  api: 1,
  summary: 'A command whose exit code is the verdict.',
  inputs: nothing,
  outputs: nothing,
  powers: ['exec'],
  runsOnBase: false,
  findings: { 'run/exit-code': { means: 'The command ended with another exit code than 0.', baseline: 'absolute' } },
} as const satisfies GateManifest;

function argvOf(step: StepPlan): readonly [string, ...string[]] {
  if (step.body.kind === 'shell') return shellArgv(step.body.command);
  const [file, ...args] = step.body.kind === 'argv' ? step.body.argv : [];
  if (file === undefined) throw new Error(`step ${step.id} has no command`);
  return [file, ...args];
}

/** Runs the command of a `run:` or `argv:` step in the tree of its setting. */
export async function runCommand(setting: Setting): Promise<ExecResult> {
  const { step } = setting;
  await using opened = await openHost(setting, commandManifest);
  const [file, ...args] = argvOf(step);
  const result = await opened.commands.run(file, args, {
    services: await startAll(setting, opened),
    ...(step.workingDirectory === undefined ? {} : { cwd: step.workingDirectory }),
  });
  // A shell answers 127 where the command is not there: the environment is wrong, not the work.
  if (result.status === 'not-found' || (step.body.kind === 'shell' && result.exitCode === 127)) {
    throw pluginError({
      code: 'command/not-found',
      message: `The command of step ${step.id} was not found: ${(result.stderr.trim().split('\n').at(-1) ?? '') || file}`,
      hint: 'Install it in `setup:`, or give its path. Commands see the tree, the set-up outputs and the system folders, not your home folder.',
    });
  }
  if (result.status === 'denied' || result.status === 'limit') {
    throw pluginError({
      code: `command/${result.status}`,
      message: `The command of step ${step.id} was ended: ${result.limit ?? 'the sandbox denied it'}.`,
    });
  }
  return result;
}

const tail = (text: string): string => text.slice(-4000);

function commandGate(): GateBody {
  return {
    manifest: commandManifest,
    evidence: 'exit-code',
    run: async (setting) => {
      const result = await runCommand(setting);
      const examined = { unit: 'commands', count: 1, min: 1 };
      if (result.status === 'exited' && result.exitCode === 0) return { outputs: {}, examined, findings: [] };
      const how = result.status === 'exited' ? `exit code ${result.exitCode}` : result.status;
      return {
        outputs: {},
        examined,
        findings: [
          {
            code: 'run/exit-code',
            severity: 'error',
            subject: setting.step.id,
            message: `The command of step ${setting.step.id} ended with ${how}; 0 was expected.`,
            evidence: tail(`${result.stdout}\n${result.stderr}`.trim()),
            ...(setting.step.body.kind === 'shell' ? { repro: setting.step.body.command } : {}),
          },
        ],
      };
    },
  };
}

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
  if (step.body.kind !== 'plugin') return commandGate();
  const plugin = await loaded(context, step.body.plugin, 'gate');
  return {
    manifest: plugin.manifest,
    evidence: 'examined',
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
  if (step.body.kind !== 'plugin') {
    const result = await runCommand(setting);
    if (result.exitCode !== 0) {
      throw pluginError({
        code: 'command/failed',
        message: `The command of step ${step.id} ended with ${result.exitCode ?? result.status}: ${tail(result.stderr.trim())}`,
      });
    }
    return { outputs: { stdout: result.stdout }, brief: [{ title: step.name, text: result.stdout }] };
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

async function startAll({ step }: Setting, opened: OpenedHost): Promise<readonly ServiceInstance[]> {
  const instances: ServiceInstance[] = [];
  for (const name of step.services) instances.push(await opened.services.start(name));
  return instances;
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
