// Set-up outputs in a tree: mounted read-only on top of it, or copied into it; never linked.
import { lstat, mkdir, readlink, realpath, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { insidePaths, type Mount } from '../host/sandbox/contract.ts';
import { pluginError } from '../plugin-api.ts';
import type { SetUp } from './contract.ts';
import { copyAll, exists } from './files.ts';
import { checkLinks, outside } from './output-links.ts';
import { type BytePath, toBytes } from './path-bytes.ts';

export interface Outputs {
  /** Their paths; no file of the tree lies there. */
  readonly skip: ReadonlySet<BytePath>;
  readonly mounts: readonly Mount[];
  /** Brings them, or what they are mounted on, into a folder of the same tree. */
  lay(root: string): Promise<void>;
}

type Attached = Awaited<ReturnType<SetUp>>;

/** Where tools keep caches inside their dependencies; where set-up made them, commands may write there, and it is thrown away. */
export const cacheFolders: readonly string[] = ['.cache', '.vite', '.vite-temp'];

/** Brings the outputs into a tree. `checked` holds the store folders whose links were looked at in this run. */
export async function attachOutputs(o: {
  readonly root: string;
  readonly attached: Attached;
  readonly tracked: ReadonlySet<BytePath>;
  readonly files: { has(path: BytePath): boolean };
  readonly checked: Set<string>;
}): Promise<Outputs> {
  const mounts: Mount[] = [];
  const skip = new Set<BytePath>();
  const places: { readonly place: string; readonly folder: string; readonly isFolder: boolean }[] = [];
  for (const output of o.attached.outputs) {
    const place = path.posix.normalize(output.path).replace(/\/$/, '');
    const bytes = toBytes(place);
    await refuseOutside(o.root, place);
    if (o.tracked.has(bytes) || o.files.has(bytes)) throw trackedOutput(place);
    if (!o.checked.has(`${place}\0${output.folder}`))
      await checkLinks({ folder: output.folder, place, mounted: o.attached.place === 'mount' });
    o.checked.add(`${place}\0${output.folder}`);
    skip.add(bytes);
    places.push({ place, folder: output.folder, isFolder: (await stat(output.folder)).isDirectory() });
    if (o.attached.place === 'copy') continue;
    const inside = path.posix.join(insidePaths.tree, place);
    mounts.push({ from: output.folder, at: inside, mode: 'read-only' });
    for (const name of cacheFolders) {
      const cache = path.join(output.folder, name);
      const status = await lstat(cache).catch(() => undefined);
      if (status?.isDirectory() === true) mounts.push({ from: cache, at: path.posix.join(inside, name), mode: 'temporary' });
    }
  }
  const lay = async (root: string): Promise<void> => {
    for (const { place, folder, isFolder } of places) {
      const at = path.join(root, place);
      if (o.attached.place === 'mount') await makeMountPoint(at, isFolder);
      else if (!(await exists(at))) await copyAll(folder, at);
    }
  };
  await lay(o.root);
  return { skip, mounts, lay };
}

export async function makeMountPoint(at: string, folder: boolean): Promise<void> {
  if (folder) await mkdir(at, { recursive: true });
  else if (!(await exists(at))) {
    await mkdir(path.dirname(at), { recursive: true });
    await writeFile(at, '');
  }
}

const trackedOutput = (place: string) =>
  pluginError({
    code: 'setup/tracked',
    message: `The set-up output ${place} holds files that git tracks; they would be hidden behind it.`,
    hint: 'Name a folder under `outputs:` that only the set-up writes.',
  });

async function refuseOutside(root: string, place: string): Promise<void> {
  const parts = place.split('/');
  if (path.isAbsolute(place) || place === '.' || place === '' || parts[0] === '..')
    throw outside(place, 'it is no path below the root');
  if (parts.some((part) => /^\.git$/i.test(part))) throw outside(place, 'it lies in a git folder');
  const real = await realpath(root);
  let at = real;
  for (const part of parts) {
    at = path.join(at, part);
    const status = await lstat(at).catch(() => undefined);
    if (status === undefined) return;
    if (status.isSymbolicLink()) throw outside(place, `${path.relative(real, at)} is a link to ${await readlink(at)}`);
  }
}
