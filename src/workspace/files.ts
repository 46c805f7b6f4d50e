// Whole folders on disk: written from git, copied, removed.
import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { OwnGit } from './own-git.ts';

const execute = promisify(execFile);

export const exists = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  );

/** Writes a tree into a folder that is empty or not there. */
export async function writeOut(o: { readonly own: OwnGit; readonly tree: string; readonly folder: string }): Promise<void> {
  const { own, tree, folder } = o;
  await mkdir(folder, { recursive: true });
  const index = `${folder}.index`;
  try {
    const env = { GIT_INDEX_FILE: index };
    await own.git.bytes(['read-tree', tree], { env });
    await own.git.bytes(['-C', folder, `--work-tree=${folder}`, 'checkout-index', '--all', '--force', '--quiet'], { env });
  } finally {
    await rm(index, { force: true });
  }
}

/** Writes some files of a tree over what lies in a folder. `paths` end with a zero byte each. */
export async function writeSome(o: {
  readonly own: OwnGit;
  readonly tree: string;
  readonly folder: string;
  readonly paths: Uint8Array;
}): Promise<void> {
  const { own, folder } = o;
  const index = `${folder}.index`;
  try {
    const env = { GIT_INDEX_FILE: index };
    await own.git.bytes(['read-tree', o.tree], { env });
    const args = ['-C', folder, `--work-tree=${folder}`, 'checkout-index', '--force', '--quiet', '-z', '--stdin'];
    await own.git.bytes(args, { env, stdin: o.paths });
  } finally {
    await rm(index, { force: true });
  }
}

/**
 * Copies a folder or file with modes, times and links, sharing blocks where the file system can. Never by hard links: what is written
 * to a copy would be written to the source. `to` must not be there.
 */
export async function copyAll(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  try {
    await execute('cp', ['-a', '--reflink=auto', '--', from, to], { env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } });
  } catch {
    // Not GNU cp.
    await removeAll(to);
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }
}

/** Removes a folder, also where folders in it forbid that to their owner. */
export async function removeAll(folder: string | Buffer): Promise<void> {
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    await remove();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // rm(1) goes down step by step, where whole paths would be too long.
    if (code === 'ENAMETOOLONG') await execute('rm', ['-rf', '--', folder.toString()], { env: { PATH: '/usr/bin:/bin' } });
    else if (code === 'EACCES' || code === 'EPERM') {
      await unlock(Buffer.from(folder));
      await remove();
    } else throw error;
  }
}

async function unlock(folder: Buffer): Promise<void> {
  await chmod(folder, 0o700);
  // Names need not be UTF-8.
  for (const entry of await readdir(folder, { withFileTypes: true, encoding: 'latin1' as 'utf8' })) {
    if (entry.isDirectory()) await unlock(Buffer.concat([folder, Buffer.from(`/${entry.name}`, 'latin1')]));
  }
}

/** What a folder takes on the disk. Links are not followed; what goes away meanwhile counts nothing. */
export async function bytesBelow(folder: string): Promise<number> {
  let total = (await lstat(folder).catch(() => undefined))?.blocks ?? 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) total += (await bytesBelow(at)) / 512;
    else total += (await lstat(at).catch(() => undefined))?.blocks ?? 0;
  }
  return total * 512;
}
