// Bundles the program: `dist/front.cjs` with all that `validate` and `plan` need, which `dist/cli.js` starts; the rest of `dist/` with
// shared chunks that load when first needed; and `dist/assets/` with the self-contained files that commands inside sandboxes execute.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const at = (...parts) => path.join(root, ...parts);

const generated = spawnSync(process.execPath, [at('scripts/ts.mjs'), at('scripts/generate.ts'), '--build'], {
  stdio: 'inherit',
  cwd: root,
});
if (generated.status !== 0) process.exit(generated.status ?? 1);

const { version, dependencies, optionalDependencies, devDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
// Every call of `validate` and `plan` loads these: from one bundle they load in a fraction of the time.
const bundled = new Set(['yaml', 'commander', '@actions/expressions', 'picomatch']);
const external = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }).filter(
  (name) => !bundled.has(name),
);
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};
const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  target: 'node20',
  logLevel: 'warning',
  absWorkingDir: root,
};
// Built beside and moved in place, so that a program that is starting never sees half a build.
const out = `dist-${process.pid}`;

// What every start loads is one file, because each module that Node loads takes about a millisecond; inside are manifests and all
// that reads a playbook, for most starts need some, and what is not called takes no time there. All else that is imported when it is needed becomes a file of the second build. Both builds
// may be loaded in one run: no module keeps state that the other copy would have to see.
const inside = /^(plugins\/[\w-]+\/manifest|src\/playbook\/[\w-]+)\.ts$/;
const later = new Map();
const splitOff = {
  name: 'split-off',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\./ }, ({ kind, path: target, resolveDir }) => {
      const file = path.relative(root, path.resolve(resolveDir, target));
      if (kind !== 'dynamic-import' || inside.test(file)) return undefined;
      const name = file.replace(/^src\//, '').replace(/\.ts$/, '');
      later.set(name, file);
      return { path: `./${name}.mjs`, external: true };
    }),
};
const standIns = {
  // commander can start commands that are programs of their own; ours are not, and node:child_process brings the whole network.
  'node:child_process': '',
  // The program in front.cjs is given its require.
  'node:module': 'export const createRequire = () => require;',
  // Asked only where the environment does not say where home is.
  'node:os': "export default new Proxy({}, { get: (_, name) => require('node:os')[name] });",
};
const standIn = {
  name: 'stand-in',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:(child_process|module|os)$/ }, ({ path: name, importer, namespace }) => {
      const mine = name === 'node:child_process' ? importer.includes(`${path.sep}commander${path.sep}`) : namespace === 'file';
      return mine ? { path: name, namespace: 'stand-in' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path: name }) => ({ contents: standIns[name] }));
  },
};
// Words for what is wrong are most of what front.cjs would have to make at each start, and a start that goes well needs none.
const tables = readdirSync(at('src/diagnostics')).filter((file) => /^codes-.*\.ts$/.test(file));
const wordsLater = {
  name: 'words-later',
  setup: ({ onLoad, onResolve }) => {
    onLoad({ filter: /\/src\/diagnostics\/codes-[\w-]+\.ts$/ }, ({ path: file }) => ({
      contents: [...readFileSync(file, 'utf8').matchAll(/^export const (\w+) = /gm)]
        .map(([, name]) => `export const ${name} = new Proxy({}, { get: (_, code) => require('./words.cjs').${name}[code] });`)
        .join('\n'),
    }));
    onResolve({ filter: /^\.\/(words|yaml)\.cjs$/ }, ({ path: file }) => ({ path: file, external: true }));
    onLoad({ filter: /\/src\/package-root\.ts$/ }, () => ({
      contents: `import path from 'node:path';
export const packageRoot = () => path.dirname(frontFolder);
export const packageVersion = ${JSON.stringify(version)};`,
    }));
  },
};
// Nor does it need what reads YAML that is wrong, or as few people write it.
const yamlLater = {
  name: 'yaml-later',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/src\/playbook\/source-library\.ts$/ }, () => ({
      contents: `export const readWithLibrary = (...given) => require('./yaml.cjs').readWithLibrary(...given);`,
    })),
};
// The same code as modules, of which only what is used comes along.
const alias = { yaml: at('node_modules/yaml/browser/dist/index.js') };
const program = { ...common, external: [...external, 'bexpert'], minifySyntax: true };
await build({
  ...program,
  entryPoints: [{ in: 'src/cli.ts', out: 'front' }],
  outdir: out,
  outExtension: { '.js': '.cjs' },
  // A function that scripts/start.cjs calls: only a script, not a module, can be started from code that V8 made before.
  format: 'cjs',
  banner: { js: '(function (require, load, frontFolder) {' },
  footer: { js: '})' },
  define: { 'import.meta.dirname': 'frontFolder', 'import.meta.url': 'undefined' },
  minifyWhitespace: true,
  alias,
  plugins: [splitOff, standIn, wordsLater, yamlLater],
});
await build({
  ...program,
  stdin: {
    contents: tables.map((file) => `export * from './src/diagnostics/${file}';`).join('\n'),
    resolveDir: root,
  },
  outfile: `${out}/words.cjs`,
  outExtension: {},
  format: 'cjs',
});
await build({
  ...program,
  entryPoints: [{ in: 'src/playbook/source-library.ts', out: 'yaml' }],
  outdir: out,
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  minifyWhitespace: true,
  alias,
  plugins: [wordsLater],
});
// A script that comes from a code cache has lost its import(): the starting module imports for it.
const front = at(out, 'front.cjs');
writeFileSync(
  front,
  readFileSync(front, 'utf8')
    // As they are, in place of copies of all that they hold.
    .replace(/__toESM\(require\("(node:[\w/]+)"\),1\)/g, '{__proto__:require("$1"),default:require("$1")}')
    .replace(/\bimport\("\.\/([^"]+)\.mjs"\)/g, (call, name) => (later.has(name) ? `load("./${name}.mjs")` : call)),
);
await build({
  ...program,
  banner,
  entryPoints: [
    ...['index', 'plugin-api', 'testing'].map((name) => ({ in: `src/${name}.ts`, out: name })),
    // The program of processes that parse what may end them.
    { in: 'src/discovery/mapper/process.ts', out: 'mapper' },
    ...[...later].map(([name, file]) => ({ in: file, out: name })),
  ],
  outdir: out,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
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
    banner,
  });
}

