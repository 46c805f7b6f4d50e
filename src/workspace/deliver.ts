// The only way back: one new branch in the user's repository, with the objects that it needs.
import { chown, lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { runnerUid } from '../host/machine.ts';
import { pluginError } from '../plugin-api.ts';
import type { Snapshot } from './contract.ts';
import { type OwnGit, ownIdentity, writeCommit } from './own-git.ts';
import type { UserGit } from './user-git.ts';

export interface Delivery {
  readonly own: OwnGit;
  readonly user: UserGit;
  readonly run: string;
  readonly snapshot: Snapshot;
  readonly base: Snapshot;
}

export async function deliver(o: Delivery): Promise<{ readonly ref: string; readonly commit: string }> {
  const { user, run, snapshot, base } = o;
  const ref = `refs/heads/bexpert/${run}`;
  const there = await resolved(user, ref);
  if (there !== undefined) {
    // A run that was killed just after the delivery delivers the same again.
    if ((await resolved(user, `${ref}^{tree}`)) === snapshot.tree) return { ref, commit: there };
    throw conflict(`There is a branch bexpert/${run} already, with other content.`, `git branch -m bexpert/${run} <other name>`);
  }
  const blocking = await resolved(user, 'refs/heads/bexpert');
  if (blocking !== undefined) {
    throw conflict(`A branch named bexpert is in the way of bexpert/${run}.`, 'git branch -m bexpert <other name>');
  }
  const message = `Change of bexpert run ${run}`;
  const commit = await writeCommit(o.own, { tree: snapshot.tree, parents: [base.commit], message, env: await identity(user) });
  const packed = await transfer(o, commit);
  const update = await user.git.run(['update-ref', ref, commit, '0'.repeat(commit.length)]);
  if (update.code !== 0) {
    throw conflict(`git did not make the branch bexpert/${run}: ${update.stderr.trim()}`, 'git branch --list "bexpert/*"');
  }
  await handOver(user, [...packed, ref]);
  return { ref, commit };
}

const conflict = (message: string, command: string) =>
  pluginError({
    code: 'deliver/conflict',
    message,
    hint: `Rename it: \`${command}\`. Then resume the run, and it is delivered.`,
  });

async function resolved(user: UserGit, name: string): Promise<string | undefined> {
  const { code, stdout } = await user.git.run(['rev-parse', '--verify', '--quiet', name]);
  return code === 0 ? stdout.toString('latin1').trim() : undefined;
}

/** The user's own name where git knows one. */
async function identity(user: UserGit): Promise<Readonly<Record<string, string>>> {
  const [name, email] = [await user.config('user.name'), await user.config('user.email')];
  if (name === undefined || email === undefined) return ownIdentity;
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email };
}

/** Brings over what the user's repository does not have, as one pack. Gives the files that came, relative to the common directory. */
async function transfer({ own, user, snapshot, base }: Delivery, commit: string): Promise<readonly string[]> {
  // Base is a commit of the runner where uncommitted changes were made part of it.
  const known = await user.git.run(['cat-file', '-e', `${base.commit}^{commit}`]);
  const first = known.code === 0 ? base.tree : `${base.commit}~1^{tree}`;
  const commits = known.code === 0 ? [commit] : [base.commit, commit];
  const trees = known.code === 0 ? [snapshot.tree] : [base.tree, snapshot.tree];
  const objects = await own.git.ask(['rev-list', '--objects', '--no-object-names', ...trees, '--not', first]);
  const names = [...commits, ...objects.split('\n').filter((line) => line !== '')];
  const pack = await own.git.bytes(['pack-objects', '--quiet', '--stdout'], { stdin: `${names.join('\n')}\n` });
  const before = new Set(await packFiles(user));
  await user.git.bytes(['index-pack', '--stdin'], { stdin: pack });
  return (await packFiles(user)).filter((file) => !before.has(file));
}

async function packFiles(user: UserGit): Promise<readonly string[]> {
  const folder = 'objects/pack';
  return (await readdir(path.join(user.commonDir, folder)).catch(() => [])).map((name) => `${folder}/${name}`);
}

/** In a container root often works in the checkout of another user, who must be able to go on with it. */
async function handOver(user: UserGit, files: readonly string[]): Promise<void> {
  if (runnerUid() !== 0) return;
  const owner = await lstat(path.join(user.commonDir, 'objects'));
  if (owner.uid === 0) return;
  for (const file of [...files, 'refs/heads/bexpert', 'objects/pack']) {
    const full = path.join(user.commonDir, file);
    const status = await lstat(full).catch(() => undefined);
    if (status?.uid === 0) await chown(full, owner.uid, owner.gid);
  }
}
