import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { touched } from '../../../src/engine/integrity.ts';
import { isPluginError } from '../../../src/plugin-api.ts';
import type { SetUp } from '../../../src/workspace/contract.ts';
import { violations } from '../../../src/workspace/violations.ts';
import { gitIn, opened, sample, temporary, write } from './rig.ts';

const read = (...parts: string[]): string => readFileSync(path.join(...parts), 'utf8');
const paths = (manifest: ReadonlyMap<string, string>): readonly string[] => [...manifest.keys()].sort();
async function error(work: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await work;
  } catch (thrown) {
    if (isPluginError(thrown)) return { code: thrown.code, message: thrown.message };
    throw thrown;
  }
  throw new Error('it did not fail');
}

describe('a written tree', () => {
  const files = {
    'src/a.ts': 'a',
    'run.sh': { run: '#!/bin/sh\n' },
    link: { link: 'src/a.ts' },
    'crlf.txt': 'one\r\ntwo\r\n',
    '.gitattributes': '* text=auto eol=crlf\n*.id ident\n',
    'x.id': '$Id$\n',
    '.gitignore': 'dist/\n*.log\n',
    'empty.txt': '',
  };
  it('holds the bytes of git, with modes and links, and no .git', async () => {
    const { workspace } = await opened(sample(files));
    const tree = await workspace.baseTree();
    // `text=auto` made the blob LF when it was committed; written out it stays LF, whatever the attributes say.
    expect(read(tree.root, 'crlf.txt')).toBe('one\ntwo\n');
    expect(read(tree.root, 'x.id')).toBe('$Id$\n');
    expect(statSync(path.join(tree.root, 'run.sh')).mode & 0o111).toBe(0o111);
    expect(existsSync(path.join(tree.root, '.git'))).toBe(false);
    expect(paths(await tree.manifest())).toEqual(Object.keys(files).sort());
    expect((await tree.manifest()).get('link')).toMatch(/^120000 /);
    await workspace[Symbol.asyncDispose]();
    expect(existsSync(tree.root)).toBe(false);
  });
  it('has a manifest that sees every change of a tracked file, also with the time stamps set back', async () => {
    const { workspace } = await opened(sample(files));
    const tree = await workspace.baseTree();
    const before = await tree.manifest();
    const file = path.join(tree.root, 'src/a.ts');
    const { atime, mtime } = statSync(file);
    writeFileSync(file, 'b');
    utimesSync(file, atime, mtime);
    chmodSync(path.join(tree.root, 'run.sh'), 0o644);
    rmSync(path.join(tree.root, 'link'));
    symlinkSync('src/b.ts', path.join(tree.root, 'link'));
    rmSync(path.join(tree.root, 'x.id'));
    write(tree.root, { 'src/new.ts': 'new' });
    expect(touched(before, await tree.manifest())).toEqual(['link', 'run.sh', 'src/a.ts', 'src/new.ts', 'x.id']);
    await workspace[Symbol.asyncDispose]();
  });
  it('has a manifest without ignored files, sockets and pipes; rules that a step writes hide nothing', async () => {
    const { workspace } = await opened(
      sample({ ...files, 'dist/kept.js': 'tracked', 'sub/.gitignore': 'cache/*\n!cache/keep\n' }),
    );
    const tree = await workspace.baseTree();
    const before = await tree.manifest();
    write(tree.root, { 'dist/out.js': 'x', 'a.log': 'x', 'sub/cache/x': 'x', 'packages/p/dist/deep/out.js': 'x' });
    execFileSync('mkfifo', [path.join(tree.root, 'pipe')]);
    expect(touched(before, await tree.manifest())).toEqual([]);
    write(tree.root, { 'sub/cache/keep': 'x', 'src/.gitignore': '*\n', 'src/hidden.ts': 'x', 'new/deep/er/x.ts': 'x' });
    expect(touched(before, await tree.manifest())).toEqual([
      'new/deep/er/x.ts',
      'src/.gitignore',
      'src/hidden.ts',
      'sub/cache/keep',
    ]);
    await workspace[Symbol.asyncDispose]();
  });
  it('gives each step a copy of its own, with the same manifest and no shared files', async () => {
    const { workspace } = await opened(sample(files));
    const tree = await workspace.baseTree();
    const copy = await tree.copy();
    const again = await copy.copy();
    expect(await copy.manifest()).toEqual(await tree.manifest());
    expect(copy).toMatchObject({ id: 'base', tree: tree.tree });
    writeFileSync(path.join(copy.root, 'src/a.ts'), 'b');
    expect(read(tree.root, 'src/a.ts')).toBe('a');
    expect(read(again.root, 'src/a.ts')).toBe('a');
    expect(touched(await tree.manifest(), await copy.manifest())).toEqual(['src/a.ts']);
    expect(statSync(path.join(again.root, 'run.sh')).mode & 0o111).toBe(0o111);
    chmodSync(path.join(copy.root, 'src'), 0o500);
    await copy[Symbol.asyncDispose]();
    await workspace[Symbol.asyncDispose]();
    expect(existsSync(copy.root)).toBe(false);
  });
  it('is mounted at its root, read-only unless asked', async () => {
    const { workspace } = await opened(sample(files));
    const tree = await workspace.baseTree();
    expect(tree.mounts({ writable: false })).toEqual([{ from: tree.root, at: '/workspace', mode: 'read-only' }]);
    expect(tree.mounts({ writable: true })).toEqual([{ from: tree.root, at: '/workspace', mode: 'read-write' }]);
    await workspace[Symbol.asyncDispose]();
  });
  it('of base can be had in part, for reading', async () => {
    const { workspace } = await opened(sample({ 'plugins/my-gate/index.ts': 'x', 'plugins/other.ts': 'y' }));
    const folder = await workspace.baseFolder('plugins/my-gate');
    expect(readdirSync(folder)).toEqual(['index.ts']);
    expect(await workspace.baseFolder('plugins/my-gate/')).toBe(folder);
    await workspace[Symbol.asyncDispose]();
  });
});

