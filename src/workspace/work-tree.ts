// The one tree that actions write. What it holds is known by walking it; its own .git is the agent's, and nobody else's.
import { lstat, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Mount } from '../host/sandbox/contract.ts';
import type { FullAccess } from './access.ts';
import { makeAgentGit } from './agent-git.ts';
import { type Content, contentOf, withMissingLinks } from './content.ts';
import type { TreeFolder } from './contract.ts';
import { compareEntries, type Entry, foldersOf, type Link, writeTree } from './entries.ts';
import { copyAll, removeAll, writeSome } from './files.ts';
import type { IgnoreRules } from './ignore.ts';
import type { Imprint } from './imprint.ts';
import { Inventory } from './inventory.ts';
import type { Outputs } from './outputs.ts';
import type { OwnGit } from './own-git.ts';
import { type BytePath, parents, toBuffer, toBytes, toText } from './path-bytes.ts';
import { protectedMounts } from './protection.ts';
import { scopePath } from './scope.ts';
import { manifestOf, PlainTree, rootMount } from './tree-folder.ts';

export interface WorkTreeOptions {
  readonly own: OwnGit;
  readonly root: string;
  readonly scope: string;
  /** Where the work began. */
  readonly content: Content;
  readonly base: Content;
  readonly outputs: Outputs;
  readonly ignore: IgnoreRules;
  readonly empty: string;
  readonly newFolder: () => string;
  /** As the runner wrote it; undefined where it was taken over from another process. */
  readonly imprint?: Imprint;
}

export class WorkTree {
  readonly #o: WorkTreeOptions;
  readonly #inventory: Inventory;
  readonly #tracked: { files: { has(path: BytePath): boolean }; folders: ReadonlySet<BytePath> };
  readonly #links: Map<BytePath, Link>;
  /** The list of the last record; undefined before the first one. */
  #listed: Map<BytePath, Entry> | undefined;
  #tree: string;
  /** What of its content the agent's own repository does not have. */
  #hidden = '';

  constructor(options: WorkTreeOptions) {
    this.#o = options;
    this.#tree = options.content.tree;
    this.#links = new Map([...options.base.links, ...options.content.links]);
    // What base tracks is never ignored, whatever a .gitignore says now.
    this.#tracked = { files: options.base.entries, folders: options.base.folders };
    this.#track(options.content);
    this.#inventory = new Inventory(
      { root: options.root, tracked: this.#tracked, ignore: options.ignore, skip: options.outputs.skip },
      options.own.objects,
    );
    if (options.imprint !== undefined) this.#inventory.trust(options.content.entries, options.imprint);
  }

