import path from 'node:path';
import { insidePaths, type Mount } from '../host/sandbox/contract.ts';
import type { TreeFolder } from './contract.ts';
import { copyAll, removeAll } from './files.ts';
import { type Frozen, stampsOf } from './frozen.ts';
import type { IgnoreRules } from './ignore.ts';
import { Inventory } from './inventory.ts';
import type { Objects } from './objects.ts';
import type { Outputs } from './outputs.ts';
import { type BytePath, toBytes, toText } from './path-bytes.ts';

export interface WrittenTree {
  readonly id: TreeFolder['id'];
  readonly root: string;
  readonly tree: string;
  readonly tracked: { readonly files: { has(path: BytePath): boolean }; readonly folders: ReadonlySet<BytePath> };
  readonly ignore: IgnoreRules;
  readonly outputs: Outputs;
  readonly objects: Objects;
  /** Names a folder for a copy that nobody else uses. */
  readonly newFolder: () => string;
  /** Where somebody else's code runs in the tree: what it may not write. */
  readonly frozen?: Frozen;
}

/** Manifest of the contract: path to mode and sha256. */
export const manifestOf = (
  files: ReadonlyMap<BytePath, { readonly mode: string; readonly sha256: string }>,
): ReadonlyMap<string, string> => new Map([...files].map(([file, { mode, sha256 }]) => [toText(file), `${mode} ${sha256}`]));

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

  constructor(written: WrittenTree) {
    this.id = written.id;
    this.root = written.root;
    this.tree = written.tree;
    this.#written = written;
    this.#inventory = new Inventory({ ...written, skip: written.outputs.skip }, written.objects);
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

  async manifest(): Promise<ReadonlyMap<string, string>> {
    return manifestOf(await this.#inventory.files());
  }

  async copy(): Promise<TreeFolder> {
    const root = this.#written.newFolder();
    await this.#inventory.files();
    await copyAll(this.root, root);
    const copy = new PlainTree({ ...this.#written, root });
    await copy.#inventory.adopt(this.#inventory);
    return copy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeAll(this.root);
  }
}
