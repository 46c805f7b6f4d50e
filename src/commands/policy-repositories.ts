// The playbooks of many repositories: folders, globs of folders, and the scopes in them.
import { readdirSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { readNamed } from '../playbook/named-file.ts';

export interface ScopePlaybooks {
  /** Absolute folder. */
  readonly folder: string;
  /** Absolute files. */
  readonly playbooks: readonly string[];
}

/** Undefined too where a link leads to itself, or the folder may not be looked into. */
function statusOf(place: string): Stats | undefined {
  try {
    return statSync(place);
  } catch {
    return undefined;
  }
}
const isFolder = (folder: string): boolean => statusOf(folder)?.isDirectory() === true;
const isFile = (file: string): boolean => statusOf(file)?.isFile() === true;

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Folders that the words name, each once; a word may be a glob that no shell has replaced. */
export function foldersOf(given: readonly string[], cwd: string): readonly string[] {
  const found = new Set<string>();
  for (const word of given) {
    let at: readonly string[] = [path.isAbsolute(word) ? path.parse(word).root : cwd];
    for (const part of word.split(/[\\/]/).filter((each) => each !== '')) {
      const fits = /[*?[{]/.test(part) ? picomatch(part) : undefined;
      at = at.flatMap((folder) =>
        (fits === undefined ? [part] : entriesOf(folder).filter((name) => fits(name))).map((name) => path.join(folder, name)),
      );
    }
    for (const folder of at) if (isFolder(folder)) found.add(folder);
  }
  return [...found];
}

/** Levels of folders that are looked through for packages of a monorepo. */
const depth = 4;
const passedOver: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'target', 'vendor']);

/** The repository and every package in it that has playbooks: a folder `playbooks`, or phases in its bexpert.yml. */
export function scopesIn(repository: string): readonly ScopePlaybooks[] {
  const scopes: ScopePlaybooks[] = [];
  const visit = (folder: string, level: number): void => {
    const own = path.join(folder, 'bexpert.yml');
    const playbooks = entriesOf(path.join(folder, 'playbooks'))
      .filter((name) => /(?<!\.test)\.ya?ml$/.test(name))
      .map((name) => path.join(folder, 'playbooks', name))
      .filter((file) => isPlaybook(file));
    const all = playbooks.length === 0 && isPlaybook(own, /^["']?phases["']?\s*:/m) ? [own] : playbooks;
    if (all.length > 0 && (isFile(own) || level === 0)) scopes.push({ folder, playbooks: all });
    if (level === depth) return;
    for (const name of entriesOf(folder)) {
      const next = path.join(folder, name);
      if (!name.startsWith('.') && !passedOver.has(name) && name !== 'playbooks' && isFolder(next)) visit(next, level + 1);
    }
  };
  visit(repository, 0);
  return scopes;
}

/** Scripts, tests of playbooks and lists of steps lie beside them. */
function isPlaybook(file: string, has = /^["']?(?:phases|extends)["']?\s*:/m): boolean {
  if (!isFile(file)) return false;
  const bytes = readNamed(file);
  // What cannot be read is told of where it is tried.
  if (!bytes.ok) return true;
  const text = Buffer.from(bytes.value).toString('utf8');
  return has.test(text) && /^["']?bexpert["']?\s*:/m.test(text);
}
