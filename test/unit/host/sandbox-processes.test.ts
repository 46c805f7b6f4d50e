import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { SandboxProvider, StartSpec } from '../../../src/host/sandbox/contract.ts';
import { openMachine, type SpecOptions, sh, specOf } from './sandbox-rig.ts';

const machine = await openMachine();
afterAll(() => machine.remove());

let marks = 0;
/** A number of seconds that no other process sleeps. */
const freshMark = () => {
  marks += 1;
  return `8${process.pid}${marks}`;
};
/** Processes of this machine that have the mark in their arguments, but for the shells that start them. */
const alive = (mark: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      } catch {
        return '';
      }
    })
    .filter((line) => line === `sleep ${mark}`);
const gone = (mark: string) => vi.waitFor(() => expect(alive(mark)).toEqual([]), { timeout: 10_000, interval: 20 });

/** Resolves with what the command has written once it holds the word. */
async function startUntil(provider: SandboxProvider, argv: StartSpec['argv'], o: { readonly word: string } & SpecOptions) {
  const { word, ...options } = o;
  let seen = '';
  let found: () => void = () => undefined;
  const wait = new Promise<void>((resolve) => {
    found = resolve;
  });
  const started = await provider.start(
    specOf(argv, {
      ...options,
      onOutput: (_, chunk) => {
        seen += Buffer.from(chunk).toString();
        if (seen.includes(word)) found();
      },
    }),
  );
  await Promise.race([wait, started.ended]);
  return started;
}

