import { type Entries, type Entry, foldersOf, type Link, writeTree } from './entries.ts';
import { listTree, type OwnGit } from './own-git.ts';
import type { BytePath } from './path-bytes.ts';

/** What a git tree holds on disk: its files with those of its submodules, as far as their objects are here. */
export interface Content {
  readonly tree: string;
  readonly entries: Entries;
  readonly links: ReadonlyMap<BytePath, Link>;
  readonly folders: ReadonlySet<BytePath>;
  /** The tree to write out: submodules are folders in it. */
  readonly expanded: string;
}

export function contentOf(own: OwnGit, tree: string): Promise<Content> {
  const known = own.contents.get(tree);
  if (known !== undefined) return known;
  const read = readContent(own, tree);
  own.contents.set(tree, read);
  read.catch(() => own.contents.delete(tree));
  return read;
}

async function readContent(own: OwnGit, tree: string): Promise<Content> {
  const entries = new Map<BytePath, Entry>();
  const links = new Map<BytePath, Link>();
  await collect({ own, tree, prefix: '', entries, links });
  const expandable = [...links.values()].some((link) => link.tree !== undefined);
  const expanded = expandable ? await writeTree(entries, own.objects) : tree;
  return { tree, entries, links, folders: foldersOf(entries), expanded };
}

async function collect(o: {
  readonly own: OwnGit;
  readonly tree: string;
  readonly prefix: BytePath;
  readonly entries: Map<BytePath, Entry>;
  readonly links: Map<BytePath, Link>;
}): Promise<void> {
  const { own, prefix, entries, links } = o;
  for (const [path, entry] of (await listTree(own, o.tree)).entries) {
    const full = prefix + path;
    if (entry.mode !== '160000') {
      entries.set(full, entry);
      continue;
    }
    const found = await own.git.run(['rev-parse', '--verify', '--quiet', `${entry.oid}^{tree}`]);
    const tree = found.code === 0 ? found.stdout.toString('latin1').trim() : undefined;
    links.set(full, { commit: entry.oid, tree });
    if (tree === undefined) entries.set(full, entry);
    else await collect({ ...o, tree, prefix: `${full}/` });
  }
}

/** Links whose content is not here have no files; they stay in a list of files as long as nothing lies at their place. */
export function withMissingLinks(files: Entries, links: ReadonlyMap<BytePath, Link>): Entries {
  const missing = [...links].filter(([, { tree }]) => tree === undefined);
  if (missing.length === 0) return files;
  const folders = foldersOf(files);
  const free = missing.filter(([path]) => !folders.has(path) && !files.has(path));
  return new Map([...files, ...free.map(([path, { commit }]): [BytePath, Entry] => [path, { mode: '160000', oid: commit }])]);
}
