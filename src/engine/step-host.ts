// What a plugin receives: views of the trees, commands under the step's profile, services, and nothing that its manifest does not ask for.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { stepCommands } from '../host/commands.ts';
import { insidePaths, type Mount, type Network } from '../host/sandbox/contract.ts';
import { outsidePath } from '../host/sandbox/inside.ts';
import { writableView } from '../host/tree-view.ts';
import type { StepPlan } from '../model/plan.ts';
import { packageRoot } from '../package-root.ts';
import {
  type CommandOptions,
  type Commands,
  type Manifest,
  pluginError,
  type ServiceInstance,
  type Services,
  type Tree,
} from '../plugin-api.ts';
import type { TreeFolder } from '../workspace/contract.ts';
import type { RunContext } from './context.ts';
import { newScratch, safe } from './scratch.ts';
import type { Setting } from './step-body.ts';
import { stepEnvironment } from './step-env.ts';
import { openServices, type StepServices } from './step-services.ts';
import { besideMounts, fromScope, ownMount, ownPaths, stepMounts, viewOf, writableViewOf } from './step-view.ts';

export interface OpenedHost extends AsyncDisposable {
  /** A Host of the manifest's powers; the plugin's own types say which. */
  readonly host: unknown;
  /** Commands of the step, whether or not its plugin may run some: the tools of an action need them. */
  readonly commands: Commands;
  readonly services: Services;
}

/** One number for base and candidate, so that a gate draws the same sample of both. */
function seedOf(setting: Setting): number {
  return createHash('sha256').update(`${setting.context.seed}/${setting.step.id}`).digest().readUInt32BE();
}

