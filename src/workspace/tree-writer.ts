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
import { attachOutputs, type Outputs } from './outputs.ts';
import type { OwnGit } from './own-git.ts';
import { toBytes } from './path-bytes.ts';
import { PlainTree } from './tree-folder.ts';
import { WorkTree } from './work-tree.ts';

export interface TreeWriterOptions {
  readonly own: OwnGit;
  /** Folder of all trees of the run. */
  readonly trees: string;
  readonly scope: string;
  readonly setUp: SetUp;
}

export class TreeWriter {
  readonly #o: TreeWriterOptions;
  readonly #rules = new Map<string, Promise<IgnoreRules>>();
  readonly #folders = new Map<string, Promise<string>>();
  /** Set-up outputs whose links were looked at. */
  readonly #checked = new Set<string>();
  #count = 0;

  constructor(options: TreeWriterOptions) {
    this.#o = options;
  }

  #newFolder(prefix: string): string {
    this.#count += 1;
    return path.join(this.#o.trees, `${prefix}-${this.#count}`);
  }

  async write(id: 'base' | 'candidate', content: Content, frozen?: Frozen): Promise<TreeFolder> {
    const { own, scope } = this.#o;
    const root = this.#newFolder(id);
    await writeOut({ own, tree: content.expanded, folder: root });
    await mkdir(path.join(root, scope), { recursive: true });
    const outputs = await this.#outputs({ root, id, content }).catch(async (error: unknown) => {
      await removeAll(root);
      throw error;
    });
    return new PlainTree({
      id,
      root,
      tree: content.tree,
      tracked: { files: content.entries, folders: content.folders },
      ignore: await this.#ignoreRules(content),
      outputs,
      objects: own.objects,
      newFolder: () => this.#newFolder(`${id}-copy`),
      ...(frozen === undefined ? {} : { frozen }),
    });
  }

  /** The work tree of this run, as it was left or made anew. */
  async work(o: { readonly from: string; readonly base: Content }): Promise<WorkTree> {
    const { own, trees, scope } = this.#o;
    const root = path.join(trees, 'work');
    const ready = path.join(trees, 'work.ready');
    const content = await contentOf(own, o.from);
    if (!(await exists(ready))) {
      await removeAll(root);
      await writeOut({ own, tree: content.expanded, folder: root });
      await mkdir(path.join(root, scope), { recursive: true });
      await makeAgentGit(own, root, content.expanded);
    }
    const outputs = await this.#outputs({ root, id: 'work', content });
    const empty = path.join(trees, 'work-empty');
    await writeFile(empty, '');
    await writeFile(ready, '');
    const ignore = new IgnoreRules({ own, folder: root, lasting: false });
    const newFolder = () => this.#newFolder('work-copy');
    return new WorkTree({ own, root, scope, content, base: o.base, outputs, ignore, empty, newFolder });
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
