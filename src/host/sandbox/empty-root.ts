// The root that the `unshare` provider mounts everything on: a read-only folder that holds the mount points and nothing else.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { constantFolder } from './constant-folder.ts';
import { insidePaths } from './contract.ts';
import { emptyFolders } from './stand-ins.ts';
import type { SystemRoot } from './system-root.ts';
import type { ViewMount } from './view.ts';

export const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name) => `/dev/${name}`);
/** Where the machine's own root hangs until it is unmounted. */
export const oldRoot = '/.old';

const links = {
  '/dev/fd': '/proc/self/fd',
  '/dev/stdin': '/proc/self/fd/0',
  '/dev/stdout': '/proc/self/fd/1',
  '/dev/stderr': '/proc/self/fd/2',
  '/dev/ptmx': 'pts/ptmx',
} as const;

/** Absolute path of an empty root with the mount points of `mounts`. */
export function emptyRoot(o: {
  readonly stateFolder: string;
  readonly system: SystemRoot;
  readonly mounts: readonly ViewMount[];
}): string {
  const made = o.mounts.filter(({ point }) => point === 'made');
  const own = [...emptyFolders, '/dev/pts', '/dev/shm', oldRoot, ...Object.values(insidePaths)];
  const folders = [...new Set([...own, ...made.filter(({ folder }) => folder).map(({ at }) => at)])].sort();
  const files = [...new Set([...devices, ...made.filter(({ folder }) => !folder).map(({ at }) => at)])].sort();
  const allLinks = [...Object.entries(links), ...o.system.links.map(({ at, to }) => [at, to] as const)];
  return constantFolder(o.stateFolder, [1, folders, files, allLinks], (fresh) => {
    for (const at of folders) mkdirSync(path.join(fresh, at), { recursive: true });
    for (const at of files) {
      mkdirSync(path.join(fresh, path.dirname(at)), { recursive: true });
      writeFileSync(path.join(fresh, at), '');
    }
    for (const [at, to] of allLinks) symlinkSync(to, path.join(fresh, at));
  });
}