describe.each([...machine.isolating, 'none' as const])('a start with the provider %s', (name) => {
  let opened: Promise<SandboxProvider> | undefined;
  const provider = () => {
    opened ??= machine.open(name);
    return opened;
  };
  afterAll(async () => (await opened)?.[Symbol.asyncDispose]());
  const run = async (line: string, options: SpecOptions = {}) => sh(await provider(), line, options);

  it('gives exit codes, output of both streams and input as they are', async () => {
    expect(await run('cat; echo err >&2; exit 7', { stdin: 'a\nb' })).toMatchObject({
      status: 'exited',
      exitCode: 7,
      stdout: 'a\nb',
      stderr: 'err\n',
      truncated: false,
    });
    expect(await run('read line || echo end')).toMatchObject({ stdout: 'end\n' });
  });

  it('says when a program is not there, may not be run, or dies by a signal', async () => {
    const scratch = machine.fresh('scratch');
    writeFileSync(path.join(scratch, 'plain'), 'no program');
    const mounts = [{ from: scratch, at: '/scratch', mode: 'read-write' as const }];
    const inside = (await provider()).inside('/scratch/plain', mounts);
    const end = async (argv: StartSpec['argv']) => (await (await provider()).start(specOf(argv, { mounts }))).ended;
    expect(await end(['no-such-program'])).toMatchObject({ status: 'not-found' });
    expect(await end([inside])).toMatchObject({ status: 'denied' });
    expect(await run('kill -9 $$')).toMatchObject({ status: 'signalled' });
    expect(await run('kill -TERM $$')).toMatchObject({ status: 'signalled' });
  });

  it('refuses a working folder that is not there', async () => {
    await expect(run('true', { cwd: '/no/such/folder' })).rejects.toMatchObject({ code: 'command/no-folder' });
  });

  it('takes everything along that it left behind, also what made a session of its own', async () => {
    const mark = freshMark();
    const { exitCode } = await run(
      `setsid sleep ${mark} </dev/null >/dev/null 2>&1 & sleep ${mark} & (sleep ${mark} &) & echo $!`,
    );
    expect(exitCode).toBe(0);
    expect(alive(mark)).toEqual([]);
  });

  it('ends whole when it is aborted, times out, or is stopped', async () => {
    const mark = freshMark();
    const argv = ['/bin/sh', '-c', `setsid sleep ${mark} & sleep ${mark} & echo ready; exec sleep ${mark}`] as const;
    const abort = new AbortController();
    const aborted = await startUntil(await provider(), argv, { word: 'ready', signal: abort.signal });
    abort.abort();
    expect(await aborted.ended).toMatchObject({ status: 'signalled' });
    expect(alive(mark)).toEqual([]);

    expect(await run(`sleep ${mark} & exec sleep ${mark}`, { timeoutMs: 300 })).toMatchObject({ status: 'timed-out' });
    expect(alive(mark)).toEqual([]);

    const stopped = await startUntil(await provider(), argv, { word: 'ready' });
    expect(await stopped.stop()).toMatchObject({ status: 'signalled' });
    expect(alive(mark)).toEqual([]);
  });

  it('lets a command end by itself when it is stopped, and kills one that does not', async () => {
    const polite = `trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.02; done`;
    const one = await startUntil(await provider(), ['/bin/sh', '-c', polite], { word: 'ready' });
    expect(await one.stop()).toMatchObject({ status: 'exited', exitCode: 3, stdout: 'ready\nbye\n' });

    const deaf = await startUntil(await provider(), ['/bin/sh', '-c', `trap '' TERM; echo ready; while :; do sleep 0.02; done`], {
      word: 'ready',
    });
    expect(await deaf.stop()).toMatchObject({ status: 'signalled' });

    const node = `process.stdout.write('ready'); setInterval(() => {}, 1000)`;
    const plain = await startUntil(await provider(), [process.execPath, '-e', node], { word: 'ready' });
    // Of the signal and not of the kill 2 s later, as it would if it were the first process of its namespace.
    expect(await plain.stop()).toMatchObject({ status: 'signalled', exitCode: 128 + 15 });
  });

  it('counts the processor time of the whole start', async () => {
    const burn = `const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end) for (let i = 0; i < 1e6; i++); process.stdout.write('burnt'); process.stdin.resume()`;
    const line = `'${process.execPath}' -e "${burn}"`;
    const started = await startUntil(await provider(), ['/bin/sh', '-c', `${line}; true`], { word: 'burnt', stdin: 'pipe' });
    const { user, system } = await started.cpu();
    expect(user + system).toBeGreaterThan(300_000);
    expect(user + system).toBeLessThan(5_000_000);
    await started.stop();
  });

  it('ends a fork bomb', async () => {
    const result = await run('while :; do sleep 100 & done', { limits: { processes: 60 }, timeoutMs: 10_000 });
    expect(result).toMatchObject({ status: 'limit', limit: 'more than 60 processes' });
  });

  it('ends a flood of output', async () => {
    const result = await run('yes', { limits: { outputBytes: 10_000_000 }, keepBytes: 1000, timeoutMs: 10_000 });
    expect(result).toMatchObject({ status: 'limit', limit: 'more than 10000000 bytes of output', truncated: true });
    expect(result.stdout.length).toBeLessThan(1200);
  });

  it('ends what fills the disk', async () => {
    const scratch = machine.fresh('scratch');
    const p = await provider();
    const mounts = [{ from: scratch, at: '/scratch', mode: 'read-write' as const }];
    const file = p.inside('/scratch/full', mounts);
    const result = await run(`head -c 4G /dev/zero > '${file}'; sleep 60`, {
      mounts,
      limits: { diskBytes: 50_000_000 },
      timeoutMs: 20_000,
    });
    expect(result).toMatchObject({ status: 'limit', limit: 'more than 50000000 bytes written to disk' });
  });

  it.runIf(name !== 'none')('cannot fill the memory by its folders in memory', async () => {
    const { stderr } = await run(
      'head -c 80M /dev/zero > /tmp/full; head -c 80M /dev/zero > /dev/shm/full; head -c 80M /dev/zero > /memory/full',
      {
        limits: { diskBytes: 50_000_000 },
        mounts: [{ from: '', at: '/memory', mode: 'temporary' }],
      },
    );
    expect(stderr.match(/No space left on device/g)).toHaveLength(3);
  });

  it.runIf(name !== 'none')('dies with its runner, also when that is killed, and so does its pod', async () => {
    const mark = freshMark();
    const puppet = path.join(machine.folder, 'runner.mjs');
    if (!existsSync(puppet)) {
      const entry = path.join(import.meta.dirname, 'runner-puppet.ts');
      buildSync({ entryPoints: [entry], outfile: puppet, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
    }
    const { stateFolder, assetsFolder } = machine.options;
    const runner = fork(puppet, [name, stateFolder, assetsFolder, mark], { stdio: 'inherit' });
    await once(runner, 'message');
    await vi.waitFor(() => expect(alive(mark)).toHaveLength(6), { timeout: 10_000, interval: 20 });
    runner.kill('SIGKILL');
    await gone(mark);
    const holder = readdirSync('/proc').filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${assetsFolder}/runner/pod.mjs`);
      } catch {
        return false;
      }
    });
    expect(holder).toEqual([]);
  });
});
