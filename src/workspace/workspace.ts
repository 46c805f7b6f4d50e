// The trees of one run, over the runner's own git. Nothing is written to the user's repository but by `deliver`.
import { readdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { pluginError } from '../plugin-api.ts';
import { createAccess, type FullAccess } from './access.ts';
import { baseFacts } from './base-facts.ts';
import { type Content, contentOf, withMissingLinks } from './content.ts';
import type { Access, Repository, SetUp, Snapshot, TreeChange, TreeFile, TreeFolder, Workspace } from './contract.ts';
import { deliver } from './deliver.ts';
import { compareEntries, type Entry, writeTree } from './entries.ts';
import { removeAll } from './files.ts';
import { frozenOf } from './frozen.ts';
import type { Environment } from './git.ts';
import { locate } from './locate.ts';
import { overlay } from './overlay.ts';
import { type OwnGit, readBlobs, writeCommit } from './own-git.ts';
import { toBytes, toText } from './path-bytes.ts';
import { TreeWriter } from './tree-writer.ts';
import { defaultEnvironment, openUserGit } from './user-git.ts';
import type { WorkTree } from './work-tree.ts';

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
  readonly #writer: TreeWriter;
  readonly #access = new WeakMap<Access, FullAccess>();
  #baseTree: Promise<TreeFolder> | undefined;
  #baseFailures = 0;
  #work: Promise<WorkTree> | undefined;

  constructor(o: TreesOptions) {
    this.#o = o;
    this.repository = o.options.repository;
    this.base = o.options.base;
    const { own, trees, options } = o;
    this.#writer = new TreeWriter({ own, trees, scope: this.repository.scope, setUp: options.setUp });
  }

  async readBase(file: string): Promise<Uint8Array | undefined> {
    const entry = this.#o.content.entries.get(toBytes(path.posix.normalize(file)));
    if (entry === undefined || entry.mode === '160000') return undefined;
    return (await readBlobs(this.#o.own, [entry.oid])).get(entry.oid);
  }

  baseFolder(folder: string): Promise<string> {
    return this.#writer.folder(this.#o.content, folder);
  }

  access(...[rules, protect, outside = 'closed']: Parameters<Workspace['access']>): Access {
    const { own, content, env } = this.#o;
    const base = baseFacts({ own, content, scope: this.repository.scope, env });
    const access = createAccess({ rules, protect, base, outside });
    this.#access.set(access, access);
    return access;
  }

  #full(access: Access): FullAccess {
    const full = this.#access.get(access);
    if (full === undefined) throw new Error('these access rules are of another workspace');
    return full;
  }

  async work(from: Snapshot = this.base, access?: Access): Promise<TreeFolder> {
    this.#work ??= this.#writer.work({ from: from.tree, base: this.#o.content });
    const work = await this.#work;
    if (access === undefined) return work.folder();
    await work.hide(this.#full(access));
    return work.folder({ access: this.#full(access), content: await contentOf(this.#o.own, from.tree) });
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
    this.#baseTree ??= this.#makeBase();
    return this.#baseTree;
  }

  /**
   * A registry that was away for a moment must not spoil the run for every gate after it: whoever asks next has base made once more. Only
   * once, because a set-up that cannot succeed may take a quarter of an hour to say so.
   */
  #makeBase(): Promise<TreeFolder> {
    const made = this.#writer.write('base', this.#o.content);
    made.catch(() => {
      this.#baseFailures += 1;
      if (this.#baseFailures <= 1) this.#baseTree = undefined;
    });
    return made;
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
    const content = await contentOf(own, tree);
    const { scope } = this.repository;
    const frozen = frozenOf({ base: base.entries, judged: content.entries, access: this.#full(access), scope });
    return this.#writer.write('candidate', content, frozen);
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
