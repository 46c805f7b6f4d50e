import type { CodeTable } from './code-table.ts';

const files = (paths: readonly string[]): string => {
  const shown = paths.slice(0, 10).join(', ');
  return paths.length > 10 ? `${shown} and ${paths.length - 10} more` : shown;
};
/** A folder as a person pastes it into a shell. */
const shell = (text: string): string => (/^[\w./{}-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
const near = (name: string | undefined): string => (name === undefined ? '' : `Did you mean \`${name}\`? `);

/** What can be wrong with the checkout that a run works on. */
export const repositoryCodes = {
  'repository/no-git': {
    means: 'The program git is not installed, or not on PATH.',
    message: () => 'git cannot be started.',
    hint: () => 'bexpert keeps its snapshots with git 2.30 or newer: https://git-scm.com/downloads.',
  },
  'repository/git-too-old': {
    means: 'The program git is older than 2.30.',
    message: (facts: { version: string }) => `git ${facts.version} is too old; 2.30 or newer is needed.`,
    hint: () => 'Install a newer git: https://git-scm.com/downloads.',
  },
  'repository/none': {
    means: 'The folder lies in no git repository.',
    message: (facts: { folder: string }) => `${facts.folder} lies in no git repository.`,
    hint: (facts: { folder: string }) =>
      `Make one: \`cd ${shell(`${facts.folder}`)} && git init && git add --all && git commit -m "Begin"\`. To see a run without a repository of your own: \`bexpert demo\`.`,
  },
  'repository/bare': {
    means: 'The repository is bare: it has no files to work on.',
    message: (facts: { folder: string }) => `${facts.folder} is a bare repository; there are no files to work on.`,
    hint: (facts: { folder: string }) => `Clone it, and run there: \`git clone ${shell(`${facts.folder}`)} work\`.`,
  },
  'repository/no-commit': {
    means: 'The repository has no commit yet, so there is nothing to judge against.',
    message: (facts: { root: string }) => `The repository ${facts.root} has no commit yet; a change is judged against one.`,
    hint: () => 'Make the first: `git add --all && git commit -m "Begin"`.',
  },
  'repository/unknown-base': {
    means: '`--base` names nothing that leads to a commit.',
    message: (facts: { base: string; near?: string; shallow: boolean }) =>
      `\`--base ${facts.base}\` names no commit of this repository.`,
    hint: (facts: { base: string; near?: string; shallow: boolean }) =>
      `${near(facts.near)}${
        facts.shallow
          ? 'The checkout is shallow; `git fetch --unshallow origin` brings the whole history.'
          : 'It is a branch, a tag or a commit; `git fetch origin` brings those of the server.'
      }`,
  },
  'repository/shallow': {
    means: 'The checkout is shallow, and the commit where it left the default branch is not in it.',
    message: (facts: { branch?: string }) =>
      facts.branch === undefined
        ? 'The checkout is shallow and does not have the default branch, so there is nothing to judge against.'
        : `The checkout is shallow: the commit where it left ${facts.branch} is not in it.`,
    hint: () =>
      'Fetch the history: `git fetch --unshallow origin && git remote set-head origin --auto` (in GitHub Actions: `fetch-depth: 0`), or name a commit that is here with `--base`.',
  },
  'repository/no-merge-base': {
    means: 'HEAD and the default branch have no commit in common.',
    message: (facts: { branch: string }) => `HEAD and ${facts.branch} have no commit in common.`,
    hint: () => 'Name the commit to judge against with `--base`.',
  },
  'repository/dirty': {
    means: 'There are uncommitted changes that the run does not see.',
    severity: 'warning',
    message: (facts: { paths: readonly string[]; committed: boolean }) =>
      `${facts.paths.length} uncommitted ${facts.paths.length === 1 ? 'change is' : 'changes are'} not part of this run: ${files(facts.paths)}.`,
    hint: (facts: { paths: readonly string[]; committed: boolean }) =>
      facts.committed
        ? 'Without `--committed` the working copy is judged as it is.'
        : 'The run starts from the last commit. `--include-dirty` makes the changes part of it; or commit them.',
  },
  'repository/submodule-changed': {
    means: 'A submodule holds another commit than HEAD names, or changes of its own.',
    message: (facts: { paths: readonly string[] }) =>
      `Changed ${facts.paths.length === 1 ? 'submodule' : 'submodules'}: ${files(facts.paths)}. A change inside a submodule cannot be judged here.`,
    hint: () =>
      'Commit it in the submodule, and the new link here; or go back: `git submodule update`. `--committed` judges HEAD.',
  },
  'repository/submodule-missing': {
    means: 'A submodule is not cloned, so its folder is empty in every tree.',
    severity: 'warning',
    message: (facts: { paths: readonly string[] }) =>
      `Not cloned ${facts.paths.length === 1 ? 'submodule' : 'submodules'}: ${files(facts.paths)}. Its folder is empty in this run.`,
    hint: () => 'If the code needs it: `git submodule update --init --recursive`.',
  },
  'repository/nested': {
    means: 'A folder of the checkout is a repository of its own, and no submodule.',
    severity: 'warning',
    message: (facts: { paths: readonly string[] }) =>
      `Left out, because they are repositories of their own: ${files(facts.paths)}.`,
    hint: () => 'Add it as a submodule, or list it in .gitignore.',
  },
  'repository/partial-clone': {
    means: 'The checkout is a partial clone, and objects that a tree needs are not here.',
    message: (facts: { count: number; commit: string }) =>
      `The checkout is a partial clone: ${facts.count} objects of commit ${facts.commit.slice(0, 12)} are not here, and a run does not fetch.`,
    hint: () => 'Fetch them: `git fetch --refetch --no-filter origin`.',
  },
} as const satisfies CodeTable;
