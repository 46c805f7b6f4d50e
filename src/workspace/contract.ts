// What the engine and the host know of repositories and trees.

import type { Mount } from '../host/sandbox/contract.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { AccessRules } from '../model/plan.ts';
import type { ChangedPath } from '../plugin-api.ts';

/** A git tree and the commit of the runner's own repository that holds it. */
export interface Snapshot {
  readonly commit: string;
  readonly tree: string;
}

/** The user's repository, opened; nothing here writes to it but `deliver`. */
export interface Repository {
  /** Absolute path of the root of the work tree. */
  readonly root: string;
  /** Scope relative to the root, '' for the root. */
  readonly scope: string;
  /** 16 hex digits of a hash of the root path; names the state folder. */
  readonly id: string;
  readonly head: string;
  readonly branch: string | undefined;
  readonly warnings: readonly Diagnostic[];
}

export interface BaseChoice {
  /** `--base`; default: HEAD with an action phase, else the merge base with the default branch. */
  readonly base?: string;
  readonly hasAction: boolean;
  /** Make uncommitted changes part of base. */
  readonly includeDirty: boolean;
  /** Without an action phase: HEAD instead of the working copy. */
  readonly committed: boolean;
}

/** Path class and the rule that decided it (LANGUAGE rule 10). */
export type PathClass = 'free' | 'protected' | 'append-only' | 'review' | 'denied';
export interface Decision {
  readonly class: PathClass;
  /** In words with its origin: "protected by default: test and coverage configuration". */
  readonly rule: string;
}
export interface Access {
  /** `path` relative to the scope, or starting with `../` for what lies outside it. */
  decide(path: string): Decision;
  mayRead(path: string): boolean;
  /**
   * May `path` go from `before` to `after`? `undefined`: does not exist. Append-only lets existing bytes stand and new cases
   * follow; `package.json` and `pyproject.toml` are judged by key.
   */
  judge(change: {
    readonly path: string;
    readonly before: Uint8Array | undefined;
    readonly after: Uint8Array | undefined;
  }): { readonly allowed: true } | { readonly allowed: false; readonly rule: string };
  /** For the brief: what may be edited and what is protected, in words. */
  describe(): string;
}

/** A file of a git tree; a link to a commit of a submodule has no content. */
export interface TreeFile {
  readonly mode: '100644' | '100755' | '120000' | '160000';
  readonly content: Uint8Array;
}
export interface TreeChange {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly before: TreeFile | undefined;
  readonly after: TreeFile | undefined;
}

/** A tree on disk, ready to be mounted. */
export interface TreeFolder extends AsyncDisposable {
  readonly id: 'base' | 'candidate' | 'work';
  /** Absolute folder of the tree's root on this machine. */
  readonly root: string;
  /** Git tree of the content that was written. */
  readonly tree: string;
  /** The root and, on top, its set-up outputs. `writable` says how the root is mounted; protected files are read-only on top. */
  mounts(options: { readonly writable: boolean }): readonly Mount[];
  /** Tracked content as it is now, by a walk of the file system: path → mode and git's id of the content; ignored files and set-up outputs left out. `anew`: time stamps are not believed. */
  manifest(options?: { readonly anew?: true }): Promise<ReadonlyMap<string, string>>;
  /** Of files that nobody may write, not even for a moment: which file lies there and when it was last touched. */
  stamps?(): Promise<ReadonlyMap<string, string>>;
  /** Of a private copy: manifest and stamps as they were before anybody else saw it, without a walk. */
  asWritten?(): { readonly manifest: ReadonlyMap<string, string>; readonly stamps: ReadonlyMap<string, string> };
  /**
   * A private copy for one step, as the tree was written, so that what the step writes is its own; set-up outputs are shared read-only.
   * To be disposed of when nothing that could write to it runs any more: its folder is used again.
   */
  copy(): Promise<TreeFolder>;
}

/** What set-up made for a tree: `path` relative to the root of the repository, `folder` in the store of this machine. */
export interface SetUpOutput {
  readonly path: string;
  readonly folder: string;
}
/**
 * Called once for each tree that is written, before anybody sees it. `mount`: the outputs lie read-only on top of the tree;
 * `copy`: no sandbox mounts here, so every tree gets its own copy.
 */
export type SetUp = (tree: {
  readonly root: string;
  readonly id: TreeFolder['id'];
  readonly tree: string;
}) => Promise<{ readonly outputs: readonly SetUpOutput[]; readonly place: 'mount' | 'copy' }>;

export interface Workspace extends AsyncDisposable {
  readonly repository: Repository;
  readonly base: Snapshot;
  /** Content of a path of base, relative to the root of the repository. */
  readBase(path: string): Promise<Uint8Array | undefined>;
  /** A folder of base, written out for reading; the same folder for the same content. Relative to the root of the repository. */
  baseFolder(path: string): Promise<string>;
  /** `outside`: what may change outside the scope; `as-inside` where nothing acts. Default: nothing. */
  access(rules: AccessRules | undefined, protect: readonly string[], outside?: 'closed' | 'as-inside'): Access;
  /**
   * The only tree that actions write. Made from `from` (default base); kept over attempts and over a resume. With `access` its
   * writable mounts have protected content read-only, and hidden files empty, on top.
   */
  work(from?: Snapshot, access?: Access): Promise<TreeFolder>;
  /** Makes the work tree equal to a snapshot, deletions and modes included. */
  restoreWork(to: Snapshot): Promise<void>;
  /** Snapshot of the work tree with the runner's own git directory, as a child of `parent`. */
  snapshotWork(message: string, parent: string): Promise<Snapshot>;
  /** Tree id only, for records inside an action step; narrowed to `paths` (relative to the root of the repository) when given. */
  recordWork(paths?: readonly string[]): Promise<string>;
  /** Base, as a folder; shared by all steps, read-only. */
  baseTree(): Promise<TreeFolder>;
  /** The candidate overlaid with base's protected files, in a fresh folder. */
  gateTree(candidate: Snapshot, access: Access): Promise<TreeFolder>;
  changed(from: string, to: string): Promise<readonly ChangedPath[]>;
  /** What differs between two trees, with the contents on both sides. */
  compare(from: string, to: string): Promise<readonly TreeChange[]>;
  /** Unified diff between two trees, at most `limitBytes`. */
  diff(from: string, to: string, limitBytes: number): Promise<string>;
  /** Writes one new ref `bexpert/<run>` with the objects it needs to the user's repository, and nothing else. */
  deliver(run: string, snapshot: Snapshot): Promise<{ readonly ref: string; readonly commit: string }>;
}
