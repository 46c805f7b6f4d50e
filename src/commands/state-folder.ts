import path from 'node:path';
import { repositoryIdOf } from '../workspace/locate.ts';
import { type StateFolders, stateFolders } from '../workspace/state.ts';
import type { Io } from './io.ts';

const foldersOf = (state: string | undefined, io: Pick<Io, 'cwd' | 'env'>): StateFolders =>
  stateFolders({ env: io.env, ...(state === undefined ? {} : { state: path.resolve(io.cwd, state) }) });

/** The folder that holds everything bexpert keeps: `--state`, else below `$XDG_STATE_HOME`. */
export const stateHome = (state: string | undefined, io: Pick<Io, 'cwd' | 'env'>): string => foldersOf(state, io).home;

/** The runs of the repository that `repo` lies in; outside a repository, of that folder. */
export async function runsFolder(
  choice: { readonly repo: string; readonly state?: string },
  io: Pick<Io, 'cwd' | 'env'>,
): Promise<string> {
  return foldersOf(choice.state, io).of(await repositoryIdOf(path.resolve(io.cwd, choice.repo))).runs;
}
