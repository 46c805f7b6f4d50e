// Writes that no time stamp tells of, in folders that are used again.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { looking } from '../../src/engine/integrity.ts';
import type { TreeFolder } from '../../src/workspace/contract.ts';
import { openMachine, specOf } from '../unit/host/sandbox-rig.ts';
import { opened, sample, write } from '../unit/workspace/rig.ts';

const perl = existsSync('/usr/bin/perl') && process.platform === 'linux';
const calls =
  process.arch === 'x64' ? { read: 0, write: 1, mmap: 9, fadvise: 221 } : { read: 63, write: 64, mmap: 222, fadvise: 223 };
const typeOf = (folder: string): number => (existsSync(folder) ? statfsSync(folder).type : 0);
const run = (script: string, ...args: readonly string[]) => execFileSync('/usr/bin/perl', ['-e', script, ...args]);

/** EXT4_IOC_MOVE_EXT: what was in the file's first block is zeros afterwards. */
const exchangeBlocks = (file: string) => {
  run(
    `use Fcntl; use IO::Handle; sysopen(my $mine, "$ARGV[0].mine", O_RDWR | O_CREAT) || die; sysopen(my $other, $ARGV[0], O_RDWR) || die;
     syswrite($mine, "x" x 4096); $mine->sync; $other->sync;
     ioctl($mine, 0xc028660f, pack("LLQQQQ", 0, fileno($other), 0, 0, 1, 0)) || die $!;
     syscall(${calls.fadvise}, fileno($other), 0, 0, 4);`,
    file,
  );
  rmSync(`${file}.mine`);
};
/** Maps the file shared, touches the page, and has the kernel write "z" into it. */
const writeMapped = (file: string) =>
  run(
    `use Fcntl; sysopen(my $file, $ARGV[0], O_RDWR) || die; my $at = syscall(${calls.mmap}, 0, 4096, 3, 1, fileno($file), 0);
     pipe(my $out, my $in); syscall(${calls.write}, fileno($in), $at, 1); syswrite($in, "z"); my $x = "  ";
     sysread($out, $x, 1); syscall(${calls.read}, fileno($out), $at, 1);`,
    file,
  );

const files = { 'src/a.rb': 'a', 'test/check.sh': 'exit 1\n', 'b.txt': 'b' };
const text = (root: string, file: string) => readFileSync(path.join(root, file), 'latin1');

describe.runIf(perl && typeOf(os.tmpdir()) === 0xef53)('on ext4, blocks that were exchanged', () => {
  it('are found in a file that the judge has from base, and are gone for the next step', async () => {
    const { workspace, base } = await opened(sample(files));
    const gate = await workspace.gateTree(base, workspace.access(undefined, []));
    let zeros = '';
    const { touched } = await looking({ tree: gate, own: true }, async ({ root }) => {
      exchangeBlocks(path.join(root, 'test/check.sh'));
      zeros = text(root, 'test/check.sh');
    });
    expect(zeros).toBe('\0'.repeat('exit 1\n'.length));
    expect(touched).toEqual(['test/check.sh']);
    await looking({ tree: gate, own: true }, async ({ root }) => expect(text(root, 'test/check.sh')).toBe('exit 1\n'));
    await workspace[Symbol.asyncDispose]();
  });
  it('reach neither the candidate’s next step nor base', async () => {
    const { workspace, base } = await opened(sample(files));
    const work = await workspace.work(base);
    write(work.root, { 'b.txt': 'candidate' });
    const gate = await workspace.gateTree(await workspace.snapshotWork('x', base.commit), workspace.access(undefined, []));
    const step = (tree: TreeFolder, harm = (_: string): void => undefined) =>
      looking({ tree, own: true }, async ({ root }) => {
        const found = text(root, 'src/a.rb');
        harm(path.join(root, 'src/a.rb'));
        return [root, found];
      });
    const first = await step(gate, exchangeBlocks);
    expect(first.touched).toEqual(['src/a.rb']);
    const next = await step(gate, exchangeBlocks);
    expect(next.value).toEqual([first.value[0], 'a']);
    expect((await step(await workspace.baseTree())).value[1]).toBe('a');
    expect((await step(gate)).touched).toEqual([]);
    await workspace[Symbol.asyncDispose]();
  });
});

describe.runIf(perl && typeOf('/dev/shm') === 0x01021994)('on tmpfs, a write through a mapping', () => {
  const inMemory = async () => {
    const folder = mkdtempSync('/dev/shm/bexpert-');
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return opened({ ...sample(files), stateHome: folder });
  };
  it('by a gate is found, and is gone for the next step', async () => {
    const { workspace, base } = await inMemory();
    const gate = await workspace.gateTree(base, workspace.access(undefined, []));
    const { touched } = await looking({ tree: gate, own: true }, async ({ root }) => {
      for (const file of ['src/a.rb', 'test/check.sh']) writeMapped(path.join(root, file));
      expect(text(root, 'src/a.rb')).toBe('z');
    });
    expect(touched).toEqual(['src/a.rb', 'test/check.sh']);
    await looking({ tree: gate, own: true }, async ({ root }) => expect(text(root, 'src/a.rb')).toBe('a'));
    await workspace[Symbol.asyncDispose]();
  });
  it('by an action is a part of its change', async () => {
    const { workspace, base } = await inMemory();
    const work = await workspace.work(base);
    const before = await workspace.recordWork();
    const file = path.join(work.root, 'src/a.rb');
    // From then on its time stamps would be believed.
    await expect.poll(() => Date.now() - statSync(file).ctimeMs).toBeGreaterThan(60);
    expect(await workspace.recordWork()).toBe(before);
    writeMapped(file);
    const changed = await workspace.changed(before, await workspace.recordWork());
    expect(changed).toEqual([{ path: 'src/a.rb', status: 'changed' }]);
    await workspace[Symbol.asyncDispose]();
  });
});

it.runIf(perl)('bubblewrap’s filter of system calls lets nobody ask for it, and lets other requests through', async () => {
  const machine = await openMachine();
  onTestFinished(() => machine.remove());
  if (!machine.isolating.includes('bubblewrap')) return;
  await using provider = await machine.open('bubblewrap');
  const folder = machine.fresh('tree');
  write(folder, { a: 'a', b: 'b' });
  // The last one is FS_IOC_GETFLAGS.
  const script = `use Fcntl; use Errno; sysopen(my $a, "a", O_RDWR) || die $!; sysopen(my $b, "b", O_RDWR) || die $!;
    for my $request (0xc028660f, 0xc0c0586d, 0x80086601) {
      my $data = pack("LLQQQQ", 0, fileno($b), 0, 0, 1, 0) . "\\0" x 160;
      print defined(ioctl($a, $request, $data)) ? "done\\n" : $!{EPERM} ? "refused\\n" : "asked\\n";
    }`;
  const started = await provider.start(
    specOf(['perl', '-e', script], { mounts: [{ from: folder, at: '/tree', mode: 'read-write' }], cwd: '/tree' }),
  );
  expect((await started.ended).stdout).toMatch(/^refused\nrefused\n(?:done|asked)\n$/);
});
