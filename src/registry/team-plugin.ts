// Plugins of a repository or a package: TypeScript and JavaScript, bundled once for each content, and plugin.json, whose files are kept.
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, type Result, succeed } from '../model/result.ts';
import type { Manifest, Plugin } from '../plugin-api.ts';
import { version } from '../version.ts';
import { isManifest, manifestFault } from './manifest-check.ts';
import { type Bundle, bundlePlugin, exists, sha256 } from './team-bundle.ts';

/** A bundle in the cache. */
export interface TeamPlugin {
  readonly manifest: Manifest;
  /** sha256 of the bundled code, or of the files. */
  readonly digest: string;
  load(): Promise<Plugin>;
}
interface Named {
  /** What the playbook writes: `./plugins/my-gate`, or `npm:` and the name of a package. */
  readonly name: string;
  readonly cacheFolder: string;
}

async function entry(folder: string, name: string): Promise<string | undefined> {
  for (const file of [`${name}.ts`, `${name}.mts`, `${name}.js`, `${name}.mjs`]) {
    if (await exists(path.join(folder, file))) return file;
  }
  return undefined;
}

/** Digest of all files of the folder, and of what bundles them. */
async function contentKey(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((file) => file.isFile())
    .map((file) => path.relative(folder, path.join(file.parentPath, file.name)))
    .filter((file) => !file.split(path.sep).includes('node_modules'))
    .sort();
  const contents = await Promise.all(files.map((file) => readFile(path.join(folder, file))));
  return sha256(version, ...files.flatMap((file, index) => [file, contents[index] ?? '']));
}

type Known = Omit<Bundle, 'code'>;
async function known(record: string): Promise<Known | undefined> {
  try {
    const bundled = JSON.parse(await readFile(record, 'utf8')) as Known;
    for (const [file, digest] of Object.entries(bundled.outside)) if (sha256(await readFile(file)) !== digest) return undefined;
    return bundled;
  } catch {
    return undefined;
  }
}

/** Written beside and moved in place: another bexpert may do the same at the same time. */
async function put(file: string, content: string | Uint8Array): Promise<void> {
  const beside = `${file}.${sha256(content).slice(0, 8)}.${Math.random().toString(36).slice(2)}`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(beside, content);
  await rename(beside, file);
}

/** Bundles the plugin of a folder, or finds its bundle in the cache. */
export async function openTeamPlugin(
  options: Named & {
    readonly folder: string;
    /** Folders in which packages that it imports are looked for, besides those above its own. */
    readonly packages?: readonly string[];
  },
): Promise<Result<TeamPlugin, string>> {
  const { folder, cacheFolder, name } = options;
  if (!(await exists(folder))) return fail('there is no such folder');
  const entries = { manifest: await entry(folder, 'manifest'), index: await entry(folder, 'index') };
  const foreign = await exists(path.join(folder, 'plugin.json'));
  if (foreign && entries.manifest !== undefined) return fail(`it has both plugin.json and ${entries.manifest}`);
  await mkdir(cacheFolder, { recursive: true });
  if (foreign) {
    const { keepFiles } = await import('./foreign-files.ts');
    const digest = await keepFiles(folder, cacheFolder);
    return digest.ok ? readForeign({ name, cacheFolder, digest: digest.value }) : digest;
  }
  if (entries.manifest === undefined || entries.index === undefined) {
    return fail(entries.manifest === undefined ? 'it has neither manifest.ts nor plugin.json' : 'it has no index.ts');
  }
  const record = path.join(cacheFolder, `${await contentKey(folder)}.json`);
  let bundled = await known(record);
  if (bundled === undefined || !(await exists(path.join(cacheFolder, bundled.digest)))) {
    const built = await bundlePlugin({
      folder,
      entries: { manifest: entries.manifest, index: entries.index },
      packages: options.packages ?? [],
    });
    if (!built.ok) return built;
    const { code, ...facts } = built.value;
    for (const [file, content] of code) await put(path.join(cacheFolder, facts.digest, file), content);
    const made = await loadCached({ name, cacheFolder, digest: facts.digest });
    if (!made.ok) return made;
    await put(record, JSON.stringify(facts));
    bundled = facts;
  }
  return loadCached({ name, cacheFolder, digest: bundled.digest });
}

/** A plugin of a package is named by its manifest, one of the repository also by its folder. */
const expectedName = (name: string, manifest: unknown): string => {
  const own = typeof manifest === 'object' && manifest !== null && 'name' in manifest ? manifest.name : undefined;
  return name.startsWith('npm:') && typeof own === 'string' && /^[a-z][a-z0-9-]*$/.test(own) ? own : name;
};

async function loadForeign(options: Named & { readonly digest: string }): Promise<Result<TeamPlugin, string>> {
  const { isKept } = await import('./foreign-files.ts');
  const same = await isKept(options.cacheFolder, options.digest);
  return same ? readForeign(options) : fail('its files in the cache are not what they were');
}

async function readForeign(options: Named & { readonly digest: string }): Promise<Result<TeamPlugin, string>> {
  const { digest } = options;
  const { keptFolder } = await import('./foreign-files.ts');
  const { readPluginJson } = await import('./foreign-manifest.ts');
  const files = keptFolder(options.cacheFolder, digest);
  const read = readPluginJson(await readFile(path.join(files, 'plugin.json'), 'utf8'), (manifest) =>
    expectedName(options.name, manifest),
  );
  if (!read.ok) return read;
  return succeed({
    manifest: read.value.manifest,
    digest,
    load: async () => (await import('./foreign-plugin.ts')).foreignPlugin(read.value, files),
  });
}

/** The plugin with this digest, if the cache still has it. */
export async function loadCached(options: Named & { readonly digest: string }): Promise<Result<TeamPlugin, string>> {
  const at = (file: string): string => path.join(options.cacheFolder, options.digest, file);
  if (await exists(at('files/plugin.json'))) return loadForeign(options);
  const load = (file: string) => import(pathToFileURL(at(file)).href);
  let manifest: unknown;
  try {
    manifest = ((await load('manifest.mjs')) as { readonly manifest?: unknown }).manifest;
  } catch (error) {
    return fail(`manifest.ts cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  const name = expectedName(options.name, manifest);
  if (!isManifest(manifest, name)) return fail(manifestFault(manifest, name) ?? 'its manifest is wrong');
  return succeed({
    manifest,
    digest: options.digest,
    load: async () => {
      const plugin = ((await load('index.mjs')) as { readonly default: Plugin }).default;
      return (await exists(at('assets'))) ? { ...plugin, files: at('assets') } : plugin;
    },
  });
}
