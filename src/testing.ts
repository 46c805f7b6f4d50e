// The harness for plugins, built-in and of teams: a plugin, a scene, and what came of it.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { stepBudget } from './engine/budget.ts';
import { serviceSetting, startPluginService } from './engine/services/plugin-service.ts';
import type { Setting } from './engine/step-body.ts';
import { openHost } from './engine/step-host.ts';
import { writableViewOf } from './engine/step-view.ts';
import type { StepPlan } from './model/plan.ts';
import {
  type ActionResult,
  type Artifact,
  type ContextResult,
  type ExecHost,
  type GateResult,
  isPluginError,
  type Json,
  type Plugin,
  type PluginError,
  type ServiceHandle,
  type Turn,
} from './plugin-api.ts';
import { allowAllBut } from './testing/access.ts';
import { filesIn } from './testing/folder-tree.ts';
import { openTested, type TestedPlugin } from './testing/plugin-folder.ts';
import type { Scene, SceneTurn } from './testing/scene.ts';
import { openWorld, type World } from './testing/world.ts';

export type { Files } from './testing/folder-tree.ts';
export type { TestedPlugin } from './testing/plugin-folder.ts';
export type { Scene, SceneService, SceneTurn } from './testing/scene.ts';

/** What a plugin did, whether it came to a result or said that it cannot work. */
export interface Seen<Result> {
  readonly result: Result | undefined;
  /** The PluginError that it threw. Anything else that is thrown fails the test. */
  readonly failure: PluginError | undefined;
  readonly log: readonly { readonly level: string; readonly message: string }[];
  readonly progress: readonly { readonly fraction: number; readonly label: string }[];
}
export interface SeenGate extends Seen<GateResult> {
  /** Text of the artifacts by name. */
  readonly artifacts: Readonly<Record<string, string>>;
  /** Codes of the findings, sorted. */
  readonly codes: readonly string[];
}
export interface SeenAction extends Seen<ActionResult> {
  /** The work tree after the step. */
  readonly files: Readonly<Record<string, string>>;
  readonly calls: readonly { readonly name: string; readonly input: Json; readonly result: string; readonly isError: boolean }[];
  /** The last state that it kept. */
  readonly state: Json | undefined;
  readonly spent: { readonly tokens: number; readonly usd: number };
}

function stepOf(plugin: Plugin, scene: Scene): StepPlan {
  const place = { file: 'scene', range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } };
  return {
    id: plugin.manifest.name,
    name: plugin.manifest.name,
    place,
    body: { kind: 'plugin', plugin: plugin.manifest.name, with: { kind: 'literal', value: scene.with ?? {} } },
    needs: [],
    requires: [],
    env: {},
    services: Object.keys(scene.services ?? {}),
    timeoutMs: scene.timeoutMs ?? 600_000,
    exclusive: false,
    level: 'block',
    inconclusive: 'block',
    waive: [],
  };
}

function settingOf(world: World, plugin: Plugin, scene: Scene, more: Partial<Setting> = {}): Setting {
  const step = stepOf(plugin, scene);
  return {
    context: world.context,
    step,
    ref: { phase: plugin.kind, step: step.id, attempt: 1 },
    candidate: world.candidate,
    base: world.base,
    as: 'candidate',
    signal: world.context.signal,
    ...more,
  };
}

async function inputsFor(world: World, plugin: Plugin, scene: Scene): Promise<Json> {
  const checked = await world.context.registry.validateInputs(plugin.manifest.name, scene.with ?? {});
  if (checked.ok) return checked.value;
  throw new Error(
    `the scene's inputs do not fit ${plugin.manifest.name}: ${checked.error.map(({ message }) => message).join('; ')}`,
  );
}

