import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { countingAttempt } from '../../../src/engine/best.ts';
import type { RunContext } from '../../../src/engine/context.ts';
import { unlessAborted, withinTime } from '../../../src/engine/deadline.ts';
import { withMachine } from '../../../src/engine/machine.ts';
import { baseFiles, diskFiles } from '../../../src/engine/plan-files.ts';
import { playedPhases } from '../../../src/engine/played.ts';
import { lockRun } from '../../../src/engine/run-folders.ts';
import { schedule } from '../../../src/engine/schedule.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { AttemptSummary } from '../../../src/model/step-result.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import type { Manifest } from '../../../src/plugin-api.ts';
import type { Workspace } from '../../../src/workspace/contract.ts';
import { manifest, phase, step } from './samples.ts';

const forever = new AbortController().signal;
async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'bexpert-parts-')));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('the order of steps', () => {
  it('waits, after an interruption, for what still runs', async () => {
    const controller = new AbortController();
    const ended: string[] = [];
    const running = schedule({
      steps: [step('quick'), step('slow')],
      parallel: 2,
      signal: controller.signal,
      run: async ({ id }) => {
        await new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve(), { once: true }));
        if (id === 'slow') for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
        ended.push(id);
        throw new Error(`${id} was stopped`);
      },
    });
    controller.abort();
    await expect(running).rejects.toThrow('quick was stopped');
    expect(ended).toEqual(['quick', 'slow']);
  });
  it('says who waits for whom when nobody can start', async () => {
    const steps = [step('a', { needs: ['b'] }), step('b', { needs: ['a'] })];
    await expect(schedule({ steps, parallel: 2, run: async () => {} })).rejects.toThrow('a, b wait for each other');
  });
});

describe('a deadline', () => {
  it('tells the work, and takes its reason rather than the error that the work makes of it', async () => {
    let told = false;
    const work = (signal: AbortSignal) =>
      new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => {
          told = true;
          reject(new Error('killed by a signal'));
        }),
      );
    await expect(withinTime({ milliseconds: 2, signal: forever }, work)).rejects.toThrow('The step took longer than 2 ms.');
    expect(told).toBe(true);
  });
  it('does not take a value that came too late', async () => {
    const work = (signal: AbortSignal) => new Promise<number>((resolve) => signal.addEventListener('abort', () => resolve(7)));
    await expect(withinTime({ milliseconds: 2, signal: forever }, work)).rejects.toThrow('longer than 2 ms');
  });
  it('of one who waits leaves the work to the others', async () => {
    const controller = new AbortController();
    let finish = (_: number) => {};
    const work = new Promise<number>((resolve) => {
      finish = resolve;
    });
    const waiting = unlessAborted(work, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    finish(3);
    expect(await unlessAborted(work, forever)).toBe(3);
  });
});

/** Just what the lock asks of a run. */
const machineOf = (folder: string, lint: Manifest = manifest): RunContext =>
  ({
    folders: { machine: folder },
    signal: forever,
    emit: () => {},
    plan: { plugins: { lint: { manifest: lint } } },
  }) as unknown as RunContext;

describe('the machine', () => {
  it('that others hold makes a step give up with a failure that names them, whatever kind of step it is', () =>
    inFolder(async (folder) => {
      const context = machineOf(folder);
      const ref = { phase: 'verify', step: 'load', attempt: 1 };
      const alone = step('load', { exclusive: true });
      const outcome = await withMachine({ context, step: step('tests'), ref }, () =>
        withMachine({ context, step: alone, ref, waitMs: 30 }, async () => 'ran'),
      );
      expect(outcome.ok && outcome.value).toMatchObject({ ok: false, error: { code: 'machine/busy' } });
      expect(JSON.stringify(outcome)).toContain(String(process.pid));
      expect(await withMachine({ context, step: alone, ref, waitMs: 30 }, async () => 'ran')).toEqual({ ok: true, value: 'ran' });
    }));
  it('is not waited for by a cheap step without commands, and by every other', () =>
    inFolder(async (folder) => {
      const ref = { phase: 'verify', step: 'x', attempt: 1 };
      const whileMeasuring = (powers: Manifest['powers'], cost?: 'cheap') => {
        const context = machineOf(folder, { ...manifest, powers, ...(cost === undefined ? {} : { cost }) });
        return withMachine({ context, step: step('load', { exclusive: true }), ref }, () =>
          withMachine({ context, step: step('lint'), ref, waitMs: 30 }, async () => 'ran'),
        );
      };
      expect(await whileMeasuring([], 'cheap')).toEqual({ ok: true, value: { ok: true, value: 'ran' } });
      for (const waiting of [await whileMeasuring([]), await whileMeasuring(['exec'], 'cheap')])
        expect(waiting).toMatchObject({ ok: true, value: { ok: false, error: { code: 'machine/busy' } } });
    }));
  it('lets one process go on with a run', () =>
    inFolder(async (folder) => {
      const first = await lockRun(folder, forever);
      expect(first).toBeDefined();
      expect(await lockRun(folder, forever)).toBeUndefined();
      await first?.[Symbol.asyncDispose]();
      expect(await lockRun(folder, forever)).toBeDefined();
    }));
});

