// TypeScript that Node 20 cannot load, bundled by esbuild: the plugin, and the programs in its `assets` folder, each self-contained.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { fail, type Result, succeed } from '../model/result.ts';
import { packageRoot } from '../package-root.ts';

export const sha256 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};
export const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined)) !== undefined;

export interface Bundle {
  /** sha256 of all of it. */
  readonly digest: string;
  /** Files outside the folder that are part of it, with their sha256. */
  readonly outside: Readonly<Record<string, string>>;
  /** By path: `manifest.mjs`, `index.mjs`, `assets/…`. */
  readonly code: ReadonlyMap<string, Uint8Array>;
}

const isCode = (file: string): boolean => /\.(ts|mts|js|mjs|cjs)$/.test(file) && !/\.test\.\w+$/.test(file);
// An asset sees no node_modules, and no module that could require for it.
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

async function pluginApi(): Promise<string> {
  const built = path.join(packageRoot(), 'dist/plugin-api.mjs');
  return (await exists(built)) ? built : path.join(packageRoot(), 'src/plugin-api.ts');
}

/** `entries`: file names in the folder by what they become. `packages`: folders in which imported packages are looked for too. */
export async function bundlePlugin(options: {
  readonly folder: string;
  readonly entries: Readonly<Record<string, string>>;
  readonly packages: readonly string[];
}): Promise<Result<Bundle, string>> {
  const { folder, entries, packages } = options;
  const common = {
    absWorkingDir: folder,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    // What base's folder imports is installed in the checkout only.
    nodePaths: [...packages],
    alias: { 'bexpert/plugin-api': await pluginApi() },
  } satisfies BuildOptions;
  const assets = (await readdir(path.join(folder, 'assets'), { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
  const programs = assets.filter(isCode).map((name) => ({ in: `./assets/${name}`, out: `assets/${name.replace(/\.\w+$/, '')}` }));
  const plugin = Object.entries(entries).map(([out, file]) => ({ in: `./${file}`, out }));
  const { build } = await import('esbuild');
  try {
    const built = [
      await build({ ...common, entryPoints: plugin }),
      ...(programs.length === 0 ? [] : [await build({ ...common, banner, entryPoints: programs })]),
    ];
    const outside: Record<string, string> = {};
    for (const input of built.flatMap(({ metafile }) => Object.keys(metafile.inputs))) {
      const file = path.resolve(folder, input);
      if (path.relative(folder, file).startsWith('..') || file.includes(`${path.sep}node_modules${path.sep}`))
        outside[file] = sha256(await readFile(file));
    }
    const code = new Map(
      built.flatMap(({ outputFiles }) => outputFiles.map((file) => [path.relative(folder, file.path), file.contents] as const)),
    );
    for (const name of assets.filter((asset) => !isCode(asset)))
      code.set(`assets/${name}`, await readFile(path.join(folder, 'assets', name)));
    return succeed({ digest: sha256(...[...code].sort(([a], [b]) => (a < b ? -1 : 1)).flat()), outside, code });
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
