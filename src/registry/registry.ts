// Which plugins there are, what they declare, and their code when it is needed.
import path from 'node:path';
import type { Facts } from '../diagnostics/code-table.ts';
import { type PlaybookCodes, playbookCodes } from '../diagnostics/codes-playbook.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import { type BuiltIn, builtIn as shipped } from '../generated/plugins.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PinnedPlugin } from '../model/plan.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { type Json, type Manifest, type Plugin, pluginError } from '../plugin-api.ts';
import { version } from '../version.ts';
import { conform } from './conform.ts';
import type { PackageSource } from './npm-package.ts';
import type { TeamPlugin } from './team-plugin.ts';
import { toDiagnostic, type ValueProblem, valueProblems } from './value-problem.ts';

export type BuiltInTable = Readonly<Record<string, BuiltIn>>;
export interface RegistryOptions {
  /** Absolute folder of the scope, in which team plugins lie; or `pluginFolder`, which gives a folder's absolute path. */
  readonly scopeFolder?: string;
  readonly pluginFolder?: (folder: string) => Promise<string>;
  /** Where plugins from npm are looked for; default: nowhere. */
  readonly packages?: PackageSource;
  /** For the bundles of team plugins. */
  readonly cacheFolder: string;
  /** In place of the plugins that come with bexpert. */
  readonly builtIn?: BuiltInTable;
}

/** Why there is no such plugin: `unknown`, or what is wrong with it. */
export type NoPlugin =
  | { readonly kind: 'unknown'; readonly known: readonly string[] }
  | { readonly kind: 'broken'; readonly facts: Facts<PlaybookCodes, 'plugin/team'> };

export interface Registry {
  /** Names of the built-in plugins. */
  readonly names: readonly string[];
  manifest(name: string): Promise<Result<PinnedPlugin, NoPlugin>>;
  /** Throws a PluginError when it is not there, or is no longer what was pinned. */
  load(name: string, pinned?: PinnedPlugin): Promise<Plugin>;
  /** Inputs with defaults filled and amounts as numbers, or what does not fit. `name` as after `uses:`, or of the manifest. */
  validateInputs(name: string, value: Json): Promise<Result<Json, readonly Diagnostic[]>>;
  validateOutputs(name: string, value: Json): Promise<Result<Json, readonly Diagnostic[]>>;
  /** The same with the place of each problem in the value. */
  examine(name: string, value: Json): Promise<Examined>;
}
export interface Examined {
  readonly value: Json;
  readonly problems: readonly ValueProblem[];
}

interface Entry {
  readonly pinned: PinnedPlugin;
  plugin(): Promise<Plugin>;
}

const isPackageName = (name: string): boolean => name.startsWith('npm:');
/** `./plugins/x`, not `coverage`. */
const isFolderName = (name: string): boolean => name.startsWith('./') || name.startsWith('../') || path.isAbsolute(name);

function examineWith(manifest: Manifest, given: { readonly part: 'inputs' | 'outputs'; readonly value: Json }): Examined {
  const schema = manifest[given.part];
  const value = given.part === 'inputs' ? conform(schema, given.value) : given.value;
  const where = given.part === 'inputs' ? `\`with\` of ${manifest.name}` : `the outputs of ${manifest.name}`;
  return { value, problems: valueProblems({ schema, value, where }) };
}

const resultOf = ({ value, problems }: Examined): Result<Json, readonly Diagnostic[]> =>
  problems.length === 0 ? succeed(value) : fail(problems.map((problem) => toDiagnostic(problem)));

/** Checks the inputs of a plugin that is in no table. */
export function validateWith(manifest: Manifest, value: Json): Result<Json, readonly Diagnostic[]> {
  return resultOf(examineWith(manifest, { part: 'inputs', value }));
}

/** What is wrong when there is no plugin, as a sentence for whoever runs. */
export function noPluginWords(name: string, why: NoPlugin): Diagnostic {
  switch (why.kind) {
    case 'unknown':
      return diagnose(playbookCodes, 'plugin/unknown', { name, known: why.known });
    case 'broken':
      return diagnose(playbookCodes, 'plugin/team', why.facts);
  }
}

