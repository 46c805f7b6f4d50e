import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Package {
  readonly folder: string;
  readonly version: string;
}

/** Looks upwards, whether this runs from `dist/` or from `src/`. Folders inside may have a package.json without a name. */
function ownPackage(): Package {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const version = versionIn(folder);
    if (version !== undefined) return { folder, version };
    if (path.dirname(folder) === folder) throw new Error('the package.json of bexpert is missing');
  }
}
function versionIn(folder: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path.join(folder, 'package.json'), 'utf8');
  } catch {
    return undefined;
  }
  const { name, version } = JSON.parse(text) as { readonly name?: string; readonly version: string };
  return name === 'bexpert' ? version : undefined;
}

const own = ownPackage();

/** Folder of the installed package. */
export const packageRoot = (): string => own.folder;
/** Version of the installed package. */
export const packageVersion: string = own.version;
