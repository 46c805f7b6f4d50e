// A file of a commit of another repository, for playbooks that extend one: fetched once, then kept.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { fail, type Result, succeed } from '../model/result.ts';
import { isPluginError } from '../plugin-api.ts';
import { type Environment, type Git, gitWith } from './git.ts';

/** A playbook of more bytes is refused where it is read. */
const mostBytes = 2 * 1024 * 1024;

/** Its text, or why there is none. `folder`: where the commits are kept. */
export async function readFetched(
  address: { readonly url: string; readonly commit: string; readonly path: string },
  where: { readonly folder: string; readonly env: Environment },
): Promise<Result<string, string>> {
  try {
    const git = await repositoryOf(address, where);
    const commit = `${address.commit}^{commit}`;
    const has = async (): Promise<boolean> => (await git.run(['cat-file', '-e', commit])).code === 0;
    if (!(await has())) {
      const why = await fetched(git, address);
      if (!(await has())) return fail(why ?? 'the repository does not have that commit');
    }
    const blob = `${address.commit}:${address.path}`;
    const { code, stdout } = await git.run(['cat-file', 'blob', blob], { atMost: mostBytes });
    if (code !== 0 && stdout.length < mostBytes) return fail(`the commit has no file \`${address.path}\``);
    return succeed(stdout.toString('utf8'));
  } catch (error) {
    if (isPluginError(error)) return fail(error.message.replace(/\.$/, ''));
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/** The commit alone where the server gives it, else all branches. Gives what git said when it could not. */
async function fetched(
  git: Git,
  { url, commit }: { readonly url: string; readonly commit: string },
): Promise<string | undefined> {
  const quiet = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  const alone = await git.run([...quiet, '--depth=1', '--', url, commit]);
  if (alone.code === 0) return undefined;
  const all = await git.run([...quiet, '--', url, '+refs/heads/*:refs/fetched/*']);
  if (all.code === 0) return undefined;
  const said =
    all.stderr
      .trim()
      .split('\n')
      .find((line) => /^(fatal|error):/.test(line)) ??
    all.stderr.trim().split('\n')[0] ??
    '';
  return `it could not be fetched: ${said.replace(/^(fatal|error): /, '').replace(/\.$/, '')}`;
}

/** The user's own git, whose credentials a private repository needs; a repository of ours, for each address one. */
async function repositoryOf(
  { url }: { readonly url: string },
  { folder, env }: { readonly folder: string; readonly env: Environment },
): Promise<Git> {
  const given = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ||
    /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|COMMON_DIR)$/.test(name)
      ? []
      : [[name, value] as const],
  );
  const own = { ...Object.fromEntries(given), GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const gitDir = path.join(folder, createHash('sha256').update(url).digest('hex').slice(0, 16));
  if ((await stat(path.join(gitDir, 'HEAD')).catch(() => undefined)) === undefined) {
    await mkdir(folder, { recursive: true });
    const draft = `${gitDir}.${randomBytes(6).toString('hex')}`;
    await gitWith({ first: [], env: own }).ask(['init', '--quiet', '--bare', '--template=', draft]);
    // Another call may have been quicker.
    await rename(draft, gitDir).catch(() => rm(draft, { recursive: true, force: true }));
  }
  // `clean` keeps what is in use.
  const now = new Date();
  await utimes(gitDir, now, now).catch(() => undefined);
  return gitWith({ first: ['-c', 'gc.auto=0', '-c', 'core.hooksPath=/dev/null', `--git-dir=${gitDir}`], env: own });
}