/** Opens no plugin and builds nothing until one is asked for. */
export function openRegistry(options: RegistryOptions): Registry {
  const builtIn: BuiltInTable = options.builtIn ?? shipped;
  const names = Object.keys(builtIn).sort();
  const entries = new Map<string, Entry>();
  const folderOf = options.pluginFolder ?? (async (folder: string) => path.resolve(options.scopeFolder ?? '.', folder));

  async function builtInEntry(name: string): Promise<Entry | undefined> {
    const found = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
    if (found === undefined) return undefined;
    const manifest = await found.manifest();
    return {
      pinned: { manifest, digest: version, origin: 'built-in' },
      plugin: found.plugin,
    };
  }
  const teamEntry = (name: string, plugin: TeamPlugin): Entry => ({
    pinned: { manifest: plugin.manifest, digest: plugin.digest, origin: name },
    plugin: once(() => plugin.load()),
  });

  async function find(name: string, pinned?: PinnedPlugin): Promise<Result<Entry, NoPlugin>> {
    const known = entries.get(name);
    if (
      known !== undefined &&
      (pinned === undefined || pinned.digest === known.pinned.digest || known.pinned.origin === 'built-in')
    )
      return succeed(known);
    if (!isFolderName(name) && !isPackageName(name)) {
      const entry = await builtInEntry(name);
      if (entry === undefined) return fail({ kind: 'unknown', known: names });
      entries.set(name, entry);
      return succeed(entry);
    }
    const team = await openTeam(name, pinned);
    if (!team.ok) return fail({ kind: 'broken', facts: { folder: name, why: team.error } });
    const entry = teamEntry(name, team.value);
    const own = entry.pinned.manifest.name;
    const namesake = entries.get(own)?.pinned.origin ?? (Object.hasOwn(builtIn, own) ? 'built-in' : name);
    if (namesake !== name) {
      const what = namesake === 'built-in' ? 'a built-in plugin' : `the plugin ${namesake}`;
      return fail({ kind: 'broken', facts: { folder: name, why: `${what} has the same name, ${own}` } });
    }
    entries.set(name, entry);
    entries.set(own, entry);
    return succeed(entry);
  }

  async function openTeam(name: string, pinned: PinnedPlugin | undefined): Promise<Result<TeamPlugin, string>> {
    if (!isPackageName(name) && (name.includes('..') || path.isAbsolute(name)))
      return fail('a plugin lies in the scope, for example ./plugins/my-gate');
    const { cacheFolder } = options;
    const { loadCached, openTeamPlugin } = await import('./team-plugin.ts');
    if (pinned !== undefined) {
      const cached = await loadCached({ name, cacheFolder, digest: pinned.digest });
      if (cached.ok) return cached;
    }
    const folder = isPackageName(name) ? await packageOf(name) : succeed(await folderOf(name));
    if (!folder.ok) return folder;
    const opened = await openTeamPlugin({
      name,
      folder: folder.value,
      cacheFolder,
      packages: nodeModules(options.packages?.folder),
    });
    if (opened.ok && pinned !== undefined && opened.value.digest !== pinned.digest) {
      return fail('its code is not what it was when the run began');
    }
    return opened;
  }

  async function packageOf(name: string): Promise<Result<string, string>> {
    if (options.packages === undefined) return fail('plugins from npm are not looked for here');
    return (await import('./npm-package.ts')).packageFolder(name, options.packages);
  }

  async function entryOf(name: string, pinned?: PinnedPlugin): Promise<Entry> {
    const found = await find(name, pinned);
    if (found.ok) return found.value;
    const { code, message, hint } = noPluginWords(name, found.error);
    throw pluginError({ code, message, ...(hint === undefined ? {} : { hint }) });
  }
  async function examine(name: string, given: { readonly part: 'inputs' | 'outputs'; readonly value: Json }): Promise<Examined> {
    const entry = await entryOf(name);
    return examineWith(entry.pinned.manifest, given);
  }

  return {
    names,
    manifest: async (name) => {
      const found = await find(name);
      return found.ok ? succeed(found.value.pinned) : found;
    },
    load: async (name, pinned) => (await entryOf(name, pinned)).plugin(),
    examine: (name, value) => examine(name, { part: 'inputs', value }),
    validateInputs: async (name, value) => resultOf(await examine(name, { part: 'inputs', value })),
    validateOutputs: async (name, value) => resultOf(await examine(name, { part: 'outputs', value })),
  };
}

/** From the folder up, as Node looks for packages. */
function nodeModules(from: string | undefined): readonly string[] {
  if (from === undefined) return [];
  const above = path.dirname(from);
  return [path.join(from, 'node_modules'), ...(above === from ? [] : nodeModules(above))];
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
