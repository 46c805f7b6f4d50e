// The trees of one run, over the runner's own git. Nothing is written to the user's repository but by `deliver`.
import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../plugin-api.ts';
import { createAccess, type FullAccess } from './access.ts';
import { makeAgentGit } from './agent-git.ts';
import { baseFacts } from './base-facts.ts';
import { type Content, contentOf, withMissingLinks } from './content.ts';
import type { Access, Repository, SetUp, Snapshot, TreeChange, TreeFile, TreeFolder, Workspace } from './contract.ts';
import { deliver } from './deliver.ts';
import { compareEntries, type Entry, foldersOf, writeTree } from './entries.ts';
import { exists, removeAll, writeOut } from './files.ts';
import type { Environment } from './git.ts';
import { IgnoreRules } from './ignore.ts';
import { locate } from './locate.ts';
import { attachOutputs } from './outputs.ts';
import { overlay } from './overlay.ts';
import { type OwnGit, readBlobs, writeCommit } from './own-git.ts';
import { toBytes, toText } from './path-bytes.ts';
import { folderNames, PlainTree } from './tree-folder.ts';
import { defaultEnvironment, openUserGit } from './user-git.ts';
import { WorkTree } from './work-tree.ts';

export interface WorkspaceOptions {
  readonly repository: Repository;
  readonly base: Snapshot;
  /** Without an action phase: what is judged. */
  readonly candidate?: Snapshot;
  /** The runner's own repository, `stateFolders(…).of(id).git`. */
  readonly gitFolder: string;
  /** The run's folder; its trees live in `trees` below it, and `trees/work` outlives this process. */
  readonly runFolder: string;
  readonly setUp: SetUp;
  /** Of the user, for PATH and the author of what is delivered. */
  readonly env?: Environment;
}

export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { repository, base, gitFolder } = options;
  const env = options.env ?? defaultEnvironment();
  const located = await locate(repository.root);
  if (located.kind !== 'work-tree') {
    throw pluginError({
      code: 'repository/gone',
      message: `${repository.root} is no git repository any more.`,
      hint: 'Was it moved while the run was interrupted? Move it back, and resume.',
    });
  }
  const user = await openUserGit({ ...located, env });
  const own = await user.openOwn(gitFolder);
  const content = await contentOf(own, base.tree);
  const trees = path.join(options.runFolder, 'trees');
  // What an earlier process of this run left; the work tree is taken over.
  for (const name of await readdir(trees).catch(() => []))
    if (!/^work(\.ready)?$/.test(name)) await removeAll(path.join(trees, name));
  return new Trees({ options, env, own, user, content, trees });
}

interface TreesOptions {
  readonly options: WorkspaceOptions;
  readonly env: Environment;
  readonly own: OwnGit;
  readonly user: Awaited<ReturnType<typeof openUserGit>>;
  readonly content: Content;
  readonly trees: string;
}

class Trees implements Workspace {
  readonly repository: Repository;
  readonly base: Snapshot;
  readonly #o: TreesOptions;
  readonly #newFolder: (prefix: string) => string;
  readonly #rules = new Map<string, Promise<IgnoreRules>>();
  readonly #baseFolders = new Map<string, Promise<string>>();
  /** Set-up outputs whose links were looked at. */
  readonly #checked = new Set<string>();
  readonly #access = new WeakMap<Access, FullAccess>();
  #baseTree: Promise<TreeFolder> | undefined;
  #work: Promise<WorkTree> | undefined;

  constructor(o: TreesOptions) {
    this.#o = o;
    this.repository = o.options.repository;
    this.base = o.options.base;
    this.#newFolder = folderNames(o.trees);
  }

