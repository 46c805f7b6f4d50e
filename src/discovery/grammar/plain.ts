/** A node of a grammar's tree, copied out of the parser: the tree of the parser lives in memory that no garbage collector sees. */
export interface Plain {
  /** The name that the grammar gives: `call`, `function_definition`. */
  readonly kind: string;
  /** What it is to its parent: `name`, `body`. */
  readonly field: string | null;
  /** Offsets in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly named: boolean;
  readonly children: readonly Plain[];
  readonly parent: Plain | null;
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/** The text that nodes point into, with the offsets of its lines. */
export class SourceText {
  readonly text: string;
  #lines: readonly number[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  lineAt(offset: number): number {
    this.#lines ??= [...this.text.matchAll(/\n/g)].map(({ index }) => index);
    const ends = this.#lines;
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }
}

export class PlainNode implements Plain {
  readonly children: PlainNode[] = [];
  readonly source: SourceText;
  readonly kind: string;
  readonly field: string | null;
  readonly start: number;
  readonly end: number;
  readonly named: boolean;
  readonly parent: PlainNode | null;

  constructor(source: SourceText, parent: PlainNode | null, of: Pick<Plain, 'kind' | 'field' | 'start' | 'end' | 'named'>) {
    this.source = source;
    this.parent = parent;
    this.kind = of.kind;
    this.field = of.field;
    this.start = of.start;
    this.end = of.end;
    this.named = of.named;
  }

  get text(): string {
    return this.source.text.slice(this.start, this.end);
  }
  get line(): number {
    return this.source.lineAt(this.start);
  }
}

/** The child that is this to its parent. */
export const childOf = (node: Plain, field: string): Plain | undefined => node.children.find((child) => child.field === field);
/** Children with a name in the grammar: no brackets, no commas, no comments. */
export const namedOf = (node: Plain | undefined): readonly Plain[] =>
  node === undefined ? [] : node.children.filter(({ named, kind }) => named && !/comment$/.test(kind));
export const childrenOf = (node: Plain | undefined, kind: string): readonly Plain[] =>
  node === undefined ? [] : node.children.filter((child) => child.kind === kind);

/** All nodes of these kinds inside, in the order of the text; a loop, for trees may be deep. */
export function within(node: Plain | undefined, kinds: readonly string[]): readonly Plain[] {
  if (node === undefined) return [];
  const found: Plain[] = [];
  const open: Plain[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (kinds.includes(next.kind)) found.push(next);
    for (let n = next.children.length - 1; n >= 0; n -= 1) {
      const child = next.children[n];
      if (child !== undefined) open.push(child);
    }
  }
  return found;
}

/** The nearest node around of one of these kinds. */
export function around(node: Plain, kinds: readonly string[]): Plain | undefined {
  for (let at = node.parent; at !== null; at = at.parent) if (kinds.includes(at.kind)) return at;
  return undefined;
}
