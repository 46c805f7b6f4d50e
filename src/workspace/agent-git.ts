import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type OwnGit, ownIdentity, rawAttributes, writeCommit } from './own-git.ts';

/** A fresh repository with one commit, for whoever works in the tree: history, other branches and hooks are not in it. */
export async function makeAgentGit(own: OwnGit, root: string, tree: string): Promise<void> {
  const gitDir = path.join(root, '.git');
  const format = own.objects.format === 'sha1' ? [] : ['--object-format=sha256'];
  await own.plain.ask(['init', '--quiet', '--template=', ...format, root]);
  await mkdir(path.join(gitDir, 'info'), { recursive: true });
  await writeFile(path.join(gitDir, 'info/attributes'), rawAttributes);
  await writeFile(path.join(gitDir, 'HEAD'), 'ref: refs/heads/main\n');
  const env = { ...ownIdentity, GIT_AUTHOR_DATE: '2000-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2000-01-01T00:00:00Z' };
  const commit = await writeCommit(own, { tree, parents: [], message: 'The code as it was when the work began', env });
  const objects = await own.git.ask(['rev-list', '--objects', '--no-object-names', commit]);
  await own.git.ask(['pack-objects', '--quiet', '--window=0', '--compression=1', path.join(gitDir, 'objects/pack/pack')], {
    stdin: `${objects}\n`,
  });
  await mkdir(path.join(gitDir, 'refs/heads'), { recursive: true });
  await writeFile(path.join(gitDir, 'refs/heads/main'), `${commit}\n`);
  await own.plain.ask(['-C', root, `--git-dir=${gitDir}`, `--work-tree=${root}`, 'read-tree', commit]);
  await own.plain.run(['-C', root, `--git-dir=${gitDir}`, `--work-tree=${root}`, 'update-index', '-q', '--refresh']);
}
