// What time stamps do not tell. On ext4 and XFS the ioctls of defragmenters exchange the blocks of two files and set no time
// (EXT4_IOC_MOVE_EXT, XFS_IOC_SWAPEXT), and whoever may write both files may call them. So content is read again where it decides.
import { readFileSync, statfsSync } from 'node:fs';
import type { Content } from './content.ts';
import type { Entries } from './entries.ts';
import type { Objects } from './objects.ts';
import type { OwnGit } from './own-git.ts';
import { type BytePath, toBuffer } from './path-bytes.ts';

/**
 * File systems on which the first write through a shared mapping changes the time stamps of its file. tmpfs changes none
 * (vma_wants_writenotify in mm/vma.c of Linux), and others only when they write back. Numbers: statfs(2).
 */
const stampsMappings: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x794c7630, // overlayfs: as the file system below it
  0x1a, // APFS
  0x11, // HFS+
]);

/** Does every write to a file below this folder show in its time stamps, but for exchanged blocks? */
export function stampsEveryWrite(folder: string): boolean {
  try {
    return stampsMappings.has(statfsSync(folder).type);
  } catch {
    return false;
  }
}

/** A line of `--stdin-paths`: Git reads one that begins with a quotation mark as C would. */
export function pathLine(path: BytePath): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be quoted.
  if (!/^"|[\x00-\x1f\\]/.test(path)) return path;
  const octal = (char: string) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: see above.
  return `"${path.replaceAll(/[\x00-\x1f"\\]/g, octal)}"`;
}

/** Files of `among` that do not hold what the content says. They are there, and regular where the content says so. */
export async function rewritten(o: {
  readonly own: OwnGit;
  readonly root: string;
  readonly content: Content;
  readonly among: ReadonlySet<BytePath>;
}): Promise<readonly BytePath[]> {
  const { own, root, among } = o;
  // The blocks of a symbolic link cannot be exchanged: it cannot be opened.
  const files = [...o.content.entries].filter(([file, { mode }]) => mode.startsWith('100') && among.has(file));
  if (files.length === 0) return [];
  const stdin = toBuffer(files.map(([file]) => `${pathLine(file)}\n`).join(''));
  // Git in one process reads 10,000 small files in a tenth of a second, and blocks nothing here.
  const ids = (await own.git.ask(['-C', root, 'hash-object', '--no-filters', '--stdin-paths'], { stdin })).split('\n');
  if (ids.length !== files.length) throw new Error(`git hash-object gave ${ids.length} ids for ${files.length} files`);
  return files.flatMap(([file, { oid }], index) => (ids[index] === oid ? [] : [file]));
}

/** Does a regular file hold exactly what git has under the id of its entry? */
export function holds(o: {
  readonly objects: Objects;
  readonly entries: Entries;
  readonly path: BytePath;
  readonly file: Buffer;
}): boolean {
  return o.objects.idOf('blob', readFileSync(o.file)) === o.entries.get(o.path)?.oid;
}
