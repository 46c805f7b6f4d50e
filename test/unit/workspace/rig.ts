// Real git repositories in temporary folders.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { BaseChoice, Repository, SetUp, Snapshot, Workspace } from '../../../src/workspace/contract.ts';
import { openRepository } from '../../../src/workspace/open.ts';
import { stateFolders } from '../../../src/workspace/state.ts';
import { openWorkspace } from '../../../src/workspace/workspace.ts';

/** Content of a file; `{ link }` for a symbolic link, `{ run }` for an executable. */
type Content = string | Uint8Array | { readonly link: string } | { readonly run: string };
export type Files = Readonly<Record<string, Content>>;

export function temporary(): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'bexpert-workspace-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    rmSync(file, { force: true });
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(file, content);
    else if ('link' in content) symlinkSync(content.link, file);
    else writeFileSync(file, content.run, { mode: 0o755 });
  }
}

export const userHome = (): string => {
  const home = temporary();
  write(home, {
    '.gitconfig':
      '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n[protocol "file"]\n\tallow = always\n',
  });
  return home;
};

export function gitIn(folder: string, home: string) {
  return (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1' },
    }).trimEnd();
}
type GitIn = ReturnType<typeof gitIn>;

export interface Sample {
  readonly folder: string;
  readonly home: string;
  readonly stateHome: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly git: GitIn;
  open(choice?: Partial<BaseChoice>, folder?: string): ReturnType<typeof openRepository>;
}

/** A repository with one commit of the files. */
export function sample(files: Files, name = 'shop'): Sample {
  const home = userHome();
  const folder = path.join(temporary(), name);
  mkdirSync(folder, { recursive: true });
  const git = gitIn(folder, home);
  git('init', '--quiet');
  write(folder, files);
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '-m', 'Begin');
  return seen(folder, home);
}

/** Any folder, opened as a user with the home folder would. */
export function seen(folder: string, home: string): Sample {
  const stateHome = temporary();
  const env = { PATH: process.env.PATH, HOME: home };
  return {
    folder,
    home,
    stateHome,
    env,
    git: gitIn(folder, home),
    open: (choice = {}, at = folder) =>
      openRepository({
        folder: at,
        stateHome,
        env,
        choice: { hasAction: true, includeDirty: false, committed: false, ...choice },
      }),
  };
}

const noSetUp: SetUp = async () => ({ outputs: [], place: 'mount' });

export interface OpenedSample {
  readonly repository: Repository;
  readonly base: Snapshot;
  readonly candidate: Snapshot | undefined;
  readonly workspace: Workspace;
  readonly runFolder: string;
}

/** Opens repository and workspace; what cannot be opened fails the test. */
export async function opened(
  at: Sample,
  options: {
    readonly choice?: Partial<BaseChoice>;
    readonly folder?: string;
    readonly setUp?: SetUp;
    readonly runFolder?: string;
  } = {},
): Promise<OpenedSample> {
  const result = await at.open(options.choice, options.folder);
  if (!result.ok) throw new Error(result.error.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  const { repository, base, candidate } = result.value;
  const own = stateFolders({ env: {}, state: at.stateHome }).of(repository.id);
  const runFolder = options.runFolder ?? path.join(own.runs, 'a-run');
  const workspace = await openWorkspace({
    repository,
    base,
    ...(candidate === undefined ? {} : { candidate }),
    gitFolder: own.git,
    runFolder,
    setUp: options.setUp ?? noSetUp,
    env: at.env,
  });
  return { repository, base, candidate, workspace, runFolder };
}
