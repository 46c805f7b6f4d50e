import { lstat, mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import { pluginError, type Tree, type WritableTree } from '../plugin-api.ts';

/** What a view shows: a folder of this machine, and the list of its tracked files. */
export interface ViewOptions {
  readonly id: Tree['id'];
  readonly hash: string;
  /** Folder of this machine that the view's paths are relative to. */
  readonly folder: string;
  /** The same folder as commands see it. */
  readonly path: string;
  /** Tracked files, relative to `folder`. */
  readonly files: () => Promise<readonly string[]>;
}

/** The file of this machine that a path of a view names; refuses what leaves the folder, also through links. */
async function inside(folder: string, name: string, use: 'look' | 'write' = 'look'): Promise<string> {
  const full = path.resolve(folder, name);
  const root = await realpath(folder);
  const nearest = async (at: string): Promise<string> => {
    const real = await realpath(at).catch(() => undefined);
    if (real !== undefined || path.dirname(at) === at) return real ?? at;
    // A link to what is not there: a file that is written would come to be there.
    if (use === 'write' && (await lstat(at).catch(() => undefined))?.isSymbolicLink() === true) throw outside(name);
    return nearest(path.dirname(at));
  };
  const real = await nearest(full);
  if (real !== root && !real.startsWith(root + path.sep)) throw outside(name);
  return full;
}

const outside = (name: string) =>
  pluginError({
    code: 'file/outside',
    message: `${name} lies outside the tree.`,
    hint: 'Give a path relative to the scope.',
  });

async function regular(folder: string, name: string): Promise<string> {
  const full = await inside(folder, name);
  const status = await stat(full).catch(() => undefined);
  if (status?.isFile() !== true) throw pluginError({ code: 'file/not-found', message: `There is no file ${name}.` });
  return full;
}

/** A tree as plugins see it. Paths are relative to the scope. */
export function treeView(options: ViewOptions): Tree {
  const { folder } = options;
  return {
    id: options.id,
    hash: options.hash,
    path: options.path,
    read: async (name) => readFile(await regular(folder, name), 'utf8'),
    readBytes: async (name) => readFile(await regular(folder, name)),
    exists: async (name) => {
      const full = await inside(folder, name);
      return stat(full).then(
        (status) => status.isFile(),
        () => false,
      );
    },
    glob: async (patterns) => {
      const matches = picomatch([...patterns], { dot: true });
      return (await options.files()).filter((file) => matches(file)).sort();
    },
  };
}

/** The same with writing, for scratch folders and work trees. Parent folders are made as needed. */
export function writableView(options: ViewOptions): WritableTree {
  const { folder } = options;
  return {
    ...treeView(options),
    write: async (name, content) => {
      const full = await inside(folder, name, 'write');
      await mkdir(path.dirname(full), { recursive: true });
      await writeFile(full, content);
    },
    remove: async (name) => rm(await inside(folder, name), { recursive: true, force: true }),
  };
}
