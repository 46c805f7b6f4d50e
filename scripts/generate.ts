// Writes what is derived from the sources. `--build`: what the build needs; `--check`: fails when a committed file is out of date.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const names = readdirSync(path.join(root, 'plugins'))
  .filter((name) => existsSync(path.join(root, 'plugins', name, 'manifest.ts')))
  .sort();
const table = `// Made by scripts/generate.ts from plugins/*/manifest.ts.
import type { Manifest, Plugin } from '../plugin-api.ts';

export interface BuiltIn {
  readonly manifest: () => Promise<Manifest>;
  readonly plugin: () => Promise<Plugin>;
}
export const builtIn: Readonly<Record<string, BuiltIn>> = {
${names
  .map(
    (name) =>
      `  '${name}': { manifest: async () => (await import('../../plugins/${name}/manifest.ts')).manifest, plugin: async () => (await import('../../plugins/${name}/index.ts')).default },`,
  )
  .join('\n')}
};
`;
mkdirSync(path.join(root, 'src/generated'), { recursive: true });
writeFileSync(path.join(root, 'src/generated/plugins.ts'), table);
