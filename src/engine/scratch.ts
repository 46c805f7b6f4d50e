// Folders of their own for what a step starts.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Mount } from '../host/sandbox/contract.ts';
import { removeAll } from '../workspace/files.ts';
import type { RunContext } from './context.ts';
import { stepMounts } from './step-view.ts';

/** A name of the playbook as part of a file's name. */
export const safe = (name: string): string => name.replaceAll(/[^\w.-]/g, '_');

/** Path of a scratch folder that nobody has; it is not made. */
export const newScratch = (context: RunContext, label: string): string =>
  path.join(context.folders.scratch, `${safe(label)}-${randomBytes(4).toString('hex')}`);

/** A fresh scratch folder and the mounts that every command of its owner sees. Disposing it removes the folder. */
export async function mountsOf(
  context: RunContext,
  label: string,
): Promise<{ readonly scratch: string; readonly mounts: readonly Mount[] } & AsyncDisposable> {
  const scratch = newScratch(context, label);
  await mkdir(scratch, { recursive: true });
  return {
    scratch,
    mounts: stepMounts(context, scratch),
    async [Symbol.asyncDispose]() {
      // Go keeps modules in folders that nobody may write.
      await removeAll(scratch);
    },
  };
}
