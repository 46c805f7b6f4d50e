// A step's folder is used again. Whatever code of a candidate did in it, the next step must find the tree as it was written.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
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
import { looking } from '../../../src/engine/integrity.ts';
import type { SetUp } from '../../../src/workspace/contract.ts';
import { opened, sample, temporary, write } from './rig.ts';

const files = {
  'src/a.ts': 'a',
  'src/deep/b.ts': 'b',
  'test/a.test.ts': 'test',
  'run.sh': { run: '#!/bin/sh\n' },
  link: { link: 'src/a.ts' },
  'package.json': '{}',
  '.gitignore': 'build/\n',
};

/** Everything that lies in a folder: kind, permissions, where a link leads, content. */
const everything = (root: string): string =>
  execFileSync('sh', ['-c', 'find . -printf "%y %m %p %l\\n" | sort; find . -type f -print0 | sort -z | xargs -0 -r sha256sum'], {
    cwd: root,
    encoding: 'utf8',
  });

/** Sets the file's time stamps back to what they were. */
function inSecret(file: string, work: () => void): void {
  const { atime, mtime } = statSync(file);
  work();
  utimesSync(file, atime, mtime);
}

const mischief: Readonly<Record<string, (root: string) => void>> = {
  'a file with other bytes of the same length, its times set back': (root) =>
    inSecret(path.join(root, 'src/a.ts'), () => writeFileSync(path.join(root, 'src/a.ts'), 'z')),
  'a file replaced by another of the same length and times': (root) => {
    const file = path.join(root, 'src/a.ts');
    const { atime, mtime } = statSync(file);
    writeFileSync(`${file}.new`, 'z');
    utimesSync(`${file}.new`, atime, mtime);
    renameSync(`${file}.new`, file);
  },
  'a removed file': (root) => rmSync(path.join(root, 'src/a.ts')),
  'a removed folder': (root) => rmSync(path.join(root, 'src'), { recursive: true }),
  'other permissions of a file and a folder': (root) => {
    chmodSync(path.join(root, 'run.sh'), 0o644);
    chmodSync(path.join(root, 'src/a.ts'), 0o777);
    chmodSync(path.join(root, 'src/deep'), 0o500);
    chmodSync(root, 0o700);
  },
  'new files, also those that git ignores, and empty folders': (root) => {
    write(root, { 'build/out.js': 'x', 'src/build/deep/er/x': 'x', 'new.ts': 'x' });
    mkdirSync(path.join(root, 'src/empty'));
  },
  'a repository of its own': (root) => execFileSync('git', ['init', '--quiet'], { cwd: root }),
  'a pipe': (root) => execFileSync('mkfifo', [path.join(root, 'pipe')]),
  'a second name of a file': (root) => linkSync(path.join(root, 'src/a.ts'), path.join(root, 'a2.ts')),
  'a link to elsewhere in place of a file': (root) => {
    const elsewhere = temporary();
    writeFileSync(path.join(elsewhere, 'a.ts'), 'a');
    rmSync(path.join(root, 'src/a.ts'));
    symlinkSync(path.join(elsewhere, 'a.ts'), path.join(root, 'src/a.ts'));
  },
  'a link to elsewhere in place of a folder': (root) => {
    const elsewhere = temporary();
    write(elsewhere, { 'b.ts': 'b', 'kept.txt': 'kept' });
    rmSync(path.join(root, 'src/deep'), { recursive: true });
    symlinkSync(elsewhere, path.join(root, 'src/deep'));
  },
  'a link that leads elsewhere': (root) => {
    rmSync(path.join(root, 'link'));
    symlinkSync('src/b.ts', path.join(root, 'link'));
  },
  'a file in place of a folder, and a folder in place of a file': (root) => {
    rmSync(path.join(root, 'src/deep'), { recursive: true });
    writeFileSync(path.join(root, 'src/deep'), 'file');
    rmSync(path.join(root, 'run.sh'));
    write(root, { 'run.sh/x': 'x' });
  },
  'a folder moved away, with another in its place': (root) => {
    renameSync(path.join(root, 'src'), path.join(root, 'old'));
    write(root, { 'src/a.ts': 'a', 'src/deep/b.ts': 'z' });
  },
  'two folders that changed places': (root) => {
    renameSync(path.join(root, 'src'), path.join(root, 'x'));
    renameSync(path.join(root, 'test'), path.join(root, 'src'));
    renameSync(path.join(root, 'x'), path.join(root, 'test'));
  },
  'folders that may not be read': (root) => {
    write(root, { 'build/x/y': 'y' });
    chmodSync(path.join(root, 'build/x'), 0);
    chmodSync(path.join(root, 'src'), 0);
  },
};