  #track(content: Content): void {
    const { base } = this.#o;
    this.#tracked.files = { has: (file) => content.entries.has(file) || base.entries.has(file) };
    this.#tracked.folders = new Set([...content.folders, ...base.folders]);
  }

  /** The tree as it is now. Narrowed to `paths`, everything else counts as it was at the last record. */
  async record(paths?: readonly string[]): Promise<string> {
    // New rules of what is ignored concern every path.
    const rules = paths?.some((file) => path.posix.basename(file) === '.gitignore') ?? false;
    const listed = rules ? undefined : this.#listed;
    const files = new Map<BytePath, Entry>();
    if (listed === undefined || paths === undefined) {
      for (const [file, { mode, oid }] of await this.#inventory.files(true)) files.set(file, { mode, oid });
    } else {
      for (const [file, entry] of listed) files.set(file, entry);
      for (const file of paths.map((text) => toBytes(path.posix.normalize(text)))) {
        const now = await this.#inventory.file(file);
        for (const other of now === undefined ? [file] : [file, ...parents(file)]) files.delete(other);
        if (now !== undefined) files.set(file, { mode: now.mode, oid: now.oid });
      }
    }
    this.#listed = files;
    this.#tree = await writeTree(withMissingLinks(files, this.#links), this.#o.own.objects, this.#links);
    return this.#tree;
  }

  /** Makes the files on disk those of a tree; ignored files and set-up outputs stay. */
  async restore(tree: string): Promise<void> {
    const { own, root } = this.#o;
    const target = await contentOf(own, tree);
    for (const [file, link] of target.links) this.#links.set(file, link);
    this.#track(target);
    const wanted = new Map([...target.entries].filter(([, { mode }]) => mode !== '160000'));
    let now = await this.record();
    // More than once where a .gitignore comes back: what it no longer ignores has to go too.
    for (let pass = 0; now !== tree && pass < 4; pass += 1) {
      const write: BytePath[] = [];
      for (const { path: file, after } of compareEntries(this.#listed ?? new Map(), wanted)) {
        if (after === undefined) await this.#remove(file, target.folders);
        else write.push(file);
      }
      for (const file of write) await this.#clear(file);
      if (write.length > 0) {
        const paths = toBuffer(write.map((file) => `${file}\0`).join(''));
        await writeSome({ own, tree: target.expanded, folder: root, paths });
      }
      now = await this.record();
    }
    if (now !== tree) throw new Error(`the work tree holds ${now} after it was restored to ${tree}`);
  }

  async #remove(file: BytePath, keep: ReadonlySet<BytePath>): Promise<void> {
    await unlink(this.#at(file));
    for (const parent of parents(file)) {
      if (keep.has(parent)) return;
      const removed = await rmdir(this.#at(parent)).then(
        () => true,
        () => false,
      );
      if (!removed) return;
    }
  }

  /** Nothing may lie where a file will be written, and only folders above it. From the top, so that no link is followed. */
  async #clear(file: BytePath): Promise<void> {
    for (const parent of [...parents(file)].reverse()) {
      const status = await lstat(this.#at(parent)).catch(() => undefined);
      if (status?.isDirectory() === true) continue;
      if (status !== undefined) await unlink(this.#at(parent));
      return;
    }
    const status = await lstat(this.#at(file)).catch(() => undefined);
    if (status?.isDirectory() === true) await removeAll(this.#at(file));
    else if (status !== undefined) await unlink(this.#at(file));
  }

  #at(file: BytePath): Buffer {
    return toBuffer(`${toBytes(this.#o.root)}/${file}`);
  }

  /** Takes what rules hide out of the agent's own repository too: a mount covers a file, and none of git's objects. */
  async hide(access: FullAccess): Promise<void> {
    const { own, root, scope, content } = this.#o;
    const hidden = [...content.entries].filter(([file]) => !access.mayRead(scopePath(toText(file), scope)));
    const key = hidden.map(([file]) => file).join('\0');
    if (key === this.#hidden) return;
    this.#hidden = key;
    const oid = await own.objects.write('blob', new Uint8Array());
    const shown = new Map([...content.entries, ...hidden.map(([file, { mode }]): [BytePath, Entry] => [file, { mode, oid }])]);
    await removeAll(path.join(root, '.git'));
    await makeAgentGit(own, root, await writeTree(shown, own.objects));
  }

  /** As steps see it; with `closed` protected content is read-only on top. */
  folder(closed?: { readonly access: FullAccess; readonly content: Content }): TreeFolder {
    const work = this;
    const { root, scope, outputs, empty } = this.#o;
    const writableMounts = closed === undefined ? undefined : protectedMounts({ root, scope, empty, ...closed });
    return {
      id: 'work',
      root,
      get tree() {
        return work.#tree;
      },
      mounts: ({ writable }): readonly Mount[] => [
        ...(writable && writableMounts !== undefined ? writableMounts : [rootMount(root, writable)]),
        ...outputs.mounts,
      ],
      manifest: async () => manifestOf(await work.#inventory.files()),
      copy: () => work.#copy(),
      // The work tree outlives every step.
      async [Symbol.asyncDispose]() {},
    };
  }

  async #copy(): Promise<TreeFolder> {
    const { own, newFolder, ignore, outputs } = this.#o;
    const root = newFolder();
    const tree = await this.record();
    await copyAll(this.#o.root, root);
    await removeAll(path.join(root, '.git'));
    const { entries } = await contentOf(own, tree);
    return new PlainTree({
      id: 'work',
      root,
      tree,
      tracked: { files: entries, folders: foldersOf(entries) },
      ignore,
      outputs,
      objects: own.objects,
      copy: () => this.#copy(),
      release: () => removeAll(root),
    });
  }
}
