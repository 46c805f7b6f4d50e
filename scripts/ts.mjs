// Runs a TypeScript script of this project on the Node that is here: `node scripts/ts.mjs <file.ts> [args]`.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) throw new Error('usage: node scripts/ts.mjs <file.ts> [args]');
const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'node_modules', '.cache', 'bexpert', String(process.pid));
mkdirSync(folder, { recursive: true });
const out = path.join(folder, `${path.basename(entry, '.ts')}.mjs`);
await build({
  entryPoints: [path.resolve(entry)],
  outfile: out,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  define: { 'import.meta.dirname': JSON.stringify(path.dirname(path.resolve(entry))) },
  logLevel: 'warning',
});
process.argv = [process.argv[0] ?? 'node', path.resolve(entry), ...args];
try {
  await import(pathToFileURL(out).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
