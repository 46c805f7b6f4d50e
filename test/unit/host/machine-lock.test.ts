import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { acquireMachineLock, type MachineLockOptions } from '../../../src/host/machine-lock.ts';

const home = mkdtempSync(path.join(tmpdir(), 'bexpert-lock-'));
const puppet = path.join(home, 'puppet.mjs');
buildSync({
  entryPoints: [path.join(import.meta.dirname, 'lock-puppet.ts')],
  outfile: puppet,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const fresh = () => mkdtempSync(path.join(home, 'lock-'));
const take = (folder: string, mode: MachineLockOptions['mode'], rest: Partial<MachineLockOptions> = {}) =>
  acquireMachineLock({ folder, mode, waitMs: 20_000, signal: new AbortController().signal, ...rest });

async function held(folder: string, mode: MachineLockOptions['mode']): Promise<AsyncDisposable> {
  const lock = await take(folder, mode);
  if (!lock.ok) throw new Error(`not given: ${lock.error.kind}`);
  return lock.value;
}

/** A process of its own; resolves when it says the word. */
function start(folder: string, mode: string) {
  const child = fork(puppet, [folder, mode], { stdio: 'inherit' });
  const words: string[] = [];
  child.on('message', (word) => words.push(String(word)));
  const says = async (word: string) => {
    while (!words.includes(word)) await once(child, 'message');
  };
  return { child, words, says };
}
const exited = async (child: ChildProcess) => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

describe('the lock of the machine', () => {
  it('is shared by many', async () => {
    const folder = fresh();
    await using _one = await held(folder, 'shared');
    await using _two = await held(folder, 'shared');
    const other = start(folder, 'shared');
    await other.says('holds');
    other.child.send('let go');
    await exited(other.child);
    expect(other.words).not.toContain('waits');
  });

  it('is alone when exclusive, and says that it waits', async () => {
    const folder = fresh();
    const one = await held(folder, 'shared');
    const other = start(folder, 'exclusive');
    await other.says('waits');
    expect(other.words).toEqual(['waits']);
    await one[Symbol.asyncDispose]();
    await other.says('holds');
    const late = await take(folder, 'shared', { waitMs: 30 });
    expect(late).toEqual({ ok: false, error: { kind: 'waited-too-long', holders: [other.child.pid] } });
    other.child.send('let go');
    await exited(other.child);
    await using _three = await held(folder, 'exclusive');
  });

  it('is first come first served: shared ones do not pass a waiting exclusive one', async () => {
    const folder = fresh();
    const order: string[] = [];
    const one = await held(folder, 'shared');
    const waiting = (name: string, mode: MachineLockOptions['mode']) =>
      new Promise<{ readonly done: Promise<void> }>((resolve) => {
        const done = take(folder, mode, { onWait: () => resolve({ done }) }).then(async (lock) => {
          order.push(name);
          if (lock.ok) await lock.value[Symbol.asyncDispose]();
        });
      });
    const all = [await waiting('exclusive', 'exclusive'), await waiting('shared', 'shared'), await waiting('last', 'exclusive')];
    expect(order).toEqual([]);
    await one[Symbol.asyncDispose]();
    await Promise.all(all.map(({ done }) => done));
    expect(order).toEqual(['exclusive', 'shared', 'last']);
  });

  it('is taken over when its holder was killed', async () => {
    const folder = fresh();
    const other = start(folder, 'exclusive');
    await other.says('holds');
    const waiting = take(folder, 'exclusive');
    other.child.kill('SIGKILL');
    const lock = await waiting;
    expect(lock.ok).toBe(true);
    if (lock.ok) await lock.value[Symbol.asyncDispose]();
  });

  it.runIf(process.platform === 'linux')(
    'is not held by another process that got the pid of a dead holder, nor by another machine',
    async () => {
      const folder = fresh();
      const world = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const ticket = { pid: process.pid, started: 1, world, mode: 'exclusive' };
      writeFileSync(path.join(folder, '000000000001'), JSON.stringify(ticket));
      writeFileSync(path.join(folder, '000000000002'), JSON.stringify({ ...ticket, pid: 1, world: 'elsewhere' }));
      const lock = await take(folder, 'exclusive', { waitMs: 0 });
      expect(lock.ok).toBe(true);
    },
  );

  it('is given up when the run is aborted, and then in nobody’s way', async () => {
    const folder = fresh();
    const one = await held(folder, 'exclusive');
    const abort = new AbortController();
    const lock = await take(folder, 'shared', { signal: abort.signal, onWait: () => abort.abort() });
    expect(lock).toEqual({ ok: false, error: { kind: 'aborted', holders: [process.pid] } });
    await one[Symbol.asyncDispose]();
    expect((await take(folder, 'exclusive', { waitMs: 0 })).ok).toBe(true);
  });

  it('lets itself be disposed twice, and keeps the folder small', async () => {
    const folder = fresh();
    for (let round = 0; round < 100; round += 1) {
      const lock = await held(folder, round % 2 === 0 ? 'exclusive' : 'shared');
      await lock[Symbol.asyncDispose]();
      await lock[Symbol.asyncDispose]();
    }
    expect(readdirSync(folder).length).toBeLessThan(140);
  });

  it('never lets two exclusive holders in at once, among processes that come and go', async () => {
    const folder = fresh();
    const tally = path.join(home, 'tally');
    const rounds = process.env.BEXPERT_TEST === 'full' ? '200' : '15';
    const children = ['exclusive', 'exclusive', 'shared', 'shared'].map((mode) => fork(puppet, [folder, mode, rounds, tally]));
    await Promise.all(children.map(async (child) => expect(await once(child, 'exit')).toEqual([0, null])));
    let shared = 0;
    let exclusive = 0;
    for (const line of readFileSync(tally, 'utf8').trim().split('\n')) {
      const step = line.endsWith(' in') ? 1 : -1;
      if (line.startsWith('shared')) shared += step;
      else exclusive += step;
      expect(exclusive === 0 || (exclusive === 1 && shared === 0), `${exclusive} exclusive and ${shared} shared holders`).toBe(
        true,
      );
    }
    expect([shared, exclusive]).toEqual([0, 0]);
  });
});
