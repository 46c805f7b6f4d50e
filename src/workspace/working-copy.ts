// What the user has changed since HEAD, and a tree of it. Nothing in the working copy or the index is touched.
import { lstatSync, readlinkSync } from 'node:fs';
import { type Entry, writeTree } from './entries.ts';
import { listTree, type OwnGit, objectFolders } from './own-git.ts';
import { type BytePath, toBuffer, toBytes, toText } from './path-bytes.ts';
import type { UserGit } from './user-git.ts';

export interface WorkingCopy {
  /** Changed, new or gone, without what git ignores. */
  readonly dirty: readonly BytePath[];
  /** Submodules that hold another commit or changes of their own. */
  readonly submodules: readonly string[];
  /** Folders that are repositories of their own, and of which HEAD knows nothing. */
  readonly nested: readonly string[];
}

export async function inspectWorkingCopy(user: UserGit): Promise<WorkingCopy> {
  const status = (modules: 'none' | 'all') =>
    user.git.run(['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', `--ignore-submodules=${modules}`]);
  // git looks into submodules by starting itself there, which can fail where they are broken; the rest is still known.
  const looked = await status('none');
  const output = looked.code === 0 ? looked.stdout : await status('all').then(({ stdout }) => stdout);
  const links = await linksOfHead(user);
  const dirty: BytePath[] = [];
  const submodules: string[] = [];
  const nested: string[] = [];
  for (const line of output.toString('latin1').split('\0')) {
    const file = line.slice(3);
    if (file === '') continue;
    if (file.endsWith('/')) nested.push(toText(file.slice(0, -1)));
    else if (links.has(file)) submodules.push(toText(file));
    else dirty.push(file);
  }
  return { dirty: [...new Set(dirty)].sort(), submodules, nested };
}

async function linksOfHead(user: UserGit): Promise<ReadonlySet<BytePath>> {
  const listing = await user.git.bytes(['ls-tree', '-r', '-z', '--full-tree', 'HEAD']);
  return new Set(
    listing
      .toString('latin1')
      .split('\0')
      .flatMap((line) => (line.startsWith('160000 ') ? [line.slice(line.indexOf('\t') + 1)] : [])),
  );
}

/** HEAD's tree with the dirty paths as they lie on disk, line ends as the user's configuration would commit them. */
export async function treeOfWorkingCopy(o: {
  readonly user: UserGit;
  readonly own: OwnGit;
  readonly head: string;
  readonly dirty: readonly BytePath[];
}): Promise<string> {
  const { user, own, dirty } = o;
  const { entries } = await listTree(own, `${o.head}^{tree}`);
  const keepsModes = (await user.config('core.fileMode')) !== 'false';
  const root = toBytes(user.root);
  const files: { readonly path: BytePath; readonly mode: Entry['mode'] }[] = [];
  for (const path of dirty) {
    const before = entries.get(path);
    entries.delete(path);
    const full = toBuffer(`${root}/${path}`);
    const stats = lstatSync(full, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) {
      entries.set(path, { mode: '120000', oid: await own.objects.write('blob', readlinkSync(full, 'buffer')) });
    } else if (stats?.isFile() === true) {
      const executable = keepsModes ? (stats.mode & 0o100) !== 0 : before?.mode === '100755';
      files.push({ path, mode: executable ? '100755' : '100644' });
    }
  }
  const oids = await hashFiles(
    o,
    files.map(({ path }) => path),
  );
  files.forEach(({ path, mode }, index) => {
    entries.set(path, { mode, oid: oids[index] ?? '' });
  });
  return writeTree(entries, own.objects);
}

/** By the user's git, because it knows how lines end here; into the runner's repository. */
async function hashFiles(
  { user, own }: { readonly user: UserGit; readonly own: OwnGit },
  paths: readonly BytePath[],
): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const env = {
    GIT_OBJECT_DIRECTORY: `${own.gitDir}/objects`,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: (await objectFolders(user.commonDir)).map((folder) => JSON.stringify(folder)).join(':'),
  };
  const stdin = toBuffer(paths.map((path) => `${quoted(path)}\n`).join(''));
  const output = await user.git.ask(['-C', user.root, 'hash-object', '-w', '--stdin-paths'], { env, stdin });
  const oids = output.split('\n');
  if (oids.length !== paths.length) throw new Error(`git hash-object gave ${oids.length} ids for ${paths.length} files`);
  own.objects.know(oids);
  return oids;
}

/** Git reads a line that begins with a quotation mark as C would. */
function quoted(path: BytePath): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be quoted.
  if (!/^"|[\x00-\x1f\\]/.test(path)) return path;
  const octal = (char: string) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: see above.
  return `"${path.replaceAll(/[\x00-\x1f"\\]/g, octal)}"`;
}
