import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';

/** The first symbolic link at or below `at` that leads out of `tree`, if any. Absolute links lead out: trees move. */
export async function strayLink(at: string, tree: string): Promise<string | undefined> {
  const entries = await readdir(at, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const full = path.join(at, entry.name);
    if (entry.isSymbolicLink()) {
      const target = await readlink(full);
      const leads = path.resolve(path.dirname(full), target);
      if (path.isAbsolute(target) || path.relative(tree, leads).startsWith('..')) return full;
    } else if (entry.isDirectory()) {
      const below = await strayLink(full, tree);
      if (below !== undefined) return below;
    }
  }
  return undefined;
}
