import path from 'node:path';
import { insidePaths, type Mount } from '../host/sandbox/contract.ts';
import type { TreeFolder } from './contract.ts';
import type { Entries } from './entries.ts';
import { type Frozen, frozenStamps, stampsOf } from './frozen.ts';
import type { IgnoreRules } from './ignore.ts';
import type { Imprint } from './imprint.ts';
import { Inventory } from './inventory.ts';
import type { Objects } from './objects.ts';
import type { Outputs } from './outputs.ts';
import { type BytePath, toBytes, toText } from './path-bytes.ts';
import { rewritten } from './reread.ts';

export interface WrittenTree {
  readonly id: TreeFolder['id'];
  readonly root: string;
  readonly tree: string;
  readonly tracked: { readonly files: Entries; readonly folders: ReadonlySet<BytePath> };
  /** As the runner wrote it; undefined where somebody else may have written too. */
  readonly imprint?: Imprint;
  readonly ignore: IgnoreRules;
  readonly outputs: Outputs;
  readonly objects: Objects;
  /** The same tree in a folder that nobody else uses. */
  readonly copy: () => Promise<TreeFolder>;
  /** What becomes of the folder when nobody needs it any more. `rewritten`: files of which only their content tells that they changed. */
  readonly release: (rewritten: ReadonlySet<BytePath>) => Promise<void>;
  /** Where somebody else's code runs in the tree: what it may not write. */
  readonly frozen?: Frozen;
}

/** Manifest of the contract: path to mode and git's id of the content. */
export const manifestOf = (
  files: ReadonlyMap<BytePath, { readonly mode: string; readonly oid: string }>,
): ReadonlyMap<string, string> => new Map([...files].map(([file, { mode, oid }]) => [toText(file), `${mode} ${oid}`]));

export const rootMount = (root: string, writable: boolean): Mount => ({
  from: root,
  at: insidePaths.tree,
  mode: writable ? 'read-write' : 'read-only',
});

/** A tree that was written once and is only looked at, or copied for a step. */
export class PlainTree implements TreeFolder {
  readonly id: TreeFolder['id'];
  readonly root: string;
  readonly tree: string;
  readonly #written: WrittenTree;
  readonly #inventory: Inventory;
  /** Tracked files that hold something else than what was written. */
  readonly #rewritten = new Set<BytePath>();

  constructor(written: WrittenTree) {
    this.id = written.id;
    this.root = written.root;
    this.tree = written.tree;
    this.#written = written;
    this.#inventory = new Inventory({ ...written, skip: written.outputs.skip }, written.objects);
    if (written.imprint !== undefined) this.#inventory.trust(written.tracked.files, written.imprint);
  }

  mounts(options: { readonly writable: boolean }): readonly Mount[] {
    const { outputs, frozen } = this.#written;
    // A mount point cannot be moved away, so that nothing else can take the place of what lies in it.
    const named = [...(frozen?.folders ?? [])].filter((folder) => toBytes(toText(folder)) === folder);
    const held = options.writable ? named.map(toText).sort() : [];
    return [
      rootMount(this.root, options.writable),
      ...held.map(
        (folder): Mount => ({
          from: path.join(this.root, folder),
          at: path.posix.join(insidePaths.tree, folder),
          mode: 'read-write',
        }),
      ),
      ...outputs.mounts,
    ];
  }

  async stamps(): Promise<ReadonlyMap<string, string>> {
    const { frozen } = this.#written;
    return frozen === undefined ? new Map() : stampsOf(this.root, frozen);
  }

  asWritten() {
    const { tracked, frozen, imprint } = this.#written;
    if (imprint === undefined) throw new Error('it is not known how this tree was written');
    const files = new Map([...tracked.files].filter(([, { mode }]) => mode !== '160000'));
    return { manifest: manifestOf(files), stamps: frozen === undefined ? new Map() : frozenStamps(frozen, imprint) };
  }

  async manifest(options: { readonly anew?: true } = {}): Promise<ReadonlyMap<string, string>> {
    const now = await this.#inventory.files();
    if (options.anew !== true) return manifestOf(now);
    const { objects, tracked } = this.#written;
    const changed = await rewritten({ objects, root: this.root, entries: tracked.files, now });
    for (const path of changed) this.#rewritten.add(path);
    for (const [path, { oid }] of tracked.files) if (now.get(path)?.oid !== oid) this.#rewritten.add(path);
    return new Map([...manifestOf(now), ...changed.map((path): [string, string] => [toText(path), 'rewritten'])]);
  }

  copy(): Promise<TreeFolder> {
    return this.#written.copy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#written.release(this.#rewritten);
  }
}
