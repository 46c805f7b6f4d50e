// What lies in the folder of a run, and whether anybody still needs it.
import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import { acquireMachineLock } from '../host/machine-lock.ts';
import { isResumable, type RunStatus, type RunVerdict } from '../model/verdict.ts';
import { bytesBelow } from '../workspace/files.ts';
import { journalFile, readRunJournal } from './run-journal.ts';
import { foldRun } from './state.ts';

export interface KeptRun {
  readonly name: string;
  readonly folder: string;
  /** `going on`: a process holds it. `resumable`: interrupted, killed, or stopped by its environment. `unreadable`: its journal is broken. */
  readonly state: 'going on' | 'resumable' | 'ended' | 'unreadable';
  /** Milliseconds since 1970, of the last record. */
  readonly usedAt: number;
  readonly playbook: string;
  readonly ended?: { readonly status: RunStatus; readonly verdict: RunVerdict };
  readonly bytes: number;
}

/** Takes a run that no other process has. Undefined: one does. */
export async function takeRun(folder: string, signal: AbortSignal): Promise<AsyncDisposable | undefined> {
  const lock = await acquireMachineLock({ folder: path.join(folder, 'lock'), mode: 'exclusive', waitMs: 0, signal });
  signal.throwIfAborted();
  if (!lock.ok) return undefined;
  return {
    // The lock may have gone with its run.
    [Symbol.asyncDispose]: () => Promise.resolve(lock.value[Symbol.asyncDispose]()).catch(() => {}),
  };
}

/** Undefined where the folder holds no journal. */
export async function lookAtRun(folder: string, signal: AbortSignal): Promise<KeptRun | undefined> {
  const journal = await lstat(journalFile(folder)).catch(() => undefined);
  // What a link leads to is no run of this state.
  if (journal === undefined || !(await lstat(folder)).isDirectory()) return undefined;
  const name = path.basename(folder);
  const bytes = await bytesBelow(folder);
  const taken = await takeRun(folder, signal);
  await taken?.[Symbol.asyncDispose]();
  const records = await readRunJournal(folder);
  const run = records.ok ? foldRun(records.value) : undefined;
  const playbook = run?.started.plan.name ?? '?';
  const usedAt = journal.mtimeMs;
  if (taken === undefined) return { name, folder, state: 'going on', usedAt, playbook, bytes };
  if (run === undefined) return { name, folder, state: 'unreadable', usedAt, playbook, bytes };
  const { finished } = run;
  const state = finished === undefined || isResumable(finished.status) ? 'resumable' : 'ended';
  return { name, folder, state, usedAt, playbook, bytes, ...(finished === undefined ? {} : { ended: finished }) };
}

/** Ids of objects that a journal names, also a broken one; other hashes are among them, and are no objects. */
export async function objectsOf(folder: string): Promise<ReadonlySet<string>> {
  const text = await readFile(journalFile(folder), 'latin1').catch(() => '');
  return new Set(text.match(/\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/g) ?? []);
}
