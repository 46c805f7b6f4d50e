// The trees and folders of one step, as its plugin and its commands see them.
import path from 'node:path';
import { insidePaths, type Mount } from '../host/sandbox/contract.ts';
import { treeView, writableView } from '../host/tree-view.ts';
import type { Tree, WritableTree } from '../plugin-api.ts';
import type { TreeFolder } from '../workspace/contract.ts';
import type { RunContext } from './context.ts';

/** Paths of a manifest below the scope, relative to it. */
function scoped(paths: Iterable<string>, scope: string): readonly string[] {
  if (scope === '') return [...paths];
  const prefix = `${scope}/`;
  return [...paths].filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
}

/** A path of the repository relative to the scope; `../` leads to what lies outside it. */
export const fromScope = (file: string, scope: string): string => (scope === '' ? file : path.posix.relative(scope, file));

/** Lists again what may have changed; `still`: nothing that could write has run, so that what was listed once stands. */
function listOnce(list: () => Promise<readonly string[]>, still: () => boolean): () => Promise<readonly string[]> {
  let listed: readonly string[] | undefined;
  return async () => {
    const settled = still();
    if (settled && listed !== undefined) return listed;
    const files = await list();
    listed = settled && still() ? files : undefined;
    return files;
  };
}

function optionsOf(context: RunContext, folder: TreeFolder, id: Tree['id']) {
  const { scope } = context.workspace.repository;
  return {
    id,
    hash: folder.tree,
    folder: path.join(folder.root, scope),
    path: path.posix.join(context.provider.inside(insidePaths.tree, folder.mounts({ writable: true })), scope),
    files: async () => scoped((await folder.manifest()).keys(), scope),
  };
}

export function viewOf(context: RunContext, folder: TreeFolder, id: Tree['id'], still: () => boolean = () => false): Tree {
  const options = optionsOf(context, folder, id);
  return treeView({ ...options, files: listOnce(options.files, still) });
}

export const writableViewOf = (context: RunContext, folder: TreeFolder, id: Tree['id']): WritableTree =>
  writableView(optionsOf(context, folder, id));

/** The step's private folder and the files that commands execute. */
export function stepMounts(context: RunContext, scratch: string): readonly Mount[] {
  return [
    { from: context.assets, at: insidePaths.assets, mode: 'read-only' },
    { from: scratch, at: insidePaths.scratch, mode: 'read-write' },
  ];
}

/** Where what only plugins with files of their own see stands inside. */
export const ownPaths = { plugin: '/plugin', base: '/base' } as const;

/** A plugin's own files. */
export const ownMount = (files: string): Mount => ({ from: files, at: ownPaths.plugin, mode: 'read-only' });

/** A tree beside the one that a command works in, with its set-up outputs. */
export function besideMounts(folder: TreeFolder): readonly Mount[] {
  return folder.mounts({ writable: false }).map((mount) => ({ ...mount, at: mount.at.replace(insidePaths.tree, ownPaths.base) }));
}
