import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { repositoryCodes } from '../diagnostics/codes-repository.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import { chooseBase } from './base-choice.ts';
import { contentOf } from './content.ts';
import type { BaseChoice, Repository, Snapshot } from './contract.ts';
import { bareEnvironment, type Environment, gitWith } from './git.ts';
import { type Located, locate, repositoryId } from './locate.ts';
import { type OwnGit, writeCommit } from './own-git.ts';
import { toText } from './path-bytes.ts';
import { stateFolders } from './state.ts';
import { defaultEnvironment, openUserGit, type UserGit } from './user-git.ts';
import { inspectWorkingCopy, treeOfWorkingCopy, type WorkingCopy } from './working-copy.ts';

export interface OpenOptions {
  /** The scope: the repository's root, or a folder in it. */
  readonly folder: string;
  readonly stateHome: string;
  readonly choice: BaseChoice;
  /** Of the user: PATH, HOME and XDG_CONFIG_HOME count. */
  readonly env?: Environment;
}
export interface Opened {
  readonly repository: Repository;
  readonly base: Snapshot;
  /** Without an action phase: what is judged. */
  readonly candidate: Snapshot | undefined;
}
type Outcome<T> = Result<T, readonly Diagnostic[]>;

const refuse = (diagnostic: Diagnostic): Outcome<never> => fail([diagnostic]);

/** Opens the user's repository for reading, and decides what is judged against what. */
export async function openRepository(options: OpenOptions): Promise<Outcome<Opened>> {
  const env = options.env ?? defaultEnvironment();
  const unusable = await gitProblem(env);
  if (unusable !== undefined) return refuse(unusable);
  const folder = await realpath(options.folder).catch(() => path.resolve(options.folder));
  const located = await locate(folder);
  if (located.kind !== 'work-tree') return refuse(noWorkTree(located, folder));
  const user = await openUserGit({ ...located, env });
  const head = await user.git.run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head.code !== 0) return refuse(diagnose(repositoryCodes, 'repository/no-commit', { root: located.root }));
  return openAt({ options, user, folder, head: head.stdout.toString('latin1').trim() });
}

async function gitProblem(env: Environment): Promise<Diagnostic | undefined> {
  const git = gitWith({ first: [], env: bareEnvironment(env, '/nonexistent') });
  const answer = await git.ask(['--version']).catch(() => undefined);
  if (answer === undefined) return diagnose(repositoryCodes, 'repository/no-git', {});
  const version = /\d+(\.\d+)+/.exec(answer)?.[0] ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 30) ? undefined : diagnose(repositoryCodes, 'repository/git-too-old', { version });
}

const noWorkTree = (located: Exclude<Located, { kind: 'work-tree' }>, folder: string): Diagnostic =>
  located.kind === 'bare'
    ? diagnose(repositoryCodes, 'repository/bare', { folder: located.gitDir })
    : diagnose(repositoryCodes, 'repository/none', { folder });

async function openAt(o: {
  readonly options: OpenOptions;
  readonly user: UserGit;
  readonly folder: string;
  readonly head: string;
}): Promise<Outcome<Opened>> {
  const { options, user, folder, head } = o;
  const { choice } = options;
  const [copy, commit] = await Promise.all([inspectWorkingCopy(user), chooseBase({ user, head, choice })]);
  const takesCopy = choice.hasAction ? choice.includeDirty : !choice.committed;
  const problems = [
    ...(commit.ok ? [] : [commit.error]),
    ...(takesCopy && copy.submodules.length > 0
      ? [diagnose(repositoryCodes, 'repository/submodule-changed', { paths: copy.submodules })]
      : []),
  ];
  if (problems.length > 0 || !commit.ok) return fail(problems);

  const id = repositoryId(user.root);
  const own = await user.openOwn(stateFolders({ env: {}, state: options.stateHome }).of(id).git);
  const missing = await missingObjects(user, own, commit.value);
  if (missing !== undefined) return refuse(missing);
  const committed = await snapshotOf(own, head);
  const withCopy = async (): Promise<Snapshot> => {
    if (copy.dirty.length === 0) return committed;
    const tree = await treeOfWorkingCopy({ user, own, head, dirty: copy.dirty });
    await own.objects.sync();
    return { tree, commit: await writeCommit(own, { tree, parents: [head], message: 'Uncommitted changes' }) };
  };
  // `--include-dirty` is about the working copy; a base that was named is taken as it is.
  const base =
    choice.hasAction && takesCopy && choice.base === undefined ? await withCopy() : await snapshotOf(own, commit.value);
  const candidate = choice.hasAction ? undefined : takesCopy ? await withCopy() : committed;
  const branch = await user.git.run(['symbolic-ref', '--quiet', '--short', 'HEAD']);
  return succeed({
    repository: {
      root: user.root,
      scope: path.relative(user.root, folder).split(path.sep).join('/'),
      id,
      head,
      branch: branch.code === 0 ? branch.stdout.toString('utf8').trim() : undefined,
      warnings: await warningsOf({
        own,
        copy,
        base,
        unseen: !takesCopy || (choice.hasAction && choice.base !== undefined),
        choice,
      }),
    },
    base,
    candidate,
  });
}

async function snapshotOf(own: OwnGit, commit: string): Promise<Snapshot> {
  return { commit, tree: await own.git.ask(['rev-parse', '--verify', `${commit}^{tree}`]) };
}

async function warningsOf(o: {
  readonly own: OwnGit;
  readonly copy: WorkingCopy;
  readonly base: Snapshot;
  readonly unseen: boolean;
  readonly choice: BaseChoice;
}): Promise<readonly Diagnostic[]> {
  const { copy, choice } = o;
  const warnings: Diagnostic[] = [];
  const dirty = [...copy.dirty.map(toText), ...copy.submodules].sort();
  if (o.unseen && dirty.length > 0) {
    warnings.push(diagnose(repositoryCodes, 'repository/dirty', { paths: dirty, committed: !choice.hasAction }));
  }
  if (!o.unseen && copy.nested.length > 0) warnings.push(diagnose(repositoryCodes, 'repository/nested', { paths: copy.nested }));
  const { links } = await contentOf(o.own, o.base.tree);
  const absent = [...links].flatMap(([file, { tree }]) => (tree === undefined ? [toText(file)] : []));
  if (absent.length > 0) warnings.push(diagnose(repositoryCodes, 'repository/submodule-missing', { paths: absent }));
  return warnings;
}

/** Only partial clones may lack objects of a commit that they have. */
async function missingObjects(user: UserGit, own: OwnGit, commit: string): Promise<Diagnostic | undefined> {
  const promisor = await user.git.run(['config', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$']);
  if (promisor.code !== 0) return undefined;
  const args = ['rev-list', '--objects', '--missing=print', '--no-object-names', `${commit}^{tree}`];
  const { stdout } = await own.git.run(args);
  const count = stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => line.startsWith('?')).length;
  return count === 0 ? undefined : diagnose(repositoryCodes, 'repository/partial-clone', { count, commit });
}