describe('the work tree', () => {
  it('is recorded, snapshotted and restored with deletions, modes, links and folders that became files', async () => {
    const { workspace, base } = await opened(sample({ 'a/b.txt': 'b', 'c.txt': 'c', 'run.sh': 'x', '.gitignore': 'build/\n' }));
    const work = await workspace.work();
    expect(work.tree).toBe(base.tree);
    expect(await workspace.recordWork()).toBe(base.tree);
    rmSync(path.join(work.root, 'a'), { recursive: true });
    write(work.root, { a: 'now a file', 'd/e/f.txt': 'f', 'run.sh': { run: 'x' }, link: { link: 'd' }, 'build/out': 'ignored' });
    rmSync(path.join(work.root, 'c.txt'));
    const first = await workspace.snapshotWork('First', base.commit);
    expect((await workspace.changed(base.tree, first.tree)).map(({ path: file, status }) => `${status} ${file}`)).toEqual([
      'added a',
      'removed a/b.txt',
      'removed c.txt',
      'added d/e/f.txt',
      'added link',
      'changed run.sh',
    ]);
    expect(work.tree).toBe(first.tree);
    await workspace.restoreWork(base);
    expect(await workspace.recordWork()).toBe(base.tree);
    expect(existsSync(path.join(work.root, 'd'))).toBe(false);
    expect(read(work.root, 'build/out')).toBe('ignored');
    await workspace.restoreWork(first);
    expect(read(work.root, 'a')).toBe('now a file');
    await workspace[Symbol.asyncDispose]();
  });
  it('is recorded at the paths of an edit alone, when only they changed', async () => {
    const { workspace, base } = await opened(sample({ 'src/a.ts': 'a', 'src/b.ts': 'b', '.gitignore': 'out/\n' }));
    const work = await workspace.work();
    await workspace.recordWork();
    write(work.root, { 'src/a.ts': 'A', 'new/c.ts': 'c', 'out/x.js': 'ignored' });
    rmSync(path.join(work.root, 'src/b.ts'));
    const narrow = await workspace.recordWork(['src/a.ts', 'new/c.ts', 'src/b.ts', 'out/x.js']);
    expect(narrow).toBe(await workspace.recordWork());
    expect((await workspace.changed(base.tree, narrow)).map(({ path: file }) => file)).toEqual([
      'new/c.ts',
      'src/a.ts',
      'src/b.ts',
    ]);
    write(work.root, { '.gitignore': '' });
    expect((await workspace.changed(narrow, await workspace.recordWork(['.gitignore']))).map(({ path: file }) => file)).toEqual([
      '.gitignore',
      'out/x.js',
    ]);
    await workspace.restoreWork(base);
    expect(await workspace.recordWork()).toBe(base.tree);
    await workspace[Symbol.asyncDispose]();
  });
  it('drops what is no longer ignored when an older .gitignore comes back', async () => {
    const { workspace, base } = await opened(sample({ 'a.txt': 'a', '.gitignore': '*.log\n' }));
    const work = await workspace.work();
    write(work.root, { '.gitignore': '*.log\nbuild/\n', 'build/out.js': 'x', 'x.log': 'x' });
    const snapshot = await workspace.snapshotWork('Ignore', base.commit);
    expect((await workspace.changed(base.tree, snapshot.tree)).map(({ path: file }) => file)).toEqual(['.gitignore']);
    await workspace.restoreWork(base);
    expect(existsSync(path.join(work.root, 'build'))).toBe(false);
    expect(existsSync(path.join(work.root, 'x.log'))).toBe(true);
    await workspace[Symbol.asyncDispose]();
  });
  it('never follows a link when it is restored', async () => {
    const { workspace, base } = await opened(sample({ 'config/a.txt': 'inside' }));
    const outside = temporary();
    write(outside, { 'a.txt': 'outside', 'b.txt': 'outside' });
    const work = await workspace.work();
    rmSync(path.join(work.root, 'config'), { recursive: true });
    symlinkSync(outside, path.join(work.root, 'config'));
    await workspace.restoreWork(base);
    expect(read(outside, 'a.txt')).toBe('outside');
    expect(read(work.root, 'config/a.txt')).toBe('inside');
    await workspace[Symbol.asyncDispose]();
  });
  it('has a repository of one commit for whoever works there, which counts for nothing', async () => {
    const at = sample({ 'a.txt': 'a', 'b.txt': 'x\r\n', '.gitattributes': '* text=auto\n', '.gitignore': 'node_modules\n' });
    const { workspace, base } = await opened(at);
    const work = await workspace.work();
    const git = gitIn(work.root, at.home);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('log', '--format=%s', '--all')).toBe('The code as it was when the work began');
    write(work.root, { 'a.txt': 'b' });
    expect(git('diff', '--stat')).toContain('a.txt');
    git('commit', '--quiet', '-am', 'Own commit');
    // Neither a repository inside the tree, nor flags of an index, nor a second .git hide a file.
    mkdirSync(path.join(work.root, 'nested'));
    gitIn(path.join(work.root, 'nested'), at.home)('init', '--quiet');
    write(work.root, { 'nested/x.ts': 'x', 'deep/.GIT/y': 'y' });
    git('update-index', '--assume-unchanged', 'b.txt');
    write(work.root, { 'b.txt': 'y\n' });
    const tree = await workspace.recordWork();
    expect((await workspace.changed(base.tree, tree)).map(({ path: file }) => file)).toEqual(['a.txt', 'b.txt', 'nested/x.ts']);
    expect([...(await work.manifest()).keys()]).not.toContain('.git/HEAD');
    await workspace[Symbol.asyncDispose]();
  });
  it('is taken over by a resume, and other trees of the dead process are removed', async () => {
    const at = sample({ 'a.txt': 'a' });
    const first = await opened(at);
    const work = await first.workspace.work();
    const base = await first.workspace.baseTree();
    write(work.root, { 'a.txt': 'half done' });
    const tree = await first.workspace.recordWork();
    // No disposal: the process was killed.
    const second = await opened(at, { runFolder: first.runFolder });
    expect(existsSync(base.root)).toBe(false);
    const again = await second.workspace.work(second.base);
    expect(again.root).toBe(work.root);
    expect(await second.workspace.recordWork()).toBe(tree);
    await second.workspace.restoreWork({ commit: second.base.commit, tree });
    await second.workspace[Symbol.asyncDispose]();
    expect(existsSync(work.root)).toBe(true);
  });
  it('shows a change inside a submodule, and only that', async () => {
    const library = sample({ 'lib.js': 'one', 'x/y.js': 'y' }, 'library');
    const at = sample({ 'a.txt': 'a' });
    at.git('submodule', '--quiet', 'add', library.folder, 'vendor/lib');
    at.git('commit', '--quiet', '-m', 'Library');
    const { workspace, base } = await opened(at);
    const work = await workspace.work();
    const access = workspace.access(undefined, []);
    expect(await workspace.recordWork()).toBe(base.tree);
    write(work.root, { 'vendor/lib/lib.js': 'two', 'a.txt': 'b' });
    const snapshot = await workspace.snapshotWork('Change', base.commit);
    expect(await violations({ workspace, access, from: base.tree, to: snapshot.tree })).toEqual([
      { path: 'vendor/lib/lib.js', rule: 'protected: inside the submodule vendor/lib' },
    ]);
    const gate = await workspace.gateTree(snapshot, access);
    expect(read(gate.root, 'vendor/lib/lib.js')).toBe('one');
    expect(read(gate.root, 'a.txt')).toBe('b');
    await workspace.restoreWork(base);
    expect(await workspace.recordWork()).toBe(base.tree);
    expect(read(work.root, 'vendor/lib/lib.js')).toBe('one');
    await workspace[Symbol.asyncDispose]();
  });
  it('has protected content read-only on top where it is mounted for an action, and hidden files empty', async () => {
    const at = sample({
      'api/src/a.ts': 'a',
      'api/vitest.config.ts': 'x',
      'api/.github/workflows/ci.yml': 'x',
      'api/.env': 'SECRET=1',
      'api/migrations/1.sql': 'x',
      'api/test/a.test.ts': 'x',
      'api/package.json': '{}',
      'other/b.ts': 'b',
    });
    const { workspace, base } = await opened(at, { folder: path.join(at.folder, 'api') });
    const work = await workspace.work(base, workspace.access({ noRead: ['.env'] }, []));
    const mounts = work
      .mounts({ writable: true })
      .map(({ from, at: place, mode }) => [path.relative(work.root, from), place, mode]);
    expect(mounts).toEqual([
      ['', '/workspace', 'read-only'],
      ['api', '/workspace/api', 'read-write'],
      ['.git', '/workspace/.git', 'read-write'],
      ['api/.env', '/workspace/api/.env', 'read-only'],
      ['api/.github', '/workspace/api/.github', 'read-only'],
      ['api/migrations/1.sql', '/workspace/api/migrations/1.sql', 'read-only'],
      ['api/vitest.config.ts', '/workspace/api/vitest.config.ts', 'read-only'],
      ['../work-empty', '/workspace/api/.env', 'read-only'],
    ]);
    expect(work.mounts({ writable: false })).toHaveLength(1);
    await workspace[Symbol.asyncDispose]();
  });
});

