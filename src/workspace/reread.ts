// What time stamps do not tell. On ext4 and XFS the ioctls of defragmenters exchange the blocks of two files and set no time
// (EXT4_IOC_MOVE_EXT, XFS_IOC_SWAPEXT), and whoever may write both files may call them. So content is read again where it decides.
import { readFileSync, statfsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Entries } from './entries.ts';
import type { Objects } from './objects.ts';
import { type BytePath, toBuffer, toBytes } from './path-bytes.ts';

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

/** Files that git has, and that hold something else though a walk over their time stamps finds them as they were. */
export async function rewritten(o: {
  readonly objects: Objects;
  readonly root: string;
  readonly entries: Entries;
  /** What the walk found. */
  readonly now: Entries;
}): Promise<readonly BytePath[]> {
  const changed: BytePath[] = [];
  let read = 0;
  for (const [path, { mode, oid }] of o.entries) {
    // The blocks of a symbolic link cannot be exchanged: it cannot be opened.
    if (!mode.startsWith('100') || o.now.get(path)?.oid !== oid) continue;
    const body = readFileSync(toBuffer(`${toBytes(o.root)}/${path}`));
    if (o.objects.idOf('blob', body) !== oid) changed.push(path);
    read += 1;
    // Read one after the other, which is five times as fast as through the pool of threads; others get their turn in between.
    if (read % 100 === 0) await setImmediate();
  }
  return changed;
}
