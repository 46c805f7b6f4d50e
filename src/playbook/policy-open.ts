// What a policy leaves open of what it makes final: paths of `final` that begin with `!`, and those that it sets bounds for.
import type { Layer } from './layers.ts';
import { appended, stepId } from './merge.ts';
import { isStepsKey, partsOf } from './policy-path.ts';
import { field, fieldsOf, itemsOf, type Node, textOf } from './tree.ts';

type Parts = readonly string[];
export interface PolicyPath {
  readonly item: Node;
  /** Without the `!`. */
  readonly path: string;
}

/** The paths of `final` of one file, and those that it opens again. */
export function finalsOf({ root }: Layer): { readonly closed: readonly PolicyPath[]; readonly open: readonly PolicyPath[] } {
  const node = field(root, 'final');
  const paths = itemsOf(node === undefined ? undefined : (appended(node) ?? node)).flatMap((item) => {
    const path = textOf(item);
    return path === undefined ? [] : [{ item, path, opens: path.startsWith('!') }];
  });
  return {
    closed: paths.filter(({ opens }) => !opens),
    open: paths.filter(({ opens }) => opens).map(({ item, path }) => ({ item, path: path.slice(1) })),
  };
}

export const opensOf = (layer: Layer): readonly Parts[] => [
  ...finalsOf(layer).open.map(({ path }) => partsOf(path)),
  ...[...fieldsOf(field(layer.root, 'bounds')).keys()].map(partsOf),
];

const meets = (pattern: string | undefined, name: string | undefined): boolean => pattern === '*' || pattern === name;

/** Does `path` lie at or below what the pattern names? */
export const covers = (pattern: Parts, path: Parts): boolean =>
  pattern.length <= path.length && pattern.every((part, index) => meets(part, path[index]));

/** What patterns say of what lies below a path. */
export const below = (patterns: readonly Parts[], path: Parts): readonly Parts[] =>
  patterns.flatMap((pattern) => {
    if (covers(pattern, path)) return [[]];
    return path.every((name, index) => meets(pattern[index], name)) ? [pattern.slice(path.length)] : [];
  });

/** A tree without what patterns name. A map or a list of which nothing is left is gone too: whether it is there says nothing. */
export function without(node: Node | undefined, patterns: readonly Parts[], at: Parts = []): Node | undefined {
  if (node === undefined || patterns.length === 0 || node.kind === 'scalar') return patterns.some(isEmpty) ? undefined : node;
  if (patterns.some(isEmpty)) return undefined;
  const next = (name: string, child: Node): readonly Node[] => {
    const left = without(child, below(patterns, [name]), [...at, name]);
    return left === undefined ? [] : [left];
  };
  if (node.kind === 'map') {
    const fields = new Map([...node.fields].flatMap(([name, child]) => next(name, child).map((left) => [name, left] as const)));
    return fields.size === 0 && node.fields.size > 0 ? undefined : { ...node, fields };
  }
  const items = node.items.flatMap((item, index) => next((isStepsKey(at) ? stepId(item) : undefined) ?? String(index), item));
  return items.length === 0 && node.items.length > 0 ? undefined : { ...node, items };
}
const isEmpty = ({ length }: Parts): boolean => length === 0;
