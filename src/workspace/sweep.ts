// The runner's own repository has no references: what keeps an object is a journal that names it. This removes the others.
import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { bareEnvironment, type Environment, gitWith } from './git.ts';

export interface Swept {
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Removes every loose object that none of `ids` needs: commits, trees and blobs, as journals name them; what is no object here is passed
 * over. A commit keeps its tree and not its parents, which the journals name too. Nobody else may use the repository meanwhile.
 */
export async function sweepObjects(options: {
  readonly gitDir: string;
  readonly ids: ReadonlySet<string>;
  readonly dryRun: boolean;
  readonly env: Environment;
}): Promise<Swept> {
  const { gitDir, dryRun } = options;
  const loose = await looseObjects(gitDir);
  if (loose.size === 0) return { objects: 0, bytes: 0 };
  const needed = await neededBy(options);
  let objects = 0;
  let bytes = 0;
  for (const [id, file] of loose) {
    if (needed.has(id)) continue;
    objects += 1;
    const status = await lstat(file);
    bytes += status.blocks * 512;
    if (!dryRun) await rm(file, { force: true });
  }
  return { objects, bytes };
}

async function looseObjects(gitDir: string): Promise<ReadonlyMap<string, string>> {
  const folder = path.join(gitDir, 'objects');
  const found = new Map<string, string>();
  for (const first of await readdir(folder).catch(() => [])) {
    if (!/^[0-9a-f]{2}$/.test(first)) continue;
    for (const rest of await readdir(path.join(folder, first))) {
      // Others are drafts that a killed run left.
      const id = /^[0-9a-f]+$/.test(rest) ? `${first}${rest}` : `${first}/${rest}`;
      found.set(id, path.join(folder, first, rest));
    }
  }
  return found;
}

async function neededBy(options: {
  readonly gitDir: string;
  readonly ids: ReadonlySet<string>;
  readonly env: Environment;
}): Promise<ReadonlySet<string>> {
  const git = gitWith({ first: [`--git-dir=${options.gitDir}`], env: bareEnvironment(options.env, options.gitDir) });
  const lines = (text: Buffer): readonly string[] =>
    text
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '');
  const asked = [...options.ids].map((id) => `${id}\n`).join('');
  const known = lines(await git.bytes(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { stdin: asked }));
  const needed = new Set<string>();
  const roots: string[] = [];
  for (const line of known) {
    const [id = '', type] = line.split(' ');
    if (type !== 'commit' && type !== 'tree' && type !== 'blob') continue;
    needed.add(id);
    if (type !== 'blob') roots.push(type === 'tree' ? id : `${id}^{tree}`);
  }
  if (roots.length === 0) return needed;
  // What the user's repository has lost meanwhile is no reason to lose more.
  const args = ['rev-list', '--objects', '--no-object-names', '--missing=allow-any', '--stdin'];
  for (const id of lines(await git.bytes(args, { stdin: `${roots.join('\n')}\n` }))) needed.add(id);
  return needed;
}
