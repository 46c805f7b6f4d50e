// Every state in which a checkout can be, as a user meets it: what is judged, what is said, and that only `deliver` writes to the repository.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { newestRun } from '../rig/journal.ts';
import { type Ended, program } from '../rig/program.ts';
import { type Files, TestRepository } from '../rig/repository.ts';
import { smallService } from '../rig/small-service.ts';

/** The script that mends the value, whatever it is. */
const mending = `
bexpert-script: 1
attempts:
  - calls:
      - run: "printf 'right\\\\n' > src/value.txt"
`;
const files: Files = smallService({ 'bexpert.script.yml': mending });

const git = async (folder: string, ...args: readonly string[]): Promise<string> =>
  (
    await promisify(execFile)('git', ['-c', 'protocol.file.allow=always', ...args], { cwd: folder, encoding: 'utf8' })
  ).stdout.trim();

interface At {
  readonly repository: TestRepository;
  readonly folder?: string;
}
const run = ({ repository, folder = repository.folder }: At, ...more: readonly string[]): Promise<Ended> =>
  program(['run', 'playbooks/loop.yml', '--reporter', 'plain', '--state', repository.state, ...more], { cwd: folder });

async function delivered(folder: string): Promise<string> {
  return git(folder, 'for-each-ref', '--format=%(refname)', 'refs/heads/bexpert');
}
/** All that a run must not touch: HEAD, index, working copy, configuration, every other ref. */
async function stateOf(folder: string): Promise<string> {
  const [head, status, refs, index, config] = await Promise.all([
    git(folder, 'symbolic-ref', '--quiet', 'HEAD').catch(() => git(folder, 'rev-parse', 'HEAD')),
    git(folder, 'status', '--porcelain=v2', '--untracked-files=all'),
    git(folder, 'for-each-ref').then((refs) =>
      refs
        .split('\n')
        .filter((ref) => !ref.includes('refs/heads/bexpert/'))
        .join('\n'),
    ),
    git(folder, 'ls-files', '--stage'),
    git(folder, 'config', '--local', '--list'),
  ]);
  return [head, status, refs, index, config].join('\n--\n');
}
async function refused(at: At, ...more: readonly string[]): Promise<string> {
  const ended = await run(at, ...more);
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: '' });
  expect(newestRun(at.repository.state)).toBeUndefined();
  return ended.stderr;
}

