// Where a path of a call leads. Nothing outside the tree and its set-up outputs can be named, by no spelling and no link.
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { fail, type Result, succeed } from '../../model/result.ts';
import type { TreeFolder } from '../../workspace/contract.ts';
import { insidePaths, type Mount } from '../sandbox/contract.ts';

/** A path after all links were followed. */
export interface Place {
  /** As access rules and messages name it: relative to the scope, with `/`; begins with `../` outside the scope. */
  readonly name: string;
  /** Relative to the root of the repository; undefined for what lies in a set-up output. */
  readonly tracked: string | undefined;
  /** Real path on this machine of the tree or of the set-up output that holds it. */
  readonly root: string;
  /** Parts of its path below `root`; no link among them when it was resolved. */
  readonly segments: readonly string[];
}

/** What paths of calls are resolved against. */
export interface Grounds {
  readonly folder: TreeFolder;
  /** Folder of the scope on this machine. */
  readonly scopeFolder: string;
  /** What lies on top of the tree where commands run, and elsewhere on this machine: the outputs of set-up. */
  readonly outputs: readonly Mount[];
}

export function groundsOf(folder: TreeFolder, scopeFolder: string): Grounds {
  const outputs = folder
    .mounts({ writable: true })
    .filter(({ mode, from }) => mode !== 'temporary' && from !== folder.root && !from.startsWith(`${folder.root}${path.sep}`));
  return { folder, scopeFolder, outputs };
}

/** Relative to the root of the repository, or undefined when it lies outside. */
function belowRoot(grounds: Grounds, text: string): string | undefined {
  const { folder, scopeFolder } = grounds;
  const roots = [folder.root, insidePaths.tree];
  const from = path.isAbsolute(text) ? roots.find((root) => text === root || text.startsWith(`${root}/`)) : '';
  if (from === undefined) return undefined;
  const relative =
    from === '' ? path.join(path.relative(folder.root, scopeFolder), text) : path.relative(from, path.normalize(text));
  return relative.split(path.sep)[0] === '..' ? undefined : relative.split(path.sep).join('/');
}

/** The real path of what exists of it, and the parts that do not. */
async function followed(full: string): Promise<string> {
  const rest: string[] = [];
  for (let at = full; ; at = path.dirname(at)) {
    const real = await realpath(at).catch(() => undefined);
    if (real !== undefined) return path.join(real, ...rest);
    if (path.dirname(at) === at) return full;
    rest.unshift(path.basename(at));
  }
}

const below = (root: string, file: string): boolean => file === root || file.startsWith(`${root}${path.sep}`);

/** Resolves a path of a call: relative to the scope, or absolute as commands see it. */
export async function resolvePlace(grounds: Grounds, text: string): Promise<Result<Place, string>> {
  const { folder, scopeFolder, outputs } = grounds;
  const outside = `${text} lies outside the working tree. Give a path relative to the working folder.`;
  if (text.includes('\0')) return fail('A path cannot hold a zero byte.');
  const asked = belowRoot(grounds, text);
  if (asked === undefined) return fail(outside);
  const at = path.posix.join(insidePaths.tree, asked);
  const treeRoot = await realpath(folder.root);
  const mount = outputs
    .filter(({ at: place }) => at === place || at.startsWith(`${place}/`))
    .sort((a, b) => b.at.length - a.at.length)[0];
  const from = mount === undefined ? treeRoot : await realpath(mount.from);
  const output = mount !== undefined;
  const root = output ? from : treeRoot;
  const full = output ? path.join(from, path.posix.relative(mount?.at ?? at, at)) : path.join(treeRoot, asked);
  const real = await followed(full);
  if (!below(root, real)) return fail(outside);
  const segments = path
    .relative(root, real)
    .split(path.sep)
    .filter((part) => part !== '');
  const tracked = output ? undefined : segments.join('/');
  const scope = path.relative(folder.root, scopeFolder).split(path.sep).join('/');
  return succeed({ name: path.posix.relative(scope, tracked ?? asked) || '.', tracked, root, segments });
}
