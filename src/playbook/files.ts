// Globs and paths: relative to the scope, and inside of it.
import type { Complaints } from './complaints.ts';
import { itemsOf, type Node, textOf } from './tree.ts';

/** How far a path may lead: set-up of a package in a monorepo fills folders of the root, and depends on its lock file. */
type Reach = 'scope' | 'repository';

function fault(path: string, reach: Reach): string | undefined {
  if (path.trim() === '') return 'it is empty';
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) return 'it is absolute';
  if (reach === 'scope' && path.split('/').includes('..')) return 'it leaves the scope';
  if (path.includes('\\') && !path.includes('/')) return 'it is written with backslashes';
  return undefined;
}

/** Why nothing can match, or undefined. A glob that begins with `!` excludes. */
export const globFault = (glob: string): string | undefined => fault(glob.replace(/^!/, ''), 'scope');
export const pathFault = (path: string): string | undefined => fault(path, 'scope');

export function readGlobs(node: Node | undefined, complaints: Complaints, reach: Reach = 'scope'): readonly string[] {
  return itemsOf(node).flatMap((item) => {
    const glob = textOf(item);
    if (glob === undefined) return [];
    const why = fault(glob.replace(/^!/, ''), reach);
    if (why !== undefined) complaints.at('playbook/glob', { glob, why }, item, 'value');
    return [glob];
  });
}

export function readPath(node: Node | undefined, key: string, complaints: Complaints): string | undefined {
  const path = textOf(node);
  if (node === undefined || path === undefined) return undefined;
  const why = pathFault(path);
  if (why !== undefined) complaints.at('playbook/path', { key, path, why }, node, 'value');
  return path;
}
