// Where a plan's files come from: the disk while a person writes them, base when they are to judge.
import { readdir, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { readNamed } from '../playbook/named-file.ts';
import type { Workspace } from '../workspace/contract.ts';

export interface PlanFiles {
  /** Text of a file of the scope. */
  readScope(file: string): Promise<string | undefined>;
  /** Text of a playbook; undefined: there is none. */
  readPlaybook(absolute: string): Promise<string | undefined>;
  /** Folder of this machine that holds a team plugin's files. */
  pluginFolder(folder: string): Promise<string>;
  /** What a person should know about where files came from. */
  notes(): readonly string[];
  /** The disk has another version of a file that base decides about. */
  differs(): boolean;
}

/** Also where there is none. */
const isEmpty = async (folder: string): Promise<boolean> => (await readdir(folder).catch(() => [])).length === 0;
async function onDisk(file: string): Promise<string | undefined> {
  const bytes = readNamed(file);
  return bytes.ok ? Buffer.from(bytes.value).toString('utf8') : undefined;
}

/** The path without links on the way to the file, which itself need not be there. */
async function realPlace(file: string): Promise<string> {
  const folder = await realpath(path.dirname(file)).catch(() => path.dirname(file));
  return path.join(folder, path.basename(file));
}

export function diskFiles(scopeFolder: string): PlanFiles {
  return {
    readScope: (file) => onDisk(path.resolve(scopeFolder, file)),
    readPlaybook: onDisk,
    pluginFolder: async (folder) => path.resolve(scopeFolder, folder),
    notes: () => [],
    differs: () => false,
  };
}

/**
 * Base's own files: whoever fills an action step, and a change under judgement, cannot alter what judges it. What base does not have
 * yet is read from the disk, and the run says so.
 */
export function baseFiles(options: {
  readonly workspace: Workspace;
  /** Folder of the scope in the user's checkout. */
  readonly disk: string;
}): PlanFiles {
  const { workspace, disk } = options;
  const { root, scope } = workspace.repository;
  const unpinned = new Set<string>();
  const differing = new Set<string>();

  async function fromBase(relative: string, full: string, hops = 0): Promise<string | undefined> {
    const bytes = await workspace.readBase(relative);
    const here = await onDisk(full);
    if (bytes === undefined) {
      if (here !== undefined) unpinned.add(relative);
      return here;
    }
    const text = Buffer.from(bytes).toString('utf8');
    // Git keeps of a link where it leads to. What it leads to is read from base, too.
    const next = path.posix.join(path.posix.dirname(relative), text);
    if (hops < 8 && !path.isAbsolute(text) && !next.startsWith('../') && (await readlink(full).catch(() => undefined)) === text)
      return await fromBase(next, path.resolve(path.dirname(full), text), hops + 1);
    if (here !== undefined && here !== text) differing.add(relative);
    return text;
  }
  return {
    readScope: (file) => fromBase(path.posix.join(scope, file), path.resolve(disk, file)),
    readPlaybook: async (absolute) => {
      // A link to the repository must not lead around base.
      const relative = path
        .relative(root, await realPlace(absolute))
        .split(path.sep)
        .join('/');
      return relative.startsWith('../') || path.isAbsolute(relative) ? onDisk(absolute) : fromBase(relative, absolute);
    },
    pluginFolder: async (folder) => {
      const relative = path.posix.join(scope, folder);
      const ofBase = await workspace.baseFolder(relative);
      const here = path.resolve(disk, folder);
      if (!(await isEmpty(ofBase)) || (await isEmpty(here))) return ofBase;
      unpinned.add(relative);
      return here;
    },
    notes: () => [
      ...[...unpinned].map((file) => `unpinned: ${file} is not in base yet, so the one on disk decides`),
      ...[...differing].map((file) => `${file} on disk differs from base's; base's decides`),
    ],
    differs: () => differing.size > 0,
  };
}
