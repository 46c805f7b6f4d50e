// What stands in a sandbox in place of the machine's own files.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { constantFolder } from './constant-folder.ts';
import { insidePaths } from './contract.ts';

export interface StandIns {
  readonly emptyFile: string;
  readonly emptyFolder: string;
  readonly passwd: string;
  readonly group: string;
  readonly hosts: string;
}

/** The user that every command is, so that programs that refuse uid 0 (PostgreSQL) run. */
export const insideUser = { id: 1000, name: 'bexpert' } as const;
export const hostName = 'bexpert';

/** Folders that are there even when nothing is mounted in them. */
export const emptyFolders = ['/home', '/root', '/run', '/tmp', '/var/tmp', '/proc'] as const;

/**
 * Files below /proc by which commands of a runner that is root would change the kernel's settings: root's files are theirs inside, and
 * bwrap 0.8 covers only folders that say that they can be written.
 */
export const kernelFiles = ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs', 'acpi', 'scsi'].map((name) => `/proc/${name}`);

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
  'empty-file': '',
} as const;

export function openStandIns(stateFolder: string): StandIns {
  const folder = constantFolder(stateFolder, files, (fresh) => {
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(fresh, name), content);
    mkdirSync(path.join(fresh, 'empty-folder'));
  });
  const at = (name: keyof typeof files | 'empty-folder') => path.join(folder, name);
  return {
    emptyFile: at('empty-file'),
    emptyFolder: at('empty-folder'),
    passwd: at('passwd'),
    group: at('group'),
    hosts: at('hosts'),
  };
}
