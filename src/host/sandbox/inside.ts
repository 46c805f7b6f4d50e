import path from 'node:path';
import type { Mount } from './contract.ts';

/** The folder or file of this machine that stands at a path of the sandbox; the path itself where nothing is mounted above it. */
export function outsidePath(inside: string, mounts: readonly Mount[]): string {
  const target = path.posix.normalize(inside);
  let best: Mount | undefined;
  for (const mount of mounts) {
    if (mount.mode === 'temporary') continue;
    const covers = target === mount.at || target.startsWith(mount.at.endsWith('/') ? mount.at : `${mount.at}/`);
    // Later mounts lie on top of earlier ones, so the longest and then the last one counts.
    if (covers && (best === undefined || mount.at.length >= best.at.length)) best = mount;
  }
  return best === undefined ? inside : path.join(best.from, path.posix.relative(best.at, target));
}
