// A folder that was used, made to hold exactly what is wanted: what is not as the runner left it goes, and comes out of git again.
import { chmod, mkdir, rename, rmdir } from 'node:fs/promises';
import { removeAll, writeSome } from './files.ts';
import { type Imprint, look, markOf } from './imprint.ts';
import type { Outputs } from './outputs.ts';
import type { OwnGit } from './own-git.ts';
import { type BytePath, parents, toBuffer, toBytes } from './path-bytes.ts';
import type { Held, Wanted } from './stock.ts';
import { list } from './walk.ts';

export async function makeRight(o: {
  readonly own: OwnGit;
  /** What the folder held when it was last right. */
  readonly held: Held;
  readonly wanted: Wanted;
  /** What lies there now; it is brought up to date. */
  readonly now: Imprint;
  /** Paths that are as they were when it was last right. */
  readonly intact: ReadonlySet<BytePath>;
}): Promise<Held> {
  const { held, now, intact, wanted } = o;
  const { root } = held;
  const { content } = wanted;
  const at = (file: BytePath): Buffer => toBuffer(file === '' ? toBytes(root) : `${toBytes(root)}/${file}`);
  if (!intact.has('')) throw new Error(`${root} is another folder than it was`);
  // First, because nothing can be removed from a folder that may not be written.
  for (const [file, { kind, permissions }] of now) {
    const before = held.imprint.get(file)?.permissions ?? permissions;
    if (kind === 'folder' && intact.has(file) && permissions !== before) await chmod(at(file), before);
  }

  const files = new Map([...content.entries].filter(([, { mode }]) => mode !== '160000'));
  // Git writes an empty folder where the files of a submodule are not here.
  const empty = [...content.entries.keys()].filter((file) => !files.has(file));
  const folders = new Set([...content.folders, ...empty]);
  const kept = keptOutputs({ outputs: wanted.outputs, held, now, intact });
  const fits = (file: BytePath): boolean => {
    if (file === '') return true;
    const entry = files.get(file);
    const was = held.content.entries.get(file);
    if (entry !== undefined) return was?.oid === entry.oid && was.mode === entry.mode;
    const folder = now.get(file)?.kind === 'folder';
    return (folder && folders.has(file)) || kept.some((place) => isIn(file, place) || (folder && isIn(place, file)));
  };
  const removed = new Set<BytePath>();
  // A folder comes before what lies in it.
  for (const file of now.keys()) {
    const above = [...parents(file)].some((parent) => removed.has(parent));
    if (!above && intact.has(file) && fits(file)) continue;
    if (!above) await removeAll(at(file));
    if (!above) removed.add(file);
    now.delete(file);
  }

  for (const [folder, { kind, changed }] of [...now]) {
    const before = held.imprint.get(folder);
    if (kind === 'folder' && before?.changed !== changed) {
      await renew({ root, now, folder, permissions: before?.permissions ?? 0o755 });
    }
  }

  const missing = [...files.keys()].filter((file) => !now.has(file));
  if (missing.length > 0) {
    const paths = toBuffer(missing.map((file) => `${file}\0`).join(''));
    await writeSome({ own: o.own, tree: content.expanded, folder: root, paths });
    for (const file of missing) await look(root, now, file);
  }
  for (const folder of empty) {
    await mkdir(at(folder), { recursive: true });
    await look(root, now, folder);
  }
  return { root, content, outputs: undefined, imprint: now };
}

/**
 * Puts a new folder in the place of one that was changed. What was changed may be an attribute that is not to be seen here and that new
 * files take over, an access list say; its files are known by their own time stamps, and move.
 */
async function renew(o: {
  readonly root: string;
  readonly now: Imprint;
  readonly folder: BytePath;
  readonly permissions: number;
}): Promise<void> {
  const { root, now, folder } = o;
  const top = toBytes(root);
  const at = folder === '' ? top : `${top}/${folder}`;
  const fresh = toBuffer(`${top}.renewed`);
  await mkdir(fresh);
  await chmod(fresh, o.permissions);
  const names = (await list(at)).map(({ name }) => name);
  for (const name of names) await rename(toBuffer(`${at}/${name}`), toBuffer(`${top}.renewed/${name}`));
  await rmdir(toBuffer(at));
  await rename(fresh, toBuffer(at));
  // Their stamps changed with the move.
  for (const name of names) markAgain(root, now, folder === '' ? name : `${folder}/${name}`);
  const [parent] = parents(folder);
  for (const one of folder === '' ? [''] : [folder, parent ?? '']) markAgain(root, now, one);
}

function markAgain(root: string, now: Imprint, file: BytePath): void {
  const mark = markOf(file === '' ? toBytes(root) : `${toBytes(root)}/${file}`, Date.now());
  if (mark !== undefined) now.set(file, mark);
}

const isIn = (file: BytePath, folder: BytePath): boolean => file === folder || file.startsWith(`${folder}/`);

/** Outputs that lie in the folder already, and of which nothing was changed. */
function keptOutputs(o: {
  readonly outputs: Outputs | undefined;
  readonly held: Held;
  readonly now: Imprint;
  readonly intact: ReadonlySet<BytePath>;
}): readonly BytePath[] {
  const { outputs, held, now, intact } = o;
  if (outputs === undefined || outputs !== held.outputs) return [];
  const changed = new Set<BytePath>();
  const note = (file: BytePath): void => {
    for (const place of outputs.skip) if (isIn(file, place)) changed.add(place);
  };
  for (const file of now.keys()) if (!intact.has(file)) note(file);
  for (const file of held.imprint.keys()) if (!now.has(file)) note(file);
  return [...outputs.skip].filter((place) => !changed.has(place));
}
