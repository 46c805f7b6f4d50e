// Lays out the files of a commit: from a clone or a mirror that is here, or from GitHub.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Subject } from './discovery-subjects.ts';

const git = (folder: string, ...args: readonly string[]) =>
  spawnSync('git', ['-C', folder, '-c', 'safe.directory=*', ...args], { maxBuffer: 1024 * 1024 * 1024 });

/** Where a folder of mirrors has it: `<owner>+<name>/repo` is a git directory, or a clone. */
function mirrorOf(folder: string, { repository }: Subject): string | undefined {
  const at = path.join(folder, repository.replace('/', '+'), 'repo');
  return existsSync(at) ? at : undefined;
}

/** The commit in a repository of its own; undefined: not to be had. */
function fetched(to: string, { repository, commit }: Subject): string | undefined {
  mkdirSync(to, { recursive: true });
  git(to, 'init', '-q');
  const address = `https://github.com/${repository}`;
  const whole = git(to, 'fetch', '-q', '--depth', '1', address, commit);
  return whole.status === 0 ? to : undefined;
}

/**
 * Writes the files of the subject's commit to `to`, without links. Not by `git archive`, which ends at the first object that a mirror
 * has left out. Gives how many files are missing, or undefined where the subject is not here.
 */
export function layOut(o: {
  readonly subject: Subject;
  readonly to: string;
  /** A folder of mirrors. */
  readonly mirrors: string | undefined;
  /** A folder to fetch into, where there is no mirror. */
  readonly fetchInto: string | undefined;
}): { readonly missing: number } | undefined {
  const { subject } = o;
  const at =
    (o.mirrors === undefined ? undefined : mirrorOf(o.mirrors, subject)) ??
    (o.fetchInto === undefined ? undefined : fetched(path.join(o.fetchInto, subject.name), subject));
  if (at === undefined) return undefined;
  const listing = git(at, 'ls-tree', '-r', '-z', subject.commit, ...(subject.scope === undefined ? [] : [`${subject.scope}/`]));
  if (listing.status !== 0) return undefined;
  const blobs = listing.stdout
    .toString('latin1')
    .split('\0')
    .flatMap((line) => /^100\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [])
    .flatMap((_, index, all) =>
      index % 3 === 0 ? [{ oid: all[index + 1] ?? '', file: Buffer.from(all[index + 2] ?? '', 'latin1').toString('utf8') }] : [],
    );
  const { stdout } = spawnSync('git', ['-C', at, '-c', 'safe.directory=*', 'cat-file', '--batch'], {
    input: `${blobs.map(({ oid }) => oid).join('\n')}\n`,
    maxBuffer: 2 * 1024 * 1024 * 1024,
  });
  let position = 0;
  let missing = 0;
  for (const { file } of blobs) {
    const end = stdout.indexOf(10, position);
    const [, kind, size] = stdout.subarray(position, end).toString('latin1').split(' ');
    position = end + 1;
    if (kind === 'missing') {
      missing += 1;
      continue;
    }
    const content = stdout.subarray(position, position + Number(size));
    position += Number(size) + 1;
    const full = path.join(o.to, file);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, content);
  }
  return { missing };
}
