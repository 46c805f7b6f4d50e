// Plugins of a repository: TypeScript that Node 20 cannot load, so esbuild bundles it, once for each content.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, type Result, succeed } from '../model/result.ts';
import { packageRoot } from '../package-root.ts';
import type { Manifest, Plugin } from '../plugin-api.ts';
import { version } from '../version.ts';
import { isManifest, manifestFault } from './manifest-check.ts';

/** A bundle in the cache. */
export interface TeamPlugin {
  readonly manifest: Manifest;
  /** sha256 of the bundled code. */
  readonly digest: string;
  load(): Promise<Plugin>;
}

const sha256 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};
const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined)) !== undefined;

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

async function pluginApi(): Promise<string> {
  const built = path.join(packageRoot(), 'dist/plugin-api.js');
  return (await exists(built)) ? built : path.join(packageRoot(), 'src/plugin-api.ts');
}

interface Bundled {
  readonly digest: string;
  /** Files outside the folder that are part of the bundle, with their sha256. */
  readonly outside: Readonly<Record<string, string>>;
}

async function bundle(
  folder: string,
  entries: Readonly<Record<string, string>>,
): Promise<Result<Bundled & { readonly code: ReadonlyMap<string, Uint8Array> }, string>> {
  const { build } = await import('esbuild');
  try {
    const built = await build({
      absWorkingDir: folder,
      entryPoints: Object.entries(entries).map(([out, file]) => ({ in: `./${file}`, out })),
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'silent',
      alias: { 'bexpert/plugin-api': await pluginApi() },
    });
    const outside: Record<string, string> = {};
    for (const input of Object.keys(built.metafile.inputs)) {
      const file = path.resolve(folder, input);
      if (path.relative(folder, file).startsWith('..') || file.includes(`${path.sep}node_modules${path.sep}`))
        outside[file] = sha256(await readFile(file));
    }
    const code = new Map(built.outputFiles.map((file) => [path.basename(file.path), file.contents]));
    const digest = sha256(...[...code].sort(([a], [b]) => (a < b ? -1 : 1)).flat());
    return succeed({ digest, outside, code });
  } catch (error) {
    const first = isBuildFailure(error) ? error.errors[0] : undefined;
    const at = first?.location == null ? '' : `${first.location.file}:${first.location.line}:${first.location.column + 1}: `;
    return fail(first === undefined ? `it does not build: ${String(error)}` : `it does not build: ${at}${first.text}`);
  }
}

interface BuildFailure {
  readonly errors: readonly {
    readonly text: string;
    readonly location: { readonly file: string; readonly line: number; readonly column: number } | null;
  }[];
}
const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors);

async function known(record: string): Promise<Bundled | undefined> {
  try {
    const bundled = JSON.parse(await readFile(record, 'utf8')) as Bundled;
    for (const [file, digest] of Object.entries(bundled.outside)) if (sha256(await readFile(file)) !== digest) return undefined;
    return bundled;
  } catch {
    return undefined;
  }
}

/** Written beside and moved in place: another bexpert may do the same at the same time. */
async function put(file: string, content: string | Uint8Array): Promise<void> {
  const beside = `${file}.${sha256(content).slice(0, 8)}.${Math.random().toString(36).slice(2)}`;
  await writeFile(beside, content);
  await rename(beside, file);
}

/** Bundles the plugin of a folder, or finds its bundle in the cache. `name` is what the playbook writes, `./plugins/my-gate`. */
export async function openTeamPlugin(options: {
  readonly name: string;
  readonly folder: string;
  readonly cacheFolder: string;
}): Promise<Result<TeamPlugin, string>> {
  const { folder, cacheFolder } = options;
  if (!(await exists(folder))) return fail('there is no such folder');
  const entries = { manifest: await entry(folder, 'manifest'), index: await entry(folder, 'index') };
  if (entries.manifest === undefined || entries.index === undefined) {
    if (await exists(path.join(folder, 'plugin.json')))
      return fail('plugins in another language (plugin.json) are not supported yet');
    return fail(`it has no ${entries.manifest === undefined ? 'manifest.ts' : 'index.ts'}`);
  }
  await mkdir(cacheFolder, { recursive: true });
  const record = path.join(cacheFolder, `${await contentKey(folder)}.json`);
  let bundled = await known(record);
  if (bundled === undefined || !(await exists(path.join(cacheFolder, bundled.digest)))) {
    const built = await bundle(folder, { manifest: entries.manifest, index: entries.index });
    if (!built.ok) return built;
    const { code, ...facts } = built.value;
    await mkdir(path.join(cacheFolder, facts.digest), { recursive: true });
    for (const [file, content] of code) await put(path.join(cacheFolder, facts.digest, file), content);
    const made = await loadCached({ name: options.name, cacheFolder, digest: facts.digest });
    if (!made.ok) return made;
    await put(record, JSON.stringify(facts));
    bundled = facts;
  }
  return loadCached({ name: options.name, cacheFolder, digest: bundled.digest });
}

/** The bundle with this digest, if the cache still has it. */
export async function loadCached(options: {
  readonly name: string;
  readonly cacheFolder: string;
  readonly digest: string;
}): Promise<Result<TeamPlugin, string>> {
  const at = (file: string): string => pathToFileURL(path.join(options.cacheFolder, options.digest, file)).href;
  let manifest: unknown;
  try {
    manifest = ((await import(at('manifest.mjs'))) as { readonly manifest?: unknown }).manifest;
  } catch (error) {
    return fail(`manifest.ts cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isManifest(manifest, options.name)) return fail(manifestFault(manifest, options.name) ?? 'its manifest is wrong');
  return succeed({
    manifest,
    digest: options.digest,
    load: async () => ((await import(at('index.mjs'))) as { readonly default: Plugin }).default,
  });
}
