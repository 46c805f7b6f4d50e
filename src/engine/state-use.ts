// Who uses the state folder: runs share it, a clean-up has it for itself, so that it never takes away what a run is about to rely on.
import path from 'node:path';
import { acquireMachineLock } from '../host/machine-lock.ts';
import { pluginError } from '../plugin-api.ts';

const folderOf = (machine: string): string => path.join(machine, 'state');
const cleanUpPatienceMs = 5 * 60_000;

/** Held by a run from before it writes its first object to its end. Waits for a clean-up that is going on. */
export async function shareState(machine: string, signal: AbortSignal): Promise<AsyncDisposable> {
  const lock = await acquireMachineLock({ folder: folderOf(machine), mode: 'shared', waitMs: cleanUpPatienceMs, signal });
  signal.throwIfAborted();
  if (lock.ok) return lock.value;
  throw pluginError({
    code: 'state/being-cleaned',
    message: `\`bexpert clean\` has held the state folder for ${cleanUpPatienceMs / 60_000} minutes (process ${lock.error.holders.join(', ')}).`,
    hint: 'Wait for it, or end that process, and try again.',
  });
}

/** Undefined while a run uses it. */
export async function ownState(machine: string, signal: AbortSignal): Promise<AsyncDisposable | undefined> {
  const lock = await acquireMachineLock({ folder: folderOf(machine), mode: 'exclusive', waitMs: 0, signal });
  signal.throwIfAborted();
  return lock.ok ? lock.value : undefined;
}