describe('the folder of a step', () => {
  it.each(Object.entries(mischief))('is as it was written for the next step after %s', async (_, harm) => {
    const { workspace } = await opened(sample(files));
    const tree = await workspace.baseTree();
    const first = await tree.copy();
    const before = everything(first.root);
    expect(before).toBe(everything(tree.root));
    harm(first.root);
    expect(everything(first.root)).not.toBe(before);
    await first[Symbol.asyncDispose]();
    for (let turn = 0; turn < 3; turn += 1) {
      const next = await tree.copy();
      expect(next.root).toBe(first.root);
      expect(everything(next.root)).toBe(before);
      expect(await next.manifest()).toEqual(await tree.manifest());
      // Once more, now that every time stamp in it is of the runner's own repair.
      if (turn === 0) harm(next.root);
      await next[Symbol.asyncDispose]();
    }
    expect(everything(tree.root)).toBe(before);
    await workspace[Symbol.asyncDispose]();
  });
  it('is a new one while another step has it, and none is left of a run', async () => {
    const { workspace, runFolder } = await opened(sample(files));
    const tree = await workspace.baseTree();
    const [one, two] = await Promise.all([tree.copy(), tree.copy()]);
    expect(one.root).not.toBe(two.root);
    writeFileSync(path.join(one.root, 'src/a.ts'), 'z');
    expect(readFileSync(path.join(two.root, 'src/a.ts'), 'utf8')).toBe('a');
    await one[Symbol.asyncDispose]();
    const three = await tree.copy();
    expect(three.root).toBe(one.root);
    await workspace[Symbol.asyncDispose]();
    expect(existsSync(runFolder)).toBe(false);
  });
  it('keeps what nobody touched: the same files, not written again', async () => {
    const { workspace } = await opened(sample(files));
    const tree = await workspace.baseTree();
    const first = await tree.copy();
    const inode = lstatSync(path.join(first.root, 'src/deep/b.ts')).ino;
    writeFileSync(path.join(first.root, 'src/a.ts'), 'z');
    await first[Symbol.asyncDispose]();
    const next = await tree.copy();
    expect(lstatSync(path.join(next.root, 'src/deep/b.ts')).ino).toBe(inode);
    await workspace[Symbol.asyncDispose]();
  });
  it('leaves no attribute of a folder to the next step', async () => {
    const { workspace } = await opened(sample(files));
    const tree = await workspace.baseTree();
    const first = await tree.copy();
    const inodes = (root: string) => ['', 'src'].map((folder) => lstatSync(path.join(root, folder)).ino);
    const before = inodes(first.root);
    // Stands for setfattr(1) and setfacl(1), which change ctime alone too and are not on every machine.
    for (const folder of ['', 'src']) {
      chmodSync(path.join(first.root, folder), 0o700);
      chmodSync(path.join(first.root, folder), 0o755);
    }
    await first[Symbol.asyncDispose]();
    const next = await tree.copy();
    const after = inodes(next.root);
    expect(after.every((inode, index) => inode !== before[index])).toBe(true);
    await workspace[Symbol.asyncDispose]();
  });
  it('becomes the folder of the next attempt’s tree, with what changed between them', async () => {
    const at = sample(files);
    const { workspace, base } = await opened(at);
    const access = workspace.access(undefined, []);
    const work = await workspace.work(base);
    const attempt = async (change: () => void) => {
      change();
      const snapshot = await workspace.snapshotWork('Attempt', base.commit);
      return workspace.gateTree(snapshot, access);
    };
    const first = await attempt(() => write(work.root, { 'src/a.ts': 'first', 'src/new.ts': 'new' }));
    const copy = await first.copy();
    const inode = (root: string) => lstatSync(path.join(root, 'test/a.test.ts')).ino;
    const inodes = new Map([first, copy].map(({ root }) => [root, inode(root)]));
    write(copy.root, { 'build/out.js': 'x' });
    await copy[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    const second = await attempt(() => {
      rmSync(path.join(work.root, 'src/new.ts'));
      write(work.root, { 'src/a.ts': 'second', 'src/deep/b.ts': { run: 'b' } });
    });
    expect(inodes.get(second.root)).toBe(inode(second.root));
    const expected = execFileSync(
      'sh',
      ['-c', 'find . -path ./.git -prune -o -printf "%y %m %p %l\\n" | sort; cat src/a.ts; ls src'],
      { cwd: work.root, encoding: 'utf8' },
    );
    const found = execFileSync('sh', ['-c', 'find . -printf "%y %m %p %l\\n" | sort; cat src/a.ts; ls src'], {
      cwd: second.root,
      encoding: 'utf8',
    });
    expect(found).toBe(expected);
    const again = await second.copy();
    expect(everything(again.root)).toBe(everything(second.root));
    await workspace[Symbol.asyncDispose]();
  });
  it('shows what a step touched, also of protected files that it put back, and the next step’s turn starts anew', async () => {
    const { workspace, base } = await opened(sample(files));
    const gate = await workspace.gateTree(base, workspace.access(undefined, []));
    const step = (work: (root: string) => void) =>
      looking({ tree: gate, own: true }, async (folder) => work(folder.root)).then(({ touched }) => touched);
    expect(await step((root) => write(root, { 'build/out.js': 'x' }))).toEqual([]);
    expect(await step((root) => write(root, { 'src/a.ts': 'z' }))).toEqual(['src/a.ts']);
    expect(await step(() => undefined)).toEqual([]);
    expect(
      await step((root) =>
        inSecret(path.join(root, 'test/a.test.ts'), () => {
          writeFileSync(path.join(root, 'test/a.test.ts'), 'none');
          writeFileSync(path.join(root, 'test/a.test.ts'), 'test');
        }),
      ),
    ).toEqual(['test/a.test.ts']);
    expect(await step(() => undefined)).toEqual([]);
    expect(await step((root) => rmSync(path.join(root, 'src'), { recursive: true }))).toEqual(['src/a.ts', 'src/deep/b.ts']);
    expect(await step(() => undefined)).toEqual([]);
    await workspace[Symbol.asyncDispose]();
  });
  it('has its copied set-up outputs once, and anew when a step changed them', async () => {
    const store = temporary();
    write(store, { 'dep/index.js': 'dep' });
    const setUp: SetUp = async () => ({ outputs: [{ path: 'node_modules', folder: store }], place: 'copy' });
    const { workspace } = await opened(sample({ 'a.txt': 'a' }), { setUp });
    const tree = await workspace.baseTree();
    const first = await tree.copy();
    const at = path.join(first.root, 'node_modules/dep/index.js');
    const inode = lstatSync(at).ino;
    await first[Symbol.asyncDispose]();
    const second = await tree.copy();
    expect([second.root, lstatSync(at).ino]).toEqual([first.root, inode]);
    writeFileSync(at, 'bad');
    write(second.root, { 'node_modules/more.js': 'x' });
    await second[Symbol.asyncDispose]();
    const third = await tree.copy();
    expect(readFileSync(path.join(third.root, 'node_modules/dep/index.js'), 'utf8')).toBe('dep');
    expect(existsSync(path.join(third.root, 'node_modules/more.js'))).toBe(false);
    await workspace[Symbol.asyncDispose]();
  });
  it('is written out of git where the tree that it would be copied from was changed', async () => {
    const { workspace } = await opened(sample(files));
    const tree = await workspace.baseTree();
    // Where no sandbox holds, whatever runs can reach it.
    writeFileSync(path.join(tree.root, 'src/a.ts'), 'z');
    const copy = await tree.copy();
    expect(readFileSync(path.join(copy.root, 'src/a.ts'), 'utf8')).toBe('a');
    await workspace[Symbol.asyncDispose]();
  });
});