describe('a checkout', () => {
  it('that is dirty: base is HEAD, the files are named, and stay as they are', async () => {
    await using repository = await TestRepository.create(files);
    await repository.write({ 'src/value.txt': 'half done\n', 'src/new.txt': 'new\n' });
    const before = await stateOf(repository.folder);
    const ended = await run({ repository });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/note +2 uncommitted changes are not part of this run: src\/new\.txt, src\/value\.txt\./);
    expect(await stateOf(repository.folder)).toBe(before);
    expect(await readFile(path.join(repository.folder, 'src/value.txt'), 'utf8')).toBe('half done\n');
    const branch = await delivered(repository.folder);
    expect(await repository.git('diff', '--name-only', 'main', branch)).toBe('src/value.txt');
  });
  it('that is dirty, with --include-dirty: the changes are part of base, and still not touched', async () => {
    await using repository = await TestRepository.create(files);
    await repository.write({ 'src/new.txt': 'new\n' });
    const before = await stateOf(repository.folder);
    const ended = await run({ repository }, '--include-dirty');
    expect(ended.code).toBe(0);
    expect(ended.stdout).not.toContain('not part of this run');
    expect(await stateOf(repository.folder)).toBe(before);
    const branch = await delivered(repository.folder);
    expect(await repository.git('diff', '--name-only', 'main', branch)).toBe('src/new.txt\nsrc/value.txt');
  });
  it('with a detached head: the branch starts there', async () => {
    await using repository = await TestRepository.create(files);
    const first = await repository.git('rev-parse', 'HEAD');
    await repository.write({ 'later.txt': 'later\n' });
    await repository.commit('later');
    await repository.git('checkout', '--quiet', '--detach', first);
    const before = await stateOf(repository.folder);
    expect((await run({ repository })).code).toBe(0);
    expect(await repository.git('rev-parse', `${await delivered(repository.folder)}~1`)).toBe(first);
    expect(await stateOf(repository.folder)).toBe(before);
  });
  it('that is no repository: the lines that make one work when pasted', async () => {
    await using repository = await TestRepository.create(files);
    const folder = path.join(path.dirname(repository.folder), 'plain folder');
    await git(repository.folder, 'worktree', 'add', '--quiet', '--detach', folder);
    await promisify(execFile)('rm', [path.join(folder, '.git')]);
    const said = await refused({ repository, folder });
    expect(said).toContain(`error ${folder} lies in no git repository. [repository/none]\n`);
    expect(said).toContain('`bexpert demo`');
    const lines = /hint: Make one: `([^`]+)`/.exec(said)?.[1] ?? '';
    await promisify(execFile)('bash', ['-c', lines], {
      env: { ...process.env, GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' },
    });
    expect((await run({ repository, folder })).code).toBe(0);
  });
  it('without a commit, and a bare one, are refused with the way out', async () => {
    await using repository = await TestRepository.create(files);
    const folder = path.join(path.dirname(repository.folder), 'empty');
    await git(repository.folder, 'init', '--quiet', folder);
    await promisify(execFile)('cp', ['-r', path.join(repository.folder, 'playbooks'), folder]);
    expect(await refused({ repository, folder })).toContain(
      `error The repository ${folder} has no commit yet; a change is judged against one. [repository/no-commit]\n  hint: Make the first: `,
    );
    const bare = path.join(path.dirname(repository.folder), 'bare.git');
    await git(repository.folder, 'clone', '--quiet', '--bare', repository.folder, bare);
    const said = await refused({ repository }, '--repo', bare);
    expect(said).toContain(`error ${bare} is a bare repository; there are no files to work on. [repository/bare]\n`);
  });
  it('that is shallow: a run works from HEAD, a verification without a merge base says what to fetch', async () => {
    await using origin = await TestRepository.create(files);
    await origin.git('checkout', '--quiet', '-b', 'feature');
    await origin.write({ 'src/value.txt': 'right\n' });
    await origin.commit('feature');
    await origin.git('checkout', '--quiet', 'main');
    await origin.write({ 'other.txt': 'other\n' });
    await origin.commit('main goes on');
    const folder = path.join(path.dirname(origin.folder), 'clone');
    await git(
      origin.folder,
      ...['clone', '--quiet', '--depth=1', '--no-single-branch', '--branch', 'feature', `file://${origin.folder}`, folder],
    );
    const call = ['verify', 'playbooks/loop.yml', '--reporter', 'plain', '--state', origin.state];
    const refusedOnce = await program(call, { cwd: folder });
    expect(refusedOnce.code).toBe(2);
    expect(refusedOnce.stderr).toContain(
      'error The checkout is shallow: the commit where it left origin/main is not in it. [repository/shallow]',
    );
    const lines = /hint: Fetch the history: `([^`]+)`/.exec(refusedOnce.stderr)?.[1] ?? '';
    await promisify(execFile)('bash', ['-c', lines], { cwd: folder });
    expect((await program(call, { cwd: folder })).code).toBe(0);
  });
  it('with a --base that is not there names the one that was meant', async () => {
    await using repository = await TestRepository.create(files);
    await repository.git('branch', 'release');
    expect(await refused({ repository }, '--base', 'relaese')).toContain(
      'error `--base relaese` names no commit of this repository. [repository/unknown-base]\n  hint: Did you mean `release`?',
    );
  });
  it('with a submodule has its files in every tree; a change inside is refused, one that is not cloned is said', async () => {
    await using library = await TestRepository.create({ 'answer.txt': 'right\n' });
    await using repository = await TestRepository.create({
      ...files,
      'check.mjs':
        "import { readFileSync } from 'node:fs';\nconst read = (file) => readFileSync(file, 'utf8');\nif (read('src/value.txt') !== read('vendor/library/answer.txt')) process.exit(1);\n",
    });
    await git(repository.folder, 'submodule', '--quiet', 'add', library.folder, 'vendor/library');
    await repository.commit('add the library');
    const before = await stateOf(repository.folder);
    expect((await run({ repository })).code).toBe(0);
    expect(await stateOf(repository.folder)).toBe(before);

    await repository.write({ 'vendor/library/answer.txt': 'wrong\n' });
    const dirty = await run({ repository }, '--include-dirty');
    expect(dirty.code).toBe(2);
    expect(dirty.stderr).toContain(
      'error Changed submodule: vendor/library. A change inside a submodule cannot be judged here. [repository/submodule-changed]',
    );

    const clone = path.join(path.dirname(repository.folder), 'clone');
    await git(repository.folder, 'clone', '--quiet', repository.folder, clone);
    const without = await run({ repository, folder: clone });
    expect(without.stdout).toContain('Not cloned submodule: vendor/library. Its folder is empty in this run.');
    expect(without.code).not.toBe(0);
  });
  it('whose change spans packages is judged as a whole where nothing acts, but for what judges it', async () => {
    const gate = 'bexpert: 1\nphases:\n  verify:\n    - { id: check, run: node ../../tools/check.mjs, evidence: exit-code }\n';
    await using repository = await TestRepository.create({
      'packages/api/bexpert.yml': 'bexpert: 1\nprotect: [../../tools]\n',
      'packages/api/playbooks/check.yml': gate,
      'packages/api/price.mjs': "export { rate } from '../rates/rate.mjs';\n",
      'packages/rates/rate.mjs': 'export const rate = 7;\n',
      'tools/check.mjs':
        "import { rate } from '../packages/api/price.mjs';\nif (rate !== 7) throw new Error(`the rate is ${rate}`);\n",
    });
    const verify = (): Promise<Ended> =>
      program(['verify', 'playbooks/check.yml', '--reporter', 'plain', '--state', repository.state], {
        cwd: path.join(repository.folder, 'packages/api'),
      });
    await repository.write({ 'packages/rates/rate.mjs': 'export const rate = 8;\n', 'tools/check.mjs': '' });
    const red = await verify();
    expect(red.code).toBe(1);
    expect(red.stdout).toContain('the rate is 8');
    expect(red.stdout).toContain(
      'note       1 changed file counts as in base, for what judges comes from there: tools/check.mjs (protected by `protect:`)',
    );
    await repository.write({ 'packages/rates/rate.mjs': 'export const rate = 3 + 4;\n' });
    expect((await verify()).code).toBe(0);
  });
});
