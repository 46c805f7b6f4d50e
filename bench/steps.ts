// What a step costs that runs in the runner's own process, through the program's own API; with and without syncing the journal.
// Phases with few and with many steps: the difference is what a step costs, whatever it costs to make the tree that they look at.
import { type FileHandle, open } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { Journal } from '../src/engine/journal.ts';
import { startRun } from '../src/engine/run.ts';
import type { RunEvent } from '../src/model/event.ts';
import { createProject, type Project } from './project.ts';
import { paired, spread } from './spread.ts';
import type { Row } from './table.ts';

const few = 10;
const many = 60;

interface Played {
  /** Milliseconds of the phase. */
  readonly phase: number;
  /** Milliseconds that its journal waited for the disk, and how often. */
  readonly synced: number;
  readonly syncs: number;
}

/** Milliseconds that `work` spent in `fdatasync`, and how often it called it. */
async function countingSyncs<T>(folder: string, work: () => Promise<T>): Promise<{ value: T; synced: number; syncs: number }> {
  const probe = await open(folder, 'r');
  const handle = Object.getPrototypeOf(probe) as { datasync(this: FileHandle): Promise<void> };
  await probe.close();
  const { datasync } = handle;
  let synced = 0;
  let syncs = 0;
  handle.datasync = async function () {
    const start = performance.now();
    await datasync.call(this);
    synced += performance.now() - start;
    syncs += 1;
  };
  try {
    const value = await work();
    return { value, synced, syncs };
  } finally {
    handle.datasync = datasync;
  }
}

async function play(project: Project, steps: number, sync: boolean): Promise<Played> {
  const { open: openJournal } = Journal;
  Journal.open = (options) => openJournal.call(Journal, { ...options, sync });
  const events: RunEvent[] = [];
  const run = () =>
    startRun({
      playbook: project.playbook('plugin', steps),
      cwd: project.folder,
      repo: project.folder,
      mode: 'verify',
      inputs: {},
      includeDirty: false,
      committed: false,
      state: project.state,
      sandbox: 'off',
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      signal: new AbortController().signal,
      emit: (event) => events.push(event),
    });
  try {
    const { value: end, synced, syncs } = await countingSyncs(project.folder, run);
    const phase = events.find((event) => event.type === 'phase-finished');
    if (end.exitCode !== 0 || phase?.type !== 'phase-finished')
      throw new Error(`the run ended with ${end.exitCode}: ${JSON.stringify(events.at(-1))}`);
    return { phase: phase.durationMs, synced, syncs };
  } finally {
    Journal.open = openJournal;
  }
}

export async function inProcessSteps(rounds: number): Promise<Row[]> {
  using project = createProject([few, many]);
  const synced: number[] = [];
  const syncs: number[] = [];
  const each = async (sync: boolean): Promise<number> => {
    const short = await play(project, few, sync);
    const long = await play(project, many, sync);
    const difference = (of: keyof Played): number => (long[of] - short[of]) / (many - few);
    if (sync) {
      synced.push(difference('synced'));
      syncs.push(difference('syncs'));
    }
    return difference('phase');
  };
  const samples = await paired(rounds, { without: () => each(false), with: () => each(true) });
  return [
    { what: 'a gate in-process, without sync', value: spread(samples.without), unit: 'ms' },
    { what: 'a gate in-process, with sync', value: spread(samples.with), unit: 'ms' },
    { what: 'of that in fdatasync', value: spread(synced.slice(1)), unit: 'ms' },
    { what: 'calls of fdatasync a step', value: spread(syncs.slice(1)), unit: 'count' },
  ];
}
