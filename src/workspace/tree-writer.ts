// Writes the trees of one run out of git, each with its set-up outputs.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeAgentGit } from './agent-git.ts';
import { type Content, contentOf } from './content.ts';
import type { SetUp, TreeFolder } from './contract.ts';
import { type Entry, writeTree } from './entries.ts';
import { exists, removeAll, writeOut } from './files.ts';
import type { Frozen } from './frozen.ts';
import { IgnoreRules } from './ignore.ts';
import { type Imprint, imprintOf } from './imprint.ts';
import { attachOutputs, type Outputs } from './outputs.ts';
import type { OwnGit } from './own-git.ts';
import { toBytes } from './path-bytes.ts';
import { FolderStock, type Held, type Wanted } from './stock.ts';
import { PlainTree } from './tree-folder.ts';
import { WorkTree } from './work-tree.ts';

export interface TreeWriterOptions {
  readonly own: OwnGit;
  /** Folder of all trees of the run. */
  readonly trees: string;
  readonly scope: string;
  readonly setUp: SetUp;
}

/** What the copies of a tree have in common. */
interface Shared {
  readonly id: 'base' | 'candidate';
  readonly content: Content;
  readonly outputs: Outputs;
  readonly ignore: IgnoreRules;
  readonly frozen?: Frozen;
}

export class TreeWriter {
  readonly #o: TreeWriterOptions;
  readonly #stock: FolderStock;
  readonly #rules = new Map<string, Promise<IgnoreRules>>();
  readonly #folders = new Map<string, Promise<string>>();
  /** Set-up outputs whose links were looked at. */
  readonly #checked = new Set<string>();
  #count = 0;

  constructor(options: TreeWriterOptions) {
    this.#o = options;
    this.#stock = new FolderStock(options.own, () => this.#newFolder('tree'));
  }

  #newFolder(prefix: string): string {
    this.#count += 1;
    return path.join(this.#o.trees, `${prefix}-${this.#count}`);
  }

  /** A tree that is only looked at; steps that run commands get copies of it. */
  write(id: 'base' | 'candidate', content: Content, frozen?: Frozen): Promise<TreeFolder> {
    return this.#filled({ content }, async (root) => {
      const outputs = await this.#outputs({ root, id, content });
      const ignore = await this.#ignoreRules(content);
      return { shared: true, tree: { id, content, outputs, ignore, ...(frozen === undefined ? {} : { frozen }) } };
    });
  }

  #copyOf(tree: Shared): Promise<TreeFolder> {
    return this.#filled(tree, async (root) => {
      await tree.outputs.lay(root);
      return { shared: false, tree };
    });
  }

  /** A folder with the files of a content and what `lay` brings into it; nothing stays of one that cannot be completed. */
  async #filled(
    wanted: Wanted,
    lay: (root: string) => Promise<{ readonly shared: boolean; readonly tree: Shared }>,
  ): Promise<TreeFolder> {
    const { scope } = this.#o;
    const held = await this.#stock.take(wanted);
    try {
      // A scope may hold no file that git tracks.
      await mkdir(path.join(held.root, scope), { recursive: true });
      const { shared, tree } = await lay(held.root);
      const sealed = await this.#stock.seal(held, tree.outputs, scope === '' ? [] : [toBytes(scope)]);
      if (shared) this.#stock.lend(sealed);
      return this.#folderOf(tree, sealed);
    } catch (error) {
      await removeAll(held.root);
      throw error;
    }
  }

  #folderOf(tree: Shared, held: Held): TreeFolder {
    const { content, frozen, ...rest } = tree;
    return new PlainTree({
      ...rest,
      root: held.root,
      tree: content.tree,
      tracked: { files: content.entries, folders: content.folders },
      imprint: held.imprint,
      objects: this.#o.own.objects,
      copy: () => this.#copyOf(tree),
      release: async (rewritten) => this.#stock.give(held, rewritten),
      ...(frozen === undefined ? {} : { frozen }),
    });
  }

  /** The work tree of this run, as it was left or made anew. */
  async work(o: { readonly from: string; readonly base: Content }): Promise<WorkTree> {
    const { own, trees, scope } = this.#o;
    const root = path.join(trees, 'work');
    const ready = path.join(trees, 'work.ready');
    const content = await contentOf(own, o.from);
    let imprint: Imprint | undefined;
    if (!(await exists(ready))) {
      await removeAll(root);
      await writeOut({ own, tree: content.expanded, folder: root });
      imprint = await imprintOf(root);
      await mkdir(path.join(root, scope), { recursive: true });
      await makeAgentGit(own, root, content.expanded);
    }
    const outputs = await this.#outputs({ root, id: 'work', content });
    const empty = path.join(trees, 'work-empty');
    await writeFile(empty, '');
    await writeFile(ready, '');
    const ignore = new IgnoreRules({ own, folder: root, lasting: false });
    const newFolder = () => this.#newFolder('work-copy');
    const written = imprint === undefined ? {} : { imprint };
    return new WorkTree({ own, root, scope, content, base: o.base, outputs, ignore, empty, newFolder, ...written });
  }

  async #outputs(o: { readonly root: string; readonly id: TreeFolder['id']; readonly content: Content }): Promise<Outputs> {
    const { root, id, content } = o;
    const attached = await this.#o.setUp({ root, id, tree: content.tree });
    return attachOutputs({ root, attached, tracked: content.folders, files: content.entries, checked: this.#checked });
  }

  /** A folder of a tree, for reading; the same for the same content. */
  async folder(content: Content, folder: string): Promise<string> {
    const { own, trees } = this.#o;
    const name = path.posix.normalize(folder).replace(/\/$/, '');
    const prefix = name === '.' ? '' : `${toBytes(name)}/`;
    const inside = [...content.entries].filter(([file]) => file.startsWith(prefix));
    const tree = await writeTree(
      new Map(inside.map(([file, entry]): [string, Entry] => [file.slice(prefix.length), entry])),
      own.objects,
    );
    return memoised(this.#folders, tree, async () => {
      const at = path.join(trees, `read-${tree.slice(0, 16)}`);
      await writeOut({ own, tree, folder: at });
      return at;
    });
  }

  /** The .gitignore files of a tree, apart from it: a step that writes its own there hides nothing by it. */
  #ignoreRules(content: Content): Promise<IgnoreRules> {
    const { own, trees } = this.#o;
    return memoised(this.#rules, content.tree, async () => {
      const rules = [...content.entries].filter(([file, { mode }]) => /(^|\/)\.gitignore$/.test(file) && mode.startsWith('100'));
      const folder = path.join(trees, `rules-${content.tree.slice(0, 16)}`);
      await writeOut({ own, tree: await writeTree(new Map(rules), own.objects), folder });
      return new IgnoreRules({ own, folder, lasting: true });
    });
  }
}

function memoised<V>(cache: Map<string, Promise<V>>, key: string, make: () => Promise<V>): Promise<V> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  made.catch(() => cache.delete(key));
  return made;
}
