// What adapters read: the files of one scope, their facts, and syntax trees that are made when they are asked for.
import type { Node, Program } from 'oxc-parser';
import type { Plain } from '../grammar/plain.ts';
import type { Ecma } from './meaning.ts';
import type { Language, NotUnderstood } from './place.ts';

/** What the files of a scope come from. A `Tree` of a plugin's host is one. */
export interface Files {
  /** Names the content; empty: unknown, and nothing of it is kept for the next time. */
  readonly hash: string;
  /** Sorted paths of regular files that match. */
  glob(patterns: readonly string[]): Promise<readonly string[]>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Absolute folder of this machine where facts of large projects are kept for the next time; trees that the runner makes may have it. */
  readonly facts?: string;
}

/** What is said of a file without judging any framework. It depends on nothing but the file's content. */
export interface FileFacts {
  /** SHA-1 of the content, in base64. */
  readonly hash: string;
  readonly language: Language;
  readonly lines: number;
  readonly imports: readonly ImportFact[];
  /** `name`: `default`, `*` (passed on whole) or the exported name. `local`: its name in this file; `from`: the module that it is passed on from. */
  readonly exports: readonly { readonly name: string; readonly local: string | null; readonly from: string | null }[];
  /**
   * Words that tell adapters whether a file matters to them: `express` and `drizzle-orm/pg-core` (what it imports; of a subpath also the
   * package), `@Controller` (a decorator), `extends Model` (a base class, `extends Sequelize.Model` as it is written), `export GET`
   * (an exported name), `call pgTable` (the last name of what is called).
   */
  readonly marks: readonly string[];
  /** Ranges of the text that do not parse: the tree is without them. */
  readonly leftOut: readonly (readonly [start: number, end: number])[];
  readonly trouble: readonly NotUnderstood[];
}
export interface ImportFact {
  readonly from: string;
  /** `imported`: `default`, `*` or a name. */
  readonly names: readonly (readonly [imported: string, local: string])[];
  readonly kind: 'import' | 'require' | 'dynamic' | 'reexport';
  readonly line: number;
}

export interface Unit<Tree> {
  readonly file: string;
  readonly text: string;
  readonly facts: FileFacts;
  readonly tree: Tree;
  /** 1-based line of an offset into `text`. */
  lineAt(offset: number): number;
}
/** The node types whose `type` may be T: functions and classes share one shape under several names. */
export type NodeOf<T extends Node['type']> = Node extends infer N
  ? N extends { readonly type: infer U }
    ? T extends U
      ? N
      : never
    : never
  : never;
/** A JavaScript or TypeScript file. Every node of its tree has its `parent`; parentheses are no nodes. */
export interface EcmaUnit extends Unit<Program> {
  /** All nodes of a type, in the order of their starts. */
  nodes<T extends Node['type']>(type: T): readonly NodeOf<T>[];
  /** The text of a node. */
  textOf(node: { readonly start: number; readonly end: number }): string;
  /** The text of a node without line breaks, for excerpts: at most 80 characters unless told. */
  excerpt(node: { readonly start: number; readonly end: number }, longest?: number): string;
  /** Line on which a node begins. */
  lineOf(node: { readonly start: number }): number;
}
/** One scope: one service of a monorepo, or the whole tree. Paths are relative to the tree that it was opened on. */
export interface Reading {
  /** Folder of the scope relative to the tree; empty: the tree. */
  readonly scope: string;
  /** All files of the scope, sorted; also those that no adapter reads. */
  readonly files: readonly string[];
  /** Source files that are read, by path, in the order of their paths. */
  readonly facts: ReadonlyMap<string, FileFacts>;
  /** Files that could not be read, or not wholly. */
  readonly trouble: readonly NotUnderstood[];
  /** Parsed when asked; least recently used trees are let go, so compare nodes by `js.keyOf`, not by identity, over long times. */
  ecma(file: string): EcmaUnit | undefined;
  plain(file: string): Unit<Plain> | undefined;
  /** The content of a source file, of a manifest, or of what a stack asked for with `reads`. */
  text(file: string): string | undefined;
  /** Files with a mark, in the order of their paths. */
  marked(mark: string | RegExp): readonly string[];
  /** Dependencies that manifests of the scope name (package.json, pyproject.toml, requirements, go.mod, pom.xml, Gemfile): version by name. */
  readonly packages: ReadonlyMap<string, string>;
  readonly js: Ecma;
}

/** The adapter of one framework or ORM: all that it knows, and nothing that runs the project. */
export interface Stack<Found> {
  /** `nestjs`: as outputs name it. */
  readonly name: string;
  readonly language: Language;
  /** Any of them in the scope is a sign of the stack; see `FileFacts.marks`. */
  readonly marks: readonly (string | RegExp)[];
  /** Globs of files besides sources that it reads by `text`: `**\/*.prisma`. */
  readonly reads?: readonly string[];
  present(reading: Reading): boolean;
  read(reading: Reading, say: (what: NotUnderstood) => void): Found;
  /** The documentation that it follows, with its version. */
  readonly knownFrom: string;
}
