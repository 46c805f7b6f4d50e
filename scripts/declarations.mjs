// Writes `types/`: the declarations of what the package exports, for `npm pack`. Nothing else needs them, so `npm ci` does not wait for it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const run = (...args) => {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root });
  return status ?? 1;
};
// `npm pack` runs this before the build.
if (run('scripts/ts.mjs', 'scripts/generate.ts', '--build') !== 0) process.exit(1);

const out = mkdtempSync(path.join(root, 'types-'));
const whole = path.join(out, 'whole');
const made = run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', whole);
if (made !== 0) {
  rmSync(out, { recursive: true, force: true });
  process.exit(made);
}

// The compiler describes every module of the program, and keeps `.ts` in the imports of a declaration, which a consumer would
// take for a source file. What the entries reach is kept, with the names that the files have.
const entries = ['src/index', 'src/plugin-api', 'src/testing'];
const imported = /(from\s+|import\()'(\.{1,2}\/[^']+)\.ts'/g;
const kept = new Set(entries);
for (const name of kept) {
  const text = readFileSync(path.join(whole, `${name}.d.ts`), 'utf8');
  for (const [, , target = ''] of text.matchAll(imported)) kept.add(path.posix.join(path.posix.dirname(name), target));
  const to = path.join(out, 'kept', `${name}.d.ts`);
  mkdirSync(path.dirname(to), { recursive: true });
  writeFileSync(to, text.replace(imported, "$1'$2.js'"));
}

rmSync(path.join(root, 'types'), { recursive: true, force: true });
renameSync(path.join(out, 'kept'), path.join(root, 'types'));
rmSync(out, { recursive: true, force: true });
