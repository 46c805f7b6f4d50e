import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { acquireMachineLock } from '../host/machine-lock.ts';
import type { RunFolders } from './context.ts';

/** A name that sorts by time and that nobody else chose: `20261124-171900-3fa2`. */
export function newRunId(date: Date): string {
  const digits = date.toISOString().replaceAll(/[-:]/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(9, 15)}-${randomBytes(2).toString('hex')}`;
}

/** Makes the folders of one run below `run`; a resume finds them. */
export async function openRunFolders(run: string, machine: string): Promise<RunFolders> {
  const folders: RunFolders = {
    run,
    scratch: path.join(run, 'scratch'),
    artifacts: path.join(run, 'artifacts'),
    logs: path.join(run, 'logs'),
    machine,
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  return folders;
}

const lockPatienceMs = 500;

/** One process at a time goes on with a run: two would write one journal. Undefined: another one does. */
export async function lockRun(run: string, signal: AbortSignal): Promise<AsyncDisposable | undefined> {
  const folder = path.join(run, 'lock');
  const lock = await acquireMachineLock({ folder, mode: 'exclusive', waitMs: lockPatienceMs, signal });
  signal.throwIfAborted();
  return lock.ok ? lock.value : undefined;
}
