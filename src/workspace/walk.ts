// What lies in a folder, by the file system itself: an index can be told to overlook a file, lstat(2) cannot.
import { type BigIntStats, lstatSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { pluginError } from '../plugin-api.ts';
import type { Mode } from './entries.ts';
import type { IgnoreRules } from './ignore.ts';
import { type BytePath, parents, toBuffer, toBytes, toText } from './path-bytes.ts';

export interface Found {
  readonly mode: Exclude<Mode, '160000'>;
  readonly stats: BigIntStats;
}
export interface WalkOptions {
  readonly root: string;
  /** Files and folders that are part of the tree whatever a .gitignore says. */
  readonly tracked: { readonly files: { has(path: BytePath): boolean }; readonly folders: ReadonlySet<BytePath> };
  readonly ignore: IgnoreRules;
  /** Left out with all that is below: set-up outputs. */
  readonly skip: ReadonlySet<BytePath>;
}

// Git refuses the name in every spelling, so no tree can hold it.
const gitFolder = /^\.git$/i;

/** ctime cannot be set by a program, so no file changes without changing this. */
export const keyOf = ({ mode, stats }: Found): string =>
  `${mode} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino} ${stats.dev}`;

export const modeOf = (stats: BigIntStats): Found['mode'] =>
  stats.isSymbolicLink() ? '120000' : (stats.mode & 0o100n) === 0n ? '100644' : '100755';

/** Regular files and symbolic links that belong to the tree: tracked, or new and not ignored. Sockets, pipes and devices do not. */
export async function walk(options: WalkOptions): Promise<ReadonlyMap<BytePath, Found>> {
  const { tracked, ignore, skip } = options;
  const root = toBytes(options.root);
  const found = new Map<BytePath, Found>();
  let pending: BytePath[] = [];

  const file = (path: BytePath): void => {
    const one = look(`${root}/${path}`);
    if (one !== undefined) found.set(path, one);
  };
  const folder = async (path: BytePath): Promise<void> => {
    const prefix = path === '' ? '' : `${path}/`;
    for (const entry of await list(path === '' ? root : `${root}/${path}`)) {
      const full = prefix + entry.name;
      if (gitFolder.test(entry.name) || skip.has(full)) continue;
      if (entry.folder) {
        if (tracked.folders.has(full)) await folder(full);
        else pending.push(`${full}/`);
      } else if (tracked.files.has(full)) file(full);
      else pending.push(full);
    }
  };

  await folder('');
  while (pending.length > 0) {
    const asked = pending;
    pending = [];
    const ignored = await ignore.ignored(asked);
    for (const path of asked) {
      if (ignored.has(path)) continue;
      if (path.endsWith('/')) await folder(path.slice(0, -1));
      else file(path);
    }
  }
  return found;
}

/** One path of a walk: what `walk` would find there. */
export async function lookAt(options: WalkOptions, path: BytePath): Promise<Found | undefined> {
  if ([path, ...parents(path)].some((one) => options.skip.has(one)) || path.split('/').some((name) => gitFolder.test(name))) {
    return undefined;
  }
  const root = toBytes(options.root);
  // A path through a symbolic link is no path of the tree.
  for (const parent of parents(path)) if (look(`${root}/${parent}`) !== undefined) return undefined;
  const found = look(`${root}/${path}`);
  if (found === undefined || options.tracked.files.has(path)) return found;
  return (await options.ignore.ignored([path])).has(path) ? undefined : found;
}

/** Names in a folder; none where it is not there. */
export async function list(folder: BytePath): Promise<readonly { readonly name: BytePath; readonly folder: boolean }[]> {
  try {
    return await readable(toBuffer(folder), () => entriesOf(folder));
  } catch (error) {
    // It went away while we walked, or became something else: then it is no folder of the tree.
    if (isMissing(error)) return [];
    if (error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG') throw tooDeep(folder);
    throw error;
  }
}

/** Relative steps make folders whose full path no program can name. */
const tooDeep = (folder: BytePath) =>
  pluginError({
    code: 'tree/too-deep',
    message: `The tree has folders whose path is longer than the system allows, ${folder.length} bytes: …${toText(folder.slice(-60))}`,
    hint: 'Nothing that git could hold lies there; remove them.',
  });

async function entriesOf(folder: BytePath) {
  const entries = await readdir(toBuffer(folder), { withFileTypes: true, encoding: 'latin1' as 'utf8' });
  return entries.map((entry) => ({ name: entry.name, folder: entry.isDirectory() }));
}

/** What a tree hides behind its own permissions is looked at all the same: the owner may. */
export async function readable<T>(path: Buffer, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
    const stats = lstatSync(path);
    await chmod(path, (stats.mode & 0o7777) | (stats.isDirectory() ? 0o700 : 0o400));
    return read();
  }
}

function look(path: BytePath): Found | undefined {
  try {
    // Synchronous: 20,000 calls through the thread pool take five times as long.
    const stats = lstatSync(toBuffer(path), { bigint: true });
    return stats.isSymbolicLink() || stats.isFile() ? { mode: modeOf(stats), stats } : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP');
