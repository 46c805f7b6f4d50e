// Paths of `final` and `bounds`: keys, steps by their id, and `*` for all of a level.
import { isStepList, stepId } from './merge.ts';
import { field, type Node, textOf } from './tree.ts';

export interface Reached {
  /** Without `*`. */
  readonly path: readonly string[];
  readonly node: Node;
}

/** `defaults."./plugins/my-gate".lines`: what has dots itself stands in quotes. */
export const partsOf = (path: string): readonly string[] =>
  [...path.matchAll(/"([^"]*)"|[^."]+/g)].map(([all, quoted]) => (quoted ?? all).trim());

export const isStepsKey = (path: readonly string[]): boolean => path.length === 3 && path[0] === 'phases' && path[2] === 'steps';

/** Everything that a path names below `root`. */
export function reachAll(root: Node, parts: readonly string[], at: readonly string[] = []): readonly Reached[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [{ path: at, node: root }];
  return children(root, part, at).flatMap(({ name, node }) => reachAll(node, rest, [...at, name]));
}

function children(node: Node, part: string, at: readonly string[]): readonly { readonly name: string; readonly node: Node }[] {
  if (node.kind === 'map' && !(isStepsKey(at) && isStepList(node) !== undefined)) {
    const names = part === '*' ? [...node.fields.keys()] : [part];
    return names.flatMap((name) => {
      const next = node.fields.get(name);
      return next === undefined ? [] : [{ name, node: next }];
    });
  }
  const list = isStepList(node);
  if (list === undefined) return [];
  return list.items.flatMap((item, index) => {
    const name = (isStepsKey(at) ? stepId(item) : undefined) ?? String(index);
    return part === '*' || part === name ? [{ name, node: item }] : [];
  });
}

/** The one node at a path without `*`. */
export const nodeAtPath = (root: Node | undefined, path: readonly string[]): Node | undefined =>
  root === undefined ? undefined : reachAll(root, path)[0]?.node;

/** The last node on the way to a path that is there. */
export function nearestTo(root: Node, path: readonly string[]): Node {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAtPath(root, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return root;
}

/** Do two values at a path say the same? The order of keys is no part of it. */
export function same(a: Node | undefined, b: Node | undefined, at: readonly string[]): boolean {
  return firstDifference(a, b, at) === undefined;
}

/** The path to the first value that is not the same in both. */
export function firstDifference(a: Node | undefined, b: Node | undefined, at: readonly string[]): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a === b ? undefined : at;
  const [left, right] = [asMap(a, at, b), asMap(b, at, a)];
  if (left.kind === 'scalar' && right.kind === 'scalar') return left.value === right.value ? undefined : at;
  if (left.kind === 'map' && right.kind === 'map') {
    for (const key of new Set([...left.fields.keys(), ...right.fields.keys()])) {
      const found = firstDifference(left.fields.get(key), right.fields.get(key), [...at, key]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (left.kind !== 'list' || right.kind !== 'list' || left.items.length !== right.items.length) return at;
  for (const [index, item] of left.items.entries()) {
    const name = (isStepsKey(at) ? stepId(item) : undefined) ?? String(index);
    const found = firstDifference(item, right.items[index], [...at, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `- tests` says the same as `- uses: tests`, and the id of a step is its plugin's name where it says none. */
function asMap(node: Node, at: readonly string[], other: Node): Node {
  if (at.length !== 4 || !isStepsKey(at.slice(0, 3)) || (node.kind === 'scalar' && other.kind === 'scalar')) return node;
  const fields = new Map<string, Node>(node.kind === 'map' ? node.fields : [['uses', node]]);
  if (textOf(field(node, 'id')) === undefined && fields.has('uses')) {
    const id = stepId(node);
    if (id !== undefined) fields.set('id', { kind: 'scalar', value: id, origin: node.origin });
  }
  return { kind: 'map', fields, origin: node.origin };
}
