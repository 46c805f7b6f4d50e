import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * A folder of the state folder whose name follows from its content: made once, whole or not at all, and shared by all runs of all versions.
 * Returns its real path, because mounts are looked up by it.
 */
export function constantFolder(stateFolder: string, content: unknown, build: (folder: string) => void): string {
  const home = path.join(stateFolder, 'sandbox');
  const folder = path.join(home, createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16));
  if (existsSync(folder)) return realpathSync(folder);
  const fresh = path.join(home, `.${randomBytes(6).toString('hex')}`);
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  build(fresh);
  try {
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another run was quicker.
    if (!existsSync(folder)) throw error;
  }
  return realpathSync(folder);
}
