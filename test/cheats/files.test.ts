// Files that whoever fills an action step leaves to break, blind or mislead the runner.
import { execFileSync } from 'node:child_process';
import { existsSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { watched } from '../../src/engine/integrity.ts';
import { isPluginError } from '../../src/plugin-api.ts';
import { removeAll } from '../../src/workspace/files.ts';
import { violations } from '../../src/workspace/violations.ts';
import { gitIn, opened, sample, temporary, write } from '../unit/workspace/rig.ts';

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it did not fail',
    (error: unknown) => (isPluginError(error) ? error.code : String(error)),
  );
const deepen = (folder: string) =>
  execFileSync('sh', ['-c', 'n=$(printf %0200d 1); for i in $(seq 1 30); do mkdir $n && cd -P $n || exit 0; done'], {
    cwd: folder,
    stdio: 'ignore',
  });

describe('a work tree', () => {
  it('with a file of terabytes that takes no room is refused, and not read', async () => {
    const { workspace, base } = await opened(sample({ 'a.txt': 'a' }));
    const work = await workspace.work(base);
    writeFileSync(path.join(work.root, 'big'), '');
    truncateSync(path.join(work.root, 'big'), 4 * 1024 ** 4);
    expect(await codeOf(workspace.recordWork())).toBe('tree/file-too-large');
    await workspace[Symbol.asyncDispose]();
  });
  it('with folders too deep to be named is refused, and can be removed', async () => {
    const { workspace, base } = await opened(sample({ 'a.txt': 'a' }));
    const work = await workspace.work(base);
    deepen(work.root);
    expect(await codeOf(workspace.recordWork())).toBe('tree/too-deep');
    await removeAll(work.root);
    expect(existsSync(work.root)).toBe(false);
    await workspace[Symbol.asyncDispose]();
  });
  it('with links that lead out of it, by whatever way, is found out', async () => {
    const { workspace, base } = await opened(sample({ 'a/b/c/keep': '', 'real.txt': 'x' }));
    const work = await workspace.work(base);
    write(work.root, {
      'a/b/c/up': { link: '../../..' },
      'a/b/c/out': { link: 'up/../../etc/passwd' },
      'a/home': { link: '/root' },
      'a/parent': { link: '../../x' },
      'a/fine': { link: '../real.txt' },
      'a/here': { link: './b/./c/keep' },
    });
    const to = await workspace.recordWork();
    const found = await violations({ workspace, access: workspace.access(undefined, []), from: base.tree, to });
    expect(found.map(({ path: file }) => file)).toEqual(['a/b/c/out', 'a/home', 'a/parent']);
    await workspace[Symbol.asyncDispose]();
  });
  it('shows hidden files neither in its folder’s git nor after a step that hides others', async () => {
    const { workspace, base } = await opened(
      sample({ 'held/one.txt': 'first oracle', 'held/two.txt': 'second oracle', 'a.txt': 'a' }),
    );
    const all = (root: string): string => gitIn(root, temporary())('cat-file', '--batch-all-objects', '--batch');
    const step = async (noRead: readonly string[]) => all((await workspace.work(base, workspace.access({ noRead }, []))).root);
    expect(await step([])).toContain('first oracle');
    const first = await step(['held/one.txt']);
    expect([first.includes('first oracle'), first.includes('second oracle')]).toEqual([false, true]);
    const second = await step(['held/two.txt']);
    expect([second.includes('first oracle'), second.includes('second oracle')]).toEqual([true, false]);
    await workspace[Symbol.asyncDispose]();
  });
});

describe('a gate tree', () => {
  it('has no new list of files that tools with the walk of ripgrep pass over', async () => {
    const { workspace, base } = await opened(sample({ 'src/a.py': 'a' }));
    const work = await workspace.work(base);
    write(work.root, { '.ignore': 'src/\n', 'src/.rgignore': '*\n', 'src/b.py': 'b' });
    const gate = await workspace.gateTree(await workspace.snapshotWork('x', base.commit), workspace.access(undefined, []));
    expect([...(await gate.manifest()).keys()].sort()).toEqual(['src/a.py', 'src/b.py']);
    await workspace[Symbol.asyncDispose]();
  });
  it('lets tests try out rights on fixtures, and nothing on tests', async () => {
    const { workspace, base } = await opened(sample({ 'test/a.test.js': 'a', 'test/fixtures/x.txt': 'x', 'src/a.js': 'a' }));
    const folder = await workspace.gateTree(base, workspace.access(undefined, []));
    const touch = (file: string) => () => execFileSync('sh', ['-c', `chmod 0 ${file}; chmod 644 ${file}`], { cwd: folder.root });
    const seen = async (file: string) => (await watched(folder, async () => touch(file)())).touched;
    expect(await seen('test/fixtures/x.txt')).toEqual([]);
    expect(await seen('src/a.js')).toEqual([]);
    expect(await seen('test/a.test.js')).toEqual(['test/a.test.js']);
    await workspace[Symbol.asyncDispose]();
  });
});