describe('set-up outputs', () => {
  const files = { 'a.txt': 'a', '.gitignore': 'node_modules\n', 'package-lock.json': '{}' };
  function store(content: Parameters<typeof write>[1]) {
    const folder = temporary();
    write(folder, content);
    return folder;
  }
  const setUp = (folder: string, place: 'mount' | 'copy', at = 'node_modules'): SetUp & { readonly calls: string[] } => {
    const calls: string[] = [];
    return Object.assign(
      async ({ id }: Parameters<SetUp>[0]) => {
        calls.push(id);
        return { outputs: [{ path: at, folder }], place } as const;
      },
      { calls },
    );
  };
  it('are mounted on top of every tree, made once for each', async () => {
    const folder = store({ 'dep/index.js': 'dep', '.vite/x': 'x' });
    const made = setUp(folder, 'mount');
    const { workspace, base } = await opened(sample(files), { setUp: made });
    const tree = await workspace.baseTree();
    const copy = await tree.copy();
    const work = await workspace.work();
    const gate = await workspace.gateTree(base, workspace.access(undefined, []));
    await workspace.baseTree();
    await workspace.work();
    expect(made.calls).toEqual(['base', 'work', 'candidate']);
    for (const one of [tree, copy, work, gate]) {
      expect(one.mounts({ writable: true }).slice(1)).toEqual([
        { from: folder, at: '/workspace/node_modules', mode: 'read-only' },
        { from: path.join(folder, '.vite'), at: '/workspace/node_modules/.vite', mode: 'temporary' },
      ]);
      expect(readdirSync(path.join(one.root, 'node_modules'))).toEqual([]);
    }
    expect(await workspace.recordWork()).toBe(base.tree);
    await workspace[Symbol.asyncDispose]();
  });
  it('of base are made once more for whoever asks next when they could not be made, and then no more', async () => {
    const folder = store({ 'dep/index.js': 'dep' });
    const failing = (times: number) => {
      let calls = 0;
      const made: SetUp = async () => {
        calls += 1;
        if (calls <= times) throw new Error(`the registry is away, ${calls}`);
        return { outputs: [{ path: 'node_modules', folder }], place: 'mount' };
      };
      return { made, calls: () => calls };
    };
    const once = failing(1);
    const { workspace } = await opened(sample(files), { setUp: once.made });
    const together = await Promise.allSettled([workspace.baseTree(), workspace.baseTree()]);
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const tree = await workspace.baseTree();
    expect(tree.mounts({ writable: false })).toHaveLength(2);
    // What the failed one had written is gone.
    expect(readdirSync(path.dirname(tree.root)).filter((name) => name.startsWith('tree'))).toEqual([path.basename(tree.root)]);
    expect(await workspace.baseTree()).toBe(tree);
    expect(once.calls()).toBe(2);
    await workspace[Symbol.asyncDispose]();

    const always = failing(9);
    const other = await opened(sample(files), { setUp: always.made });
    for (const count of [1, 2, 2, 2]) {
      await expect(other.workspace.baseTree()).rejects.toThrow(`the registry is away, ${count}`);
    }
    expect(always.calls()).toBe(2);
    await other.workspace[Symbol.asyncDispose]();
  });
  it('are copied into every tree where nothing can be mounted, and are part of no manifest or snapshot', async () => {
    const folder = store({
      'dep/index.js': 'dep',
      '.bin/dep': { link: '../dep/index.js' },
      '@acme/lib': { link: '../../packages/lib' },
    });
    // Not ignored by git: it is left out because set-up made it.
    const at = sample({ 'a.txt': 'a' });
    const { workspace, base } = await opened(at, { setUp: setUp(folder, 'copy') });
    const tree = await workspace.baseTree();
    const copy = await tree.copy();
    const work = await workspace.work();
    for (const one of [tree, copy, work]) {
      expect(read(one.root, 'node_modules/.bin/dep')).toBe('dep');
      expect(paths(await one.manifest())).toEqual(['a.txt']);
    }
    writeFileSync(path.join(copy.root, 'node_modules/dep/index.js'), 'patched');
    expect(read(folder, 'dep/index.js')).toBe('dep');
    expect(read(work.root, 'node_modules/dep/index.js')).toBe('dep');
    expect(await workspace.recordWork()).toBe(base.tree);
    await workspace[Symbol.asyncDispose]();
  });
  it.each([
    ['a path above the root', { 'x.js': 'x' }, '../other'],
    ['an absolute path', { 'x.js': 'x' }, '/etc/x'],
    ['a path through a link of the tree', { 'x.js': 'x' }, 'linked/node_modules'],
    ['a git folder', { 'x.js': 'x' }, '.git/hooks'],
    ['a link in it that leaves the tree', { 'dep/up': { link: '../../../elsewhere' } }, 'node_modules'],
    ['an absolute link in it to another place', { dep: { link: '/home/somebody/dep' } }, 'node_modules'],
  ] as const)('that leave their tree are refused: %s', async (_, content, at) => {
    const { workspace } = await opened(sample({ ...files, linked: { link: '..' } }), {
      setUp: setUp(store(content), 'mount', at),
    });
    expect((await error(workspace.baseTree())).code).toBe('setup/outside');
    await workspace[Symbol.asyncDispose]();
  });
  it('may link to the system and into the tree, as virtual environments and workspaces do', async () => {
    const content = { 'bin/python': { link: '/usr/bin/python3' }, lib: { link: '/workspace/lib' }, up: { link: '../packages' } };
    const { workspace } = await opened(sample(files), { setUp: setUp(store(content), 'mount', '.venv') });
    await workspace.baseTree();
    await workspace[Symbol.asyncDispose]();
  });
  it('must not hide tracked files', async () => {
    const { workspace } = await opened(sample({ 'dist/a.js': 'tracked' }), {
      setUp: setUp(store({ 'b.js': 'b' }), 'mount', 'dist'),
    });
    expect((await error(workspace.baseTree())).code).toBe('setup/tracked');
    await workspace[Symbol.asyncDispose]();
  });
});

