// The files of a folder that a map is made of: in a repository what git keeps or would keep, elsewhere all that lie there.
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../plugin-api.ts';
import type { Environment } from '../workspace/git.ts';
import { locate } from '../workspace/locate.ts';
import { openUserGit } from '../workspace/user-git.ts';

/** Installed or built, where no .gitignore says so. */
const left = new Set(['.git', 'node_modules', '.venv', 'venv', '__pycache__', '.next', '.nuxt', 'target']);
/** A folder with more is no repository: somebody's home, or the whole disk. */
const most = 200_000;

/** Relative to the folder. Nothing of the repository is executed. */
export async function filesToMap(folder: string, env: Environment): Promise<readonly string[]> {
  const real = await realpath(folder);
  const located = await locate(real);
  if (located.kind !== 'work-tree') return walked(real);
  const { git } = await openUserGit({ ...located, env });
  const scope = path.relative(located.root, real).split(path.sep).join('/');
  const listed = await git.bytes(['ls-files', '-z', '--full-name', '--cached', '--others', '--exclude-standard']);
  const prefix = scope === '' ? '' : `${scope}/`;
  const files = listed.toString('utf8').split('\0');
  // A file in conflict is listed once for each side.
  return [...new Set(files)]
    .filter((file) => file !== '' && file.startsWith(prefix))
    .map((file) => file.slice(prefix.length))
    .sort();
}

async function walked(root: string): Promise<readonly string[]> {
  const files: string[] = [];
  const pending = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const place = path.posix.join(folder, entry.name);
      // Links are not followed: they may lead out of the folder, and back into it.
      if (entry.isDirectory() && !left.has(entry.name)) pending.push(place);
      if (entry.isFile()) files.push(place);
    }
    if (files.length > most)
      throw pluginError({
        code: 'map/too-many-files',
        message: `${root} holds more than ${most.toLocaleString('en')} files.`,
        hint: 'Name the folder of one service: `bexpert map services/orders`.',
      });
  }
  return files.sort();
}
