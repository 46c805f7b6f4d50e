// Which commit a change is judged against (LANGUAGE rule 5, EXECUTION "The repository and its scope").
import { repositoryCodes } from '../diagnostics/codes-repository.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import type { BaseChoice } from './contract.ts';
import type { UserGit } from './user-git.ts';

async function commitOf(user: UserGit, name: string): Promise<string | undefined> {
  if (name === '' || name.startsWith('-')) return undefined;
  const { code, stdout } = await user.git.run(['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  return code === 0 ? stdout.toString('latin1').trim() : undefined;
}

/** What origin says, else `main`, else `master`: the server's before the local one, which may lag behind. */
async function defaultBranch(user: UserGit): Promise<{ readonly name: string; readonly commit: string } | undefined> {
  const names = ['origin/HEAD', 'origin/main', 'main', 'origin/master', 'master'];
  for (const name of names) {
    const commit = await commitOf(user, name.startsWith('origin/') ? `refs/remotes/${name}` : `refs/heads/${name}`);
    if (commit === undefined) continue;
    // People know the branch that it stands for.
    const called =
      name === 'origin/HEAD' ? await user.git.run(['rev-parse', '--abbrev-ref', 'refs/remotes/origin/HEAD']) : undefined;
    return { name: called?.code === 0 ? called.stdout.toString('utf8').trim() : name, commit };
  }
  return undefined;
}

/**
 * `--base`; else HEAD with an action phase; else where HEAD left the default branch. On the default branch itself that is HEAD: then
 * uncommitted changes are judged against the last commit, and without any nothing is subtracted.
 */
export async function chooseBase(o: {
  readonly user: UserGit;
  readonly head: string;
  readonly choice: BaseChoice;
}): Promise<Result<string, Diagnostic>> {
  const { user, head, choice } = o;
  const shallow = (await user.git.ask(['rev-parse', '--is-shallow-repository'])) === 'true';
  if (choice.base !== undefined) {
    const commit = await commitOf(user, choice.base);
    if (commit !== undefined) return succeed(commit);
    const known = (
      await user.git.ask(['for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/remotes', 'refs/tags'])
    ).split('\n');
    const near = nearest(choice.base, known);
    const facts = { base: choice.base, shallow, ...(near === undefined ? {} : { near }) };
    return fail(diagnose(repositoryCodes, 'repository/unknown-base', facts));
  }
  if (choice.hasAction) return succeed(head);
  const branch = await defaultBranch(user);
  if (branch === undefined) return shallow ? fail(diagnose(repositoryCodes, 'repository/shallow', {})) : succeed(head);
  const { code, stdout } = await user.git.run(['merge-base', head, branch.commit]);
  if (code === 0) return succeed(stdout.toString('latin1').trim());
  if (shallow) return fail(diagnose(repositoryCodes, 'repository/shallow', { branch: branch.name }));
  return fail(diagnose(repositoryCodes, 'repository/no-merge-base', { branch: branch.name }));
}
