// Bundles the program: `dist/*.js` with shared chunks that load when first needed, and `dist/assets/` with the self-contained files
// that commands inside sandboxes execute.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const at = (...parts) => path.join(root, ...parts);

const generated = spawnSync(process.execPath, [at('scripts/ts.mjs'), at('scripts/generate.ts'), '--build'], {
  stdio: 'inherit',
  cwd: root,
});
if (generated.status !== 0) process.exit(generated.status ?? 1);

const { dependencies, optionalDependencies, devDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
// Every call of `validate` and `plan` loads these: from one bundle they load in a fraction of the time.
const bundled = new Set(['yaml', 'commander', '@actions/expressions', 'picomatch']);
const external = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }).filter(
  (name) => !bundled.has(name),
);
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};
const common = { bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning', absWorkingDir: root };
// Built beside and moved in place, so that a program that is starting never sees half a build.
const out = `dist-${process.pid}`;
await build({
  ...common,
  entryPoints: ['src/cli.ts', 'src/index.ts', 'src/plugin-api.ts', 'src/testing.ts'].filter((file) => existsSync(at(file))),
  outdir: out,
  outbase: 'src',
  splitting: true,
  external: [...external, 'bexpert'],
  banner,
  chunkNames: 'chunks/[name]-[hash]',
  minifySyntax: true,
});

// An asset sees no node_modules: everything that it imports is inside.
const assetFolders = [
  ['runner', 'src/host/assets'],
  ...readdirSync(at('plugins')).map((name) => [name, `plugins/${name}/assets`]),
];
const assets = assetFolders.flatMap(([owner, folder]) =>
  existsSync(at(folder))
    ? readdirSync(at(folder))
        .filter((file) => /\.(ts|js|mjs|cjs)$/.test(file) && !/\.test\.ts$/.test(file))
        .map((file) => ({ in: `${folder}/${file}`, out: `${owner}/${file.replace(/\.(ts|js|mjs|cjs)$/, '')}` }))
    : [],
);
if (assets.length > 0) {
  await build({
    ...common,
    entryPoints: assets,
    outdir: `${out}/assets`,
    outExtension: { '.js': '.mjs' },
    banner,
  });
}

const old = at(`${out}-old`);
if (existsSync(at('dist'))) renameSync(at('dist'), old);
renameSync(at(out), at('dist'));
rmSync(old, { recursive: true, force: true });