// Of the package with all grammars only what src/discovery/grammar opens: the rest is six times as large.
const grammars = at('node_modules/@vscode/tree-sitter-wasm/wasm');
const opened = ['python', 'go', 'java', 'ruby'].map((language) => `tree-sitter-${language}.wasm`);
mkdirSync(at(out, 'grammars'));
for (const file of ['tree-sitter.js', 'tree-sitter.wasm', ...opened])
  copyFileSync(path.join(grammars, file), at(out, 'grammars', file));
copyFileSync(path.join(grammars, '../LICENSE'), at(out, 'grammars/LICENSE'));

copyFileSync(at('scripts/start.cjs'), at(out, 'cli.js'));
writeFileSync(at(out, 'package.json'), '{ "type": "commonjs" }\n');
chmodSync(at(out, 'cli.js'), 0o755);
// Without it the program only starts slower. Coverage of blocks needs code that is compiled in the run that is measured.
if (!process.argv.includes('--no-code-cache')) {
  const playbook = ['playbooks/migration.yml', '--repo', 'examples/orders-api'];
  spawnSync(process.execPath, [at('scripts/code-cache.mjs'), out, 'validate', ...playbook], { cwd: root, timeout: 60_000 });
}

const old = at(`${out}-old`);
if (existsSync(at('dist'))) renameSync(at('dist'), old);
renameSync(at(out), at('dist'));
rmSync(old, { recursive: true, force: true });
