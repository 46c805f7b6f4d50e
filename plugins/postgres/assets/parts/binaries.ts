// The binaries of the npm package, usable without its install script: that script makes symbolic links for shared libraries.
import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** So that they find their libraries. */
  readonly env: Readonly<Record<string, string>>;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** `folder` takes the links: the package may be read-only. */
export async function binaries(packageFolder: string, folder: string): Promise<Binaries> {
  const native = path.join(packageFolder, 'native');
  const libraries = path.join(folder, 'libraries');
  await mkdir(libraries, { recursive: true, mode: 0o755 });
  const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as readonly Link[];
  for (const { source, target } of links) {
    await symlink(path.join(packageFolder, source), path.join(libraries, path.basename(target)));
    // macOS takes DYLD_LIBRARY_PATH away from what a shell starts, and initdb starts postgres through one.
    if (process.platform === 'darwin') {
      await symlink(path.basename(source), path.join(packageFolder, target)).catch(() => undefined);
    }
  }
  // The libraries find each other only by the path: their own run path does not cover what they themselves need.
  const search = `${libraries}:${path.join(native, 'lib')}`;
  return {
    initdb: path.join(native, 'bin/initdb'),
    postgres: path.join(native, 'bin/postgres'),
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      LC_ALL: 'C',
      TZ: 'UTC',
      LD_LIBRARY_PATH: search,
      DYLD_LIBRARY_PATH: search,
    },
  };
}
