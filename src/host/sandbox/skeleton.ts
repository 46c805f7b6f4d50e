// A few constant files in the state folder: the empty root of the `unshare` provider, and what stands in place of the machine's own files.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { insidePaths } from './contract.ts';
import type { SystemRoot } from './system-root.ts';

export interface Skeleton {
  /** Where a start mounts its new root; stays empty on this machine. */
  readonly base: string;
  readonly root: string;
  readonly emptyFile: string;
  readonly emptyFolder: string;
  readonly passwd: string;
  readonly group: string;
  readonly hosts: string;
}

/** The user that every command is, so that programs that refuse uid 0 (PostgreSQL) run. */
export const insideUser = { id: 1000, name: 'bexpert' } as const;
export const hostName = 'bexpert';

/** Folders that stand in the root even when nothing is mounted there. */
export const emptyFolders = ['/home', '/root', '/run', '/tmp', '/var/tmp', '/proc', '/dev/pts', '/dev/shm'] as const;
export const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty'] as const;
/**
 * Files below /proc by which commands of a runner that is root would change the kernel's settings: root's files are theirs inside, and
 * bwrap 0.8 covers only folders that say that they can be written.
 */
export const kernelFiles = ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'acpi', 'scsi'].map((name) => `/proc/${name}`);
/** Inside, until the root is complete: the machine's own root, and the list of mounts. */
export const buildFolder = '/.bexpert';

const home = path.posix.join(insidePaths.scratch, 'home');
const files = {
  passwd: [
    'root:x:0:0:root:/root:/usr/sbin/nologin',
    `${insideUser.name}:x:${insideUser.id}:${insideUser.id}::${home}:/bin/sh`,
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
    '',
  ].join('\n'),
  group: ['root:x:0:', `${insideUser.name}:x:${insideUser.id}:`, 'nogroup:x:65534:', ''].join('\n'),
  hosts: `127.0.0.1 localhost ${hostName}\n::1 localhost ip6-localhost\n`,
  empty: '',
};

function build(folder: string, system: SystemRoot): void {
  const root = path.join(folder, 'root');
  for (const at of [...emptyFolders, ...system.folders, path.join(buildFolder, 'old')]) {
    mkdirSync(path.join(root, at), { recursive: true });
  }
  for (const device of devices) writeFileSync(path.join(root, 'dev', device), '');
  const links = {
    fd: '/proc/self/fd',
    stdin: '/proc/self/fd/0',
    stdout: '/proc/self/fd/1',
    stderr: '/proc/self/fd/2',
    ptmx: 'pts/ptmx',
  };
  for (const [name, to] of Object.entries(links)) symlinkSync(to, path.join(root, 'dev', name));
  for (const { at, to } of system.links) symlinkSync(to, path.join(root, at));
  mkdirSync(path.join(folder, 'base'));
  mkdirSync(path.join(folder, 'empty-folder'));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
}

/** Named by its content, so that it is made once, shared by all runs, and never in the way of another version. */
export function openSkeleton(stateFolder: string, system: SystemRoot): Skeleton {
  const content = JSON.stringify([3, system.links, system.folders, emptyFolders, devices, files]);
  const home = path.join(stateFolder, 'sandbox');
  const folder = path.join(home, createHash('sha256').update(content).digest('hex').slice(0, 16));
  if (!existsSync(folder)) {
    const fresh = path.join(home, `.${randomBytes(6).toString('hex')}`);
    mkdirSync(fresh, { recursive: true, mode: 0o700 });
    build(fresh, system);
    try {
      renameSync(fresh, folder);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      // Another run was quicker.
      if (!existsSync(folder)) throw error;
    }
  }
  const at = (name: string) => path.join(folder, name);
  return {
    base: at('base'),
    root: at('root'),
    emptyFile: at('empty'),
    emptyFolder: at('empty-folder'),
    passwd: at('passwd'),
    group: at('group'),
    hosts: at('hosts'),
  };
}