async function attempt<Result extends { readonly outputs: unknown }>(
  world: World,
  plugin: Plugin,
  run: () => Promise<Result>,
): Promise<Seen<Result>> {
  let result: Result | undefined;
  let failure: PluginError | undefined;
  try {
    result = await run();
  } catch (error) {
    if (!isPluginError(error)) throw error;
    failure = error;
  }
  if (result !== undefined) {
    const outputs = await world.context.registry.validateOutputs(plugin.manifest.name, (result.outputs ?? {}) as Json);
    if (!outputs.ok)
      throw new Error(`outputs do not fit the manifest: ${outputs.error.map(({ message }) => message).join('; ')}`);
  }
  return {
    result,
    failure,
    log: world.events.flatMap((event) => (event.type === 'log' ? [event] : [])),
    progress: world.events.flatMap((event) => (event.type === 'progress' ? [event] : [])),
  };
}

async function textOf(world: World, artifacts: readonly Artifact[]): Promise<Record<string, string>> {
  const folder = world.context.folders.artifacts;
  return Object.fromEntries(
    await Promise.all(artifacts.map(async ({ name, path: file }) => [name, await readFile(path.join(folder, file), 'utf8')])),
  );
}

/** Runs a gate on the scene's candidate. A finding whose code the manifest does not declare fails the test. */
export async function testGate(tested: TestedPlugin, scene: Scene): Promise<SeenGate> {
  await using own = await openTested(tested);
  const { plugin } = own;
  if (plugin.kind !== 'gate') throw new Error(`${plugin.manifest.name} is no gate`);
  await using world = await openWorld(plugin, scene);
  return await lookWith(world, plugin, scene);
}

type Gate = Extract<Plugin, { readonly kind: 'gate' }>;
async function lookWith(world: World, plugin: Gate, scene: Scene, candidate = world.candidate): Promise<SeenGate> {
  const inputs = await inputsFor(world, plugin, scene);
  await using opened = await openHost(settingOf(world, plugin, scene, { candidate }), plugin.manifest, plugin);
  const seen = await attempt(world, plugin, () => plugin.run(inputs, opened.host));
  const findings = seen.result?.findings ?? [];
  for (const { code } of findings) {
    if (plugin.manifest.findings[code] === undefined)
      throw new Error(`${code} is not in the manifest of ${plugin.manifest.name}`);
  }
  return {
    ...seen,
    codes: findings.map(({ code }) => code).sort(),
    artifacts: await textOf(world, seen.result?.artifacts ?? []),
  };
}

/** What a gate made of one of its negative controls. */
export type SeenControl = { readonly name: string; readonly expects: string } & (
  | {
      /**
       * `red`: it found the error that the control expects. `green`: it did not. `red-without`: it finds that error without the control
       * too, so that the control proves nothing.
       */
      readonly turned: 'red' | 'green' | 'red-without';
      readonly codes: readonly string[];
      readonly failure: PluginError | undefined;
    }
  /** It says that it was applied, and changed no file. */
  | { readonly turned: 'unchanged' }
  | { readonly turned: 'not-applicable'; readonly why: string }
);

/** Applies each negative control of a gate to a copy of the scene's candidate, and looks; base stays as it is. */
export async function testControls(tested: TestedPlugin, scene: Scene): Promise<readonly SeenControl[]> {
  await using own = await openTested(tested);
  const { plugin } = own;
  if (plugin.kind !== 'gate') throw new Error(`${plugin.manifest.name} is no gate`);
  const before = errorsOf(await testGate(plugin, scene));
  const seen: SeenControl[] = [];
  for (const control of plugin.prove) {
    const { name, expects } = control;
    await using world = await openWorld(plugin, scene);
    const tree = writableViewOf(world.context, world.candidate, 'candidate');
    await using opened = await openHost(settingOf(world, plugin, scene), plugin.manifest, plugin);
    const applied = await control.apply(tree, opened.host as ExecHost);
    // A copy knows what was changed.
    await using changed = await world.candidate.copy();
    if (applied !== 'applied') seen.push({ name, expects, turned: 'not-applicable', why: applied.notApplicable });
    else if (changed.tree === world.candidate.tree) seen.push({ name, expects, turned: 'unchanged' });
    else {
      const look = await lookWith(world, plugin, scene, changed);
      const red = errorsOf(look).has(expects);
      const turned = before.has(expects) ? 'red-without' : red ? 'red' : 'green';
      seen.push({ name, expects, turned, codes: look.codes, failure: look.failure });
    }
  }
  return seen;
}

