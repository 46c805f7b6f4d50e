import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { openRepository } from '../../../src/workspace/open.ts';
import { gitIn, opened, sample, seen, temporary, userHome, write } from './rig.ts';

const text = async (content: Promise<Uint8Array | undefined>): Promise<string | undefined> => {
  const bytes = await content;
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
};
async function refusal(result: ReturnType<typeof openRepository>): Promise<readonly Diagnostic[]> {
  const outcome = await result;
  if (outcome.ok) throw new Error('it was opened');
  return outcome.error;
}
const codes = (list: readonly Diagnostic[]): readonly string[] => list.map(({ code }) => code);

describe('a checkout that cannot be worked on is refused with the way out', () => {
  it('when it is no repository: the lines that make one', async () => {
    const folder = temporary();
    const [problem] = await refusal(seen(folder, userHome()).open());
    expect(problem?.code).toBe('repository/none');
    expect(problem?.hint).toContain('git init && git add --all && git commit');
  });
  it('when it has no commit', async () => {
    const at = seen(temporary(), userHome());
    at.git('init', '--quiet');
    expect(codes(await refusal(at.open()))).toEqual(['repository/no-commit']);
  });
  it('when it is bare', async () => {
    const origin = sample({ 'a.txt': 'a' });
    const bare = path.join(temporary(), 'bare.git');
    origin.git('clone', '--quiet', '--bare', origin.folder, bare);
    expect(codes(await refusal(seen(bare, origin.home).open()))).toEqual(['repository/bare']);
  });
  it('when git is missing, or too old', async () => {
    const at = sample({ 'a.txt': 'a' });
    const bin = temporary();
    const call = () =>
      openRepository({
        folder: at.folder,
        stateHome: at.stateHome,
        env: { ...at.env, PATH: bin },
        choice: { hasAction: true, includeDirty: false, committed: false },
      });
    expect(codes(await refusal(call()))).toEqual(['repository/no-git']);
    write(bin, { git: { run: '#!/bin/sh\necho git version 2.17.1\n' } });
    const [problem] = await refusal(call());
    expect(problem?.code).toBe('repository/git-too-old');
    expect(problem?.message).toContain('2.17.1');
  });
  it('when --base names nothing, with the name that was meant', async () => {
    const at = sample({ 'a.txt': 'a' });
    at.git('branch', 'release');
    const [problem] = await refusal(at.open({ base: 'relaese' }));
    expect(problem?.code).toBe('repository/unknown-base');
    expect(problem?.hint).toContain('Did you mean `release`?');
    expect(codes(await refusal(at.open({ base: '--output=x' })))).toEqual(['repository/unknown-base']);
  });
  it('when it is shallow and the merge base is not there, with the fetch command', async () => {
    const origin = sample({ 'a.txt': 'a' });
    for (const branch of ['feature', 'main']) {
      origin.git('checkout', '--quiet', '-B', branch, ...(branch === 'feature' ? [] : ['HEAD~1']));
      write(origin.folder, { [`${branch}.txt`]: branch });
      origin.git('add', '--all');
      origin.git('commit', '--quiet', '-m', branch);
    }
    const clone = path.join(temporary(), 'clone');
    origin.git('clone', '--quiet', '--depth=1', '--no-single-branch', '--branch', 'feature', `file://${origin.folder}`, clone);
    const [problem] = await refusal(seen(clone, origin.home).open({ hasAction: false }));
    expect(problem?.code).toBe('repository/shallow');
    expect(problem?.message).toContain('origin/main');
    expect(problem?.hint).toContain('git fetch --unshallow');
    // Where an action makes the candidate, HEAD is enough.
    expect((await seen(clone, origin.home).open()).ok).toBe(true);
    gitIn(clone, origin.home)('fetch', '--quiet', '--unshallow', 'origin');
    const result = await opened(seen(clone, origin.home), { choice: { hasAction: false } });
    expect(result.base.commit).toBe(origin.git('rev-parse', 'main~1'));
  });
  it('when it is shallow and has no default branch at all', async () => {
    const origin = sample({ 'a.txt': 'a' });
    const clone = path.join(temporary(), 'clone');
    origin.git('clone', '--quiet', '--depth=1', `file://${origin.folder}`, clone);
    const git = gitIn(clone, origin.home);
    git('checkout', '--quiet', '--detach');
    git('branch', '--quiet', '-D', 'main');
    git('update-ref', '-d', 'refs/remotes/origin/main');
    git('symbolic-ref', '--delete', 'refs/remotes/origin/HEAD');
    expect(codes(await refusal(seen(clone, origin.home).open({ hasAction: false })))).toEqual(['repository/shallow']);
  });
  it('when HEAD and the default branch are strangers', async () => {
    const at = sample({ 'a.txt': 'a' });
    at.git('checkout', '--quiet', '--orphan', 'other');
    at.git('commit', '--quiet', '-m', 'Other');
    expect(codes(await refusal(at.open({ hasAction: false })))).toEqual(['repository/no-merge-base']);
  });
  it('when it is a partial clone without the files, and git does not fetch them behind our back', async () => {
    const origin = sample({ 'a.txt': 'a' });
    origin.git('config', 'uploadpack.allowFilter', 'true');
    const clone = path.join(temporary(), 'clone');
    origin.git('clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${origin.folder}`, clone);
    const found = codes(await refusal(seen(clone, origin.home).open()));
    expect(found).toEqual(['repository/partial-clone']);
  });
});

describe('with an action phase', () => {
  it('base is HEAD, and a dirty checkout is said with its files', async () => {
    const at = sample({ 'a.txt': 'a', 'gone.txt': 'x', '.gitignore': 'build/\n' });
    write(at.folder, { 'a.txt': 'changed', 'new file.txt': 'new', 'build/out.js': 'ignored' });
    at.git('rm', '--quiet', 'gone.txt');
    const { repository, base, candidate } = await opened(at);
    expect(base.commit).toBe(at.git('rev-parse', 'HEAD'));
    expect(candidate).toBeUndefined();
    const [warning] = repository.warnings;
    expect(warning).toMatchObject({ code: 'repository/dirty', severity: 'warning' });
    expect(warning?.message).toBe('3 uncommitted changes are not part of this run: a.txt, gone.txt, new file.txt.');
    expect(warning?.hint).toContain('--include-dirty');
  });
  it('--include-dirty makes the changes part of base, and leaves the checkout alone', async () => {
    const at = sample({ 'a.txt': 'a', 'gone.txt': 'x', 'run.sh': 'echo', '.gitignore': 'build/\n' });
    write(at.folder, { 'a.txt': 'changed', 'new file.txt': 'new', 'build/out.js': 'ignored', 'run.sh': { run: 'echo' } });
    at.git('rm', '--quiet', 'gone.txt');
    const index = readFileSync(path.join(at.folder, '.git/index'));
    const { repository, base, workspace } = await opened(at, { choice: { includeDirty: true } });
    expect(repository.warnings).toEqual([]);
    expect(await text(workspace.readBase('a.txt'))).toBe('changed');
    expect(await text(workspace.readBase('new file.txt'))).toBe('new');
    expect(await workspace.readBase('gone.txt')).toBeUndefined();
    expect(await workspace.readBase('build/out.js')).toBeUndefined();
    const changes = await workspace.compare(at.git('rev-parse', 'HEAD^{tree}'), base.tree);
    expect(changes.map((change) => [change.path, change.before?.mode, change.after?.mode])).toEqual([
      ['a.txt', '100644', '100644'],
      ['gone.txt', '100644', undefined],
      ['new file.txt', undefined, '100644'],
      ['run.sh', '100644', '100755'],
    ]);
    expect(readFileSync(path.join(at.folder, '.git/index'))).toEqual(index);
  });
  it('a detached head and --base work', async () => {
    const at = sample({ 'a.txt': '1' });
    const first = at.git('rev-parse', 'HEAD');
    write(at.folder, { 'a.txt': '2' });
    at.git('commit', '--quiet', '-am', 'Second');
    at.git('checkout', '--quiet', '--detach');
    const head = await opened(at);
    expect(head.repository.branch).toBeUndefined();
    expect(head.base.commit).toBe(at.git('rev-parse', 'HEAD'));
    const named = await opened(at, { choice: { base: 'main~1' } });
    expect(named.base.commit).toBe(first);
    expect(await text(named.workspace.readBase('a.txt'))).toBe('1');
  });
});

describe('without an action phase', () => {
  it('the working copy is judged against the merge base with the default branch', async () => {
    const at = sample({ 'a.txt': '1', '.gitignore': '*.log\n' });
    const start = at.git('rev-parse', 'HEAD');
    at.git('checkout', '--quiet', '-b', 'feature');
    write(at.folder, { 'a.txt': '2' });
    at.git('commit', '--quiet', '-am', 'Feature');
    at.git('checkout', '--quiet', 'main');
    write(at.folder, { 'b.txt': 'main goes on' });
    at.git('add', '--all');
    at.git('commit', '--quiet', '-m', 'Main');
    at.git('checkout', '--quiet', 'feature');
    write(at.folder, { 'new.txt': 'untracked', 'x.log': 'ignored' });
    const { base, candidate, workspace, repository } = await opened(at, { choice: { hasAction: false } });
    expect(base.commit).toBe(start);
    expect(repository.branch).toBe('feature');
    expect(repository.warnings).toEqual([]);
    expect(await workspace.changed(base.tree, candidate?.tree ?? '')).toEqual([
      { path: 'a.txt', status: 'changed' },
      { path: 'new.txt', status: 'added' },
    ]);
    const committed = await opened(at, { choice: { hasAction: false, committed: true } });
    expect(committed.candidate?.commit).toBe(at.git('rev-parse', 'HEAD'));
    expect(committed.repository.warnings.map(({ code }) => code)).toEqual(['repository/dirty']);
    expect(committed.repository.warnings[0]?.hint).toContain('--committed');
  });
  it('origin/HEAD is the default branch where there is one', async () => {
    const origin = sample({ 'a.txt': '1' });
    origin.git('branch', '-m', 'trunk');
    const clone = path.join(temporary(), 'clone');
    origin.git('clone', '--quiet', origin.folder, clone);
    const git = gitIn(clone, origin.home);
    write(clone, { 'a.txt': '2' });
    git('commit', '--quiet', '-am', 'Not pushed');
    const { base, candidate } = await opened(seen(clone, origin.home), { choice: { hasAction: false } });
    expect(base.commit).toBe(git('rev-parse', 'origin/trunk'));
    expect(candidate?.commit).toBe(git('rev-parse', 'HEAD'));
  });
  it('on the default branch with nothing changed, candidate and base are the same tree', async () => {
    const at = sample({ 'a.txt': '1' });
    const { base, candidate } = await opened(at, { choice: { hasAction: false } });
    expect(candidate).toEqual(base);
    write(at.folder, { 'a.txt': '2' });
    const dirty = await opened(at, { choice: { hasAction: false } });
    expect(dirty.base).toEqual(base);
    expect(dirty.candidate?.tree).not.toBe(base.tree);
  });
  it('line ends are compared as the user commits them, and links and odd names are kept', async () => {
    const at = sample({ 'a.txt': 'one\ntwo\n', '.gitattributes': '*.txt text\n' });
    at.git('config', 'core.autocrlf', 'true');
    const names = ['tab\there.txt', 'new\nline.js', 'quote".js', 'back\\slash.js', 'ünï cödé.js', '-dash.js'];
    write(at.folder, {
      'a.txt': 'one\r\ntwo\r\nthree\r\n',
      link: { link: 'a.txt' },
      ...Object.fromEntries(names.map((name) => [name, name])),
    });
    const { base, candidate, workspace } = await opened(at, { choice: { hasAction: false } });
    const changes = await workspace.compare(base.tree, candidate?.tree ?? '');
    const of = (name: string) => changes.find((change) => change.path === name)?.after;
    expect(Buffer.from(of('a.txt')?.content ?? []).toString()).toBe('one\ntwo\nthree\n');
    expect(of('link')).toEqual({ mode: '120000', content: Buffer.from('a.txt') });
    for (const name of names) expect(Buffer.from(of(name)?.content ?? []).toString()).toBe(name);
  });
});

describe('submodules', () => {
  function withSubmodule() {
    const library = sample({ 'lib.js': 'export const one = 1;\n', 'deep/x.js': 'x' }, 'library');
    const at = sample({ 'a.txt': 'a' });
    at.git('submodule', '--quiet', 'add', library.folder, 'vendor/lib');
    at.git('commit', '--quiet', '-m', 'Add the library');
    return { at, library };
  }
  it('are part of every tree', async () => {
    const { at } = withSubmodule();
    const { workspace, repository } = await opened(at);
    expect(repository.warnings).toEqual([]);
    const base = await workspace.baseTree();
    expect(readFileSync(path.join(base.root, 'vendor/lib/lib.js'), 'utf8')).toBe('export const one = 1;\n');
    expect([...(await base.manifest()).keys()].sort()).toEqual([
      '.gitmodules',
      'a.txt',
      'vendor/lib/deep/x.js',
      'vendor/lib/lib.js',
    ]);
    await workspace[Symbol.asyncDispose]();
  });
  it('that hold a change are refused where the working copy counts', async () => {
    const { at } = withSubmodule();
    write(at.folder, { 'vendor/lib/lib.js': 'export const one = 2;\n' });
    expect(codes(await refusal(at.open({ hasAction: false })))).toEqual(['repository/submodule-changed']);
    expect(codes(await refusal(at.open({ includeDirty: true })))).toEqual(['repository/submodule-changed']);
    const { repository } = await opened(at);
    expect(repository.warnings[0]?.message).toContain('vendor/lib');
  });
  it('that are not cloned are empty, and said', async () => {
    const { at } = withSubmodule();
    const clone = path.join(temporary(), 'clone');
    at.git('clone', '--quiet', at.folder, clone);
    const { repository, workspace, base } = await opened(seen(clone, at.home));
    expect(repository.warnings.map(({ code, severity }) => [code, severity])).toEqual([
      ['repository/submodule-missing', 'warning'],
    ]);
    const work = await workspace.work();
    expect(existsSync(path.join(work.root, 'vendor/lib'))).toBe(true);
    expect(await workspace.recordWork()).toBe(base.tree);
    await workspace[Symbol.asyncDispose]();
  });
  it('are not what a repository inside the working copy is: it is left out, and said', async () => {
    const at = sample({ 'a.txt': 'a' });
    mkdirSync(path.join(at.folder, 'tools/own'), { recursive: true });
    const own = seen(path.join(at.folder, 'tools/own'), at.home);
    own.git('init', '--quiet');
    write(own.folder, { 'x.js': 'x\n' });
    own.git('add', '--all');
    own.git('commit', '--quiet', '-m', 'Begin');
    const { repository, workspace } = await opened(at, { choice: { hasAction: false } });
    expect(repository.warnings.map(({ code, severity, message }) => [code, severity, message])).toEqual([
      ['repository/nested', 'warning', 'Left out, because they are repositories of their own: tools/own.'],
    ]);
    await workspace[Symbol.asyncDispose]();
  });
});

describe('wherever the repository lies', () => {
  it('a folder in a monorepo is the scope', async () => {
    const at = sample({ 'packages/the api/a.txt': 'a' }, 'mono repo ü');
    const { repository, workspace } = await opened(at, { folder: path.join(at.folder, 'packages/the api') });
    expect(repository).toMatchObject({ root: at.folder, scope: 'packages/the api' });
    expect(await text(workspace.readBase('packages/the api/a.txt'))).toBe('a');
  });
  it('a link to it leads to the same repository', async () => {
    const at = sample({ 'a.txt': 'a' });
    const link = path.join(temporary(), 'link');
    symlinkSync(at.folder, link);
    expect((await opened(at, { folder: link })).repository).toEqual((await opened(at)).repository);
  });
  it('a linked worktree, a shared clone and a clone of that have all objects', async () => {
    const at = sample({ 'a.txt': 'a' });
    const places = temporary();
    at.git('worktree', 'add', '--quiet', '-b', 'side', path.join(places, 'tree'));
    at.git('clone', '--quiet', '--shared', at.folder, path.join(places, 'shared'));
    at.git('clone', '--quiet', '--shared', path.join(places, 'shared'), path.join(places, 'again'));
    for (const name of ['tree', 'shared', 'again']) {
      const { workspace, base } = await opened(seen(path.join(places, name), at.home));
      expect(await text(workspace.readBase('a.txt'))).toBe('a');
      const work = await workspace.work();
      write(work.root, { 'a.txt': 'b' });
      const snapshot = await workspace.snapshotWork('Change', base.commit);
      expect((await workspace.deliver('run-1', snapshot)).ref).toBe('refs/heads/bexpert/run-1');
      const git = gitIn(path.join(places, name), at.home);
      expect(git('show', 'bexpert/run-1:a.txt')).toBe('b');
      git('branch', '--quiet', '-D', 'bexpert/run-1');
      await workspace[Symbol.asyncDispose]();
    }
  });
  it.runIf(process.getuid?.() === 0)('as root in the checkout of another user, what is delivered is that user’s', async () => {
    const at = sample({ 'a.txt': 'a' });
    execFileSync('chown', ['-R', '1234:1234', at.folder]);
    expect(() => at.git('status')).toThrow(/dubious ownership/);
    const { workspace, base } = await opened(at);
    const work = await workspace.work();
    write(work.root, { 'a.txt': 'b' });
    await workspace.deliver('run-1', await workspace.snapshotWork('Change', base.commit));
    await workspace[Symbol.asyncDispose]();
    const foreign = execFileSync('find', [path.join(at.folder, '.git'), '-not', '-user', '1234'], { encoding: 'utf8' });
    expect(foreign).toBe('');
    chownSync(at.folder, 0, 0);
  });
  it('a repository with sha256 objects works', async () => {
    const home = userHome();
    const folder = temporary();
    const git = gitIn(folder, home);
    git('init', '--quiet', '--object-format=sha256');
    write(folder, { 'a.txt': 'a' });
    git('add', '--all');
    git('commit', '--quiet', '-m', 'Begin');
    const { workspace, base } = await opened(seen(folder, home));
    const work = await workspace.work();
    expect(await workspace.recordWork()).toBe(base.tree);
    write(work.root, { 'b.txt': 'b' });
    const snapshot = await workspace.snapshotWork('Change', base.commit);
    await workspace.deliver('x', snapshot);
    expect(git('show', 'bexpert/x:b.txt')).toBe('b');
    await workspace[Symbol.asyncDispose]();
  });
});

describe('nothing of the checkout is executed', () => {
  it('no monitor, hook, filter, external diff or text conversion runs, for any operation', async () => {
    const trap = path.join(temporary(), 'trap');
    const mark = `${trap}.ran`;
    write(path.dirname(trap), { trap: { run: `#!/bin/sh\necho "$0 $*" >> ${JSON.stringify(mark)}\ncat\n` } });
    const at = sample({ 'a.txt': 'one\n', '.gitattributes': '*.txt filter=evil diff=evil\n' });
    for (const key of [
      'core.fsmonitor',
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
      'diff.evil.command',
      'diff.evil.textconv',
      'diff.external',
      'gpg.program',
      'core.sshCommand',
      'core.pager',
      'core.editor',
    ]) {
      at.git('config', key, trap);
    }
    at.git('config', 'filter.evil.required', 'true');
    at.git('config', 'commit.gpgSign', 'true');
    for (const hook of ['reference-transaction', 'post-index-change', 'pre-commit', 'post-checkout', 'pre-push', 'post-commit']) {
      write(at.folder, { [`.git/hooks/${hook}`]: { run: `#!/bin/sh\nexec ${trap} ${hook}\n` } });
    }
    write(at.folder, { 'a.txt': 'two\n', 'b.txt': 'new\n' });
    const { workspace, base, candidate } = await opened(at, { choice: { hasAction: false } });
    if (candidate === undefined) throw new Error('no candidate');
    const work = await workspace.work();
    write(work.root, { 'a.txt': 'three\n', '.git/config': `[core]\n\tfsmonitor = ${trap}\n\tbare = false\n` });
    const snapshot = await workspace.snapshotWork('Change', base.commit);
    await workspace.restoreWork(base);
    await workspace.diff(base.tree, snapshot.tree, 10_000);
    const gate = await workspace.gateTree(candidate, workspace.access(undefined, []));
    await gate.manifest();
    await workspace.deliver('run-1', snapshot);
    await workspace[Symbol.asyncDispose]();
    expect(existsSync(mark)).toBe(false);
    // The trap works: the user's own git runs it.
    renameSync(path.join(at.folder, '.git/hooks/post-checkout'), path.join(at.folder, '.git/hooks/kept'));
    mkdirSync(path.join(at.folder, 'x'));
    writeFileSync(path.join(at.folder, 'x/y'), '');
    expect(() => at.git('add', '--all')).toThrow();
    expect(existsSync(mark)).toBe(true);
  });
});
