// What processes that were killed could not take away. Nobody is told: it is removed when another run ends, or is resumed.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isResumable } from '../model/verdict.ts';
import { exists, removeAll } from '../workspace/files.ts';
import type { Environment } from '../workspace/git.ts';
import { takeRun } from './kept-run.ts';
import { readRunJournal } from './run-journal.ts';
import { temporaryPrefix } from './services/plugin-service.ts';
import { foldRun } from './state.ts';

/** Temporary folders of services that a killed runner could not remove. */
export async function removeTemporary(run: string): Promise<void> {
  const prefix = temporaryPrefix(run);
  const parent = path.dirname(prefix);
  for (const name of await readdir(parent).catch(() => [])) {
    if (name.startsWith(path.basename(prefix))) await removeAll(path.join(parent, name));
  }
}

/** Containers that a killed runner could not remove. `run`: its folder. */
export async function removeContainers(run: string, env: Environment): Promise<void> {
  if (!(await exists(path.join(run, 'containers')))) return;
  const { endContainersOf } = await import('./services/container-names.ts');
  await endContainersOf(run, env);
}

/**
 * Removes scratch folders and trees of runs that no process has. The work tree of a run that can be resumed stays: it is all that a resume
 * would have to write again. What cannot be removed is left for `bexpert clean`, which says why.
 */
export async function removeLeftovers(runs: string, env: Environment): Promise<void> {
  const never = new AbortController().signal;
  const entries = await readdir(runs, { withFileTypes: true }).catch(() => []);
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const folder = path.join(runs, name);
    const [scratch, trees] = [path.join(folder, 'scratch'), path.join(folder, 'trees')];
    if (!(await exists(scratch)) && (await readdir(trees).catch(() => [])).every(isWork)) continue;
    try {
      await using taken = await takeRun(folder, never);
      if (taken === undefined) continue;
      await removeContainers(folder, env);
      await removeTemporary(name);
      await removeAll(scratch);
      if (!(await canGoOn(folder))) await removeAll(trees);
      for (const tree of await readdir(trees).catch(() => [])) if (!isWork(tree)) await removeAll(path.join(trees, tree));
    } catch {}
  }
}

const isWork = (name: string): boolean => /^work(\.ready)?$/.test(name);

async function canGoOn(folder: string): Promise<boolean> {
  const records = await readRunJournal(folder);
  const run = records.ok ? foldRun(records.value) : undefined;
  return run !== undefined && (run.finished === undefined || isResumable(run.finished.status));
}
