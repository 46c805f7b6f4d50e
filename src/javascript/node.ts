// Nodes of a syntax tree that remember what was asked of them: each question to the parser's own tree costs microseconds.
import type { SgNode } from '@ast-grep/napi';

/** There is one Node for each node of the tree, so that nodes may be compared and be keys. */
export class Node {
  readonly #inner: SgNode;
  readonly #known: Map<number, Node>;
  #fields: Map<string, Node | null> | undefined;
  #below: Map<string, readonly Node[]> | undefined;
  #named: boolean | undefined;
  #kind: string | undefined;
  #text: string | undefined;
  #range: ReturnType<SgNode['range']> | undefined;
  #children: readonly Node[] | undefined;
  #parent: Node | null | undefined;

  private constructor(inner: SgNode, known: Map<number, Node>) {
    this.#inner = inner;
    this.#known = known;
  }
  static root(inner: SgNode): Node {
    const root = new Node(inner, new Map());
    root.#known.set(inner.id(), root);
    root.#parent = null;
    return root;
  }
  #one(inner: SgNode): Node {
    const id = inner.id();
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const made = new Node(inner, this.#known);
    this.#known.set(id, made);
    return made;
  }

  id(): number {
    return this.#inner.id();
  }
  kind(): string {
    this.#kind ??= String(this.#inner.kind());
    return this.#kind;
  }
  isNamed(): boolean {
    this.#named ??= this.#inner.isNamed();
    return this.#named;
  }
  text(): string {
    this.#text ??= this.#inner.text();
    return this.#text;
  }
  range(): ReturnType<SgNode['range']> {
    this.#range ??= this.#inner.range();
    return this.#range;
  }
  children(): readonly Node[] {
    this.#children ??= this.#inner.children().map((inner) => {
      const child = this.#one(inner);
      child.#parent = this;
      return child;
    });
    return this.#children;
  }
  child(n: number): Node | null {
    return this.children()[n] ?? null;
  }
  /** Without punctuation and comments. */
  named(): readonly Node[] {
    return this.children().filter((one) => one.isNamed() && one.kind() !== 'comment');
  }
  field(name: string): Node | null {
    this.#fields ??= new Map();
    const known = this.#fields.get(name);
    if (known !== undefined) return known;
    const inner = this.#inner.field(name);
    const found = inner === null ? null : this.#one(inner);
    if (found !== null) found.#parent ??= this;
    this.#fields.set(name, found);
    return found;
  }
  parent(): Node | null {
    if (this.#parent === undefined) {
      const inner = this.#inner.parent();
      this.#parent = inner === null ? null : this.#one(inner);
    }
    return this.#parent;
  }
  /** All nodes of a kind below it, in the order of the text. */
  findAll(kind: string): readonly Node[] {
    this.#below ??= new Map();
    const known = this.#below.get(kind);
    if (known !== undefined) return known;
    const found = this.#inner.findAll({ rule: { kind } }).map((inner) => this.#one(inner));
    this.#below.set(kind, found);
    return found;
  }
  find(kind: string): Node | undefined {
    return this.findAll(kind)[0];
  }
}
