// What an action changed that it may not change, by the content of the trees before and after it: whatever the tools refused and the
// sandbox denied, this decides.
import path from 'node:path';
import type { Access, TreeChange, TreeFile, Workspace } from './contract.ts';
import { scopePath } from './scope.ts';

export interface Violation {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly rule: string;
}

const isRegular = (file: TreeFile): boolean => file.mode === '100644' || file.mode === '100755';

export async function violations(options: {
  readonly workspace: Pick<Workspace, 'repository' | 'compare'>;
  readonly access: Access;
  readonly from: string;
  readonly to: string;
}): Promise<readonly Violation[]> {
  const { workspace, access, from, to } = options;
  const found: Violation[] = [];
  for (const change of await workspace.compare(from, to)) {
    const rule = broken(change, access, workspace.repository.scope);
    if (rule !== undefined) found.push({ path: change.path, rule });
  }
  return found;
}

function broken(change: TreeChange, access: Access, scope: string): string | undefined {
  const { before, after } = change;
  const name = scopePath(change.path, scope);
  const decision = access.decide(name);
  if (decision.class === 'denied' || decision.class === 'protected') return decision.rule;
  if (after?.mode === '160000') return 'a link to a submodule';
  if (after?.mode === '120000' && leavesTree(change.path, after)) return 'a symbolic link that leads out of the tree';
  if (after?.mode === '120000' && climbsBack(after)) return 'a symbolic link that goes up again after it went down';
  if (before !== undefined && after !== undefined && isRegular(before) !== isRegular(after)) {
    // As a link it could show something else tomorrow; what is frozen stays a file.
    return decision.class === 'free' ? undefined : `${decision.rule}; it became ${isRegular(after) ? 'a file' : 'a link'}`;
  }
  const judged = access.judge({ path: name, before: before?.content, after: after?.content });
  return judged.allowed ? undefined : judged.rule;
}

const targetOf = (link: TreeFile): string => Buffer.from(link.content).toString('utf8');

/** `up/../x` leads wherever `up` is a link to, so that no look at names can tell; without such a way names and folders agree. */
const climbsBack = (link: TreeFile): boolean => {
  const words = targetOf(link).split('/');
  const down = words.findIndex((word) => word !== '..' && word !== '.' && word !== '');
  return down >= 0 && words.slice(down).includes('..');
};

function leavesTree(file: string, link: TreeFile): boolean {
  const target = targetOf(link);
  if (path.posix.isAbsolute(target)) return true;
  const leads = path.posix.join(path.posix.dirname(file), target);
  return leads === '..' || leads.startsWith('../');
}
