// From the paths of a report to paths of the scope.
import path from 'node:path';

export interface TreePlace {
  /** Absolute folders that are the scope, as the command saw it; links resolved and not. */
  readonly roots: readonly string[];
  /** Where the command ran, relative to the scope. */
  readonly cwd: string;
}

/** The path relative to the scope, or undefined for what lies outside of it. */
export function fromReport(file: string, { roots, cwd }: TreePlace): string | undefined {
  const plain = withoutScheme(file).replaceAll('\\', '/');
  if (plain === undefined || plain.trim() === '') return undefined;
  if (!path.posix.isAbsolute(plain)) return within(path.posix.join(cwd === '' ? '.' : cwd, plain));
  for (const root of roots) {
    const below = within(path.posix.relative(root, path.posix.normalize(plain)));
    if (below !== undefined) return below;
  }
  return undefined;
}

function within(relative: string): string | undefined {
  const normal = path.posix.normalize(relative);
  return normal === '..' || normal.startsWith('../') || normal === '.' || path.posix.isAbsolute(normal) ? undefined : normal;
}

/** Reports hold URIs with escapes, and paths without: what is no valid URI is a path. */
function withoutScheme(file: string): string {
  if (!/^file:/i.test(file)) return file;
  const bare = file.replace(/^file:(\/\/[^/]*)?/i, '');
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}
