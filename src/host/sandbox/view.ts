// What a start's own mounts come to: which lie on top, where their mount points stand, and whether these can be trusted.
import { lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { pluginError } from '../../plugin-api.ts';
import type { Mount } from './contract.ts';
import { isBelow } from './mountinfo.ts';

export interface ViewMount {
  /** Real path on this machine; empty for `temporary`. */
  readonly from: string;
  readonly at: string;
  readonly mode: Mount['mode'];
  readonly folder: boolean;
  /** Its mount point stands in the mount below it, must be made in the empty root, or in a mount that is a folder in memory. */
  readonly point: 'there' | 'made' | 'in-memory';
}

const hint = 'A mount point inside another mount must exist there, and be no link.';
const noPoint = (message: string) => pluginError({ code: 'sandbox/no-mount-point', message, hint });

function source(mount: Mount): { readonly from: string; readonly folder: boolean } {
  if (mount.mode === 'temporary') return { from: '', folder: true };
  try {
    const from = realpathSync(mount.from);
    return { from, folder: lstatSync(from).isDirectory() };
  } catch (error) {
    throw pluginError({
      code: 'sandbox/no-source',
      message: `${mount.from} does not exist; it was to be seen at ${mount.at} in the sandbox.`,
      cause: error,
    });
  }
}

/**
 * A mount follows links. Where a tree of somebody else holds a link at a mount point, the mount would lie elsewhere and what it was to
 * protect would stay open: so each step of the way must be a plain folder.
 */
function checkPoint(below: ViewMount, mount: ViewMount): void {
  const words = path.posix.relative(below.at, mount.at).split('/');
  let at = below.from;
  for (const [index, word] of words.entries()) {
    at = path.join(at, word);
    const facts = lstatSync(at, { throwIfNoEntry: false });
    const where = `the mount point ${mount.at} of the sandbox`;
    if (facts === undefined) throw noPoint(`${at} does not exist, which is ${where}.`);
    if (facts.isSymbolicLink())
      throw pluginError({
        code: 'sandbox/linked-mount-point',
        message: `${at} is a link, and lies on the way to ${where}.`,
        hint,
      });
    const last = index === words.length - 1;
    if (!last && !facts.isDirectory()) throw noPoint(`${at} is no folder, and lies on the way to ${where}.`);
    if (last && facts.isDirectory() !== mount.folder) {
      const kinds = mount.folder ? 'a file, and a folder' : 'a folder, and a file';
      throw noPoint(`${at} is ${kinds} was to be mounted on it.`);
    }
  }
}

/** The mounts of a start in order, without those that later ones hide. `system`: folders that every sandbox shows. */
export function viewOf(mounts: readonly Mount[], system: readonly string[]): readonly ViewMount[] {
  const seen = mounts.filter(
    (mount, index) => !mounts.slice(index + 1).some((later) => later.at === mount.at || isBelow(mount.at, later.at)),
  );
  const view: ViewMount[] = [];
  for (const mount of seen) {
    if (!path.posix.isAbsolute(mount.at) || path.posix.normalize(mount.at) !== mount.at || mount.at === '/') {
      throw new Error(`not a mount point: ${mount.at}`);
    }
    const below = [...view, ...system.map((at): ViewMount => ({ from: at, at, mode: 'read-only', folder: true, point: 'made' }))]
      .filter((other) => isBelow(mount.at, other.at))
      .sort((a, b) => b.at.length - a.at.length)[0];
    const point = below === undefined ? 'made' : below.mode === 'temporary' ? 'in-memory' : 'there';
    const one: ViewMount = { ...source(mount), at: mount.at, mode: mount.mode, point };
    if (below !== undefined && point === 'there') checkPoint(below, one);
    if (point === 'in-memory' && !one.folder) throw noPoint(`${one.at} is a file in a folder in memory.`);
    view.push(one);
  }
  return view;
}
