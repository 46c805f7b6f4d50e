// `clean`: runs that nobody needs any more, and what only they needed.
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { bytesBelow, exists, removeAll } from '../workspace/files.ts';
import type { Environment } from '../workspace/git.ts';
import { stateFolders } from '../workspace/state.ts';
import { sweepObjects } from '../workspace/sweep.ts';
import { type KeptRun, lookAtRun, objectsOf, takeRun } from './kept-run.ts';
import { removeContainers, removeTemporary } from './leftovers.ts';
import { expired, isOld, type Retention } from './retention.ts';
import { ownState } from './state-use.ts';

export interface CleanRequest extends Retention {
  /** The folder of all state. */
  readonly home: string;
  /** Ids of the repositories whose runs are looked at; undefined: of all. */
  readonly repositories?: readonly string[];
  /** Names of runs that go whatever their age, resumable ones too. Then nothing else goes but what only they needed. */
  readonly only?: readonly string[];
  readonly dryRun: boolean;
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly now: number;
}
export interface Removed {
  readonly kind: 'run' | 'work tree' | 'objects' | 'set-up' | 'plugins' | 'playbooks' | 'repository';
  /** Of the run; a number of objects. */
  readonly what: string;
  readonly bytes: number;
  readonly run?: KeptRun;
}
export interface Cleaned {
  readonly removed: readonly Removed[];
  readonly kept: readonly KeptRun[];
  /** Runs that were asked for and are going on. */
  readonly busy: readonly string[];
  /** A run is going on somewhere, so that nothing was taken from what runs share. */
  readonly shared: 'cleaned' | 'in use';
}

export async function clean(request: CleanRequest): Promise<Cleaned> {
  const state = stateFolders({ env: {}, state: request.home });
  const repositories = request.repositories ?? (await repositoriesOf(request.home));
  const removed: Removed[] = [];
  const kept: KeptRun[] = [];
  const busy: string[] = [];
  for (const id of repositories) {
    const { runs } = state.of(id);
    const all = await runsIn(runs, request.signal);
    const only = request.only;
    const going = only === undefined ? expired(all, request) : all.filter(({ name }) => only.includes(name));
    for (const run of all) {
      if (!going.includes(run)) {
        kept.push(run);
        if (only === undefined) removed.push(...(await staleTrees(run, request)));
      } else if (await removeRun(run, request)) removed.push({ kind: 'run', what: run.name, bytes: run.bytes, run });
      else {
        kept.push(run);
        busy.push(run.name);
      }
    }
  }
  await using alone = await ownState(state.machine, request.signal);
  if (alone === undefined) return { removed, kept, busy, shared: 'in use' };
  for (const id of repositories) removed.push(...(await shared(state.of(id), kept, request)));
  if (request.only === undefined) {
    for (const [folder, kind] of [
      [state.store, 'set-up'],
      [state.plugins, 'plugins'],
      [state.playbooks, 'playbooks'],
    ] as const)
      removed.push(...(await oldEntries(folder, kind, request)));
  }
  return { removed, kept, busy, shared: 'cleaned' };
}

/** State folders of repositories are named by 16 hex digits. */
async function repositoriesOf(home: string): Promise<readonly string[]> {
  return (await readdir(home).catch(() => [])).filter((name) => /^[0-9a-f]{16}$/.test(name));
}

async function runsIn(runs: string, signal: AbortSignal): Promise<readonly KeptRun[]> {
  const found: KeptRun[] = [];
  for (const name of await readdir(runs).catch(() => [])) {
    const run = await lookAtRun(path.join(runs, name), signal);
    if (run !== undefined) found.push(run);
  }
  return found;
}

/** False: another process has taken it since. */
async function removeRun(run: KeptRun, { dryRun, env, signal }: CleanRequest): Promise<boolean> {
  if (run.state === 'going on') return false;
  if (dryRun) return true;
  await using taken = await takeRun(run.folder, signal);
  if (taken === undefined) return false;
  await removeContainers(run.folder, env);
  await removeTemporary(run.name);
  // In one move, so that half a run is never there; the name is none of a run.
  const away = path.join(path.dirname(path.dirname(run.folder)), `removed-${run.name}`);
  await rm(away, { recursive: true, force: true });
  await rename(run.folder, away);
  await removeAll(away);
  return true;
}

/** The work tree of a run that waits to be resumed: a resume writes it again from the journal. */
async function staleTrees(run: KeptRun, request: CleanRequest): Promise<readonly Removed[]> {
  const trees = path.join(run.folder, 'trees');
  if (run.state !== 'resumable' || !isOld(run, request) || !(await exists(trees))) return [];
  const bytes = await bytesBelow(trees);
  await using taken = await takeRun(run.folder, request.signal);
  if (taken === undefined) return [];
  if (!request.dryRun) await removeAll(trees);
  return [{ kind: 'work tree', what: run.name, bytes, run }];
}

/** Objects that no run names any more, or all of a repository's state where no run is left. */
async function shared(
  folders: { readonly root: string; readonly runs: string; readonly git: string },
  kept: readonly KeptRun[],
  request: CleanRequest,
): Promise<readonly Removed[]> {
  if (!(await exists(folders.git))) return [];
  const runs = kept.filter(({ folder }) => path.dirname(folder) === folders.runs);
  if (runs.length === 0) {
    const bytes = await bytesBelow(folders.git);
    if (!request.dryRun) await removeAll(folders.root);
    return [{ kind: 'repository', what: path.basename(folders.root), bytes }];
  }
  const ids = new Set<string>();
  for (const run of runs) for (const id of await objectsOf(run.folder)) ids.add(id);
  const { objects, bytes } = await sweepObjects({ gitDir: folders.git, ids, dryRun: request.dryRun, env: request.env });
  return objects === 0 ? [] : [{ kind: 'objects', what: String(objects), bytes }];
}

/** Names of what bexpert keeps there: `--state` may name a folder of a project, which has plugins of its own. */
const ownEntry = /^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{64})(?:\.[\w.-]+)?$/;

/** Entries that nobody used for so long: they are made again when somebody needs them. */
async function oldEntries(
  folder: string,
  kind: 'set-up' | 'plugins' | 'playbooks',
  request: CleanRequest,
): Promise<readonly Removed[]> {
  const removed: Removed[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!ownEntry.test(name)) continue;
    const at = path.join(folder, name);
    const used = (await stat(path.join(at, 'complete')).catch(() => undefined)) ?? (await stat(at).catch(() => undefined));
    if (used === undefined || !isOld({ usedAt: used.mtimeMs }, request)) continue;
    const bytes = await bytesBelow(at);
    if (!request.dryRun) await removeAll(at);
    if (!name.endsWith('.lock')) removed.push({ kind, what: name, bytes });
  }
  if (!request.dryRun) await mkdir(folder, { recursive: true });
  return removed;
}