describe('the phases that are played', () => {
  const phases = [
    phase([step('schema')], { id: 'map', kind: 'context' }),
    phase([step('routes', { needs: ['schema'] })], { id: 'more', kind: 'context' }),
    phase([step('unused')], { id: 'other', kind: 'context' }),
    phase([step('act')], { id: 'act', kind: 'action' }),
    phase([step('gate', { needs: ['routes'] })], { id: 'verify' }),
  ];
  const plan = { phases } as unknown as Plan;
  it('are all of them in a run', () => expect([...playedPhases(plan, 'run')]).toEqual(['map', 'more', 'other', 'act', 'verify']));
  it('are, without an action, the gates and what they need, and what that needs', () =>
    expect([...playedPhases(plan, 'verify')].sort()).toEqual(['map', 'more', 'verify']));
});

describe('the attempt that counts', () => {
  const attempt = (number: number, ...verdicts: Verdict[]): AttemptSummary => ({
    attempt: number,
    commit: `c${number}`,
    tree: `t${number}`,
    gates: Object.fromEntries(
      verdicts.map((verdict, index) => [`g${index}`, { verdict, errors: verdict === 'fail' ? 1 : 0, blocking: true }]),
    ),
  });
  it('is the last when nothing in it is red, also where an earlier one had more green gates', () =>
    expect(countingAttempt([attempt(1, 'pass', 'pass', 'fail'), attempt(2, 'pass', 'skipped', 'skipped')])?.attempt).toBe(2));
  it('is the best when the last is red', () =>
    expect(countingAttempt([attempt(1, 'pass', 'pass', 'fail'), attempt(2, 'pass', 'fail', 'fail')])?.attempt).toBe(1));
});

describe('the files of a plan', () => {
  it('are those on the disk while a person writes them', () =>
    inFolder(async (folder) => {
      await writeFile(path.join(folder, 'bexpert.yml'), 'mine');
      const files = diskFiles(folder);
      expect(await files.readScope('bexpert.yml')).toBe('mine');
      expect(await files.readScope('none.yml')).toBeUndefined();
      expect(files.notes()).toEqual([]);
    }));
  it("are base's when they judge, and what differs or is not there yet is said", () =>
    inFolder(async (folder) => {
      const base: Record<string, string> = {
        'packages/a/bexpert.yml': 'base',
        'packages/a/same.yml': 'same',
        'gone.yml': 'base',
      };
      const workspace = {
        repository: { root: folder, scope: 'packages/a' },
        readBase: async (file: string) => (base[file] === undefined ? undefined : Buffer.from(base[file])),
        baseFolder: async (file: string) => `/base/${file}`,
      } as unknown as Workspace;
      const outside = path.join(folder, '..', path.basename(folder), '..', 'elsewhere.yml');
      await writeFile(path.join(folder, 'bexpert.yml'), 'disk');
      await writeFile(path.join(folder, 'same.yml'), 'same');
      await writeFile(path.join(folder, 'new.yml'), 'new');
      const files = baseFiles({ workspace, disk: folder });
      expect(await files.readScope('bexpert.yml')).toBe('base');
      expect(await files.readScope('same.yml')).toBe('same');
      expect(await files.readPlaybook(path.join(folder, 'gone.yml'))).toBe('base');
      expect(await files.readPlaybook(path.join(folder, 'new.yml'))).toBe('new');
      expect(await files.readPlaybook(outside)).toBeUndefined();
      expect(await files.pluginFolder('./plugins/x')).toBe('/base/packages/a/plugins/x');
      await mkdir(path.join(folder, 'plugins/new'), { recursive: true });
      await writeFile(path.join(folder, 'plugins/new/plugin.json'), '{}');
      expect(await files.pluginFolder('./plugins/new')).toBe(path.join(folder, 'plugins/new'));
      expect(files.notes()).toEqual([
        'unpinned: new.yml is not in base yet, so the one on disk decides',
        'unpinned: packages/a/plugins/new is not in base yet, so the one on disk decides',
        "packages/a/bexpert.yml on disk differs from base's; base's decides",
      ]);
    }));
});
