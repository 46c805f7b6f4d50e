import os from 'node:os';
import path from 'node:path';

/** Where bexpert keeps what is not part of any tree. */
export interface StateFolders {
  readonly home: string;
  /** Bundles of team plugins, by content. */
  readonly plugins: string;
  /** Locks that all runs on this machine share. */
  readonly machine: string;
  /** Set-up outputs, by content of their cache keys. */
  readonly store: string;
  of(repositoryId: string): { readonly root: string; readonly runs: string; readonly git: string };
}

/** `--state`, else `$XDG_STATE_HOME/bexpert`, else `~/.local/state/bexpert`. The XDG specification has relative values ignored. */
export function stateFolders(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly state?: string;
}): StateFolders {
  const { env, state } = options;
  const given = (value: string | undefined): value is string => value !== undefined && path.isAbsolute(value);
  const user = given(env.HOME) ? env.HOME : os.homedir();
  const base = given(env.XDG_STATE_HOME) ? env.XDG_STATE_HOME : path.join(user, '.local/state');
  const home = state === undefined ? path.join(base, 'bexpert') : path.resolve(state);
  return {
    home,
    plugins: path.join(home, 'plugins'),
    machine: path.join(home, 'machine'),
    store: path.join(home, 'store'),
    of: (repositoryId) => {
      const root = path.join(home, repositoryId);
      return { root, runs: path.join(root, 'runs'), git: path.join(root, 'git') };
    },
  };
}