function pick(env: Readonly<Record<string, string | undefined>>, names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** The report of the run, in the scratch folder of steps of `finally`. */
const reportName = 'report.md';

const profiles = { action: 'action', gate: 'gate', context: 'gate', service: 'service' } as const;

/**
 * Opens the host of one look or action. Disposing it ends every process and service that the step started and removes its scratch
 * folder. `scratch`: an existing folder to use for it. `files`: the plugin's own, as in `Plugin`. `services`: somebody else's. `beside`: instances
 * that commands join which name none.
 */
export async function openHost(
  setting: Setting,
  manifest: Manifest,
  own: {
    readonly scratch?: string;
    readonly files?: string;
    readonly services?: StepServices;
    readonly beside?: readonly ServiceInstance[];
  } = {},
): Promise<OpenedHost> {
  const { context, step, ref } = setting;
  const { repository } = context.workspace;
  const label = `${ref.attempt}-${safe(step.id)}${ref.again === true ? '-again' : ''}`;
  const scratch = own.scratch ?? newScratch(context, `${label}-${setting.as}`);

  // A walk over a large tree takes most of a second. Whatever a step starts may leave something behind that writes, until the step ends.
  let still = setting.work === undefined;
  const candidate = viewOf(context, setting.candidate, setting.work === undefined ? 'candidate' : 'work', () => still);
  const base = viewOf(context, setting.base, 'base', () => still);
  const folderOf = (tree: Tree): TreeFolder => (tree === base || tree.id === 'base' ? setting.base : setting.candidate);
  const packages = packagesOf(manifest);
  const { files } = own;
  const mounts = [
    ...stepMounts(context, scratch),
    ...packages.values(),
    ...(files === undefined ? [] : [ownMount(files), ...besideMounts(setting.base)]),
  ];
  const assets = files === undefined ? path.posix.join(insidePaths.assets, manifest.name) : ownPaths.plugin;
  const treeMounts = (tree: Tree) => folderOf(tree).mounts({ writable: true });

  const services = own.services ?? openServices({ setting, trees: { base, candidate }, folderOf });
  const startable: Services = {
    ...services.services,
    start: (name, options) => {
      still = false;
      return services.services.start(name, options);
    },
  };
  const started = stepCommands({
    provider: context.provider,
    profile: profiles[manifest.kind],
    mounts,
    tree: candidate,
    treeMounts,
    podOf: (instances) => services.podOf(instances),
    ...networkOf(step, manifest),
    signal: setting.signal,
  });
  const { final } = context;
  const report =
    final === undefined
      ? {}
      : { run: { report: path.posix.join(context.provider.inside(insidePaths.scratch, mounts), reportName) } };
  const joined = <Options extends CommandOptions>(options: Options | undefined) => {
    const { services: instances = own.beside } = options ?? {};
    const env = stepEnvironment({ context, attempt: ref.attempt, env: step.env, instances: instances ?? [], ...report });
    return { ...options, ...(instances === undefined ? {} : { services: instances }), env: { ...env, ...options?.env } };
  };
  // Only for whoever uses it: a gate that merely reads has nothing to put there.
  let made = own.scratch !== undefined;
  const makeScratch = (): void => {
    if (!made) mkdirSync(scratch, { recursive: true });
    if (!made && final !== undefined) writeFileSync(path.join(scratch, reportName), final.report);
    made = true;
  };
  const commands: Commands = {
    run: async (file, args, options) => {
      still = false;
      makeScratch();
      return started.run(file, args, joined(options));
    },
    spawn: async (file, args, options) => {
      still = false;
      makeScratch();
      return started.spawn(file, args, joined(options));
    },
  };
  const log = (level: 'debug' | 'info' | 'warn') => (message: string) =>
    context.emit({ type: 'log', ...ref, level, message: context.mask(message) });

  const scratchView = writableView({
    id: 'scratch',
    hash: '',
    folder: scratch,
    path: context.provider.inside(insidePaths.scratch, mounts),
    files: async () => filesOf(scratch),
  });
  const host = {
    signal: setting.signal,
    log: { debug: log('debug'), info: log('info'), warn: log('warn') },
    env: pick(context.env, manifest.env ?? []),
    now: context.clock.now,
    deadline: context.clock.now() + step.timeoutMs,
    seed: seedOf(setting),
    trees: { base, candidate },
    changed: async () => {
      const changes = await context.workspace.changed(setting.base.tree, setting.candidate.tree);
      return changes.map((change) => ({ ...change, path: fromScope(change.path, repository.scope) }));
    },
    get scratch() {
      makeScratch();
      return scratchView;
    },
    artifact: async (name: string, mediaType: string, content: string | Uint8Array) => {
      const file = path.join(label, setting.as === 'base' ? 'base' : '', safe(name));
      const full = path.join(context.folders.artifacts, file);
      await mkdir(path.dirname(full), { recursive: true });
      await writeFile(full, maskedContent(content, mediaType, context));
      const kept = { name, path: file, mediaType };
      setting.onArtifact?.(kept);
      return kept;
    },
    progress: (fraction: number, label: string) => context.emit({ type: 'progress', ...ref, fraction, label }),
    ...(manifest.powers.includes('exec')
      ? {
          commands,
          services: startable,
          asset: (name: string) => path.posix.join(context.provider.inside(assets, mounts), name),
          baseBeside:
            files === undefined ? undefined : path.posix.join(context.provider.inside(ownPaths.base, mounts), repository.scope),
          packageFolder: (name: string) => {
            const mount = packages.get(name);
            return mount === undefined ? undefined : context.provider.inside(mount.at, mounts);
          },
          outside: (inside: string) => outsidePath(inside, mounts),
        }
      : {}),
    ...(manifest.powers.includes('listen') ? { net: services.net } : {}),
    ...(manifest.powers.includes('network') ? { fetch: globalThis.fetch } : {}),
    ...(manifest.powers.includes('write') && setting.work !== undefined
      ? { work: writableViewOf(context, setting.work, 'work') }
      : {}),
  };
  if (manifest.powers.includes('write') && setting.work === undefined) {
    throw pluginError({
      code: 'plugin/power',
      message: `The plugin ${manifest.name} asks to write the tree, and step ${step.id} is no action step.`,
    });
  }
  return {
    host,
    commands,
    services: startable,
    async [Symbol.asyncDispose]() {
      await started[Symbol.asyncDispose]();
      await services[Symbol.asyncDispose]();
      if (made) await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** Bytes of a text are masked as a text is. */
function maskedContent(content: string | Uint8Array, mediaType: string, context: RunContext): string | Uint8Array {
  if (typeof content === 'string') return context.mask(content);
  return /^text\/|[/+](json|xml|yaml)\b|\bsvg/.test(mediaType) ? context.mask(Buffer.from(content).toString('utf8')) : content;
}

/** Where packages that a manifest names stand; what is not installed here is left out. */
function packagesOf(manifest: Manifest): ReadonlyMap<string, Mount> {
  if (manifest.packages === undefined) return new Map();
  const require = createRequire(path.join(packageRoot(), 'package.json'));
  const found = new Map<string, Mount>();
  for (const name of manifest.packages) {
    const from = require.resolve
      .paths(name)
      ?.map((folder) => path.join(folder, name))
      .find((folder) => existsSync(folder));
    if (from !== undefined) found.set(name, { from, at: path.posix.join('/packages', name), mode: 'read-only' });
  }
  return found;
}

/** Services of plugins are the runner's own code; commands of a step reach only the hosts that its `network:` names. */
function networkOf(step: StepPlan, manifest: Manifest): { readonly network?: Network } {
  if (manifest.kind === 'service') return { network: { kind: 'machine' } };
  return step.network === undefined ? {} : { network: { kind: 'hosts', hosts: step.network } };
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const { readdir } = await import('node:fs/promises');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}