describe('what is delivered', () => {
  const listing = (folder: string): readonly string[] =>
    execFileSync(
      'bash',
      [
        '-c',
        'find . -type f -print0 | sort -z | xargs -0 sha256sum; find . -type d | sort; find . -type l -printf "%p %l\\n" | sort',
      ],
      { cwd: folder, encoding: 'utf8' },
    )
      .trim()
      .split('\n');
  it('is one new branch with its objects; checkout, index, configuration and other refs stay byte for byte', async () => {
    const at = sample({ 'a.txt': 'a', 'sub/b.txt': 'b' });
    at.git('branch', 'other');
    write(at.folder, { 'a.txt': 'dirty', 'untracked.txt': 'u' });
    at.git('add', 'untracked.txt');
    const { workspace, base } = await opened(at);
    const work = await workspace.work();
    write(work.root, { 'sub/b.txt': 'B', 'sub/c.txt': 'c' });
    const snapshot = await workspace.snapshotWork('Work', base.commit);
    const before = listing(at.folder);
    const { ref, commit } = await workspace.deliver('20261125-1', snapshot);
    const after = listing(at.folder);
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
    const added = after
      .filter((line) => !before.includes(line))
      .map((line) => line.replace(/^[0-9a-f]{64} {2}/, '').replace(/pack-[0-9a-f]+/, 'pack-x'));
    expect(added.sort()).toEqual(
      [
        './.git/objects/pack/pack-x.idx',
        './.git/objects/pack/pack-x.pack',
        './.git/refs/heads/bexpert',
        './.git/refs/heads/bexpert/20261125-1',
      ].sort(),
    );
    expect(ref).toBe('refs/heads/bexpert/20261125-1');
    expect(at.git('rev-parse', ref)).toBe(commit);
    expect(at.git('log', '-1', '--format=%an <%ae> %cn %P', ref)).toBe(`Ada <ada@example.org> Ada ${base.commit}`);
    expect(at.git('diff', '--name-only', base.commit, ref)).toBe('sub/b.txt\nsub/c.txt');
    expect(at.git('fsck', '--strict')).toBe('');
    // The run was killed between the delivery and its record.
    expect(await workspace.deliver('20261125-1', snapshot)).toEqual({ ref, commit });
    await workspace[Symbol.asyncDispose]();
    // It is whole without the state folder.
    rmSync(at.stateHome, { recursive: true });
    expect(at.git('show', `${ref}:sub/c.txt`)).toBe('c');
  });
  it('brings the uncommitted changes that were made part of base as a commit of their own', async () => {
    const at = sample({ 'a.txt': 'a' });
    write(at.folder, { 'mine.txt': 'mine' });
    const { workspace, base } = await opened(at, { choice: { includeDirty: true } });
    const work = await workspace.work();
    expect(read(work.root, 'mine.txt')).toBe('mine');
    write(work.root, { 'a.txt': 'b' });
    await workspace.deliver('x', await workspace.snapshotWork('Work', base.commit));
    expect(at.git('log', '--format=%s', 'bexpert/x')).toBe('Change of bexpert run x\nUncommitted changes\nBegin');
    expect(at.git('fsck', '--strict')).toBe('');
    await workspace[Symbol.asyncDispose]();
  });
  it('does not overwrite a branch, and says which is in the way', async () => {
    const at = sample({ 'a.txt': 'a' });
    at.git('branch', 'bexpert');
    const { workspace, base } = await opened(at);
    const work = await workspace.work();
    write(work.root, { 'a.txt': 'b' });
    const snapshot = await workspace.snapshotWork('Work', base.commit);
    expect(await error(workspace.deliver('x', snapshot))).toMatchObject({ code: 'deliver/conflict' });
    at.git('branch', '-m', 'bexpert', 'bexpert/x');
    expect((await error(workspace.deliver('x', snapshot))).message).toContain('other content');
    expect(at.git('rev-parse', 'bexpert/x')).toBe(base.commit);
    await workspace[Symbol.asyncDispose]();
  });
});

describe('the workspace', () => {
  it('leaves no folder of a run that made no tree', async () => {
    const at = sample({ 'a.txt': 'a' });
    const { workspace, runFolder } = await opened(at);
    expect(Buffer.from((await workspace.readBase('a.txt')) ?? []).toString()).toBe('a');
    await workspace[Symbol.asyncDispose]();
    expect(existsSync(runFolder)).toBe(false);
  });
  it('shows differences as a unified diff, cut at a line', async () => {
    const { workspace, base } = await opened(sample({ 'a.txt': 'one\ntwo\n' }));
    const work = await workspace.work();
    write(work.root, { 'a.txt': 'one\n2\n' });
    renameSync(path.join(work.root, 'a.txt'), path.join(work.root, 'b.txt'));
    const tree = await workspace.recordWork();
    const whole = await workspace.diff(base.tree, tree, 10_000);
    expect(whole).toContain('-two\n+2\n');
    const cut = await workspace.diff(base.tree, tree, 60);
    expect(cut).toMatch(/^diff --git.*\n… cut at 60 bytes\n$/s);
    await workspace[Symbol.asyncDispose]();
  });
});
