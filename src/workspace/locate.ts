// Finds the repository of a folder by the file system alone: git's own search refuses what another user owns, and a container's
// checkout often is another user's.
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

export type Located =
  | { readonly kind: 'work-tree'; readonly root: string; readonly gitDir: string; readonly commonDir: string }
  | { readonly kind: 'bare'; readonly gitDir: string }
  | { readonly kind: 'none' };

const isFolder = (folder: string): Promise<boolean> =>
  stat(folder).then(
    (status) => status.isDirectory(),
    () => false,
  );
const content = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

async function isGitDir(folder: string): Promise<boolean> {
  const [head, objects, common] = await Promise.all([
    content(path.join(folder, 'HEAD')),
    isFolder(path.join(folder, 'objects')),
    content(path.join(folder, 'commondir')),
  ]);
  return head !== undefined && (objects || common !== undefined);
}

/** The git directory that `.git` is, or points to, as in linked worktrees and submodules. */
async function gitDirOf(folder: string): Promise<string | undefined> {
  const dot = path.join(folder, '.git');
  if (await isFolder(dot)) return (await isGitDir(dot)) ? dot : undefined;
  const target = /^gitdir: (.+?)\r?\n?$/s.exec((await content(dot)) ?? '')?.[1];
  if (target === undefined) return undefined;
  const gitDir = path.resolve(folder, target);
  return (await isGitDir(gitDir)) ? gitDir : undefined;
}

/** `folder` must be a real path. */
export async function locate(folder: string): Promise<Located> {
  for (let at = folder; ; at = path.dirname(at)) {
    const gitDir = await gitDirOf(at);
    if (gitDir !== undefined) {
      const common = await content(path.join(gitDir, 'commondir'));
      const commonDir = common === undefined ? gitDir : path.resolve(gitDir, common.trim());
      return { kind: 'work-tree', root: at, gitDir, commonDir };
    }
    if (await isGitDir(at)) return { kind: 'bare', gitDir: at };
    if (path.dirname(at) === at) return { kind: 'none' };
  }
}

/** Names the state folder of a repository: 16 hex digits of a hash of its root's real path. */
export const repositoryId = (root: string): string => createHash('sha256').update(root).digest('hex').slice(0, 16);

/** The id of the repository of a folder; a folder outside every repository counts as one. */
export async function repositoryIdOf(folder: string): Promise<string> {
  const real = await realpath(folder).catch(() => path.resolve(folder));
  const located = await locate(real);
  return repositoryId(located.kind === 'work-tree' ? located.root : located.kind === 'bare' ? located.gitDir : real);
}
