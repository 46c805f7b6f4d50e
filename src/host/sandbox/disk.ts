import type { Dirent } from 'node:fs';
import { lstat, readdir, readlink, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Mount } from './contract.ts';
import { processTree } from './processes.ts';

/** Allocated bytes of files that changed after `since` (ms since the epoch), so sparse files count what they take. */
async function changedBytes(folder: string, since: number): Promise<number> {
  let sum = 0;
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const at = next;
    const entries: Dirent[] = await readdir(at, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = path.join(at, entry.name);
      if (entry.isDirectory()) open.push(file);
      else if (entry.isFile()) {
        const facts = await lstat(file).catch(() => undefined);
        if (facts !== undefined && facts.ctimeMs >= since) sum += facts.blocks * 512;
      }
    }
  }
  return sum;
}

/** Allocated bytes of files that a process holds open after they were removed. */
async function unlinkedBytes(pids: readonly number[]): Promise<number> {
  const seen = new Map<string, number>();
  for (const pid of pids) {
    for (const fd of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const file = `/proc/${pid}/fd/${fd}`;
      const target = await readlink(file).catch(() => '');
      if (!target.endsWith(' (deleted)')) continue;
      const facts = await stat(file).catch(() => undefined);
      if (facts?.isFile()) seen.set(`${facts.dev}:${facts.ino}`, facts.blocks * 512);
    }
  }
  return [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * Growth of the writable mounts. Asking the file system how much is free costs microseconds; only when it lost as much as the start may
 * write are the files themselves looked at, because somebody else may have written.
 */
export function watchDisk(mounts: readonly Mount[], limit: number): { exceeded(root: number): Promise<boolean> } {
  const folders = mounts.filter((mount) => mount.mode === 'read-write').map((mount) => mount.from);
  const since = Date.now() - 1000;
  const free = async () => {
    const all = await Promise.all(folders.map((folder) => statfs(folder).catch(() => undefined)));
    return all.map((facts) => (facts === undefined ? 0 : facts.bfree * facts.bsize));
  };
  let before = free();
  return {
    async exceeded(root) {
      if (folders.length === 0) return false;
      const [was, is] = await Promise.all([before, free()]);
      if (!was.some((bytes, index) => bytes - (is[index] ?? 0) >= limit)) return false;
      const sums = await Promise.all(folders.map((folder) => changedBytes(folder, since)));
      const grown = sums.reduce((sum, bytes) => sum + bytes, 0) + (await unlinkedBytes(processTree(root)));
      if (grown >= limit) return true;
      // Somebody else wrote: look again when as much as is left to this start is gone.
      before = Promise.resolve(is.map((bytes) => bytes + grown));
      return false;
    },
  };
}
