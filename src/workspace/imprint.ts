// What lies in a folder, every file, link and folder of it: so that a folder that somebody else's code ran in can be told from one
// that it left alone, and be made right again.
import { lstatSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { Mode } from './entries.ts';
import { type BytePath, parents, toBuffer, toBytes } from './path-bytes.ts';
import { isMissing, keyOf, list, modeOf } from './walk.ts';

export interface Mark {
  readonly kind: 'file' | 'link' | 'folder' | 'other';
  /** Of a file or link. */
  readonly mode: Exclude<Mode, '160000'>;
  /** Nothing can be changed without changing it: no program sets back ctime, or chooses the number of an inode. */
  readonly key: string;
  readonly permissions: number;
  /** ctime: of a folder it also changes with the names in it. */
  readonly changed: string;
  readonly inode: string;
  /** False when it was changed so shortly before that another change could have the same time stamp; `settle` waits for that. */
  readonly settled: boolean;
}
export type Imprint = Map<BytePath, Mark>;

/** Time stamps come from the kernel's tick, 1 to 10 ms; racy-git(7) has the same care with a whole second. */
export const settlingMs = 50;

/** One path; undefined where nothing lies. */
export function markOf(path: BytePath, now: number): Mark | undefined {
  try {
    const stats = lstatSync(toBuffer(path), { bigint: true });
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other';
    const mode = modeOf(stats);
    return {
      kind,
      mode,
      // What a folder holds is looked at by itself.
      key: kind === 'folder' ? `${stats.ino} ${stats.dev}` : keyOf({ mode, stats }),
      permissions: Number(stats.mode & 0o7777n),
      changed: String(stats.ctimeNs),
      inode: String(stats.ino),
      settled: Number(stats.ctimeMs) < now - settlingMs,
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Adds everything at and below `from` as it is now; '' is the folder itself. */
export async function look(root: string, imprint: Imprint, from: BytePath = ''): Promise<void> {
  const top = toBytes(root);
  const now = Date.now();
  const full = (path: BytePath): BytePath => (path === '' ? top : `${top}/${path}`);
  const folder = async (path: BytePath): Promise<void> => {
    const prefix = path === '' ? '' : `${path}/`;
    for (const entry of await list(full(path))) await one(prefix + entry.name);
  };
  const one = async (path: BytePath): Promise<void> => {
    const mark = markOf(full(path), now);
    if (mark === undefined) imprint.delete(path);
    else imprint.set(path, mark);
    if (mark?.kind === 'folder') await folder(path);
  };
  if (from !== '') lookAbove(root, imprint, from);
  await one(from);
}

/** The folders above a path, from the root on. */
function lookAbove(root: string, imprint: Imprint, path: BytePath): void {
  const now = Date.now();
  for (const folder of ['', ...[...parents(path)].reverse()]) {
    const mark = markOf(folder === '' ? toBytes(root) : `${toBytes(root)}/${folder}`, now);
    if (mark !== undefined) imprint.set(folder, mark);
  }
}

/** On a file system that counts whole seconds, or after the clock was set back, nothing is settled. */
const patienceMs = 100;

/** Waits until whatever is changed from now on gets a later time stamp than all that lies in the folder. */
export async function settle(root: string, imprint: Imprint): Promise<void> {
  const fresh = [...imprint].filter(([, { settled }]) => !settled);
  const latest = fresh.reduce((last, [, { changed }]) => (BigInt(changed) > last ? BigInt(changed) : last), 0n);
  const probe = `${root}.tick`;
  const until = performance.now() + patienceMs;
  try {
    while (latest > 0n) {
      await writeFile(probe, '');
      if (lstatSync(probe, { bigint: true }).ctimeNs > latest) break;
      if (performance.now() > until) return;
      await setTimeout(1);
    }
  } finally {
    await rm(probe, { force: true });
  }
  for (const [path, mark] of fresh) imprint.set(path, { ...mark, settled: true });
}

export async function imprintOf(root: string): Promise<Imprint> {
  const imprint: Imprint = new Map();
  await look(root, imprint);
  return imprint;
}
