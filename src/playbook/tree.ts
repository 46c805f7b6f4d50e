// The values of several files as one tree, in which each value knows the file and the path that it came from.
import type { Path, Place } from '../model/location.ts';
import type { Json } from '../plugin-api.ts';
import type { Source } from './source.ts';

export interface Origin {
  readonly source: Source;
  readonly path: Path;
  /** Where a character of the text stood before names in it were replaced. */
  readonly offset?: (offset: number) => number;
}
export type Node =
  | { readonly kind: 'scalar'; readonly value: string | number | boolean | null; readonly origin: Origin }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly origin: Origin }
  | { readonly kind: 'map'; readonly fields: ReadonlyMap<string, Node>; readonly origin: Origin };
export type MapNode = Extract<Node, { readonly kind: 'map' }>;

/** The whole value of a file. */
export function nodeOf(value: unknown, origin: Origin): Node {
  const { source, path, offset } = origin;
  const below = (step: string | number): Origin =>
    offset === undefined ? { source, path: [...path, step] } : { source, path: [...path, step], offset };
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item, index) => nodeOf(item, below(index))), origin };
  if (typeof value === 'object' && value !== null) {
    const fields = new Map<string, Node>();
    for (const key of Object.keys(value)) fields.set(key, nodeOf((value as Readonly<Record<string, unknown>>)[key], below(key)));
    return { kind: 'map', fields, origin };
  }
  if (typeof value === 'string' || typeof value === 'boolean') return { kind: 'scalar', value, origin };
  if (typeof value === 'number') return { kind: 'scalar', value, origin };
  return { kind: 'scalar', value: value === null || value === undefined ? null : String(value), origin };
}

export function plain(node: Node): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plain);
    case 'map':
      return plainFields(node);
  }
}

function plainFields({ fields }: MapNode): Json {
  const value: Record<string, Json> = {};
  for (const [key, item] of fields) value[key] = plain(item);
  return value;
}

/** The node at a path, or the nearest one above it with what is left of the path. */
export function reach(node: Node, path: Path): { readonly node: Node; readonly rest: Path } {
  let at = node;
  for (const [depth, step] of path.entries()) {
    const next = at.kind === 'map' ? at.fields.get(String(step)) : at.kind === 'list' ? at.items[Number(step)] : undefined;
    if (next === undefined) return { node: at, rest: path.slice(depth) };
    at = next;
  }
  return { node: at, rest: [] };
}

/** Where a node stands. The head of a map is its first key: a map as a whole would mark many lines. */
export function placeOf(node: Node, what: 'key' | 'value' | 'head' = 'head'): Place {
  const { source, path } = node.origin;
  if (what === 'key') return source.place(path, 'key');
  if (what === 'head' && node.kind === 'map') {
    const first = node.fields.values().next().value;
    if (first !== undefined && first.origin.source === source) return source.place(first.origin.path, 'key');
  }
  return source.place(path);
}

/** Where characters of a node's text stand. */
export function placeInText({ origin }: Node, start: number, end: number): Place {
  const { source, path, offset = (at: number) => at } = origin;
  return source.placeOffset(path, offset(start), offset(end));
}

export const field = (node: Node | undefined, key: string): Node | undefined =>
  node?.kind === 'map' ? node.fields.get(key) : undefined;
export const fieldsOf = (node: Node | undefined): ReadonlyMap<string, Node> => (node?.kind === 'map' ? node.fields : new Map());
export const itemsOf = (node: Node | undefined): readonly Node[] => (node?.kind === 'list' ? node.items : []);
export const textOf = (node: Node | undefined): string | undefined =>
  node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
export const numberOf = (node: Node | undefined): number | undefined =>
  node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined;
export const textsOf = (node: Node | undefined): readonly string[] => itemsOf(node).flatMap((item) => textOf(item) ?? []);

/** Every text below a node, with its path. */
export function* textsBelow(
  node: Node,
  path: Path = [],
): Generator<{ readonly node: Node; readonly text: string; readonly path: Path }> {
  if (node.kind === 'scalar') {
    if (typeof node.value === 'string') yield { node, text: node.value, path };
  } else if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) yield* textsBelow(item, [...path, index]);
  } else {
    for (const [key, item] of node.fields) yield* textsBelow(item, [...path, key]);
  }
}
