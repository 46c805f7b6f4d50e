// What every sandbox shows of the machine: its programs, read-only, and nothing that only some of its users may read.
import { type Dirent, existsSync, lstatSync, readdirSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';
import { isBelow } from './mountinfo.ts';

export interface SystemRoot {
  /** Links at the root: `/bin` to `usr/bin` on most systems. */
  readonly links: readonly { readonly at: string; readonly to: string }[];
  /** Folders that are seen at their own path. */
  readonly folders: readonly string[];
  /** Hidden behind an empty file or folder. */
  readonly masked: readonly { readonly at: string; readonly folder: boolean }[];
}

const programs = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/opt', '/nix/store'] as const;
const settings = '/etc';

function look(at: string): Stats | undefined {
  try {
    return lstatSync(at);
  } catch {
    return undefined;
  }
}

function entries(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/**
 * What not everybody may read below a folder: key files, password hashes, folders of one service. A runner that is root would show them
 * to the commands otherwise, because files of root are theirs inside.
 */
function unreadable(folder: string, depth: number): SystemRoot['masked'] {
  return entries(folder).flatMap((entry) => {
    const at = path.join(folder, entry.name);
    const facts = look(at);
    if (facts === undefined || facts.isSymbolicLink()) return [];
    const needed = facts.isDirectory() ? 0o005 : 0o004;
    if ((facts.mode & needed) !== needed) return [{ at, folder: facts.isDirectory() }];
    return facts.isDirectory() && depth > 1 ? unreadable(at, depth - 1) : [];
  });
}

/** Folder of an installation of Node: `<prefix>/bin/node`, with npm below `<prefix>/lib`. */
function nodeFolder(node: string): string {
  const bin = path.dirname(realpathSync(node));
  return path.basename(bin) === 'bin' ? path.dirname(bin) : bin;
}

/** Reads the machine; about 10 ms, so once for all starts of a provider. */
export function systemRoot(node: string): SystemRoot {
  const links: SystemRoot['links'][number][] = [];
  const folders: string[] = [];
  for (const at of [...programs, settings]) {
    const facts = look(at);
    if (facts?.isSymbolicLink()) links.push({ at, to: readlinkSync(at) });
    else if (facts?.isDirectory()) folders.push(at);
  }
  const own = nodeFolder(node);
  if (own !== '/' && !folders.some((folder) => own === folder || isBelow(own, folder))) folders.push(own);
  const masked = [...unreadable(settings, 8), ...(existsSync('/opt') ? unreadable('/opt', 1) : [])];
  return { links, folders, masked };
}