  async readBase(file: string): Promise<Uint8Array | undefined> {
    const entry = this.#o.content.entries.get(toBytes(path.posix.normalize(file)));
    if (entry === undefined || entry.mode === '160000') return undefined;
    return (await readBlobs(this.#o.own, [entry.oid])).get(entry.oid);
  }

  async baseFolder(folder: string): Promise<string> {
    const { own, content } = this.#o;
    const name = path.posix.normalize(folder).replace(/\/$/, '');
    const prefix = name === '.' ? '' : `${toBytes(name)}/`;
    const entries = new Map(
      [...content.entries].flatMap(([file, entry]): [string, Entry][] =>
        file.startsWith(prefix) ? [[file.slice(prefix.length), entry]] : [],
      ),
    );
    const tree = await writeTree(entries, own.objects);
    return memoised(this.#baseFolders, tree, async () => {
      const at = path.join(this.#o.trees, `base-${tree.slice(0, 16)}`);
      await writeOut({ own, tree, folder: at });
      return at;
    });
  }

  access(rules: Parameters<Workspace['access']>[0], protect: readonly string[]): Access {
    const { own, content, env } = this.#o;
    const base = baseFacts({ own, content, scope: this.repository.scope, env });
    const access = createAccess({ rules, protect, base });
    this.#access.set(access, access);
    return access;
  }

  #full(access: Access): FullAccess {
    const full = this.#access.get(access);
    if (full === undefined) throw new Error('these access rules are of another workspace');
    return full;
  }

  async work(from: Snapshot = this.base, access?: Access): Promise<TreeFolder> {
    this.#work ??= this.#openWork(from);
    const work = await this.#work;
    if (access === undefined) return work.folder();
    return work.folder({ access: this.#full(access), content: await contentOf(this.#o.own, from.tree) });
  }

  async #openWork(from: Snapshot): Promise<WorkTree> {
    const { own, trees, content: base, options } = this.#o;
    const root = path.join(trees, 'work');
    const ready = path.join(trees, 'work.ready');
    const content = await contentOf(own, from.tree);
    if (!(await exists(ready))) {
      await removeAll(root);
      await writeOut({ own, tree: content.expanded, folder: root });
      await mkdir(path.join(root, this.repository.scope), { recursive: true });
      await makeAgentGit(own, root, content.expanded);
    }
    const attached = await options.setUp({ root, id: 'work', tree: from.tree });
    const tracked = { tracked: content.folders, files: content.entries, checked: this.#checked };
    const outputs = await attachOutputs({ root, attached, ...tracked });
    const empty = path.join(trees, 'work-empty');
    await writeFile(empty, '');
    await writeFile(ready, '');
    const ignore = new IgnoreRules({ own, folder: root, lasting: false });
    const newFolder = () => this.#newFolder('work-copy');
    return new WorkTree({ own, root, scope: this.repository.scope, content, base, outputs, ignore, empty, newFolder });
  }

  async #opened(): Promise<WorkTree> {
    await this.work();
    if (this.#work === undefined) throw new Error('unreachable: work() has opened it');
    return this.#work;
  }

  async restoreWork(to: Snapshot): Promise<void> {
    await (await this.#opened()).restore(to.tree);
  }

  async snapshotWork(message: string, parent: string): Promise<Snapshot> {
    const tree = await (await this.#opened()).record();
    await this.#o.own.objects.sync();
    return { commit: await writeCommit(this.#o.own, { tree, parents: [parent], message }), tree };
  }

  async recordWork(paths?: readonly string[]): Promise<string> {
    return (await this.#opened()).record(paths);
  }

  baseTree(): Promise<TreeFolder> {
    this.#baseTree ??= this.#write('base', this.#o.content, this.#newFolder('base'));
    return this.#baseTree;
  }

  async gateTree(candidate: Snapshot, access: Access): Promise<TreeFolder> {
    const { own, content: base } = this.#o;
    const judged = await contentOf(own, candidate.tree);
    const links = new Map([...judged.links, ...base.links]);
    const entries = await overlay({
      own,
      base: base.entries,
      candidate: judged.entries,
      access: this.#full(access),
      scope: this.repository.scope,
    });
    const tree = await writeTree(withMissingLinks(entries, links), own.objects, links);
    return this.#write('candidate', await contentOf(own, tree), this.#newFolder('candidate'));
  }

  async #write(id: 'base' | 'candidate', content: Content, root: string): Promise<TreeFolder> {
    const { own, options } = this.#o;
    await writeOut({ own, tree: content.expanded, folder: root });
    await mkdir(path.join(root, this.repository.scope), { recursive: true });
    const attached = await options.setUp({ root, id, tree: content.tree });
    const files = content.entries;
    const outputs = await attachOutputs({ root, attached, tracked: content.folders, files, checked: this.#checked });
    return new PlainTree({
      id,
      root,
      tree: content.tree,
      tracked: { files, folders: foldersOf(files) },
      ignore: await this.#ignoreRules(content),
      outputs,
      objects: own.objects,
      newFolder: () => this.#newFolder(`${id}-copy`),
    });
  }

  /** The .gitignore files of a tree, apart from it: a step that writes its own there hides nothing by it. */
  #ignoreRules(content: Content): Promise<IgnoreRules> {
    const { own, trees } = this.#o;
    return memoised(this.#rules, content.tree, async () => {
      const entries = [...content.entries].filter(
        ([file, { mode }]) => /(^|\/)\.gitignore$/.test(file) && mode.startsWith('100'),
      );
      const folder = path.join(trees, `rules-${content.tree.slice(0, 16)}`);
      await writeOut({ own, tree: await writeTree(new Map(entries), own.objects), folder });
      return new IgnoreRules({ own, folder, lasting: true });
    });
  }

  async changed(from: string, to: string): ReturnType<Workspace['changed']> {
    const { own } = this.#o;
    const [before, after] = await Promise.all([contentOf(own, from), contentOf(own, to)]);
    return compareEntries(before.entries, after.entries).map((change) => ({
      path: toText(change.path),
      status: change.before === undefined ? 'added' : change.after === undefined ? 'removed' : 'changed',
    }));
  }

  async compare(from: string, to: string): Promise<readonly TreeChange[]> {
    const { own } = this.#o;
    const [before, after] = await Promise.all([contentOf(own, from), contentOf(own, to)]);
    const changes = compareEntries(before.entries, after.entries);
    const oids = changes.flatMap((change) =>
      [change.before, change.after].flatMap((entry) => (entry === undefined || entry.mode === '160000' ? [] : [entry.oid])),
    );
    const contents = await readBlobs(own, oids);
    const file = (entry: Entry | undefined): TreeFile | undefined =>
      entry === undefined ? undefined : { mode: entry.mode, content: contents.get(entry.oid) ?? new Uint8Array() };
    return changes.map((change) => ({ path: toText(change.path), before: file(change.before), after: file(change.after) }));
  }

  async diff(from: string, to: string, limitBytes: number): Promise<string> {
    const options = ['--no-ext-diff', '--no-textconv', '--no-color', '--find-renames'];
    const bytes = await this.#o.own.git.bytes(['diff-tree', '-r', '-p', ...options, from, to], { atMost: limitBytes + 1 });
    if (bytes.length <= limitBytes) return bytes.toString('utf8');
    const end = bytes.lastIndexOf('\n', limitBytes);
    return `${bytes.toString('utf8', 0, end + 1)}… cut at ${limitBytes} bytes\n`;
  }

  async deliver(run: string, snapshot: Snapshot): ReturnType<Workspace['deliver']> {
    const { own, user } = this.#o;
    await own.objects.sync();
    return deliver({ own, user, run, snapshot, base: this.base });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { trees, options } = this.#o;
    for (const name of await readdir(trees).catch(() => [])) {
      if (name !== 'work' && name !== 'work.ready') await removeAll(path.join(trees, name));
    }
    // Where nothing was made, no trace stays.
    for (const folder of [trees, options.runFolder]) await rmdir(folder).catch(() => {});
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
