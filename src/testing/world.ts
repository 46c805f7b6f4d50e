// A run's surroundings for one plugin under test: the real host, on plain folders in place of git trees.
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { noProgress, type RunContext } from '../engine/context.ts';
import { ServiceTemplates } from '../engine/services/templates.ts';
import { templateOf } from '../expression/template.ts';
import { formsOfSecrets, openHiding, secretsOf } from '../host/mask.ts';
import { noneProvider } from '../host/sandbox/none.ts';
import { selectProvider } from '../host/sandbox/select.ts';
import type { PassingEvent } from '../model/event.ts';
import type { Place } from '../model/location.ts';
import type { PinnedPlugin, Plan, ServicePlan, Template } from '../model/plan.ts';
import { packageRoot } from '../package-root.ts';
import type { Json, Plugin } from '../plugin-api.ts';
import { openRegistry, type Registry } from '../registry/registry.ts';
import type { TreeFolder, Workspace } from '../workspace/contract.ts';
import { folderTree, writeFiles } from './folder-tree.ts';
import type { Scene, SceneService } from './scene.ts';

const nowhere: Place = { file: 'scene', range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } };
const template = (value: Json): Template => templateOf(value, () => nowhere);
const templates = (values: Readonly<Record<string, string>> = {}): Record<string, Template> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, template(value)]));

export interface World extends AsyncDisposable {
  readonly context: RunContext;
  readonly candidate: TreeFolder;
  readonly base: TreeFolder;
  /** Everything that was shown and not kept. */
  readonly events: readonly PassingEvent[];
}

function servicePlan(name: string, scene: SceneService): ServicePlan {
  const { ready = {} } = scene;
  return {
    name,
    place: nowhere,
    body:
      scene.uses !== undefined
        ? { kind: 'plugin', plugin: scene.uses.manifest.name, with: template(scene.with ?? {}) }
        : scene.argv !== undefined
          ? { kind: 'argv', argv: scene.argv }
          : { kind: 'shell', command: scene.run ?? '' },
    env: templates(scene.env),
    dependencies: scene.dependencies ?? [],
    ready: { ...ready, withinMs: ready.withinMs ?? 20_000 },
    ...(scene.migrate === undefined ? {} : { migrate: scene.migrate }),
    ...(scene.seed === undefined ? {} : { seed: scene.seed }),
  };
}

/** Plugins given as objects in place of the built-in ones. */
function registryOf(plugins: readonly Plugin[], cacheFolder: string): Registry {
  const builtIn = Object.fromEntries(
    plugins.map((plugin) => [plugin.manifest.name, { manifest: async () => plugin.manifest, plugin: async () => plugin }]),
  );
  return openRegistry({ builtIn, cacheFolder });
}

function planOf(plugin: Plugin, scene: Scene): Plan {
  const services = Object.entries(scene.services ?? {});
  const plugins = [plugin, ...services.flatMap(([, { uses }]) => uses ?? [])];
  return {
    name: 'scene',
    sources: [],
    inputs: {},
    env: {},
    setup: [],
    services: Object.fromEntries(services.map(([name, service]) => [name, servicePlan(name, service)])),
    auth: Object.fromEntries(
      Object.entries(scene.auth ?? {}).map(([name, run]) => [name, { kind: 'command', place: nowhere, run, env: {} }]),
    ),
    phases: [],
    protect: [],
    budget: { reserve: 0 },
    model: { use: 'auto' },
    sandbox: 'preferred',
    deliver: { to: 'none' },
    plugins: Object.fromEntries(
      plugins.map(({ manifest }): [string, PinnedPlugin] => [manifest.name, { manifest, digest: 'scene', origin: 'built-in' }]),
    ),
  };
}

/** Only what a step's host asks of a workspace. */
function workspaceOf(base: TreeFolder, candidate: TreeFolder): Workspace {
  const changed: Workspace['changed'] = async () => {
    const [before, after] = [await base.manifest(), await candidate.manifest()];
    return [...new Set([...before.keys(), ...after.keys()])]
      .sort()
      .filter((file) => before.get(file) !== after.get(file))
      .map((file) => ({ path: file, status: !before.has(file) ? 'added' : after.has(file) ? 'changed' : 'removed' }));
  };
  return {
    repository: { root: candidate.root, scope: '', id: '0'.repeat(16), head: '', branch: undefined, warnings: [] },
    base: { commit: '', tree: base.tree },
    changed,
    baseTree: async () => base,
  } satisfies Partial<Workspace> as unknown as Workspace;
}

export async function openWorld(plugin: Plugin, scene: Scene): Promise<World> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'bexpert-scene-')));
  const stop = new AbortController();
  const assets = path.join(packageRoot(), 'dist/assets');
  const selected =
    scene.provider === 'best'
      ? await selectProvider({ wanted: 'preferred', stateFolder: folder, assetsFolder: assets, env: {} })
      : undefined;
  const provider = selected?.provider ?? noneProvider();
  const tree = async (id: 'base' | 'candidate') => {
    const root = path.join(folder, id);
    await mkdir(root);
    await writeFiles(root, (id === 'base' ? scene.base : scene.candidate) ?? scene.candidate ?? {});
    return folderTree({ id, root, outputs: scene.outputs ?? {}, mounted: provider.isolates });
  };
  const [base, candidate] = [await tree('base'), await tree('candidate')];
  const folders = {
    run: folder,
    scratch: path.join(folder, 'scratch'),
    artifacts: path.join(folder, 'artifacts'),
    logs: path.join(folder, 'logs'),
    machine: path.join(folder, 'machine'),
  };
  for (const one of Object.values(folders)) await mkdir(one, { recursive: true });
  const events: PassingEvent[] = [];
  const hiding = openHiding(secretsOf(scene.env ?? {}));
  const templatesOfRun = new ServiceTemplates();
  const services = Object.values(scene.services ?? {});
  const context: RunContext = {
    id: `scene-${path.basename(folder)}`,
    mode: 'run',
    plan: planOf(plugin, scene),
    folders,
    workspace: workspaceOf(base, candidate),
    provider,
    registry: registryOf([plugin, ...services.flatMap(({ uses }) => uses ?? [])], folder),
    progress: noProgress(),
    templates: templatesOfRun,
    env: scene.env ?? {},
    signal: AbortSignal.any([stop.signal, ...(scene.signal === undefined ? [] : [scene.signal])]),
    seed: scene.seed ?? 1,
    cores: 2,
    clock: { now: () => performance.now(), date: () => new Date() },
    facts: {},
    assets,
    record: async () => {},
    emit: (event) => events.push(event),
    mask: hiding.mask,
    maskStream: hiding.stream,
    hide: (secret) => hiding.hide(formsOfSecrets([secret])),
  };
  return {
    context,
    candidate,
    base,
    events,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await templatesOfRun[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
