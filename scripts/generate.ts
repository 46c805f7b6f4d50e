// Writes what is derived from the sources. `--build`: what the build needs; `--check`: fails when a committed file is out of date.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { grammar } from '../src/playbook/grammar.ts';
import type { Manifest } from '../src/plugin-api.ts';
import { errorsPage } from './generate-errors.ts';
import { playbookSchema } from './generate-schema.ts';
import { validatorFiles } from './generate-validators.ts';

const root = path.resolve(import.meta.dirname, '..');
const at = (file: string): string => path.join(root, file);
const arguments_ = process.argv.slice(2);

async function manifestOf(name: string): Promise<Manifest> {
  const result = await build({
    entryPoints: [at(`plugins/${name}/manifest.ts`)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const code = Buffer.from(result.outputFiles[0]?.contents ?? []).toString('base64');
  return ((await import(`data:text/javascript;base64,${code}`)) as { readonly manifest: Manifest }).manifest;
}

const folders = existsSync(at('plugins')) ? readdirSync(at('plugins')) : [];
const manifests: Manifest[] = [];
for (const name of folders.filter((folder) => existsSync(at(`plugins/${folder}/manifest.ts`))).sort()) {
  manifests.push(await manifestOf(name));
}
const names = manifests.map(({ name }) => name);

const table = `// Made by scripts/generate.ts from plugins/*/manifest.ts.
import type { Manifest, Plugin } from '../plugin-api.ts';
import type { ManifestValidators } from '../registry/validator.ts';

export interface BuiltIn {
  readonly manifest: () => Promise<Manifest>;
  readonly plugin: () => Promise<Plugin>;
  readonly validators: () => Promise<ManifestValidators>;
}
export const builtIn: Readonly<Record<string, BuiltIn>> = {
${names
  .map(
    (name) => `  '${name}': {
    manifest: async () => (await import('../../plugins/${name}/manifest.ts')).manifest,
    plugin: async () => (await import('../../plugins/${name}/index.ts')).default,
    validators: () => import('./validators/${name}.js'),
  },`,
  )
  .join('\n')}
};
`;

const generated = new Map<string, string>([['src/generated/plugins.ts', table]]);
async function addValidators(out: string, schemas: Parameters<typeof validatorFiles>[0], madeFrom: string): Promise<void> {
  const types = `${'../'.repeat(out.split('/').length)}registry/validator.ts`;
  const files = await validatorFiles(schemas, { madeFrom, types });
  generated.set(`src/generated/${out}.js`, files.code);
  generated.set(`src/generated/${out}.d.ts`, files.types);
}
await addValidators('grammar', grammar, 'src/playbook/grammar.ts');
for (const { name, inputs, outputs } of manifests) {
  await addValidators(`validators/${name}`, { inputs, outputs }, `plugins/${name}/manifest.ts`);
}
const committed = new Map<string, string>([
  ['schema/playbook.schema.json', playbookSchema(manifests)],
  ['docs/errors.md', errorsPage()],
]);

const current = (file: string): string | undefined => (existsSync(at(file)) ? readFileSync(at(file), 'utf8') : undefined);
function write(files: ReadonlyMap<string, string>): void {
  for (const [file, content] of files) {
    // Left alone when nothing changed: other builds may be reading it.
    if (current(file) === content) continue;
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), content);
  }
}

if (arguments_.includes('--check')) {
  const stale = [...committed].filter(([file, content]) => current(file) !== content).map(([file]) => file);
  if (stale.length > 0) {
    process.stderr.write(`out of date: ${stale.join(', ')}\nThey are made from the sources. Run: npm run generate\n`);
    process.exitCode = 1;
  }
} else {
  const validators = at('src/generated/validators');
  for (const file of existsSync(validators) ? readdirSync(validators) : []) {
    if (!generated.has(`src/generated/validators/${file}`)) rmSync(path.join(validators, file));
  }
  write(generated);
  if (!arguments_.includes('--build')) write(committed);
}
