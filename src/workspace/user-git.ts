// The user's repository, asked so that nothing of it is executed: no hook, no monitor, no filter, no external diff, no lock taken.
import { lstat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { commandPath } from '../host/environment.ts';
import { nodePath } from '../host/machine.ts';
import { type Environment, type Git, gitWith } from './git.ts';
import { locate } from './locate.ts';
import type { ObjectFormat } from './objects.ts';
import { type OwnGit, objectFolders, openOwnGit, submoduleGitDirs } from './own-git.ts';
import { toText } from './path-bytes.ts';

export interface UserGit {
  readonly root: string;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly git: Git;
  readonly format: ObjectFormat;
  /** The runner's own repository over the objects of this one and of its submodules. */
  openOwn(gitFolder: string): Promise<OwnGit>;
  /** Value of a configuration key, with the user's own configuration. */
  config(key: string): Promise<string | undefined>;
}

/** Where no environment was given: the system's programs and the user's home folder. */
export const defaultEnvironment = (): Environment => ({ PATH: commandPath(nodePath()), HOME: os.homedir() });

/** Configuration is read as the user has it: what git ignores and how lines end belongs to what the user means. */
function userEnvironment(env: Environment): Record<string, string> {
  return {
    PATH: env.PATH ?? '',
    HOME: env.HOME ?? '/nonexistent',
    ...(env.XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME: env.XDG_CONFIG_HOME }),
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
  };
}

const quiet = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.logAllRefUpdates=false',
  'core.safecrlf=false',
  'gc.auto=0',
  'maintenance.auto=false',
  // The ownership of the repository and its submodules is no question here: what git would execute for it is switched off.
  'safe.directory=*',
];
const settings = (list: readonly string[]): readonly string[] => list.flatMap((setting) => ['-c', setting]);

export async function openUserGit(o: {
  readonly root: string;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly env: Environment;
}): Promise<UserGit> {
  const env = userEnvironment(o.env);
  const place = [`--git-dir=${o.gitDir}`, `--work-tree=${o.root}`];
  const first = gitWith({ first: [...place, ...settings(quiet)], env });
  const filters = await first.run(['config', '--null', '--name-only', '--get-regexp', '^filter\\.']);
  const drivers = new Set(
    filters.stdout
      .toString('utf8')
      .split('\0')
      .flatMap((key) => /^filter\.(.+)\.[^.]+$/s.exec(key)?.[1] ?? [])
      .filter((name) => !name.includes('=')),
  );
  const without = [...drivers].flatMap((name) => [
    `filter.${name}.clean=`,
    `filter.${name}.smudge=`,
    `filter.${name}.process=`,
    `filter.${name}.required=false`,
  ]);
  const git = gitWith({ first: [...place, ...settings([...quiet, ...without])], env });
  const format = (await git.ask(['rev-parse', '--show-object-format'])) === 'sha256' ? 'sha256' : 'sha1';
  const user: UserGit = {
    root: o.root,
    gitDir: o.gitDir,
    commonDir: o.commonDir,
    git,
    format,
    openOwn: async (gitFolder) => openOwnGit({ gitFolder, borrowFrom: await borrowed(user), format, env: o.env }),
    config: async (key) => {
      const { code, stdout } = await git.run(['config', '--get', key]);
      const value = stdout.toString('utf8').trim();
      return code === 0 && value !== '' ? value : undefined;
    },
  };
  return user;
}

/** Every object folder that a tree of the repository may need: its own, those it borrows from, and those of its submodules. */
async function borrowed(user: UserGit): Promise<readonly string[]> {
  const gitDirs = new Set([user.commonDir]);
  for (const dir of new Set([user.commonDir, user.gitDir])) for (const module of await submoduleGitDirs(dir)) gitDirs.add(module);
  for (const link of await linksOf(user)) {
    // A submodule may also keep its git directory in its own folder.
    const at = path.join(user.root, link);
    const located = (await lstat(at).catch(() => undefined))?.isDirectory() === true ? await locate(at) : undefined;
    if (located?.kind === 'work-tree' && located.root === at) gitDirs.add(located.commonDir);
  }
  const folders = new Set<string>();
  for (const dir of gitDirs) for (const folder of await objectFolders(dir)) folders.add(folder);
  return [...folders];
}

async function linksOf(user: UserGit): Promise<readonly string[]> {
  const listing = (await user.git.bytes(['ls-files', '--stage', '-z'])).toString('latin1');
  return listing.split('\0').flatMap((line) => (line.startsWith('160000 ') ? [toText(line.slice(line.indexOf('\t') + 1))] : []));
}
