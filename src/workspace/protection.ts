// Which mounts make the sandbox deny what access rules close. It only helps the one who fills the step to notice early: what decides
// is the comparison of trees afterwards.
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { insidePaths, type Mount } from '../host/sandbox/contract.ts';
import type { FullAccess } from './access.ts';
import type { Content } from './content.ts';
import { type BytePath, parents, toText } from './path-bytes.ts';
import { scopePath } from './scope.ts';

export interface ProtectionOptions {
  readonly root: string;
  readonly scope: string;
  readonly content: Content;
  readonly access: FullAccess;
  /** An empty file, shown in place of what must not be read. */
  readonly empty: string;
}

const isDirectory = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isFile = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

/** The root of a tree, writable but for what is protected in it. */
export function protectedMounts(o: ProtectionOptions): readonly Mount[] {
  const { root, scope } = o;
  const mount = (file: string, mode: Mount['mode'], from = path.join(root, file)): Mount => ({
    from,
    at: path.posix.join(insidePaths.tree, file),
    mode,
  });
  const mounts: Mount[] = [mount('', scope === '' ? 'read-write' : 'read-only')];
  if (scope !== '') {
    for (const open of [scope, '.git']) if (isDirectory(path.join(root, open))) mounts.push(mount(open, 'read-write'));
  }
  const closed = closedPaths(o);
  for (const file of closed.paths) mounts.push(mount(file, 'read-only'));
  for (const file of closed.hidden) mounts.push(mount(file, 'read-only', o.empty));
  return mounts;
}

/** Existing closed files of the scope; a folder in which new files are closed too, and all of whose files are, stands for them. */
function closedPaths(o: ProtectionOptions): { readonly paths: readonly string[]; readonly hidden: readonly string[] } {
  const { content, access, scope, root } = o;
  const inScope = (file: string): boolean => scope === '' || file.startsWith(`${scope}/`);
  const closed: BytePath[] = [];
  const hidden: string[] = [];
  /** Folders with a file that is open. */
  const open = new Set<BytePath>();
  for (const [bytes, { mode }] of content.entries) {
    const file = toText(bytes);
    if (!inScope(file)) continue;
    const name = scopePath(file, scope);
    if (!access.mayRead(name) && isFile(path.join(root, file))) hidden.push(file);
    const { class: kind } = access.decide(name);
    // A link cannot be mounted over: the mount would lie on what it leads to.
    if ((kind === 'protected' || kind === 'denied') && mode !== '120000') closed.push(bytes);
    else for (const parent of parents(bytes)) open.add(parent);
  }
  const folders = new Map<BytePath, boolean>();
  const whole = (folder: BytePath): boolean => {
    let answer = folders.get(folder);
    if (answer === undefined) {
      const file = toText(folder);
      answer = inScope(file) && !open.has(folder) && access.closes(scopePath(file, scope)) && isDirectory(path.join(root, file));
      folders.set(folder, answer);
    }
    return answer;
  };
  const paths = new Set<string>();
  for (const file of closed) {
    const folder = [...parents(file)].filter(whole).at(-1);
    if (folder !== undefined) paths.add(toText(folder));
    else if (isFile(path.join(root, toText(file)))) paths.add(toText(file));
  }
  return { paths: [...paths].sort(), hidden };
}
