// A repository that exists only in the test: trees are maps of files, and nothing is written anywhere.
import { createHash } from 'node:crypto';
import type { ChangedPath } from '../plugin-api.ts';
import { createAccess } from '../workspace/access.ts';
import type { Access, Snapshot, TreeChange, TreeFile, TreeFolder, Workspace } from '../workspace/contract.ts';
import type { Edit } from './answers.ts';

/** What differs from base: the text that stands in a file, or null where there is none. */
type Tree = ReadonlyMap<string, string | null>;

const ofBase = 'as in base';

export class World {
  readonly workspace: Workspace;
  /** Attempts that were delivered, by their commit. */
  readonly delivered: string[] = [];
  readonly #trees = new Map<string, Tree>();
  /** Files that are said to be new; every other file is in base. */
  readonly #added = new Set<string>();
  #work: Tree = new Map();
  #edits = 0;

  constructor(options: { readonly branch: string; readonly edits: readonly Edit[] }) {
    for (const { adds } of options.edits) for (const file of adds) this.#added.add(file);
    this.workspace = this.#workspaceOf(options.branch);
  }

  /** Changes the tree that actions write. */
  edit(edit: Edit): void {
    this.#work = this.#edited(this.#work, edit);
  }

  /** A working copy with these changes. */
  candidate(edit: Edit): Snapshot {
    return this.#snapshot(this.#edited(new Map(), edit));
  }

  #edited(tree: Tree, { changes, adds, removes }: Edit): Tree {
    this.#edits++;
    const next = new Map(tree);
    for (const [file, text] of changes) next.set(file, text ?? `changed by edit ${this.#edits}`);
    for (const file of adds) next.set(file, `added by edit ${this.#edits}`);
    for (const file of removes) {
      if (this.#added.has(file)) next.delete(file);
      else next.set(file, null);
    }
    return next;
  }

  #keep(tree: Tree): string {
    const files = [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
    const id = createHash('sha1').update(JSON.stringify(files)).digest('hex');
    this.#trees.set(id, tree);
    return id;
  }
  #snapshot(tree: Tree): Snapshot {
    const id = this.#keep(tree);
    return { commit: id, tree: id };
  }
  #tree(id: string): Tree {
    return this.#trees.get(id) ?? new Map();
  }

  #differences(from: string, to: string): readonly TreeChange[] {
    const [before, after] = [this.#tree(from), this.#tree(to)];
    const fileOf = (tree: Tree, path: string): TreeFile | undefined => {
      const text = tree.has(path) ? tree.get(path) : this.#added.has(path) ? null : ofBase;
      return text === null || text === undefined ? undefined : { mode: '100644', content: Buffer.from(text) };
    };
    return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((path) => {
      const change = { path, before: fileOf(before, path), after: fileOf(after, path) };
      const same = Buffer.compare(change.before?.content ?? Buffer.of(0), change.after?.content ?? Buffer.of(0)) === 0;
      return same ? [] : [change];
    });
  }

  #folder(id: TreeFolder['id'], tree: string): TreeFolder {
    const folder: TreeFolder = {
      id,
      root: `/${id}`,
      tree,
      mounts: () => [],
      manifest: async () => new Map(),
      copy: async () => folder,
      [Symbol.asyncDispose]: async () => {},
    };
    return folder;
  }

  #access(rules: Parameters<Workspace['access']>[0], protect: readonly string[]): Access {
    const base = {
      has: (path: string) => !this.#added.has(path),
      holds: () => true,
      content: (path: string) => (this.#added.has(path) ? undefined : Buffer.from(ofBase)),
      submodule: () => undefined,
    };
    return createAccess({ rules, protect, base });
  }

  #workspaceOf(branch: string): Workspace {
    const base = this.#snapshot(new Map());
    const changed = (from: string, to: string): readonly ChangedPath[] =>
      this.#differences(from, to).map(({ path, before, after }) => ({
        path,
        status: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
      }));
    return {
      repository: { root: '/test', scope: '', id: 'test', head: base.commit, branch, warnings: [] },
      base,
      readBase: async () => undefined,
      baseFolder: async (path) => path,
      access: (rules, protect) => this.#access(rules, protect),
      work: async () => this.#folder('work', this.#keep(this.#work)),
      restoreWork: async ({ tree }) => {
        this.#work = this.#tree(tree);
      },
      snapshotWork: async () => this.#snapshot(this.#work),
      recordWork: async () => this.#keep(this.#work),
      baseTree: async () => this.#folder('base', base.tree),
      gateTree: async ({ tree }, access) => {
        // Gates see base's files wherever the candidate may not change them.
        const open = [...this.#tree(tree)].filter(([path]) => !/protected|denied/.test(access.decide(path).class));
        return this.#folder('candidate', this.#keep(new Map(open)));
      },
      changed: async (from, to) => changed(from, to),
      compare: async (from, to) => this.#differences(from, to),
      diff: async () => '',
      deliver: async (run, { commit }) => {
        this.delivered.push(commit);
        return { ref: `refs/heads/bexpert/${run}`, commit };
      },
      [Symbol.asyncDispose]: async () => {},
    };
  }
}