const errorsOf = ({ result }: SeenGate): ReadonlySet<string> =>
  new Set(result?.findings.flatMap(({ code, severity }) => (severity === 'error' ? [code] : [])));

/** Runs a context plugin on the scene's files. */
export async function testContext(tested: TestedPlugin, scene: Scene): Promise<Seen<ContextResult>> {
  await using own = await openTested(tested);
  const { plugin } = own;
  if (plugin.kind !== 'context') throw new Error(`${plugin.manifest.name} is no context plugin`);
  await using world = await openWorld(plugin, scene);
  const inputs = await inputsFor(world, plugin, scene);
  await using opened = await openHost(settingOf(world, plugin, scene, { as: 'base' }), plugin.manifest, plugin);
  return await attempt(world, plugin, () => plugin.run(inputs, opened.host));
}

/** Runs an action on the scene's work tree, with the tools that every action gets. */
export async function testAction(tested: TestedPlugin, scene: Scene & { readonly turn?: SceneTurn }): Promise<SeenAction> {
  await using own = await openTested(tested);
  const { plugin } = own;
  if (plugin.kind !== 'action') throw new Error(`${plugin.manifest.name} is no action`);
  await using world = await openWorld(plugin, scene);
  const inputs = await inputsFor(world, plugin, scene);
  const { context, candidate: work } = world;
  const given = scene.turn ?? {};
  const { ledger } = context.progress;
  const calls: SeenAction['calls'][number][] = [];
  let state = given.state;
  await using opened = await openHost(settingOf(world, plugin, scene, { work }), plugin.manifest, plugin);
  const access = allowAllBut(given.protect ?? []);
  const { createTools } = await import('./host/tools/tools.ts');
  await using tools = createTools({
    folder: work,
    scopeFolder: work.root,
    access,
    commands: opened.commands,
    signal: context.signal,
    logFolder: context.folders.logs,
    mask: context.mask,
    record: async ({ name, input, result, isError }) => {
      calls.push({ name, input, result, isError });
    },
  });
  const turn: Turn = {
    attempt: given.attempt ?? 1,
    feedback: given.feedback ?? [],
    brief: given.brief ?? [],
    tools,
    state: given.state,
    checkpoint: async (next) => {
      state = next;
    },
    budget: stepBudget({
      run: {
        reserve: 0,
        ...(given.tokens === undefined ? {} : { tokens: given.tokens }),
        ...(given.usd === undefined ? {} : { usd: given.usd }),
      },
      step: undefined,
      name: plugin.manifest.name,
      ledger,
      record: async () => {},
    }),
    rules: access.describe(),
  };
  const seen = await attempt(world, plugin, () => plugin.run(inputs, opened.host, turn));
  return { ...seen, files: await filesIn(work.root, scene.outputs ?? {}), calls, state, spent: ledger.spent() };
}

/** Starts a service plugin. Disposing it stops the service. */
export async function testService(
  tested: TestedPlugin,
  scene: Scene = {},
): Promise<{ readonly handle: ServiceHandle; readonly world: World } & AsyncDisposable> {
  const open: AsyncDisposable[] = [];
  const close = async () => {
    for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
  };
  const keep = <T extends AsyncDisposable>(one: T): T => {
    open.push(one);
    return one;
  };
  try {
    const { plugin } = keep(await openTested(tested));
    const name = plugin.manifest.name;
    const world = keep(await openWorld(plugin, { ...scene, services: { [name]: { uses: plugin, with: scene.with ?? {} } } }));
    const plan = world.context.plan.services[name];
    if (plan === undefined) throw new Error(`the scene has no service ${name}`);
    const setting = serviceSetting({ context: world.context, plan, tree: world.candidate, signal: world.context.signal });
    const { handle } = keep(await startPluginService(setting, plan));
    return { handle, world, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
