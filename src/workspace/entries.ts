// The content of a git tree as a flat list of its files, and a tree made of such a list.
import type { Objects } from './objects.ts';
import { type BytePath, parents } from './path-bytes.ts';

/** `160000` is a link to a commit of a submodule. */
export type Mode = '100644' | '100755' | '120000' | '160000';
export interface Entry {
  readonly mode: Mode;
  readonly oid: string;
}
export type Entries = ReadonlyMap<BytePath, Entry>;
/** A submodule at its path: which commit the tree names, and the tree of that commit; undefined where its objects are not here. */
export interface Link {
  readonly commit: string;
  readonly tree: string | undefined;
}

/** Reads `git ls-tree -r -t -z`: files, and the ids of all folders on the way. */
export function parseListing(listing: Buffer): { readonly entries: Map<BytePath, Entry>; readonly trees: readonly string[] } {
  const entries = new Map<BytePath, Entry>();
  const trees: string[] = [];
  for (const line of listing.toString('latin1').split('\0')) {
    if (line === '') continue;
    const tab = line.indexOf('\t');
    const [mode = '', type, oid = ''] = line.slice(0, tab).split(' ');
    if (type === 'tree') trees.push(oid);
    else entries.set(line.slice(tab + 1), { mode: modeOf(mode), oid });
  }
  return { entries, trees };
}

/** Old repositories hold modes such as 100664; git writes them out as 100644. */
function modeOf(mode: string): Mode {
  if (mode === '120000' || mode === '160000') return mode;
  return (Number.parseInt(mode, 8) & 0o100) === 0 ? '100644' : '100755';
}

/** Every folder that holds a file of the list. */
export function foldersOf(entries: Entries): ReadonlySet<BytePath> {
  const folders = new Set<BytePath>();
  for (const path of entries.keys()) {
    for (const parent of parents(path)) {
      if (folders.has(parent)) break;
      folders.add(parent);
    }
  }
  return folders;
}

interface Folder {
  readonly folders: Map<BytePath, Folder>;
  readonly files: Map<BytePath, Entry>;
}
const emptyFolder = (): Folder => ({ folders: new Map(), files: new Map() });

function folderTree(entries: Entries): Folder {
  const root = emptyFolder();
  for (const [path, entry] of entries) {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    let at = root;
    for (const part of parts) {
      let next = at.folders.get(part);
      if (next === undefined) {
        next = emptyFolder();
        at.folders.set(part, next);
      }
      at = next;
    }
    at.files.set(name, entry);
  }
  return root;
}

/**
 * Writes the tree of a list of files and gives its id. A folder that holds exactly what a submodule's commit holds becomes the link
 * again, so that only a change inside a submodule shows.
 */
export async function writeTree(
  entries: Entries,
  objects: Objects,
  links: ReadonlyMap<BytePath, Link> = new Map(),
): Promise<string> {
  const write = async (folder: Folder, path: BytePath): Promise<string> => {
    const rows: { readonly sort: BytePath; readonly mode: string; readonly name: BytePath; readonly oid: string }[] = [];
    for (const [name, { mode, oid }] of folder.files) rows.push({ sort: name, mode, name, oid });
    for (const [name, below] of folder.folders) {
      const full = path === '' ? name : `${path}/${name}`;
      const oid = await write(below, full);
      const link = links.get(full);
      if (link !== undefined && link.tree === oid) rows.push({ sort: name, mode: '160000', name, oid: link.commit });
      // Git sorts folders as if their names ended with a slash.
      else rows.push({ sort: `${name}/`, mode: '40000', name, oid });
    }
    rows.sort((a, b) => (a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : 0));
    const body = rows.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]);
    return objects.write('tree', Buffer.concat(body));
  };
  return write(folderTree(entries), '');
}

export interface EntryChange {
  readonly path: BytePath;
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

/** What differs between two lists, sorted by path. */
export function compareEntries(from: Entries, to: Entries): readonly EntryChange[] {
  const changes: EntryChange[] = [];
  for (const [path, before] of from) {
    const after = to.get(path);
    if (after === undefined || after.oid !== before.oid || after.mode !== before.mode) changes.push({ path, before, after });
  }
  for (const [path, after] of to) if (!from.has(path)) changes.push({ path, before: undefined, after });
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}
