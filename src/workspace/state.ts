import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';

/** Where bexpert keeps what is not part of any tree. */
export interface StateFolders {
  readonly home: string;
  /** Bundles of team plugins, by content. */
  readonly plugins: string;
  /** Git repositories that playbooks were fetched from, by address. */
  readonly playbooks: string;
  /** Locks that all runs on this machine share. */
  readonly machine: string;
  /** Set-up outputs, by content of their cache keys. */
  readonly store: string;
  /** What discovery knows of files, by their content. */
  readonly facts: string;
  of(repositoryId: string): { readonly root: string; readonly runs: string; readonly git: string };
}

/** `--state`, else `$XDG_STATE_HOME/bexpert`, else `~/.local/state/bexpert`. The XDG specification has relative values ignored. */
export function stateFolders(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly state?: string;
}): StateFolders {
  const { env, state } = options;
  const given = (value: string | undefined): value is string => value !== undefined && path.isAbsolute(value);
  const user = given(env.HOME) ? env.HOME : knownHome();
  const base = given(env.XDG_STATE_HOME) ? env.XDG_STATE_HOME : path.join(user, '.local/state');
  const home = state === undefined ? path.join(base, 'bexpert') : path.resolve(state);
  return {
    home,
    plugins: path.join(home, 'plugins'),
    playbooks: path.join(home, 'playbooks'),
    machine: path.join(home, 'machine'),
    store: path.join(home, 'store'),
    facts: path.join(home, 'facts'),
    of: (repositoryId) => {
      const root = path.join(home, repositoryId);
      return { root, runs: path.join(root, 'runs'), git: path.join(root, 'git') };
    },
  };
}

/** os.homedir() gives `$HOME` back, empty or relative as it is; the password database knows better, where it knows the user. */
function knownHome(): string {
  try {
    return os.userInfo().homedir;
  } catch {
    return '/nonexistent';
  }
}

/** Makes the folder of the state. Gives the problem where it cannot be made or written. */
export async function makeStateHome(home: string): Promise<Diagnostic | undefined> {
  try {
    await makeFolder(home);
    await access(home, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return {
      code: 'state/unusable',
      severity: 'error',
      message: `bexpert cannot keep its state in ${home}: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'Name a folder that can be written with `--state`, or set XDG_STATE_HOME.',
    };
  }
}

/** One level at a time: `mkdir` of Node with `recursive` never ends where a folder lets none be made in it, as /proc does (Node 20). */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const parent = path.dirname(folder);
    if (code === 'ENOENT' && parent !== folder && !(await exists(parent))) {
      await makeFolder(parent);
      await mkdir(folder);
    } else if (code !== 'EEXIST') throw error;
  }
  if (!(await stat(folder)).isDirectory()) throw new Error('it is a file, not a folder');
}

const exists = (folder: string): Promise<boolean> =>
  access(folder).then(
    () => true,
    () => false,
  );
