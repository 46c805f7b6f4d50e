// Writes what is derived from the sources. `--build`: what the build needs; `--check`: fails when a committed file is out of date.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import type { Manifest } from '../src/plugin-api.ts';
import { errorsPage } from './generate-errors.ts';
import { protocolSchemas } from './generate-protocol.ts';
import { playbookSchema, playtestSchema } from './generate-schema.ts';

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

export interface BuiltIn {
  readonly manifest: () => Promise<Manifest>;
  readonly plugin: () => Promise<Plugin>;
}
export const builtIn: Readonly<Record<string, BuiltIn>> = {
${names
  .map(
    (name) => `  '${name}': {
    manifest: async () => (await import('../../plugins/${name}/manifest.ts')).manifest,
    plugin: async () => (await import('../../plugins/${name}/index.ts')).default,
  },`,
  )
  .join('\n')}
};
`;

const generated = new Map<string, string>([['src/generated/plugins.ts', table]]);
const committed = new Map<string, string>([
  ['schema/playbook.schema.json', playbookSchema(manifests)],
  ['schema/playtest.schema.json', playtestSchema()],
  ['docs/errors.md', errorsPage()],
  ...protocolSchemas(),
]);
// The build has no use for it, and must not wait for the parser.
if (!arguments_.includes('--build')) {
  const { eventSchema } = await import('./generate-event-schema.ts');
  committed.set('schema/event.schema.json', eventSchema(root));
}

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
  for (const entry of existsSync(at('src/generated')) ? readdirSync(at('src/generated')) : []) {
    if (!generated.has(`src/generated/${entry}`)) rmSync(at(`src/generated/${entry}`), { recursive: true });
  }
  write(generated);
  if (!arguments_.includes('--build')) write(committed);
}
