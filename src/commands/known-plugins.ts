// The plugins that a repository can use: those that come with bexpert, those in its folder `plugins`, and those that its playbooks name.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { builtIn } from '../generated/plugins.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import type { NamedPlugin } from '../registry/named-plugin.ts';
import { noPluginWords, openRegistry } from '../registry/registry.ts';
import { localPlaybooks } from './playbook-files.ts';

export async function builtInPlugins(): Promise<readonly NamedPlugin[]> {
  return Promise.all(Object.entries(builtIn).map(async ([uses, entry]) => ({ uses, manifest: await entry.manifest() })));
}

/** Of the repository, or package in it, at `scope`; every one that is broken is a diagnostic. */
export async function teamPlugins(scope: string): Promise<Result<readonly NamedPlugin[], readonly Diagnostic[]>> {
  const names = [...new Set([...inFolder(scope), ...(await named(scope))])].sort();
  if (names.length === 0) return succeed([]);
  const cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'bexpert-plugins-'));
  try {
    const readScope = (file: string) => readFile(path.resolve(scope, file), 'utf8').catch(() => undefined);
    const registry = openRegistry({ scopeFolder: scope, packages: { folder: scope, readScope }, cacheFolder });
    const plugins: NamedPlugin[] = [];
    const problems: Diagnostic[] = [];
    for (const uses of names) {
      const found = await registry.manifest(uses);
      if (found.ok) plugins.push({ uses, manifest: found.value.manifest });
      else problems.push(noPluginWords(uses, found.error));
    }
    return problems.length > 0 ? fail(problems) : succeed(plugins);
  } finally {
    await rm(cacheFolder, { recursive: true, force: true });
  }
}

const parts = ['plugin.json', 'manifest.ts', 'manifest.mts', 'manifest.js', 'manifest.mjs'];
function inFolder(scope: string): readonly string[] {
  const folder = path.join(scope, 'plugins');
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => parts.some((part) => existsSync(path.join(folder, name, part))))
    .map((name) => `./plugins/${name}`);
}

/** After `uses:`, or as an item of a list, in the files that lie where playbooks lie. One that is no YAML names nothing. */
async function named(scope: string): Promise<readonly string[]> {
  const names: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) note(item);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (key === 'uses') note(item);
      visit(item);
    }
  };
  const note = (text: unknown): void => {
    if (typeof text === 'string' && /^(\.\/|npm:)[\w@./-]+$/.test(text) && !/\.\w+$/.test(text)) names.push(text);
  };
  for (const file of ['bexpert.yml', ...(await localPlaybooks(scope))]) {
    try {
      visit(parse(readFileSync(path.join(scope, file), 'utf8')));
    } catch {}
  }
  // A list may hold folders that are no plugins.
  return names.filter((name) => name.startsWith('npm:') || parts.some((part) => existsSync(path.join(scope, name, part))));
}
