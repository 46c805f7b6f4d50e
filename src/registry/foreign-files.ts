// The files of a plugin in another language, kept under their content, so that what judges cannot change while a run goes on.
import { createHash, randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, type Result, succeed } from '../model/result.ts';

const mostBytes = 256 * 1024 * 1024;
const left = new Set(['node_modules', '.git', '__pycache__', '.venv', 'venv', '.pytest_cache']);

interface Listed {
  readonly file: string;
  readonly executable: boolean;
}

/** Files of the folder that belong to the plugin, sorted; what tools leave beside them is left out. */
async function filesOf(folder: string, below = ''): Promise<Result<readonly Listed[], string>> {
  const files: Listed[] = [];
  for (const entry of await readdir(path.join(folder, below), { withFileTypes: true })) {
    const file = path.posix.join(below, entry.name);
    if (left.has(entry.name) || entry.name.endsWith('.pyc')) continue;
    if (entry.isDirectory()) {
      const inner = await filesOf(folder, file);
      if (!inner.ok) return inner;
      files.push(...inner.value);
    } else if (entry.isFile()) {
      const { mode } = await stat(path.join(folder, file));
      files.push({ file, executable: (mode & 0o111) !== 0 });
    } else return fail(`its folder holds ${file}, which is a link or no regular file`);
  }
  return succeed(files.sort((a, b) => (a.file < b.file ? -1 : 1)));
}

/** sha256 over names, modes and content. */
async function digestOf(folder: string, files: readonly Listed[]): Promise<Result<string, string>> {
  const hash = createHash('sha256').update('bexpert/foreign\0');
  let bytes = 0;
  for (const { file, executable } of files) {
    bytes += (await stat(path.join(folder, file))).size;
    if (bytes > mostBytes) return fail(`its folder holds more than ${mostBytes / 1024 / 1024} MiB`);
    const content = await readFile(path.join(folder, file));
    hash.update(`${file}\0${executable ? 'x' : '-'}\0${content.length}\0`).update(content);
  }
  return succeed(hash.digest('hex'));
}

/** Where the cache has the files of a digest. */
export const keptFolder = (cacheFolder: string, digest: string): string => path.join(cacheFolder, digest, 'files');

/** Does the cache have them, unchanged? */
export async function isKept(cacheFolder: string, digest: string): Promise<boolean> {
  const folder = keptFolder(cacheFolder, digest);
  const files = await filesOf(folder).catch(() => undefined);
  if (files?.ok !== true) return false;
  const now = await digestOf(folder, files.value);
  return now.ok && now.value === digest;
}

/** Copies the folder into the cache, unless that has it. Gives the digest. */
export async function keepFiles(folder: string, cacheFolder: string): Promise<Result<string, string>> {
  const files = await filesOf(folder);
  if (!files.ok) return files;
  const digest = await digestOf(folder, files.value);
  if (!digest.ok || (await isKept(cacheFolder, digest.value))) return digest;
  // Written beside and moved in place: another bexpert may do the same at the same time.
  const beside = path.join(cacheFolder, `${digest.value}.${randomBytes(6).toString('hex')}`);
  for (const { file, executable } of files.value) {
    const to = path.join(beside, 'files', file);
    await mkdir(path.dirname(to), { recursive: true });
    await copyFile(path.join(folder, file), to);
    await chmod(to, executable ? 0o755 : 0o644);
  }
  const place = path.join(cacheFolder, digest.value);
  await rename(beside, place).catch(async () => {
    // Another was quicker, or what lies there was changed.
    if (!(await isKept(cacheFolder, digest.value))) {
      await rm(place, { recursive: true, force: true });
      await rename(beside, place);
    }
    await rm(beside, { recursive: true, force: true });
  });
  return digest;
}
