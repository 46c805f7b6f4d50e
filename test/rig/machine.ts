// Machines that lack something: a PATH without a program, a kernel that refuses sandboxes, a disk that is full.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A folder for PATH that holds every program of the real one, but for those whose name begins so. */
export function pathWithout(prefix: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const source of (process.env.PATH ?? '').split(':').filter((entry) => existsSync(entry))) {
    for (const name of readdirSync(source)) {
      if (name.startsWith(prefix) || existsSync(path.join(folder, name))) continue;
      try {
        symlinkSync(path.join(source, name), path.join(folder, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
  return folder;
}

/** A prefix for a line of bash: what follows runs with mounts of its own, laid by `mounts`. */
const inMounts = (mounts: string): string =>
  `unshare --user --map-root-user --mount sh -c ${quoted(`${mounts} && exec "$@"`)} sh`;

/** What follows finds no sandbox that works: the programs that make one answer as on a kernel that refuses. */
export function refusingSandboxes(folder: string): string {
  const refusal = path.join(folder, 'refuse');
  writeFileSync(refusal, '#!/bin/sh\necho "$(basename "$0"): unshare failed: Operation not permitted" >&2\nexit 1\n');
  chmodSync(refusal, 0o755);
  const programs = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/usr/bin/unshare'].filter((file) => existsSync(file));
  return inMounts(programs.map((file) => `mount --bind ${quoted(refusal)} ${quoted(realpathSync(file))}`).join(' && '));
}

/** What follows sees a file system in memory at `folder`: so many KiB large, or read-only. */
export function smallDisk(folder: string, size: number | 'read-only'): string {
  mkdirSync(folder, { recursive: true });
  return inMounts(`mount -t tmpfs -o ${size === 'read-only' ? 'ro' : `size=${size}k`} tmpfs ${quoted(folder)}`);
}

/** Whether mounts can be laid here at all; where not, the tests of such machines are left out by name. */
export function canMount(): boolean {
  try {
    execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
